"""Where the service runs, who starts it, and how the Hub and its proxy reach it."""

import os
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

from . import addresses
from .errors import ConfigurationError
from .hub_config import LOOKED_AT
from .service_configuration import DATABASE, HOOK_KEY, secret
from .service_port import free_port, lasting_port

API_TOKEN = "JUPYTERHUB_DASHBOARDS_API_TOKEN"
LISTEN = "JUPYTERHUB_DASHBOARDS_LISTEN"
# What belongs to a service that the Hub starts.
OF_A_MANAGED_ONE = ("service_command", "service_port", "service_host")


@dataclass(frozen=True)
class ServicePlace:
    # Where the Hub's proxy sends its requests.
    url: str
    # Where the Hub itself asks it.
    origin: str
    hook_key: str
    # As the Hub's list of services has it.
    definition: dict
    environment: dict = field(default_factory=dict)


def service_place(options):
    """`ServicePlace` as the options say. Raises `ConfigurationError`."""
    return _elsewhere(options) if options.service_url else _started_by_the_hub(options)


def _elsewhere(options):
    """In a container or unit of its own, which somebody else starts."""
    for name in OF_A_MANAGED_ONE:
        if getattr(options, name) is not None:
            raise ConfigurationError(
                f"service_url says that somebody else starts the service, and {name} how the Hub does."
                " Leave one of them out."
            )
    url = options.service_url.rstrip("/")
    return ServicePlace(
        url=url,
        origin=url,
        hook_key=secret(HOOK_KEY, os.environ),
        definition={"url": url, "api_token": secret(API_TOKEN, os.environ)},
    )


def _started_by_the_hub(options):
    port = options.service_port or _port(Path(f"{os.path.abspath(options.database or DATABASE)}.port"))
    # For the Hub, whose process has started it; the proxy may be on another machine.
    origin = f"http://127.0.0.1:{port}"
    url = addresses.at(options.service_host, port) if options.service_host else origin
    # The Hub is its parent, and it ends with it.
    environment = {"JUPYTERHUB_DASHBOARDS_MANAGED": "1"}
    if options.service_host:
        # The name by which others know this machine may be none that it has an address of.
        environment[LISTEN] = "0.0.0.0"
    return ServicePlace(
        url=url,
        origin=origin,
        hook_key=secrets.token_urlsafe(32),
        definition={"url": url, "command": list(options.service_command or _service_command())},
        environment=environment,
    )


def _port(file):
    return free_port() if LOOKED_AT.get() else lasting_port(file)


def _service_command():
    program = Path(sys.executable).with_name("jupyterhub-dashboards-service")
    return (
        [str(program)]
        if program.exists()
        else [sys.executable, "-m", "jupyterhub_dashboards.service_command"]
    )
