"""The line of the check about the culler."""

import json
from types import SimpleNamespace

import pytest

from ..check.culler import culler, judged
from ..check.web import NoAnswer

COMMAND = ["python3", "-m", "jupyterhub_idle_culler", "--timeout=3600"]


def service(*flags):
    return {"name": "culler", "command": [*COMMAND, *flags]}


class HubThatTells:
    """Answers `GET services` with `status` and these services, or not at all."""

    def __init__(self, *services, status=200, answers=True):
        self.services = {one["name"]: one for one in services}
        self.status = status
        self.answers = answers

    def ask(self, method, path):
        assert (method, path) == ("GET", "services")
        if not self.answers:
            raise NoAnswer("refused")
        return SimpleNamespace(status=self.status, json=json.loads(json.dumps(self.services)))


def file(*services, **spawner):
    return SimpleNamespace(app=SimpleNamespace(services=list(services)), spawner_setting=spawner.get)


# As Zero to JupyterHub sets KubeSpawner where an operator sets nothing.
CLAIM_EACH = {"pvc_name_template": "claim-{user_server}", "storage_pvc_ensure": True, "delete_pvc": True}


@pytest.mark.parametrize("tried", [True, False])
@pytest.mark.parametrize(
    ("flags", "state", "said", "kept"),
    [
        (["--cull-every=600"], "ok", "a visit wakes them.", None),
        (["--remove-named-servers"], "ok", "where they come back", None),
        (["--max-age", "86400", "--cull-every=9"], "warning", "--max-age=86400 stops", ["--cull-every=9"]),
        (["--max-age=86400"], "warning", "while people look at them", []),
        (["--max-age=0"], "ok", "a visit wakes them.", None),
        (["--cull-users"], "warning", "dashboards of a deleted user never start again", []),
        (["--cull-users=False", "--remove-named-servers=false"], "ok", "a visit wakes them.", None),
    ],
)
def test_flags_of_the_culler_are_explained(flags, state, said, kept, tried):
    line = judged([{"name": "other"}, service(*flags)], tried)
    assert (line.state, line.tried) == (state, tried)
    assert said in line.sentence and "without activity for 3600 s are stopped" in line.sentence
    if kept is not None:
        assert line.fix.endswith(f'"command": {[*COMMAND, *kept]!r}')


@pytest.mark.parametrize(
    ("spawner", "state"),
    [
        (CLAIM_EACH, "warning"),
        ({**CLAIM_EACH, "pvc_name_template": "claim-{username}"}, "ok"),
        ({**CLAIM_EACH, "delete_pvc": False}, "ok"),
        ({**CLAIM_EACH, "storage_pvc_ensure": False}, "ok"),
        ({}, "ok"),
    ],
)
def test_removed_servers_may_take_versions_along(spawner, state):
    flagged = service("--remove-named-servers", "--cull-every=600")
    for hub in (HubThatTells(flagged), HubThatTells(status=403)):
        line = culler(hub, file(flagged, **spawner))
        assert line.state == state
        if state == "warning":
            assert "versions of dashboards in them" in line.sentence
            assert line.fix.endswith(f'"command": {[*COMMAND, "--cull-every=600"]!r}')


def test_the_running_hub_counts_more_than_a_file_that_was_changed_later():
    line = culler(HubThatTells(service("--max-age=9")), file(service()))
    assert (line.state, line.tried) == ("warning", True)
    assert "--max-age=9 stops" in line.sentence and "restart the Hub" in line.fix
    line = culler(HubThatTells(service()), file(service("--max-age=9")))
    assert (line.state, line.tried) == ("ok", True)
    line = culler(HubThatTells({"name": "dashboards", "command": ["node"]}), file(service("--max-age=9")))
    assert (line.state, line.tried, line.sentence) == ("ok", True, "The Hub starts no culler.")


@pytest.mark.parametrize(
    "hub",
    [
        HubThatTells(status=403),
        HubThatTells({"name": "culler"}),
        HubThatTells(answers=False),
    ],
    ids=["not allowed", "names alone", "no answer"],
)
def test_where_the_hub_does_not_tell_the_file_is_read(hub):
    line = culler(hub, file(service("--max-age=9")))
    assert (line.state, line.tried) == ("warning", False) and line.fix.startswith("Start the culler")


def test_a_culler_that_the_hub_does_not_start_says_that_its_flags_are_not_known():
    own = {"name": "cull-idle", "command": []}
    line = culler(HubThatTells(own), file(own))
    assert line.state == "not_tried" and "does not start the service cull-idle" in line.sentence
    assert judged([own, service()], True).state == "ok"
