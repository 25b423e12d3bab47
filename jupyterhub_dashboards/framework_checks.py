"""What the options of `configure(c, ...)` that add to frameworks may be."""

import re
from collections.abc import Mapping

from .errors import ConfigurationError
from .nearest import hint

FRAMEWORKS = ("voila", "streamlit", "dash", "panel", "bokeh", "static", "command")

# What a start sets itself and cannot do without: where the app listens, under which path, whom it answers,
# and what the log looks like that failures are read from. All in lower case and with "_".
_BOKEH = ("address", "port", "prefix", "unix_socket", "allow_websocket_origin", "use_xheaders")
OWN_ARGUMENTS = {
    "voila": (
        *("voila.ip", "port", "voila.port", "voila.port_retries", "no_browser", "voila.open_browser"),
        *("base_url", "voila.base_url", "server_url", "voila.server_url", "voila.connection_dir_root"),
    ),
    "streamlit": (
        *("server.address", "server.port", "server.baseurlpath", "server.headless"),
        *("server.enablecors", "server.enablexsrfprotection", "global.developmentmode"),
        *("logger.level", "logger.enablerich"),
    ),
    "panel": _BOKEH,
    "bokeh": _BOKEH,
}


def arguments(name, value):
    """`framework_args`: framework -> list of arguments."""
    example = '{"streamlit": ["--theme.base=dark"]}'
    given = _by_framework(name, value, tuple(OWN_ARGUMENTS), example)
    return {
        framework: _arguments(f"{name}[{framework!r}]", framework, words)
        for framework, words in given.items()
    }


def variables(name, value):
    """`framework_env`: framework -> variables and their texts."""
    with_environment = tuple(one for one in FRAMEWORKS if one != "static")
    given = _by_framework(name, value, with_environment, '{"dash": {"OMP_NUM_THREADS": "2"}}')
    return {framework: _variables(f"{name}[{framework!r}]", texts) for framework, texts in given.items()}


def template(name, value):
    if not isinstance(value, str) or not re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]*", value):
        raise ConfigurationError(f'{name} is the name of a template, as in {name}="lab", not {value!r}.')
    return value


def _by_framework(name, value, allowed, example):
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{name} is a dict, as in {name}={example}, not {value!r}.")
    for framework in value:
        if framework not in allowed:
            raise ConfigurationError(
                f"{name} has {framework!r}; it knows: {', '.join(allowed)}.{hint(framework, allowed)}"
            )
    return value


def _arguments(name, framework, value):
    if not isinstance(value, (list, tuple)) or not all(map(_is_argument, value)):
        raise ConfigurationError(f"{name} is a list of arguments, one text each, not {value!r}.")
    for word in value:
        if word == "--":
            raise ConfigurationError(
                f"{name} has '--', behind which everything would be the app's; leave it out."
            )
        if _is_own(framework, word):
            raise ConfigurationError(
                f"{name} has {word!r}, which each start sets itself, so that no app would start;"
                " leave it out. Allowed are all options but those of address, port, path, origin and log."
            )
    return list(value)


def _is_argument(word):
    return isinstance(word, str) and word != "" and "\0" not in word


def _is_own(framework, word):
    if not word.startswith("-"):
        return False
    option = word.lstrip("-").partition("=")[0].replace("-", "_").lower()
    own = OWN_ARGUMENTS[framework]
    # Bokeh and Panel take options that are cut short, as long as it is clear which one is meant.
    return option in own or (framework in ("bokeh", "panel") and any(one.startswith(option) for one in own))


def _variables(name, value):
    if not isinstance(value, Mapping) or not all(
        isinstance(key, str)
        and re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", key)
        and isinstance(text, str)
        and "\0" not in text
        for key, text in value.items()
    ):
        raise ConfigurationError(
            f'{name} is a dict of variables and their texts, as in {{"OMP_NUM_THREADS": "2"}}, not {value!r}.'
        )
    return dict(value)
