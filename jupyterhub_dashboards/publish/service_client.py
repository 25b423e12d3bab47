"""The service's API over HTTP, with errors in its own words."""

import contextlib
import http.client
import json
import urllib.error
import urllib.request

from .address import WHERE, token_page
from .errors import NoAnswer, Refused

SECONDS = 60
# More than any reply of the service's; something else may answer, and without an end.
MOST = 50_000_000


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would take the token along, wherever it leads."""

    def redirect_request(self, *_):
        return None


class ServiceClient:
    """Calls `url`, the service's address with a slash at the end."""

    def __init__(self, url, token):
        self.url = url
        self._token = token
        # With the proxies of the environment: CI often has no other way out.
        self._opener = urllib.request.build_opener(_NoRedirect)

    def ask(self, method, path, body=None, headers=None):
        """The JSON object of the reply. Raises `Refused` or `NoAnswer`."""
        with self.open(method, path, body, headers) as reply:
            try:
                value = json.loads(reply.read(MOST))
            except (OSError, http.client.HTTPException) as error:
                raise self._no_answer(error) from None
            except ValueError:
                raise self._something_else() from None
        if not isinstance(value, dict):
            raise self._something_else()
        return value

    def open(self, method, path, body=None, headers=None, timeout=SECONDS):
        """A reply that is good, to be read and closed. Raises as `ask`."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}api/v1/{path}", data, dict(headers or {}), method=method)
        request.add_header("Authorization", f"token {self._token}")
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            return self._opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise self._no_answer(error) from None

    def _refusal(self, reply):
        if 300 <= reply.code < 400:
            to = reply.headers.get("Location", "another address")
            return Refused(f"{self.url} leads on to {to}.", f"{WHERE}, as the browser shows it.", "redirect")
        problem = {}
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            problem = json.loads(reply.read(MOST))["error"]
        if not isinstance(problem, dict) or "code" not in problem:
            return self._something_else(reply.code)
        code, message, fix = problem["code"], problem.get("message", ""), problem.get("fix", "")
        if reply.code >= 500:
            return NoAnswer(message, fix, code)
        if code == "not_signed_in":
            message = "The hub does not know this token, or no longer."
        if code in ("not_signed_in", "scope_missing"):
            fix = (
                f"Make a token at {token_page(self.url)} and give it with --token-file: the one"
                " that a server is started with is not enough."
            )
        return Refused(message, fix, code)

    def _no_answer(self, error):
        # In words: some errors of `http.client` have a name alone.
        reason = str(getattr(error, "reason", error)) or type(error).__name__
        message = f"The service does not answer at {self.url} ({reason})."
        return NoAnswer(message, f"Look whether the hub runs and whether this is its address. {WHERE}.")

    def _something_else(self, status=None):
        shown = f" (status {status})" if status else ""
        return NoAnswer(f"What answers at {self.url} is not the dashboards service{shown}.", f"{WHERE}.")
