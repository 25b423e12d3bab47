"""The Hub's hook: what starts under a server name that belongs to dashboards.

For those names nothing that a user can post, replay or rename decides what runs: the service does.
"""

from .dashboard_start import DashboardStart

SERVER_NAME_PREFIX = "dash-"
CHECK_PREFIX = f"{SERVER_NAME_PREFIX}check-"
# Where the check finds them, in what the Hub tells of its server.
LAB_SCOPES = "lab_scopes"


def create_hook(specifications, admins_hook=None, no_lab=None):
    """A value for `Spawner.apply_user_options`; `admins_hook` is what was there: a callable, a dict or None.

    `no_lab` (`NoLab`) says whose other servers are refused.

    A plain function, since traitlets copies configured objects for every Spawner but leaves functions alone.
    """

    # Called twice, `configure` must not put a hook around its own one.
    admins_hook = getattr(admins_hook, "admins_hook", admins_hook)

    async def apply_user_options(spawner, user_options):
        # A Spawner outlives a failed start: what it was configured with has to be remembered with it.
        start = vars(spawner).setdefault("_dashboard_start", DashboardStart(spawner))
        if not spawner.name.startswith(SERVER_NAME_PREFIX):
            if no_lab is not None and no_lab.holds(spawner.user):
                start.refuse(no_lab.refusal())
                return
            start.give_back()
            await _run_admins_hook(spawner, user_options, admins_hook, apply_user_options)
            return
        await start.prepare(
            specifications, lambda: _run_admins_hook(spawner, {}, admins_hook, apply_user_options)
        )
        if spawner.name.startswith(CHECK_PREFIX):
            spawner.user_options = _lab_scopes(spawner)

    apply_user_options.admins_hook = admins_hook
    return apply_user_options


def _lab_scopes(spawner):
    """What the Hub has let the pages of this server hold, as of any Lab: it does so before it asks a hook."""
    client = spawner.orm_spawner.oauth_client
    return {} if client is None else {LAB_SCOPES: list(client.allowed_scopes or ())}


async def _run_admins_hook(spawner, user_options, admins_hook, own_hook):
    """Runs it as the Hub would have: its own method knows dicts, defaults of Spawner classes and logging."""
    if admins_hook is None:
        admins_hook = spawner.trait_defaults("apply_user_options")
    spawner.apply_user_options = admins_hook
    try:
        await spawner._run_apply_user_options(user_options)
    finally:
        spawner.apply_user_options = own_hook
