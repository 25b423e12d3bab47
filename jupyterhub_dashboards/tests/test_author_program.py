"""What a page of Lab asks about the author's files: a real Jupyter Server, the real program, real folders."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from .. import author_program, node
from ..author_program import AuthorProgram, Refused
from ..errors import NodeMissing
from .hub import PACKAGE, free_ports

TOKEN = "a-token-of-the-server"
DEADLINE = 60


class Server:
    """A Jupyter Server with this extension, whose program is in the folder `programs`."""

    def __init__(self, folder, programs):
        self.home = folder / "home"
        self.home.mkdir()
        site = folder / "site" / "jupyterhub_dashboards"
        shutil.copytree(PACKAGE, site, ignore=shutil.ignore_patterns("tests", "js", "labextension"))
        shutil.copytree(programs, site / "js")
        [port] = free_ports(1)
        self.address = ("127.0.0.1", port)
        options = [
            f"--port={port}",
            "--ip=127.0.0.1",
            "--allow-root",
            "--no-browser",
            f"--IdentityProvider.token={TOKEN}",
        ]
        extension = "--ServerApp.jpserver_extensions=jupyterhub_dashboards=True"
        environment = {
            **os.environ,
            "HOME": str(self.home),
            "PYTHONPATH": str(site.parent),
            "JUPYTERHUB_A_SECRET": "of-the-hub",
        }
        environment.pop("JUPYTERHUB_API_TOKEN", None)
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyter_server",
                *options,
                extension,
                f"--ServerApp.root_dir={self.home}",
            ],
            cwd=folder,
            env=environment,
            stdout=(folder / "log").open("w"),
            stderr=subprocess.STDOUT,
        )
        until(self.answers)

    def answers(self):
        assert self.process.poll() is None, "the server has ended"
        with socket.socket() as probe:
            return probe.connect_ex(self.address) == 0

    def ask(self, question, headers=None, kind="plan"):
        """Status and JSON of the reply to a POST."""
        body = question if isinstance(question, bytes) else json.dumps(question).encode()
        host, port = self.address
        request = urllib.request.Request(
            f"http://{host}:{port}/jupyterhub-dashboards/{kind}",
            body,
            {"Content-Type": "application/json", "Authorization": f"token {TOKEN}"}
            if headers is None
            else headers,
        )
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                request, timeout=DEADLINE
            ) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def stop(self):
        self.process.terminate()
        self.process.wait(DEADLINE)


def until(condition):
    ends = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def server(tmp_path_factory, programs):
    server = Server(tmp_path_factory.mktemp("server"), programs)
    yield server
    server.stop()


@pytest.fixture
def project(server):
    folder = server.home / "sales"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / ".git").mkdir(parents=True)
    (folder / "app.py").write_text("import streamlit")
    (folder / "data.csv").write_text("1,2,3")
    return {"root": str(folder), "entry": "app.py", "scope": "folder"}


def test_the_author_is_told_what_publishing_would_copy(server, project):
    status, reply = server.ask(project)
    assert status == 200
    plan = reply["plan"]
    assert (plan["files"], plan["bytes"], plan["complete"], plan["obstacles"]) == (2, 21, True, [])
    assert plan["excluded"] == {"items": [{"path": ".git", "why": "history", "folder": True}], "count": 1}
    assert plan["place"]["inode"] == str(os.stat(project["root"]).st_ino)


def test_the_author_is_told_what_git_says(server, project):
    question = {"root": project["root"], "entry": "app.py"}
    assert server.ask(question, kind="git") == (200, {"git": None, "problem": None})
    subprocess.run(["git", "init", "--quiet", project["root"]], check=True)
    git = server.ask(question, kind="git")[1]["git"]
    assert (git["commit"], git["offer"], git["dirty"]["count"]) == (None, None, 2)


def test_a_tilde_is_the_home_of_the_server(server, project):
    assert server.ask({**project, "root": "~/sales"})[1]["plan"]["files"] == 2


def test_what_is_in_the_way_is_part_of_the_plan(server, project):
    os.symlink("/etc", Path(project["root"], "etc"))
    [obstacle] = server.ask(project)[1]["plan"]["obstacles"]
    assert obstacle["code"] == "links_leave_folder"
    assert obstacle["detail"] == "etc -> /etc"


def test_nobody_else_is_told_anything(server, project):
    assert server.ask(project, headers={"Content-Type": "application/json"})[0] == 403
    assert server.ask(project, headers={"Authorization": "token wrong"})[0] == 403


@pytest.mark.parametrize(
    ("change", "status", "code", "words"),
    [
        ({"root": "/nowhere"}, 422, "file_missing", "The folder /nowhere does not exist."),
        ({"entry": "../x", "scope": "file"}, 422, "file_missing", "The file ../x is not in the folder."),
        ({"scope": "all"}, 400, "invalid_request", "/scope"),
        ({"more": 1}, 400, "invalid_request", "not valid"),
    ],
)
def test_what_cannot_be_planned_is_told_in_words(server, project, change, status, code, words):
    found, reply = server.ask({**project, **change})
    assert (found, reply["error"]["code"]) == (status, code)
    assert words in reply["error"]["message"]
    assert reply["error"]["fix"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"root": "' + b"x" * 5_000_000 + b'"}'])
def test_what_is_no_question_is_refused(server, body):
    status, reply = server.ask(body)
    assert (status, reply["error"]["code"]) == (400, "invalid_request")


STUB = """
const { writeFileSync } = require('node:fs');
process.stdin.once('data', () => {
  const told = { pid: process.pid, environment: process.env };
  writeFileSync(process.env.HOME + '/started', JSON.stringify(told));
});
"""


def test_a_page_that_has_gone_away_is_worked_for_no_longer(tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "author.js").write_text(STUB)
    server = Server(tmp_path, programs)
    started = server.home / "started"
    try:
        with socket.create_connection(server.address) as page:
            head = "POST /jupyterhub-dashboards/plan HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            page.sendall(f"{head}Authorization: token {TOKEN}\r\nContent-Length: 2\r\n\r\n{{}}".encode())
            until(lambda: started.exists() and started.read_text())
            program = json.loads(started.read_text())
            assert Path(f"/proc/{program['pid']}").exists()
        until(lambda: not Path(f"/proc/{program['pid']}").exists())
        assert "of-the-hub" not in program["environment"].values()
    finally:
        server.stop()


@pytest.fixture
def program(tmp_path, monkeypatch):
    """One whose `author.js` is a text of the test's."""

    def create(source):
        (tmp_path / "author.js").write_text(source)
        monkeypatch.setattr(node, "SCRIPTS", str(tmp_path))
        return AuthorProgram({**os.environ, "HOME": str(tmp_path)})

    return create


def refusal(program, times=1):
    async def ask_all():
        return await asyncio.gather(*(program.ask("plan", {}) for _ in range(times)), return_exceptions=True)

    return [error.problem for error in asyncio.run(ask_all()) if isinstance(error, Refused)]


def test_one_that_takes_too_long_is_ended(program, tmp_path, monkeypatch):
    # Enough for Node to start.
    monkeypatch.setattr(author_program, "SECONDS", 5)
    [problem] = refusal(program(STUB))
    assert problem["code"] == "service_unavailable"
    assert "longer than 5 seconds" in problem["message"]
    pid = json.loads((tmp_path / "started").read_text())["pid"]
    assert not Path(f"/proc/{pid}").exists()


def test_no_more_than_a_few_wait(program, monkeypatch):
    monkeypatch.setattr(author_program, "WAITING", 1)
    reply = "process.stdin.once('data', () => { console.log('{}'); process.exit(); });"
    problems = refusal(program(reply), times=5)
    assert [problem["message"] for problem in problems] == [
        "Your server is looking at many folders already."
    ] * 2


@pytest.mark.parametrize(
    "source", ["process.exit(3)", "console.log('no JSON'); process.exit()", "throw new Error()"]
)
def test_one_that_breaks_is_told_of(program, source):
    [problem] = refusal(program(source))
    assert problem["code"] == "internal"


def test_one_that_never_stops_talking_is_ended(program, monkeypatch):
    monkeypatch.setattr(author_program, "LARGEST_REPLY", 2**20)
    [problem] = refusal(program("setInterval(() => process.stdout.write('x'.repeat(1e5)), 0)"))
    assert problem["code"] == "internal"


def test_without_node_the_author_is_told_what_to_install(monkeypatch):
    def missing(_path):
        raise NodeMissing("Dashboards need Node 22.19 or newer, and there is none on PATH.")

    monkeypatch.setattr(node, "find_node", missing)
    [problem] = refusal(AuthorProgram(dict(os.environ)))
    assert problem["code"] == "runner_missing"
    assert "pip install 'jupyterhub-dashboards[node]'" in problem["fix"]


def test_an_incomplete_installation_is_told_of(monkeypatch, tmp_path):
    monkeypatch.setattr(node, "SCRIPTS", str(tmp_path))
    [problem] = refusal(AuthorProgram(dict(os.environ)))
    assert problem["code"] == "runner_missing"
    assert "not complete" in problem["message"]
