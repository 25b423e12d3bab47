"""Whether dashboards bring the Hub nearer to where `Spawner.consecutive_failure_limit` ends it."""

from .finding import failed, not_tried, ok, warning
from .web import NoAnswer, ask

REFUSED = 409


def failed_starts(server, limit, patience, progress):
    """Starts `server`, which the service is to refuse, and looks whether the Hub takes it for started.

    `limit`: of failed starts in a row, 0 for none. Whoever calls removes the server.
    """
    problem = server.start(patience, progress)
    if problem:
        return _failed(problem, server, limit)
    try:
        status = ask("GET", server.address).status
    except NoAnswer as error:
        return not_tried("failure-limit", f"nothing answers at {server.address} ({error})")
    if status != REFUSED:
        return not_tried("failure-limit", f"a server that was to be refused answers with status {status}")
    counted = "A dashboard that is refused counts as started"
    if limit:
        return ok("failure-limit", f"{counted}, not as one of the {limit} after which the Hub stops itself.")
    return ok("failure-limit", f"{counted}, and the Hub goes on however many starts fail.")


def _failed(problem, server, limit):
    if problem.id != "start":
        return not_tried("failure-limit", f"the Hub did not let {server.name} start a second time")
    fix = (
        f"Look for {server.name} in the Hub's log. It ran the command that has started the runner, with a\n"
        f"variable more, and answers with status {REFUSED}: let the Spawner take that for started."
    )
    if limit:
        said = f"counts as one of the {limit} failed starts in a row after which the Hub stops itself"
        return failed("failure-limit", f"A dashboard that is refused {said}: {problem.sentence}", fix)
    said = "counts as a failed start, and nobody reads why it is refused"
    return warning("failure-limit", f"A dashboard that is refused {said}: {problem.sentence}", fix)
