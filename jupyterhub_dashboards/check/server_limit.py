"""How near the hub is to the limits of servers that it has set itself."""

import json

from ..running_hub import ACTIVE_SERVER_LIMIT, NAMED_SERVER_LIMIT
from .finding import of_running, ok, warning


def server_limit(hub, file, settings):
    """`settings`: what the running Hub has told of its own. The file is read where it has told nothing."""
    app = file.app
    each, limit = app.named_server_limit_per_user, app.active_server_limit
    running = _running(hub) if settings.get(ACTIVE_SERVER_LIMIT, limit) or limit else 0
    written = _judged(each, limit, running, tried=False)
    if NAMED_SERVER_LIMIT not in settings:
        return written
    told = settings[NAMED_SERVER_LIMIT]
    who = "You, by a function of the configuration," if callable(each) else "Each user"
    return of_running(_judged(told, settings[ACTIVE_SERVER_LIMIT], running, tried=True, who=who), written)


def _judged(each, limit, running, tried, who="Each user"):
    said, narrow = [], []
    if callable(each):
        said.append("A function of the configuration limits named servers, and each dashboard is one")
    elif each > 0:
        said.append(f"{who} may have {each} named servers, and each dashboard is one")
        if each < 5:
            narrow.append(f"c.JupyterHub.named_server_limit_per_user = {max(20, each * 4)}")
    if limit:
        said.append(f"The hub runs {limit} servers at most, dashboards included, and {running} run now")
        if running >= 0.8 * limit:
            narrow.append(f"c.JupyterHub.active_server_limit = {max(2 * limit, 10)}")
    sentence = f"{'; '.join(said)}." if said else "Neither the hub nor its users have a limit of servers."
    if narrow:
        return warning("server-limit", sentence, "\n".join(narrow), tried=tried)
    return ok("server-limit", sentence, tried=tried)


def _running(hub):
    running = offset = 0
    while True:
        found = _json_list(hub.ask("GET", f"users?state=active&offset={offset}&limit=200").text)
        running += sum(len(user.get("servers") or {}) for user in found)
        offset += len(found)
        if len(found) < 200:
            return running


def _json_list(text):
    value = json.loads(text)
    return value if isinstance(value, list) else []
