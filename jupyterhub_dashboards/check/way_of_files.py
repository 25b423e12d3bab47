"""By which strategy files of homes come to dashboards, as far as it was tried."""

import json

from ..option_checks import CLONE_STRATEGIES
from .finding import TITLES, failed, not_tried, ok, warning

# What became of a strategy.
WORKS = "works"
# The build goes on with another one.
UNSUPPORTED = "unsupported"
FAILS = "fails"
UNKNOWN = "unknown"

WAYS = {
    "clone": "by cloning the volume that they are on (clone)",
    "volume-snapshot": "by a snapshot of the volume that they are on, which is restored (volume-snapshot)",
    "snapshot": "by copying them where they are (snapshot)",
    "live": "as they are, where they are (live)",
    "relay": "by sending them from one server to the other (relay)",
}
# The lines that say what else they take.
COSTS = {"snapshot": TITLES["strategy"], "relay": TITLES["relay-cost"]}
# What `jupyterhub-dashboards values` calls the set-ups that they are the way of.
STORAGE = {"clone": "clone", "volume-snapshot": "clone", "snapshot": "rwx", "live": "rwx", "relay": "relay"}


def cloning(strategies):
    return [one for one in strategies if one in CLONE_STRATEGIES]


def without(strategies, left_out=CLONE_STRATEGIES):
    """The others; files of homes are to come by one of them at least."""
    rest = [one for one in strategies if one not in left_out]
    return ["relay", *rest] if {*rest} <= {"git"} else rest


def configure(strategies):
    """The call to paste."""
    return f"configure(c, strategies={json.dumps(strategies)}, …)"


def way_of_files(allowed, outcomes, attempts, seen, home):
    """`outcomes`: what became of the strategies that clone, in their order."""
    id = "volume-strategy"
    for strategy, outcome in outcomes.items():
        if outcome == WORKS:
            cost = _cost_of_clones(attempts[strategy], seen)
            return ok(id, f"{_said(strategy, cost)} {_values(strategy)}")
        if outcome == UNKNOWN:
            return not_tried(id, f"it is not known whether {strategy} works")
        if outcome == FAILS:
            rest = without(allowed)
            return failed(
                id,
                f"Publishing files of homes fails, as {strategy} does: no other strategy follows a failure.",
                f"Until that is mended:\n{configure(rest)}\n{_values(_without_clones(rest, seen, home))}",
            )
    way = _without_clones(allowed, seen, home)
    if way is None and seen.problem:
        return not_tried(id, f"no second server ran: {seen.problem.sentence}".rstrip("."))
    if way is None:
        return failed(
            id,
            "Files of homes cannot be published: each server of a user has a home of its own, and no strategy"
            " that is allowed takes them from there.",
            f"Let them be sent:\n{configure(without([*allowed, 'relay']))}\n{_values('relay')}",
        )
    cost = f"What that takes: {COSTS[way]}." if way in COSTS else ""
    if not outcomes:
        return ok(id, f"{_said(way, cost)} {_values(way)}")
    return warning(
        id,
        f"Volumes are not cloned here. {_said(way, cost)}",
        f"Leave out what does not work here:\n{configure(without(allowed))}\n{_values(way)}",
    )


def _said(way, cost):
    return f"Files of homes are published {WAYS[way]}. {cost}".rstrip()


def _cost_of_clones(attempt, seen):
    size = attempt["size"] or "the size of a home"
    return (
        f"Each version takes {attempt['seconds']:.1f} s and {size},"
        f" and {seen.seconds:.1f} s more until a server has it mounted."
    )


def _without_clones(allowed, seen, home):
    """By which strategy files come to dashboards where no volume is cloned; None: by none."""
    ways = ("snapshot", "live", "relay") if seen.folders.get(home) else ("relay",)
    return next((one for one in ways if one in allowed), None)


def _values(way):
    return f"Values of Zero to JupyterHub: jupyterhub-dashboards values --storage {STORAGE[way or 'relay']}"
