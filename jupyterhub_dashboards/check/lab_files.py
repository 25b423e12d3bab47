"""Whether dashboards' servers see what JupyterLab writes."""

import hashlib
import json
import secrets
from urllib.parse import quote

from ..option_checks import CLONE_STRATEGIES, DEFAULT_STRATEGIES
from .finding import not_tried, ok, warning
from .web import NoAnswer, ask, user_path

SEEN = "_dashboards/check-seen"
BEGIN = "dashboards-check-"


def lab_files(hub, file, server, key):
    """Lets the administrator's own JupyterLab write a file, and the check's server look for it."""
    allowed = (
        file.options.get("strategies", DEFAULT_STRATEGIES)
        if file.options.get("homesKept", True)
        else ("git",)
    )
    if set(allowed) <= {"git"}:
        return not_tried("lab-files", "this hub publishes from repositories alone")
    try:
        lab = _lab(hub, file, server.user)
        if lab is None:
            return not_tried(
                "lab-files",
                f"no JupyterLab of {server.user} runs",
                "Start yours on the Hub's page of servers, and run the check again.",
            )
        root = hub.service("GET", f"{lab}jupyterhub-dashboards/context").json.get("root")
        if not root:
            return not_tried(
                "lab-files",
                f"the JupyterLab of {server.user} does not have this extension",
                "pip install 'jupyterhub-dashboards[lab]'  # beside JupyterLab; then start it again",
            )
        return _seen(hub, lab, root, server, key, allowed)
    except NoAnswer as error:
        return not_tried("lab-files", f"JupyterLab did not answer ({error})")


def _lab(hub, file, user):
    """Where the user's default server is; None where it does not run."""
    server = hub.ask("GET", user_path(user)).json.get("servers", {}).get("", {})
    if not server.get("ready"):
        return None
    return (file.options["subdomainHost"] and server.get("full_url")) or file.public_url + server["url"]


def _seen(hub, lab, root, server, key, allowed):
    name = f"{BEGIN}{secrets.token_hex(8)}.txt"
    text = secrets.token_hex(16)
    model = {"type": "file", "format": "text", "content": text}
    url = f"{lab}api/contents/{name}"
    reply = hub.service("PUT", url, model)
    if reply.status not in (200, 201):
        return not_tried("lab-files", f"JupyterLab could not write into {root} (status {reply.status})")
    sha256 = None
    try:
        path = f"{server.address}{SEEN}?file={quote(f'{root}/{name}', safe='')}"
        sha256 = ask("DELETE", path, f"Bearer {key}").json.get("sha256")
    finally:
        if sha256 is None:
            hub.service("DELETE", url)
    if sha256 == hashlib.sha256(text.encode()).hexdigest():
        copied = ": they copy it" if "snapshot" in allowed else ""
        return ok("lab-files", f"What JupyterLab writes into {root}, dashboards' servers see there{copied}.")
    if set(allowed) & set(CLONE_STRATEGIES):
        # What is published is the volume that it is on, wherever dashboards' servers are.
        return ok("lab-files", f"What JupyterLab writes into {root} is published by cloning its volume.")
    unseen = f"What JupyterLab writes into {root} is not seen by dashboards' servers"
    one_home = "give all servers of a user one home, under one path."
    if "relay" not in allowed:
        strategies = json.dumps([*allowed, "relay"])
        return warning(
            "lab-files",
            f"{unseen}, nor may it be sent: it cannot be published.",
            f"Let it be sent, and restart the Hub:\nconfigure(c, strategies={strategies}, …)\nOr {one_home}",
        )
    return warning(
        "lab-files",
        f"{unseen}: it has to be sent (relay).",
        f"To have it copied on the spot, {one_home}",
    )
