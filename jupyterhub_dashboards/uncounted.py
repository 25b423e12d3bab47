"""Failed starts of dashboards are none of those after which a Hub stops itself.

It keeps one count for all servers. `consecutive_failure_limit = 0` keeps it from stopping itself when a
dashboard's start fails, and the count grows all the same: the next failed start of anybody's Lab would do.
"""

COUNT = "failure_count"


def leave_uncounted(spawner):
    """Takes the start that is under way out of the count again, should it fail.

    Nothing of this is an interface of the Hub's. Where it is not found, the start stays in the count.
    """
    start = getattr(spawner, "_spawn_future", None)
    settings = getattr(getattr(spawner, "handler", None), "settings", None)
    if settings is None or not hasattr(start, "add_done_callback"):
        return

    def take_out(ended):
        failed = not ended.cancelled() and ended.exception() is not None
        if failed and settings.get(COUNT, 0) > 0:
            settings[COUNT] -= 1

    # The Hub counts in a callback that it has added before the start began: it is called first.
    start.add_done_callback(take_out)
