"""HTTP as the check needs it: no redirects, no proxies of the environment, and the time of each answer."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message

# More than any reply of the Hub's; something else may answer, and without an end.
MOST = 50_000_000


class NoAnswer(Exception):
    """Nothing answered at an address; the message is the reason."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Message
    text: str
    # Of this machine, in the middle of the exchange.
    at: float

    @property
    def json(self):
        """The body; an empty dict where it is no JSON object."""
        try:
            value = json.loads(self.text)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def message(self):
        """The sentence of an error reply of the Hub's or the service's."""
        error = self.json.get("error")
        return (error if isinstance(error, dict) else self.json).get("message", "")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def ask(method, url, authorization=None, body=None, timeout=30):
    """Raises `NoAnswer`."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Accept": "application/json"}, method=method)
    if data is not None:
        request.add_header("Content-Type", "application/json")
    if authorization:
        request.add_header("Authorization", authorization)
    before = time.time()
    try:
        reply = _opener.open(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        reply = error
    except (OSError, ValueError) as error:
        raise NoAnswer(str(getattr(error, "reason", error))) from None
    with reply:
        try:
            text = reply.read(MOST).decode(errors="replace")
        except OSError as error:
            raise NoAnswer(str(error)) from None
        return Reply(reply.status, reply.headers, text, (before + time.time()) / 2)


class Hub:
    """The Hub's REST API, with the administrator's token."""

    def __init__(self, url, token):
        self.url = url
        self._authorization = f"token {token}"

    def ask(self, method, path, body=None, timeout=30):
        return ask(method, f"{self.url}/{path}", self._authorization, body, timeout)

    def service(self, method, url):
        """The same token at the dashboards service."""
        return ask(method, url, self._authorization)
