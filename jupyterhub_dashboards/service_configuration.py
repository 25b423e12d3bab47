"""What the service is told, made from the options of `configure(c, ...)`.

Imports nothing but this package: where the service runs by itself, there may be nothing else.
"""

import json
import os
from urllib.parse import urlsplit

from .errors import ConfigurationError
from .options import additions, checked
from .origin import origin_of

DATABASE = "jupyterhub_dashboards.sqlite"
HOOK_KEY = "JUPYTERHUB_DASHBOARDS_HOOK_KEY"
SHORTEST_KEY = 32


def service_configuration(options, *, hub_url, subdomain_host, runner_service_url, hook_key):
    """`Config` in server/service/config.ts, for JUPYTERHUB_DASHBOARDS_CONFIG."""
    return {
        "hookKey": hook_key,
        "database": os.path.abspath(options.database or DATABASE),
        "hubUrl": hub_url,
        "dashboardsOrigin": options.dashboards_origin,
        "subdomainHost": subdomain_host,
        "trustAllAuthors": options.trust_all_authors,
        "relayUrl": options.relay_url,
        "runnerServiceUrl": runner_service_url,
        "audiences": options.audiences,
        "defaultAudience": options.default_audience,
        "frameworks": options.frameworks,
        "publishers": options.publishers,
        "keepVersions": options.keep_versions,
        "readyTimeout": options.ready_timeout,
        "requestTimeout": options.request_timeout,
        "additions": additions(options),
        "publishablePaths": options.publishable_paths,
        "gitHosts": options.git_hosts,
        "strategies": options.strategies,
        "homesKept": options.homes_kept,
        "cloneTimeout": options.clone_timeout,
        "snapshotClass": options.snapshot_class,
        "pinImage": options.pin_image,
    }


def from_file(path, environment):
    """The same for a service that no Hub starts. Raises `ConfigurationError`.

    The file holds the options as one JSON object: the one that the Hub calls `configure(c, ...)` with.
    """
    options = checked(_read(path))
    if options.hub_url is None:
        raise ConfigurationError(
            f'{path} needs the hub as browsers see it, as in "hub_url": "https://hub.example.org/".'
        )
    base_url = environment.get("JUPYTERHUB_BASE_URL") or "/"
    hub_url = options.hub_url
    if urlsplit(hub_url).path == "/":
        hub_url = origin_of(hub_url) + base_url
    return service_configuration(
        options,
        hub_url=hub_url,
        subdomain_host=None,
        runner_service_url=options.runner_service_url or _way_of_runners(options, hub_url, base_url),
        hook_key=secret(HOOK_KEY, environment),
    )


def _way_of_runners(options, hub_url, base_url):
    """Through the proxy, on the way that sent files take where one is said."""
    hub = origin_of(options.relay_url) + base_url if options.relay_url else hub_url
    return f"{hub}services/dashboards/"


def secret(name, environment):
    """A secret that Hub and service share. Raises `ConfigurationError`, which does not repeat it."""
    value = environment.get(name, "")
    if len(value) < SHORTEST_KEY:
        what = "is missing in the environment" if not value else f"is shorter than {SHORTEST_KEY} characters"
        raise ConfigurationError(
            f"{name} {what}. Give the Hub and the service the same one, made with: openssl rand -hex 32"
        )
    return value


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            options = json.load(file)
    except OSError as error:
        raise ConfigurationError(f"The options cannot be read: {error}.") from None
    except ValueError as error:
        raise ConfigurationError(f"{path} is not JSON: {error}.") from None
    if not isinstance(options, dict):
        raise ConfigurationError(f'{path} has to be one JSON object, as in {{"keep_versions": 5}}.')
    return options
