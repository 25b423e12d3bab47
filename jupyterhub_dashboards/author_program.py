"""Runs `js/author.js`: what has to be done where the author's files are, for pages of their own Lab.

One process for each request. It is told on its standard input, in one line; when that ends before it has
answered, nobody wants the answer any more.
"""

import asyncio
import contextlib
import functools
import json
import os
import signal

from .errors import NodeMissing
from .launcher import own_variables, scrubbed
from .node import FRUGAL, node_command

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
    """Asks the program, in the environment of this server without its secrets."""

    def __init__(self, environment):
        clean = scrubbed(environment)
        self._environment = {**clean, **own_variables(clean)}
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
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=self._environment,
            cwd="/",
            # A group of its own, so that what it has started ends with it.
            start_new_session=True,
        )
        try:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(json.dumps(request).encode() + b"\n")
                await process.stdin.drain()
            return _understood(await _all_of(process.stdout))
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    @functools.cached_property
    def _command(self):
        try:
            return node_command("author.js", path=self._environment.get("PATH"), flags=FRUGAL)
        except NodeMissing as error:
            raise Refused(
                "runner_missing", f"Your server cannot look at the files: {error}", error.fix
            ) from error
        except FileNotFoundError as error:
            raise Refused("runner_missing", str(error), AGAIN) from error


async def _all_of(stream):
    parts = []
    size = 0
    while part := await stream.read(2**16):
        parts.append(part)
        size += len(part)
        if size > LARGEST_REPLY:
            return b""
    return b"".join(parts)


def _understood(text):
    try:
        reply = json.loads(text)
    except ValueError:
        reply = None
    if not isinstance(reply, dict):
        raise Refused("internal", "The program that looks at your files ended without an answer.", AGAIN)
    return reply
