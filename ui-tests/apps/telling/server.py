"""A dashboard that tells its edition, and everything in its environment."""

import html
import http.server
import json
import os

from edition import EDITION

PAGE = "<!doctype html><title>Edition</title><h1>Edition {}</h1><pre>{}</pre>"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = PAGE.format(EDITION, html.escape(json.dumps(dict(os.environ)))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
