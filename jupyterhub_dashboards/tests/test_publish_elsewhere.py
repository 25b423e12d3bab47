"""`jupyterhub-dashboards publish` on a real Hub whose servers have homes of their own: the files are sent."""

import json
import os
import re
import subprocess
import sys
import urllib.request

import pytest

# As on clusters that give each server a volume.
APART = """
import os
from jupyterhub.spawner import SimpleLocalProcessSpawner
from traitlets import default

class Apart(SimpleLocalProcessSpawner):
    @default("home_dir")
    def _home_of_this_server(self):
        home = os.path.join(os.getcwd(), "homes", self.user.name, self.name or "lab")
        os.makedirs(home, exist_ok=True)
        return home

c.JupyterHub.spawner_class = Apart
"""
PAGE = "<h1>Sales of {}</h1>"


@pytest.fixture(scope="module")
def hub(create_hub, programs):
    return create_hub(more=APART, options="trust_all_authors=True", programs=programs)


@pytest.fixture
def home(hub, tmp_path):
    """Where alice works: no server of hers has this folder."""
    project = tmp_path / "sales"
    (project / "data").mkdir(parents=True)
    (project / "index.html").write_text(PAGE.format("May"))
    (project / "data" / "large.bin").write_bytes(os.urandom(3_000_000))
    return tmp_path


def publish(hub, home, *arguments):
    """Exit code, what is told at the end, and standard error."""
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "jupyterhub_dashboards.command",
            "publish",
            "--hub",
            hub.url,
            "--json",
            *arguments,
        ],
        cwd=home,
        env={
            **os.environ,
            "HOME": str(home),
            "JUPYTERHUB_API_TOKEN": hub.user("alice"),
            "PYTHONPATH": str(hub.folder / "site"),
        },
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert "Traceback" not in run.stderr
    return run.returncode, json.loads(run.stdout), run.stderr


def versions(hub, dashboard):
    request = urllib.request.Request(
        f"{hub.url}services/dashboards/api/v1/dashboards/{dashboard}/versions",
        headers={"Authorization": f"token {hub.user('alice')}"},
    )
    with urllib.request.urlopen(request) as reply:
        return json.loads(reply.read())["versions"]


def files_of(hub, version):
    [found] = hub.folder.glob(f"homes/alice/dash-*/.dashboards/*/versions/{version}/files")
    return found


def sent(err):
    """How much was missing at the dashboard's server."""
    return re.findall(r"new here, (\d+ [kM]B)", err)


def test_files_that_are_not_seen_are_sent_and_later_only_what_is_new(hub, home):
    code, told, err = publish(hub, home, "~/sales")
    assert code == 0, err
    assert sent(err) == ["3 MB"]
    [first] = versions(hub, told["dashboard"]["id"])
    assert (first["strategy"], first["files"]) == ("relay", 2)
    assert (files_of(hub, 1) / "index.html").read_text() == PAGE.format("May")
    large = (home / "sales" / "data" / "large.bin").read_bytes()
    assert (files_of(hub, 1) / "data" / "large.bin").read_bytes() == large

    (home / "sales" / "index.html").write_text(PAGE.format("June"))
    (home / "sales" / "data" / "large.bin").rename(home / "sales" / "data" / "renamed.bin")
    code, told, err = publish(hub, home, "~/sales", "--update", "sales")
    assert code == 0, err
    # What was only renamed is there.
    assert sent(err) == ["1 kB"]
    assert (files_of(hub, 2) / "index.html").read_text() == PAGE.format("June")
    assert sorted(path.name for path in (files_of(hub, 2) / "data").iterdir()) == ["renamed.bin"]
    assert (files_of(hub, 1) / "index.html").read_text() == PAGE.format("May")


def test_files_that_cannot_be_sent_fail_the_build_with_what_to_do(hub, home):
    (home / "sales" / "out").symlink_to("/etc/passwd")
    code, told, err = publish(hub, home, "~/sales", "--name", "Leading out")
    assert code == 1
    assert told["error"]["code"] == "links_leave_folder"
    assert "out -> /etc/passwd" in err
