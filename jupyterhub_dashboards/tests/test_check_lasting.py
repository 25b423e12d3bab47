"""What the check says of homes, by whether they are kept and whether the options say so; without a Hub."""

import json
from email.message import Message

import pytest

from ..check.lasting import CANARY, lasting
from ..check.web import Reply

PAGE = "http://127.0.0.1/user/root/dash-check/"


class Server:
    """Stands for the checking server: forgets, when it stops, what a home that is not kept forgets."""

    name = "dash-check"
    address = PAGE

    def __init__(self, keeps):
        self.keeps = keeps
        self.written = False

    def stop(self):
        self.written = self.written and self.keeps
        return True

    def start(self, patience, progress):
        return None


@pytest.fixture
def look(monkeypatch):
    def _look(keeps, expected):
        server = Server(keeps)

        def ask(method, url, authorization):
            assert (url, authorization) == (PAGE + CANARY, "Bearer key")
            if method == "PUT":
                server.written = True
                return Reply(200, Message(), '{"error": null}', 0)
            return Reply(200, Message(), json.dumps({"kept": server.written}), 0)

        monkeypatch.setattr("jupyterhub_dashboards.check.lasting.ask", ask)
        return lasting(server, "key", 1, lambda _: None, expected)

    return _look


def test_homes_that_go_as_the_options_say_are_warned_of(look):
    found = look(keeps=False, expected=False)
    assert (found.id, found.state) == ("store-kept", "warning")
    assert "repositories alone are published, and again after each sleep" in found.sentence
    assert "outlives its server" in found.fix


def test_homes_that_are_kept_although_the_options_say_no_can_be_published_from(look):
    found = look(keeps=True, expected=False)
    assert found.state == "warning"
    assert "homes_kept=False says that it is not" in found.sentence
    assert "leave it out and restart the Hub" in found.fix


def test_homes_that_are_kept_are_all_right_and_others_are_a_failure(look):
    assert look(keeps=True, expected=True).state == "ok"
    found = look(keeps=False, expected=True)
    assert found.state == "failed"
    assert "homes_kept=False" in found.fix
