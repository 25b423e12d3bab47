"""When and how often the files of a build are sent by `jupyterhub-dashboards publish`."""

import json
import os
import queue
import subprocess
import sys

import pytest

from ..publish import author_files
from ..publish.errors import Refused

REFUSED = {"code": "not_signed_in", "message": "This push ticket is not good here."}
FAILED = {"code": "file_missing", "message": "The folder is gone."}
# Says for each ticket how its push ends, as `push.js` does.
PROGRAM = """
import json, sys
ends = json.loads(sys.argv[1])
ticket = json.loads(sys.stdin.readline())["ticket"]
problem = ends.get(ticket)
if problem == "killed":
    sys.exit(137)
print(json.dumps({"ok": problem is None, "problem": problem}))
"""


class Service:
    """Gives tickets that are numbered, as long as the build waits."""

    url = "https://hub.example.org/services/dashboards/"

    def __init__(self):
        self.tickets = 0
        self.waiting = True
        self.asked = queue.Queue()

    def ask(self, method, path, body=None):
        self.asked.put((method, path, body))
        if not self.waiting:
            raise Refused("This build does not wait for files.", code="state_conflict")
        if path.endswith("push-failed"):
            return {"id": "b1"}
        self.tickets += 1
        return {
            "ticket": str(self.tickets),
            "path": "/user/alice/dash-sales/_dashboards/push/",
            "source": {"kind": "files", "root": "~/sales", "entry": "app.py", "scope": "folder"},
            "addresses": [],
            "publishablePaths": ["sales"],
        }


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def sending(service, monkeypatch):
    """A `Sending` whose pushes end as is said here by their tickets; its problems, in their order."""
    monkeypatch.setattr(author_files, "PAUSE_SECONDS", 0)
    made = []

    def create(ends):
        def start(_script, _environment):
            return subprocess.Popen(
                [sys.executable, "-c", PROGRAM, json.dumps(ends)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )

        monkeypatch.setattr(author_files, "_start", start)
        problems = queue.Queue()
        made.append(author_files.Sending(service, {}, problems.put))
        return made[-1], problems

    yield create
    for one in made:
        one.end()


WAITING = {"id": "b1", "wantsFiles": True}
TICKET = ("POST", "builds/b1/push-ticket", None)


def test_nothing_is_sent_for_a_build_that_does_not_wait(service, sending):
    sender, _ = sending({})
    sender.look({"id": "b1"})
    assert service.asked.empty()


def test_a_ticket_that_is_refused_is_followed_by_another(service, sending):
    sender, problems = sending({"1": REFUSED, "2": FAILED})
    sender.look(WAITING)
    assert problems.get(timeout=20) == FAILED
    assert service.tickets == 2


def test_a_push_that_is_killed_is_followed_by_another(service, sending):
    sender, problems = sending({"1": "killed", "2": "killed", "3": FAILED})
    sender.look(WAITING)
    assert problems.get(timeout=20) == FAILED
    assert service.tickets == 3


def test_pushes_that_are_all_killed_end_the_build(service, sending):
    sender, problems = sending({str(n): "killed" for n in range(1, 20)})
    sender.look(WAITING)
    for _ in range(author_files.TICKETS):
        assert service.asked.get(timeout=20) == TICKET
    method, path, body = service.asked.get(timeout=20)
    assert (method, path, body["problem"]["code"]) == ("POST", "builds/b1/push-failed", "internal")
    assert problems.empty()


def test_an_interrupt_in_the_terminal_is_not_for_the_program(monkeypatch):
    says = "import os, sys; print(os.getpgid(0)); print('\\u2026')"
    monkeypatch.setattr(
        author_files, "node_command", lambda *_, **__: [sys.executable, "-X", "utf8", "-c", says]
    )
    with author_files._start("push.js", {"PATH": os.environ["PATH"]}) as process:
        group, text = process.stdout.read().split()
    assert int(group) == process.pid != os.getpgid(0)
    assert text == "…"


def test_tickets_that_are_all_refused_are_not_asked_for_without_end(service, sending):
    sender, problems = sending({str(n): REFUSED for n in range(1, 20)})
    sender.look(WAITING)
    assert problems.get(timeout=20) == REFUSED
    assert service.tickets == author_files.TICKETS


def test_a_build_that_waits_anew_has_its_files_sent_anew(service, sending):
    sender, problems = sending({"1": FAILED})
    sender.look(WAITING)
    assert problems.get(timeout=20) == FAILED
    assert service.asked.get(timeout=20) == TICKET
    sender.look(WAITING)
    assert service.asked.get(timeout=20) == TICKET


def test_a_build_that_has_its_files_by_now_is_no_problem(service, sending):
    service.waiting = False
    sender, problems = sending({})
    sender.look(WAITING)
    assert service.asked.get(timeout=20) == TICKET
    service.waiting = True
    sender.look(WAITING)
    assert service.asked.get(timeout=20) == TICKET
    assert problems.empty()


def test_a_build_that_its_files_cannot_be_sent_to_ends_with_that(service, sending):
    unreachable = {"code": "relay_unreachable", "message": "It cannot be reached."}
    sender, problems = sending({"1": unreachable})
    sender.look(WAITING)
    assert service.asked.get(timeout=20) == TICKET
    assert service.asked.get(timeout=20) == ("POST", "builds/b1/push-failed", {"problem": unreachable})
    # The build says it.
    assert problems.empty()
