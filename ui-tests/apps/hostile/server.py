"""A dashboard whose page attacks its viewer. Serves its folder, and tells what headers it was given."""

import http.server
import json
import os

PORT = int(os.environ["PORT"])
PREFIX = os.environ["BASE_URL"]

seen = []


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        seen.append(self.headers.items())
        self.path = "/" + self.path.removeprefix(PREFIX)
        if self.path.startswith("/headers"):
            self.send_text("application/json", json.dumps(seen))
        else:
            super().do_GET()

    def send_text(self, content_type, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
