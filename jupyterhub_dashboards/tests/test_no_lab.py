"""Members of certain groups get no Lab, on a real Hub."""

from types import SimpleNamespace

import pytest

from ..no_lab import NoLab
from .hub import both_hubs, specification

RUN = {"kind": "run", "specification": specification(serviceUrl="http://127.0.0.1:9/")}
GROUPS = """
c.JupyterHub.load_groups = {"visitors": {"users": ["bob", "root"]}}
c.Authenticator.admin_users = {"root"}
c.JupyterHub.redirect_to_server = True
c.Spawner.consecutive_failure_limit = 2
"""


@pytest.fixture(scope="module", params=both_hubs().values(), ids=both_hubs())
def hub(create_hub, request):
    return create_hub(more=GROUPS, options='no_lab=["visitors"]', base_url="/base/", python=request.param)


def test_members_land_on_the_gallery(hub):
    for path in ("", "hub/"):
        page = hub.get(path, opener=hub.sign_in("bob"))
        assert page.url == f"{hub.url}services/dashboards/"


@pytest.mark.parametrize("name", ["alice", "root"])
def test_others_and_administrators_land_in_lab(hub, name):
    page = hub.get("hub/", opener=hub.sign_in(name))
    assert "/services/dashboards" not in page.url
    assert hub.started(name, "").json["program"] == "lab"
    hub.stop_server(name, "")


@pytest.mark.parametrize("server", ["", "second"])
def test_what_members_start_is_a_page_with_the_way_to_the_gallery(hub, server):
    token = hub.user("bob")
    process = hub.process.pid
    for _ in range(3):
        path = f"users/bob/servers/{server}" if server else "users/bob/server"
        assert hub.api("POST", path, token=token).status in (201, 202)
        page = hub.started("bob", server)
        assert page.status == 409
        assert "<h1>JupyterLab is not for this account</h1>" in page.text
        assert "<a href='/base/services/dashboards/'>Open the dashboards</a>" in page.text
        hub.stop_server("bob", server)
    assert hub.process.poll() is None and hub.process.pid == process
    assert "consecutive spawns failed" not in hub.tail()


def test_programs_are_told_as_the_api_tells_them(hub):
    token = hub.user("bob")
    hub.api("POST", "users/bob/server", token=token)
    hub.started("bob", "")
    reply = hub.get("user/bob/", headers={"Accept": "application/json"})
    assert (reply.status, reply.json["error"]["code"]) == (409, "not_allowed")
    hub.stop_server("bob", "")


@pytest.mark.parametrize("path", ["hub/home", "hub/user/bob/", "user/bob/lab"])
def test_the_hubs_pages_offer_members_the_gallery_and_no_start(hub, path):
    page = hub.get(path, opener=hub.sign_in("bob"))
    assert 'href="/base/services/dashboards/">Open the dashboards</a>' in page.text
    assert 'id="start"' not in page.text
    assert 'id="start"' in hub.get("hub/home", opener=hub.sign_in("alice")).text


def test_dashboards_of_members_start(hub):
    hub.answer(dash_sales=RUN)
    hub.api("POST", "users/bob/servers/dash-sales", token=hub.user("bob"))
    assert hub.started("bob", "dash-sales").json["program"] == "runner"
    hub.stop_server("bob", "dash-sales")


@pytest.mark.parametrize(
    ("own", "expected"),
    [("/own", "/own"), (lambda handler: handler.own, "/computed"), ("", "")],
    ids=["a path", "a callable", "nothing"],
)
def test_the_administrators_own_default_stays_for_the_others(own, expected):
    no_lab = NoLab(["visitors"], "/gallery")
    url = no_lab.default_url(no_lab.default_url(own))
    bob = SimpleNamespace(admin=False, groups=[SimpleNamespace(name="visitors")])
    assert url(SimpleNamespace(current_user=bob, own="/computed")) == "/gallery"
    for other in (
        None,
        SimpleNamespace(admin=False, groups=[]),
        SimpleNamespace(admin=True, groups=bob.groups),
    ):
        assert url(SimpleNamespace(current_user=other, own="/computed")) == expected
