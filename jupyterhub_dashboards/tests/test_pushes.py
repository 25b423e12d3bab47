"""How pushes of a single-user server end whose program does not come to its end."""

import asyncio
import os

import pytest

from .. import node, own_node
from ..author_program import AuthorProgram, Refused
from ..pushes import Pushes


def outcome(pushes):
    async def run():
        pushes.begin({"build": "b1"})
        assert pushes.state("b1")["running"]
        while pushes.state("b1")["running"]:
            await asyncio.sleep(0.01)
        return pushes.state("b1")["outcome"]

    return asyncio.run(run())


@pytest.mark.parametrize("source", ["process.exit(3)", "process.kill(process.pid, 'SIGKILL')", "0 = 1"])
def test_a_program_that_ends_early_is_told_of(source, tmp_path, monkeypatch):
    (tmp_path / "push.js").write_text(source)
    monkeypatch.setattr(node, "SCRIPTS", str(tmp_path))
    found = outcome(Pushes(dict(os.environ)))
    assert (found["ok"], found["problem"]["code"]) == (False, "internal")
    assert "ended before it was done" in found["problem"]["message"]


def test_a_server_that_may_start_no_more_programs_says_so(monkeypatch):
    async def refuse(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(own_node, "node_command", lambda *_, **__: ["node"])
    monkeypatch.setattr(own_node.asyncio, "create_subprocess_exec", refuse)
    problem = outcome(Pushes(dict(os.environ)))["problem"]
    assert problem["code"] == "internal"
    assert "Resource temporarily unavailable" in problem["message"]
    with pytest.raises(Refused) as refused:
        asyncio.run(AuthorProgram(dict(os.environ)).ask("plan", {}))
    assert "Resource temporarily unavailable" in refused.value.problem["message"]
    assert refused.value.problem["fix"]
