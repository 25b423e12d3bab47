"""What is done with files that are where the command runs: telling what is there, and sending it."""

import contextlib
import json
import os
import subprocess
import threading
import time
from urllib.parse import urljoin

from ..errors import NodeMissing
from ..launcher import own_variables, scrubbed
from ..node import FRUGAL, node_command
from ..pushes import understood
from .errors import CannotPublish

# Who publishes waits for it.
LOOK_SECONDS = 30
# A ticket is good for one start of the dashboard's server, which one build sees fewer of than this.
TICKETS = 5
PAUSE_SECONDS = 1
# The program was ended from outside; or another server has taken the place of the one that the ticket is for.
WORTH_ANOTHER = ("internal", "not_signed_in")
# What the dashboard's server cannot be told.
UNSENDABLE = ("relay_unreachable", "runner_missing", "internal")


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
    """Sends the files of a build while it waits for them, beside whoever follows the build."""

    def __init__(self, client, environment, failed):
        """`failed` is told the problem of a push that cannot be made."""
        self._client = client
        self._environment = environment
        self._failed = failed
        self._build = None
        self._wanted = threading.Event()
        self._process = None
        self._thread = None
        self._ended = False

    def look(self, build):
        """Has the files sent where the build waits for them: anew where another server has taken it up."""
        if build.get("wantsFiles"):
            self._build = build["id"]
            self._wanted.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def end(self):
        """Sends no more: the build has ended, which says what there is to say."""
        self._ended = True
        self._wanted.set()
        if self._process is not None:
            self._process.kill()

    def _run(self):
        while not self._ended:
            self._wanted.clear()
            problem = self._send(self._build)
            if problem and not self._ended and not self._told(problem):
                self._failed(problem)
            self._wanted.wait()

    def _told(self, problem):
        """Whether the build ends with it, and says so. What the program has found out, it has told itself."""
        if problem["code"] not in UNSENDABLE:
            return False
        try:
            self._client.ask("POST", f"builds/{self._build}/push-failed", {"problem": problem})
        except CannotPublish:
            return False
        return True

    def _send(self, build):
        """The problem that is in the way, if any."""
        try:
            for _ in range(TICKETS):
                problem = self._push(build).get("problem")
                if self._ended or problem is None or problem["code"] not in WORTH_ANOTHER:
                    break
                time.sleep(PAUSE_SECONDS)
            return problem
        except (NodeMissing, FileNotFoundError) as error:
            fix = getattr(error, "fix", "Install jupyterhub-dashboards anew.")
            return {"code": "runner_missing", "message": str(error), "fix": fix}
        except CannotPublish as error:
            if error.code == "state_conflict":
                return None  # It does not wait for files, or not for now.
            return {"code": error.code, "message": error.message, "fix": error.fix}
        except OSError as error:
            return {"code": "internal", "message": str(error), "fix": "Try again."}

    def _push(self, build):
        """`PushOutcome` in the contract."""
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
        return outcome


def _start(script, environment):
    clean = scrubbed(environment)
    return subprocess.Popen(
        node_command(script, path=environment.get("PATH"), flags=FRUGAL),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**clean, **own_variables(clean)},
        # Whatever the terminal speaks.
        encoding="utf-8",
        errors="replace",
        # Ctrl-C is for the command, which ends what it has started.
        start_new_session=True,
    )
