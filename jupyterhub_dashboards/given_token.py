"""The token that a person gives to one of the commands."""

import os
import re


class NoToken(Exception):
    """What was given is no token; the message is a sentence that says why."""


def given_token(path, environment):
    """From the file, else the environment: an argument would be seen by whoever lists processes.

    Empty where none was given. Raises `NoToken`.
    """
    if path:
        try:
            with open(os.path.expanduser(path), errors="replace") as content:
                token = content.read().strip()
        except OSError as error:
            raise NoToken(f"The token cannot be read: {error}.") from None
    else:
        token = environment.get("JUPYTERHUB_API_TOKEN", "")
    if not re.fullmatch("[!-~]{0,500}", token):
        where = f"The file {path}" if path else "JUPYTERHUB_API_TOKEN"
        raise NoToken(f"{where} holds something else than one token: no token has spaces or accents.")
    return token
