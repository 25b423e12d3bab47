"""The Hub's configuration file, loaded as the Hub loads it and only looked at."""

import contextlib
import json
import logging
import os
from urllib.parse import urlsplit

from .. import addresses
from ..configuration import SERVICE
from ..errors import ConfigurationError
from ..hub_config import LOOKED_AT, read
from ..origin import origin_of
from .finding import CannotCheck


class HubFile:
    """What `jupyterhub_config.py` says, for the lines that can only be read, and for where to ask."""

    def __init__(self, app):
        self.app = app
        service = next((one for one in app.services if one.get("name") == SERVICE), {})
        text = service.get("environment", {}).get("JUPYTERHUB_DASHBOARDS_CONFIG")
        # As `configure` has handed it to the service.
        self.options = json.loads(text) if text else None
        self.starts_service = bool(service.get("command"))

    def spawner_setting(self, name):
        """A setting of the Spawner: the section of the most special class wins, as for the Hub."""
        for kind in self.app.spawner_class.mro():
            if kind.__name__ in self.app.config and name in self.app.config[kind.__name__]:
                return read(self.app.config[kind.__name__], name, [])
        trait = self.app.spawner_class.class_traits().get(name)
        return trait.default() if trait else None

    @property
    def base_url(self):
        return addresses.base_url(self.app.config)

    @property
    def api_url(self):
        """The Hub's own API, on this machine unless the configuration says otherwise."""
        if os.environ.get("JUPYTERHUB_API_URL"):
            return os.environ["JUPYTERHUB_API_URL"].rstrip("/")
        app = self.app
        bound = app.hub_connect_url or app.hub_bind_url or f"http://{app.hub_ip}:{app.hub_port}"
        parts = urlsplit(bound)
        host = parts.hostname if addresses.is_concrete(parts.hostname) else "127.0.0.1"
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return f"{parts.scheme}://{_in_url(host)}:{port}{self.base_url}hub/api"

    @property
    def public_url(self):
        """The hub as browsers see it, as far as it is known here, without a path."""
        known = self.options and self.options["hubUrl"]
        if known:
            return origin_of(known)
        parts = urlsplit(read(self.app.config.JupyterHub, "bind_url", "") or self.app.bind_url)
        host = parts.hostname if addresses.is_concrete(parts.hostname) else "127.0.0.1"
        return origin_of(f"{parts.scheme}://{_in_url(host)}:{parts.port or 8000}")

    @property
    def service_url(self):
        return addresses.service_url(self.app.config, self.public_url + self.base_url)


def load(path):
    """`HubFile` of the file at `path`. Raises `CannotCheck`."""
    if not os.path.isfile(path):
        raise CannotCheck(
            f"There is no {path}. Name the Hub's configuration file: jupyterhub-dashboards check -f …"
        )
    try:
        from jupyterhub.app import JupyterHub
    except ImportError as error:
        raise CannotCheck(
            f"JupyterHub is not installed beside this command ({error}). Run it in the Hub's environment."
        ) from None
    app = JupyterHub(log_level=logging.ERROR)
    looked_at = LOOKED_AT.set(True)
    try:
        # What the file prints is no line of the check.
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            app.load_config_file(os.path.abspath(path))
    except ConfigurationError as error:
        raise CannotCheck(f"{path} stops the Hub from starting: {error}") from None
    except (Exception, SystemExit) as error:
        raise CannotCheck(f"{path} cannot be loaded: {type(error).__name__}: {error}") from None
    finally:
        LOOKED_AT.reset(looked_at)
    return HubFile(app)


def _in_url(host):
    return f"[{host}]" if ":" in host else host
