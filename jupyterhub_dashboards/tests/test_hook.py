"""What the hook makes of a Spawner. Starts on a real Hub are in test_start.py and test_failed_starts.py."""

import base64
import json
import sys
from types import SimpleNamespace

import pytest
from jupyterhub.spawner import SimpleLocalProcessSpawner as Spawner
from traitlets import Any

from ..dashboard_start import GIT_TOKEN, REFUSAL, START
from ..git_token import GitToken
from ..hook import create_hook
from ..no_lab import NoLab
from ..runner_command import STAND_IN, runner_command, stand_in
from ..start_specification import PAUSES, Mount, Pod, Refuse, Run, StartSpecifications

pytestmark = pytest.mark.asyncio


class Answers:
    """Stands in for the service: answers with what it is told to, or raises it."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    async def ask(self, *who):
        self.asked.append(who)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class PodSpawner(Spawner):
    """Has KubeSpawner's last word about a pod."""

    modify_pod_hook = Any(None, allow_none=True, config=True)


def spawner_of(kind=Spawner, name="dash-sales", **config):
    spawner = kind(
        hub=SimpleNamespace(base_url="/base/hub/"), user=SimpleNamespace(id=7, name="alice"), **config
    )
    spawner.orm_spawner = SimpleNamespace(name=name, server=None)
    return spawner


def refusal_of(spawner):
    text = spawner.environment[REFUSAL]
    return json.loads(base64.urlsafe_b64decode(text + "==="))["message"]


async def test_values_are_absolute_at_every_start():
    answers = Answers(Run("first"))
    hook = create_hook(answers)
    spawner = spawner_of(cmd=["/o/bin/jupyterhub-singleuser"], args=["--x"], environment={"A": "1"})
    await hook(spawner, {"cmd": "sh"})
    command = spawner.cmd
    answers.answer = Refuse("no more")
    await hook(spawner, {})
    assert START not in spawner.environment and refusal_of(spawner) == "no more"
    answers.answer = Run("second")
    await hook(spawner, {})
    assert spawner.environment == {"A": "1", START: "second", STAND_IN: stand_in()}
    assert spawner.cmd == command and "/o/bin/jupyterhub-dashboards-runner" in command
    assert spawner.args == [] and spawner.default_url == "" and spawner.user_options == {}
    assert spawner.consecutive_failure_limit == 0
    assert answers.asked[0] == ("/base/", 7, "alice", "dash-sales")


@pytest.mark.parametrize(
    ("client", "told"),
    [
        (SimpleNamespace(allowed_scopes=["read:users"]), {"lab_scopes": ["read:users"]}),
        (None, {}),
        (SimpleNamespace(allowed_scopes=7), {}),
    ],
    ids=["a client", "none", "not understood"],
)
async def test_the_check_is_told_what_the_hub_runs_with_as_far_as_it_tells(client, told):
    spawner = spawner_of(name="dash-check-x", consecutive_failure_limit=5)
    spawner.orm_spawner.oauth_client = client
    await create_hook(Answers(Run("check")))(spawner, {"lab_scopes": ["made up"]})
    assert spawner.user_options == {"consecutive_failure_limit": 5, **told}
    assert START in spawner.environment


async def test_other_servers_are_left_alone():
    answers = Answers(Run("x"))
    spawner = spawner_of(name="dashing", cmd=["lab"], environment={"A": "1"})
    await create_hook(answers)(spawner, {})
    assert spawner.cmd == ["lab"] and spawner.environment == {"A": "1"} and not answers.asked


async def test_a_dict_of_the_administrator_keeps_its_meaning_for_lab_alone():
    hook = create_hook(Answers(Run("x")), {"folder": "notebook_dir"})
    lab, dashboard = spawner_of(name=""), spawner_of()
    await hook(lab, {"folder": "/data"})
    await hook(dashboard, {"folder": "/data"})
    assert lab.notebook_dir == "/data" and dashboard.notebook_dir == ""
    assert lab.apply_user_options is hook


async def test_a_bug_of_our_own_is_a_refusal():
    spawner = spawner_of()
    await create_hook(Answers(RuntimeError("bug")))(spawner, {})
    assert "could not prepare" in refusal_of(spawner)


async def test_a_hub_with_internal_ssl_is_refused():
    spawner = spawner_of(internal_ssl=True)
    await create_hook(Answers(Run("x")))(spawner, {})
    assert "internal_ssl" in refusal_of(spawner)


async def test_later_hooks_are_guarded_once_however_often_it_starts():
    calls = []
    hook = create_hook(Answers(Run("x")))
    spawner = spawner_of(pre_spawn_hook=lambda spawner: calls.append(spawner.name))
    for _ in range(3):
        await hook(spawner, {})
    await spawner.run_pre_spawn_hook()
    assert calls == ["dash-sales"]


@pytest.mark.parametrize("asynchronous", [True, False])
async def test_profiles_of_pods_do_not_win(asynchronous):
    def plain(spawner, pod):
        pod.touched = True
        return pod

    async def later(spawner, pod):
        return plain(spawner, pod)

    class Variable:
        def __init__(self, name, value):
            self.name, self.value = name, value

    spawner = spawner_of(PodSpawner, modify_pod_hook=later if asynchronous else plain)
    await create_hook(Answers(Run("x")))(spawner, {})
    command = ["/profile/bin/jupyter-labhub", "--x"]
    lab = SimpleNamespace(
        name="notebook", args=command, command=["lab"], env=[Variable("A", "1"), Variable(START, "old")]
    )
    sidecar = SimpleNamespace(name="sidecar", args=["s"], command=None, env=[])
    pod = SimpleNamespace(spec=SimpleNamespace(containers=[sidecar, lab]))
    pod = await spawner.modify_pod_hook(spawner, pod)
    assert pod.touched and lab.args == runner_command(command) and lab.command is None
    assert sidecar.args == ["s"]
    assert {variable.name: variable.value for variable in lab.env} == {
        "A": "1",
        START: "x",
        STAND_IN: stand_in(),
    }


@pytest.mark.parametrize(("wrapper", "args"), [([], []), (["tini", "--"], []), ([], ["--of-the-profile"])])
async def test_a_pod_whose_command_no_profile_has_changed_starts_what_the_spawner_was_told(wrapper, args):
    def wrapped(spawner, pod):
        pod.spec.containers[0].args = [*wrapper, *pod.spec.containers[0].args, *args]
        return pod

    spawner = spawner_of(PodSpawner, cmd=["/o/bin/jupyterhub-singleuser"], modify_pod_hook=wrapped)
    await create_hook(Answers(Run("x")))(spawner, {})
    variable = SimpleNamespace(name="A", value="1")
    container = SimpleNamespace(name="notebook", args=list(spawner.cmd), command=None, env=[variable])
    await spawner.modify_pod_hook(spawner, SimpleNamespace(spec=SimpleNamespace(containers=[container])))
    assert container.args == [*wrapper, *runner_command(["/o/bin/jupyterhub-singleuser"])]


class Made(SimpleNamespace):
    """An object of the Kubernetes client, which hubs alone have that need it."""


class NotFound(Exception):
    status = 404


MODELS = ("V1Volume", "V1VolumeMount", "V1PersistentVolumeClaimVolumeSource", "V1EnvVar")


def policy(context):
    return (
        vars(context).get("fs_group_change_policy")
        if isinstance(context, Made)
        else context.get("fsGroupChangePolicy")
    )


@pytest.mark.parametrize(
    "context_of",
    [lambda: Made(fs_group=100, fs_group_change_policy=None), lambda: {"fsGroup": 100}],
    ids=["an object", "as KubeSpawner has it"],
)
async def test_volumes_of_versions_are_mounted_whatever_a_profile_has_made_of_the_pod(
    monkeypatch, context_of
):
    client = SimpleNamespace(**dict.fromkeys(MODELS, Made))
    monkeypatch.setitem(sys.modules, "kubernetes_asyncio", SimpleNamespace(client=client))
    monkeypatch.setitem(sys.modules, "kubernetes_asyncio.client", client)
    two = (Mount(2, "dash-v2", "work/sales", "/m/2"), Mount(1, "dash-v1", "", "/m/1"))
    answers = Answers(Run("x", two))
    hook = create_hook(answers)
    spawner = spawner_of(PodSpawner)

    async def started():
        await hook(spawner, {})
        home = Made(name="home")
        container = Made(name="notebook", args=[], command=None, env=[], volume_mounts=[home])
        pod = Made(spec=Made(containers=[container], volumes=[home], security_context=context_of()))
        await spawner.modify_pod_hook(spawner, pod)
        return pod.spec, container

    spec, container = await started()
    assert [volume.name for volume in spec.volumes] == [
        "home",
        "dashboards-version-2",
        "dashboards-version-1",
    ]
    assert [volume.persistent_volume_claim.claim_name for volume in spec.volumes[1:]] == [
        "dash-v2",
        "dash-v1",
    ]
    assert [vars(mount) for mount in container.volume_mounts[1:]] == [
        {"name": "dashboards-version-2", "mount_path": "/m/2", "sub_path": "work/sales", "read_only": True},
        {"name": "dashboards-version-1", "mount_path": "/m/1", "sub_path": None, "read_only": True},
    ]
    assert policy(spec.security_context) == "OnRootMismatch"
    # Those of an earlier start of the same Spawner are not.
    answers.answer = Run("y", two[1:])
    assert [volume.name for volume in (await started())[0].volumes] == ["home", "dashboards-version-1"]
    # The service may be away, and what it has said before may have gone since: a pod would wait for that.
    asked = []
    ages = {"dash-v2": "2026-01-01T00:00:00Z", "dash-v1": None}

    async def read(claim, namespace):
        asked.append((claim, namespace))
        if claim not in ages:
            raise NotFound
        return Made(metadata=Made(deletion_timestamp=ages[claim]))

    spawner.api = Made(read_namespaced_persistent_volume_claim=read)
    spawner.namespace = "jhub"
    answers.answer = Run("z", (*two, Mount(3, "dash-v3", "", "/m/3")))
    assert [volume.name for volume in (await started())[0].volumes] == ["home", "dashboards-version-1"]
    assert asked == [("dash-v2", "jhub"), ("dash-v1", "jhub"), ("dash-v3", "jhub")]
    answers.answer = Refuse("no more")
    spec, container = await started()
    assert [len(spec.volumes), len(container.volume_mounts)] == [1, 1]
    assert policy(spec.security_context) is None


async def test_a_pod_that_volumes_cannot_be_added_to_starts_all_the_same(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "kubernetes_asyncio", SimpleNamespace())
    spawner = spawner_of(PodSpawner)
    await create_hook(Answers(Run("x", (Mount(1, "dash-v1", "", "/m/1"),))))(spawner, {})
    variable = SimpleNamespace(name="A", value="1")
    container = SimpleNamespace(name="notebook", args=list(spawner.cmd), command=None, env=[variable])
    await spawner.modify_pod_hook(spawner, SimpleNamespace(spec=SimpleNamespace(containers=[container])))
    assert "cannot be mounted" in caplog.text


async def test_a_spawner_that_mounts_nothing_starts_all_the_same(caplog):
    spawner = spawner_of()
    await create_hook(Answers(Run("x", (Mount(1, "dash-v1", "", "/m/1"),))))(spawner, {})
    assert spawner.environment[START] == "x"
    assert "cannot mount" in caplog.text


class ProfileSpawner(PodSpawner):
    """Reads profiles as KubeSpawner does: after all hooks but the last one."""

    profile_list = ({"slug": "small"}, {"slug": "large"})
    loaded = None

    async def load_user_options(self):
        if self.user_options.get("profile", "small") not in [one["slug"] for one in self.profile_list]:
            raise ValueError("No such profile")
        if self.user_options.get("cpus", "one") not in ("one", "three"):
            raise KeyError(self.user_options["cpus"])
        self.loaded = dict(self.user_options)


LARGE = {"profile": "large", "cpus": "three"}


@pytest.mark.parametrize(
    ("pod", "profile"),
    [
        (Pod(), LARGE),
        (Pod(like="second"), {}),
        (Pod(profile={"profile": "small"}), {"profile": "small"}),
        (Pod(profile={}), {}),
        (Pod(profile={**LARGE, "cpus": "gone"}), {"profile": "large"}),
        (Pod(profile={"profile": "gone"}), {}),
    ],
    ids=[
        "as the author",
        "as a server without a choice",
        "as it was built",
        "as it was built, default",
        "an option is gone",
        "gone",
    ],
)
async def test_a_pod_has_the_profile_that_the_service_says_or_that_of_the_authors_server(pod, profile):
    told = []

    class Told(Answers):
        async def tell_pod(self, *what):
            told.append(what)

    spawner = spawner_of(ProfileSpawner)
    own = SimpleNamespace(user_options={**LARGE, "more": 3})
    spawner.user.orm_user = SimpleNamespace(
        orm_spawners={"": own, "second": SimpleNamespace(user_options=None)}
    )
    await create_hook(Told(Run("x", pod=pod)))(spawner, {"profile": "by a link"})
    await spawner.load_user_options()
    assert spawner.loaded == profile
    variable = SimpleNamespace(name="A", value="1")
    container = SimpleNamespace(name="notebook", image="lab:1", args=[], command=None, env=[variable])
    await spawner.modify_pod_hook(spawner, SimpleNamespace(spec=SimpleNamespace(containers=[container])))
    assert told == [("/base/", "alice", "dash-sales", "lab:1", profile)]


async def test_a_pinned_image_takes_the_place_of_any_other_and_the_next_start_without_one_has_its_own():
    answers = Answers(Run("x", pod=Pod(image="lab:1")))
    hook = create_hook(answers)
    spawner = spawner_of(PodSpawner)

    async def image():
        await hook(spawner, {})
        env = [SimpleNamespace(name="JUPYTER_IMAGE", value="lab:2"), SimpleNamespace(name="A", value="1")]
        container = SimpleNamespace(name="notebook", image="lab:2", args=[], command=None, env=env)
        await spawner.modify_pod_hook(spawner, SimpleNamespace(spec=SimpleNamespace(containers=[container])))
        return container.image, env[0].value

    assert await image() == ("lab:1", "lab:1")
    answers.answer = Run("x")
    assert await image() == ("lab:2", "lab:2")


def service(*replies):
    """The specifications of a service that gives these replies, one after the other."""
    left = list(replies)

    async def fetch(url, key, body):
        reply = left.pop(0)
        if isinstance(reply, Exception):
            raise reply
        status, value = reply
        return status, value if isinstance(value, bytes) else json.dumps(value).encode()

    return StartSpecifications("http://service", "key", fetch, pauses=(0,) * (len(PAUSES) - 1) + (None,))


async def ask(specifications, user_id=1, server="dash-a"):
    return await specifications.ask("/", user_id, "alice", server)


RUN = (200, {"kind": "run", "specification": "abc_-9"})
DOWN = (503, b"")


MOUNT = {"version": 1, "claim": "dash-v1", "subPath": "sales", "path": "/m/1"}
MOUNTED = Run("abc_-9", (Mount(1, "dash-v1", "sales", "/m/1"),))


async def test_volumes_come_with_the_specification_and_are_remembered_with_it():
    specifications = service((200, {**RUN[1], "mounts": [MOUNT]}), DOWN, DOWN, DOWN)
    assert [await ask(specifications) for _ in range(2)] == [MOUNTED, MOUNTED]


@pytest.mark.parametrize("mount", [7, {}, {**MOUNT, "path": "relative"}, {**MOUNT, "version": "1"}])
async def test_volumes_that_are_not_understood_are_refused(mount):
    refused = await ask(service((200, {**RUN[1], "mounts": [mount]})))
    assert "does not understand" in refused.message


async def test_it_asks_again_while_the_service_restarts():
    assert await ask(service(ConnectionError("refused"), DOWN, DOWN, DOWN, RUN)) == Run("abc_-9")


async def test_it_asks_less_often_where_it_knows_what_to_start():
    specifications = service(RUN, DOWN, DOWN, DOWN, (200, {"kind": "run", "specification": "newer"}))
    assert [await ask(specifications) for _ in range(3)] == [Run("abc_-9"), Run("abc_-9"), Run("newer")]


async def test_the_last_specification_is_remembered_for_the_same_user_and_server_alone():
    specifications = service(RUN, *[DOWN] * 13)
    await ask(specifications)
    assert await ask(specifications) == Run("abc_-9")
    assert "does not answer" in (await ask(specifications, user_id=2)).message
    assert "does not answer" in (await ask(specifications, server="dash-b")).message


@pytest.mark.parametrize("live", [None, {"n": 1}])
async def test_what_is_remembered_shows_what_was_live_and_builds_nothing(live):
    state = {"revision": 3, "live": live, "job": {"id": "b1", "n": 2}, "kept": [1, 2]}
    reply = (
        200,
        {"kind": "run", "specification": json.dumps({"owner": "alice", "state": state}), "mounts": [MOUNT]},
    )
    specifications = service(reply, *[DOWN] * 5)
    first, again = await ask(specifications), await ask(specifications)
    assert json.loads(base64.urlsafe_b64decode(first.specification + "==="))["state"] == state
    if live is None:
        assert "does not answer" in again.message
        return
    assert again.mounts == first.mounts
    assert json.loads(base64.urlsafe_b64decode(again.specification + "===")) == {
        "owner": "alice",
        "state": {**state, "job": None},
        "remembered": True,
    }


async def test_a_refusal_is_forgotten_by_nothing():
    specifications = service(RUN, (200, {"kind": "refuse", "message": "gone"}), *[DOWN] * 5)
    await ask(specifications)
    assert await ask(specifications) == Refuse("gone")
    assert "does not answer" in (await ask(specifications)).message


@pytest.mark.parametrize(
    "reply",
    [
        (401, {"error": {}}),
        (200, b"<html>"),
        (200, []),
        (200, {"kind": "else"}),
        (200, {"kind": "run"}),
        (200, {"kind": "run", "specification": "x" * 130_000}),
        (401, {"kind": "run", "specification": "abc"}),
    ],
)
async def test_what_is_not_understood_is_refused(reply):
    assert "does not understand" in (await ask(service(reply))).message


async def test_a_specification_that_came_as_json_is_encoded():
    [reply] = [await ask(service((200, {"kind": "run", "specification": '{"a": 1}'})))]
    assert json.loads(base64.urlsafe_b64decode(reply.specification + "===")) == {"a": 1}


async def test_a_lab_that_was_refused_starts_as_before_when_it_is_no_longer():
    bob = SimpleNamespace(id=8, name="bob", admin=False, groups=[SimpleNamespace(name="visitors")])
    spawner = spawner_of(name="", cmd=["lab"], args=["--x"], environment={"A": "1"})
    spawner.user = bob
    hook = create_hook(Answers(RuntimeError()), no_lab=NoLab(["visitors"], "/gallery"))
    limit = spawner.consecutive_failure_limit
    await hook(spawner, {})
    await hook(spawner, {})
    assert refusal_of(spawner) == NoLab.sentence and spawner.consecutive_failure_limit == 0
    bob.groups.clear()
    await hook(spawner, {})
    assert (spawner.cmd, spawner.args, spawner.environment) == (["lab"], ["--x"], {"A": "1"})
    assert spawner.consecutive_failure_limit == limit and spawner.pre_spawn_hook is None


class SignedIn(SimpleNamespace):
    """A user of the Hub with what their sign-in has left."""

    async def get_auth_state(self):
        if isinstance(self.state, Exception):
            raise self.state
        return self.state


async def started_with(state, name="dash-sales", answer=None):
    spawner = spawner_of(name=name, cmd=["/o/bin/jupyterhub-singleuser"])
    spawner.user = SignedIn(id=7, name="alice", state=state)
    token = GitToken("access_token", "gitlab.example.org")
    await create_hook(Answers(answer or Run("x")), git_token=token)(spawner, {})
    return spawner


async def test_the_token_of_the_sign_in_goes_with_a_dashboards_start_alone():
    state = {"access_token": "glpat-5ecret", "other": "x"}
    spawner = await started_with(state)
    packed = spawner.environment[GIT_TOKEN]
    assert json.loads(base64.urlsafe_b64decode(packed + "===")) == {
        "host": "gitlab.example.org",
        "token": "glpat-5ecret",
    }
    assert GIT_TOKEN not in (await started_with(state, name="")).environment
    assert GIT_TOKEN not in (await started_with(state, answer=Refuse("no"))).environment


@pytest.mark.parametrize("state", [None, {}, {"access_token": None}, {"access_token": ""}, OSError("locked")])
async def test_a_start_without_the_token_is_a_start(state):
    spawner = await started_with(state)
    assert spawner.environment[START] == "x"
    assert GIT_TOKEN not in spawner.environment


async def test_an_earlier_token_is_not_kept():
    spawner = await started_with({"access_token": "first"})
    spawner.user.state = None
    token = GitToken("access_token", "gitlab.example.org")
    await create_hook(Answers(Run("x")), git_token=token)(spawner, {})
    assert GIT_TOKEN not in spawner.environment
