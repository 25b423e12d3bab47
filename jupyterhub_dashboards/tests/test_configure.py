import json
import re
import socket
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from jupyterhub.app import JupyterHub
from traitlets.config import Config

from jupyterhub_dashboards import ConfigurationError, configure, service_port
from jupyterhub_dashboards.options import Options
from jupyterhub_dashboards.service_port import free_port, lasting_port

SCOPE = "access:services!service=dashboards"
ISOLATED = {"dashboards_origin": "https://dash.example.org", "hub_url": "https://hub.example.org"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The hub's working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def c():
    return Config()


def service_config(c):
    service = next(one for one in c.JupyterHub.services if one["name"] == "dashboards")
    return json.loads(service["environment"]["JUPYTERHUB_DASHBOARDS_CONFIG"])


def user_role(c):
    """The `user` role as this version of the Hub makes it from the configuration."""
    roles = [role for role in c.JupyterHub.load_roles if role["name"] == "user"]
    assert len(roles) < 2, "the Hub refuses a second definition"
    if roles and "scopes" in roles[0]:
        return roles[0]["scopes"]
    return ["self", *c.JupyterHub.extra_user_scopes]


def test_importing_the_package_is_cheap():
    code = "import sys, jupyterhub_dashboards; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"jupyterhub", "jupyter_server", "traitlets", "tornado", "json", "subprocess"}.intersection(
        loaded
    )


def test_one_call_configures_everything(c):
    configure(c, **ISOLATED)
    assert c.JupyterHub.allow_named_servers is True
    [service] = c.JupyterHub.services
    assert service["url"].startswith("http://127.0.0.1:")
    assert service["environment"]["JUPYTERHUB_DASHBOARDS_MANAGED"] == "1"
    assert service["oauth_no_confirm"] is True and service["display"] is True
    assert c.Spawner.oauth_client_allowed_scopes == [SCOPE]
    assert SCOPE in user_role(c) and "self" in user_role(c)
    config = service_config(c)
    assert len(config.pop("hookKey")) >= 32
    assert config.pop("database").startswith("/")
    assert config == {
        "hubUrl": "https://hub.example.org/",
        "dashboardsOrigin": "https://dash.example.org",
        "subdomainHost": None,
        "trustAllAuthors": False,
        "relayUrl": None,
        "runnerServiceUrl": f"{service['url']}/services/dashboards/",
        "audiences": ["owner", "people", "everyone"],
        "defaultAudience": "owner",
        "frameworks": ["voila", "streamlit", "dash", "panel", "bokeh", "static", "command"],
        "publishers": None,
        "keepVersions": 5,
        "readyTimeout": 60,
        "requestTimeout": None,
        "additions": {},
        "publishablePaths": None,
        "gitHosts": None,
        "strategies": ["snapshot", "live", "relay", "git"],
        "homesKept": True,
        "cloneTimeout": 600,
        "pinImage": False,
        "snapshotClass": None,
    }


def test_the_services_role_is_this_and_nothing_more(c):
    configure(c)
    [role] = [role for role in c.JupyterHub.load_roles if role.get("services") == ["dashboards"]]
    assert role["scopes"] == ["servers", "list:users", "read:users:name", "read:groups"]


def test_an_origin_for_dashboards_needs_to_know_the_hubs(c):
    with pytest.raises(ConfigurationError, match=r'hub_url="https://hub.example.org/"\)$'):
        configure(c, dashboards_origin="https://dash.example.org")


@pytest.mark.parametrize("origin", ["https://hub.example.org", "https://HUB.example.org:443/"])
def test_the_hubs_own_origin_isolates_nothing(c, origin):
    c.JupyterHub.public_url = "https://hub.example.org/base/"
    with pytest.raises(ConfigurationError, match="isolates nothing"):
        configure(c, dashboards_origin=origin)


def test_no_user_may_get_the_hubs_own_origin_for_their_dashboards(c):
    c.JupyterHub.public_url = "https://hub.example.org/"
    with pytest.raises(ConfigurationError, match=r'"https://{owner}\.dash\.example\.org"\)$'):
        configure(c, dashboards_origin="https://{owner}.example.org")
    configure(c, dashboards_origin="https://{owner}.dash.example.org")
    assert service_config(c)["dashboardsOrigin"] == "https://{owner}.dash.example.org"


@pytest.mark.parametrize(
    ("origin", "host", "hub"),
    [
        ("http://dash.org:8000", "dash.org:8000", "http://hub.org:8000"),
        ("http://dash.org:8000", "DASH.org:8000", "http://hub.org:8000"),
        ("http://dash.org:8000", "dash.org", ""),
        ("http://{owner}.dash.org", "alice.dash.org", "http://hub.org:8000"),
        ("http://{owner}.dash.org", "a.b.dash.org", ""),
        ("http://dash.org", "hub.org:8000", ""),
        ("http://dash.org", "[dash.org", ""),
        ("http://dash.org", "dash.org:x", ""),
    ],
)
def test_pages_know_the_hub_from_the_hosts_of_dashboards_only(c, origin, host, hub):
    configure(c, dashboards_origin=origin, hub_url="http://hub.org:8000")
    assert c.JupyterHub.template_vars["jupyterhub_dashboards_hub"].seen_from(host) == hub


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        ({"bind_url": "http://:8000/base"}, None),
        ({"bind_url": "http://0.0.0.0:8000"}, None),
        ({"bind_url": "http://[::]:8000"}, None),
        ({"bind_url": "http://*:8000"}, None),
        ({"bind_url": "http://127.0.0.1:8000/base"}, "http://127.0.0.1:8000/base/"),
        ({"ip": "10.0.0.7", "port": 80, "base_url": "/jh"}, "http://10.0.0.7/jh/"),
        ({"public_url": "https://hub.org", "base_url": "/x/"}, "https://hub.org/x/"),
        ({"public_url": "hub.org/x", "base_url": "/x/"}, "https://hub.org/x/"),
        ({"subdomain_host": "https://hub.org:8443"}, "https://hub.org:8443/"),
    ],
)
def test_the_hubs_url_is_found_where_it_is_said(c, settings, expected):
    c.JupyterHub.update(settings)
    configure(c)
    assert service_config(c)["hubUrl"] == expected


def test_lists_that_the_administrator_made_are_kept(c):
    c.JupyterHub.services = [{"name": "culler"}]
    c.JupyterHub.load_roles = [{"name": "culler", "services": ["culler"]}]
    c.JupyterHub.template_paths = ["/own"]
    c.Spawner.oauth_client_allowed_scopes = ["read:users"]
    configure(c)
    assert [one["name"] for one in c.JupyterHub.services] == ["culler", "dashboards"]
    assert "culler" in [one["name"] for one in c.JupyterHub.load_roles]
    assert c.JupyterHub.template_paths[0] == "/own" and len(c.JupyterHub.template_paths) == 2
    assert c.Spawner.oauth_client_allowed_scopes == ["read:users", SCOPE]


def test_lazy_values_are_kept(c):
    c.JupyterHub.services.append({"name": "culler"})
    c.JupyterHub.load_roles.append({"name": "user", "scopes": ["self", "read:users"]})
    c.JupyterHub.template_paths.insert(0, "/own")
    c.Spawner.oauth_client_allowed_scopes.append("read:users")
    configure(c)
    assert [one["name"] for one in c.JupyterHub.services] == ["culler", "dashboards"]
    assert user_role(c) == ["self", "read:users", SCOPE]
    assert "/own" in c.JupyterHub.template_paths
    assert c.Spawner.oauth_client_allowed_scopes == ["read:users", SCOPE]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ([], {"self", SCOPE}),
        ([{"name": "user", "scopes": ["self", "shares!user"]}], {"self", "shares!user", SCOPE}),
        ([{"name": "user", "scopes": []}], {SCOPE}),
        ([{"name": "user", "description": "mine"}], {"self", SCOPE}),
    ],
    ids=["default", "own scopes", "own choice of none", "only a description"],
)
def test_users_keep_the_rights_they_had(c, own, expected):
    c.JupyterHub.load_roles = own
    configure(c)
    assert set(user_role(c)) == expected


if "extra_user_scopes" in JupyterHub.class_traits():  # since JupyterHub 6

    def test_extra_scopes_of_users_are_kept(c):
        c.JupyterHub.extra_user_scopes = {"shares!user"}
        configure(c)
        assert set(user_role(c)) == {"self", "shares!user", SCOPE}


async def asynchronous(spawner):
    return [spawner]


@pytest.mark.parametrize("present", [lambda spawner: [spawner], asynchronous], ids=["plain", "async"])
@pytest.mark.asyncio
async def test_a_callable_for_scopes_is_asked_too(c, present):
    c.Spawner.oauth_client_allowed_scopes = present
    configure(c)
    assert await c.Spawner.oauth_client_allowed_scopes("own") == ["own", SCOPE]


def test_sections_of_spawner_classes_do_not_win_over_ours(c):
    c.KubeSpawner.apply_user_options = {"image": "image"}
    c.KubeSpawner.oauth_client_allowed_scopes = ["read:users"]
    configure(c)
    assert c.KubeSpawner.apply_user_options.admins_hook == {"image": "image"}
    assert c.Spawner.apply_user_options.admins_hook is None
    assert c.KubeSpawner.oauth_client_allowed_scopes == ["read:users", SCOPE]


def test_a_second_call_replaces_the_first(c):
    def own(spawner, user_options):
        pass

    c.Spawner.apply_user_options = own
    configure(c, keep_versions=1)
    configure(c, keep_versions=2)
    assert service_config(c)["keepVersions"] == 2
    assert len(c.JupyterHub.services) == 1 and len(c.JupyterHub.template_paths) == 1
    assert c.Spawner.apply_user_options.admins_hook is own


@pytest.mark.parametrize(
    ("hook", "host"),
    [(None, "dashboards--service.hub.org"), ("legacy", "services.hub.org")],
)
def test_pages_and_labs_know_the_services_own_domain(c, hook, host):
    c.JupyterHub.subdomain_host = "https://hub.org"
    if hook:
        c.JupyterHub.subdomain_hook = hook
    configure(c)
    url = f"https://{host}/services/dashboards/"
    assert c.JupyterHub.template_vars["jupyterhub_dashboards_url"] == url
    assert c.Spawner.environment["JUPYTERHUB_DASHBOARDS_URL"] == url


def test_pages_of_the_administrators_own_are_left_and_named(c, tmp_path, caplog):
    (tmp_path / "404.html").write_text("own")
    c.JupyterHub.template_paths = [str(tmp_path)]
    configure(c)
    assert c.JupyterHub.template_paths[0] == str(tmp_path)
    assert f'{tmp_path}/404.html. Add to it: {{% include "dashboard_redirect.html" %}}' in caplog.text


def test_runners_elsewhere_reach_the_service_through_the_proxy(c):
    c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
    configure(c, hub_url="https://hub.org/base/")
    assert service_config(c)["runnerServiceUrl"] == "https://hub.org/base/services/dashboards/"


def test_runners_elsewhere_take_the_way_of_sent_files_where_that_is_said(c):
    c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
    c.JupyterHub.base_url = "/base/"
    configure(c, hub_url="https://hub.org/base/", relay_url="http://proxy-public")
    assert service_config(c)["runnerServiceUrl"] == "http://proxy-public/base/services/dashboards/"


def test_runners_elsewhere_are_told_the_services_own_domain_where_users_have_domains(c):
    c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
    c.JupyterHub.subdomain_host = "https://hub.org"
    configure(c, relay_url="http://proxy-public")
    assert urlsplit(service_config(c)["runnerServiceUrl"]).netloc.endswith(".hub.org")


def test_a_service_beside_the_hub_is_found_by_a_proxy_on_another_machine(c, folder):
    configure(c, service_host="hub", service_port=10202)
    [service] = c.JupyterHub.services
    assert service["url"] == "http://hub:10202"
    assert service["environment"]["JUPYTERHUB_DASHBOARDS_LISTEN"] == "0.0.0.0"


def test_a_service_that_only_this_machine_needs_listens_to_nobody_else(c):
    configure(c)
    [service] = c.JupyterHub.services
    assert "JUPYTERHUB_DASHBOARDS_LISTEN" not in service["environment"]


def test_the_service_keeps_its_port_over_restarts_of_the_hub(c, folder):
    configure(c, **ISOLATED)
    port = int((folder / "jupyterhub_dashboards.sqlite.port").read_text())
    again = Config()
    configure(again, **ISOLATED)
    assert [one.JupyterHub.services[0]["url"] for one in (c, again)] == [f"http://127.0.0.1:{port}"] * 2


def test_a_port_that_is_in_use_is_not_chosen(monkeypatch):
    free = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setattr(service_port, "PORTS", (taken,) * 50 + (free,))
        assert free_port() == free
        monkeypatch.setattr(service_port, "PORTS", (taken,))
        with pytest.raises(ConfigurationError, match="service_port"):
            free_port()


def test_the_port_is_below_those_that_linux_and_kubernetes_give_out():
    assert {free_port() for _ in range(20)} <= set(range(20000, 30000))


def test_a_port_that_somebody_else_has_taken_is_given_up_after_a_moment(tmp_path):
    file = tmp_path / "port"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        file.write_text(str(taken))
        assert lasting_port(file, patience=0.2) != taken
    # It is only for this time: the servers that run know the old one.
    assert lasting_port(file) == taken


@pytest.mark.parametrize("text", ["", "none", "0", "70000"])
def test_a_damaged_port_file_is_written_anew(tmp_path, text):
    file = tmp_path / "port"
    file.write_text(text)
    assert lasting_port(file) == int(file.read_text()) > 0


def test_the_administrators_port_wins(c, folder):
    (folder / "jupyterhub_dashboards.sqlite.port").write_text("10203")
    configure(c, service_port=10204)
    assert c.JupyterHub.services[0]["url"] == "http://127.0.0.1:10204"


def test_what_is_added_to_frameworks_is_put_together(c):
    configure(
        c,
        framework_args={"voila": ["--Voila.log_level=DEBUG"], "panel": ["--num-threads=4"]},
        framework_env={"dash": {"OMP_NUM_THREADS": "2"}, "voila": {"A": "b"}},
        voila_template="material",
        publishable_paths=["shared"],
    )
    config = service_config(c)
    assert config["additions"] == {
        "voila": {"args": ["--Voila.log_level=DEBUG", "--template=material"], "env": {"A": "b"}},
        "dash": {"args": [], "env": {"OMP_NUM_THREADS": "2"}},
        "panel": {"args": ["--num-threads=4"], "env": {}},
    }
    assert config["publishablePaths"] == ["shared"]


def test_every_option_is_documented_and_no_other():
    text = (Path(__file__).parents[2] / "docs" / "operators" / "configuration.md").read_text()
    documented = re.findall(r"^\| `(\w+)`", text, re.MULTILINE)
    assert sorted(documented) == sorted(option.name for option in fields(Options))


def test_strategies_keep_the_order_in_which_they_are_preferred(c):
    configure(c, strategies=["git", "volume-snapshot", "clone", "relay", "git"])
    assert service_config(c)["strategies"] == ["git", "volume-snapshot", "clone", "relay"]


def environment(c):
    [service] = c.JupyterHub.services
    return service["environment"]


def test_the_service_is_told_of_the_cluster_where_volumes_are_cloned_or_were(c, monkeypatch):
    monkeypatch.setenv("KUBECONFIG", "/etc/kubeconfig")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    c.KubeSpawner.namespace = "users"
    configure(c, strategies=["relay", "git"])
    # To mount and to remove the clones of earlier days.
    assert environment(c)["KUBERNETES_SERVICE_HOST"] == "10.0.0.1"
    configure(c, strategies=["clone", "git"], clone_timeout=60, snapshot_class="fast")
    config = service_config(c)
    assert (config["cloneTimeout"], config["snapshotClass"]) == (60, "fast")
    told = environment(c)
    assert (told["KUBECONFIG"], told["KUBERNETES_SERVICE_HOST"]) == ("/etc/kubeconfig", "10.0.0.1")
    assert told["JUPYTERHUB_DASHBOARDS_NAMESPACE"] == "users"


def test_volumes_are_cloned_within_one_namespace_alone(c):
    c.KubeSpawner.enable_user_namespaces = True
    configure(c)
    with pytest.raises(ConfigurationError, match="within one namespace"):
        configure(c, strategies=["clone"])
