"""What `configure(c, ...)` refuses, and what people read then."""

from pathlib import Path

import pytest
from traitlets.config import Config

from jupyterhub_dashboards import ConfigurationError, configure

from .test_configure import service_config


@pytest.fixture
def c(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Config()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dashboard_origin": "https://x.org"}, "Did you mean dashboards_origin?"),
        ({"zzz": 1}, "There are: hub_url"),
        ({"audiences": ["public"]}, "owner, people, everyone"),
        ({"audiences": ["everybody"]}, "has 'everybody'; .* Did you mean everyone?"),
        ({"audiences": []}, "is empty"),
        ({"default_audience": "everybody"}, "owner, everyone, not 'everybody'. Did you mean everyone?"),
        ({"default_audience": "people"}, "is one of: owner, everyone, not 'people'"),
        ({"default_audience": ["owner"]}, r"is one of: owner, everyone, not \['owner'\]"),
        (
            {"default_audience": "everyone", "audiences": ["owner", "people"]},
            "which audiences does not allow; add it to audiences",
        ),
        ({"default_audiance": "owner"}, "Did you mean default_audience?"),
        ({"frameworks": ["flash"]}, "voila, streamlit, dash, panel, bokeh, static, command"),
        ({"keep_versions": "5"}, "whole number from 0 to 1000"),
        ({"keep_versions": True}, "whole number"),
        ({"ready_timeout": 0}, "whole number from 1 to 3600"),
        ({"request_timeout": 0}, "whole number from 1 to 86400, not 0"),
        ({"request_timeout": 2.5}, "whole number from 1 to 86400, not 2.5"),
        ({"request_time": 5}, "Did you mean request_timeout?"),
        ({"trust_all_authors": "yes"}, "True or False"),
        ({"homes_kept": 0}, "True or False"),
        ({"homes_kept": False, "strategies": ["snapshot"]}, 'add "git" to strategies'),
        ({"strategies": ["clones"]}, "Did you mean clone?"),
        ({"strategies": ["relay", "clone"]}, r'never cloned; .* strategies=\["clone", "relay"\]'),
        ({"clone_timeout": 0}, "whole number from 1 to 86400"),
        ({"snapshot_class": 5}, "is a name"),
        ({"hub_url": "hub.example.org"}, "not an http or https address"),
        ({"hub_url": "https://a@hub.example.org/"}, "not an http or https address"),
        ({"dashboards_origin": "https://dash.example.org/path"}, "without a path"),
        ({"dashboards_origin": 7}, "has to be a string"),
        ({"service_port": 0}, "from 1 to 65535"),
        ({"service_command": []}, "list of words"),
        ({"publishers": []}, "nobody could publish"),
        ({"publishable_paths": []}, "is a list of folders"),
        ({"git_hosts": 5}, "is a list of hosts"),
        ({"git_hosts": ["https://x.example"]}, "name hosts without a path"),
        ({"git_hosts": ["x.example/team"]}, "name hosts without a path"),
        ({"git_hosts": ["*example.org"]}, "name hosts without a path"),
        ({"git_token_from_auth_state": "access_token"}, "needs git_token_host"),
        ({"git_token_host": "x.example"}, "needs git_token_from_auth_state"),
        ({"git_token_host": "*.x.example", "git_token_from_auth_state": "t"}, "is the name of a host"),
        ({"publishable_paths": ["../other"]}, "without '..'"),
        ({"framework_args": ["--x"]}, "is a dict, as in framework_args="),
        ({"framework_args": {"dash": ["--x"]}}, "it knows: voila, streamlit, panel, bokeh"),
        ({"framework_args": {"voila": "--x"}}, r"framework_args\['voila'\] is a list of arguments"),
        ({"framework_args": {"streamlit": ["--", "x"]}}, "behind which everything would be the app's"),
        ({"framework_env": {"static": {}}}, "it knows: voila"),
        ({"framework_env": {"steamlit": {}}}, "it knows: .* Did you mean streamlit?"),
        ({"framework_env": {"dash": {"A=B": "1"}}}, "dict of variables"),
        ({"framework_env": {"dash": {"A": 1}}}, "dict of variables"),
        ({"voila_template": "--x"}, "name of a template"),
        ({"publishers": [7]}, "list of names of groups"),
        ({"no_lab": 7}, "list of names of groups"),
        ({"database": " "}, "whole path of a file"),
        ({"database": "a\0b"}, "whole path of a file, as in database="),
        ({"database": b"/x"}, "not b'/x'"),
        ({"database": "~/x.sqlite"}, "whole path of a file"),
        ({"database": "/tmp"}, "database='/tmp' is a folder; name a file in it"),
        ({"database": "/no/such/"}, "is a folder"),
        ({"audiences": 5}, "audiences is a list of some of: owner, people, everyone, not 5"),
        ({"audiences": [["owner"]]}, r"audiences has \['owner'\]; it is a list of some of"),
        ({"frameworks": {"voila": 1}}, r"frameworks is a list of some of: voila, .*, not \{'voila': 1\}"),
        (
            {"service_command": 5},
            'as in service_command=."/opt/hub/bin/jupyterhub-dashboards-service".*not 5',
        ),
        ({"service_command": ""}, "\"/opt/hub/bin/jupyterhub-dashboards-service\".*not ''"),
        ({"service_command": ["a", 5]}, r"not \['a', 5\]"),
        ({"service_command": ["a\0b"]}, "list of words"),
        ({"hub_url": 5}, "hub_url has to be a string, as in .*, not 5"),
        ({"hub_url": "https://hub.example.org/hub/"}, 'hub_url="https://hub.example.org/"'),
        ({"hub_url": "https://hub.example.org/x/hub"}, 'hub_url="https://hub.example.org/x/"'),
        ({"hub_url": "https://hub.example.org/hub/home"}, 'hub_url="https://hub.example.org/"'),
        ({"hub_url": "https://hub.example.org/a\0b"}, "not an http or https address"),
        ({"hub_url": "https://{owner}.example.org/"}, "not an http or https address"),
        ({"service_host": "http://hub"}, 'as in service_host="hub", not'),
        ({"service_host": "hub:10202"}, "service_host is the name or the address of a machine"),
        ({"service_host": 5}, "not 5"),
        ({"runner_service_url": "https://hüb.example.org/"}, "not an http or https address"),
        ({"dashboards_origin": "https://{own}.dash.org"}, "has '{own}'; the only placeholder is {owner}"),
        ({"dashboards_origin": "https://{OWNER}.dash.org"}, "has '{OWNER}'; the only placeholder"),
        ({"dashboards_origin": "https://{owner.dash.org"}, "the only placeholder is {owner}"),
        ({"dashboards_origin": "https://owner}.dash.org"}, "has '}'; the only placeholder is {owner}"),
        ({"framework_args": {"voila": ["--port=1"]}}, r"framework_args\['voila'\] has '--port=1', which"),
        ({"framework_args": {"voila": ["--Voila.base_url=/"]}}, "each start sets itself"),
        ({"framework_args": {"voila": ["--base-url", "/"]}}, "has '--base-url', which each start sets"),
        ({"framework_args": {"streamlit": ["--server.baseUrlPath=x"]}}, "each start sets itself"),
        ({"framework_args": {"panel": ["--num-threads=4", "--address=::"]}}, "has '--address=::'"),
        ({"framework_args": {"bokeh": ["--pref", "/x"]}}, "has '--pref', which"),
        ({"framework_args": {"panel": ["a\0b"]}}, "one text each, not"),
        ({"framework_env": {"dash": {"A": "a\0b"}}}, 'as in {"OMP_NUM_THREADS": "2"}, not'),
        ({"publishable_paths": ["~x"]}, "has '~x', and only each author's own home is known"),
        ({"publishable_paths": [5]}, r"list of folders, as in .*, not \[5\]"),
        ({"publishable_paths": ["a\0b"]}, "name folders without"),
        ({"publishers": {"analysts": 1}}, "list of names of groups"),
    ],
)
def test_wrong_options_are_refused_with_a_hint(c, options, message):
    with pytest.raises(ConfigurationError, match=message.replace("?", r"\?")) as refused:
        configure(c, **options)
    assert "services" not in c.JupyterHub
    # The option is named, and the sentence is one line.
    assert next(iter(options)) in str(refused.value) and "\n" not in str(refused.value)


def test_paths_may_be_path_objects(c, tmp_path):
    command = [Path("/opt/hub/bin/jupyterhub-dashboards-service"), "--x"]
    paths = ["~/shared", Path("/data"), "~"]
    configure(c, database=Path("own.sqlite"), publishable_paths=paths, service_command=command)
    config = service_config(c)
    assert config["database"] == str(tmp_path / "own.sqlite")
    assert config["publishablePaths"] == ["~/shared", "/data", "~"]
    assert c.JupyterHub.services[0]["command"] == ["/opt/hub/bin/jupyterhub-dashboards-service", "--x"]


def test_the_default_audience_and_the_time_for_an_answer_go_to_the_service(c):
    configure(c, default_audience="everyone", request_timeout=120)
    config = service_config(c)
    assert (config["defaultAudience"], config["requestTimeout"]) == ("everyone", 120)
    # The owner may look, whatever audiences says.
    configure(c, default_audience="owner", audiences=["people"])
    assert service_config(c)["defaultAudience"] == "owner"


def test_what_only_looks_like_an_option_of_ours_is_passed_on(c):
    args = {"voila": ["--port_of_call=1"], "streamlit": ["--server.portal=1"], "bokeh": ["--keep-alive", "p"]}
    configure(c, framework_args=args)
    assert {id: one["args"] for id, one in service_config(c)["additions"].items()} == args


def test_a_hub_whose_base_is_called_hub_keeps_it(c):
    c.JupyterHub.base_url = "/hub/"
    configure(c, hub_url="https://hub.example.org/hub/")
    assert service_config(c)["hubUrl"] == "https://hub.example.org/hub/"
    with pytest.raises(ConfigurationError, match=r'hub_url="https://hub.example.org/hub/"\)$'):
        configure(c, hub_url="https://hub.example.org/hub/hub/")
