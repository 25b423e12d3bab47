"""The port that the service listens on."""

import logging
import random
import socket
import time

from .errors import ConfigurationError

log = logging.getLogger("JupyterHub.dashboards")

# Linux gives out higher ones, unless it is told otherwise: to users' servers and to connections, also in the
# moment in which the service starts anew. Kubernetes begins its node ports at 30000.
PORTS = range(20000, 30000)


def free_port():
    for port in random.sample(PORTS, len(PORTS)):
        if _is_free(port):
            return port
    raise ConfigurationError(
        f"No port of 127.0.0.1 from {PORTS[0]} to {PORTS[-1]} is free. "
        "Name one that is: configure(c, service_port=...)"
    )


def lasting_port(file, patience=3.0):
    """A free port, the same one after each restart: servers that outlive the Hub know no other address.

    It is kept in `file`. A service whose Hub was killed needs a moment to notice; after `patience` seconds
    another port is taken for this time.
    """
    known = _remembered(file)
    if known is None:
        port = free_port()
        _remember(file, port)
        return port
    end = time.monotonic() + patience
    while not _is_free(known):
        if time.monotonic() > end:
            return free_port()
        time.sleep(0.1)
    return known


def _is_free(port):
    with socket.socket() as probe:
        # Connections that have just ended keep nobody from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _remembered(file):
    try:
        port = int(file.read_text())
    except (OSError, ValueError):
        return None
    return port if 0 < port < 65536 else None


def _remember(file, port):
    try:
        file.write_text(f"{port}\n")
    except OSError as error:
        log.warning("%s cannot be written (%s): servers lose the service when the Hub restarts", file, error)
