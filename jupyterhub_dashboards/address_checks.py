"""What the options of `configure(c, ...)` that are addresses may be."""

import re
from urllib.parse import urlsplit

from .errors import ConfigurationError
from .origin import origin_of

OWNER = "{owner}"
# Browsers send other letters as xn--…, and what they send is compared.
HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


def url(name, value):
    """With a slash at the end."""
    example = f'{name}="https://hub.example.org/"'
    parts = _split(name, value, value, example)
    if parts.query or parts.fragment:
        raise ConfigurationError(
            f"{name} cannot have a query or fragment ({value!r}); write it as in {example}."
        )
    return value if value.endswith("/") else value + "/"


def origin(name, value):
    """Without a path; `{owner}` may be part of the host."""
    example = f'{name}="https://dash.example.org"'
    filled = value.replace(OWNER, "owner") if isinstance(value, str) else value
    placeholder = re.search(r"{[^{}.]*}?|}", filled) if isinstance(filled, str) else None
    if placeholder:
        raise ConfigurationError(
            f"{name}={value!r} has {placeholder[0]!r}; the only placeholder is {OWNER},"
            f' as in {name}="https://{OWNER}.dash.example.org".'
        )
    parts = _split(name, value, filled, example)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigurationError(
            f"{name} is a scheme and a host without a path ({value!r}); write it as in {example}."
        )
    return origin_of(value)


def origin_of_service(name, value):
    """Without a path: the Hub and its proxy add that of the service."""
    example = f'{name}="http://dashboards:10202"'
    parts = _split(name, value, value, example)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigurationError(
            f"{name} is a scheme, a host and a port without a path ({value!r}); write it as in {example}."
        )
    return origin_of(value)


def host(name, value):
    """A name or an address, without a port."""
    if not isinstance(value, str) or not HOST.fullmatch(value):
        raise ConfigurationError(
            f'{name} is the name or the address of a machine, as in {name}="hub", not {value!r}.'
        )
    return value


def _split(name, value, filled, example):
    """The parts of `filled`, which is `value` without placeholders."""
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} has to be a string, as in {example}, not {value!r}.")
    try:
        parts = urlsplit(filled)
        complete = (
            parts.scheme in ("http", "https")
            and HOST.fullmatch(parts.hostname or "")
            and parts.username is None
            and parts.port != 0
        )
    except ValueError:
        complete = False
    if not complete or not value.isprintable() or " " in value or "\\" in value:
        raise ConfigurationError(
            f"{name}={value!r} is not an http or https address; write it as in {example}."
        )
    return parts
