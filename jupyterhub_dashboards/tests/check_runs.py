"""Runs of `jupyterhub-dashboards check` in tests."""

import contextlib
import io
import json
from urllib.parse import quote

from ..command import main


def install(hub, framework, version, source=""):
    """Stands in for a framework, none of which is installed beside the Hub of the tests."""
    site = hub.folder / "site"
    (site / f"{framework}.py").write_text(source)
    information = site / f"{framework}-{version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {framework}\nVersion: {version}\n")


def check(hub, *arguments, admin="root"):
    """Exit code, and what was printed."""
    file = hub.folder / "token"
    file.write_text(hub.user(admin))
    config = hub.folder / "jupyterhub_config.py"
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["check", "-f", str(config), "--token-file", str(file), *arguments])
    return code, out.getvalue()


def findings(hub, admin="root"):
    """Exit code, and the lines by id."""
    code, text = check(hub, "--json", admin=admin)
    lines = json.loads(text)["lines"]
    by_id = {line["id"]: line for line in lines}
    assert len(by_id) == len(lines), "each line stands there once"
    return code, by_id


def failing(lines):
    return {id for id, line in lines.items() if line["state"] == "failed"}


def servers_of(hub, user="root"):
    path = f"users/{quote(user, safe='')}?include_stopped_servers=1"
    servers = json.loads(hub.api("GET", path).text)["servers"]
    return [name for name in servers if name]
