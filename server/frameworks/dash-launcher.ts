/**
 * Runs a Dash script as `python script.py` would and serves the app it makes, whatever that is called and whether or not
 * it is started under `if __name__ == "__main__"`: `run` only notes which app is meant, so that the file is run once.
 * Dash has no such program of its own. Arguments: host, port, prefix with slashes at both ends, script.
 */
export const DASH_LAUNCHER = `
import builtins, os, sys, traceback, types
from urllib.parse import unquote

host, port, prefix, script = sys.argv[1], int(sys.argv[2]), sys.argv[3], os.path.abspath(sys.argv[4])
# A script called dash.py must not hide Dash itself.
sys.path.pop(0)
import dash, flask
sys.path.insert(0, os.path.dirname(script))
sys.argv = sys.argv[4:]
os.environ.pop("DASH_URL_BASE_PATHNAME", None)

made, meant = [], []
make = dash.Dash.__init__


def init(app, *args, **options):
    # Prefixes that the author wrote for another place would lead nowhere; several apps on one server keep theirs apart.
    base = options.pop("url_base_pathname", None)
    routes = options.pop("routes_pathname_prefix", None) or base or "/"
    server = options.get("server", args[1] if len(args) > 1 else True)
    if isinstance(server, (bool, flask.Flask)) and options.get("backend") in (None, "flask"):
        # Routes of the author's own Flask server come under the prefix as well.
        options.update(routes_pathname_prefix=routes, requests_pathname_prefix=prefix[:-1] + routes)
    else:
        # Routes are compared with what browsers ask for once that is unescaped.
        options.update(routes_pathname_prefix=unquote(prefix), requests_pathname_prefix=prefix)
    make(app, *args, **options)
    made.append(app)


dash.Dash.__init__ = init
for cls in (dash.Dash, flask.Flask):
    for name in ("run", "run_server"):
        if hasattr(cls, name):
            setattr(cls, name, lambda app, *args, **options: meant.append(app))

main = types.ModuleType("__main__")
main.__file__ = script
main.__builtins__ = builtins
sys.modules["__main__"] = main
# Pages say "from app import app", and mean this run of the file.
sys.modules.setdefault(os.path.splitext(os.path.basename(script))[0], main)
try:
    with open(script, "rb") as file:
        exec(compile(file.read(), script, "exec"), main.__dict__)
except Exception as error:
    print(f"Error running {os.path.basename(script)}:", file=sys.stderr)
    traceback.print_exception(type(error), error, error.__traceback__.tb_next)
    sys.exit(1)

named = [main.__dict__.get("app"), *main.__dict__.values()]
found = [*meant, *(one for one in named if isinstance(one, dash.Dash)), *made]
if not found:
    sys.exit(f"{os.path.basename(script)} makes no Dash app.")
server = found[0].server if isinstance(found[0], dash.Dash) else found[0]

if not isinstance(server, flask.Flask):
    import uvicorn

    uvicorn.run(server, host=host, port=port, log_level="warning")
    sys.exit()

from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    def log_request(self, *args):
        pass


if made and not any(rule.rule == "/" for rule in server.url_map.iter_rules()):
    server.add_url_rule("/", "dashboard", lambda: flask.redirect(made[0].config.requests_pathname_prefix))
# Unescaped, and with a character for each byte: the form that WSGI gives to paths.
mount = unquote(prefix[:-1], "latin-1")
site = ProxyFix(DispatcherMiddleware(NotFound(), {mount: server}), x_for=0, x_proto=1)
make_server(host, port, site, threaded=True, request_handler=Handler).serve_forever()
`;
