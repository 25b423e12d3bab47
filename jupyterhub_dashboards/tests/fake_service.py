"""A stand-in for the Node service, so that the Python part is tested on its own.

It answers the hook from `answers.json` and keeps what it is told in `reports.jsonl`.
The Hub starts it as its managed service, the way it starts the real one.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

folder = Path(sys.argv[1])
config = json.loads(os.environ["JUPYTERHUB_DASHBOARDS_CONFIG"])
prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]


class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = self.path.removeprefix(prefix)
        with (folder / "reports.jsonl").open("a") as reports:
            line = {"path": path, "authorization": self.headers["Authorization"], "body": body}
            reports.write(json.dumps(line) + "\n")
        if path != "internal/start-specification":
            return self.reply(200, {})
        if self.headers["Authorization"] != f"Bearer {config['hookKey']}":
            return self.reply(401, {"error": {"code": "not_allowed", "message": "wrong key"}})
        answers = json.loads((folder / "answers.json").read_text())
        answer = answers.get(
            body["serverName"], {"kind": "refuse", "message": "No dashboard <has> this name."}
        )
        if answer == "down":
            return self.reply(503, {})
        return self.reply(200, answer)

    def do_GET(self):
        self.reply(200, {"asked": self.path})

    def reply(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


(folder / "config.json").write_text(json.dumps(config))
(folder / "environment.json").write_text(json.dumps(dict(os.environ)))
ThreadingHTTPServer(
    ("127.0.0.1", urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port), Service
).serve_forever()
