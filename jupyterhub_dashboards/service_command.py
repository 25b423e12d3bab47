"""`jupyterhub-dashboards-service`: keeps the service running, for the Hub that manages it.

The Hub looks only every 30 s whether its services still run; here a service that crashed is back at once.
"""

import os
import signal
import sys
import time

from .errors import NodeMissing
from .node import FRUGAL, FRUGAL_VARIABLES, node_command

WATCHED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)
LOOK_EVERY = 1
# One that lived for so long may be started again at once; one that does not live leaves it to the Hub to try.
LIVED = 10
PAUSES = (0, 0.5, 1, 2, 4)


def main():
    try:
        # node:sqlite still announces itself as experimental at every start.
        flags = ("--disable-warning=ExperimentalWarning", *FRUGAL)
        command = node_command("service.js", *sys.argv[1:], path=os.environ.get("PATH"), flags=flags)
    except (NodeMissing, OSError) as error:
        sys.exit(f"jupyterhub-dashboards-service: {error} {getattr(error, 'fix', '')}".rstrip())
    sys.exit(keep_running(command, {**FRUGAL_VARIABLES, **os.environ}))


def keep_running(command, environment):
    """Starts `command` again when it crashes, until told to end or orphaned. Returns its exit code."""
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    hub = os.getppid()
    short_lives = 0
    while True:
        started = time.monotonic()
        child = os.posix_spawn(command[0], command, environment, setsigmask=())
        code, asked = _watch(child, hub)
        short_lives = 0 if time.monotonic() - started > LIVED else short_lives + 1
        if asked or code == 0 or short_lives == len(PAUSES):
            return code
        print(
            f"jupyterhub-dashboards-service: ended with {code}, starting it again",
            file=sys.stderr,
            flush=True,
        )
        told = signal.sigtimedwait(WATCHED[1:], PAUSES[short_lives])
        if told or os.getppid() != hub:
            return 0


def _watch(child, hub):
    """Exit code of `child` (128 + n for signal n), and whether that end was wanted."""
    asked = False
    while True:
        told = signal.sigtimedwait(WATCHED, LOOK_EVERY)
        if not asked and (os.getppid() != hub or (told and told.si_signo != signal.SIGCHLD)):
            asked = True
            os.kill(child, signal.SIGTERM)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return (128 - code if code < 0 else code), asked


if __name__ == "__main__":
    main()
