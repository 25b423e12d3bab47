"""Lines that are tried with tokens such as users and Lab's pages hold."""

import contextlib

from ..configuration import SERVICE_SCOPE
from . import from_file
from .finding import RESTART, failed, not_tried, ok
from .web import NoAnswer, ask, user_path

SECONDS = 60


class NoToken(Exception):
    """It could not be tried; the message is the reason, in the middle of a sentence."""


def users(hub, file, name):
    """Tries the service with a token that has the rights of the role `user`, and of nothing else."""
    try:
        status = _call(hub, file, name, {"roles": ["user"]})
    except NoToken as error:
        return not_tried("users", error)
    if status == 200:
        return ok("users", "Ordinary users may call the service.")
    if status == 403:
        return failed(
            "users",
            "Ordinary users may not call the service: nobody but administrators can publish.",
            "Move configure(c, …) behind what defines the role user, or add this to its scopes:\n"
            f'"{SERVICE_SCOPE}"',
        )
    return not_tried("users", f"the service answers with status {status}")


def browser_token(hub, file, name, scopes):
    """Tries the service with a token that has `scopes`: what the running Hub lets Lab's pages hold.

    Their own token comes from the sign-in of a browser, which needs a password. Where `scopes` is None,
    or the Hub makes no such token, the file is read.
    """
    read = from_file.browser_token(file)
    if scopes is None:
        return read
    try:
        # Every page's token may say whose it is.
        status = _call(hub, file, name, {"scopes": [*scopes, "read:users:name!user"]})
    except NoToken:
        return read
    if status == 200:
        return ok("browser-token", "What the Hub lets Lab's pages hold is enough to call the service.")
    if status == 403:
        return failed(
            "browser-token",
            "What the Hub lets Lab's pages hold is not enough: publishing from JupyterLab fails.",
            read.fix or RESTART,
        )
    return read


def _call(hub, file, name, rights):
    """The status of the service's reply to a token with `rights`, removed afterwards. Raises `NoToken`."""
    wanted = {**rights, "expires_in": SECONDS, "note": "jupyterhub-dashboards check"}
    try:
        made = hub.ask("POST", user_path(name, "tokens"), wanted)
    except NoAnswer as error:
        raise NoToken(f"the Hub does not answer ({error})") from None
    token = made.json.get("token")
    if not token:
        what = " ".join(next(iter(rights.values())))
        raise NoToken(f"the Hub makes no token for {what} ({made.message or made.status})")
    try:
        return ask("GET", f"{file.service_url}api/v1/whoami", f"token {token}").status
    except NoAnswer as error:
        raise NoToken(f"the service does not answer ({error})") from None
    finally:
        with contextlib.suppress(NoAnswer):
            hub.ask("DELETE", user_path(name, "tokens", made.json["id"]))
