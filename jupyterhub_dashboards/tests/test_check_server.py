"""The server that the check starts, at a Hub that does not do as it should."""

from types import SimpleNamespace

import pytest

from ..check import check_server
from ..check.check_server import CheckServer, left, remains
from ..check.web import NoAnswer


class Hub:
    """Answers starts with `start`, and questions for the user with `user`: a status and the servers."""

    def __init__(self, start, user=(200, ())):
        self.start = start
        self.user = user

    def ask(self, method, path, *_, **options):
        status, servers = self.user if method == "GET" else (self.start, ())
        json = {"servers": {name: {"ready": True, "url": f"/user/root/{name}/"} for name in servers}}
        return SimpleNamespace(status=status, json=json if status == 200 else {}, message="")


@pytest.fixture(autouse=True)
def one_look(monkeypatch):
    """A removal that is not seen at the first look is given up."""
    times = iter(range(100))
    monkeypatch.setattr(check_server, "GONE_WITHIN", 1.5)
    clock = SimpleNamespace(monotonic=lambda: next(times), sleep=lambda _: None)
    monkeypatch.setattr(check_server, "time", clock)


def started(hub):
    server = CheckServer(hub, None, "root", "dash-check-a")
    server.start(9, lambda: None)
    return server


def test_a_server_that_was_refused_is_none_that_was_started():
    server = started(Hub(403))
    assert (server.may_be_left, remains([server])) == (False, "no server had been started.")


def test_a_server_that_is_seen_no_more_has_been_removed():
    hub = Hub(201, (200, ["dash-check-a"]))
    server = started(hub)
    assert server.may_be_left
    hub.user = (200, ())
    assert server.discard()
    assert (left([server]), remains([server])) == ("", "its server has been removed.")


@pytest.mark.parametrize("user", [(200, ["dash-check-a"]), (403, ()), (502, ())])
def test_a_server_that_is_there_or_not_known_to_be_gone_is_named_with_what_to_do(user):
    hub = Hub(201, (200, ["dash-check-a"]))
    server = started(hub)
    hub.user = user
    assert not server.discard()
    what = "root's server dash-check-a may still be there. Stop and delete it on root's page of servers."
    assert left([server]) == remains([server]) == what


def test_a_hub_that_does_not_say_what_became_of_a_start_is_not_taken_for_one_that_failed():
    with pytest.raises(NoAnswer, match="status 502"):
        started(Hub(201, (502, ())))
