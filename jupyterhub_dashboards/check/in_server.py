"""Lines that are tried in the started server, and on the way to it."""

import asyncio
import time
from urllib.parse import urlencode

from .. import __version__
from ..origin import origin_of
from .finding import NOT_TRIED, Finding, failed, not_tried, ok, warning
from .of_hub import ROOM, megabytes
from .web import NoAnswer, ask

REPORT = "_dashboards/check"
SOCKET = "_dashboards/check-socket"
GREETING = "dashboards"
REPORT_PATIENCE = 180
# Lines that come as they are from where versions will be kept.
STORAGE = (
    "store",
    "store-device",
    "store-links",
    "store-clones",
    "store-symlinks",
    "store-flush",
    "store-times",
    "store-room",
    "store-anchor",
    "store-sealed",
    "store-overlay",
    "publishable-paths",
    "git",
    "strategy",
    "git-cost",
    "relay-address",
    "relay-cost",
)


def report(url, key, progress, own=None):
    """What the runner found and when it answered, by this machine's clock; or the line that says why not.

    `own`: where dashboards' own origin would have the server at `url`; it is told, besides that, where it is.
    """
    known = [url] if own is None else [own, url]
    path = f"{REPORT}?{urlencode([('at', address) for address in known])}"
    end = time.monotonic() + REPORT_PATIENCE
    while True:
        try:
            reply = ask("GET", url + path, f"Bearer {key}")
        except NoAnswer as error:
            return None, failed(
                "start",
                f"The server runs, but nothing answers at {url} ({error}).",
                "Let the proxy of the hub be reached from here, or run the check where it is.",
            )
        found = reply.json
        if "done" not in found:
            return None, _not_ours(reply)
        if found["done"] or time.monotonic() > end:
            return (found, reply.at), None
        progress()
        time.sleep(0.2)


def _not_ours(reply):
    error = reply.json.get("error") or {}
    if reply.status == 409 and error.get("code") == "runner_missing":
        said = " ".join(part for part in (error["message"], error.get("detail", "")) if part)
        return failed("runner", said, error.get("fix", ""))
    if reply.status == 409:
        return failed("start", f"A start was refused: {reply.message}", "Look into the Hub's log.")
    return failed(
        "runner",
        "Something else than the runner was started as a dashboard: the hook of configure(c) did not decide.",
        "Let nothing set c.Spawner.apply_user_options after configure(c, …), and restart the Hub.",
    )


def lines(found, check):
    """What the report says, line by line."""
    yield _runner(found)
    yield _frameworks(found)
    service = check["runnerServiceUrl"]
    if found["serviceError"]:
        yield failed(
            "service-address",
            f"Users' servers cannot reach the service at {service} ({found['serviceError']}).",
            "Write the address at which they can, and restart the Hub:\n"
            'configure(c, runner_service_url="https://hub.example.org/services/dashboards/", …)',
        )
    else:
        yield ok("service-address", f"Users' servers reach the service at {service}.")
    yield _home(found)
    yield from _storage(found)


def _storage(found):
    told = {line["id"]: line for line in found.get("storage", [])}
    because = f"it took longer than {REPORT_PATIENCE} s" if not found["done"] else "the runner is older"
    for id in STORAGE:
        if id not in told:
            yield not_tried(id, because)
            continue
        line = told[id]
        yield Finding(id, line["state"], line["sentence"], line["fix"] or "", line["state"] != NOT_TRIED)


def _runner(found):
    where = f"Node {found['node']} and {found['python']}"
    if found["version"] == __version__:
        return ok("runner", f"The runner {found['version']} runs with {where}.")
    return warning(
        "runner",
        f"The runner is of version {found['version']}, and the Hub's package of version {__version__}.",
        "In the environment of the single-user servers:\n"
        f"pip install 'jupyterhub-dashboards[lab]=={__version__}'",
    )


def _frameworks(found):
    tried = sorted(found["frameworks"], key=lambda one: one["id"])
    broken = [one for one in tried if one["error"]]
    installed = [f"{one['distribution']} {one['version']}" for one in tried if one["version"]]
    missing = [one["distribution"] for one in tried if not one["version"] and not one["error"]]
    if broken:
        one = broken[0]
        return failed(
            "frameworks",
            f"{one['distribution']} is installed and cannot be imported: {one['error']}",
            f"{found['python']} -m pip install --force-reinstall {one['distribution']}",
        )
    if tried and not installed:
        return failed(
            "frameworks",
            f"None of the frameworks is installed beside {found['python']}.",
            f"{found['python']} -m pip install {' '.join(missing)}",
        )
    rest = f"; not installed: {', '.join(missing)}" if missing else ""
    return ok("frameworks", f"{', '.join(installed) or 'Commands alone are allowed'}{rest}.")


def _home(found):
    if found["homeError"]:
        return failed(
            "home",
            f"Nothing can be written into {found['home']} ({found['homeError']}); versions are kept there.",
            "Give users a home folder that they may write to.",
        )
    free = found["homeFree"]
    if free is not None and free < ROOM:
        return warning("home", f"Only {megabytes(free)} are left in {found['home']}.", "Raise the quota.")
    left = f", {megabytes(free)} are left" if free is not None else ""
    return ok("home", f"{found['home']} can be written to{left}.")


def origin(file, check, server):
    """Whether dashboards are served apart from the Hub, on the same proxy."""
    origin = check["dashboardsOrigin"]
    if origin is None:
        if file.options["subdomainHost"]:
            return _own_domain(file, server)
        lines = (
            'configure(c, dashboards_origin="https://dash.example.org", …)  # a second name of this proxy\n'
            'c.JupyterHub.subdomain_host = "https://hub.example.org"  # or a domain for each user'
        )
        if file.options["trustAllAuthors"]:
            said = "Dashboards share the Hub's origin and can act as whoever looks; you trust all authors."
        else:
            said = "Dashboards have no origin of their own, so that sharing them is off."
        return warning("origin", said, lines)
    fix = (
        f"Point {origin} at the hub's own proxy (name, certificate, ingress), or correct:\n"
        f'configure(c, dashboards_origin="{origin}", …)'
    )
    try:
        reply = ask("GET", origin + server.url + REPORT, f"Bearer {check['key']}")
    except NoAnswer as error:
        return failed("origin", f"{origin} cannot be reached from here ({error}).", fix)
    if "done" not in reply.json:
        return failed("origin", f"{origin} does not lead to the hub's proxy: status {reply.status}.", fix)
    return ok("origin", f"{origin} leads to the same server as the hub's own name.")


def _own_domain(file, server):
    """With a domain for each user: whether the server that has just reported is on one."""
    if origin_of(server.address) == origin_of(file.public_url):
        return failed(
            "origin",
            f"Users' servers answer at the Hub's own origin, {origin_of(file.public_url)}.",
            "Restart the Hub: the file gives each user a domain (c.JupyterHub.subdomain_host).",
        )
    return ok(
        "origin", f"Every user has a domain. Yours, {origin_of(server.address)}, leads to your servers."
    )


def websocket(url, key):
    """Whether WebSockets pass where viewers will open them."""
    try:
        said = asyncio.run(_greeting(url, key))
    except Exception as error:
        said, why = None, f"{type(error).__name__}: {error}"
    else:
        why = f"it said {said!r}"
    if said == GREETING:
        return ok("websocket", f"They pass, in both directions, at {url.split('/user/')[0]}.")
    return failed(
        "websocket",
        f"No WebSocket opens at {url.split('/user/')[0]} ({why}).",
        "Let whatever stands before the proxy pass upgrades on; for nginx:\n"
        "proxy_http_version 1.1;\n"
        "proxy_set_header Upgrade $http_upgrade;\n"
        'proxy_set_header Connection "upgrade";',
    )


async def _greeting(url, key):
    from tornado.httpclient import HTTPRequest
    from tornado.websocket import websocket_connect

    request = HTTPRequest(
        f"ws{url.removeprefix('http')}{SOCKET}",
        headers={"Authorization": f"Bearer {key}"},
        connect_timeout=10,
        request_timeout=10,
    )
    connection = await websocket_connect(request)
    try:
        await connection.write_message("hello")
        return await asyncio.wait_for(connection.read_message(), 10)
    finally:
        connection.close()
