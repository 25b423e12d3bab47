"""`jupyterhub-dashboards check` where it cannot be run, and where it is interrupted."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest

from ..check import check_server, hub_file
from ..command import main
from .conftest import NO_COPIES
from .hub import ADMIN_TOKEN, PACKAGE, both_hubs

SLOW = """
import asyncio

async def takes_its_time(spawner):
    await asyncio.sleep(600)

c.Authenticator.admin_users = {"root"}
c.Spawner.pre_spawn_hook = takes_its_time
c.Spawner.start_timeout = 900
"""


@pytest.fixture(scope="module")
def hub(create_hub, programs):
    return create_hub(more=SLOW, options="trust_all_authors=True", programs=programs)


@pytest.fixture
def cannot(hub, capsys, monkeypatch):
    """What is said on standard error by a check that cannot be run."""

    def run(*arguments, token=None, config=None):
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", token or "")
        assert main(["check", "-f", str(config or hub.folder / "jupyterhub_config.py"), *arguments]) == 2
        return capsys.readouterr()

    return run


def test_without_a_token_of_an_administrator_it_says_how_to_make_one(hub, cannot):
    cases = {
        None: "needs the token of an administrator",
        "wrong": "does not accept the token",
        hub.user("alice"): "The token belongs to user alice, no admin.",
        ADMIN_TOKEN: "The token belongs to service tests, no admin.",
    }
    for token, sentence in cases.items():
        said = cannot(token=token).err
        assert sentence in said
        assert f"as an administrator at {hub.url}hub/token" in said
        # Not as a part of the command, which the history of the shell keeps.
        assert "read -rs JUPYTERHUB_API_TOKEN" in said and "JUPYTERHUB_API_TOKEN=" not in said
    hub.user("root")
    few = json.loads(hub.api("POST", "users/root/tokens", {"scopes": ["read:users!user"]}).text)["token"]
    assert "has too few scopes" in cannot(token=few).err


def test_a_token_file_that_is_not_there(cannot):
    assert "No such file" in cannot("--token-file", "/no/such/file").err


def test_a_configuration_that_the_hub_could_not_load(cannot, tmp_path):
    assert "There is no /no/such/file" in cannot(config="/no/such/file").err
    config = tmp_path / "jupyterhub_config.py"
    for source, sentence in (
        ("raise RuntimeError('no licence')", "cannot be loaded: RuntimeError: no licence"),
        ("c.JupyterHub.", "cannot be loaded: SyntaxError"),
        ("from jupyterhub_dashboards import configure\nconfigure(c, audience=1)", "Did you mean audiences?"),
    ):
        config.write_text(source)
        assert sentence in cannot(config=config).err
    said = json.loads(cannot("--json", config=config).out)
    assert said["ok"] is False and "Did you mean audiences?" in said["error"]


def test_a_terminal_that_cannot_show_all_characters_is_no_reason_to_end(tmp_path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(PACKAGE.parent)}
    for words, said in (
        (["check", "--json", "-f", "/no/such/fälle.py"], "There is no /no/such/fälle.py"),
        (["publish", "--json", "fälle", "--hub", "http://127.0.0.1:1"], "/fälle"),
    ):
        command = [sys.executable, "-m", "jupyterhub_dashboards.command", *words]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 2 and "Traceback" not in done.stderr
        assert said in json.dumps(json.loads(done.stdout)["error"], ensure_ascii=False)
    signs = "from jupyterhub_dashboards import command; command.main(['check', '-f', '/no/such']); print('✓')"
    command = [sys.executable, "-c", signs]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout == "?\n"


def test_a_token_that_is_none(cannot, tmp_path):
    file = tmp_path / "token"
    for content in ("“abc”".encode(), b"two words", b"\xff\xfe"):
        file.write_bytes(content)
        assert f"The file {file} holds something else than one token" in cannot("--token-file", str(file)).err
    assert "JUPYTERHUB_API_TOKEN holds something else" in cannot(token="abc\ndef").err


@pytest.mark.parametrize(
    "answer",
    [b"no HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b""],
    ids=["of another protocol", "cut off", "empty"],
)
def test_what_answers_in_place_of_the_hub_is_named_and_no_mistake(cannot, tmp_path, answer):
    config = tmp_path / "jupyterhub_config.py"
    with socket.create_server(("127.0.0.1", 0)) as other:
        threading.Thread(target=answer_once, args=(other, answer), daemon=True).start()
        config.write_text(f"c.JupyterHub.hub_port = {other.getsockname()[1]}")
        said = cannot("--json", config=config, token="any")
    assert json.loads(said.out)["error"].startswith("The Hub does not answer at http://127.0.0.1:")
    assert "Traceback" not in said.err and "()" not in said.err


def answer_once(server, answer):
    connection = server.accept()[0]
    with connection:
        connection.recv(65536)
        connection.sendall(answer)


def test_a_mistake_of_its_own_is_not_blamed_on_the_hub(cannot, monkeypatch):
    def mistake(path):
        raise KeyError(path)

    monkeypatch.setattr(hub_file, "load", mistake)
    said = cannot("--json")
    assert "made a mistake of its own" in said.err
    told = json.loads(said.out)
    assert told["ok"] is False and told["lines"] == [] and "made a mistake of its own" in told["error"]


def test_a_hub_that_does_not_run(cannot, tmp_path):
    config = tmp_path / "jupyterhub_config.py"
    config.write_text("from jupyterhub_dashboards import configure\nc.JupyterHub.hub_port = 1\nconfigure(c)")
    said = cannot(config=config, token="any").err
    assert "The Hub does not answer at http://127.0.0.1:1/hub/api" in said and "JUPYTERHUB_API_URL" in said
    assert not list(tmp_path.glob("*.port")), "a configuration that is looked at takes no port"


@pytest.mark.parametrize("python", both_hubs().values(), ids=both_hubs())
def test_as_a_command_it_prints_one_object_and_progress_beside_it(create_hub, programs, python):
    options = {"options": "trust_all_authors=True", "programs": programs, "python": python}
    hub = create_hub(more='c.Authenticator.admin_users = {"root"}', **options)
    done = subprocess.run(
        [python, "-m", "jupyterhub_dashboards.command", "check", "--json"],
        cwd=hub.folder,
        env={**os.environ, "JUPYTERHUB_API_TOKEN": hub.user("root"), "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    lines = json.loads(done.stdout)["lines"]
    states = {line["id"]: line["state"] for line in lines}
    assert [line["id"] for line in lines if not line["tried"]] == ["lab-files"]
    # Nothing that could be imported is installed beside the Hub of the tests.
    assert {id for id, state in states.items() if state == "failed"} == {"frameworks"}
    assert done.returncode == 1
    assert "… starting dash-check-" in done.stderr
    assert states["culler"] == states["failure-limit"] == "ok"
    assert {"users", "rights", "named-servers", "websocket", "clocks", "removal"} <= set(states)


@pytest.fixture
def interrupted(hub, capsys, monkeypatch):
    """What a check says that is interrupted in the process of the test, where `what` of `where` is called."""

    def run(where, what):
        def interrupt(*_):
            monkeypatch.undo()
            if where is check_server.CheckServer:
                monkeypatch.setattr(check_server, "GONE_WITHIN", 0)
            raise KeyboardInterrupt

        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", hub.user("root"))
        monkeypatch.setattr(where, what, interrupt)
        assert main(["check", "--json", "-f", str(hub.folder / "jupyterhub_config.py")]) == 130
        return json.loads(capsys.readouterr().out)["error"]

    return run


def test_interrupted_before_it_has_started_a_server_it_speaks_of_no_removal(interrupted):
    assert interrupted(hub_file, "load") == "interrupted; no server had been started."


def test_interrupted_with_a_server_that_it_does_not_see_go_it_says_how_to_remove_it(hub, interrupted):
    said = interrupted(check_server.CheckServer, "_server")
    assert re.fullmatch(
        "interrupted; root's server dash-check-[a-z0-9]+ may still be there."
        " Stop and delete it on root's page of servers.",
        said,
    )
    hub.wait("the removal", lambda: not [name for name in servers_of_root(hub) if name])


def start_check(hub):
    command = [sys.executable, "-m", "jupyterhub_dashboards.command", "check", "-f"]
    environment = {**os.environ, "JUPYTERHUB_API_TOKEN": hub.user("root"), "PYTHONPATH": str(PACKAGE.parent)}
    return subprocess.Popen(
        [*command, str(hub.folder / "jupyterhub_config.py")],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def servers_of_root(hub):
    return json.loads(hub.api("GET", "users/root?include_stopped_servers=1").text)["servers"]


def interrupt_while_it_starts(hub, checking, number):
    """Everything it has said since, once it has ended."""

    def starts():
        return any(server["pending"] == "spawn" for server in servers_of_root(hub).values())

    hub.wait("the start", starts)
    checking.send_signal(number)
    _, said = checking.communicate(timeout=90)
    assert checking.returncode == 130
    assert "interrupted; its server has been removed" in said
    assert not [name for name in servers_of_root(hub) if name]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_the_server_starts_it_removes_it(hub, number):
    checking = start_check(hub)
    try:
        interrupt_while_it_starts(hub, checking, number)
    finally:
        checking.kill()


def test_interrupted_while_the_refused_server_starts_it_removes_that(create_hub, programs):
    slow = SLOW.replace("await", 'if "JUPYTERHUB_DASHBOARDS_REFUSAL" in spawner.environment:\n        await')
    hub = create_hub(more=slow, options=f"trust_all_authors=True, {NO_COPIES}", programs=programs)
    checking = start_check(hub)
    try:
        for line in checking.stderr:
            if "to be refused" in line:
                break
        else:
            raise AssertionError("no second start")
        interrupt_while_it_starts(hub, checking, signal.SIGINT)
    finally:
        checking.kill()
