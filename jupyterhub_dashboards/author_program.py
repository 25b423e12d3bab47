"""Runs `js/author.js`: what has to be done where the author's files are, for pages of their own Lab.

When its standard input ends before it has answered, nobody wants the answer any more.
"""

import asyncio
import json

from .errors import NodeMissing
from .own_node import OwnNode

# As many at a time: a page asks anew with every choice in its form, and the one before is ended then.
AT_ONCE = 2
WAITING = 8
# The program itself says after 10 s what it has found until then.
SECONDS = 60
LARGEST_REPLY = 16 * 2**20

AGAIN = "Try again in a minute; if it stays so, restart your server from the hub's home page."


class Refused(Exception):
    """No answer of the program, but what to tell instead: a problem as in the contract."""

    def __init__(self, code, message, fix):
        super().__init__(message)
        self.problem = {"code": code, "message": message, "fix": fix}


class AuthorProgram:
    """Asks the program, a few times at once."""

    def __init__(self, environment):
        self._node = OwnNode(environment)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._asking = 0

    async def ask(self, kind, request):
        """The program's reply to `request`, both as JSON objects. Ends the program where it is cancelled.

        Raises `Refused`.
        """
        if self._asking >= AT_ONCE + WAITING:
            raise Refused("service_unavailable", "Your server is looking at many folders already.", AGAIN)
        self._asking += 1
        try:
            async with self._turns:
                return await asyncio.wait_for(self._run({**request, "kind": kind}), SECONDS)
        except (asyncio.TimeoutError, TimeoutError):
            raise Refused(
                "service_unavailable", f"Looking at the files took longer than {SECONDS} seconds.", AGAIN
            ) from None
        finally:
            self._asking -= 1

    async def _run(self, request):
        try:
            return _understood(await self._node.run("author.js", request, LARGEST_REPLY))
        except NodeMissing as error:
            raise Refused(
                "runner_missing", f"Your server cannot look at the files: {error}", error.fix
            ) from error
        except FileNotFoundError as error:
            raise Refused("runner_missing", str(error), AGAIN) from error
        except OSError as error:
            # There are too many processes, or there is too little memory for one more.
            message = f"Your server cannot start the program that looks at your files: {error.strerror}."
            raise Refused("internal", message, AGAIN) from error


def _understood(text):
    try:
        reply = json.loads(text)
    except ValueError:
        reply = None
    if not isinstance(reply, dict):
        raise Refused("internal", "The program that looks at your files ended without an answer.", AGAIN)
    return reply
