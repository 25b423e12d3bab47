"""The extension in a real Jupyter Server, started by a real Hub."""

import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from jupyter_server.serverapp import _has_tornado_web_authenticated
from tornado.web import RequestHandler

from ..server_extension import SleepingDashboardHandler, context, handlers, sleeping_address
from .hub import ADMIN_TOKEN

REAL_LAB = f"""
c.Spawner.cmd = [{str(Path(sys.executable).with_name("jupyterhub-singleuser"))!r}, "--allow-root"]
c.Spawner.args = ["--ServerApp.jpserver_extensions=jupyterhub_dashboards=True"]
c.Spawner.environment = {{"JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp"}}
c.Spawner.http_timeout = 60
"""

ON_HUB = {"JUPYTERHUB_API_TOKEN": "x", "JUPYTERHUB_BASE_URL": "/base/"}


@pytest.fixture(scope="module")
def hub(create_hub):
    hub = create_hub(more=REAL_LAB, base_url="/base/")
    hub.token = hub.user("alice")
    hub.api("POST", "users/alice/server", token=hub.token)
    hub.started("alice", "")
    return hub


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def visit(hub, path, method="GET", **headers):
    """Status and Location, without following."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with opener.open(
            urllib.request.Request(hub.url + path, headers=names, method=method), timeout=30
        ) as reply:
            return reply.status, reply.headers["Location"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Location"]


def test_lab_is_told_where_the_service_is(hub):
    path = "user/alice/jupyterhub-dashboards/context"
    reply = hub.get(path, headers={"Authorization": f"token {hub.token}"})
    home = str(hub.folder / "home" / "alice")
    assert reply.json == {"hub": True, "serviceUrl": "/base/services/dashboards/", "root": home, "home": home}


def test_nobody_else_is_told_anything(hub):
    assert visit(hub, "user/alice/jupyterhub-dashboards/context")[0] == 403
    bob = hub.user("bob")
    path = "user/alice/jupyterhub-dashboards/context"
    assert visit(hub, path, Authorization=f"token {bob}")[0] in (403, 404)
    assert ADMIN_TOKEN


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("dash-sales", "dash-sales"),
        ("dash-sales/", "dash-sales/"),
        ("dash-sales/v/2/a%20b?x=1&y=%2F", "dash-sales/v/2/a%20b?x=1&y=%2F"),
        ("dash-sales//evil.example/", "dash-sales//evil.example/"),
    ],
)
def test_anybody_is_sent_from_a_sleeping_dashboard_to_the_service(hub, path, leads_to):
    for headers in ({}, {"Sec_Fetch_Mode": "navigate"}, {"Authorization": "token wrong"}, {"Cookie": "a=b"}):
        status, location = visit(hub, f"user/alice/{path}", **headers)
        assert (status, location) == (302, f"/base/services/dashboards/at/alice/{leads_to}")


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}),
        ("DELETE", {}),
        ("GET", {"Sec_Fetch_Mode": "cors"}),
        ("GET", {"Accept": "application/json"}),
    ],
)
def test_what_is_not_a_navigation_gets_404(hub, method, headers):
    assert visit(hub, "user/alice/dash-sales/api", method, **headers) == (404, None)


def test_other_addresses_are_not_touched(hub):
    for path in ("dash", "dash-", "files/dash-sales", "lab/dash-sales"):
        assert "services/dashboards" not in (visit(hub, f"user/alice/{path}")[1] or "")


def test_every_handler_but_one_asks_who_is_there():
    for _, handler, *_ in handlers(ON_HUB, "/base/user/alice/"):
        if handler is SleepingDashboardHandler:
            continue
        for method in handler.SUPPORTED_METHODS:
            function = getattr(handler, method.lower())
            if function is RequestHandler._unimplemented_method or method == "OPTIONS":
                continue
            assert _has_tornado_web_authenticated(function), f"{method} of {handler.__name__}"


def test_without_a_hub_there_are_no_sleeping_dashboards():
    assert len(handlers({}, "/")) == 4
    assert context({}, "/data")["hub"] is False


def test_under_a_named_server_there_are_no_dashboards():
    assert len(handlers({**ON_HUB, "JUPYTERHUB_SERVER_NAME": "second"}, "/base/user/alice/second/")) == 4


def test_a_service_with_its_own_domain_is_named_in_full():
    environment = {**ON_HUB, "JUPYTERHUB_DASHBOARDS_URL": "https://s.hub.org/base/services/dashboards/"}
    assert (
        sleeping_address(environment, "/base/user/a%40b/dash-x/", "")
        == "https://s.hub.org/base/services/dashboards/at/a%40b/dash-x/"
    )
