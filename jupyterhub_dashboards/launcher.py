"""`jupyterhub-dashboards-runner`: takes every secret out of the environment, then becomes the runner (Node).

What a process was started with stays readable in `/proc/<pid>/environ` for every other process of the same
user, also after it was deleted. So the secrets go through an inherited descriptor, and Node never had them.
"""

import os
import sys

from . import refusal
from .errors import NodeMissing
from .node import FRUGAL, FRUGAL_VARIABLES, exec_node

SECRET_PREFIXES = ("JUPYTERHUB_", "JPY_")
# Options meant for the author's own Node programs could keep the runner from starting.
UNWANTED = ("CONFIGPROXY_AUTH_TOKEN", "NODE_OPTIONS")

F_SETPIPE_SZ = 1031
PIPE_HOLDS = 65536


def main():
    """Never returns: either this process becomes Node, or it serves the sentence that says why not."""
    try:
        launch(dict(os.environ))
    except NodeMissing as error:
        _refuse(f"This dashboard cannot start: {error}", error.fix)
    except refusal.Incomplete as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"This dashboard cannot start: {error}", refusal.INSTALL)


def _refuse(message, fix=""):
    refusal.refuse(refusal.runner_missing(message, fix), report=True)


def launch(environment):
    """Becomes the runner with what `environment` asks for. Returns only by raising."""
    own = own_variables(environment)
    handed_over = as_json({**bootstrap(environment), "ownVariables": list(own)}).encode()
    clean = {**scrubbed(environment), **own}
    descriptor = readable(handed_over)
    try:
        exec_node("runner.js", "--bootstrap-fd", str(descriptor), environment=clean, flags=FRUGAL)
    finally:
        os.close(descriptor)


def bootstrap(environment):
    """What the runner is to know of its start."""
    start = environment.get("JUPYTERHUB_DASHBOARDS_START")
    if not start:
        raise refusal.Incomplete(
            "This program is started by JupyterHub for a dashboard, and was not told which."
            " Publish one from JupyterLab."
        )
    host, port = refusal.listen_address(environment)
    told = {
        "start": start,
        "apiToken": environment.get("JUPYTERHUB_API_TOKEN", ""),
        "activityUrl": environment.get("JUPYTERHUB_ACTIVITY_URL", ""),
        "serverName": environment.get("JUPYTERHUB_SERVER_NAME", ""),
        "listen": {"host": host, "port": port},
        "prefix": environment.get("JUPYTERHUB_SERVICE_PREFIX", "/"),
        "python": sys.executable,
        "home": environment.get("HOME") or os.path.expanduser("~"),
    }
    interval = environment.get("JUPYTERHUB_ACTIVITY_INTERVAL", "")
    if interval.isdecimal() and int(interval) > 0:
        # What single-user servers go by, too.
        told["activityInterval"] = int(interval)
    git_token = _git_token(environment)
    return {**told, "gitToken": git_token} if git_token else told


def _git_token(environment):
    """What the hook has told of the author's sign-in where their repositories are; None: nothing."""
    packed = environment.get("JUPYTERHUB_DASHBOARDS_GIT_TOKEN")
    if not packed:
        return None
    import base64
    import json

    return json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))


def scrubbed(environment):
    """`environment` without anything of the Hub's, under whatever name it was passed."""
    tokens = {environment.get(name) for name in ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN")} - {None, ""}
    git_token = _git_token(environment)
    if git_token:
        tokens.add(git_token["token"])
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(SECRET_PREFIXES)
        and name not in UNWANTED
        and not any(token in value for token in tokens)
    }


def own_variables(environment):
    """What `environment` lacks for the runner. Its apps get none of it."""
    own = dict(FRUGAL_VARIABLES)
    home = environment.get("HOME")
    cache = environment.get("XDG_CACHE_HOME") or (home and os.path.join(home, ".cache"))
    if cache:
        # Where Node keeps the compiled runner: loading it takes half the time.
        own["NODE_COMPILE_CACHE"] = os.path.join(cache, "jupyterhub-dashboards")
    return {name: value for name, value in own.items() if name not in environment}


def as_json(value):
    """What `json` makes of texts, whole numbers, lists and dicts. Its import takes a third of a start."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{as_json(name)}:{as_json(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(as_json, value)) + "]"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text):
    try:
        from _json import encode_basestring_ascii
    except ImportError:
        from json.encoder import encode_basestring_ascii
    return encode_basestring_ascii(text)


def readable(data):
    """An inheritable descriptor that yields `data` and then ends, with nobody left to write it."""
    reader, writer = os.pipe()
    if len(data) > PIPE_HOLDS and not _grow(writer, len(data)):
        os.close(reader)
        os.close(writer)
        return _unlinked_file(data)
    os.set_blocking(writer, False)
    written = os.write(writer, data)
    os.close(writer)
    if written < len(data):
        os.close(reader)
        return _unlinked_file(data)
    os.set_inheritable(reader, True)
    return reader


def _grow(pipe, size):
    import fcntl

    try:
        return fcntl.fcntl(pipe, F_SETPIPE_SZ, size) >= size
    except OSError:
        return False


def _unlinked_file(data):
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        descriptor = os.dup(file.fileno())
    os.set_inheritable(descriptor, True)
    return descriptor


if __name__ == "__main__":
    main()
