"""The server that is started, the way dashboards are, to see what is there."""

import contextlib
import json
import time

from ..hook import CHECK_PREFIX
from .finding import failed, ok, warning
from .web import NoAnswer, user_path

LOOK_EVERY = 0.3
# Seconds that a removed server may take to stop.
GONE_WITHIN = 60


class CheckServer:
    """A named server of the administrator's. Whoever starts it removes it."""

    def __init__(self, hub, file, user, name):
        self.hub = hub
        self.file = file
        self.user = user
        self.name = name
        self.url = None
        self._full_url = None
        # What the running Hub tells of its own (`running_hub`), once it is ready and if the hook decided.
        self.settings = {}
        # Whether the Hub may have begun to start it, and whether it was seen to be gone since.
        self.begun = False
        self.gone = False
        self._path = user_path(user, "servers", name)

    @property
    def address(self):
        """Where browsers find it once it is ready. With a domain for each user, the Hub names it."""
        domain = self._full_url if self.file.options["subdomainHost"] else None
        return domain or self.file.public_url + self.url

    @property
    def may_be_left(self):
        return self.begun and not self.gone

    def start(self, patience, progress):
        """The line about what went wrong; None when it is ready."""
        self.begun = True
        try:
            reply = self.hub.ask("POST", self._path, timeout=patience)
        except NoAnswer as error:
            return failed("start", f"The Hub did not answer the start ({error}).", "Look into the Hub's log.")
        if reply.status not in (201, 202):
            # It may be something in between that has failed.
            self.begun = reply.status >= 500
            return _refused(reply)
        end = time.monotonic() + patience
        while time.monotonic() < end:
            server = self._server()
            if server is None:
                return self._start_failed()
            if server.get("ready"):
                self.url = server["url"]
                self._full_url = server.get("full_url")
                self.settings = server.get("user_options") or {}
                return None
            progress()
            time.sleep(LOOK_EVERY)
        return failed(
            "start",
            f"The server was not ready after {patience:.0f} s.",
            "If your Spawner takes longer, give it time:\njupyterhub-dashboards check --timeout 900 -f …",
        )

    def stop(self):
        """Stops it, as a dashboard falls asleep; whether it has."""
        self.hub.ask("DELETE", self._path, timeout=60)
        return self._away()

    def remove(self):
        """Removes it for good, as the service does; the line about that."""
        problem = self._removed_by_service()
        gone = self.discard() if problem else self._gone()
        if not gone:
            return self.left_behind()
        if problem:
            return failed(
                "removal", f"The service could not remove a server: {problem}", "See the other lines."
            )
        return ok("removal", f"{self.name} has been stopped and removed by the service.")

    def discard(self):
        """Removes it at the Hub, also while it starts; whether it is gone."""
        with contextlib.suppress(NoAnswer):
            self.hub.ask("DELETE", self._path, {"remove": True}, timeout=60)
        return self._gone()

    def left_behind(self):
        return warning("removal", f"{self.user}'s server {self.name} is still there.", self.by_hand)

    @property
    def by_hand(self):
        """How a person removes it."""
        return f"Stop and delete it on {self.user}'s page of servers."

    def _gone(self):
        self.gone = self._away()
        return self.gone

    def _away(self):
        """Whether it has stopped, after some time."""
        end = time.monotonic() + GONE_WITHIN
        while time.monotonic() < end:
            with contextlib.suppress(NoAnswer):
                if self._server() is None:
                    return True
            time.sleep(LOOK_EVERY)
        return False

    def _removed_by_service(self):
        try:
            reply = self.hub.service("DELETE", f"{self.file.service_url}api/v1/checks/{self.name}")
        except NoAnswer as error:
            return str(error)
        problem = reply.json.get("problem")
        return problem["message"] if problem else "" if reply.status == 200 else reply.message

    def _server(self):
        """As the Hub tells of it while it runs, starts or stops, else None. Raises `NoAnswer`."""
        reply = self.hub.ask("GET", user_path(self.user))
        if reply.status != 200:
            # That says nothing about the server.
            raise NoAnswer(f"status {reply.status}")
        return reply.json.get("servers", {}).get(self.name)

    def _start_failed(self):
        why = ""
        with contextlib.suppress(NoAnswer):
            for line in self.hub.ask("GET", f"{self._path}/progress", timeout=10).text.splitlines():
                if line.startswith("data:"):
                    why = json.loads(line[5:]).get("message", why)
        return failed(
            "start",
            f"The Spawner could not start a server{f': {why}' if why else ''}.",
            f"Look for {self.name} in the Hub's log; Lab's servers may start where this one did not.",
        )


def remains(servers):
    """What has become of the servers of a check that ends early, in the middle of a sentence."""
    if not any(server.begun for server in servers):
        return "no server had been started."
    return left(servers) or "its server has been removed."


def left(servers):
    """The server that may be there after the check, and what to do about it; empty where there is none."""
    for server in servers:
        if server.may_be_left:
            return f"{server.user}'s server {server.name} may still be there. {server.by_hand}"
    return ""


def leftovers(hub, user):
    """Removes stopped servers of earlier checks that could not do it themselves."""
    servers = hub.ask("GET", f"{user_path(user)}?include_stopped_servers=1").json.get("servers", {})
    for name, server in servers.items():
        if name.startswith(CHECK_PREFIX) and not server.get("ready") and not server.get("pending"):
            hub.ask("DELETE", user_path(user, "servers", name), {"remove": True})


def _refused(reply):
    said = reply.message
    if "not enabled" in said:
        return failed(
            "named-servers",
            "The Hub allows no named servers, and every dashboard is one.",
            "c.JupyterHub.allow_named_servers = True",
        )
    if "maximum of" in said:
        return failed(
            "named-servers",
            f"The Hub starts no further named server: {said}",
            "c.JupyterHub.named_server_limit_per_user = 20",
        )
    if "Active user limit" in said:
        return failed(
            "server-limit",
            "The hub runs as many servers as it may, so that no dashboard can start.",
            "Stop servers, or raise the limit:\nc.JupyterHub.active_server_limit = 100",
        )
    return failed(
        "start",
        f"The Hub refused to start a server: {said or f'status {reply.status}'}",
        "Look for this sentence in the Hub's log.",
    )
