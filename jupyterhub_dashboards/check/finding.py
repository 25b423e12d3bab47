"""One line of the check."""

from dataclasses import dataclass, replace

OK = "ok"
WARNING = "warning"
FAILED = "failed"
NOT_TRIED = "not_tried"

# In the order of the table.
TITLES = {
    "hub": "JupyterHub",
    "configuration": "Configuration",
    "service": "Service",
    "rights": "Rights of the service",
    "users": "Rights of users",
    "browser-token": "Token of Lab's pages",
    "named-servers": "Named servers",
    "server-limit": "Limit of the hub",
    "start": "Start of a server",
    "runner": "Runner",
    "frameworks": "Frameworks",
    "service-address": "Way to the service",
    "home": "Home folder",
    "store": "Place of versions",
    "store-device": "Device",
    "store-links": "Hard links",
    "store-clones": "Shared blocks",
    "store-symlinks": "Symbolic links",
    "store-flush": "Fsync and rename",
    "store-times": "Times of files",
    "store-room": "Room for versions",
    "store-anchor": "Safe copying",
    "store-sealed": "Write protection",
    "store-overlay": "Overlay",
    "publishable-paths": "Publishable folders",
    "git": "Git",
    "strategy": "Strategy and cost",
    "git-cost": "Cost of Git",
    "relay-address": "Way of sent files",
    "relay-cost": "Cost of sending",
    "lab-files": "Files of JupyterLab",
    "cluster-rights": "Rights in Kubernetes",
    "clone": "Clone of a volume",
    "volume-snapshot": "Snapshot of a volume",
    "shared-homes": "Shared homes",
    "volume-strategy": "Way of files",
    "store-kept": "Kept after a stop",
    "database": "Database",
    "origin": "Dashboards' origin",
    "sign-in": "Sign-in there",
    "websocket": "WebSockets",
    "clocks": "Clocks",
    "failure-limit": "Failed starts",
    "culler": "Culler",
    "removal": "Removal",
}

# Lines of hubs whose servers are pods.
ON_KUBERNETES = ("cluster-rights", "clone", "volume-snapshot", "shared-homes", "volume-strategy")

# For what is right in the file alone.
RESTART = "The file is right, and the Hub runs with an older one: restart the Hub."


class CannotCheck(Exception):
    """The check cannot be run at all; the message is for the administrator and says what to do."""


@dataclass(frozen=True)
class Finding:
    """`sentence` says what was found, `fix` what to paste or do. Not `tried`: read from the configuration."""

    id: str
    state: str
    sentence: str
    fix: str = ""
    tried: bool = True

    @property
    def title(self):
        return TITLES[self.id]


def ok(id, sentence, tried=True):
    return Finding(id, OK, sentence, tried=tried)


def warning(id, sentence, fix="", tried=True):
    return Finding(id, WARNING, sentence, fix, tried)


def failed(id, sentence, fix, tried=True):
    return Finding(id, FAILED, sentence, fix, tried)


def not_tried(id, because, fix=""):
    return Finding(id, NOT_TRIED, f"Not tried: {because}.", fix, tried=False)


def of_running(found, written):
    """What was found at the running Hub, and how to mend it where the file is better (`written`)."""
    return replace(found, fix=RESTART) if found.state == WARNING and written.state == OK else found
