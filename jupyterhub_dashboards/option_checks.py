"""What the options of `configure(c, ...)` may be. Each check returns the value as it is used, or raises."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from .errors import ConfigurationError
from .origin import origin_of

AUDIENCES = ("owner", "people", "everyone")
# Those whose program takes more arguments, and those that have an environment.
WITH_ARGUMENTS = ("voila", "streamlit", "panel", "bokeh")
FRAMEWORKS = ("voila", "streamlit", "dash", "panel", "bokeh", "static", "command")


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


def _folders(name, value):
    folders = (value,) if isinstance(value, str) else value
    example = f'{name}=["shared", "/data/projects"]'
    if (
        not isinstance(folders, (list, tuple))
        or not folders
        or not all(isinstance(one, str) for one in folders)
    ):
        raise ConfigurationError(f"{name} is a list of folders, as in {example}, not {value!r}.")
    for folder in folders:
        if not folder.strip() or ".." in folder.split("/") or "\0" in folder:
            raise ConfigurationError(f"{name} has {folder!r}; name folders without '..', as in {example}.")
    return tuple(folders)


def _by_framework(allowed, example, check):
    def checked(name, value):
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"{name} is a dict, as in {name}={example}, not {value!r}.")
        for framework in value:
            if framework not in allowed:
                raise ConfigurationError(f"{name} has {framework!r}; it knows: {', '.join(allowed)}.")
        return {framework: check(f"{name}[{framework!r}]", one) for framework, one in value.items()}

    return checked


def _arguments(name, value):
    if not isinstance(value, (list, tuple)) or not all(isinstance(word, str) and word for word in value):
        raise ConfigurationError(f"{name} is a list of arguments, one each, not {value!r}.")
    if "--" in value:
        raise ConfigurationError(
            f"{name} has '--', behind which everything would be the app's; leave it out."
        )
    return list(value)


def _variables(name, value):
    if not isinstance(value, Mapping) or not all(
        isinstance(key, str) and re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", key) and isinstance(text, str)
        for key, text in value.items()
    ):
        raise ConfigurationError(f"{name} is a dict of variables and their texts, not {value!r}.")
    return dict(value)


def _template(name, value):
    if not isinstance(value, str) or not re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]*", value):
        raise ConfigurationError(f'{name} is the name of a template, as in {name}="lab", not {value!r}.')
    return value


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
    "publishable_paths": _folders,
    "framework_args": _by_framework(WITH_ARGUMENTS, '{"streamlit": ["--theme.base=dark"]}', _arguments),
    "framework_env": _by_framework(
        tuple(one for one in FRAMEWORKS if one != "static"), '{"dash": {"OMP_NUM_THREADS": "2"}}', _variables
    ),
    "voila_template": _template,
    "service_port": _whole_number(1, 65535),
    "service_command": _words,
    "runner_service_url": _url,
}
