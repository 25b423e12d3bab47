"""`configure(c, ...)`: everything that `jupyterhub_config.py` needs for dashboards."""

import json
import logging
import os
import secrets
import sys
from inspect import isawaitable
from pathlib import Path

from . import addresses
from .errors import ConfigurationError
from .git_token import GitToken
from .hook import create_hook
from .hub_config import LOOKED_AT, extend, read, spawner_sections
from .no_lab import NoLab
from .options import additions, checked
from .service_port import free_port, lasting_port
from .start_specification import StartSpecifications

log = logging.getLogger("JupyterHub.dashboards")

SERVICE = "dashboards"
SERVICE_SCOPE = f"access:services!service={SERVICE}"
SERVICE_ROLE = "jupyterhub-dashboards"
SERVICE_SCOPES = ("servers", "list:users", "read:users:name", "read:groups")
# Older ones are not tested.
OLDEST_HUB = (5, 5)
# The name by which others know this machine may be none that it has an address of, as that of a Service.
LISTEN_EVERYWHERE = {"JUPYTERHUB_DASHBOARDS_LISTEN": "0.0.0.0"}
TEMPLATES = str(Path(__file__).with_name("templates"))


def configure(c, **options):
    """Sets dashboards up. Call it at the end of `jupyterhub_config.py`:

        from jupyterhub_dashboards import configure

        configure(c, dashboards_origin="https://dash.example.org")

    Every option with its type, default and cost: docs/operators/configuration.md. The most used ones:

    `dashboards_origin`
        A second host name of the same proxy, on which dashboards are served, so that a dashboard cannot act
        as whoever looks at it. May contain `{owner}`. Not needed with `JupyterHub.subdomain_host`.
    `hub_url`
        The hub as browsers see it. Needed where neither `JupyterHub.public_url` nor `bind_url` says so.
    `publishers`, `no_lab`
        Groups whose members may publish (everybody unless given), and groups whose members get no JupyterLab.
    `database`
        Path of the SQLite file; in the hub's working directory unless given.

    Raises `ConfigurationError`, whose message ends with what to write instead.
    """
    _check_hub()
    chosen = checked(options)
    hub_url = addresses.hub_url(c, chosen)
    addresses.check_isolation(hub_url, chosen)
    database = os.path.abspath(chosen.database or "jupyterhub_dashboards.sqlite")
    port = chosen.service_port or _port(Path(f"{database}.port"))
    # For the Hub, whose process has started it; the proxy may be on another machine.
    origin = f"http://127.0.0.1:{port}"
    hook_key = secrets.token_urlsafe(32)

    c.JupyterHub.allow_named_servers = True
    service_config = {
        "hookKey": hook_key,
        "database": database,
        "hubUrl": hub_url,
        "dashboardsOrigin": chosen.dashboards_origin,
        "subdomainHost": addresses.subdomain_host(c),
        "trustAllAuthors": chosen.trust_all_authors,
        "relayUrl": chosen.relay_url,
        "runnerServiceUrl": addresses.runner_service_url(c, chosen, hub_url, origin),
        "audiences": chosen.audiences,
        "defaultAudience": chosen.default_audience,
        "frameworks": chosen.frameworks,
        "publishers": chosen.publishers,
        "keepVersions": chosen.keep_versions,
        "readyTimeout": chosen.ready_timeout,
        "requestTimeout": chosen.request_timeout,
        "additions": additions(chosen),
        "publishablePaths": chosen.publishable_paths,
        "gitHosts": chosen.git_hosts,
        "strategies": chosen.strategies,
        "homesKept": chosen.homes_kept,
    }
    command = list(chosen.service_command or _service_command())
    if chosen.service_host:
        url = addresses.at(chosen.service_host, port)
        _add_service(c, url, command, service_config, LISTEN_EVERYWHERE)
    else:
        _add_service(c, origin, command, service_config)
    _grant_scopes(c)
    no_lab = NoLab(chosen.no_lab, addresses.gallery(c))
    _set_hook(c, StartSpecifications(origin, hook_key), no_lab, GitToken.of(chosen))
    if chosen.no_lab:
        c.JupyterHub.default_url = no_lab.default_url(read(c.JupyterHub, "default_url", ""))
    _add_templates(
        c,
        {
            "jupyterhub_dashboards_hub": addresses.HubAddress(hub_url, chosen),
            "jupyterhub_dashboards_no_lab": no_lab,
        },
    )


def _port(file):
    return free_port() if LOOKED_AT.get() else lasting_port(file)


def _check_hub():
    from jupyterhub import __version__, version_info

    if version_info[:2] < OLDEST_HUB:
        oldest = ".".join(map(str, OLDEST_HUB))
        raise ConfigurationError(
            f"Dashboards need JupyterHub {oldest} or newer, and this is {__version__}."
            f" Run: pip install 'jupyterhub>={oldest}'"
        )


def _add_service(c, origin, command, service_config, environment=None):
    others = [service for service in read(c.JupyterHub, "services", []) if service.get("name") != SERVICE]
    service = {
        "name": SERVICE,
        "url": origin,
        "command": command,
        "environment": {
            "JUPYTERHUB_DASHBOARDS_CONFIG": json.dumps(service_config),
            # The Hub is its parent, and it ends with it.
            "JUPYTERHUB_DASHBOARDS_MANAGED": "1",
            **(environment or {}),
        },
        "oauth_no_confirm": True,
        "display": True,
        "info": {"title": "Dashboards", "description": "Dashboards that you published or may look at"},
    }
    c.JupyterHub.services = [*others, service]


def _service_command():
    program = Path(sys.executable).with_name("jupyterhub-dashboards-service")
    return (
        [str(program)]
        if program.exists()
        else [sys.executable, "-m", "jupyterhub_dashboards.service_command"]
    )


def _grant_scopes(c):
    roles = [dict(role) for role in read(c.JupyterHub, "load_roles", []) if role.get("name") != SERVICE_ROLE]
    roles.append({"name": SERVICE_ROLE, "services": [SERVICE], "scopes": list(SERVICE_SCOPES)})
    _grant_to_users(c, roles)
    c.JupyterHub.load_roles = roles
    # Lab's browser token has to hold the scope too.
    for section in spawner_sections(c, "oauth_client_allowed_scopes"):
        present = read(section, "oauth_client_allowed_scopes", [])
        section.oauth_client_allowed_scopes = _with_service_scope(present)


def _grant_to_users(c, roles):
    """The Hub refuses to define the `user` role twice, and a definition replaces the default scopes."""
    from jupyterhub.app import JupyterHub

    own = next((role for role in roles if role.get("name") == "user"), None)
    if own is not None and "scopes" in own:
        own["scopes"] = [*(scope for scope in own["scopes"] if scope != SERVICE_SCOPE), SERVICE_SCOPE]
    elif JupyterHub.class_traits().get("extra_user_scopes"):
        c.JupyterHub.extra_user_scopes = {*read(c.JupyterHub, "extra_user_scopes", set()), SERVICE_SCOPE}
    elif own is not None:
        own["scopes"] = ["self", SERVICE_SCOPE]
    else:
        roles.append({"name": "user", "scopes": ["self", SERVICE_SCOPE]})


def _with_service_scope(present):
    if not callable(present):
        return [*(scope for scope in present or [] if scope != SERVICE_SCOPE), SERVICE_SCOPE]

    async def oauth_client_allowed_scopes(spawner):
        scopes = present(spawner)
        if isawaitable(scopes):
            scopes = await scopes
        return _with_service_scope(scopes)

    oauth_client_allowed_scopes.adds = SERVICE_SCOPE
    return oauth_client_allowed_scopes


def _set_hook(c, specifications, no_lab, git_token):
    for section in spawner_sections(c, "apply_user_options"):
        section.apply_user_options = create_hook(
            specifications, read(section, "apply_user_options"), no_lab, git_token
        )


def _add_templates(c, template_vars):
    """After the administrator's own, which win."""
    for folder in read(c.JupyterHub, "template_paths", []):
        for page in ("404.html", "not_running.html", "login.html"):
            if folder != TEMPLATES and Path(folder, page).is_file():
                log.warning(
                    'Addresses of sleeping dashboards end at your own %s. Add to it: {%% include "%s" %%}',
                    Path(folder, page),
                    "dashboard_redirect.html",
                )
    extend(c.JupyterHub, "template_paths", [TEMPLATES])
    service_url = addresses.subdomain_service_url(c)
    if service_url:
        # Otherwise the service is a path on the same host, which pages and servers can tell by themselves.
        template_vars["jupyterhub_dashboards_url"] = service_url
        for section in spawner_sections(c, "environment"):
            section.environment = {
                **read(section, "environment", {}),
                "JUPYTERHUB_DASHBOARDS_URL": service_url,
            }
    c.JupyterHub.template_vars = {**read(c.JupyterHub, "template_vars", {}), **template_vars}
