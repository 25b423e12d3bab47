"""The Jupyter Server extension: tells Lab where the service is, and sends visitors of sleeping dashboards there."""

import os
from urllib.parse import urlsplit

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web


def service_url(environment):
    """The service as browsers see it, ending with a slash: a path while it shares the host, else absolute."""
    base_url = environment.get("JUPYTERHUB_BASE_URL", "/")
    path = url_path_join(base_url, "services/dashboards/")
    # Set only on a hub with a domain for each user: https://hub.example.org
    hub_host = environment.get("JUPYTERHUB_HOST", "")
    if not hub_host:
        return path
    parts = urlsplit(hub_host)
    return f"{parts.scheme}://services.{parts.netloc}{path}"


def context(environment, root):
    """What Lab needs to know before it can publish."""
    return {
        "hub": bool(environment.get("JUPYTERHUB_API_TOKEN")),
        "serviceUrl": service_url(environment),
        "root": os.path.abspath(os.path.expanduser(root)),
        "home": os.path.expanduser("~"),
    }


class ContextHandler(APIHandler):
    """GET <base_url>jupyterhub-dashboards/context"""

    @web.authenticated
    async def get(self):
        root = self.settings.get("server_root_dir") or os.getcwd()
        self.finish(context(os.environ, root))


class SleepingDashboardHandler(JupyterHandler):
    """<base_url>dash-...: the proxy sends a dashboard's address here while its own server does not run.

    Without authentication on purpose: the visitor may be anybody, is only told an address that follows from the one
    asked for, and has to show the service who they are.
    """

    def prepare(self):
        """No look at cookies or tokens: nobody is to be sent to this server's sign-in."""

    def check_xsrf_cookie(self):
        """There is nothing here that could be done in somebody's name."""

    def _answer(self):
        if self.request.method not in ("GET", "HEAD") or self._wants_data():
            self.set_status(404)
            self.finish({"message": "This dashboard is asleep. Open its link to wake it."})
            return
        path = self.request.path.removeprefix(self.base_url)
        owner = os.environ.get("JUPYTERHUB_USER", "")
        prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", self.base_url)
        # The owner as the address spells it, which may be escaped.
        spelled = prefix.strip("/").split("/")
        owner = spelled[spelled.index("user") + 1] if "user" in spelled[:-1] else owner
        query = f"?{self.request.query}" if self.request.query else ""
        self.set_header("Cache-Control", "no-store")
        self.redirect(f"{service_url(os.environ)}at/{owner}/{path}{query}")

    get = head = post = put = patch = delete = options = _answer

    def _wants_data(self):
        mode = self.request.headers.get("Sec-Fetch-Mode")
        if mode:
            return mode != "navigate"
        return "text/html" not in self.request.headers.get(
            "Accept", "text/html"
        ) and "*/*" not in self.request.headers.get("Accept", "")


def _load_jupyter_server_extension(server_app):
    web_app = server_app.web_app
    base_url = web_app.settings["base_url"]
    web_app.add_handlers(
        ".*$",
        [
            (url_path_join(base_url, r"jupyterhub-dashboards/context"), ContextHandler),
            (url_path_join(base_url, r"dash-[^/]*(?:/.*)?"), SleepingDashboardHandler),
        ],
    )
    server_app.log.info("jupyterhub_dashboards: publishing goes to %s", service_url(os.environ))
