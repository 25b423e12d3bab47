"""`jupyterhub-dashboards check` against a real Hub with the real service and runner, some of them broken."""

import json
import os

import pytest

from ..check.clocks import clocks
from ..check.in_server import STORAGE
from .check_runs import check, failing, findings, install, servers_of
from .hub import free_ports
from .without_websockets import WithoutWebSockets

CALL_AGAIN = "configure(c, service_command=c.JupyterHub.services[-1]['command'], trust_all_authors=True)"
ONLY_TESTS = '[role for role in c.JupyterHub.load_roles if role["name"] == "tests"]'
OWN_ROLE = """
c.JupyterHub.extra_user_scopes = set()
c.JupyterHub.load_roles = [
    *(role for role in c.JupyterHub.load_roles if role["name"] != "user"),
    {"name": "user", "scopes": ["self"%s]},
]
"""
# Takes runners for started, and the page with the reason of a refusal not.
PICKY = """
from jupyterhub.spawner import SimpleLocalProcessSpawner

class Picky(SimpleLocalProcessSpawner):
    async def start(self):
        if "JUPYTERHUB_DASHBOARDS_REFUSAL" in self.environment:
            raise RuntimeError("answered with 409")
        return await super().start()

c.JupyterHub.spawner_class = Picky
"""
# As homes that go with their server.
FORGETS = """
import shutil

def forget(spawner):
    shutil.rmtree(spawner.home_dir + "/.dashboards", ignore_errors=True)

c.Spawner.pre_spawn_hook = forget
"""
# The one that runs nowhere in these tests, but where it says so.
NO_LAB = ["lab-files"]
# Of hubs that make no copies.
UNTRIED = {*NO_LAB, "git-cost", "relay-address", "relay-cost"}
OWN_LOGIN = '{% extends "templates/login.html" %}{% block main %}INCLUDE{{ super() }}{% endblock main %}'


def test_every_line_of_a_good_hub_is_tried(start_hub):
    hub = start_hub(copies=True)
    code, text = check(hub)
    assert code == 0, text
    # That nothing can be kept from root is to be looked at as well.
    looks = 2 if os.getuid() == 0 else 1
    assert "✗" not in text and text.endswith(f"Nothing fails, {looks} to look at.\n")
    assert "✓ Frameworks             voila 0.5.13; not installed: bokeh, dash, panel, streamlit." in text
    code, lines = findings(hub)
    assert (code, failing(lines)) == (0, set()), lines
    assert [id for id, line in lines.items() if not line["tried"]] == NO_LAB
    assert set(STORAGE) <= set(lines) and lines["store-kept"]["state"] == "ok"
    assert lines["strategy"]["sentence"].startswith("snapshot where ")
    # But what Node keeps of our own programs, as after any start of a runner.
    assert set(os.listdir(hub.folder / "home" / "root")) <= {".cache"}
    assert lines["origin"]["state"] == "warning" and 'dashboards_origin="' in lines["origin"]["fix"]
    assert servers_of(hub) == []
    tokens = json.loads(hub.api("GET", "users/root/tokens").text)["api_tokens"]
    assert "jupyterhub-dashboards check" not in [token["note"] for token in tokens]


def test_names_of_administrators_may_hold_any_character(start_hub):
    names = ["two words", "jürgen", "root@example.org", "50%+1#?", "李"]
    hub = start_hub(more=f"c.Authenticator.admin_users = {set(names)!r}")
    for name in names:
        code, lines = findings(hub, admin=name)
        assert (code, failing(lines)) == (0, set()), lines
        assert {id for id, line in lines.items() if line["state"] == "not_tried"} == UNTRIED
        assert lines["users"]["state"] == lines["websocket"]["state"] == lines["removal"]["state"] == "ok"
        assert servers_of(hub, name) == []


BROKEN = {
    "named servers forbidden": (
        {"after": "c.JupyterHub.allow_named_servers = False"},
        {"configuration": "configure(c, …)", "named-servers": "c.JupyterHub.allow_named_servers = True"},
        {"after": "c.JupyterHub.allow_named_servers = False\nc.JupyterHub.allow_named_servers = True"},
    ),
    "roles replaced afterwards": (
        {"after": f"c.JupyterHub.load_roles = {ONLY_TESTS}"},
        {"configuration": "configure(c, …)", "rights": "configure(c) last", "removal": "other lines"},
        {"after": f"c.JupyterHub.load_roles = {ONLY_TESTS}\n{CALL_AGAIN}"},
    ),
    "a role of users without the scope": (
        {"after": OWN_ROLE % ""},
        {"users": '"access:services!service=dashboards"'},
        {"after": OWN_ROLE % ', "access:services!service=dashboards"'},
    ),
    "the hook replaced": (
        {"after": "c.Spawner.apply_user_options = {}"},
        {"configuration": "configure(c, …)", "runner": "apply_user_options after configure"},
        None,
    ),
    "a service that servers cannot reach": (
        {"options": f'trust_all_authors=True, runner_service_url="http://127.0.0.1:{free_ports(1)[0]}/"'},
        {"service-address": "configure(c, runner_service_url="},
        None,
    ),
    "an origin that leads nowhere": (
        {"options": f'dashboards_origin="http://localhost:{free_ports(1)[0]}"'},
        {"origin": "Point http://localhost:"},
        None,
    ),
    "a Spawner that takes refusals for failed starts": (
        {"more": PICKY},
        {"failure-limit": "take that for started"},
        None,
    ),
    "homes that go with their server": (
        {"more": FORGETS},
        {"store-kept": "type: dynamic"},
        None,
    ),
    "as many servers as the hub may run": (
        {"more": "c.JupyterHub.active_server_limit = 1"},
        {"server-limit": "c.JupyterHub.active_server_limit = 100"},
        None,
    ),
    "as many named servers as a user may have": (
        {"more": "c.JupyterHub.named_server_limit_per_user = 1"},
        {"named-servers": "c.JupyterHub.named_server_limit_per_user = 20"},
        None,
    ),
    "a hook of the administrator's that fails": (
        {"more": "def fails(spawner): raise OSError('no home')\nc.Spawner.pre_spawn_hook = fails"},
        {"start": "Hub's log"},
        None,
    ),
}


@pytest.mark.parametrize(("broken", "expected", "repaired"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_fails_and_nothing_else(start_hub, broken, expected, repaired):
    for options, wanted in ((broken, expected), (repaired, {})):
        if options is None:
            break
        hub = start_hub(**options)
        if "limit" in options.get("more", ""):
            token = hub.user("root")
            hub.api("POST", "users/root/servers/own", token=token)
            hub.started("root", "own")
        code, lines = findings(hub)
        assert failing(lines) == set(wanted), lines
        assert code == (1 if wanted else 0)
        for id, fix in wanted.items():
            assert fix in lines[id]["fix"]
        assert not [name for name in servers_of(hub) if name.startswith("dash-check-")]


def test_a_missing_runner_and_a_broken_framework_are_told_by_the_started_server(start_hub):
    hub = start_hub()
    install(hub, "streamlit", "1.67", "raise ImportError('libstdc++.so.6: cannot open')")
    code, lines = findings(hub)
    assert (code, failing(lines)) == (1, {"frameworks"})
    assert (
        "streamlit is installed and cannot be imported: ImportError: libstdc++"
        in lines["frameworks"]["sentence"]
    )
    assert "-m pip install --force-reinstall streamlit" in lines["frameworks"]["fix"]
    (hub.folder / "site" / "streamlit.py").write_text("")
    away = hub.runner.rename(hub.runner.with_name("away"))
    code, lines = findings(hub)
    assert (code, failing(lines)) == (1, {"runner"})
    assert "pip install 'jupyterhub-dashboards[lab]'" in lines["runner"]["fix"]
    assert lines["frameworks"]["state"] == "not_tried"
    away.rename(hub.runner)
    assert findings(hub)[0] == 0


def test_what_labs_pages_may_do_is_asked_of_the_running_hub(start_hub):
    scope = "access:services!service=dashboards"
    hub = start_hub(after="c.Spawner.oauth_client_allowed_scopes = lambda spawner: ['read:users!user']")
    code, lines = findings(hub)
    line = lines["browser-token"]
    assert (code, failing(lines), line["tried"]) == (1, {"browser-token"}, True)
    assert scope in line["fix"]
    file = hub.folder / "jupyterhub_config.py"
    file.write_text(f"{file.read_text()}\nc.Spawner.oauth_client_allowed_scopes = ['{scope}']")
    code, lines = findings(hub)
    assert code == 1 and "restart the Hub" in lines["browser-token"]["fix"]
    hub = start_hub(after=f"c.Spawner.oauth_client_allowed_scopes = lambda spawner: ['{scope}']")
    code, lines = findings(hub)
    assert (code, lines["browser-token"]["state"], lines["browser-token"]["tried"]) == (0, "ok", True)


def test_the_culler_that_runs_is_judged_and_not_the_file_that_was_changed_later(start_hub):
    def culler(flag):
        command = ["/bin/sh", "-c", "exec sleep 600", "jupyterhub_idle_culler", flag]
        return f"c.JupyterHub.services.append({{'name': 'culler', 'command': {command!r}}})"

    hub = start_hub(more=culler("--max-age=60"))
    code, lines = findings(hub)
    assert (code, lines["culler"]["state"], lines["culler"]["tried"]) == (0, "warning", True)
    assert "--max-age=60" not in lines["culler"]["fix"] and '"command": [' in lines["culler"]["fix"]
    file = hub.folder / "jupyterhub_config.py"
    file.write_text(file.read_text().replace("--max-age=60", "--timeout=900"))
    code, lines = findings(hub)
    assert (code, lines["culler"]["state"], lines["culler"]["tried"]) == (0, "warning", True)
    assert "restart the Hub" in lines["culler"]["fix"]


def test_websockets_that_something_in_between_swallows(start_hub):
    with WithoutWebSockets() as between:
        hub = start_hub(options=f'dashboards_origin="http://localhost:{between.port}"')
        between.leads_to(hub.port)
        code, lines = findings(hub)
        assert (code, failing(lines)) == (1, {"websocket"}), lines
        assert 'proxy_set_header Connection "upgrade";' in lines["websocket"]["fix"]
        between.passes_upgrades = True
        assert findings(hub)[0] == 0


def test_a_sign_in_page_of_the_administrators_own_on_the_dashboards_origin(start_hub, tmp_path):
    page = tmp_path / "login.html"
    page.write_text(OWN_LOGIN.replace("INCLUDE", ""))
    hub = start_hub(
        more=f'c.JupyterHub.template_paths = ["{tmp_path}"]',
        options='dashboards_origin="http://localhost:{port}"',
    )
    code, lines = findings(hub)
    assert (code, failing(lines)) == (1, {"sign-in"}), lines
    assert lines["origin"]["state"] == "ok" and lines["origin"]["tried"]
    include = lines["sign-in"]["fix"].splitlines()[-1]
    page.write_text(OWN_LOGIN.replace("INCLUDE", include))
    assert findings(hub)[0] == 0


@pytest.mark.parametrize(
    ("seconds", "state"), [(0.5, "ok"), (3, "warning"), (-3, "warning"), (6, "failed"), (-600, "failed")]
)
def test_clocks_may_differ_by_less_than_tickets_allow(seconds, state):
    found = clocks({"the Hub": 100.2, "the service": 100.0, "the user's server": 100.0 + seconds})
    assert found.state == state
