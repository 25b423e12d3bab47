"""Where the service runs, and who starts it, as `configure(c, ...)` says it to the Hub."""

import json

import pytest
from traitlets.config import Config

from jupyterhub_dashboards import ConfigurationError, configure

HUB = {"hub_url": "https://hub.example.org/", "dashboards_origin": "https://dash.example.org"}
KEYS = {
    "JUPYTERHUB_DASHBOARDS_API_TOKEN": "t" * 40,
    "JUPYTERHUB_DASHBOARDS_HOOK_KEY": "k" * 40,
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def keys(monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def configured(**options):
    c = Config()
    c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
    configure(c, **HUB, **options)
    [service] = c.JupyterHub.services
    return service, json.loads(service["environment"].pop("JUPYTERHUB_DASHBOARDS_CONFIG"))


def test_the_hub_starts_it_on_its_own_machine_unless_told_otherwise():
    service, _ = configured(service_port=10202)
    assert service["url"] == "http://127.0.0.1:10202" and "api_token" not in service
    assert service["environment"] == {"JUPYTERHUB_DASHBOARDS_MANAGED": "1"}
    assert service["command"]


def test_with_a_proxy_on_another_machine_it_listens_behind_the_name_of_the_hubs():
    service, told = configured(service_host="hub", service_port=10202)
    assert service["url"] == "http://hub:10202" and service["command"]
    assert service["environment"] == {
        "JUPYTERHUB_DASHBOARDS_MANAGED": "1",
        "JUPYTERHUB_DASHBOARDS_LISTEN": "0.0.0.0",
    }
    assert told["runnerServiceUrl"] == "https://hub.example.org/services/dashboards/"


@pytest.mark.usefixtures("keys")
def test_one_that_somebody_else_starts_is_only_known_to_the_hub():
    service, told = configured(service_url="http://dashboards:10202/")
    assert service["url"] == "http://dashboards:10202" and "command" not in service
    assert service["api_token"] == KEYS["JUPYTERHUB_DASHBOARDS_API_TOKEN"]
    assert told["hookKey"] == KEYS["JUPYTERHUB_DASHBOARDS_HOOK_KEY"]
    assert service["environment"] == {} and service["oauth_no_confirm"]


@pytest.mark.parametrize("missing", list(KEYS))
@pytest.mark.parametrize("value", ["", "short-one"])
def test_its_keys_have_to_be_there_and_are_not_repeated(keys, monkeypatch, missing, value):
    monkeypatch.setenv(missing, value)
    with pytest.raises(ConfigurationError, match=f"{missing} is .*Give the Hub and the service") as raised:
        configured(service_url="http://dashboards:10202")
    assert "short-one" not in str(raised.value)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"service_host": "http://hub"}, 'as in service_host="hub", not'),
        ({"service_host": "hub:10202", "service_port": 10202}, "is the name or the address of a machine"),
        ({"service_host": 7, "service_port": 10202}, "is the name or the address of a machine"),
        ({"service_url": "dashboards:10202"}, "not an http or https address"),
        ({"service_url": "http://dashboards:10202/services/"}, "without a path"),
        (
            {"service_url": "http://d:1", "service_port": 1},
            "somebody else starts the service, and service_port",
        ),
        ({"service_url": "http://d:1", "service_command": ["x"]}, "and service_command how the Hub does"),
        ({"service_url": "http://d:1", "service_host": "hub"}, "and service_host how"),
    ],
)
def test_what_does_not_go_together_is_refused(options, message):
    with pytest.raises(ConfigurationError, match=message):
        configured(**options)


@pytest.mark.usefixtures("keys")
def test_with_domains_for_users_the_hub_starts_it():
    c = Config()
    c.JupyterHub.subdomain_host = "https://hub.example.org"
    with pytest.raises(ConfigurationError, match="the Hub has to start the service itself"):
        configure(c, service_url="http://dashboards:10202")
