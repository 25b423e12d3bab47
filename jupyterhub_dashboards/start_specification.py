"""Asking the service what to start under a server name; its answers are remembered for when it is away."""

import asyncio
import base64
import json
import logging
import re
from collections import OrderedDict
from dataclasses import dataclass, field, replace

log = logging.getLogger("JupyterHub.dashboards")

# A service that is started again needs a few seconds on a busy machine.
PAUSES = (0.3, 1.0, 2.0, 4.0, None)
# After so many attempts a server starts as the service has said before, if it has.
ENOUGH = 3
TIMEOUT = 5
REMEMBERED = 5000
# One environment variable may hold 128 KiB on Linux.
LONGEST = 120_000

BASE64URL = re.compile(r"[A-Za-z0-9_-]+")

SERVICE_AWAY = (
    "The dashboards service of this hub does not answer, so it is not known what to start here."
    " Try again in a minute; if it stays like this, tell your administrator."
)
NOT_UNDERSTOOD = (
    "The dashboards service of this hub gave an answer that the hub does not understand."
    " Ask your administrator to install the same version of jupyterhub-dashboards in both and to restart it."
)


@dataclass(frozen=True)
class Mount:
    """A folder of a volume, read-only, at `path`: that of a version."""

    version: int
    claim: str
    sub_path: str
    path: str


@dataclass(frozen=True)
class Pod:
    """What a pod is made with.

    `image` None: what the Hub is set up with. `profile` None: what was chosen for the server `like`.
    """

    image: str | None = None
    profile: dict | None = None
    like: str = ""


@dataclass(frozen=True)
class Run:
    """Start the runner with this specification: base64url of its JSON."""

    specification: str
    mounts: tuple[Mount, ...] = ()
    pod: Pod = field(default_factory=Pod)


@dataclass(frozen=True)
class Refuse:
    """Start nothing but a page with this sentence. `link`: `url` and `text`."""

    message: str
    title: str | None = None
    fix: str | None = None
    link: dict | None = None

    def told(self):
        """What the page is made of."""
        return {key: value for key, value in vars(self).items() if value}


class StartSpecifications:
    """What the service at `origin` wants under (user, server name)."""

    def __init__(self, origin, key, fetch=None, pauses=PAUSES):
        self._origin = origin
        self._key = key
        self._fetch = fetch or _fetch
        self._pauses = pauses
        self._remembered = OrderedDict()

    async def ask(self, base_url, user_id, user_name, server_name):
        """A `Run` or a `Refuse`; never raises. `base_url` is the whole hub's and ends with a slash."""
        which = (user_id, server_name)
        url = self._url(base_url, "start-specification")
        request = {"userId": user_id, "userName": user_name, "serverName": server_name}
        for attempt, pause in enumerate(self._pauses, 1):
            try:
                status, body = await self._fetch(url, self._key, request)
            except Exception as error:
                log.warning("The dashboards service cannot be asked about %s: %s", server_name, error)
                status, body = 599, b""
            if status < 500:
                return self._remember(which, _reply(status, body))
            if attempt >= ENOUGH and which in self._remembered:
                break
            if pause is not None:
                await asyncio.sleep(pause)
        before = self._remembered.get(which)
        return _once_more(before) if before else Refuse(SERVICE_AWAY)

    async def tell(self, base_url, user_name, server_name, events):
        """What Kubernetes has said about a server that was running. Raises where it is not taken."""
        await self._say(base_url, "server-news", user_name, server_name, events=events)

    async def tell_pod(self, base_url, user_name, server_name, image, profile):
        """What the pod of a server is made with. Raises where it is not taken."""
        await self._say(base_url, "server-pod", user_name, server_name, image=image, profile=profile)

    async def _say(self, base_url, route, user_name, server_name, **what):
        said = {"userName": user_name, "serverName": server_name, **what}
        status, body = await self._fetch(self._url(base_url, route), self._key, said)
        if status >= 300:
            raise ConnectionError(f"status {status}: {body[:500]!r}")

    def _url(self, base_url, route):
        return f"{self._origin}{base_url}services/dashboards/internal/{route}"

    def _remember(self, which, reply):
        self._remembered.pop(which, None)
        if isinstance(reply, Run):
            self._remembered[which] = reply
            while len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        return reply


def _once_more(run):
    """What was said at an earlier start, to show what was live then.

    What was built then is not built again, of files that have changed; what has come since is not removed.
    """
    try:
        said = json.loads(base64.urlsafe_b64decode(run.specification + "==="))
        state = said["state"]
    except (ValueError, KeyError, TypeError):
        return run
    if state.get("live") is None:
        return Refuse(SERVICE_AWAY)
    said.update(state={**state, "job": None}, remembered=True)
    return replace(run, specification=_base64url(json.dumps(said)))


def _base64url(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _reply(status, body):
    try:
        reply = json.loads(body)
        kind = reply["kind"]
        if status == 200 and kind == "refuse":
            return Refuse(str(reply["message"]))
        if status == 200 and kind == "run":
            specification = str(reply["specification"])
            if not BASE64URL.fullmatch(specification):
                specification = _base64url(specification)
            if len(specification) < LONGEST:
                mounts = tuple(map(_mount, reply.get("mounts", ())))
                return Run(specification, mounts, _pod(reply.get("pod", {})))
    except (ValueError, KeyError, TypeError):
        pass
    log.error("The dashboards service answered a start request with status %s and %.500r", status, body)
    return Refuse(NOT_UNDERSTOOD)


def _mount(mount):
    version, sub_path, path = mount["version"], mount["subPath"], mount["path"]
    if not isinstance(version, int) or not str(path).startswith("/"):
        raise ValueError("not a mount")
    return Mount(version, str(mount["claim"]), str(sub_path), str(path))


def _pod(pod):
    image, profile = pod.get("image"), pod.get("profile")
    if profile is not None:
        profile = {str(name): str(value) for name, value in profile.items()}
    return Pod(image and str(image), profile, str(pod.get("like") or ""))


async def _fetch(url, key, body):
    from tornado.httpclient import AsyncHTTPClient, HTTPRequest

    request = HTTPRequest(
        url,
        method="POST",
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        body=json.dumps(body),
        connect_timeout=TIMEOUT,
        request_timeout=TIMEOUT,
        follow_redirects=False,
    )
    reply = await AsyncHTTPClient().fetch(request, raise_error=False)
    if reply.code == 599:
        raise reply.error or ConnectionError("no answer")
    return reply.code, reply.body
