"""What the Hub's culler of idle servers means for dashboards."""

import shlex

from .finding import not_tried, of_running, ok, warning
from .web import NoAnswer

NAMES = ("idle_culler", "idle-culler", "cull_idle", "cull-idle")
# KubeSpawner deletes the claim of a named server with it where the claim's name holds this.
OF_ONE_SERVER = "{user_server}"
NO_FLAGS = "the Hub does not start the service {}, so that nothing here knows its flags"


def culler(hub, file):
    """The flags of the culler that runs: the Hub tells the commands of its services.

    The file is read where the token may not ask for them.
    """
    claims_go = _claims_go(file)
    written = judged(file.app.services, tried=False, claims_go=claims_go)
    running = _running(hub)
    if running is None:
        return written
    return of_running(judged(running, tried=True, claims_go=claims_go), written)


def _claims_go(file):
    """Whether a server that is removed takes along the volume that its files are on."""
    name = file.spawner_setting("pvc_name_template") or ""
    ensured = file.spawner_setting("storage_pvc_ensure") and file.spawner_setting("delete_pvc")
    return bool(ensured) and OF_ONE_SERVER in name


def _running(hub):
    """The Hub's own services, or None where it does not tell how it has started them."""
    try:
        reply = hub.ask("GET", "services")
    except NoAnswer:
        return None
    told = [service for service in reply.json.values() if isinstance(service, dict)]
    knows = reply.status == 200 and told and all("command" in service for service in told)
    return told if knows else None


def judged(services, tried, claims_go=False):
    """The line about the culler among `services`, each with `name` and `command`.

    `claims_go`: a server that is removed takes the files of its versions along.
    """
    words = next((found for found in map(_words, services) if any(map(_names_a_culler, found))), None)
    if words is None:
        unmanaged = next((one["name"] for one in services if _names_a_culler(one.get("name") or "")), None)
        if unmanaged is not None:
            return not_tried("culler", NO_FLAGS.format(unmanaged))
        return ok("culler", "The Hub starts no culler.", tried=tried)
    timeout = _flag(words, "timeout") or "600"
    stopped = f"Servers without activity for {timeout} s are stopped, dashboards as well; a visit wakes them"
    harmful = []
    if _is_set(words, "cull-users"):
        harmful.append("--cull-users deletes idle users, and dashboards of a deleted user never start again")
    if (_flag(words, "max-age") or "0") != "0":
        harmful.append(
            f"--max-age={_flag(words, 'max-age')} stops dashboards of that age while people look at them"
        )
    removes = _is_set(words, "remove-named-servers")
    if removes and claims_go:
        harmful.append(
            "--remove-named-servers removes servers with their claims, and the versions of dashboards in them"
        )
    if harmful:
        unwanted = ("--cull-users", "--max-age", *(["--remove-named-servers"] if claims_go else []))
        kept = [word for word in words if not word.startswith(unwanted)]
        return warning(
            "culler",
            f"{stopped}; {'; '.join(harmful)}.",
            f'Start the culler without that:\n"command": {_without_values(words, kept)!r}',
            tried=tried,
        )
    if removes:
        stopped += "; --remove-named-servers removes them at the Hub alone, where they come back"
    return ok("culler", f"{stopped}.", tried=tried)


def _words(service):
    command = service.get("command") or []
    return shlex.split(command) if isinstance(command, str) else [str(word) for word in command]


def _names_a_culler(word):
    return any(name in word for name in NAMES)


def _flag(words, name):
    """The value of `--name=value` or `--name value`, an empty text for a bare `--name`, None without it."""
    for index, word in enumerate(words):
        if word == f"--{name}":
            following = words[index + 1 : index + 2]
            return following[0] if following and not following[0].startswith("-") else ""
        if word.startswith(f"--{name}="):
            return word.partition("=")[2]
    return None


def _is_set(words, name):
    """Whether a flag that stands for yes or no is there, and does not say no."""
    value = _flag(words, name)
    return value is not None and value.lower() not in ("false", "0")


def _without_values(words, kept):
    """`kept` without the number that stood behind a bare `--max-age`."""
    value = _flag(words, "max-age") if "--max-age" in words else None
    if value:
        kept = list(kept)
        kept.remove(value)
    return kept
