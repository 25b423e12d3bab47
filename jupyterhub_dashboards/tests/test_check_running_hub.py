"""Lines of the check that ask a real Hub what it runs with, where its file may say something else by now."""

import os
import socket

import pytest

from ..check.finding import RESTART
from .check_runs import failing, findings, servers_of

OWN_PAGE = '{% extends "templates/not_running.html" %}{% block main %}INCLUDE{{ super() }}{% endblock main %}'


@pytest.fixture
def names(monkeypatch):
    """Stands in for a name server with a wildcard: every name below localhost is this machine."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host, *arguments, **options):
        name = host.decode() if isinstance(host, bytes) else host
        return resolve("127.0.0.1" if str(name).endswith(".localhost") else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def change(hub, old, new):
    """Changes the file of a hub that goes on as it was started."""
    file = hub.folder / "jupyterhub_config.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_limits_and_options_are_those_that_the_hub_runs_with(start_hub):
    hub = start_hub(
        more="c.JupyterHub.named_server_limit_per_user = 3\n"
        "c.JupyterHub.active_server_limit = 50\n"
        "c.Spawner.consecutive_failure_limit = 9"
    )
    code, lines = findings(hub)
    limit = lines["server-limit"]
    assert (code, limit["state"], limit["tried"]) == (0, "warning", True)
    assert "Each user may have 3 named servers" in limit["sentence"]
    assert "50 servers at most, dashboards included, and 0 run now" in limit["sentence"]
    assert limit["fix"] == "c.JupyterHub.named_server_limit_per_user = 20"
    assert lines["configuration"]["state"] == "ok"
    change(hub, "named_server_limit_per_user = 3", "named_server_limit_per_user = 30")
    change(hub, "consecutive_failure_limit = 9", "consecutive_failure_limit = 4")
    change(hub, "trust_all_authors=True", "trust_all_authors=True, keep_versions=9, voila_template='lab'")
    code, lines = findings(hub)
    for id in ("server-limit", "configuration"):
        assert (lines[id]["state"], lines[id]["tried"], lines[id]["fix"]) == ("warning", True, RESTART)
    assert (
        "keep_versions, framework_args, framework_env or voila_template" in lines["configuration"]["sentence"]
    )
    assert "not as one of the 9 after which" in lines["failure-limit"]["sentence"]


def test_a_function_that_limits_servers_is_asked_for_the_administrator(start_hub):
    hub = start_hub(
        more="c.JupyterHub.named_server_limit_per_user = lambda handler: 7 * len(handler.current_user.name)"
    )
    line = findings(hub)[1]["server-limit"]
    assert (line["state"], line["tried"]) == ("ok", True)
    assert line["sentence"] == (
        "You, by a function of the configuration, may have 28 named servers, and each dashboard is one."
    )


def test_pages_of_the_administrators_own_that_keep_people_from_sleeping_dashboards(start_hub, tmp_path):
    page = tmp_path / "not_running.html"
    page.write_text(OWN_PAGE.replace("INCLUDE", ""))
    hub = start_hub(more=f'c.JupyterHub.template_paths = ["{tmp_path}"]')
    code, lines = findings(hub)
    line = lines["configuration"]
    assert (code, failing(lines), line["tried"]) == (1, {"configuration"}, True)
    assert str(page) in line["fix"]
    page.write_text(OWN_PAGE.replace("INCLUDE", line["fix"].splitlines()[-1]))
    assert findings(hub)[1]["configuration"]["state"] == "ok"


def test_with_a_domain_for_each_user_everything_is_tried_there(start_hub, names):
    hub = start_hub(copies=True, domain="hub.localhost", options="")
    code, lines = findings(hub)
    assert (code, failing(lines)) == (0, set()), lines
    own = f"http://root.hub.localhost:{hub.port}"
    # The names are known to this process, and not to the servers that it has started.
    assert f"at none of these addresses: {own} (" in lines["relay-address"]["sentence"]
    assert 'relay_url="http://proxy-public"' in lines["relay-address"]["fix"]
    assert [id for id, line in lines.items() if not line["tried"]] == ["relay-cost", "lab-files"]
    # Nothing can be kept from root.
    known = {"relay-address", "relay-cost", "lab-files"} | ({"store-sealed"} if os.getuid() == 0 else set())
    assert {id for id, line in lines.items() if line["state"] != "ok"} == known
    assert own in lines["origin"]["sentence"] and own in lines["websocket"]["sentence"]
    assert servers_of(hub) == []


def test_a_domain_for_each_user_that_the_hub_does_not_give_yet(start_hub, names):
    hub = start_hub()
    change(hub, "c.Authenticator", 'c.JupyterHub.subdomain_host = "http://hub.localhost:0"\nc.Authenticator')
    change(hub, "hub.localhost:0", f"hub.localhost:{hub.port}")
    code, lines = findings(hub)
    assert (code, failing(lines)) == (1, {"origin"}), lines
    assert "answer at the Hub's own origin" in lines["origin"]["sentence"]
    assert "c.JupyterHub.subdomain_host" in lines["configuration"]["sentence"]
