"""Which of KubeSpawner's profiles the pod of a dashboard is made with: the one that its author works with.

What is chosen for a server on the Hub's page is in its `user_options`. A dashboard's own are not looked at,
since a link can set them; those of its author's JupyterLab are what the files were made with.
"""

import logging

log = logging.getLogger("JupyterHub.dashboards")

PROFILE = "profile"


def chosen_profile(user, server_name):
    """What was chosen last for a server of the user's, which may have ended; nothing where there is none."""
    try:
        server = user.orm_user.orm_spawners.get(server_name)
        return profile_of((server and server.user_options) or {})
    except Exception:
        # A dashboard with the default profile is better than none.
        log.exception("What %s has chosen for %r cannot be read", user.name, server_name)
        return {}


def profile_of(user_options):
    """A profile, and the choices of its options, which KubeSpawner keeps by the options' own names."""
    if not isinstance(user_options.get(PROFILE), str):
        return {}
    return {name: value for name, value in user_options.items() if isinstance(value, str)}


def keep_to_profiles(spawner):
    """What there is no more fails no start: defaults take its place, of the profile or the default one."""
    if "load_user_options" in vars(spawner):
        return
    load = spawner.load_user_options

    async def load_user_options():
        chosen = spawner.user_options
        for instead in ({PROFILE: chosen.get(PROFILE)}, {}):
            try:
                return await load()
            except Exception as error:
                if not spawner.user_options:
                    raise
                log.warning("%s starts with %s instead of its profile: %s", spawner.name, instead, error)
                spawner.user_options = instead
        await load()

    spawner.load_user_options = load_user_options
