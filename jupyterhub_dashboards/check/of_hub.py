"""Lines that are tried at the Hub and at the service, without a server of the check's own."""

from .. import __version__
from ..configuration import SERVICE_SCOPE, SERVICE_SCOPES
from ..origin import origin_of
from . import configuration
from .clocks import ahead
from .finding import CannotCheck, failed, not_tried, ok, warning
from .web import NoAnswer, ask

A_TOKEN = (
    "Make one as an administrator at {url}hub/token (no scopes, to expire in an hour), and run:\n"
    "read -rs JUPYTERHUB_API_TOKEN && export JUPYTERHUB_API_TOKEN\n"
    "jupyterhub-dashboards check -f …"
)
ROOM = 500 * 2**20


def administrator(hub, file):
    """The name of the administrator whose token this is, and the line about it. Raises `CannotCheck`."""
    how = A_TOKEN.format(url=f"{file.public_url}{file.base_url}")
    try:
        version = hub.ask("GET", "").json.get("version", "")
        reply = hub.ask("GET", "user")
    except NoAnswer as error:
        raise CannotCheck(
            f"The Hub does not answer at {hub.url} ({error})."
            " Start it, or set JUPYTERHUB_API_URL to where its API is."
        ) from None
    if reply.status in (401, 403):
        raise CannotCheck(f"The Hub at {hub.url} does not accept the token. {how}")
    user = reply.json
    if user.get("kind") != "user" or not user.get("admin"):
        raise CannotCheck(
            f"The token belongs to {user.get('kind', 'nobody')} {user.get('name', '')}, no admin. {how}"
        )
    scopes = {scope.partition("!")[0] for scope in user["scopes"]}
    calls = {SERVICE_SCOPE, "access:services"} & {*user["scopes"]}
    if not {"servers", "tokens"} <= scopes or not calls:
        raise CannotCheck(f"The token of {user['name']} has too few scopes for a check. {how}")
    return user["name"], ok(
        "hub", f"JupyterHub {version} answers, and the token is {user['name']}'s, an administrator."
    )


def begin(hub, file):
    """The service's reply to a new check, or None, and the lines about the service."""
    url = f"{file.service_url}api/v1/checks"
    look = "Look for the service in the Hub's log. After a change of configure(c, …), restart the Hub."
    try:
        reply = hub.service("POST", url, {"options": configuration.options(file)})
    except NoAnswer as error:
        return None, [failed("service", f"Nothing answers at {file.service_url} ({error}).", look)]
    check = reply.json
    if reply.status != 201 or "serverName" not in check:
        said = reply.message or f"status {reply.status}"
        return None, [failed("service", f"The service does not answer at {file.service_url} ({said}).", look)]
    check["ahead"] = ahead(check["now"], reply.at)
    return check, [_version(check["version"]), _rights(check["rights"]), _database(check)]


def _rights(problem):
    if problem:
        return failed("rights", problem["message"], problem["fix"])
    return ok("rights", f"The service holds at the Hub: {', '.join(SERVICE_SCOPES)}.")


def _version(version):
    if version == __version__:
        return ok("service", f"The service answers through the proxy, version {version}.")
    return warning(
        "service",
        f"The service is of version {version}, and this command of version {__version__}.",
        "Restart the Hub after an upgrade.",
    )


def _database(check):
    free = check["databaseFree"]
    if free is None:
        return warning("database", f"It is not known how much room is left beside {check['database']}.")
    if free < ROOM:
        return failed(
            "database",
            f"Only {megabytes(free)} are left beside {check['database']}.",
            'Make room there, or move the file:\nconfigure(c, database="/srv/jupyterhub/dashboards.sqlite")',
        )
    return ok("database", f"{megabytes(free)} are left beside {check['database']}.")


def sign_in(file, check):
    """Nobody may sign in where dashboards' scripts run."""
    origin = check["dashboardsOrigin"]
    url = f"{origin}{file.base_url}hub/login"
    try:
        reply = ask("GET", url)
    except NoAnswer as error:
        return not_tried("sign-in", f"{origin} does not answer ({error})")
    location = reply.headers.get("Location", "")
    elsewhere = bool(location) and origin_of(location) == origin_of(file.public_url)
    if elsewhere or reply.status >= 400 or 'id="dashboard"' in reply.text:
        return ok("sign-in", f"Nobody can sign in at {origin}.")
    what = f"goes on to {location}" if location else "shows the Hub's sign-in page"
    return failed(
        "sign-in",
        f"{url} {what}: scripts of dashboards could use that sign-in.",
        "Let the ingress give that name nothing but /user/*/dash-*, or add to your own login.html:\n"
        '{% include "dashboard_redirect.html" %}',
    )


def megabytes(size):
    """For people: MB below 10 GB, GB above."""
    return f"{size / 1e9:,.0f} GB" if size >= 10e9 else f"{size / 1e6:,.0f} MB"
