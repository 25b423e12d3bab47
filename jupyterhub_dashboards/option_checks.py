"""What the options of `configure(c, ...)` may be. Each check returns the value as it is used, or raises."""

import json
import os
import re

from . import address_checks, framework_checks
from .errors import ConfigurationError
from .framework_checks import FRAMEWORKS
from .nearest import hint

AUDIENCES = ("owner", "people", "everyone")
# "people" would be nobody until an author names some.
DEFAULT_AUDIENCES = ("owner", "everyone")
# These need a service that reaches a Kubernetes API.
CLONE_STRATEGIES = ("clone", "volume-snapshot")
DEFAULT_STRATEGIES = ("snapshot", "live", "relay", "git")
STRATEGIES = (*DEFAULT_STRATEGIES, *CLONE_STRATEGIES)


def _boolean(name, value):
    if not isinstance(value, bool):
        raise ConfigurationError(f"{name} is True or False, not {value!r}.")
    return value


def _several(value):
    """The members of a list, or of what stands for one; None for anything else."""
    if isinstance(value, (str, os.PathLike)):
        return (value,)
    return tuple(value) if isinstance(value, (list, tuple, set, frozenset)) else None


def _subset(allowed):
    def check(name, value):
        values = _several(value)
        some = f"a list of some of: {', '.join(allowed)}"
        if values is None:
            raise ConfigurationError(f"{name} is {some}, not {value!r}.")
        for one in values:
            if one not in allowed:
                raise ConfigurationError(f"{name} has {one!r}; it is {some}.{hint(one, allowed)}")
        if not values:
            raise ConfigurationError(f"{name} is empty; it is {some}.")
        return tuple(one for one in allowed if one in values)

    return check


def _strategies(name, value):
    """In the order in which they are named: of several ways for the same files, the first is taken."""
    known = _subset(STRATEGIES)(name, value)
    given = value if isinstance(value, (list, tuple)) else known
    named = tuple(dict.fromkeys(given))
    late = [one for one in CLONE_STRATEGIES if one in named and "relay" in named[: named.index(one)]]
    if late:
        before = [*late, *(one for one in named if one not in late)]
        raise ConfigurationError(
            f"{name} has relay before {late[0]}, and what can be sent is never cloned; of several ways the"
            f" first is taken: {name}={json.dumps(before)}."
        )
    return named


def _one_of(allowed):
    def check(name, value):
        if not isinstance(value, str) or value not in allowed:
            raise ConfigurationError(
                f"{name} is one of: {', '.join(allowed)}, not {value!r}.{hint(value, allowed)}"
            )
        return value

    return check


def _groups(name, value):
    groups = _several(value)
    if groups is None or not all(isinstance(group, str) and group.strip() for group in groups):
        raise ConfigurationError(
            f'{name} is a list of names of groups, as in {name}=["analysts"], not {value!r}.'
        )
    return groups


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


def _text_of(value):
    """The text of a word or path; None for what no program or file could be called by."""
    text = os.fspath(value) if isinstance(value, os.PathLike) else value
    return text if isinstance(text, str) and text.strip() and "\0" not in text else None


def _file(name, value):
    path = _text_of(value)
    example = f'{name}="/srv/jupyterhub/dashboards.sqlite"'
    if path is None or path.startswith("~"):
        raise ConfigurationError(
            f"{name} has to be the whole path of a file, as in {example}, not {value!r}."
        )
    if path.endswith("/") or os.path.isdir(path):
        raise ConfigurationError(f"{name}={value!r} is a folder; name a file in it, as in {example}.")
    return path


def _folders(name, value):
    given = _several(value)
    example = f'{name}=["shared", "/data/projects"]'
    if not given or not all(isinstance(one, (str, os.PathLike)) for one in given):
        raise ConfigurationError(f"{name} is a list of folders, as in {example}, not {value!r}.")
    folders = tuple(map(_text_of, given))
    for one, folder in zip(given, folders, strict=True):
        if folder is None or ".." in folder.split("/"):
            raise ConfigurationError(f"{name} has {one!r}; name folders without '..', as in {example}.")
        # Homes of others are known by no name here.
        if folder.startswith("~") and folder != "~" and not folder.startswith("~/"):
            raise ConfigurationError(
                f"{name} has {one!r}, and only each author's own home is known: name folders in it without"
                f" '~', and others with their whole path, as in {example}."
            )
    return folders


_NAME = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*"
_GIT_HOST = re.compile(rf"(?:\*|(?:http://)?(?:(?:\*\.)?{_NAME}|\[[0-9a-f:.]+\])(?::[0-9]{{1,5}})?)")


def _git_hosts(name, value):
    hosts = _several(value)
    example = f'{name}=["*", "gitlab.example.org", "*.internal"]'
    if hosts is None:
        raise ConfigurationError(f"{name} is a list of hosts, as in {example}, not {value!r}.")
    for host in hosts:
        if not isinstance(host, str) or not _GIT_HOST.fullmatch(host.lower()):
            raise ConfigurationError(
                f"{name} has {host!r}; name hosts without a path, as in {example}."
                ' "http://" before a host allows it without encryption, "*" is the internet.'
            )
    return tuple(host.lower() for host in hosts)


def _git_host(name, value):
    if not isinstance(value, str) or not re.fullmatch(_NAME, value.lower()):
        raise ConfigurationError(
            f'{name} is the name of a host, as in {name}="gitlab.example.org", not {value!r}.'
        )
    return value.lower()


def _text(name, value):
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f'{name} is a name, as in {name}="access_token", not {value!r}.')
    return value


def _words(name, value):
    given = _several(value)
    words = tuple(map(_text_of, given or ()))
    if not words or None in words or isinstance(value, (set, frozenset)):
        raise ConfigurationError(
            f'{name} is a list of words, as in {name}=["/opt/hub/bin/jupyterhub-dashboards-service"],'
            f" not {value!r}."
        )
    return words


CHECKS = {
    "hub_url": address_checks.url,
    "dashboards_origin": address_checks.origin,
    "trust_all_authors": _boolean,
    "database": _file,
    "audiences": _subset(AUDIENCES),
    "default_audience": _one_of(DEFAULT_AUDIENCES),
    "frameworks": _subset(FRAMEWORKS),
    "keep_versions": _whole_number(0, 1000),
    "ready_timeout": _whole_number(1, 3600),
    "request_timeout": _whole_number(1, 86400),
    "publishers": _publishers,
    "no_lab": _groups,
    "publishable_paths": _folders,
    "git_hosts": _git_hosts,
    "git_token_from_auth_state": _text,
    "git_token_host": _git_host,
    "strategies": _strategies,
    "clone_timeout": _whole_number(1, 86400),
    "snapshot_class": _text,
    "homes_kept": _boolean,
    "pin_image": _boolean,
    "framework_args": framework_checks.arguments,
    "framework_env": framework_checks.variables,
    "voila_template": framework_checks.template,
    "service_url": address_checks.origin_of_service,
    "service_port": _whole_number(1, 65535),
    "service_host": address_checks.host,
    "service_command": _words,
    "runner_service_url": address_checks.url,
    "relay_url": address_checks.url,
}
