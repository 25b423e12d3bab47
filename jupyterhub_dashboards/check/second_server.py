"""A second server beside the first one: what the one writes, and whether the other sees it."""

import time
from dataclasses import dataclass, field
from urllib.parse import quote

from .check_server import CheckServer
from .finding import Finding
from .lab_files import SEEN
from .web import ask


@dataclass(frozen=True)
class Marker:
    """A file that the first server has written into its home."""

    file: str
    sha256: str

    @property
    def name(self):
        return self.file.rpartition("/")[2]


@dataclass
class Seen:
    """What the second server has found."""

    # Why there is none; None: it has run.
    problem: Finding | None = None
    # From its start to its first answer.
    seconds: float = 0.0
    # By folder: whether the marker is there.
    folders: dict[str, bool] = field(default_factory=dict)


def write_marker(server, key):
    """The marker, and why there is none. Raises `NoAnswer`."""
    told = ask("PUT", server.address + SEEN, f"Bearer {key}").json
    if "sha256" not in told:
        return None, "the runner is older"
    if told["error"]:
        return None, f"nothing can be written into its home ({told['error']})"
    return Marker(told["file"], told["sha256"]), None


def take_marker(server, key, folder, marker):
    """Whether `server` sees the marker in a folder, from where it is removed if it can be."""
    path = f"{server.address}{SEEN}?file={quote(f'{folder}/{marker.name}', safe='')}"
    return ask("DELETE", path, f"Bearer {key}").json.get("sha256") == marker.sha256


def look_from_another(first, name, key, marker, folders, patience, progress, servers):
    """Starts a server of this name, lets it look for the marker in the folders and removes it: `Seen`.

    It is put into the list `servers` before that.
    """
    second = CheckServer(first.hub, first.file, first.user, name)
    servers.append(second)
    progress(f"starting {name} beside {first.name}")
    begun = time.monotonic()
    try:
        seen = Seen(problem=second.start(patience, progress))
        if seen.problem is None:
            for folder in folders:
                seen.folders[folder] = take_marker(second, key, folder, marker)
                seen.seconds = seen.seconds or time.monotonic() - begun
        return seen
    finally:
        second.discard()
