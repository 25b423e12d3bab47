"""What the Hub tells of pods. With the real KubeSpawner and a real Kubernetes: server/tests/kubernetes."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from ..pod_news import tell_of_pods

pytestmark = pytest.mark.asyncio


def event(uid, reason="Pulling", message="Pulling image", type="Normal"):
    return {
        "metadata": {"uid": uid},
        "involvedObject": {"kind": "Pod", "name": "pod"},
        "reason": reason,
        "message": message,
        "type": type,
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }


class Claims:
    """Stands in for the API of Kubernetes, which answers about one claim."""

    def __init__(self):
        self.phase = "Pending"
        self.events = []
        self.asked = 0

    async def read_namespaced_persistent_volume_claim(self, name, namespace):
        self.asked += 1
        return SimpleNamespace(status=SimpleNamespace(phase=self.phase))

    async def list_namespaced_event(self, namespace, field_selector, _preload_content):
        assert field_selector == "involvedObject.kind=PersistentVolumeClaim,involvedObject.name=claim"
        return SimpleNamespace(read=self._read)

    async def _read(self):
        return json.dumps({"items": self.events})


class PodSpawner:
    """Stands in for KubeSpawner: has its names, and tells what it is told to."""

    pod_reflector = None
    namespace = "jhub"
    pod_name = "pod"
    name = "dash-sales"

    def __init__(self):
        self.pod = {
            "metadata": {"name": "pod", "uid": "1"},
            "spec": {"volumes": [{"persistentVolumeClaim": {"claimName": "claim"}}, {"emptyDir": {}}]},
            "status": {"phase": "Pending"},
        }
        self.pod_reflector = SimpleNamespace(pods={"jhub/pod": self.pod})
        self.api = Claims()
        self.events = []
        self.own = []
        self.status = None
        self.pending = "spawn"

    async def progress(self):
        for one in self.own:
            yield {"progress": 50, "message": one["message"], "raw_event": one}

    async def poll(self):
        if self.status is not None:
            self.pod_reflector.pods.clear()
        return self.status


@pytest.fixture
def spawner(monkeypatch):
    monkeypatch.setattr("jupyterhub_dashboards.pod_news.TICK", 0.01)
    monkeypatch.setattr("jupyterhub_dashboards.pod_news.CLAIMS_TICK", 0)
    return PodSpawner()


@pytest.fixture
def reported(spawner):
    reports = []

    async def report(events):
        reports.append([one["reason"] for one in events])

    tell_of_pods(spawner, report)
    return reports


async def told(spawner, count):
    """The reasons of all that is told until the start is over, which it is after so many."""
    reasons = []

    async def listen():
        async for one in spawner.progress():
            reasons.append(one["raw_event"]["reason"])
            if len(reasons) == count:
                spawner.pending = None

    await asyncio.wait_for(listen(), 5)
    return reasons


async def test_each_event_is_told_once_also_one_that_kubespawner_leaves_out(spawner, reported):
    spawner.own = [event("a", "Scheduled"), event("b", "Pulling")]
    spawner.events = [event("b", "Pulling"), event("c", "Failed"), event("a", "Scheduled")]
    assert sorted(await told(spawner, 3)) == ["Failed", "Pulling", "Scheduled"]


async def test_events_of_a_claim_are_told_until_it_is_bound(spawner, reported):
    spawner.api.events = [event("c", "ProvisioningFailed", "no class", "Warning")]
    assert await told(spawner, 1) == ["ProvisioningFailed"]
    spawner.pending = "spawn"
    spawner.api.phase = "Bound"
    spawner.own = [event("a", "Scheduled")]
    assert await told(spawner, 1) == ["Scheduled"]


async def test_why_no_node_takes_a_pod_is_told_as_its_status_says_it(spawner, reported):
    spawner.events = [event("a", "FailedScheduling", "unbound", "Warning")]
    condition = {"type": "PodScheduled", "status": "False", "message": "Insufficient cpu"}
    spawner.pod["status"]["conditions"] = [condition]
    assert await told(spawner, 2) == ["FailedScheduling", "FailedScheduling"]


async def test_the_end_of_a_container_is_told_while_it_is_started_again(spawner, reported):
    ended = {"reason": "OOMKilled", "exitCode": 137, "containerID": "x"}
    spawner.pod["status"]["containerStatuses"] = [{"name": "notebook", "lastState": {"terminated": ended}}]
    assert await told(spawner, 1) == ["OOMKilled"]


async def test_what_was_said_before_the_start_is_not_told(spawner, reported):
    spawner.events = [event("old", "Failed")]
    tell_of_pods(spawner, None)
    spawner.own = [event("old", "Failed"), event("new", "Scheduled")]
    spawner.events = [*spawner.events, event("new", "Scheduled")]
    assert await told(spawner, 1) == ["Scheduled"]


async def test_claims_that_cannot_be_read_are_left_alone_for_a_while(spawner, reported, caplog):
    async def forbidden(*_):
        spawner.api.asked += 1
        raise PermissionError("Forbidden")

    spawner.api.read_namespaced_persistent_volume_claim = forbidden
    spawner.own = [event("a", "Scheduled"), event("b", "Started")]
    assert await told(spawner, 2) == ["Scheduled", "Started"]
    assert spawner.api.asked == 1
    assert "cannot be read: PermissionError('Forbidden')" in caplog.text


async def test_why_a_server_ended_is_reported_before_the_hub_hears_of_it(spawner, reported):
    spawner.events = [event("a", "Started")]
    spawner.pending = None
    assert await spawner.poll() is None
    assert reported == []
    spawner.events = [event("a", "Started"), event("b", "Evicted", "low on memory", "Warning")]
    terminated = {"reason": "OOMKilled", "exitCode": 137, "containerID": "x"}
    spawner.pod["status"]["containerStatuses"] = [{"name": "notebook", "state": {"terminated": terminated}}]
    spawner.status = 137
    assert await spawner.poll() == 137
    assert reported == [["Evicted", "OOMKilled"]]
    assert await spawner.poll() == 137
    assert len(reported) == 1


async def test_a_container_that_is_started_again_is_reported_once(spawner, reported):
    spawner.pending = None
    ended = {"reason": "OOMKilled", "exitCode": 137, "containerID": "x"}
    spawner.pod["status"]["containerStatuses"] = [{"name": "notebook", "lastState": {"terminated": ended}}]
    assert [await spawner.poll(), await spawner.poll()] == [None, None]
    assert reported == [["OOMKilled"]]


async def test_a_service_that_is_away_changes_nothing(spawner, caplog):
    async def report(events):
        raise ConnectionError("away")

    tell_of_pods(spawner, report)
    spawner.pending = None
    spawner.status = 1
    spawner.events = [event("b", "Evicted", "low on memory", "Warning")]
    assert await spawner.poll() == 1
    assert "was not told of dash-sales: away" in caplog.text


async def test_other_spawners_are_left_alone():
    other = SimpleNamespace()
    tell_of_pods(other, None)
    assert vars(other) == {}
