"""What the viewers of the load look at. Whatever it answers names the version that it comes from."""

import asyncio
import json
import os
from pathlib import Path

import tornado.httpserver
import tornado.web
import tornado.websocket

EDITION = Path("edition.txt").read_text().strip()
MEGABYTE = bytes(1_000_000)


class Answer(tornado.web.RequestHandler):
    def set_default_headers(self):
        self.set_header("X-Edition", EDITION)


class Page(Answer):
    def get(self):
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.write(f"<!doctype html><title>{EDITION}</title><h1>{EDITION}</h1>")


class Asset(Answer):
    def get(self, number):
        self.write(number.encode() * 30_000)


class Callback(Answer):
    def post(self):
        self.write({"edition": EDITION, "given": json.loads(self.request.body)})


class LongPoll(Answer):
    async def get(self):
        await asyncio.sleep(int(self.get_argument("ms")) / 1_000)
        self.write({"edition": EDITION})


class Download(Answer):
    async def get(self):
        megabytes = int(self.get_argument("megabytes"))
        if self.get_argument("length", "known") == "known":
            self.set_header("Content-Length", str(megabytes * len(MEGABYTE)))
        for _ in range(megabytes):
            self.write(MEGABYTE)
            await self.flush()


@tornado.web.stream_request_body
class Upload(Answer):
    def initialize(self):
        self.received = 0

    def data_received(self, chunk):
        self.received += len(chunk)

    def put(self):
        self.write({"edition": EDITION, "received": self.received})


class Events(Answer):
    async def get(self):
        self.set_header("Content-Type", "text/event-stream")
        while True:
            self.write(f"data: {EDITION}\n\n")
            await self.flush()
            await asyncio.sleep(0.2)


class Echo(tornado.websocket.WebSocketHandler):
    def on_message(self, message):
        self.write_message({"edition": EDITION, "given": message})


async def main():
    base = os.environ["BASE_URL"]
    application = tornado.web.Application(
        [
            (f"{base}asset/([0-9])", Asset),
            (f"{base}callback", Callback),
            (f"{base}wait", LongPoll),
            (f"{base}download", Download),
            (f"{base}upload", Upload),
            (f"{base}events", Events),
            (f"{base}socket", Echo),
            (f"{base}.*", Page),
        ]
    )
    server = tornado.httpserver.HTTPServer(application, max_body_size=2**30)
    server.listen(int(os.environ["PORT"]), os.environ["HOST"])
    await asyncio.Event().wait()


asyncio.run(main())
