"""Starts under a dashboard's server name, on a real Hub with a fake service."""

import json

import pytest

from .hub import specification

RUN = {"kind": "run", "specification": specification(serviceUrl="http://127.0.0.1:9/")}


@pytest.fixture
def alice(hub):
    token = hub.user("alice")
    yield token
    for name in json.loads(hub.api("GET", "users/alice").text)["servers"]:
        hub.stop_server("alice", name)


def test_lab_starts_as_configured(hub, alice):
    assert hub.api("POST", "users/alice/server", token=alice).status in (201, 202)
    page = hub.started("alice", "").json
    assert page["program"] == "lab"
    assert page["command"][1:] == ["--an-argument", "--another"]
    assert page["environment"]["JUPYTERHUB_DEFAULT_URL"] == "/lab"


def test_the_runner_starts_with_its_specification_and_without_secrets(hub, alice):
    hub.answer(dash_sales=RUN)
    hub.api("POST", "users/alice/servers/dash-sales", token=alice)
    page = hub.started("alice", "dash-sales").json
    assert page["program"] == "runner"
    bootstrap = page["bootstrap"]
    assert bootstrap["start"] == RUN["specification"]
    assert bootstrap["prefix"] == "/user/alice/dash-sales/"
    assert bootstrap["serverName"] == "dash-sales"
    assert bootstrap["activityUrl"].endswith("/hub/api/users/alice/activity")
    assert bootstrap["home"] == str(hub.folder / "home" / "alice")
    assert bootstrap["apiToken"]
    assert page["environment"]["OF_THE_ADMIN"] == "kept"
    assert not [name for name in page["environment"] if name.startswith(("JUPYTERHUB_", "JPY_"))]
    assert bootstrap["apiToken"] not in page["atStart"]
    assert "JUPYTERHUB" not in page["atStart"]
    assert "--another" not in page["command"]
    asked = hub.reports("internal/start-specification")[-1]
    assert asked["body"] == {
        "userId": asked["body"]["userId"],
        "userName": "alice",
        "serverName": "dash-sales",
    }


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"cmd": "jupyterhub-singleuser"},
        {"user_options": {"cmd": ["sh"], "environment": {"A": "b"}}},
    ],
    ids=["no body", "empty", "flat options", "options"],
)
def test_what_a_user_posts_changes_nothing(hub, alice, body):
    hub.answer(dash_sales=RUN)
    hub.api("POST", "users/alice/servers/dash-sales", body, token=alice)
    page = hub.started("alice", "dash-sales").json
    assert page["program"] == "runner"
    assert page["bootstrap"]["start"] == RUN["specification"]


@pytest.mark.parametrize("query", ["", "?dashboard=1&cmd=sh"])
def test_a_spawn_link_starts_the_dashboard_or_a_refusal(hub, alice, query):
    hub.answer(dash_sales=RUN)
    opener = hub.sign_in("alice")
    for server, expected in (("dash-sales", '"program":"runner"'), ("dash-none", "No dashboard &lt;has&gt;")):
        page = hub.get(f"hub/spawn/alice/{server}{query}", opener=opener)
        assert page.status < 500
        assert expected in hub.started("alice", server).text


def test_an_unknown_dashboard_is_refused_with_an_escaped_sentence(hub, alice):
    hub.answer()
    assert hub.api("POST", "users/alice/servers/dash-unknown", token=alice).status in (201, 202)
    page = hub.started("alice", "dash-unknown")
    assert page.status == 409
    assert "No dashboard &lt;has&gt; this name." in page.text


def test_a_renamed_server_is_asked_for_under_its_new_name(hub, alice):
    hub.answer(dash_sales=RUN)
    hub.api("POST", "users/alice/servers/dash-sales", token=alice)
    hub.started("alice", "dash-sales")
    hub.stop_server("alice", "dash-sales")
    renamed = hub.api("PATCH", "users/alice/servers/dash-sales", {"name": "dash-other"}, token=alice)
    if renamed.status == 405:
        assert renamed.status == 405, "JupyterHub 5 cannot rename"
        return
    hub.api("POST", "users/alice/servers/dash-other", token=alice)
    assert "No dashboard &lt;has&gt;" in hub.started("alice", "dash-other").text


def test_the_last_specification_starts_while_the_service_is_down(hub, alice):
    hub.answer(dash_cached=RUN)
    hub.api("POST", "users/alice/servers/dash-cached", token=alice)
    hub.started("alice", "dash-cached")
    hub.stop_server("alice", "dash-cached")
    hub.answer(dash_cached="down", dash_never="down")
    for server in ("dash-cached", "dash-never"):
        hub.api("POST", f"users/alice/servers/{server}", token=alice)
    assert hub.started("alice", "dash-cached").json["bootstrap"]["start"] == RUN["specification"]
    assert "does not answer" in hub.started("alice", "dash-never").text


def test_the_specification_is_bound_to_the_user(hub, alice):
    hub.answer(dash_mine=RUN)
    hub.api("POST", "users/alice/servers/dash-mine", token=alice)
    hub.started("alice", "dash-mine")
    hub.answer(dash_mine="down")
    bob = hub.user("bob")
    hub.api("POST", "users/bob/servers/dash-mine", token=bob)
    assert "does not answer" in hub.started("bob", "dash-mine").text
    hub.stop_server("bob", "dash-mine")


def test_a_missing_runner_is_refused_and_reported(hub, alice):
    url = f"http://127.0.0.1:{hub.port}/services/dashboards/"
    hub.answer(dash_bare={"kind": "run", "specification": specification(serviceUrl=url)})
    away = hub.runner.rename(hub.runner.with_name("away"))
    try:
        hub.api("POST", "users/alice/servers/dash-bare", token=alice)
        page = hub.started("alice", "dash-bare")
        reports = hub.wait("the report", lambda: hub.reports("runner/refused"))
    finally:
        away.rename(hub.runner)
    assert page.status == 409
    assert "is not installed where your servers run" in page.text
    assert "pip install &#x27;jupyterhub-dashboards[lab]&#x27;" in page.text
    assert reports[-1]["body"]["problem"]["code"] == "runner_missing"
    assert "[lab]" in reports[-1]["body"]["problem"]["fix"]
    assert reports[-1]["authorization"].startswith("token ")
