"""`configure(c, ...)`: everything that `jupyterhub_config.py` needs for dashboards."""

import json
import logging
from inspect import isawaitable
from pathlib import Path

from . import addresses
from .cluster_access import cluster_access
from .errors import ConfigurationError
from .git_token import GitToken
from .hook import create_hook
from .hub_config import extend, read, spawner_sections
from .no_lab import NoLab
from .options import checked
from .service_configuration import service_configuration
from .service_place import service_place
from .start_specification import StartSpecifications

log = logging.getLogger("JupyterHub.dashboards")

SERVICE = "dashboards"
SERVICE_SCOPE = f"access:services!service={SERVICE}"
SERVICE_ROLE = "jupyterhub-dashboards"
SERVICE_SCOPES = ("servers", "list:users", "read:users:name", "read:groups")
# Older ones are not tested.
OLDEST_HUB = (5, 5)
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
    place = service_place(chosen)
    subdomain_host = addresses.subdomain_host(c)
    if chosen.service_url and subdomain_host:
        raise ConfigurationError(
            "With c.JupyterHub.subdomain_host, the Hub has to start the service itself."
            " Leave out service_url; where the proxy runs on another machine, write service_host and"
            " service_port."
        )

    c.JupyterHub.allow_named_servers = True
    service_config = service_configuration(
        chosen,
        hub_url=hub_url,
        subdomain_host=subdomain_host,
        runner_service_url=addresses.runner_service_url(c, chosen, hub_url, place.origin),
        hook_key=place.hook_key,
    )
    _add_service(c, place, service_config, cluster_access(c, chosen.clones))
    _grant_scopes(c)
    no_lab = NoLab(chosen.no_lab, addresses.gallery(c))
    _set_hook(c, StartSpecifications(place.origin, place.hook_key), no_lab, GitToken.of(chosen))
    if chosen.no_lab:
        c.JupyterHub.default_url = no_lab.default_url(read(c.JupyterHub, "default_url", ""))
    _add_templates(
        c,
        {
            "jupyterhub_dashboards_hub": addresses.HubAddress(hub_url, chosen),
            "jupyterhub_dashboards_no_lab": no_lab,
        },
    )


def _check_hub():
    from jupyterhub import __version__, version_info

    if version_info[:2] < OLDEST_HUB:
        oldest = ".".join(map(str, OLDEST_HUB))
        raise ConfigurationError(
            f"Dashboards need JupyterHub {oldest} or newer, and this is {__version__}."
            f" Run: pip install 'jupyterhub>={oldest}'"
        )


def _add_service(c, place, service_config, cluster):
    others = [service for service in read(c.JupyterHub, "services", []) if service.get("name") != SERVICE]
    service = {
        "name": SERVICE,
        **place.definition,
        # Of a service that somebody else starts, for the check to read.
        "environment": {
            "JUPYTERHUB_DASHBOARDS_CONFIG": json.dumps(service_config),
            **place.environment,
            **cluster,
        },
        "oauth_no_confirm": True,
        "display": True,
        "info": {"title": "Dashboards", "description": "Dashboards that you published or may look at"},
    }
    c.JupyterHub.services = [*others, service]


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
