"""The command that starts a dashboard's server, made from the administrator's own `Spawner.cmd`."""

import base64
import os
import zlib
from functools import cache
from pathlib import Path

RUNNER = "jupyterhub-dashboards-runner"

# What administrators start single-user servers with, by the last part of its path.
SINGLE_USER_PROGRAMS = frozenset(
    {
        "jupyterhub-singleuser",
        "jupyter-labhub",
        "jupyter-lab",
        "jupyter-notebook",
        "jupyter",
        "jhsingle-native-proxy",
    }
)

# No braces, percent signs or $WORDs: several Spawners and their systems expand those in commands.
SHELL = (
    'for p in "$3" python3 python /usr/bin/python3 /opt/conda/bin/python3; do '
    'command -v "$p" >/dev/null 2>&1 && exec "$p" -c "$1" "$2"; done; '
    "echo jupyterhub-dashboards: there is no Python here >&2; exit 1"
)

STAND_IN = "JUPYTERHUB_DASHBOARDS_STAND_IN"

# With -c, modules are sought in the home folder first; nothing of the author's belongs into this.
CODE = (
    "import sys;sys.path[:]=[p for p in sys.path if p];import binascii,os,zlib;"
    f"exec(zlib.decompress(binascii.a2b_base64(os.environ['{STAND_IN}'])));main(sys.argv[1])"
)


def runner_command(single_user_command):
    """What to start instead of `single_user_command`: wrappers stay, the runner lies beside the program."""
    wrappers, folder = _split(
        [single_user_command] if isinstance(single_user_command, str) else single_user_command
    )
    runner = os.path.join(folder, RUNNER) if folder else RUNNER
    python = os.path.join(folder, "python3") if folder else "python3"
    return [*wrappers, "/bin/sh", "-c", SHELL, "jupyterhub-dashboards", CODE, runner, python]


def _split(words):
    """The words before the single-user program, and the folder it lies in ('' for wherever PATH says)."""
    words = list(words or [])
    for index, word in enumerate(words):
        if os.path.basename(word) in SINGLE_USER_PROGRAMS:
            return words[:index], os.path.dirname(word)
        # python -m jupyterhub.singleuser
        if word == "-m" and index > 0 and words[index + 1 : index + 2]:
            return words[: index - 1], os.path.dirname(words[index - 1])
    return [], ""


@cache
def stand_in():
    """`refusal.py`, packed for an environment variable: no shell, template or unit file changes it."""
    source = Path(__file__).with_name("refusal.py").read_bytes()
    return base64.b64encode(zlib.compress(source, 9)).decode()
