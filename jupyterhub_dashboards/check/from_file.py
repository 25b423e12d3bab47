"""Lines that are read from the configuration, because nothing can be tried without harm."""

import shlex

from ..configuration import SERVICE_ROLE, SERVICE_SCOPE, TEMPLATES
from .finding import failed, ok, warning

CALL = "from jupyterhub_dashboards import configure\nconfigure(c, …)"


def configuration(file):
    """Whether `configure` was called, and nothing after it has taken back what it set."""
    app = file.app
    present = {
        "c.JupyterHub.services": file.options is not None,
        "c.JupyterHub.load_roles": any(role.get("name") == SERVICE_ROLE for role in app.load_roles),
        "c.JupyterHub.allow_named_servers": app.allow_named_servers,
        "c.JupyterHub.template_paths": TEMPLATES in app.template_paths,
        "c.JupyterHub.template_vars": "jupyterhub_dashboards_hub" in app.template_vars,
        "c.Spawner.apply_user_options": hasattr(file.spawner_setting("apply_user_options"), "admins_hook"),
    }
    lost = [name for name, there in present.items() if not there]
    # The user may have allowed named servers without us.
    if len(lost) >= len(present) - 1 and not present["c.JupyterHub.services"]:
        return failed(
            "configuration",
            "The configuration file does not call configure(c).",
            f"Put at its end:\n{CALL}",
            tried=False,
        )
    if lost:
        return failed(
            "configuration",
            f"What stands after configure(c) takes back what it set: {', '.join(lost)}.",
            f"Move these lines to the end of the configuration file, and restart the Hub:\n{CALL}",
            tried=False,
        )
    return ok(
        "configuration", "configure(c) is called, and nothing after it takes anything back.", tried=False
    )


def browser_token(file):
    """What the token of a Lab page may do, for when no server could be started to try it."""
    scopes = file.spawner_setting("oauth_client_allowed_scopes") or []
    granted = getattr(scopes, "adds", None) == SERVICE_SCOPE if callable(scopes) else SERVICE_SCOPE in scopes
    if granted:
        return ok("browser-token", "Lab's pages get the right to call the service.", tried=False)
    if callable(scopes):
        return warning(
            "browser-token",
            "oauth_client_allowed_scopes is a function, set after configure(c); what it gives is not known.",
            f"Move configure(c, …) behind it, or let the function return this as well:\n{SERVICE_SCOPE!r}",
            tried=False,
        )
    return failed(
        "browser-token",
        "Lab's pages get a token that may not call the service: publishing from JupyterLab fails.",
        f"c.Spawner.oauth_client_allowed_scopes = {[*scopes, SERVICE_SCOPE]!r}",
        tried=False,
    )


def failure_limit(file):
    limit = file.spawner_setting("consecutive_failure_limit") or 0
    if not limit:
        return ok("failure-limit", "The Hub goes on however many starts fail.", tried=False)
    return ok(
        "failure-limit",
        f"The Hub stops itself after {limit} failed starts in a row; starts of dashboards are not counted.",
        tried=False,
    )


def culler(file):
    """What the flags of jupyterhub-idle-culler mean for dashboards."""
    words = next((found for found in map(_words, file.app.services) if _is_culler(found)), None)
    if words is None:
        return ok("culler", "The configuration file has no culler.", tried=False)
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
            tried=False,
        )
    if _flag(words, "remove-named-servers") is not None:
        stopped += "; --remove-named-servers removes them at the Hub alone, where they come back"
    return ok("culler", f"{stopped}.", tried=False)


def _words(service):
    command = service.get("command") or []
    return shlex.split(command) if isinstance(command, str) else [str(word) for word in command]


def _is_culler(words):
    return any("idle_culler" in word or "idle-culler" in word or "cull_idle" in word for word in words)


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
