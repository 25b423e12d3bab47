"""HTTP as the check needs it: no redirects, no proxies of the environment, and the time of each answer."""

import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from urllib.parse import quote

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


def ask(method, url, authorization=None, body=None, timeout=30, accept="application/json"):
    """Raises `NoAnswer`."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Accept": accept}, method=method)
    if data is not None:
        request.add_header("Content-Type", "application/json")
    if authorization:
        request.add_header("Authorization", authorization)
    before = time.time()
    try:
        reply = _opener.open(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        reply = error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise NoAnswer(_reason(error)) from None
    with reply:
        try:
            text = reply.read(MOST).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(_reason(error)) from None
        return Reply(reply.status, reply.headers, text, (before + time.time()) / 2)


def _reason(error):
    """In words: some errors of `http.client` have a name alone."""
    return str(getattr(error, "reason", error)) or type(error).__name__


def user_path(name, *parts):
    """The path of a user, or of what is theirs, in the Hub's REST API. Names may hold any character."""
    return "/".join(["users", *(quote(part, safe="") for part in (name, *parts))])


class Hub:
    """The Hub's REST API, with the administrator's token."""

    def __init__(self, url, token):
        self.url = url
        self._authorization = f"token {token}"

    def ask(self, method, path, body=None, timeout=30):
        return ask(method, f"{self.url}/{path}", self._authorization, body, timeout)

    def service(self, method, url, body=None):
        """The same token at the dashboards service."""
        return ask(method, url, self._authorization, body)

    def page(self, url):
        """The same token at one of the Hub's pages, as browsers ask for them."""
        return ask("GET", url, self._authorization, accept="text/html")
