"""Stands in for jupyterhub-singleuser, which would need JupyterLab installed beside the Hub."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

if os.environ.get("BREAK_LAB"):
    sys.exit(1)


class Lab(BaseHTTPRequestHandler):
    def do_GET(self):
        data = json.dumps({"program": "lab", "command": sys.argv, "environment": dict(os.environ)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


url = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
ThreadingHTTPServer((url.hostname, url.port), Lab).serve_forever()
