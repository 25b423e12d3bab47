"""Whether the clocks of Hub, service and users' servers agree."""

import contextlib
from datetime import datetime
from email.utils import parsedate_to_datetime

from .finding import failed, ok, warning

# Tickets are good for 30 s, and their times may differ by 5 s.
MAY_DIFFER = 5
SHOULD_DIFFER = 2


def clocks(times):
    """`times`: name -> how many seconds that clock is ahead of this machine's."""
    first, last = min(times, key=times.get), max(times, key=times.get)
    apart = times[last] - times[first]
    if apart <= SHOULD_DIFFER:
        return ok("clocks", f"Those of {', '.join(times)} agree within {SHOULD_DIFFER} s.")
    said = f"The clock of {last} is {apart:.0f} s ahead of that of {first}"
    fix = "Let both machines take their time from a server:\ntimedatectl set-ntp true"
    if apart <= MAY_DIFFER:
        return warning("clocks", f"{said}; from {MAY_DIFFER} s on, nobody gets into dashboards.", fix)
    return failed("clocks", f"{said}, so that nobody gets into dashboards.", fix)


def ahead(iso_time, at):
    """Seconds by which a clock that said `iso_time` is ahead of one that said `at` (seconds since 1970)."""
    return datetime.fromisoformat(iso_time.replace("Z", "+00:00")).timestamp() - at


def hub_ahead(reply):
    """The same for the Hub, whose `Date` knows whole seconds alone; None where there is none."""
    with contextlib.suppress(TypeError, ValueError):
        return parsedate_to_datetime(reply.headers["Date"]).timestamp() + 0.5 - reply.at
    return None
