"""What publishing takes of a cluster, tried with the volume of a server while that runs."""

import contextlib
import time

from ..option_checks import DEFAULT_STRATEGIES
from .finding import not_tried
from .in_server import REPORT
from .second_server import look_from_another, take_marker, write_marker
from .volume_lines import lines
from .way_of_files import cloning
from .web import NoAnswer, ask

POLL_EVERY = 0.5
# The first server ends when nobody has asked it anything for some minutes.
ATTEND_EVERY = 60


def volumes(hub, file, check, server, home, patience, progress, servers):
    """The lines about a hub whose servers are pods; none on others. `home` is that of `server`."""
    allowed = _allowed(file)
    pods = hasattr(file.app.spawner_class, "modify_pod_hook")
    if {*allowed} <= {"git"} or not (pods or check.get("clones")):
        return []
    try:
        if "secondName" not in check:
            return _nothing(allowed, check, "the service is older")
        marker, why = write_marker(server, check["key"])
        if marker is None:
            return _nothing(allowed, check, why)
    except NoAnswer as error:
        return _nothing(allowed, check, f"the server did not answer ({error})")
    own = _OwnVolumes(hub, file, check) if check["clones"] else None
    try:
        found = own.made_of(server, home, progress) if own else None
        attempts = found["attempts"] if found else []
        folders = [one["folder"] for one in attempts if not one["problem"]]
        seen = look_from_another(
            server, check["secondName"], check["key"], marker, [*folders, home], patience, progress, servers
        )
        return list(lines(allowed, found, seen, home))
    except NoAnswer as error:
        return _nothing(allowed, check, f"the service or a server did not answer ({error})")
    finally:
        with contextlib.suppress(NoAnswer):
            take_marker(server, check["key"], home, marker)
        if own:
            progress("removing the volumes")
            own.remove()


class _OwnVolumes:
    """Those that the service makes for the check."""

    def __init__(self, hub, file, check):
        self._hub = hub
        self._url = f"{file.service_url}api/v1/checks/{check['serverName']}/volumes"
        self._key = check["key"]

    def made_of(self, server, folder, progress):
        """What the service has tried with the volume that the folder is on. Raises `NoAnswer`."""
        progress(f"cloning the volume of {server.name}")
        attended, doing = time.monotonic(), None
        while True:
            reply = self._hub.service("POST", self._url, {"folder": folder})
            if reply.status != 200:
                raise NoAnswer(reply.message or f"status {reply.status}")
            found = reply.json
            if found["done"]:
                return found
            progress(None if found["doing"] == doing else found["doing"])
            doing = found["doing"]
            if time.monotonic() - attended > ATTEND_EVERY:
                attended = time.monotonic()
                ask("GET", server.address + REPORT, f"Bearer {self._key}")
            time.sleep(POLL_EVERY)

    def remove(self):
        """What the service cannot remove now, it finds by its labels later."""
        with contextlib.suppress(NoAnswer):
            self._hub.service("DELETE", self._url)


def _allowed(file):
    kept = file.options.get("homesKept", True)
    return [*file.options.get("strategies", DEFAULT_STRATEGIES)] if kept else ["git"]


def _nothing(allowed, check, because):
    cloned = ("cluster-rights", *cloning(allowed)) if check.get("clones") else ()
    return [not_tried(id, because) for id in (*cloned, "shared-homes", "volume-strategy")]
