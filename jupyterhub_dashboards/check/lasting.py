"""Whether versions outlive the server that has made them: dashboards sleep, and are woken by a visit."""

from .finding import failed, not_tried, ok, warning
from .web import NoAnswer, ask

CANARY = "_dashboards/check-canary"


def lasting(server, key, patience, progress, expected):
    """Writes a file beside the versions, lets the server stop and start again, and looks for it.

    `expected`: whether the options say that it is there then.
    """
    try:
        written = _canary("PUT", server, key)
        if "error" not in written:
            return not_tried("store-kept", "the runner is older")
        if written["error"]:
            return not_tried("store-kept", f"nothing can be written there ({written['error']})")
        progress(f"stopping {server.name}, and starting it again")
        if not server.stop():
            return not_tried("store-kept", "the server did not stop")
        if server.start(patience, progress):
            return not_tried(
                "store-kept", "the server did not start a second time", "Look into the Hub's log."
            )
        kept = _canary("GET", server, key).get("kept")
    except NoAnswer as error:
        return not_tried("store-kept", f"the server did not answer ({error})")
    if kept and not expected:
        return warning(
            "store-kept",
            "What is written beside versions is there after a stop and a new start; homes_kept=False says"
            " that it is not.",
            "If that holds for all users, leave it out and restart the Hub: then files can be published.",
        )
    if not kept and not expected:
        return warning(
            "store-kept",
            "What a server writes is gone when it has stopped, as homes_kept=False says: repositories alone"
            " are published, and again after each sleep.",
            "If a home can be had that outlives its server, give it one and leave homes_kept out.",
        )
    if kept:
        return ok("store-kept", "What is written beside versions is there after a stop and a new start.")
    return failed(
        "store-kept",
        "What a server writes into ~/.dashboards is gone when it has stopped: every version would be lost.",
        "Give users' servers a home that outlives them. For Zero to JupyterHub (values.yaml):\n"
        "singleuser:\n"
        "  storage:\n"
        "    type: dynamic\n"
        "For DockerSpawner (jupyterhub_config.py):\n"
        'c.DockerSpawner.volumes = {"jupyterhub-home-{username}": "/home/jovyan"}'
        "\nWhere that cannot be, have only repositories published:\n"
        "configure(c, homes_kept=False, …)",
    )


def _canary(method, server, key):
    return ask(method, server.address + CANARY, f"Bearer {key}").json
