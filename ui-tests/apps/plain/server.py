"""A dashboard that starts in a moment: one page, which says what address it was asked for.

Or as late as a test wants it: where there is hold.txt, once no file is at the path that it names.
"""

import html
import http.server
import os
import pathlib
import time

PORT = int(os.environ["PORT"])
PREFIX = os.environ["BASE_URL"]
PAGE = "<!doctype html><title>{name}</title><h1>{name}</h1><p id=path>{path}</p><p>{note}</p>"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open("note.txt", encoding="utf-8") as file:
            note = file.read()
        path = self.path.removeprefix(PREFIX)
        body = PAGE.format(name="Harbour", path=html.escape(path), note=html.escape(note)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


hold = pathlib.Path("hold.txt")
while hold.exists() and pathlib.Path(hold.read_text()).exists():
    time.sleep(0.05)
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
