import subprocess

import pytest

from ..refusal import PAGE
from ..runner_command import CODE, SHELL, STAND_IN, runner_command, stand_in


@pytest.mark.parametrize(
    ("single_user", "wrappers", "runner", "python"),
    [
        (["jupyterhub-singleuser"], [], "jupyterhub-dashboards-runner", "python3"),
        ("jupyterhub-singleuser", [], "jupyterhub-dashboards-runner", "python3"),
        (
            ["/opt/u/bin/jupyterhub-singleuser", "--debug"],
            [],
            "/opt/u/bin/jupyterhub-dashboards-runner",
            "/opt/u/bin/python3",
        ),
        (["/opt/u/bin/jupyter-labhub"], [], "/opt/u/bin/jupyterhub-dashboards-runner", "/opt/u/bin/python3"),
        (["start.sh", "jupyterhub-singleuser"], ["start.sh"], "jupyterhub-dashboards-runner", "python3"),
        (
            ["nice", "-n5", "/o/bin/jupyter-labhub"],
            ["nice", "-n5"],
            "/o/bin/jupyterhub-dashboards-runner",
            "/o/bin/python3",
        ),
        (
            ["/o/bin/python", "-m", "jupyterhub.singleuser"],
            [],
            "/o/bin/jupyterhub-dashboards-runner",
            "/o/bin/python3",
        ),
        (["start-singleuser.sh"], [], "jupyterhub-dashboards-runner", "python3"),
        ([], [], "jupyterhub-dashboards-runner", "python3"),
        (None, [], "jupyterhub-dashboards-runner", "python3"),
    ],
)
def test_the_runner_is_sought_beside_the_single_user_program(single_user, wrappers, runner, python):
    command = runner_command(single_user)
    assert command == [*wrappers, "/bin/sh", "-c", SHELL, "jupyterhub-dashboards", CODE, runner, python]


def test_no_spawner_can_mistake_the_command_for_a_template():
    for word in [*runner_command(["/opt/u/bin/jupyterhub-singleuser"]), stand_in()]:
        word.format(username="alice")
        assert not {"{", "}", "%", "\n"}.intersection(word)
        assert "$(" not in word and "${" not in word


def test_the_command_stays_short_enough_to_read_in_a_log():
    assert sum(map(len, runner_command([]))) < 700
    assert len(stand_in()) < 8_000


def test_the_python_on_path_takes_over_where_none_lies_beside(tmp_path):
    marker = tmp_path / "python3"
    marker.write_text('#!/bin/sh\necho "$1" "$3"\n')
    marker.chmod(0o755)
    command = ["/bin/sh", "-c", SHELL, "jupyterhub-dashboards", "code", "runner", "/nowhere/python3"]
    done = subprocess.run(
        command, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "-c runner\n"


def test_modules_in_the_home_folder_are_not_imported(tmp_path):
    for name in ("base64", "zlib", "shutil", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the home folder')")
    command = [*runner_command([])[:-2], "no-such-runner", "python3"]
    environment = {"PATH": "/usr/bin:/bin", STAND_IN: stand_in()}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "imported from the home folder" not in done.stderr
    assert "JUPYTERHUB_SERVICE_URL is missing" in done.stderr


def test_the_page_has_nothing_to_run():
    assert "<script" not in PAGE and "http" not in PAGE
