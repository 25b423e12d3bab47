"""Stands in for `systemd-run` and `systemctl`: no systemd runs where tests do. Units are processes.

Called by the name of the program; UNITS is the folder of units.
"""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

UNITS = Path(os.environ["UNITS"])
END_AFTER = 5


def run(arguments):
    options, values = {}, []
    while arguments and arguments[0].startswith("--"):
        name, _, value = arguments.pop(0).removeprefix("--").partition("=")
        value = value or arguments.pop(0)
        options[name] = value
        values.append(value)
    file = next(value for value in values if value.startswith("EnvironmentFile=")).partition("=")[2]
    environment = dict(line.split("=", 1) for line in shlex.split(Path(file).read_text()))
    unit = subprocess.Popen(
        arguments, cwd=options["working-directory"], env=environment, start_new_session=True
    )
    (UNITS / options["unit"]).write_text(str(unit.pid))


def active(unit):
    try:
        words = Path(f"/proc/{(UNITS / unit).read_text()}/stat").read_text()
    except OSError:
        return False
    return words.rpartition(")")[2].split()[0] != "Z"


def stop(unit):
    if not active(unit):
        return
    os.killpg(int((UNITS / unit).read_text()), signal.SIGTERM)
    end = time.monotonic() + END_AFTER
    while active(unit):
        if time.monotonic() > end:
            os.killpg(int((UNITS / unit).read_text()), signal.SIGKILL)
        time.sleep(0.02)


def control(command, unit=None):
    if command == "--version":
        print("systemd 252 (252)")
    if command == "stop":
        stop(unit)
    if command == "is-active":
        sys.exit(0 if active(unit) else 3)
    if command == "is-failed":
        sys.exit(1)


if Path(sys.argv[0]).name == "systemd-run":
    run(sys.argv[1:])
else:
    control(*sys.argv[1:])
