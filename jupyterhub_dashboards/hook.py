"""The Hub's hook: what starts under a server name that belongs to dashboards.

For those names nothing that a user can post, replay or rename decides what runs: the service does.
"""

from .dashboard_start import DashboardStart
from .running_hub import running_settings

SERVER_NAME_PREFIX = "dash-"
CHECK_PREFIX = f"{SERVER_NAME_PREFIX}check-"


def create_hook(specifications, admins_hook=None, no_lab=None, git_token=None):
    """A value for `Spawner.apply_user_options`; `admins_hook` is what was there: a callable, a dict or None.

    `no_lab` (`NoLab`) says whose other servers are refused, `git_token` (`GitToken`) what dashboards fetch
    their authors' private repositories with.

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
        told = await running_settings(spawner) if spawner.name.startswith(CHECK_PREFIX) else None
        await start.prepare(
            specifications,
            lambda: _run_admins_hook(spawner, {}, admins_hook, apply_user_options),
            git_token if told is None else None,
        )
        if told is not None:
            spawner.user_options = told

    apply_user_options.admins_hook = admins_hook
    return apply_user_options


async def _run_admins_hook(spawner, user_options, admins_hook, own_hook):
    """Runs it as the Hub would have: its own method knows dicts, defaults of Spawner classes and logging."""
    if admins_hook is None:
        admins_hook = spawner.trait_defaults("apply_user_options")
    spawner.apply_user_options = admins_hook
    try:
        await spawner._run_apply_user_options(user_options)
    finally:
        spawner.apply_user_options = own_hook
