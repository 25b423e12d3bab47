"""What a dashboard's server runs when it cannot be the runner: a page with one sentence, for half a minute.

The Hub counts failed starts and stops itself after a few, so a dashboard that must not or cannot start has to
start all the same. The hook sends this file's text with the start (a variable, for `python -c`), because the
environment it lands in may not have this package. So it imports the standard library alone, and late.
"""

import os
import sys

SECONDS = 30
# Below 500, or the Hub would wait for the server in vain; not 403, since being somebody else would not help.
STATUS = 409
INSTALL = (
    "Run `pip install 'jupyterhub-dashboards[lab]'` in the environment of the single-user servers,"
    " or ask your administrator to."
)
TITLE = "This dashboard did not start"
PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>%(title)s</title>"
    "<meta name=viewport content='width=device-width'>"
    "<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;"
    "margin:clamp(1rem,7vh,5rem) auto;padding:1.5rem;overflow-wrap:anywhere}"
    "h1{font-size:1.5rem;line-height:1.25}</style>"
    "<h1>%(title)s</h1><p>%(message)s</p><p>%(fix)s</p>%(link)s"
)
LINK = "<p><a href='%s'>%s</a></p>"


class Incomplete(RuntimeError):
    """The environment lacks what every server of a Hub is given."""


def main(runner):
    """Becomes `runner` unless this start was refused or there is no runner."""
    refused = decoded("JUPYTERHUB_DASHBOARDS_REFUSAL")
    if refused:
        refuse(refused)
    detail = ""
    try:
        run(runner)
    except Exception as error:
        detail = "%s: %s" % (type(error).__name__, error)
    message = (
        "The package that runs dashboards (jupyterhub-dashboards) is not installed where your servers run."
    )
    refuse(runner_missing(message, INSTALL, detail), report=True)


def run(runner):
    """Starts the runner, in this very process where it can: what goes wrong there still ends in a page."""
    found = on_path(runner, os.environ.get("PATH"))
    if not found:
        # This Python may well have the package, as the Hub's does, but it is not where the author works.
        raise FileNotFoundError(runner)
    if os.path.realpath(os.path.dirname(found)) != os.path.realpath(os.path.dirname(sys.executable)):
        os.execv(found, [found])
    from jupyterhub_dashboards.launcher import main as launch

    launch()


def decoded(name):
    text = os.environ.get(name, "")
    if not text:
        return {}
    from base64 import urlsafe_b64decode
    from json import loads

    try:
        return loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return {}


def listen_address(environment):
    """Host and port that the Hub expects this server on: http://127.0.0.1:4321/user/..., http://[::]:8888/, http://:8888/"""
    address = environment.get("JUPYTERHUB_SERVICE_URL", "").partition("//")[2].partition("/")[0]
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        raise Incomplete("JUPYTERHUB_SERVICE_URL is missing: this program is started by JupyterHub alone.")
    return host.strip("[]") or "0.0.0.0", int(port)


def on_path(program, path):
    """`shutil.which`, whose import alone takes as long as the rest of a start."""
    folders = [""] if os.path.dirname(program) else (path or os.defpath).split(os.pathsep)
    candidates = [os.path.join(folder, program) for folder in folders]
    return next((one for one in candidates if os.access(one, os.X_OK) and os.path.isfile(one)), None)


def runner_missing(message, fix, detail=""):
    """What `refuse` shows, and the service is told, where the runner cannot start."""
    return {"code": "runner_missing", "message": message, "fix": fix, "detail": detail[:20000]}


def refuse(problem, report=False):
    """Serves `problem` for half a minute, then ends this process without an error.

    It has a `message`, and may have `title`, `code`, `fix`, `detail` and a `link` (`url`, `text`).
    """
    import signal
    import threading

    said = [problem.get(key, "") for key in ("message", "fix", "detail")]
    print("jupyterhub-dashboards: %s %s %s" % tuple(said), file=sys.stderr, flush=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    server = create_server(problem)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if report:
        threading.Thread(target=tell_service, args=(problem,), daemon=True).start()
    threading.Event().wait(SECONDS)
    os._exit(0)


def rendered(problem):
    """As a page for people, and as the API's error reply for programs."""
    from html import escape
    from json import dumps

    link = problem.get("link")
    page = PAGE % {
        "title": escape(problem.get("title", TITLE)),
        "message": escape(problem.get("message", "It was refused.")),
        "fix": escape(problem.get("fix", "")),
        "link": LINK % (escape(link["url"]), escape(link["text"])) if link else "",
    }
    error = {key: problem[key] for key in ("message", "fix", "detail") if problem.get(key)}
    return page.encode(), dumps({"error": {"code": problem.get("code", "not_allowed"), **error}}).encode()


def create_server(problem):
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    page, reply = rendered(problem)

    class Refusal(BaseHTTPRequestHandler):
        def answer(self):
            as_json = "application/json" in self.headers.get("Accept", "")
            body, kind = (reply, "application/json") if as_json else (page, "text/html; charset=utf-8")
            self.send_response(STATUS)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

        def log_message(self, *_):
            pass

    host, port = listen_address(os.environ)
    if ":" in host:
        import socket

        ThreadingHTTPServer.address_family = socket.AF_INET6
    server = ThreadingHTTPServer((host, port), Refusal)
    server.daemon_threads = True
    if os.environ.get("JUPYTERHUB_SSL_CERTFILE"):
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.environ["JUPYTERHUB_SSL_CERTFILE"], os.environ["JUPYTERHUB_SSL_KEYFILE"])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


def tell_service(problem):
    """So that the person who published reads it where they wait, instead of on a page that nobody opens."""
    from json import dumps
    from time import sleep
    from urllib.request import ProxyHandler, Request, build_opener

    start = decoded("JUPYTERHUB_DASHBOARDS_START")
    url = start.get("serviceUrl")
    if not url:
        return
    report = {"problem": problem, **({"startId": start["startId"]} if "startId" in start else {})}
    headers = {
        "Authorization": "token " + os.environ.get("JUPYTERHUB_API_TOKEN", ""),
        "Content-Type": "application/json",
    }
    request = Request(url + "runner/refused", dumps(report).encode(), headers, method="POST")
    for pause in (1, 3, 9, 0):
        try:
            build_opener(ProxyHandler({})).open(request, timeout=5).close()
            return
        except OSError as error:
            print("jupyterhub-dashboards: the service was not told: %s" % error, file=sys.stderr, flush=True)
            sleep(pause)
