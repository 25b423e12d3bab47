"""What `jupyterhub-dashboards publish` says on the way."""

from jupyterhub_dashboards.publish.output import Output


def test_a_volume_is_cloned_before_there_is_a_server(capsys):
    output = Output(as_json=False)
    for more in ({"clonesVolume": True}, {}):
        output.tell({"kind": "state", "build": {"state": "server", **more}})
    output.tell({"kind": "state", "build": {"state": "queued", "clonesVolume": True}})
    assert capsys.readouterr().err.splitlines() == [
        "Cloning the volume that the files are on…",
        "Waiting for the dashboard's server…",
        "Waiting for its turn…",
    ]
