"""The order in which everything is tried."""

from ..running_hub import FAILURE_LIMIT, LAB_SCOPES
from . import from_file, in_server, of_hub, tokens
from .check_server import CheckServer, leftovers
from .clocks import ahead, clocks, hub_ahead
from .configuration import configuration
from .culler import culler
from .failed_starts import failed_starts
from .finding import OK, not_tried, ok
from .lab_files import lab_files
from .lasting import lasting
from .server_limit import server_limit
from .volumes import volumes

NEED_A_SERVER = (
    "runner",
    "frameworks",
    "service-address",
    "home",
    *in_server.STORAGE,
    "lab-files",
    "origin",
    "websocket",
    "clocks",
    "store-kept",
)
NO_SERVER = "no server could be started"


def run(hub, file, patience, tell, progress, servers):
    """Tells each finding as soon as there is one. Raises `CannotCheck` where nothing can be tried at all.

    Each server of its own is put into the list `servers` before it is started.
    """
    name, line = of_hub.administrator(hub, file)
    tell(line)
    if file.options is None:
        tell(from_file.configuration(file))
        tell(culler(hub, file))
        tell(from_file.browser_token(file))
        return
    check, about_service = of_hub.begin(hub, file)
    tell(from_file.configuration(file) if check is None else configuration(hub, file, name, check))
    tell(culler(hub, file))
    for line in about_service:
        tell(line)
    if check is None:
        tell(from_file.browser_token(file))
        tell(server_limit(hub, file, {}))
        return
    tell(tokens.users(hub, file, name))
    if check["dashboardsOrigin"]:
        tell(of_hub.sign_in(file, check))
    leftovers(hub, name)
    server = CheckServer(hub, file, name, check["serverName"])
    servers.append(server)
    removal = None
    try:
        problem = _with_server(hub, file, check, server, patience, tell, progress, servers)
        if problem is None:
            progress(f"removing {server.name}")
            removal = server.remove()
    finally:
        if removal is None:
            server.discard()
    if removal:
        _start_refused(server, removal, patience, tell, progress, servers)
    else:
        tell(not_tried("failure-limit", NO_SERVER))
    tell(tokens.browser_token(hub, file, name, server.settings.get(LAB_SCOPES)))
    if problem is None or problem.id != "server-limit":
        tell(server_limit(hub, file, server.settings))
    left = next((one for one in servers if one.may_be_left), None)
    if left or removal:
        tell(left.left_behind() if left else removal)


def _with_server(hub, file, check, server, patience, tell, progress, servers):
    """What kept the server from starting, or None."""
    progress(f"starting {server.name}")
    problem = server.start(patience, progress)
    if problem:
        _cannot(problem, NO_SERVER, tell)
    else:
        tell(ok("named-servers", f"The Spawner has started {server.name} as dashboards are started."))
        _inside(hub, file, check, server, patience, tell, progress, servers)
    return problem


def _start_refused(server, removal, patience, tell, progress, servers):
    """Starts another server under the name of the removed one, which the service now refuses."""
    if removal.state != OK:
        tell(not_tried("failure-limit", "the server before was not removed by the service"))
        return
    refused = CheckServer(server.hub, server.file, server.user, server.name)
    servers.append(refused)
    progress(f"starting {refused.name} again, to be refused")
    limit = server.settings.get(FAILURE_LIMIT, server.file.spawner_setting("consecutive_failure_limit")) or 0
    try:
        tell(failed_starts(refused, limit, patience, progress))
    finally:
        refused.discard()


def _inside(hub, file, check, server, patience, tell, progress, servers):
    own = check["dashboardsOrigin"]
    address = server.address
    found, problem = in_server.report(address, check["key"], progress, own and own + server.url)
    if problem:
        return _cannot(problem, "the runner did not start", tell)
    content, at = found
    for line in in_server.lines(content, check):
        tell(line)
    tell(lab_files(hub, file, server, check["key"]))
    for line in volumes(hub, file, check, server, content["home"], patience, progress, servers):
        tell(line)
    isolated = in_server.origin(file, check, server)
    tell(isolated)
    if own and isolated.state != OK:
        tell(not_tried("websocket", f"{own} does not lead here"))
    else:
        tell(in_server.websocket(own + server.url if own else address, check["key"]))
    hubs = hub_ahead(hub.ask("GET", ""))
    times = {} if hubs is None else {"the Hub": hubs}
    tell(clocks({**times, "the service": check["ahead"], "the user's server": ahead(content["now"], at)}))
    # The last one: the server is another one afterwards.
    tell(lasting(server, check["key"], patience, progress, file.options.get("homesKept", True)))


def _cannot(problem, because, tell):
    tell(problem)
    for id in NEED_A_SERVER:
        if id != problem.id:
            tell(not_tried(id, because))
