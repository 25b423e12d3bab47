"""The line of the check about limits of servers, at Hubs that do not tell everything."""

import json
from types import SimpleNamespace

import pytest

from ..check.server_limit import server_limit
from ..running_hub import ACTIVE_SERVER_LIMIT, NAMED_SERVER_LIMIT

USERS = [{"name": "alice", "servers": {"": {}, "dash-a": {}}}, {"name": "bob", "servers": {"": {}}}]
TOLD = {NAMED_SERVER_LIMIT: 0, ACTIVE_SERVER_LIMIT: 3}


class Hub:
    """Answers a list of users, or an error."""

    def __init__(self, status, users=(), message=""):
        self.reply = SimpleNamespace(status=status, text=json.dumps(users), message=message)

    def ask(self, method, path):
        assert (method, path) == ("GET", "users?state=active&offset=0&limit=200")
        return self.reply


def file(limit=3):
    app = SimpleNamespace(named_server_limit_per_user=0, active_server_limit=limit)
    return SimpleNamespace(app=app, public_url="https://hub.example.org", base_url="/")


@pytest.mark.parametrize("settings", [TOLD, {}], ids=["of the running Hub", "of the file"])
@pytest.mark.parametrize(
    ("hub", "reason", "fix"),
    [
        (Hub(403, message="requires any of [list:users]"), "requires any of [list:users]", "hub/token"),
        (Hub(200, [{"name": "alice"}]), "it may not read them", "Make one as an administrator"),
        (Hub(503, message="Starting"), "Starting", "Look into the Hub's log."),
        (Hub(500), "status 500", "Look into the Hub's log."),
    ],
)
def test_servers_that_the_hub_does_not_tell_of_are_no_room(hub, reason, fix, settings):
    line = server_limit(hub, file(), settings)
    assert (line.state, line.tried) == ("not_tried", False)
    said = f"Not tried: the Hub does not tell this token how many servers run ({reason})."
    assert line.sentence == said and fix in line.fix


def test_servers_that_it_tells_of_are_counted():
    line = server_limit(Hub(200, USERS), file(), TOLD)
    assert (line.state, line.tried) == ("warning", True)
    assert "3 servers at most, dashboards included, and 3 run now" in line.sentence


def test_where_there_is_no_limit_nobody_is_asked():
    line = server_limit(None, file(0), {NAMED_SERVER_LIMIT: 0, ACTIVE_SERVER_LIMIT: 0})
    assert (line.state, line.tried) == ("ok", True)
