"""Programs of `js/` that single-user servers run for their own author: one process for each request.

What a program is to do is told on its standard input, in one line: arguments would show it to whoever lists
processes.
"""

import asyncio
import contextlib
import json
import os
import signal

from .launcher import own_variables, scrubbed
from .node import FRUGAL, node_command


class OwnNode:
    """Runs programs in the environment of this server without its secrets."""

    def __init__(self, environment):
        clean = scrubbed(environment)
        self._environment = {**clean, **own_variables(clean)}
        self._commands = {}

    async def run(self, script, request, largest):
        """What `js/<script>` says until its end about `request`, a JSON object; empty above `largest` bytes.

        Ends the program where it is cancelled. Raises `NodeMissing` or `FileNotFoundError`.
        """
        process = await asyncio.create_subprocess_exec(
            *self._command(script),
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
            return await _all_of(process.stdout, largest)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    def _command(self, script):
        # Finding Node may mean running it, and nothing else happens in this server meanwhile.
        if script not in self._commands:
            self._commands[script] = node_command(script, path=self._environment.get("PATH"), flags=FRUGAL)
        return self._commands[script]


async def _all_of(stream, largest):
    parts = []
    size = 0
    while part := await stream.read(2**16):
        parts.append(part)
        size += len(part)
        if size > largest:
            return b""
    return b"".join(parts)
