"""`jupyterhub-dashboards-service`: keeps the service running, for the Hub that starts it or by itself.

The Hub looks only every 30 s whether its services still run; here a service that crashed is back at once.
"""

import argparse
import json
import os
import signal
import sys
import time

from .errors import ConfigurationError, NodeMissing
from .node import FRUGAL, FRUGAL_VARIABLES, node_command
from .service_configuration import from_file

WATCHED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)
LOOK_EVERY = 1
# One that lived for so long may be started again at once; one that does not live leaves it to the Hub to try.
LIVED = 10
PAUSES = (0, 0.5, 1, 2, 4)


def main():
    parser = argparse.ArgumentParser(prog="jupyterhub-dashboards-service", description=__doc__)
    parser.add_argument(
        "--options",
        metavar="FILE",
        help="the options of configure(c, ...) as one JSON object, for a service that the Hub does not start",
    )
    file = parser.parse_args().options
    environment = {**FRUGAL_VARIABLES, **os.environ}
    try:
        if file:
            environment["JUPYTERHUB_DASHBOARDS_CONFIG"] = json.dumps(from_file(file, os.environ))
        # node:sqlite still announces itself as experimental at every start.
        flags = ("--disable-warning=ExperimentalWarning", *FRUGAL)
        command = node_command("service.js", path=os.environ.get("PATH"), flags=flags)
    except (ConfigurationError, NodeMissing, OSError) as error:
        sys.exit(f"jupyterhub-dashboards-service: {error} {getattr(error, 'fix', '')}".rstrip())
    sys.exit(keep_running(command, environment))


def keep_running(command, environment):
    """Starts `command` again when it crashes, until told to end or orphaned. Returns its exit code."""
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    parent = os.getppid()
    short_lives = 0
    while True:
        started = time.monotonic()
        child = os.posix_spawn(command[0], command, environment, setsigmask=())
        code, asked = _watch(child, parent)
        short_lives = 0 if time.monotonic() - started > LIVED else short_lives + 1
        if asked or code == 0 or short_lives == len(PAUSES):
            return code
        print(
            f"jupyterhub-dashboards-service: ended with {code}, starting it again",
            file=sys.stderr,
            flush=True,
        )
        told = signal.sigtimedwait(WATCHED[1:], PAUSES[short_lives])
        if told or os.getppid() != parent:
            return 0


def _watch(child, parent):
    """Exit code of `child` (128 + n for signal n), and whether that end was wanted."""
    asked = False
    while True:
        told = signal.sigtimedwait(WATCHED, LOOK_EVERY)
        if not asked and (os.getppid() != parent or (told and told.si_signo != signal.SIGCHLD)):
            asked = True
            os.kill(child, signal.SIGTERM)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return (128 - code if code < 0 else code), asked


if __name__ == "__main__":
    main()
