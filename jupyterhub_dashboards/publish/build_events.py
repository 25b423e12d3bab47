"""The events of a build, also when the connection breaks off on the way."""

import http.client
import json
import time

from .errors import NoAnswer

FINAL = ("live", "failed", "cancelled")
# The service sends something every 5 s.
SILENCE = 30
# A hub that is restarted is back by then.
PATIENCE = 300
PAUSES = (0.5, 1, 2, 5)


def follow(client, build_id, tell):
    """Tells each event once, and returns the build in its final state.

    Raises `Refused`, or `NoAnswer` when nothing has come for `PATIENCE` seconds; then the build goes on.
    """
    last = "0"
    failures = 0
    heard = time.monotonic()
    while True:
        try:
            for seq, event in _events(client, build_id, last):
                failures, heard, last = 0, time.monotonic(), seq
                if event is None:
                    continue
                tell(event)
                if event["kind"] == "state" and event["build"]["state"] in FINAL:
                    return event["build"]
            # It has ended in good order: perhaps with events that are not kept any more.
            build = client.ask("GET", f"builds/{build_id}")
            if build["state"] in FINAL:
                return build
            heard = time.monotonic()
        except NoAnswer as error:
            if time.monotonic() - heard > PATIENCE:
                raise NoAnswer(
                    f"The connection to the service is lost: {error.message}",
                    "Publishing goes on without this command. Look at the dashboard in JupyterLab.",
                ) from None
        time.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
        failures += 1


def _events(client, build_id, last):
    """Sequence numbers and events after `last`, until the stream ends. Raises `NoAnswer` when it breaks.

    None for an event is a sign of life.
    """
    headers = {"Accept": "text/event-stream", "Last-Event-ID": last}
    with client.open("GET", f"builds/{build_id}/events", headers=headers, timeout=SILENCE) as stream:
        seq, data = last, []
        while True:
            try:
                line = stream.readline()
            except (OSError, http.client.HTTPException) as error:
                raise NoAnswer(str(error) or type(error).__name__) from None
            if not line:
                return
            if line.startswith(b":"):
                yield last, None
            field, _, value = line.decode(errors="replace").rstrip("\r\n").partition(":")
            value = value.removeprefix(" ")
            if field == "id":
                seq = value
            elif field == "data":
                data.append(value)
            elif not field and not value and data:
                try:
                    event = json.loads("\n".join(data))
                except ValueError:
                    raise NoAnswer("what it sends cannot be read") from None
                last, data = seq, []
                yield last, event
