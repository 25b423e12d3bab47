"""What an administrator reads in the output of the Hub where dashboards cannot work as configured."""

import json
import subprocess
import sys

import pytest

from .hub import both_hubs, free_ports

ONLY_TESTS = '[role for role in c.JupyterHub.load_roles if role["name"] == "tests"]'


def said(hub):
    return (hub.folder / "hub.log").read_text()


@pytest.mark.parametrize("python", both_hubs().values(), ids=both_hubs())
def test_a_lost_database_stops_dashboards_alone_until_it_is_back(create_hub, programs, tmp_path, python):
    database = tmp_path / "dashboards.sqlite"
    options = f"trust_all_authors=True, database={str(database)!r}"
    hub = create_hub(programs=programs, options=options, python=python)
    hub.stop()
    kept = {}
    for file in tmp_path.glob("dashboards.sqlite*"):
        if file.suffix not in (".key", ".port"):
            kept[file] = file.read_bytes()
            file.unlink()
    assert kept[database]
    # JupyterHub ends when a service that it manages does not come up: this one does.
    hub.launch()
    hub.wait("the Hub", lambda: hub.get("hub/api/").status == 200)
    assert f"The dashboards database {database} is gone or empty, but it was used before" in said(hub)
    assert "Look whether its disk is mounted, and restore the database from a backup." in said(hub)
    assert f"put an empty file in its place and remove {database}.key." in said(hub)
    assert said(hub).count("is gone or empty") == 1
    gallery = "services/dashboards/"
    page = hub.get(gallery, headers={"Accept": "text/html"})
    assert page.status == 503
    assert "Dashboards are out of order on this hub." in page.text
    assert "Tell your administrator: the log of the Hub says what to do." in page.text
    assert not database.exists()
    for file, content in kept.items():
        file.write_bytes(content)
    health = f"{gallery}api/v1/health"
    hub.wait("the service with the restored database", lambda: hub.get(health).status == 200)


@pytest.mark.parametrize("python", both_hubs().values(), ids=both_hubs())
def test_a_lost_folder_stops_dashboards_alone_until_somebody_decides(create_hub, programs, tmp_path, python):
    database = tmp_path / "dashboards.sqlite"
    options = f"trust_all_authors=True, database={str(database)!r}"
    hub = create_hub(programs=programs, options=options, python=python)
    token = {"Authorization": f"token {hub.user('alice')}"}
    source = {"kind": "files", "root": str(tmp_path), "entry": "app.py", "scope": "folder"}
    body = {"name": "Sales", "source": source}
    made = hub.request("POST", "services/dashboards/api/v1/dashboards", body=body, headers=token)
    assert made.status == 201, made.text

    def known():
        user = json.loads(hub.api("GET", "users/alice?include_stopped_servers=1").text)
        return next((name for name in user["servers"] if name.startswith("dash-sales-")), None)

    server = hub.wait("the server of the dashboard", known)
    hub.stop()
    for file in tmp_path.glob("dashboards.sqlite*"):
        file.unlink()
    hub.launch()
    hub.wait("the Hub", lambda: hub.get("hub/api/").status == 200)
    gallery = "services/dashboards/"
    hub.wait("the sentence", lambda: f"the Hub knows the server alice/{server}." in said(hub))
    page = hub.wait("the page", lambda: hub.get(gallery, headers={"Accept": "text/html"}))
    assert page.status == 503
    assert "Dashboards are out of order on this hub." in page.text
    assert f"dashboards that there were, put an empty file in the place of {database}." in said(hub)
    assert not database.exists()
    database.touch()
    hub.wait("the service with a new database", lambda: hub.get(f"{gallery}api/v1/health").status == 200)


@pytest.mark.parametrize("python", both_hubs().values(), ids=both_hubs())
def test_a_damaged_key_file_stops_dashboards_alone_until_it_is_removed(
    create_hub, programs, tmp_path, python
):
    database = tmp_path / "dashboards.sqlite"
    options = f"trust_all_authors=True, database={str(database)!r}"
    hub = create_hub(programs=programs, options=options, python=python)
    hub.stop()
    key = tmp_path / "dashboards.sqlite.key"
    key.write_text("")
    hub.launch()
    hub.wait("the Hub", lambda: hub.get("hub/api/").status == 200)
    gallery = "services/dashboards/"
    page = hub.wait("the page", lambda: hub.get(gallery, headers={"Accept": "text/html"}))
    assert page.status == 503
    assert "Dashboards are out of order on this hub." in page.text
    assert f"The key file {key} cannot be used." in said(hub)
    assert "if it is damaged, remove it, and all viewers sign in once more." in said(hub)
    assert key.read_text() == ""
    key.unlink()
    hub.wait("the service with a new key", lambda: hub.get(f"{gallery}api/v1/health").status == 200)
    assert said(hub).count("cannot be used") == 1


SLOW_LISTS = """
import asyncio
from jupyterhub.apihandlers.users import UserListAPIHandler
get_users = UserListAPIHandler.get
async def get_users_later(self):
    await asyncio.sleep(15)
    get_users(self)
UserListAPIHandler.get = get_users_later
"""


def test_a_hub_whose_lists_take_long_comes_up_and_the_service_with_it(create_hub, programs, tmp_path):
    # JupyterHub 5 waits for a service for ten seconds, and ends then.
    python = list(both_hubs().values())[-1]
    database = tmp_path / "dashboards.sqlite"
    options = f"trust_all_authors=True, database={str(database)!r}"
    hub = create_hub(programs=programs, options=options, python=python, more=SLOW_LISTS)
    assert hub.get("services/dashboards/api/v1/health").status == 200
    assert database.exists()
    assert "Cannot connect to dashboards service" not in said(hub)


def test_a_role_that_was_replaced_is_named_with_what_the_service_lacks(create_hub, programs):
    hub = create_hub(
        programs=programs,
        options="trust_all_authors=True",
        after=f"c.JupyterHub.load_roles = {ONLY_TESTS}",
    )
    hub.wait("the sentence", lambda: "The dashboards service lacks rights at the Hub: servers" in said(hub))
    assert "Call configure(c) last in jupyterhub_config.py" in said(hub)


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        (
            "configure(c, dashboard_origin='https://x.org')",
            ["dashboard_origin", "Did you mean dashboards_origin?"],
        ),
        ("configure(c, audiences=['public'])", ["owner, people, everyone"]),
        (
            "configure(c, hub_url='https://hub.org', dashboards_origin='https://hub.org')",
            ["isolates nothing"],
        ),
    ],
    ids=["an unknown option", "a wrong value", "an origin that isolates nothing"],
)
def test_a_wrong_option_stops_the_hub_with_a_hint(tmp_path, line, sentences):
    port, hub_port = free_ports(2)
    config = tmp_path / "jupyterhub_config.py"
    config.write_text(
        "from jupyterhub_dashboards import configure\n"
        f"c.JupyterHub.bind_url = 'http://127.0.0.1:{port}'\nc.JupyterHub.hub_port = {hub_port}\n{line}\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "jupyterhub", "-f", str(config)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    for sentence in sentences:
        assert sentence in done.stdout + done.stderr
