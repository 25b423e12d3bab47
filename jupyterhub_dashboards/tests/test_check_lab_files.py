"""`jupyterhub-dashboards check` beside a real Jupyter Server of the administrator's."""

import os
import sys
from pathlib import Path

from .check_runs import findings

SERVER = f"""#!/bin/sh
export JUPYTERHUB_SINGLEUSER_APP=jupyter_server.serverapp.ServerApp
cd "$HOME" && BEFORE exec {Path(sys.executable).parent}/jupyterhub-singleuser --allow-root \\
    --ServerApp.jpserver_extensions=jupyterhub_dashboards=True
"""
# A home that no other process sees.
APART = 'exec unshare -Urm sh -c \'mount -t tmpfs none "$HOME" && cd "$HOME" && "$@"\' sh '


def run_lab(hub, before):
    """Starts root's own server anew."""
    token = hub.user("root")
    hub.api("DELETE", "users/root/server", token=token)
    (hub.folder / "bin" / "jupyterhub-singleuser").write_text(
        SERVER.replace("BEFORE exec ", before or "exec ")
    )
    hub.wait("a start of Lab", lambda: hub.api("POST", "users/root/server", token=token).status in (201, 202))
    hub.started("root", "")


def test_what_a_lab_writes_is_looked_for_where_dashboards_run(start_hub):
    hub = start_hub()
    home = hub.folder / "home" / "root"
    run_lab(hub, None)
    _, lines = findings(hub)
    assert lines["lab-files"]["state"] == "ok", lines["lab-files"]
    assert str(home) in lines["lab-files"]["sentence"]
    assert [name for name in os.listdir(home) if "check" in name] == []
    run_lab(hub, APART)
    _, lines = findings(hub)
    assert lines["lab-files"]["state"] == "warning", lines["lab-files"]
    assert "is not seen by dashboards' servers" in lines["lab-files"]["sentence"]
    hub.api("DELETE", "users/root/server")
    hub.wait("the end of Lab", lambda: "" not in hub.api("GET", "users/root").json["servers"])
    _, lines = findings(hub)
    assert (lines["lab-files"]["state"], lines["lab-files"]["tried"]) == ("not_tried", False)
    assert "Start yours" in lines["lab-files"]["fix"]
