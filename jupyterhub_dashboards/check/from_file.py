"""Lines that are read from the configuration file, where the running Hub does not tell what they ask."""

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
