"""What is done with files that are where the command runs: telling what is there, and sending it."""

import contextlib
import json
import os
import subprocess
import threading
from urllib.parse import urljoin

from ..errors import NodeMissing
from ..launcher import own_variables, scrubbed
from ..node import FRUGAL, node_command
from ..pushes import understood
from .errors import CannotPublish

# Who publishes waits for it.
LOOK_SECONDS = 30


def place_of(source, environment):
    """What is seen of a source's folder here: by it, a dashboard's server knows whether it sees the same.

    None where that cannot be told: the server then looks for the folder's name alone.
    """
    question = {"kind": "plan", **{key: source[key] for key in ("root", "entry", "scope")}}
    if not os.path.isdir(os.path.expanduser(source["root"])):
        return None
    try:
        process = _start("author.js", environment)
        with process:
            try:
                text, _ = process.communicate(json.dumps(question) + "\n", timeout=LOOK_SECONDS)
            finally:
                process.kill()
        return json.loads(text)["plan"]["place"]
    except (NodeMissing, OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
        return None


class Sending:
    """Sends the files of a build as soon as it waits for them, beside whoever follows the build."""

    def __init__(self, client, environment, failed):
        """`failed` is told the problem of a push that cannot be made."""
        self._client = client
        self._environment = environment
        self._failed = failed
        self._process = None
        self._thread = None
        self._ended = False

    def look(self, build):
        """Begins to send where the build waits for files; once: the program takes up what breaks off."""
        if build.get("wantsFiles") and self._thread is None:
            self._thread = threading.Thread(target=self._send, args=(build["id"],), daemon=True)
            self._thread.start()

    def end(self):
        """Sends no more: the build has ended, which says what there is to say."""
        self._ended = True
        if self._process is not None:
            self._process.kill()

    def _send(self, build):
        try:
            reply = self._client.ask("POST", f"builds/{build}/push-ticket")
            public = {"url": urljoin(self._client.url, reply["path"])}
            order = {
                "build": build,
                "ticket": reply["ticket"],
                "source": reply["source"],
                "addresses": [*reply["addresses"], public],
            }
            if "publishablePaths" in reply:
                order["publishablePaths"] = reply["publishablePaths"]
            with _start("push.js", self._environment) as self._process:
                # Its end would tell the program that nobody wants the files any more.
                self._process.stdin.write(json.dumps(order) + "\n")
                self._process.stdin.flush()
                outcome = understood(self._process.stdout.read())
                with contextlib.suppress(BrokenPipeError):
                    self._process.stdin.close()
        except (NodeMissing, FileNotFoundError) as error:
            fix = getattr(error, "fix", "Install jupyterhub-dashboards anew.")
            outcome = {"problem": {"code": "runner_missing", "message": str(error), "fix": fix}}
        except CannotPublish as error:
            outcome = {"problem": {"code": error.code, "message": error.message, "fix": error.fix}}
        except OSError as error:
            outcome = {"problem": {"code": "internal", "message": str(error), "fix": "Try again."}}
        if outcome.get("problem") and not self._ended:
            self._failed(outcome["problem"])


def _start(script, environment):
    clean = scrubbed(environment)
    return subprocess.Popen(
        node_command(script, path=environment.get("PATH"), flags=FRUGAL),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**clean, **own_variables(clean)},
        text=True,
    )
