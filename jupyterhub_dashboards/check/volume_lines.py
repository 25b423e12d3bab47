"""What was tried with volumes, in lines."""

from ..deployment.chart import SERVICE_ACCOUNT, role
from .finding import TITLES, failed, not_tried, ok, warning
from .way_of_files import FAILS, UNKNOWN, UNSUPPORTED, WORKS, cloning, configure, way_of_files, without

MADE = {"clone": "cloned", "volume-snapshot": "made again from a snapshot"}


def lines(allowed, found, seen, home):
    """`allowed`: the hub's strategies; `found`: what the service has tried, None where it clones nothing.

    `seen`: what the second server has seen, in the clones that it has mounted and in its own `home`.
    """
    outcomes, attempts = {}, {}
    if found:
        yield _rights(found)
        attempts = {one["strategy"]: one for one in found["attempts"]}
        for strategy in cloning(allowed):
            outcomes[strategy], line = _tried(allowed, found, attempts.get(strategy), strategy, seen)
            yield line
    yield _shared(seen, home)
    yield way_of_files(allowed, outcomes, attempts, seen, home)


def _rights(found):
    rights = found["rights"]
    if rights is None:
        fix = "Run the service as this prints it:\njupyterhub-dashboards values --storage clone"
        return failed("cluster-rights", _told(found["problem"]), fix)
    account, namespace, missing = rights["account"], rights["namespace"], rights["missing"]
    who = f"The service asks Kubernetes as {account or 'somebody whom it does not name'}"
    if not missing:
        return ok("cluster-rights", f"{who}, and may do all that it needs in the namespace {namespace}.")
    sentence = f"{who}, and may not {_verbs(missing)} in the namespace {namespace}."
    manifests = role(namespace, account or f"{SERVICE_ACCOUNT}{namespace}:dashboards")
    fix = f"kubectl apply --filename -  # paste what follows, then Ctrl-D\n{_in_one(manifests)}"
    if all(right["resource"] == "events" for right in missing):
        return warning("cluster-rights", f"{sentence} Authors are not told why a volume is not made.", fix)
    return failed("cluster-rights", sentence, fix)


def _in_one(manifests):
    """As one object, which may be pasted with room before its lines."""
    items = []
    for manifest in manifests.split("---\n"):
        lines = [line for line in manifest.splitlines() if not line.startswith("#")]
        items += [f"{'    ' if number else '  - '}{line}" for number, line in enumerate(lines)]
    return "\n".join(["apiVersion: v1", "kind: List", "items:", *items])


def _verbs(rights):
    """As in: create, delete volumesnapshots, or list pods."""
    verbs = {}
    for right in rights:
        verbs.setdefault(right["resource"], []).append(right["verb"])
    return ", or ".join(f"{', '.join(some)} {resource}" for resource, some in verbs.items())


def _tried(allowed, found, attempt, strategy, seen):
    """What became of a strategy that clones, and the line about it."""
    if attempt is None:
        return _not_attempted(allowed, found["problem"], strategy)
    leave_out = f"leave it out:\n{configure(without(allowed, [strategy]))}"
    if attempt["problem"]:
        return _with_problem(strategy, attempt["problem"], leave_out)
    took = f"{attempt['seconds']:.1f} s while it was in use"
    made = f"The volume {found['claim']} was {MADE[strategy]} in {took}"
    if seen.problem and seen.problem.id == "start":
        sentence = f"{made}, and no server started that has that mounted: {seen.problem.sentence}"
        return FAILS, failed(strategy, sentence, seen.problem.fix)
    if seen.problem:
        # The hub runs as many servers as it may.
        return UNKNOWN, not_tried(strategy, f"{made}, and no second server may run", seen.problem.fix)
    if not seen.folders[attempt["folder"]]:
        sentence = f"{made}, and a server that has that mounted does not see what had been written before."
        return FAILS, failed(strategy, sentence, f"Do not rely on it, and {leave_out}")
    sentence = f"{made}; another server had that mounted, and read what had been written before."
    return WORKS, ok(strategy, sentence)


def _with_problem(strategy, problem, leave_out):
    if problem["code"] == "clone_unsupported":
        return UNSUPPORTED, warning(strategy, _told(problem), f"If that is so, {leave_out}")
    if problem["code"] == "kubernetes_forbidden":
        # The API server's own words would say the same once more.
        fix = f"Give that right (line {TITLES['cluster-rights']}), or {leave_out}"
        return FAILS, failed(strategy, problem["message"], fix)
    late = problem["code"] == "clone_timeout"
    what = "Look why it waits, allow more time (clone_timeout)," if late else "Mend that,"
    return FAILS, failed(strategy, _told(problem), f"{what} or {leave_out}")


def _not_attempted(allowed, problem, strategy):
    why = _told(problem).rstrip(".") if problem else "the attempts were called off"
    # Such files come by another way, where there is one.
    passes = problem and problem["code"] == "source_not_on_claim" and {"snapshot", "relay"} & {*allowed}
    return UNSUPPORTED if passes else FAILS, not_tried(strategy, why)


def _shared(seen, home):
    id = "shared-homes"
    if seen.problem:
        return not_tried(id, f"no second server ran: {seen.problem.sentence}".rstrip("."), seen.problem.fix)
    if seen.folders[home]:
        return ok(
            id, f"What one server of a user writes into {home}, another one sees there. Both were pods."
        )
    return ok(id, f"Each server of a user has a {home} of its own, which no other one sees.")


def _told(problem):
    detail = f" ({problem['detail']})" if problem.get("detail") else ""
    return problem["message"] + detail
