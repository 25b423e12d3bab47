/** Answers every path with what `answer()` says; listens where the environment says. */
function server(answer: string, before = ''): string {
  return `
import http.server, json, os, subprocess, sys, time, signal
${before}
def answer(path):
    ${answer}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = answer(self.path)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())
http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
`;
}

/** Small programs with one habit each, for the framework `command`. */
export const SMALL_APPS = {
  /** Its process number, environment and arguments. */
  telling: server(
    'return 200, json.dumps({"pid": os.getpid(), "env": dict(os.environ), "argv": sys.argv, "cwd": os.getcwd(), "files": sorted(os.listdir("/proc/self/fd")), "here": sorted(os.listdir("."))})'
  ),
  /** Answers under `/` alone. */
  rootOnly: server('return (200, "home") if path == "/" else (404, "no such page")'),
  broken: server('return 500, "out of order"'),
  /** Answers its first request, and none after that. */
  failingLater: server('seen.append(path); return (200, "ok") if len(seen) == 1 else (500, "worn out")', 'seen = []'),
  /** Ends every request without an answer. */
  hangingUp: server('raise RuntimeError("out of order")'),
  exiting: 'def load():\n    raise ValueError("no such column")\nprint("loading")\nload()\n',
  silent: 'import time\ntime.sleep(600)\n',
  /** Answers the first request alone, and does not listen to SIGTERM. */
  deaf: server(
    'return asked(path)',
    `
signal.signal(signal.SIGTERM, signal.SIG_IGN)
seen = []
def asked(path):
    seen.append(path)
    if len(seen) > 1:
        print("asked again", flush=True)
        time.sleep(600)
    return 200, "ok"
`
  ),
  /** Has a child in a session of its own, and neither listens to SIGTERM. */
  stubborn: server(
    'return 200, "ok"',
    `
signal.signal(signal.SIGTERM, signal.SIG_IGN)
CHILD = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('child', flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", CHILD], start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()
`
  ),
  /** The same, with a child that has also lost its environment. */
  forgetful: server(
    'return 200, "ok"',
    `
child = subprocess.Popen([sys.executable, "-c", "import time; print('child', flush=True); time.sleep(600)"],
                         start_new_session=True, stdout=subprocess.PIPE, env={"FORGETFUL": os.environ["DASHBOARDS_APP"]})
child.stdout.readline()
`
  )
} as const;

/** Command line that starts one of them. */
export const RUN = '{python} {entry}';
