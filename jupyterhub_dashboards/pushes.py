"""Runs `js/push.js`: sends the author's files to the server of a dashboard that does not see them.

One process for each build. It goes on when the page that asked for it is closed, and ends with this server.
"""

import asyncio
import json

from .errors import NodeMissing
from .own_node import OwnNode

# Somebody who publishes that many at a time waits.
AT_ONCE = 4
# Builds whose end can still be asked for.
REMEMBERED = 100
LARGEST_OUTCOME = 2**20

AGAIN = "Try again."


class Pushes:
    """The pushes of this server, by the ids of their builds."""

    def __init__(self, environment):
        self._node = OwnNode(environment)
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
                return understood(await self._node.run("push.js", order, LARGEST_OUTCOME))
        except (NodeMissing, FileNotFoundError) as error:
            message = f"Your server cannot send the files: {error}"
            fix = getattr(error, "fix", "Ask your administrator to install jupyterhub-dashboards anew.")
            return _failed("runner_missing", message, fix)
        except OSError as error:
            # There are too many processes, or there is too little memory for one more.
            message = f"Your server cannot start the program that sends your files: {error.strerror}."
            return _failed("internal", message, AGAIN)


def understood(text):
    """What the program said at its end: `PushOutcome` in the contract."""
    try:
        outcome = json.loads(text)
    except ValueError:
        outcome = None
    if not isinstance(outcome, dict) or not isinstance(outcome.get("ok"), bool):
        return _failed("internal", "The program that sends your files ended before it was done.", AGAIN)
    return outcome


def _failed(code, message, fix):
    return {"ok": False, "problem": {"code": code, "message": message, "fix": fix}}
