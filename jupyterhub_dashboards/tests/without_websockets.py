"""Stands in for a proxy before the hub's that passes no upgrades on, as nginx does unless told to."""

import re
import socket
import threading
from contextlib import suppress


class WithoutWebSockets:
    """Forwards connections, one request each, without what asks for an upgrade."""

    def __enter__(self):
        self.passes_upgrades = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def leads_to(self, port):
        self._target = port

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client):
        with suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(65536)
            if not self.passes_upgrades:
                head = re.sub(rb"(?mi)^(upgrade|connection):.*\r\n", b"", head, count=2)
                head = head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open += [client, server]
            server.sendall(head)
            threading.Thread(target=_pipe, args=(client, server), daemon=True).start()
            _pipe(server, client)


def _pipe(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
