"""A real JupyterHub with a real proxy, for tests. Everything it starts ends with it."""

import base64
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import quote, urlencode

from ..node import find_node

HERE = Path(__file__).parent
PACKAGE = HERE.parent
ADMIN_TOKEN = "a-token-that-only-this-test-knows"
DEADLINE = 60

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}{base_url}"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.ConfigurableHTTPProxy.command = {proxy!r}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/home/{{username}}"
c.Spawner.cmd = ["{folder}/bin/jupyterhub-singleuser", "--an-argument"]
c.Spawner.args = ["--another"]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {{"OF_THE_ADMIN": "kept"}}
c.Spawner.consecutive_failure_limit = 5
c.Spawner.http_timeout = 15
c.Spawner.poll_interval = 2
c.JupyterHub.services.append({{"name": "tests", "api_token": "{token}"}})
c.JupyterHub.load_roles.append(
    {{"name": "tests", "services": ["tests"], "scopes": ["admin:users", "admin:servers", "tokens"]}}
)
{more}
from jupyterhub_dashboards import configure

configure(c, service_command={service!r}, {options})
{after}
"""


class Hub:
    """With the fake service and the stub of a runner, unless `programs` is a folder with the real ones.

    `python` is that of the Hub, `more` and `after` stand before and behind the call of `configure`.
    """

    def __init__(
        self,
        folder,
        more="",
        options="",
        base_url="/",
        domain=None,
        after="",
        programs=None,
        python=sys.executable,
    ):
        self.folder = folder
        self.programs = programs
        self.python = python
        self.base_url = base_url
        self.domain = domain
        self.port, hub_port, self.proxy_port = free_ports(3)
        self.url = f"http://127.0.0.1:{self.port}{base_url}"
        self.answer()
        self._lay_out()
        if domain:
            more += f'c.JupyterHub.subdomain_host = "http://{domain}:{self.port}"'
        values = {
            "port": self.port,
            "hub_port": hub_port,
            "proxy_port": self.proxy_port,
            "folder": folder,
            "service": self._service_command(),
            "proxy": proxy_command(),
            "token": ADMIN_TOKEN,
            "more": more,
            "after": after,
            # "{port}" in it stands for the proxy's.
            "options": options.replace("{port}", str(self.port)),
            "base_url": base_url,
        }
        (folder / "jupyterhub_config.py").write_text(CONFIG.format(**values))

    def _lay_out(self):
        """A single-user environment: the programs in one folder, and a package whose runner is the stub."""
        programs = self.folder / "bin"
        programs.mkdir()
        package = self.folder / "site" / "jupyterhub_dashboards"
        shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("tests", "js", "labextension"))
        if self.programs:
            shutil.copytree(self.programs, package / "js")
        else:
            (package / "js").mkdir()
            shutil.copy(HERE / "stub_runner.js", package / "js" / "runner.js")
        runner = (
            f"import sys; sys.path.insert(0, {str(package.parent)!r})\n"
            "from jupyterhub_dashboards.launcher import main\nmain()\n"
        )
        self.runner = programs / "jupyterhub-dashboards-runner"
        for path, source in (
            (programs / "jupyterhub-singleuser", (HERE / "fake_lab.py").read_text()),
            (self.runner, runner),
        ):
            path.write_text(f"#!{sys.executable}\n{source}")
            path.chmod(0o755)

    def _service_command(self):
        if self.programs:
            return [sys.executable, "-m", "jupyterhub_dashboards.service_command"]
        return [sys.executable, f"{HERE}/fake_service.py", str(self.folder)]

    def environment(self):
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        packages = self.folder / "site" if self.programs else PACKAGE.parent
        return {**os.environ, "PATH": path, "PYTHONPATH": str(packages)}

    def launch(self):
        """Starts the Hub, and waits for nothing."""
        self.log = (self.folder / "hub.log").open("a")
        self.process = subprocess.Popen(
            [self.python, "-m", "jupyterhub", "-f", str(self.folder / "jupyterhub_config.py")],
            cwd=self.folder,
            env=self.environment(),
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def start(self):
        self.launch()
        self.wait("the Hub", lambda: self.get("hub/api/").status == 200)
        if self.programs:
            health = "services/dashboards/api/v1/health"
            host = {"Host": f"dashboards--service.{self.domain}:{self.port}"} if self.domain else {}
            self.wait("the service", lambda: self.get(health, headers=host).status == 200)
            return self
        self.wait("the service", (self.folder / "environment.json").exists)
        if not self.domain:
            self.wait("its route", lambda: self.get("services/dashboards/").status == 200)
        return self

    def stop_only_the_hub(self):
        """With its proxy and servers, and what belongs to it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.log.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        finally:
            for pid in self.left_behind():
                os.kill(pid, signal.SIGKILL)
            self.log.close()

    def left_behind(self):
        """Processes of this hub: they work in its folder, or that or its proxy's port is in their command."""
        proxy = f"--api-port\0{self.proxy_port}\0".encode()
        mine = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes()
                place = (process / "cwd").readlink()
            except OSError:
                continue
            own = place.is_relative_to(self.folder) or str(self.folder).encode() in words or proxy in words
            if own and int(process.name) != os.getpid():
                mine.append(int(process.name))
        return mine

    def answer(self, **answers):
        """What the service says from now on, by server name (with `_` for `-`)."""
        named = {name.replace("_", "-"): answer for name, answer in answers.items()}
        (self.folder / "answers.json").write_text(json.dumps(named))

    def reports(self, path):
        file = self.folder / "reports.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [report for report in map(json.loads, lines) if report["path"] == path]

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def api(self, method, path, body=None, token=ADMIN_TOKEN):
        return self.request(method, f"hub/api/{path}", body=body, headers={"Authorization": f"token {token}"})

    def request(self, method, path, body=None, headers=None, opener=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, dict(headers or {}), method=method)
        if data:
            request.add_header("Content-Type", "application/json")
        if self.domain and not request.has_header("Host"):
            request.add_header("Host", f"{self.domain}:{self.port}")
        try:
            reply = (opener or browser()).open(request, timeout=DEADLINE)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            return Reply(reply.status, reply.read().decode(), reply.url)

    def wait(self, what, condition):
        """Asks again until `condition` holds."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the Hub ended\n{self.tail()}")
            try:
                value = condition()
            except OSError:
                value = False
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"{what} did not come up\n{self.tail()}")

    def tail(self):
        return (self.folder / "hub.log").read_text()[-6000:]

    def user(self, name):
        """Creates the user and returns a token of theirs, as their own pages hold one."""
        path = f"users/{quote(name, safe='')}"
        self.api("POST", path)
        return json.loads(self.api("POST", f"{path}/tokens", {"note": "test"}).text)["token"]

    def sign_in(self, name):
        """A browser with the user's cookies."""
        opener = browser()
        page = self.get("hub/login", opener=opener)
        xsrf = page.text.split('name="_xsrf" value="')[1].split('"')[0]
        form = urlencode({"username": name, "password": "x", "_xsrf": xsrf}).encode()
        # To the home page: the Hub's own next step would start Lab.
        url = f"{self.url}hub/login?next={quote(self.base_url + 'hub/home', safe='')}"
        opener.open(urllib.request.Request(url, form), timeout=DEADLINE).close()
        return opener

    def started(self, user, server):
        """What answers at the server's address, once the Hub says that it is ready."""

        def ready():
            model = json.loads(self.api("GET", f"users/{user}").text)
            return model["servers"].get(server, {}).get("ready")

        self.wait(f"{user}/{server}", ready)
        return self.get(f"user/{quote(user)}/{server}/")

    def stop_server(self, user, server):
        self.api("DELETE", f"users/{user}/servers/{server}")
        self.wait(
            f"stop of {user}/{server}",
            lambda: (
                not json.loads(self.api("GET", f"users/{user}").text)["servers"].get(server, {}).get("ready")
            ),
        )


class Reply:
    def __init__(self, status, text, url):
        self.status = status
        self.text = text
        self.url = url

    @property
    def json(self):
        return json.loads(self.text)


def both_hubs():
    """Pythons of JupyterHub 6 and, where there is one, of JupyterHub 5, as parameters of a fixture."""
    older = os.environ.get("DASHBOARDS_HUB5_PYTHON")
    return {"JupyterHub of this environment": sys.executable, **({"JupyterHub 5": older} if older else {})}


def browser():
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
    )


def free_ports(count):
    """Free now, and later too: Linux gives them to nobody by itself, and tests beside these draw others."""
    ports = []
    for port in random.sample(range(10000, 20000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    raise AssertionError("no free ports")


def proxy_command():
    packaged = PACKAGE.parent / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    return (
        [find_node(os.environ.get("PATH")), str(packaged)]
        if packaged.exists()
        else ["configurable-http-proxy"]
    )


def specification(**more):
    """A start specification as the service would send it: base64url of its JSON."""
    value = {"dashboard": {"id": "d1", "slug": "sales", "name": "Sales"}, "startId": "s1", **more}
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
