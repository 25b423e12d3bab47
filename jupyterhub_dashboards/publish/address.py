"""Where the service is, and the token to call it with."""

import re
from urllib.parse import urlsplit

from ..given_token import NoToken, given_token
from .errors import CannotPublish

WHERE = "Say where the hub is: --hub https://hub.example.org"


def service_url(hub, url, environment):
    """The service's address with a slash at the end. Within a user's server the Hub may have told it."""
    if url:
        return _address("--url", url)
    if hub:
        return _below(_address("--hub", hub))
    # Set by configure(c) on a hub with a domain for each user and service.
    if told := environment.get("JUPYTERHUB_DASHBOARDS_URL"):
        return _address("JUPYTERHUB_DASHBOARDS_URL", told)
    if public := environment.get("JUPYTERHUB_PUBLIC_HUB_URL"):
        return _below(_address("JUPYTERHUB_PUBLIC_HUB_URL", public))
    if host := environment.get("JUPYTERHUB_HOST"):
        return _below(_address("JUPYTERHUB_HOST", f"{host}{environment.get('JUPYTERHUB_BASE_URL', '/')}"))
    raise CannotPublish("Nothing here says at which address the hub is.", f"{WHERE}.", "no_address")


def _address(name, value):
    url = f"{value.rstrip('/')}/"
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known or not re.fullmatch(r"[^\s?#@]+", url):
        raise CannotPublish(f"{name} is no address of the web: {value}.", f"{WHERE}.", "no_address")
    return url


def _below(hub):
    """People copy the address of the Hub's own pages, which end in `hub/`."""
    return f"{hub.removesuffix('hub/') if urlsplit(hub).path.endswith('/hub/') else hub}services/dashboards/"


def token_page(service):
    """The page of the Hub where tokens are made, as far as the service's address shows it."""
    hub, found, _ = service.partition("services/dashboards/")
    return f"{hub}hub/token" if found else "the page /hub/token of your hub"


def read_token(path, environment, service):
    """Raises `CannotPublish` where there is none."""
    how = (
        f"Make one at {token_page(service)}, and give it in a file (--token-file) or in JUPYTERHUB_API_TOKEN."
    )
    try:
        token = given_token(path, environment)
    except NoToken as error:
        raise CannotPublish(str(error), how, "no_token") from None
    if not token:
        raise CannotPublish("Publishing needs a token of yours.", how, "no_token")
    return token
