"""What the ways to store homes differ in."""

from dataclasses import dataclass, field

LOSES_VERSIONS = "clone", "relay", "hybrid"


@dataclass(frozen=True)
class Storage:
    about: str
    # Options of `configure(c, ...)`.
    options: dict = field(default_factory=dict)
    # Whether the service makes volumes, for which it calls Kubernetes.
    makes_volumes: bool = False


STORAGES = {
    "static": Storage(
        "one shared volume with a folder for each user",
        {"strategies": ["snapshot", "live", "git"]},
    ),
    "rwx": Storage(
        "one claim for each user, mounted by all of their servers (ReadWriteMany)",
        {"strategies": ["snapshot", "live", "git"]},
    ),
    # Each version has the size of a home. Where a driver copies nothing, files are sent.
    "clone": Storage(
        "a claim for each server, of a driver that copies volumes",
        {"strategies": ["clone", "volume-snapshot", "relay", "git"], "keep_versions": 2},
        makes_volumes=True,
    ),
    "relay": Storage(
        "a claim for each server, as Zero to JupyterHub is shipped",
        {"strategies": ["relay", "git"]},
    ),
    "hybrid": Storage(
        "a claim for each server, and one volume that all servers share",
        {"strategies": ["snapshot", "live", "git"], "publishable_paths": ["shared"]},
    ),
}
