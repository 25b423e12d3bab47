"""`jupyterhub-dashboards publish`: what its words mean, and what it says where they mean nothing."""

import argparse
import json

import pytest

from ..command import main
from ..publish import arguments, request
from ..publish.address import read_token, service_url, token_page
from ..publish.errors import CannotPublish


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """Nothing in the environment, and a folder to be in."""
    for name in ("API_TOKEN", "DASHBOARDS_URL", "PUBLIC_HUB_URL", "HOST", "BASE_URL"):
        monkeypatch.delenv(f"JUPYTERHUB_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sales").mkdir()
    (tmp_path / "sales" / "app.py").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("hub", "url", "environment", "expected"),
    [
        ("https://hub.example.org", None, {}, "https://hub.example.org/services/dashboards/"),
        ("https://example.org/jupyter/hub/", None, {}, "https://example.org/jupyter/services/dashboards/"),
        ("http://hub:8000/hub", None, {}, "http://hub:8000/services/dashboards/"),
        (None, "https://dashboards.hub.example.org/x", {}, "https://dashboards.hub.example.org/x/"),
        (None, None, {"DASHBOARDS_URL": "https://d.example.org/x/"}, "https://d.example.org/x/"),
        (None, None, {"PUBLIC_HUB_URL": "https://h.org/b/hub/"}, "https://h.org/b/services/dashboards/"),
        (None, None, {"HOST": "https://h.org", "BASE_URL": "/b/"}, "https://h.org/b/services/dashboards/"),
        (
            "https://a.org",
            None,
            {"PUBLIC_HUB_URL": "https://h.org/hub/"},
            "https://a.org/services/dashboards/",
        ),
    ],
)
def test_the_address_is_said_or_known_from_the_server(hub, url, environment, expected):
    variables = {f"JUPYTERHUB_{name}": value for name, value in environment.items()}
    assert service_url(hub, url, variables) == expected


@pytest.mark.parametrize(
    "hub", ["hub.example.org", "ftp://hub", "https://", "https://a b", "https://u:p@h", "http://h:x"]
)
def test_what_is_no_address_is_refused_with_one_that_is(hub):
    with pytest.raises(CannotPublish, match="is no address of the web") as raised:
        service_url(hub, None, {})
    assert "--hub https://hub.example.org" in raised.value.fix


def test_the_page_of_tokens_is_named_where_it_is_known():
    assert token_page("https://h.org/b/services/dashboards/") == "https://h.org/b/hub/token"
    assert token_page("https://d.example.org/") == "the page /hub/token of your hub"


def test_a_token_comes_from_its_file_else_from_the_environment(tmp_path):
    file = tmp_path / "token"
    file.write_text("from-file\n")
    environment = {"JUPYTERHUB_API_TOKEN": "from-environment"}
    assert read_token(str(file), environment, "") == "from-file"
    assert read_token(None, environment, "") == "from-environment"
    for content in ("two words", "", "ümlaut", "x" * 501):
        file.write_text(content)
        with pytest.raises(CannotPublish) as raised:
            read_token(str(file), environment, "https://h.org/services/dashboards/")
        assert "https://h.org/hub/token" in raised.value.fix
    with pytest.raises(CannotPublish, match="No such file"):
        read_token(str(tmp_path / "none"), environment, "")


@pytest.mark.parametrize(
    ("path", "alone", "root", "entry", "scope"),
    [
        ("sales", False, "{here}/sales", ".", "folder"),
        ("sales/", False, "{here}/sales", ".", "folder"),
        ("sales/app.py", False, "{here}/sales", "app.py", "folder"),
        ("./sales/../sales/app.py", True, "{here}/sales", "app.py", "file"),
        ("/on/the/hub/app.py", False, "/on/the/hub", "app.py", "folder"),
        ("/on/the/hub/", False, "/on/the/hub", ".", "folder"),
        ("~/on-the-hub/", False, "~/on-the-hub", ".", "folder"),
        ("~/on-the-hub.py", True, "~", "on-the-hub.py", "file"),
        ("~", False, "~", ".", "folder"),
    ],
)
def test_a_path_is_sent_as_the_hub_knows_it(nowhere, path, alone, root, entry, scope):
    expected = {"kind": "files", "root": root.format(here=nowhere), "entry": entry, "scope": scope}
    assert request.source(path, alone) == expected


@pytest.mark.parametrize(
    ("root", "entry", "name"),
    [
        ("/home/a/sales", ".", "Sales"),
        ("/home/a/sales", "quarterly_sales-2026.ipynb", "Quarterly sales 2026"),
        ("/home/a/sales_of-may", "app.py", "Sales of may"),
        ("~", "app.py", "App"),
        ("/", ".", "Dashboard"),
    ],
)
def test_a_dashboard_is_named_after_its_file_or_folder(root, entry, name):
    assert request.name_of({"root": root, "entry": entry}) == name


@pytest.mark.parametrize(
    ("words", "expected", "name"),
    [
        (["."], {"root": ".", "entry": ".", "scope": "folder"}, "Team sales"),
        (["app.py"], {"root": ".", "entry": "app.py", "scope": "folder"}, "Team sales"),
        (["apps/may/"], {"root": "apps/may", "entry": ".", "scope": "folder"}, "May"),
        (
            ["./apps/may.py", "--file-only", "--ref", "v1", "--credential", "own", "--lfs", "--submodules"],
            {
                **{"root": "apps", "entry": "may.py", "scope": "file", "ref": "v1", "credential": "own"},
                **{"lfs": True, "submodules": True},
            },
            "May",
        ),
    ],
)
def test_a_path_in_a_repository_is_sent_as_it_is_there(nowhere, words, expected, name):
    url = "git@git.example.org:team-sales.git"
    parser = argparse.ArgumentParser()
    arguments.add_to(parser.add_subparsers())
    options = parser.parse_args(["publish", *words, "--git", url])
    arguments.check(options)
    body = request.first_version(options)
    assert body == {"source": {"kind": "git", "url": url, "ref": "", **expected}, "name": name}


def test_who_may_look():
    assert request.audience(None) is None
    assert request.audience(["everyone"]) == {"kind": "everyone"}
    assert request.audience(["user:bob", "group:the team", "user:a:b"]) == {
        "kind": "people",
        "users": ["bob", "a:b"],
        "groups": ["the team"],
    }
    for shares in (["owner", "user:bob"], ["bob"], ["user:"], ["owner", "everyone"], ["team:x"]):
        with pytest.raises(CannotPublish, match="means nothing") as raised:
            request.audience(shares)
        assert "user:NAME and group:NAME" in raised.value.fix


@pytest.mark.parametrize(
    ("words", "sentence", "fix"),
    [
        ([], "There is no PATH to publish.", "--update"),
        (["sales", "--update", "x", "--name", "Y"], "--name belongs to a first publish", "Leave --name out"),
        (["--update", "x", "--share", "owner"], "--share belongs to a first publish", "Leave --share out"),
        (["--update", "x", "--file-only"], "--file-only needs a PATH", "Name the file"),
        (["sales", "--file-only"], "sales is a folder", "Leave --file-only out"),
        (["--git", "https://h.org/x"], "--git needs a PATH", "or . for its top"),
        (
            ["sales/", "--git", "https://h.org/x", "--file-only"],
            "sales/ is a folder",
            "Leave --file-only out",
        ),
        (["sales", "--lfs"], "--lfs is said of a repository", "--git URL"),
        (["sales", "--ref", "main"], "--ref is said of a repository", "--git URL"),
        (["no/such.py"], "no/such.py.", "Run this where the files are"),
        (["sales", "--share", "bob"], "--share bob means nothing", "user:NAME"),
        (["sales"], "Nothing here says at which address the hub is.", "--hub https://"),
        (["sales", "--hub", "https://hub.example.org"], "needs a token", "https://hub.example.org/hub/token"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_what_to_do(nowhere, capsys, words, sentence, fix):
    assert main(["publish", *words]) == 2
    said = capsys.readouterr()
    first, second = said.err.splitlines()
    assert first.startswith("jupyterhub-dashboards publish: ") and sentence in first
    assert fix in second and said.out == ""
    assert main(["publish", *words, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False and sentence in told["error"]["message"] and told["link"] is None


def test_a_token_is_no_argument(nowhere, capsys):
    with pytest.raises(SystemExit) as raised:
        main(["publish", "sales", "--token", "secret"])
    assert raised.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err
