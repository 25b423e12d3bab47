"""What `configure` finds out about the Hub's addresses."""

import ipaddress
import re
from urllib.parse import urlsplit

from .errors import ConfigurationError
from .hub_config import read
from .origin import origin_of

# Parts of the names of Spawner classes whose servers do not run beside the Hub.
SPAWNERS_ELSEWHERE = ("kube", "docker", "swarm", "batch", "slurm", "yarn", "ecs", "fargate")


def base_url(c):
    """The path of the whole hub, with slashes at both ends."""
    bind_path = urlsplit(read(c.JupyterHub, "bind_url", "")).path
    path = read(c.JupyterHub, "base_url", bind_path).strip("/")
    return f"/{path}/" if path else "/"


def hub_url(c, options):
    """The hub's URL as browsers see it, with a slash at the end, or None where nothing says so."""
    if options.hub_url:
        url = options.hub_url
        _check_hub_path(url, base_url(c))
        return url if urlsplit(url).path != "/" else origin_of(url) + base_url(c)
    public = read(c.JupyterHub, "public_url", "") or read(c.JupyterHub, "subdomain_host", "")
    if public:
        return origin_of(_with_scheme(public)) + base_url(c)
    bind = read(c.JupyterHub, "bind_url", "") or _legacy_bind_url(c)
    return origin_of(bind) + base_url(c) if bind and is_concrete(urlsplit(bind).hostname) else None


def _check_hub_path(url, base):
    """`/hub/` belongs to the Hub's own pages: with it, every link to the service would be dead."""
    words = urlsplit(url).path.removeprefix(base).strip("/").split("/")
    if "hub" in words:
        above = url[: url.rindex("/hub/") + 1]
        raise ConfigurationError(
            f"hub_url={url!r} ends in the Hub's own prefix; write where the whole hub begins:"
            f' configure(c, hub_url="{above}")'
        )


def check_isolation(hub, options):
    """An origin for dashboards is worth something only when it is known not to be the hub's."""
    if options.dashboards_origin is None:
        return
    line = (
        f'configure(c, dashboards_origin="{options.dashboards_origin}", hub_url="https://hub.example.org/")'
    )
    if hub is None:
        raise ConfigurationError(
            "dashboards_origin needs the hub's own public URL beside it, to keep the two apart. Write: "
            + line
        )
    if origin_of(hub) == options.dashboards_origin:
        raise ConfigurationError(
            f"dashboards_origin is the hub's own origin ({origin_of(hub)}), which isolates nothing."
            ' Give the proxy a second host name and write it: configure(c, dashboards_origin="https://dash.example.org")'
        )
    if _covers(options.dashboards_origin, origin_of(hub)):
        deeper = options.dashboards_origin.replace("{owner}", "{owner}.dash")
        raise ConfigurationError(
            f"With dashboards_origin={options.dashboards_origin!r}, dashboards of a user could get the hub's"
            f" own origin ({origin_of(hub)}). Put the owners one level deeper:"
            f' configure(c, dashboards_origin="{deeper}")'
        )


class HubAddress:
    """For the Hub's templates, which take a mere function for one of the user."""

    def __init__(self, hub, options):
        self._hub = hub
        self._dashboards = options.dashboards_origin

    def seen_from(self, host):
        """The hub's own origin when `host` is the dashboards', else empty."""
        if self._dashboards is None:
            return ""
        try:
            origin = origin_of(f"{urlsplit(self._dashboards).scheme}://{host}")
        except ValueError:
            # Whoever asks writes what they like there.
            return ""
        return origin_of(self._hub) if _covers(self._dashboards, origin) else ""


def _covers(dashboards_origin, origin):
    """Whether `origin` is the dashboards', for whatever owner."""
    parts = [re.escape(part) for part in dashboards_origin.split("{owner}")]
    return re.fullmatch("[^./:]+".join(parts), origin, re.IGNORECASE) is not None


def subdomain_host(c):
    """The origin under which users have domains of their own, or None."""
    host = read(c.JupyterHub, "subdomain_host", "")
    return origin_of(_with_scheme(host)) if host else None


def subdomain_service_url(c):
    """The service's URL on a hub with a domain for each user and service, else None."""
    from jupyterhub.utils import subdomain_hook_idna, subdomain_hook_legacy

    host = subdomain_host(c)
    if not host:
        return None
    hub = urlsplit(host)
    hook = read(c.JupyterHub, "subdomain_hook", "idna")
    hook = {"idna": subdomain_hook_idna, "legacy": subdomain_hook_legacy}.get(hook, hook)
    port = f":{hub.port}" if hub.port else ""
    domain = hook("dashboards", hub.hostname, kind="service")
    return f"{hub.scheme}://{domain}{port}{base_url(c)}services/dashboards/"


def service_url(c, hub):
    """The service's URL, below `hub` (a path or URL with a slash at the end) or with a domain of its own."""
    return subdomain_service_url(c) or f"{hub}services/dashboards/"


def gallery(c):
    """The page that lists the dashboards: a path while it shares the hub's host, else absolute."""
    return service_url(c, base_url(c))


def runner_service_url(c, options, hub, origin):
    """The service as dashboards' servers reach it: directly, or through the proxy from another machine."""
    if options.runner_service_url:
        return options.runner_service_url
    spawner_class = read(c.JupyterHub, "spawner_class", "")
    name = spawner_class if isinstance(spawner_class, str) else spawner_class.__name__
    if any(word in name.lower() for word in SPAWNERS_ELSEWHERE):
        if options.relay_url and not subdomain_host(c):
            return origin_of(options.relay_url) + service_url(c, base_url(c))
        if hub:
            return service_url(c, hub)
    return f"{origin}{base_url(c)}services/dashboards/"


def at(host, port, scheme="http"):
    """The origin of what listens there."""
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _with_scheme(url):
    """The Hub itself takes https where nothing is said."""
    return url if "://" in url else f"https://{url}"


def _legacy_bind_url(c):
    ip = read(c.JupyterHub, "ip", "")
    if not ip:
        return ""
    scheme = "https" if read(c.JupyterHub, "ssl_cert", "") else "http"
    return at(ip, read(c.JupyterHub, "port", 8000), scheme)


def is_concrete(host):
    """Whether a browser could be sent to `host`: not an address that means all of them."""
    if not host or host == "*":
        return False
    try:
        return not ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return True
