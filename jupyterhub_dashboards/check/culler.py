"""What the Hub's culler of idle servers means for dashboards."""

import shlex

from .finding import not_tried, of_running, ok, warning
from .web import NoAnswer

NAMES = ("idle_culler", "idle-culler", "cull_idle", "cull-idle")
NO_FLAGS = "the Hub does not start the service {}, so that nothing here knows its flags"


def culler(hub, file):
    """The flags of the culler that runs: the Hub tells the commands of its services.

    The file is read where the token may not ask for them.
    """
    written = judged(file.app.services, tried=False)
    running = _running(hub)
    if running is None:
        return written
    return of_running(judged(running, tried=True), written)


def _running(hub):
    """The Hub's own services, or None where it does not tell how it has started them."""
    try:
        reply = hub.ask("GET", "services")
    except NoAnswer:
        return None
    told = [service for service in reply.json.values() if isinstance(service, dict)]
    knows = reply.status == 200 and told and all("command" in service for service in told)
    return told if knows else None


def judged(services, tried):
    """The line about the culler among `services`, each with `name` and `command`."""
    words = next((found for found in map(_words, services) if any(map(_names_a_culler, found))), None)
    if words is None:
        unmanaged = next((one["name"] for one in services if _names_a_culler(one.get("name") or "")), None)
        if unmanaged is not None:
            return not_tried("culler", NO_FLAGS.format(unmanaged))
        return ok("culler", "The Hub starts no culler.", tried=tried)
    timeout = _flag(words, "timeout") or "600"
    stopped = f"Servers without activity for {timeout} s are stopped, dashboards as well; a visit wakes them"
    harmful = []
    if _flag(words, "cull-users") is not None:
        harmful.append("--cull-users deletes idle users, and dashboards of a deleted user never start again")
    if (_flag(words, "max-age") or "0") != "0":
        harmful.append(
            f"--max-age={_flag(words, 'max-age')} stops dashboards of that age while people look at them"
        )
    if harmful:
        kept = [word for word in words if not word.startswith(("--cull-users", "--max-age"))]
        return warning(
            "culler",
            f"{stopped}; {'; '.join(harmful)}.",
            f'Start the culler without that:\n"command": {_without_values(words, kept)!r}',
            tried=tried,
        )
    if _flag(words, "remove-named-servers") is not None:
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


def _without_values(words, kept):
    """`kept` without the number that stood behind a bare `--max-age`."""
    value = _flag(words, "max-age") if "--max-age" in words else None
    if value:
        kept = list(kept)
        kept.remove(value)
    return kept
