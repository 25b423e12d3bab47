"""The service comes back at once when it crashes, and ends with the Hub."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from .hub import PACKAGE

CRASHES = "import os, sys; print(os.getpid(), flush=True); sys.stdin.read(); sys.exit(int(sys.argv[1]))"


def until(condition, patience=30):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def service_processes(hub):
    """Pids of the Node programs of this hub."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(hub.folder).encode() in words and b"service.js" in words:
            found.append(int(process.name))
    return found


def test_a_killed_service_is_back_at_once_and_ends_with_the_hub(create_hub, programs):
    hub = create_hub(programs=programs, options="trust_all_authors=True")
    [before] = service_processes(hub)
    os.kill(before, signal.SIGKILL)
    [after] = until(lambda: [pid for pid in service_processes(hub) if pid != before])
    hub.wait("the service", lambda: hub.get("services/dashboards/api/v1/health").status == 200)
    assert service_processes(hub) == [after]
    assert "ended with 137, starting it again" in (hub.folder / "hub.log").read_text()
    hub.process.kill()
    hub.process.wait()
    until(lambda: not service_processes(hub))


@pytest.fixture
def keep(tmp_path):
    """Runs `keep_running` in a process of its own with a program that is no service."""
    processes = []

    def start(program, *arguments):
        # A shell that runs the tests in the background has them ignore SIGINT, and whatever they start.
        code = f"""
            import os, signal, sys
            signal.signal(signal.SIGINT, signal.default_int_handler)
            from jupyterhub_dashboards.service_command import keep_running
            sys.exit(keep_running([sys.executable, "-c", {program!r}, *{list(arguments)!r}], os.environ))
        """
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code)],
            env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_one_that_never_lives_is_left_to_the_hub_with_its_exit_code(keep):
    process = keep(CRASHES, "3")
    out, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert len(out.split()) == 5 and said.count("starting it again") == 4


def test_one_that_ends_in_order_is_not_started_again(keep):
    process = keep(CRASHES, "0")
    assert (len(process.communicate(timeout=30)[0].split()), process.returncode) == (1, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_the_hub_says_is_passed_on_and_waited_for(keep, number):
    # Sleeps of one minute would be slept to their end where the signal comes just before.
    program = (
        "import json, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('told'), sys.exit(7)))\n"
        "print(json.dumps([s.value for s in signal.pthread_sigmask(signal.SIG_BLOCK, [])]), flush=True)\n"
        "for _ in range(600): time.sleep(0.1)"
    )
    process = keep(program)
    assert json.loads(process.stdout.readline()) == [], "no signal stays blocked in the program"
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert (out, process.returncode) == ("told\n", 7)
