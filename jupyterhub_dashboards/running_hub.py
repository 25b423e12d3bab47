"""What the running Hub tells `check` about itself, which its configuration file may no longer say."""

import logging

log = logging.getLogger("JupyterHub.dashboards")

# Where the check finds them, in what the Hub tells of its server (`user_options`).
LAB_SCOPES = "lab_scopes"
FAILURE_LIMIT = "consecutive_failure_limit"
NAMED_SERVER_LIMIT = "named_server_limit_per_user"
ACTIVE_SERVER_LIMIT = "active_server_limit"


async def running_settings(spawner):
    """Settings that `spawner`, the check's, was made under. To be asked before anything is set on it.

    Never raises: what the Hub does not tell is not in it.
    """
    told = {}
    try:
        told[FAILURE_LIMIT] = spawner.consecutive_failure_limit
        client = spawner.orm_spawner.oauth_client
        if client is not None:
            # As of any Lab: the Hub decides about them before it asks a hook.
            told[LAB_SCOPES] = list(client.allowed_scopes or ())
        handler = spawner.handler
        if handler is not None:
            told[ACTIVE_SERVER_LIMIT] = handler.active_server_limit
            # A function of the administrator's may give anything.
            told[NAMED_SERVER_LIMIT] = int(await handler.get_current_user_named_server_limit())
    except Exception:
        log.exception("The Hub does not tell all its settings for %s", spawner.name)
    return told
