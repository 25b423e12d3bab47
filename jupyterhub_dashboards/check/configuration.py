"""Whether the running Hub does what `configure(c)` sets in its file."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import quote

from ..configuration import TEMPLATES
from . import from_file
from .finding import FAILED, RESTART, failed, ok, warning
from .web import NoAnswer

# What each look at the file makes anew, or in the folder where it is looked at. Other lines try them.
MADE_ANEW = ("hookKey", "database", "runnerServiceUrl")
# What administrators call options whose names are not made of the same words.
NAMES = {
    "subdomainHost": "c.JupyterHub.subdomain_host",
    "additions": "framework_args, framework_env or voila_template",
}
RESTART_BOTH = (
    "The file is right, and the service, which the Hub does not start, runs with an older one:"
    " restart the service and the Hub."
)
REDIRECT = '{% include "dashboard_redirect.html" %}'
PAGES = ("404.html", "not_running.html")


def options(file):
    """What the file would hand to the service, for the running one to compare."""
    return {name: value for name, value in file.options.items() if name not in MADE_ANEW}


def configuration(hub, file, name, check):
    """Opens a dashboard's address where nothing runs; `check` tells which options the service lacks.

    The rest of what `configure` sets is tried by other lines: role, named servers, and what is started.
    """
    read = from_file.configuration(file)
    others = check.get("otherOptions")
    if others is None:
        return read
    wrong = _page_of_a_sleeping_dashboard(hub, file, name, check["serverName"])
    if read.state == FAILED:
        # Its fix comes first, and may be all that there is.
        return replace(read, tried=bool(wrong))
    if wrong:
        return wrong
    if others:
        changed = ", ".join(NAMES.get(one, _snake_case(one)) for one in others)
        return warning(
            "configuration",
            f"The Hub does not run with what the file says of {changed}.",
            RESTART if file.starts_service else RESTART_BOTH,
        )
    return ok(
        "configuration",
        "The service runs with the options in the file, and addresses of sleeping dashboards lead to it.",
    )


def _page_of_a_sleeping_dashboard(hub, file, name, server):
    """None where it leads on to the service, as for everybody who opens that dashboard."""
    path = f"{quote(name, safe='')}/{server}/"
    try:
        reply = hub.page(f"{file.public_url}{file.base_url}hub/user/{path}")
    except NoAnswer as error:
        return _leads_nowhere(f"no answer: {error}", file)
    found = re.search(r'<a id="dashboard"[^>]* href="([^"]*)"', reply.text)
    if found and unescape(found[1]).endswith(f"/services/dashboards/at/{path}"):
        return None
    return _leads_nowhere(f"status {reply.status}", file)


def _leads_nowhere(why, file):
    folders = [folder for folder in file.app.template_paths if folder != TEMPLATES]
    own = [str(Path(folder, page)) for folder in folders for page in PAGES if Path(folder, page).is_file()]
    return failed(
        "configuration",
        f"The Hub's page at the address of a sleeping dashboard does not lead on to it ({why}).",
        f"Put into the block main of {' and '.join(own)}:\n{REDIRECT}" if own else RESTART,
    )


def _snake_case(name):
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
