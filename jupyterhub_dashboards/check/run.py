"""The order in which everything is tried."""

from . import from_file, in_server, of_hub, tokens
from .check_server import CheckServer, leftovers
from .clocks import ahead, clocks, hub_ahead
from .finding import OK, not_tried, ok

NEED_A_SERVER = ("runner", "frameworks", "service-address", "home", "origin", "websocket", "clocks")


def run(hub, file, patience, tell, progress):
    """Tells each finding as soon as there is one. Raises `CannotCheck` where nothing can be tried at all."""
    name, line = of_hub.administrator(hub, file)
    tell(line)
    for read in (from_file.configuration, from_file.failure_limit, from_file.culler):
        tell(read(file))
    if file.options is None:
        tell(from_file.browser_token(file))
        return
    check, about_service = of_hub.begin(hub, file)
    for line in about_service:
        tell(line)
    if check is None:
        tell(from_file.browser_token(file))
        tell(of_hub.server_limit(hub, file))
        return
    tell(tokens.users(hub, file, name))
    if check["dashboardsOrigin"]:
        tell(of_hub.sign_in(file, check))
    leftovers(hub, name)
    server = CheckServer(hub, file.service_url, name, check["serverName"])
    try:
        problem = _with_server(hub, file, check, server, patience, tell, progress)
        tell(tokens.browser_token(hub, file, name, server.lab_scopes))
        if problem is None or problem.id != "server-limit":
            tell(of_hub.server_limit(hub, file))
    finally:
        if not server.removed:
            server.remove(by_service=False)


def _with_server(hub, file, check, server, patience, tell, progress):
    """What kept the server from starting, or None."""
    progress(f"starting {server.name}")
    problem = server.start(patience, progress)
    if problem:
        _cannot(problem, "no server could be started", tell)
    else:
        tell(ok("named-servers", f"The Spawner has started {server.name} as dashboards are started."))
        _inside(hub, file, check, server, tell, progress)
        progress(f"removing {server.name}")
        tell(server.remove())
    return problem


def _inside(hub, file, check, server, tell, progress):
    own = check["dashboardsOrigin"]
    # With a domain for each user, the Hub names it.
    domain = server.full_url if file.options["subdomainHost"] else None
    address = domain or file.public_url + server.url
    found, problem = in_server.report(address, check["key"], progress)
    if problem:
        return _cannot(problem, "the runner did not start", tell)
    content, at = found
    for line in in_server.lines(content, check):
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


def _cannot(problem, because, tell):
    tell(problem)
    for id in NEED_A_SERVER:
        if id != problem.id:
            tell(not_tried(id, because))
