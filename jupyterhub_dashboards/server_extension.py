"""Tells Lab where the service is, and sends visitors of sleeping dashboards there. For Jupyter Server."""

import asyncio
import json
import os

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from .author_program import AuthorProgram, Refused
from .pushes import Pushes


def service_url(environment):
    """The service as browsers see it, ending with a slash: a path while it shares the host, else absolute."""
    # Set by configure(c) on a hub with a domain for each user and service.
    absolute = environment.get("JUPYTERHUB_DASHBOARDS_URL")
    return absolute or url_path_join(environment.get("JUPYTERHUB_BASE_URL", "/"), "services/dashboards/")


def context(environment, root):
    """What Lab needs to know before it can publish."""
    return {
        "hub": on_hub(environment),
        "serviceUrl": service_url(environment),
        "root": os.path.abspath(os.path.expanduser(root)),
        "home": os.path.expanduser("~"),
    }


def on_hub(environment):
    return bool(environment.get("JUPYTERHUB_API_TOKEN"))


def sleeping_address(environment, path, query):
    """Where the service takes over from `path`, an address under the prefix of the user's default server."""
    base_url = environment.get("JUPYTERHUB_BASE_URL", "/")
    # user/<owner>/dash-.../...: the owner as the address spells it, which may be escaped.
    owner, rest = path.removeprefix(base_url).split("/", 2)[1:]
    return f"{service_url(environment)}at/{owner}/{rest}{f'?{query}' if query else ''}"


class ContextHandler(APIHandler):
    """GET <base_url>jupyterhub-dashboards/context"""

    @web.authenticated
    async def get(self):
        self.finish(context(os.environ, self.settings["server_root_dir"]))


class AuthorHandler(APIHandler):
    """POST <base_url>jupyterhub-dashboards/<kind>: something about the author's files, for `js/author.js`."""

    def initialize(self, kind, program):
        self.kind = kind
        self.program = program
        self.work = None

    @web.authenticated
    async def post(self):
        try:
            self.work = asyncio.ensure_future(self.program.ask(self.kind, question(self.request.body)))
            reply = await self.work
        except Refused as error:
            reply = {"error": error.problem}
        except asyncio.CancelledError:
            # Nobody is there any more to read an answer.
            return
        if "error" in reply:
            self.set_status(STATUS.get(reply["error"].get("code"), 422))
        self.set_header("Cache-Control", "no-store")
        self.finish(reply)

    def on_connection_close(self):
        if self.work is not None:
            self.work.cancel()
        super().on_connection_close()


class PushHandler(APIHandler):
    """<base_url>jupyterhub-dashboards/push: sends files to a dashboard's server that does not see them.

    POST begins it, and is answered at once; GET ?build= says how it goes.
    """

    def initialize(self, pushes):
        self.pushes = pushes

    @web.authenticated
    async def post(self):
        try:
            order = question(self.request.body)
            if not isinstance(order.get("build"), str):
                raise Refused(
                    "invalid_request", "The request names no build.", "Reload the page and try again."
                )
        except Refused as error:
            self.set_status(STATUS["invalid_request"])
            self.finish({"error": error.problem})
            return
        self.pushes.begin(order)
        self._tell(order["build"])

    @web.authenticated
    async def get(self):
        self._tell(self.get_query_argument("build"))

    def _tell(self, build):
        self.set_header("Cache-Control", "no-store")
        self.finish(self.pushes.state(build))


def question(body):
    """The JSON object that was asked with. Raises `Refused`."""
    if len(body) > LARGEST_QUESTION:
        raise Refused("invalid_request", "The request is too large.", "Send less.")
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused("invalid_request", "The request is no JSON object.", "Send one.")
    return found


# What pages ask, by the last part of the address.
QUESTIONS = ("plan", "git")
# As many bytes as all fields together may have, and then some.
LARGEST_QUESTION = 4 * 2**20
# Status of a reply with an error, by its code; of what is wrong with the files: 422.
STATUS = {"invalid_request": 400, "runner_missing": 503, "service_unavailable": 503, "internal": 500}


class SleepingDashboardHandler(web.RequestHandler):
    """<base_url>dash-...: the proxy sends a dashboard's address here while its own server does not run.

    Without authentication on purpose: the visitor may be anybody, is told nothing but an address that follows
    from the one asked for, and will have to show the service who they are.
    """

    def check_xsrf_cookie(self):
        """There is nothing here that could be done in somebody's name."""

    @allow_unauthenticated
    async def get(self):
        self.set_header("Cache-Control", "no-store")
        if not self._is_navigation():
            self.set_status(404)
            self.finish({"message": "This dashboard is asleep. Open its link to wake it."})
            return
        self.redirect(sleeping_address(os.environ, self.request.path, self.request.query))

    head = post = put = patch = delete = options = get

    def _is_navigation(self):
        headers = self.request.headers
        if self.request.method not in ("GET", "HEAD") or headers.get("Upgrade"):
            return False
        if "Sec-Fetch-Mode" in headers:
            return headers["Sec-Fetch-Mode"] == "navigate"
        return "application/json" not in headers.get("Accept", "")


def handlers(environment, base_url):
    """Everything that this extension serves."""
    own = url_path_join(base_url, "jupyterhub-dashboards")
    program = AuthorProgram(environment)
    found = [
        (f"{own}/context", ContextHandler),
        *((f"{own}/{kind}", AuthorHandler, {"kind": kind, "program": program}) for kind in QUESTIONS),
        (f"{own}/push", PushHandler, {"pushes": Pushes(environment)}),
    ]
    # Dashboards lie beside the default server's prefix; under a named server nothing is theirs.
    if on_hub(environment) and not environment.get("JUPYTERHUB_SERVER_NAME"):
        found.append((url_path_join(base_url, r"dash-[^/]+(?:/.*)?"), SleepingDashboardHandler))
    return found


def _load_jupyter_server_extension(server_app):
    web_app = server_app.web_app
    web_app.add_handlers(".*$", handlers(os.environ, web_app.settings["base_url"]))
    if on_hub(os.environ):
        server_app.log.info("jupyterhub_dashboards: the service is at %s", service_url(os.environ))
