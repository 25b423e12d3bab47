"""A Hub stops itself after five failed starts in a row. Dashboards never bring it there."""

import json

import pytest

from .hub import both_hubs, specification

RUN = {"kind": "run", "specification": specification(serviceUrl="http://127.0.0.1:9/")}

# Hooks of the administrator's, each of which fails or interferes for one of the users.
ADMINS_HOOKS = """
def needs_a_profile(spawner, user_options):
    spawner.environment = {**spawner.environment, "ADMINS_HOOK": "ran"}
    if spawner.user.name == "carol":
        raise ValueError("no profile was chosen")

def makes_a_home(spawner):
    if spawner.user.name == "dave":
        raise OSError("disk quota exceeded")
    if spawner.user.name == "erin":
        spawner.cmd = ["/usr/bin/env", "WRAPPED=yes", c.Spawner.cmd[0], "--for-lab"]
        spawner.environment = {}
    if spawner.name == "" and spawner.user.name == "alice":
        spawner.environment = {**spawner.environment, "BREAK_LAB": "1"}

from jupyterhub.spawner import SimpleLocalProcessSpawner

class Unlucky(SimpleLocalProcessSpawner):
    async def start(self):
        if self.name == "dash-unlucky" or self.user.name == "frank":
            raise RuntimeError("no machine has room")
        return await super().start()

c.JupyterHub.spawner_class = Unlucky
c.Spawner.apply_user_options = needs_a_profile
c.Spawner.pre_spawn_hook = makes_a_home
"""


@pytest.fixture(scope="module")
def hub(create_hub):
    return create_hub(more=ADMINS_HOOKS)


def test_refused_and_broken_dashboards_never_stop_the_hub(hub):
    alice = hub.user("alice")
    hub.answer(dash_broken=RUN)
    started = hub.process.pid
    away = hub.runner.rename(hub.runner.with_name("away"))
    for _ in range(10):
        for server in ("dash-refused", "dash-broken"):
            assert hub.api("POST", f"users/alice/servers/{server}", token=alice).status in (201, 202)
            assert hub.started("alice", server).status == 409
            hub.stop_server("alice", server)
    away.rename(hub.runner)
    assert hub.api("POST", "users/alice/server", token=alice).status >= 400
    assert hub.api("GET", "users/alice").status == 200
    assert hub.process.poll() is None and hub.process.pid == started
    assert "consecutive spawns failed" not in hub.tail()


@pytest.mark.parametrize("python", both_hubs().values(), ids=both_hubs())
def test_starts_of_dashboards_that_fail_are_not_counted_to_those_of_others(create_hub, python):
    hub = create_hub(more=ADMINS_HOOKS, python=python)
    alice, frank = hub.user("alice"), hub.user("frank")
    hub.answer(dash_unlucky=RUN)
    started = hub.process.pid
    for _ in range(7):
        assert hub.api("POST", "users/alice/servers/dash-unlucky", token=alice).status == 500
    assert hub.api("POST", "users/frank/server", token=frank).status == 500
    # The Hub says so from the second one on, and ends at the fifth.
    assert "consecutive spawn" not in hub.tail()
    # Those of others count as ever.
    assert hub.api("POST", "users/frank/server", token=frank).status == 500
    assert "2 consecutive spawns failed" in hub.tail()
    assert hub.process.poll() is None and hub.process.pid == started


def test_a_dashboard_starts_after_a_failed_start_of_lab(hub):
    alice = hub.user("alice")
    hub.answer(dash_sales=RUN)
    hub.api("POST", "users/alice/server", token=alice)
    hub.api("POST", "users/alice/servers/dash-sales", token=alice)
    assert hub.started("alice", "dash-sales").json["program"] == "runner"
    hub.stop_server("alice", "dash-sales")


def test_the_admins_own_hooks_run_and_may_fail(hub):
    hub.answer(dash_sales=RUN)
    pages = {}
    for name in ("bob", "carol", "dave", "erin"):
        token = hub.user(name)
        hub.api("POST", f"users/{name}/servers/dash-sales", token=token)
        pages[name] = hub.started(name, "dash-sales")
        hub.stop_server(name, "dash-sales")
    assert pages["bob"].json["environment"]["ADMINS_HOOK"] == "ran"
    assert pages["carol"].json["program"] == "runner"
    assert pages["dave"].status == 409 and "administrator" in pages["dave"].text
    assert pages["erin"].json["bootstrap"]["start"] == RUN["specification"]
    assert pages["erin"].json["environment"]["WRAPPED"] == "yes"


def test_the_admins_hook_still_decides_about_lab(hub):
    token = hub.user("carol")
    assert hub.api("POST", "users/carol/server", {"profile": "x"}, token=token).status == 400
    token = hub.user("bob")
    hub.api("POST", "users/bob/server", token=token)
    page = json.loads(hub.started("bob", "").text)
    assert page["program"] == "lab" and page["environment"]["ADMINS_HOOK"] == "ran"
