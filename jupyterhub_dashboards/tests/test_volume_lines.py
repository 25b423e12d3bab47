"""What the check says of what was tried with volumes, without a cluster."""

import pytest
import yaml

from ..check.finding import failed
from ..check.second_server import Seen
from ..check.volume_lines import lines

HOME = "/home/jovyan"
FIRST, SECOND = "/var/lib/jupyterhub-dashboards/1", "/var/lib/jupyterhub-dashboards/2"
ALL = ["clone", "volume-snapshot", "relay", "git"]
ACCOUNT = "system:serviceaccount:jhub:dashboards"


def problem(code, message="It went wrong.", detail=None):
    return {"code": code, "message": message, **({"detail": detail} if detail else {})}


def attempt(strategy="clone", problem=None, folder=FIRST):
    return {"strategy": strategy, "problem": problem, "seconds": 1.24, "size": "10Gi", "folder": folder}


def found(*attempts, missing=(), account=ACCOUNT, **more):
    rights = {"account": account, "namespace": "jhub", "missing": list(missing)}
    return {"rights": rights, "claim": "claim-root", "problem": None, "attempts": list(attempts), **more}


def seen(home=False, **folders):
    return Seen(seconds=5.31, folders={HOME: home, FIRST: True, SECOND: True, **folders})


def right(verb, resource, group=""):
    return {"verb": verb, "resource": resource, "group": group}


def told(allowed, found, seen):
    return {line.id: line for line in lines(allowed, found, seen, HOME)}


def test_volumes_that_are_cloned_are_the_way_of_files_with_what_that_costs():
    said = told(ALL, found(attempt(), attempt("volume-snapshot", folder=SECOND)), seen())
    assert {line.state for line in said.values()} == {"ok"}
    assert said["clone"].sentence == (
        "The volume claim-root was cloned in 1.2 s while it was in use; another server had that mounted, and"
        " read what had been written before."
    )
    assert "made again from a snapshot" in said["volume-snapshot"].sentence
    assert said["volume-strategy"].sentence == (
        "Files of homes are published by cloning the volume that they are on (clone). Each version takes"
        " 1.2 s and 10Gi, and 5.3 s more until a server has it mounted."
        " Values of Zero to JupyterHub: jupyterhub-dashboards values --storage clone"
    )


def test_missing_rights_are_named_with_the_role_to_paste():
    snapshots = [right(verb, "volumesnapshots", "snapshot.storage.k8s.io") for verb in ("create", "delete")]
    missing = [right("list", "pods"), *snapshots]
    said = told(ALL, found(attempt(), missing=missing), seen())["cluster-rights"]
    assert said.state == "failed"
    assert f"as {ACCOUNT}, and may not list pods, or create, delete volumesnapshots in" in said.sentence
    command, *pasted = said.fix.splitlines()
    assert command.startswith("kubectl apply --filename -")
    # As it stands in the table.
    role, binding = yaml.safe_load("\n".join(f"    {line}" for line in pasted))["items"]
    assert (role["kind"], binding["kind"]) == ("Role", "RoleBinding")
    assert ["volumesnapshots"] in [rule["resources"] for rule in role["rules"]]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "dashboards", "namespace": "jhub"}]


def test_the_role_is_for_whomever_the_service_asks_as():
    missing = [right("list", "pods")]
    fix = told(ALL, found(missing=missing, account="ada@example.org"), seen())["cluster-rights"].fix
    assert 'kind: User\n        name: "ada@example.org"\n' in fix


def test_reasons_that_may_not_be_read_are_missed_and_nothing_else():
    said = told(ALL, found(attempt(), missing=[right("list", "events")]), seen())
    assert said["cluster-rights"].state == "warning"
    assert said["volume-strategy"].state == "ok"


def test_without_a_way_to_kubernetes_the_reason_is_told():
    away = problem("kubernetes_unavailable", "It does not answer.", "KUBECONFIG is not set.")
    said = told(["clone", "git"], {**found(problem=away), "rights": None}, seen())
    assert said["cluster-rights"].sentence == "It does not answer. (KUBECONFIG is not set.)"
    assert said["clone"].state == "not_tried"
    assert said["volume-strategy"].state == "failed"
    assert 'strategies=["relay", "git"]' in said["volume-strategy"].fix


def test_what_a_storage_cannot_do_is_done_by_the_next_strategy():
    cannot = problem("clone_unsupported", "It cannot clone.")
    said = told(ALL, found(attempt(problem=cannot), attempt("volume-snapshot", folder=SECOND)), seen())
    assert said["clone"].state == "warning"
    assert 'strategies=["volume-snapshot", "relay", "git"]' in said["clone"].fix
    assert "(volume-snapshot)" in said["volume-strategy"].sentence
    neither = found(attempt(problem=cannot), attempt("volume-snapshot", problem=cannot))
    way = told(ALL, neither, seen())["volume-strategy"]
    assert (way.state, "(relay)" in way.sentence) == ("warning", True)
    assert 'strategies=["relay", "git"]' in way.fix


def test_files_that_no_strategy_takes_are_a_failure_with_one_that_does():
    cannot = found(attempt(problem=problem("clone_unsupported")))
    for allowed, tried in ((["clone", "git"], cannot), (["snapshot", "git"], None)):
        way = told(allowed, tried, seen())["volume-strategy"]
        assert way.state == "failed"
        assert '"relay"' in way.fix and "values --storage relay" in way.fix


@pytest.mark.parametrize(
    ("code", "fix"),
    [
        ("clone_timeout", "clone_timeout"),
        ("kubernetes_forbidden", "Rights in Kubernetes"),
        ("clone_failed", "Mend that"),
    ],
)
def test_what_ends_a_build_is_a_failure_although_there_is_another_strategy(code, fix):
    said = told(ALL, found(attempt(problem=problem(code))), seen())
    assert said["clone"].state == "failed"
    assert fix in said["clone"].fix
    assert said["volume-strategy"].state == "failed"


def test_a_clone_that_does_not_hold_what_was_written_is_a_failure():
    said = told(ALL, found(attempt()), seen(**{FIRST: False}))
    assert (said["clone"].state, said["volume-strategy"].state) == ("failed", "failed")


def test_a_server_that_does_not_start_with_the_clone_is_its_failure_and_one_that_may_not_is_not():
    late = Seen(problem=failed("start", "It was not ready after 300 s.", "Give it time."))
    said = told(ALL, found(attempt()), late)
    assert said["clone"].state == "failed"
    assert said["clone"].sentence.endswith(
        "no server started that has that mounted: It was not ready after 300 s."
    )
    full = Seen(problem=failed("server-limit", "The hub is full.", "Raise it."))
    said = told(ALL, found(attempt()), full)
    assert [said[id].state for id in ("clone", "shared-homes", "volume-strategy")] == ["not_tried"] * 3
    assert said["clone"].fix == "Raise it."


def test_a_home_that_is_a_part_of_a_volume_comes_by_another_way_where_there_is_one():
    elsewhere = found(problem=problem("source_not_on_claim", "It is in a part of a volume."))
    said = told(["clone", "snapshot", "git"], elsewhere, seen(home=True))
    assert said["clone"].sentence == "Not tried: It is in a part of a volume."
    assert "(snapshot)" in said["volume-strategy"].sentence
    assert told(["clone", "git"], elsewhere, seen(home=True))["volume-strategy"].state == "failed"


@pytest.mark.parametrize(("home", "way", "storage"), [(True, "snapshot", "rwx"), (False, "relay", "relay")])
def test_where_nothing_is_cloned_two_servers_show_the_way(home, way, storage):
    said = told(["snapshot", "live", "relay", "git"], None, seen(home=home))
    assert list(said) == ["shared-homes", "volume-strategy"]
    assert {line.state for line in said.values()} == {"ok"}
    assert f"({way})" in said["volume-strategy"].sentence
    assert said["volume-strategy"].sentence.endswith(f"--storage {storage}")
