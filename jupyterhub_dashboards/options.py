"""The options of `configure(c, ...)`, checked one by one before anything is set."""

import difflib
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from .errors import ConfigurationError

AUDIENCES = ("owner", "people", "everyone")
FRAMEWORKS = ("voila", "streamlit", "dash", "panel", "bokeh", "static", "command")


@dataclass(frozen=True)
class Options:
    """See `configure` for what each of them means."""

    hub_url: str | None = None
    dashboards_origin: str | None = None
    trust_all_authors: bool = False
    database: str | None = None
    audiences: tuple = AUDIENCES
    frameworks: tuple = FRAMEWORKS
    keep_versions: int = 5
    ready_timeout: int = 60
    publishers: tuple | None = None
    no_lab: tuple = ()
    service_port: int | None = None
    service_command: tuple | None = None
    runner_service_url: str | None = None


def checked(given):
    """`Options` from the keyword arguments of `configure`. Raises `ConfigurationError`."""
    known = [field.name for field in fields(Options)]
    for name in given:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, 1, 0.5)
            hint = f"Did you mean {nearest[0]}?" if nearest else f"There are: {', '.join(known)}."
            raise ConfigurationError(f"configure() has no option {name}. {hint}")
    values = {name: value for name, value in given.items() if value is not None}
    for name, check in CHECKS.items():
        if name in values:
            values[name] = check(name, values[name])
    return Options(**values)


def origin_of(url):
    """`https://host` or `http://host:8000`: what browsers keep apart. Standard ports are left out."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme)) else f":{parts.port}"
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _url(name, value):
    example = f'{name}="https://hub.example.org/"'
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} has to be a string, as in {example}.")
    parts = _split(name, value, example)
    if parts.query or parts.fragment:
        raise ConfigurationError(
            f"{name} cannot have a query or fragment ({value!r}); write it as in {example}."
        )
    return value if value.endswith("/") else value + "/"


def _origin(name, value):
    example = f'{name}="https://dash.example.org"'
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} has to be a string, as in {example}.")
    parts = _split(name, value, example)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigurationError(
            f"{name} is a scheme and a host without a path ({value!r}); write it as in {example}."
        )
    return origin_of(value)


def _split(name, value, example):
    try:
        parts = urlsplit(value.replace("{owner}", "owner") if name == "dashboards_origin" else value)
        complete = (
            parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.port != 0
        )
    except ValueError:
        complete = False
    if not complete or any(character in value for character in " \t\r\n\\"):
        raise ConfigurationError(
            f"{name}={value!r} is not an http or https address; write it as in {example}."
        )
    return parts


def _boolean(name, value):
    if not isinstance(value, bool):
        raise ConfigurationError(f"{name} is True or False, not {value!r}.")
    return value


def _subset(allowed):
    def check(name, value):
        values = (value,) if isinstance(value, str) else tuple(value)
        for one in values:
            if one not in allowed:
                raise ConfigurationError(
                    f"{name} has {one!r}; it is a list of some of: {', '.join(allowed)}."
                )
        if not values:
            raise ConfigurationError(f"{name} is empty; it is a list of some of: {', '.join(allowed)}.")
        return tuple(one for one in allowed if one in values)

    return check


def _groups(name, value):
    groups = (value,) if isinstance(value, str) else value
    if not isinstance(groups, (list, tuple, set, frozenset)) or not all(
        isinstance(group, str) and group.strip() for group in groups
    ):
        raise ConfigurationError(
            f'{name} is a list of names of groups, as in {name}=["analysts"], not {value!r}.'
        )
    return tuple(groups)


def _publishers(name, value):
    groups = _groups(name, value)
    if not groups:
        raise ConfigurationError(
            f'{name} is empty, so nobody could publish. Name groups, as in {name}=["analysts"],'
            " or leave it out: everybody publishes."
        )
    return groups


def _whole_number(lowest, highest):
    def check(name, value):
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise ConfigurationError(f"{name} is a whole number from {lowest} to {highest}, not {value!r}.")
        return value

    return check


def _text(name, value):
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{name} has to be a path, not {value!r}.")
    return value


def _words(name, value):
    words = (value,) if isinstance(value, str) else tuple(value)
    if not words or not all(isinstance(word, str) and word for word in words):
        raise ConfigurationError(
            f'{name} is a list of words, as in {name}=["/opt/hub/bin/{name.replace("_", "-")}"].'
        )
    return words


CHECKS = {
    "hub_url": _url,
    "dashboards_origin": _origin,
    "trust_all_authors": _boolean,
    "database": _text,
    "audiences": _subset(AUDIENCES),
    "frameworks": _subset(FRAMEWORKS),
    "keep_versions": _whole_number(0, 1000),
    "ready_timeout": _whole_number(1, 3600),
    "publishers": _publishers,
    "no_lab": _groups,
    "service_port": _whole_number(1, 65535),
    "service_command": _words,
    "runner_service_url": _url,
}
