"""`jupyterhub-dashboards publish` against a real Hub with the real service and runner."""

import json
import os
import signal
import subprocess
import sys

import pytest

from .hub import PACKAGE, both_hubs


@pytest.fixture(scope="module", params=both_hubs().values(), ids=both_hubs())
def hub(create_hub, programs, request):
    return create_hub(options="trust_all_authors=True", programs=programs, python=request.param)


@pytest.fixture
def begin(hub):
    """Starts the command where alice's files are; it has ended when the test has."""
    home = hub.folder / "home" / "alice" / "sales"
    home.mkdir(parents=True, exist_ok=True)
    (home / "index.html").write_text("<h1>Sales</h1>")
    (home / "broken.py").write_text("raise SystemExit('There is no licence.')")
    (home / "endless.py").write_text("import time\nwhile True:\n    time.sleep(1)\n")
    environment = {**os.environ, "JUPYTERHUB_API_TOKEN": hub.user("alice"), "PYTHONPATH": str(PACKAGE.parent)}
    processes = []

    def start(*arguments, token=None):
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub_dashboards.command", "publish", "--hub", hub.url, *arguments],
            cwd=home.parent,
            env={**environment, **({"JUPYTERHUB_API_TOKEN": token} if token else {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def publish(begin):
    """Exit code, standard output and standard error."""

    def run(*arguments, token=None):
        process = begin(*arguments, token=token)
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err
        return process.returncode, out, err

    return run


def test_a_folder_is_live_and_updated(hub, publish):
    code, out, err = publish("sales", "--message", "first", "--share", "everyone")
    assert code == 0, err
    assert out == f"{hub.url}services/dashboards/d/sales\n"
    # A stage that is over in a moment, as copying three small files, is not told; that they were copied is.
    said = ("Sales, version 1: ", "Copied 3 files", "Checking that it works…", "Version 1 is live.")
    places = [err.index(sentence) for sentence in said]
    assert places == sorted(places)

    code, out, err = publish("sales")
    assert code == 2 and out == ""
    assert 'You have a dashboard with the name "Sales" already.' in err and "Update that one" in err

    code, out, err = publish("--update", "sales", "--json")
    told = json.loads(out)
    assert (code, told["ok"]) == (0, True), err
    assert (told["build"]["version"], told["build"]["state"]) == (2, "live")
    assert told["dashboard"]["audience"] == {"kind": "everyone"}

    code, out, _ = publish(
        "sales/index.html", "--update", told["dashboard"]["id"], "--file-only", "--no-wait"
    )
    assert (code, out) == (0, f"{hub.url}services/dashboards/d/sales\n")

    code, out, err = publish("--update", "purchases")
    assert (code, out) == (2, "") and "None of your dashboards has the slug or id purchases." in err


def test_a_failed_build_says_why_and_what_to_do(publish):
    code, out, err = publish("sales", "--name", "Broken", "--command", "{python} broken.py {port}")
    assert (code, out) == (1, "")
    assert "There is no licence." in err and "jupyterhub-dashboards publish: " in err
    code, out, _ = publish("/no/such/app.py", "--json")
    told = json.loads(out)
    assert (code, told["ok"], told["build"]["state"], told["error"]["code"]) == (
        1,
        False,
        "failed",
        "file_missing",
    )
    assert told["error"]["fix"].endswith("PATH is looked for where your servers run, not here.")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_publish_is_cancelled(hub, begin, sent):
    name = f"Endless {sent.name}"
    process = begin("sales", "--json", "--name", name, "--command", "{python} endless.py {port}")
    for line in process.stderr:
        if line == "Starting the dashboard…\n":
            break
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Version 1 has been cancelled." in err and "Traceback" not in err
    told = json.loads(out)
    assert (told["ok"], told["build"]["state"], told["error"]["code"]) == (False, "cancelled", "cancelled")


def test_who_is_not_known_or_has_too_few_scopes_is_told_where_to_get_a_token(hub, publish):
    few = json.loads(hub.api("POST", "users/alice/tokens", {"scopes": ["read:users!user"]}).text)["token"]
    for token, sentence in (
        ("wrong", "does not know this token"),
        (few, "may not use the dashboards service"),
    ):
        code, out, err = publish("sales", token=token)
        assert (code, out) == (2, "")
        assert sentence in err and f"{hub.url}hub/token" in err
