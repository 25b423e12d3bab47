"""The examples for other Spawners in docs/operators/installing.md, on a real Hub with the real Spawners.

Neither systemd nor Docker runs where tests do: beyond the Spawner's own last step stand-ins begin.
"""

import getpass
import json
import os
import re
import sys

import pytest

from ..check import hub_file
from .hub import HERE, Hub, specification

PAGE = (HERE.parents[1] / "docs" / "operators" / "installing.md").read_text()
RUN = {"kind": "run", "specification": specification(serviceUrl="http://127.0.0.1:9/")}
# Of the machine, as SystemdSpawner wants it.
SOMEBODY = getpass.getuser()
TLJH = """
c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
c.SystemdSpawner.unit_name_template = "jupyter-{USERNAME}"
c.SystemdSpawner.extra_paths = ["/opt/tljh/user/bin"]
"""
# Units' variables lie in /run, where only root may write.
SYSTEMD = """
import systemdspawner.systemd
systemdspawner.systemd.RUN_ROOT = "{folder}"
c.Spawner.cmd = ["{folder}/bin/jupyterhub-singleuser"]
"""
# The client is real but for the request to a daemon.
DOCKER = """
import json, docker, dockerspawner
from types import SimpleNamespace

class Daemonless(docker.APIClient):
    def inspect_image(self, image):
        return {"Config": {"Cmd": ["jupyterhub-singleuser"]}}

    def inspect_container(self, name):
        raise docker.errors.NotFound("no containers here", response=SimpleNamespace(status_code=404))

    def create_container_from_config(self, config, name=None, platform=None):
        with open(f"{folder}/{name}.json", "w") as file:
            json.dump(config, file)
        raise docker.errors.APIError("no daemon here")

folder = FOLDER
dockerspawner.DockerSpawner._client = Daemonless(version="1.44", base_url="http://127.0.0.1:1")
c.JupyterHub.hub_ip = c.JupyterHub.hub_connect_ip = "127.0.0.1"
"""


def block(heading):
    """The Python that stands below that heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    [code] = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    return code


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """The configuration as the Hub loads it."""
    monkeypatch.chdir(tmp_path)

    def load(text):
        file = tmp_path / "jupyterhub_config.py"
        file.write_text(text)
        return hub_file.load(str(file))

    return load


@pytest.fixture
def start(tmp_path, monkeypatch):
    """A real Hub with the configuration, whose service is a double."""
    hubs = []

    def begin(more, after=""):
        programs = tmp_path / "programs"
        programs.mkdir()
        for name in ("systemd-run", "systemctl"):
            source = (HERE / "systemd_stand_in.py").read_text()
            (programs / name).write_text(f"#!{sys.executable}\n{source}")
            (programs / name).chmod(0o755)
        units = tmp_path / "units"
        units.mkdir()
        monkeypatch.setenv("UNITS", str(units))
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        hub = Hub(tmp_path, more=f'del c.Spawner["cmd"]\n{more}', after=after)
        hubs.append(hub)
        return hub.start()

    yield begin
    for hub in hubs:
        hub.stop()


@pytest.mark.parametrize(
    ("heading", "before", "spawner"),
    [
        ("The Littlest JupyterHub", TLJH, "SystemdSpawner"),
        ("A plain JupyterHub on one machine", "", "LocalProcessSpawner"),
        ("SystemdSpawner", "", "SystemdSpawner"),
        ("DockerSpawner", "", "DockerSpawner"),
    ],
)
def test_every_example_is_a_configuration_that_a_hub_loads(loaded, heading, before, spawner):
    file = loaded(before + block(heading))
    assert file.app.spawner_class.__name__ == spawner
    assert hasattr(file.spawner_setting("apply_user_options"), "admins_hook")
    assert file.options["dashboardsOrigin"] == "https://dash.example.org"
    through_the_proxy = file.options["runnerServiceUrl"] == "https://hub.example.org/services/dashboards/"
    assert through_the_proxy == (spawner == "DockerSpawner")


@pytest.mark.parametrize(
    ("heading", "before", "unit"),
    [
        ("SystemdSpawner", "", f"jupyter-{SOMEBODY}-singleuser"),
        ("The Littlest JupyterHub", TLJH, f"jupyter-{SOMEBODY}"),
    ],
)
def test_with_systemd_dashboards_have_units_of_their_own_beside_labs(start, tmp_path, heading, before, unit):
    example = re.sub("^.*database=.*\n", "", block(heading), flags=re.MULTILINE)
    hub = start(before + example, after=SYSTEMD.format(folder=tmp_path))
    token = hub.user(SOMEBODY)
    hub.answer(dash_sales=RUN, dash_stock=RUN)
    hub.api("POST", f"users/{SOMEBODY}/server", token=token)
    assert hub.started(SOMEBODY, "").json["program"] == "lab"
    for name in ("dash-sales", "dash-stock"):
        hub.api("POST", f"users/{SOMEBODY}/servers/{name}", token=token)
        page = hub.started(SOMEBODY, name).json
        assert (page["program"], page["bootstrap"]["serverName"]) == ("runner", name)
        assert not [variable for variable in page["environment"] if variable.startswith("JUPYTERHUB_")]
    hub.stop_server(SOMEBODY, "dash-sales")
    assert hub.get(f"user/{SOMEBODY}/dash-stock/").json["program"] == "runner"
    assert hub.get(f"user/{SOMEBODY}/").json["program"] == "lab"
    assert {file.name for file in (tmp_path / "units").iterdir()} == {
        unit,
        f"{unit}-dash-sales",
        f"{unit}-dash-stock",
    }
    for name in ("dash-stock", ""):
        hub.stop_server(SOMEBODY, name)


def test_with_docker_a_dashboards_container_is_made_for_each_start(start, tmp_path):
    hub = start(block("DockerSpawner"), after=DOCKER.replace("FOLDER", repr(str(tmp_path))))
    token = hub.user("alice")
    hub.answer(dash_sales=RUN)
    made = {}
    for name, file in (("", "jupyter-alice.json"), ("dash-sales", "jupyter-alice--dash-2dsales.json")):
        hub.api("POST", f"users/alice/servers/{name}" if name else "users/alice/server", token=token)
        hub.wait(file, (tmp_path / file).exists)
        made[name] = json.loads((tmp_path / file).read_text())
    lab, dashboard = made[""], made["dash-sales"]
    binds = ["jupyterhub-home-alice:/home/jovyan:rw"]
    for one in (lab, dashboard):
        assert one["Image"] == "registry.example.org/analysis:2026-11"
        assert one["HostConfig"]["Binds"] == binds and one["HostConfig"]["NetworkMode"] == "jupyterhub"
    assert not lab["HostConfig"].get("AutoRemove") and dashboard["HostConfig"]["AutoRemove"]
    # Nothing is known of the image: runner and Python are looked for on its PATH.
    assert dashboard["Cmd"][:2] == ["/bin/sh", "-c"]
    assert dashboard["Cmd"][-2:] == ["jupyterhub-dashboards-runner", "python3"]
    variables = dict(variable.split("=", 1) for variable in dashboard["Env"])
    assert variables["JUPYTERHUB_DASHBOARDS_START"] == RUN["specification"]
    assert variables["JUPYTERHUB_SERVICE_PREFIX"] == "/user/alice/dash-sales/"
    assert not [variable for variable in lab["Env"] if variable.startswith("JUPYTERHUB_DASHBOARDS_")]
