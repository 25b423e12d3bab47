"""How near the hub is to the limits of servers that it has set itself."""

import json

from ..running_hub import ACTIVE_SERVER_LIMIT, NAMED_SERVER_LIMIT
from .finding import not_tried, of_running, ok, warning
from .of_hub import A_TOKEN


class NotTold(Exception):
    """How many servers run is not told; the message says why. `for_token`: another token may ask."""

    def __init__(self, why, for_token):
        super().__init__(why)
        self.for_token = for_token


def server_limit(hub, file, settings):
    """`settings`: what the running Hub has told of its own. The file is read where it has told nothing."""
    app = file.app
    each, limit = app.named_server_limit_per_user, app.active_server_limit
    try:
        running = _running(hub) if settings.get(ACTIVE_SERVER_LIMIT, limit) or limit else 0
    except NotTold as error:
        why = f"the Hub does not tell this token how many servers run ({error})"
        how = A_TOKEN.format(url=f"{file.public_url}{file.base_url}")
        return not_tried("server-limit", why, how if error.for_token else "Look into the Hub's log.")
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
    """How many servers run. Raises `NotTold`."""
    running = offset = 0
    while True:
        reply = hub.ask("GET", f"users?state=active&offset={offset}&limit=200")
        if reply.status != 200:
            raise NotTold(reply.message or f"status {reply.status}", reply.status in (401, 403))
        found = json.loads(reply.text)
        # Left out for tokens without the scope to read them.
        if not all("servers" in user for user in found):
            raise NotTold("it may not read them", True)
        running += sum(len(user["servers"]) for user in found)
        offset += len(found)
        if len(found) < 200:
            return running
