"""The Hub's part as one file, and a service that no Hub starts: on a real Hub without the package."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ..command import main
from ..deployment.hub_file import hub_file, paths
from ..deployment.storages import STORAGES
from .check_runs import failing, findings, install, servers_of
from .hub import CONFIG, PACKAGE, Hub, both_hubs, free_ports

OPTIONS = "options.json"


def printed(capsys, *words):
    assert main(["values", *words]) == 0
    return capsys.readouterr().out


def test_the_file_holds_the_modules_as_they_are_and_unpacks_them(tmp_path):
    text = hub_file("1.2.3")
    (tmp_path / "jupyterhub_dashboards.py").write_text(text)
    look = (
        "import jupyterhub_dashboards as d, json;"
        "print(json.dumps([d.__version__, d.__path__[0], d.configure.__module__]))"
    )
    # Nothing of the checkout: neither beside the program nor where it runs.
    done = subprocess.run([sys.executable, "-c", look], cwd=tmp_path, capture_output=True, check=True)
    version, folder, module = json.loads(done.stdout)
    assert (version, module) == ("1.2.3", "jupyterhub_dashboards.configuration")
    found = {str(file.relative_to(folder)) for file in Path(folder).rglob("*") if file.suffix != ".pyc"}
    assert {path for path in found if "." in path} == set(paths())
    for path in paths():
        assert Path(folder, path).read_text() == (PACKAGE / path).read_text(), path


def test_the_file_needs_nothing_that_the_image_of_the_hub_lacks():
    imported = {
        line.split()[1].split(".")[0]
        for line in hub_file("1").splitlines()
        if line.lstrip().startswith(("import ", "from ")) and not line.split()[1].startswith(".")
    }
    others = imported - set(sys.stdlib_module_names) - {"jupyterhub_dashboards"}
    # KubeSpawner brings the last one, and it is imported for pods alone.
    assert others == {"jupyterhub", "tornado", "traitlets", "kubernetes_asyncio"}


class Deployed:
    """A Hub from the printed values, and beside it the service from the printed manifests.

    What differs: there is no cluster, so names of Kubernetes services are addresses of this machine, and
    users' servers are processes.
    """

    def __init__(self, folder, programs, storage, python):
        self.python = python
        self.hub_port, self.service_port = free_ports(2)
        printed = subprocess.run(
            [sys.executable, "-m", "jupyterhub_dashboards.command", "values", "--storage", storage],
            env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        documents = list(yaml.safe_load_all(printed))
        self.values = next(one for one in documents if "hub" in one)
        self.objects = {one["kind"]: one for one in documents if "kind" in one}
        self.folder = folder
        self.programs = programs
        self.service = None

    def start(self):
        glue = self.folder / "glue"
        glue.mkdir()
        (glue / "jupyterhub_dashboards.py").write_text(
            self.values["hub"]["extraFiles"]["dashboards"]["stringData"]
        )
        [extra] = self.values["hub"]["extraConfig"].values()
        self.hub = HubWithOneFile(self.folder, self.programs, glue, self.python)
        install(self.hub, "voila", "0.5.13")
        options = json.loads(self.objects["ConfigMap"]["data"]["options.json"])
        self.options = {
            **options,
            "hub_url": self.hub.url,
            "dashboards_origin": None,
            "trust_all_authors": True,
            "relay_url": self.hub.url,
            "service_url": f"http://127.0.0.1:{self.service_port}",
            "database": str(self.folder / "data" / "dashboards.sqlite"),
        }
        assert options.keys() <= self.options.keys()
        (self.folder / "data").mkdir()
        (self.folder / OPTIONS).write_text(json.dumps(self.options))
        mounted = self.values["hub"]["extraVolumeMounts"][0]["mountPath"]
        extra = extra.replace(f"{mounted}/{OPTIONS}", str(self.folder / OPTIONS))
        self.hub.configure_with(extra, self._secrets(self.values["hub"]["extraEnv"].items()))
        self.start_service()
        self.hub.start()
        return self

    def start_service(self):
        [container] = self.objects["Deployment"]["spec"]["template"]["spec"]["containers"]
        program, argument = container["command"]
        assert program == "jupyterhub-dashboards-service"
        plain = {one["name"]: one["value"] for one in container["env"] if "value" in one}
        environment = {
            name: value.replace("hub:8081", f"127.0.0.1:{self.hub.hub_port}").replace(
                "0.0.0.0:10202", f"127.0.0.1:{self.service_port}"
            )
            for name, value in plain.items()
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        referred = [(one["name"], one) for one in container["env"] if "valueFrom" in one]
        self.log = (self.folder / "service.log").open("a")
        self.service = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterhub_dashboards.service_command"),
                f"--options={self.folder / OPTIONS}",
            ],
            # As in an image of its own: the package with its programs and nothing else of these tests.
            env={**kept, "PYTHONPATH": str(self.hub.site), **environment, **self._secrets(referred)},
            cwd="/",
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        assert argument == f"--options=/etc/jupyterhub-dashboards/{OPTIONS}"

    def stop_service(self):
        self.service.send_signal(signal.SIGTERM)
        assert self.service.wait(30) == 0
        self.log.close()

    def stop(self):
        # First, since nothing of this folder outlives its hub.
        try:
            if self.service.poll() is None:
                self.stop_service()
        finally:
            self.hub.stop()

    def _secrets(self, variables):
        found = {}
        for name, value in variables:
            reference = value["valueFrom"]["secretKeyRef"]
            assert reference["name"] == self.objects["Secret"]["metadata"]["name"]
            found[name] = self.objects["Secret"]["stringData"][reference["key"]]
        return found


class HubWithOneFile(Hub):
    """Its environment has no package of ours, but that file beside the configuration."""

    def __init__(self, folder, programs, glue, python):
        self.glue = glue
        super().__init__(folder, programs=programs, python=python)
        self.site = folder / "site"
        text = (folder / "jupyterhub_config.py").read_text()
        self.hub_port = text.split("c.JupyterHub.hub_port = ")[1].split("\n")[0]

    def configure_with(self, extra, variables):
        self.variables = variables
        file = self.folder / "jupyterhub_config.py"
        before, call = file.read_text().split("from jupyterhub_dashboards import configure\n")
        assert call.strip().startswith("configure(c, ") and "from jupyterhub_dashboards" in CONFIG
        more = 'c.Authenticator.admin_users = {"root"}\n'
        # Users' servers have another image, which holds the package.
        more += f'c.Spawner.environment["PYTHONPATH"] = "{self.site}"\n'
        # As the chart does with entries of extraConfig.
        file.write_text(f"{before}{more}exec({extra!r})\n")

    def environment(self):
        return {**super().environment(), **self.variables, "PYTHONPATH": str(self.glue)}


@pytest.fixture(scope="module", params=both_hubs())
def deployed(request, tmp_path_factory, programs):
    python = both_hubs()[request.param]
    one = Deployed(tmp_path_factory.mktemp("deployed"), programs, "static", python)
    yield one.start()
    one.stop()


def test_every_line_of_the_check_is_well_with_one_file_and_a_service_of_its_own(deployed, monkeypatch):
    for name, value in deployed.hub.variables.items():
        monkeypatch.setenv(name, value)
    code, lines = findings(deployed.hub)
    assert (code, failing(lines)) == (0, set()), lines
    assert lines["configuration"]["tried"] and lines["removal"]["state"] == "ok"
    # Files are sent nowhere: what is printed for this storage says so.
    assert lines["strategy"]["sentence"].startswith("snapshot: ")
    assert servers_of(deployed.hub) == []


def test_options_that_the_service_has_not_read_yet_are_told_with_what_to_restart(deployed, monkeypatch):
    for name, value in deployed.hub.variables.items():
        monkeypatch.setenv(name, value)
    file = deployed.folder / OPTIONS
    before = file.read_text()
    file.write_text(json.dumps({**deployed.options, "keep_versions": 7}))
    try:
        code, lines = findings(deployed.hub)
    finally:
        file.write_text(before)
    line = lines["configuration"]
    assert (code, line["state"]) == (0, "warning") and "keep_versions" in line["sentence"]
    assert line["fix"].endswith("restart the service and the Hub.")


def test_a_service_of_its_own_outlives_the_hub_and_may_be_away_when_that_starts(deployed):
    hub = deployed.hub
    before = deployed.service.pid
    hub.stop_only_the_hub()
    assert deployed.service.poll() is None and deployed.service.pid == before
    deployed.stop_service()
    hub.launch()
    hub.wait("the Hub", lambda: hub.get("hub/api/").status == 200)
    deployed.start_service()
    health = "services/dashboards/api/v1/health"
    hub.wait("the service", lambda: hub.get(health).status == 200)


def test_a_service_without_its_key_says_what_to_give_it(tmp_path):
    (tmp_path / OPTIONS).write_text(json.dumps({"hub_url": "https://hub.example.org/"}))
    command = [sys.executable, "-m", "jupyterhub_dashboards.service_command", "--options"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE.parent)}

    def said(file, **more):
        done = subprocess.run(
            [*command, str(file)], env={**environment, **more}, capture_output=True, text=True, timeout=30
        )
        assert done.returncode == 1 and "Traceback" not in done.stderr
        return done.stderr

    assert "HOOK_KEY is missing in the environment. Give the Hub and the service the same" in said(
        tmp_path / OPTIONS
    )
    assert "shorter than 32 characters" in said(
        tmp_path / OPTIONS, JUPYTERHUB_DASHBOARDS_HOOK_KEY="short-one"
    )
    assert "short-one" not in said(tmp_path / OPTIONS, JUPYTERHUB_DASHBOARDS_HOOK_KEY="short-one")
    assert "cannot be read" in said(tmp_path / "missing.json")
    (tmp_path / OPTIONS).write_text('{"keep_version": 3}')
    assert "Did you mean keep_versions?" in said(tmp_path / OPTIONS)


@pytest.mark.parametrize("storage", list(STORAGES))
def test_the_hub_and_the_service_take_the_options_of_every_storage(capsys, storage, tmp_path):
    from ..options import checked
    from ..service_configuration import from_file

    text = printed(capsys, "--storage", storage, "--part", "manifests")
    objects = {one["kind"]: one for one in yaml.safe_load_all(text)}
    options = objects["ConfigMap"]["data"]["options.json"]
    (tmp_path / OPTIONS).write_text(options)
    told = from_file(str(tmp_path / OPTIONS), {"JUPYTERHUB_DASHBOARDS_HOOK_KEY": "k" * 32})
    assert told["runnerServiceUrl"] == "http://proxy-public/services/dashboards/"
    assert told["hubUrl"] == "https://hub.example.org/"
    inside = yaml.safe_load(printed(capsys, "--storage", storage, "--part", "values", "--in-hub-pod"))
    assert checked(inside["custom"]["dashboards"]).service_host == "hub"
