"""Runs `js/push.js`: sends the author's files to the server of a dashboard that does not see them.

One process for each build. It goes on when the page that asked for it is closed, and ends with this server.
What it is to do is told on its standard input: arguments would show the ticket to whoever lists processes.
"""

import asyncio
import contextlib
import json
import os
import signal

from .errors import NodeMissing
from .launcher import own_variables, scrubbed
from .node import FRUGAL, node_command

# Somebody who publishes that many at a time waits.
AT_ONCE = 4
# Builds whose end can still be asked for.
REMEMBERED = 100


class Pushes:
    """The pushes of this server, by the ids of their builds."""

    def __init__(self, environment):
        clean = scrubbed(environment)
        self._environment = {**clean, **own_variables(clean)}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._tasks = {}

    def begin(self, order):
        """Begins the push of a `PushOrder`, unless that of its build is under way."""
        build = order["build"]
        known = self._tasks.get(build)
        if known is None or known.done():
            self._tasks.pop(build, None)
            self._tasks[build] = asyncio.ensure_future(self._push(order))
        for old in list(self._tasks)[:-REMEMBERED]:
            if self._tasks[old].done():
                del self._tasks[old]

    def state(self, build):
        """`PushState` in the contract."""
        task = self._tasks.get(build)
        return {
            "running": task is not None and not task.done(),
            "outcome": task.result() if task is not None and task.done() else None,
        }

    async def _push(self, order):
        try:
            async with self._turns:
                return await self._run(order)
        except (NodeMissing, FileNotFoundError) as error:
            message = f"Your server cannot send the files: {error}"
            fix = getattr(error, "fix", "Ask your administrator to install jupyterhub-dashboards anew.")
            return _failed("runner_missing", message, fix)

    async def _run(self, order):
        process = await asyncio.create_subprocess_exec(
            *node_command("push.js", path=self._environment.get("PATH"), flags=FRUGAL),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=self._environment,
            cwd="/",
            # A group of its own, so that what it has started ends with it.
            start_new_session=True,
        )
        try:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(json.dumps(order).encode() + b"\n")
                await process.stdin.drain()
            return understood(await process.stdout.read())
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def understood(text):
    """What the program said at its end: `PushOutcome` in the contract."""
    try:
        outcome = json.loads(text)
    except ValueError:
        outcome = None
    if not isinstance(outcome, dict) or not isinstance(outcome.get("ok"), bool):
        return _failed(
            "internal", "The program that sends your files ended before it was done.", "Try again."
        )
    return outcome


def _failed(code, message, fix):
    return {"ok": False, "problem": {"code": code, "message": message, "fix": fix}}
