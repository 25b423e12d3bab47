"""What Kubernetes says about the pod of a dashboard's server, and about the claims that the pod waits for.

The Hub alone hears of it: it has the watches and the rights. While a server starts, KubeSpawner tells the
pod's events in the Hub's progress stream; what it leaves out comes into the same stream here. Why a server
ended later is told by nothing in the Hub's API: the service hears of it before the Hub says that the server
is gone. What any of it means is for the service to say (docs/decisions/0016).
"""

import asyncio
import json
import logging
from functools import partial

log = logging.getLogger("JupyterHub.dashboards")

TICK = 1
CLAIMS_TICK = 2
TIMEOUT = 5
AFTER_FAILURE = 60
# The service takes no more at a time.
MOST = 50


def tell_of_pods(spawner, report):
    """Wraps `progress` and `poll` of a KubeSpawner that begins a start; other Spawners are left alone.

    `report` is awaited with a list of events, as Kubernetes has them, about a server that was running.
    """
    if hasattr(type(spawner), "pod_reflector") and "_dashboard_pod" not in vars(spawner):
        pod = vars(spawner)["_dashboard_pod"] = PodNews(spawner, report)
        spawner.progress = pod.progress
        spawner.poll = pod.poll
    if "_dashboard_pod" in vars(spawner):
        vars(spawner)["_dashboard_pod"].begin()


class PodNews:
    """Of one Spawner, for as long as that lives."""

    def __init__(self, spawner, report):
        self._spawner = spawner
        self._report = report
        self._progress = spawner.progress
        self._poll = spawner.poll
        self._before = set()
        self._told = set()

    def begin(self):
        """A start begins: what was said of the pod before is no matter of it."""
        self._before = {_key(event) for event in [*self._spawner.events, *_ends(self._pod())]}
        self._told = set()

    async def progress(self):
        """KubeSpawner's own events, each once, and what it leaves out, until the start is over."""
        claims = ClaimEvents(self._spawner)
        told = set(self._before)
        async for event in _ticking(self._progress(), TICK):
            if event is not None and _is_new(told, event.get("raw_event")):
                yield event
            pod = self._pod()
            # KubeSpawner counts its events, which change places as they come again: some it does not tell.
            for fact in [*self._spawner.events, *await claims.read(pod), *_status(pod), *_ends(pod)]:
                if _is_new(told, fact):
                    at = fact.get("lastTimestamp") or fact.get("eventTime")
                    yield {"message": f"{at} [{fact['type']}] {fact['message']}", "raw_event": fact}
            self._told |= told
            if self._spawner.pending != "spawn":
                return

    async def poll(self):
        # KubeSpawner deletes a pod that has ended while it is polled.
        pod = self._pod()
        status = await self._poll()
        if not self._spawner.pending:
            ends, events = list(_ends(pod)), self._spawner.events
            facts = ends if status is None else [*events, *ends]
            new = [fact for fact in facts if _key(fact) not in self._told | self._before]
            self._told |= {_key(fact) for fact in [*ends, *events]}
            if new:
                try:
                    await self._report([_trimmed(fact) for fact in new[-MOST:]])
                except Exception as error:
                    log.warning("The dashboards service was not told of %s: %s", self._spawner.name, error)
        return status

    def _pod(self):
        reflector = self._spawner.pod_reflector
        return reflector and reflector.pods.get(f"{self._spawner.namespace}/{self._spawner.pod_name}")


class ClaimEvents:
    """Events of the claims that a pod waits for. KubeSpawner watches those of pods alone."""

    def __init__(self, spawner):
        self._spawner = spawner
        self._bound = set()
        self._next = 0

    async def read(self, pod):
        now = asyncio.get_running_loop().time()
        if now < self._next:
            return []
        self._next = now + CLAIMS_TICK
        try:
            return await asyncio.wait_for(self._read(self._waiting(pod)), TIMEOUT)
        except Exception as error:
            # It is for people's information: no start fails for it.
            log.warning("Events of the claims of %s cannot be read: %r", self._spawner.pod_name, error)
            self._next = now + AFTER_FAILURE
            return []

    async def _read(self, claims):
        return [event for claim in claims for event in await self._events_of(claim)]

    def _waiting(self, pod):
        volumes = (pod or {}).get("spec", {}).get("volumes") or []
        claims = [volume.get("persistentVolumeClaim", {}).get("claimName") for volume in volumes]
        return [claim for claim in claims if claim and claim not in self._bound]

    async def _events_of(self, claim):
        """Of a claim that is bound: none, as what was in its way is over."""
        api, namespace = self._spawner.api, self._spawner.namespace
        if (await api.read_namespaced_persistent_volume_claim(claim, namespace)).status.phase == "Bound":
            self._bound.add(claim)
            return []
        reply = await api.list_namespaced_event(
            namespace,
            field_selector=f"involvedObject.kind=PersistentVolumeClaim,involvedObject.name={claim}",
            _preload_content=False,
        )
        return json.loads(await reply.read())["items"]


def _status(pod):
    """Why no node takes a pod, as an event: the scheduler's own keep the first reason when another comes."""
    for condition in (pod or {}).get("status", {}).get("conditions") or []:
        if condition["type"] == "PodScheduled" and condition["status"] == "False" and "message" in condition:
            yield {
                "metadata": {"uid": f"{pod['metadata']['uid']}/PodScheduled"},
                "involvedObject": _reference(pod),
                "type": "Warning",
                "reason": "FailedScheduling",
                "message": condition["message"],
                "lastTimestamp": condition.get("lastTransitionTime"),
            }


def _ends(pod):
    """Ends of a pod and of its containers, as events: Kubernetes makes none of them."""
    if not pod:
        return
    status = pod["status"]
    about = _reference(pod)
    end = partial(dict, involvedObject=about, type="Warning")
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        for state in (container.get("lastState"), container.get("state")):
            ended = (state or {}).get("terminated")
            if ended and ended.get("exitCode"):
                message = f"Container {container['name']} ended with exit code {ended['exitCode']}"
                yield end(
                    metadata={"uid": ended.get("containerID") or f"{about['uid']}/{container['name']}"},
                    reason=ended.get("reason") or "Error",
                    message=": ".join(filter(None, [message, ended.get("message")])),
                    lastTimestamp=ended.get("finishedAt"),
                )
    if status.get("phase") == "Failed" and status.get("reason"):
        yield end(
            metadata={"uid": about["uid"]}, reason=status["reason"], message=status.get("message") or ""
        )


def _reference(pod):
    return {"kind": "Pod", "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}


def _key(event):
    return event["metadata"]["uid"], event.get("message")


def _is_new(told, event):
    """Whether it is none of `told`, which it is from now on."""
    if event is None:
        return True
    new = _key(event) not in told
    told.add(_key(event))
    return new


def _trimmed(event):
    about = event.get("involvedObject") or {}
    return {
        "type": event.get("type") or "Normal",
        "reason": event.get("reason") or "",
        "message": (event.get("message") or "")[:4000],
        "involvedObject": {key: about.get(key) or "" for key in ("kind", "name", "fieldPath")},
    }


async def _ticking(events, seconds):
    """All of `events`, and None whenever there was none for so long, also after their end."""
    upcoming = None
    try:
        while True:
            upcoming = upcoming or asyncio.ensure_future(events.__anext__())
            await asyncio.wait([upcoming], timeout=seconds)
            if not upcoming.done():
                yield None
                continue
            try:
                event = upcoming.result()
            except StopAsyncIteration:
                break
            upcoming = None
            yield event
        while True:
            yield None
            await asyncio.sleep(seconds)
    finally:
        if upcoming:
            upcoming.cancel()
            # Its end is told to nobody any more.
            await asyncio.gather(upcoming, return_exceptions=True)
        await events.aclose()
