"""Lines of the check that are read from the Hub's configuration file."""

import pytest

from ..check import from_file, hub_file

CONFIGURED = 'from jupyterhub_dashboards import configure\nconfigure(c, database="dashboards.sqlite")\n'


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """The file with these lines, as the check loads it."""
    monkeypatch.chdir(tmp_path)

    def load(*lines):
        path = tmp_path / "jupyterhub_config.py"
        path.write_text("\n".join(lines))
        return hub_file.load(str(path))

    return load


def test_a_file_that_is_looked_at_leaves_nothing_behind(loaded, tmp_path, capsys):
    file = loaded("print('hello')", CONFIGURED)
    assert from_file.configuration(file).state == "ok"
    assert [path.name for path in tmp_path.iterdir()] == ["jupyterhub_config.py"]
    assert capsys.readouterr().out == ""


def test_a_file_without_the_call_is_told_where_to_put_it(loaded):
    line = from_file.configuration(loaded("c.JupyterHub.allow_named_servers = True"))
    assert line.state == "failed" and "does not call configure(c)" in line.sentence
    assert line.fix.startswith("Put at its end:")


@pytest.mark.parametrize(
    "later",
    [
        "c.JupyterHub.services = []",
        "c.JupyterHub.load_roles = []",
        "c.JupyterHub.template_paths = ['/own']",
        "c.JupyterHub.template_vars = {'a': 1}",
        "c.Spawner.apply_user_options = {}",
    ],
)
def test_what_stands_behind_the_call_is_named(loaded, later):
    line = from_file.configuration(loaded(CONFIGURED, later))
    assert line.state == "failed"
    assert line.sentence.endswith(f"takes back what it set: {later.partition(' =')[0]}.")


def test_a_section_of_a_special_spawner_counts_more(loaded):
    later = "c.SimpleLocalProcessSpawner.apply_user_options = {}"
    file = loaded("c.JupyterHub.spawner_class = 'simple'", CONFIGURED, later)
    assert from_file.configuration(file).state == "failed"
    assert from_file.configuration(loaded(CONFIGURED, later)).state == "ok"


def test_the_token_of_labs_pages(loaded):
    assert from_file.browser_token(loaded(CONFIGURED)).state == "ok"
    assert (
        from_file.browser_token(
            loaded("c.Spawner.oauth_client_allowed_scopes = lambda _: []", CONFIGURED)
        ).state
        == "ok"
    )
    own = "c.Spawner.oauth_client_allowed_scopes = ['read:users']"
    line = from_file.browser_token(loaded(CONFIGURED, own))
    assert (line.state, line.tried) == ("failed", False)
    assert from_file.browser_token(loaded(CONFIGURED, own, line.fix)).state == "ok"
    function = "c.Spawner.oauth_client_allowed_scopes = lambda spawner: []"
    assert from_file.browser_token(loaded(CONFIGURED, function)).state == "warning"


@pytest.mark.parametrize(
    ("settings", "api", "service"),
    [
        ([], "http://127.0.0.1:8081/hub/api", "http://127.0.0.1:8000/services/dashboards/"),
        (
            ["c.JupyterHub.bind_url = 'http://:9000/base'", "c.JupyterHub.hub_ip = '0.0.0.0'"],
            "http://127.0.0.1:8081/base/hub/api",
            "http://127.0.0.1:9000/base/services/dashboards/",
        ),
        (
            ["c.JupyterHub.public_url = 'https://hub.org/x'", "c.JupyterHub.base_url = '/x'"],
            "http://127.0.0.1:8081/x/hub/api",
            "https://hub.org/x/services/dashboards/",
        ),
        (
            ["c.JupyterHub.hub_connect_url = 'http://hub:9081'"],
            "http://hub:9081/hub/api",
            "http://127.0.0.1:8000/services/dashboards/",
        ),
    ],
)
def test_where_to_ask_follows_from_the_file(loaded, settings, api, service):
    file = loaded(*settings, CONFIGURED)
    assert (file.api_url, file.service_url) == (api, service)
