"""What the check says of JupyterLab's files, by the ways in which they may be published; without a Hub."""

import hashlib
from email.message import Message
from types import SimpleNamespace

import pytest

from ..check.lab_files import lab_files
from ..check.web import Reply

LAB = "http://hub/user/root/"


class Hub:
    """Stands for the Hub, and the JupyterLab behind it, which writes what it is told."""

    written = None

    def ask(self, method, path):
        return SimpleNamespace(json={"servers": {"": {"ready": True, "url": "user/root/"}}})

    def service(self, method, url, model=None):
        if method == "PUT":
            self.written = model["content"]
        return SimpleNamespace(status=201, json={"root": "/home/root"})


@pytest.fixture
def look(monkeypatch):
    def _look(seen, **options):
        hub = Hub()

        def ask(method, url, authorization):
            sha256 = hashlib.sha256(hub.written.encode()).hexdigest()
            return Reply(200, Message(), f'{{"sha256": "{sha256}"}}' if seen else '{"sha256": null}', 0)

        monkeypatch.setattr("jupyterhub_dashboards.check.lab_files.ask", ask)
        file = SimpleNamespace(options={"subdomainHost": "", **options}, public_url="http://hub/")
        server = SimpleNamespace(user="root", address=f"{LAB}dash-check/")
        return lab_files(hub, file, server, "key")

    return _look


def test_what_is_seen_is_copied_where_that_is_allowed(look):
    assert look(True).sentence.endswith("see there: they copy it.")
    assert look(True, strategies=["live", "relay"]).sentence.endswith("see there.")


def test_what_is_not_seen_is_sent_where_that_is_allowed(look):
    found = look(False)
    assert found.state == "warning"
    assert found.sentence.endswith("it has to be sent (relay).")


def test_what_is_neither_seen_nor_may_be_sent_cannot_be_published(look):
    found = look(False, strategies=["snapshot", "git"])
    assert found.state == "warning"
    assert found.sentence.endswith("nor may it be sent: it cannot be published.")
    assert 'strategies=["snapshot", "git", "relay"]' in found.fix


def test_files_that_are_cloned_with_their_volume_need_not_be_seen(look):
    assert "by cloning its volume" in look(False, strategies=["clone", "git"]).sentence


@pytest.mark.parametrize("options", [{"strategies": ["git"]}, {"homesKept": False}])
def test_files_that_nobody_may_publish_are_not_looked_for(look, options):
    found = look(True, **options)
    assert (found.state, found.sentence) == (
        "not_tried",
        "Not tried: this hub publishes from repositories alone.",
    )
