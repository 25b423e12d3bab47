import jupyterhub
import pytest
from traitlets.config import Config

from ..configuration import configure
from ..errors import ConfigurationError


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch, tmp_path):
    """The port of the service is kept beside the database, which is where the Hub runs."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("version", [(4, 1, 6, "", ""), (5, 4, 9, "", "")])
def test_a_hub_that_is_too_old_is_refused_with_what_to_install(monkeypatch, version):
    monkeypatch.setattr(jupyterhub, "version_info", version)
    with pytest.raises(
        ConfigurationError, match=r"need JupyterHub 5\.5 or newer.* pip install 'jupyterhub>=5\.5'"
    ):
        configure(Config())


@pytest.mark.parametrize("version", [(5, 5, 0, "", ""), (6, 0, 0, "rc1", ""), (10, 0, 0, "", "")])
def test_newer_ones_are_not(monkeypatch, version):
    monkeypatch.setattr(jupyterhub, "version_info", version)
    c = Config()
    configure(c)
    assert [service["name"] for service in c.JupyterHub.services] == ["dashboards"]
