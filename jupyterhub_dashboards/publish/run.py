"""Publishes, follows the build, and cancels it where the command is interrupted."""

import os
import time
import uuid

from . import arguments, build_events, request
from .address import read_token, service_url
from .author_files import Sending, place_of
from .errors import CannotPublish, NoAnswer
from .output import Output
from .own_dashboard import own_dashboard
from .service_client import ServiceClient

FAILED = 1
CANNOT = 2
INTERRUPTED = 130
# In seconds: an answer that was lost is asked for again.
PAUSES = (0.5, 1, 2)
UNKNOWN = "It may have begun already: look at your dashboards in JupyterLab before you publish again."


def run(options, environment=os.environ):
    """The exit code."""
    output = Output(options.json)
    publishing = _Publishing(options, output)
    try:
        return publishing.run(environment)
    except CannotPublish as error:
        return publishing.end(CANNOT, {"code": error.code, "message": error.message, "fix": error.fix})
    except KeyboardInterrupt:
        return publishing.end(INTERRUPTED, publishing.interrupted())
    except Exception as error:
        # 1 would say that the dashboard is at fault.
        message = f"The command made a mistake of its own ({type(error).__name__}: {error})."
        return publishing.end(
            CANNOT, {"code": "internal", "message": message, "fix": f"Please report it. {UNKNOWN}"}
        )


class _Publishing:
    def __init__(self, options, output):
        self._options = options
        self._output = output
        self._client = None
        self._sent = False
        self._dashboard = None
        self._build = None

    def run(self, environment):
        options = self._options
        arguments.check(options)
        body = request.version(options) if options.update else request.first_version(options)
        url = service_url(options.hub, options.url, environment)
        self._client = ServiceClient(url, read_token(options.token_file, environment, url))
        # Says what is wrong with the address or the token before anything is begun.
        self._client.ask("GET", "whoami")
        # Whoever does not wait cannot send files either: they have to be where dashboards run.
        here = body.get("source", {}).get("kind") == "files" and not options.no_wait
        place = place_of(body["source"], environment) if here else None
        if place is not None:
            body["place"] = place
        reply = self._update(body, environment) if options.update else self._first(body)
        self._dashboard, self._build = reply["dashboard"], reply["build"]
        self._output.say(
            f"{self._dashboard['name']}, version {self._build['version']}: {self._dashboard['link']}"
        )
        if options.no_wait:
            return self.end(0)
        self._build = self._follow(environment)
        if self._build["state"] == "live":
            self._output.say(f"Version {self._build['version']} is live.")
            return self.end(0)
        return self.end(FAILED, self._failure())

    def _follow(self, environment):
        sending = Sending(self._client, environment, self._output.problem)

        def tell(event):
            self._output.tell(event)
            if event["kind"] == "state":
                sending.look(event["build"])

        try:
            return build_events.follow(self._client, self._build["id"], tell)
        finally:
            sending.end()

    def end(self, code, problem=None):
        if problem:
            self._output.problem(problem)
        self._output.end(self._dashboard, self._build, problem)
        return code

    def interrupted(self):
        """Cancels the build, and says how that went."""
        if self._build is None:
            fix = UNKNOWN if self._sent else "Nothing has been published."
            return {"code": "interrupted", "message": "Interrupted.", "fix": fix}
        self._output.say("Cancelling…")
        try:
            self._build = self._client.ask("POST", f"builds/{self._build['id']}/cancel")
        except (CannotPublish, KeyboardInterrupt) as error:
            why = getattr(error, "message", "interrupted again")
            message = f"Interrupted, and publishing could not be cancelled: {why}"
            return {"code": "interrupted", "message": message, "fix": "Cancel it in JupyterLab."}
        if self._build["state"] in ("live", "failed"):
            message = f"Interrupted, but version {self._build['version']} was {self._build['state']} already."
            return {"code": "interrupted", "message": message, "fix": "Nothing has been cancelled."}
        return self._called_off()

    def _failure(self):
        problem = self._build["problem"]
        if self._build["state"] == "cancelled" or not problem:
            return self._called_off()
        if problem["code"] == "file_missing":
            fix = f"{problem.get('fix', '')} PATH is looked for where your servers run, not here."
            return {**problem, "fix": fix.strip()}
        return problem

    def _called_off(self):
        message = f"Version {self._build['version']} has been cancelled."
        return {"code": "cancelled", "message": message, "fix": "What was live before stays live."}

    def _update(self, body, environment):
        dashboard = own_dashboard(self._client, self._options.update)
        source = dashboard.get("source") or {}
        if "source" not in body and source.get("kind") == "files" and not self._options.no_wait:
            place = place_of(source, environment)
            if place is not None:
                body["place"] = place
        self._sent = True
        try:
            return self._client.ask("POST", f"dashboards/{dashboard['id']}/versions", body)
        except NoAnswer as error:
            # This route knows no Idempotency-Key.
            raise NoAnswer(error.message, UNKNOWN) from None

    def _first(self, body):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        self._sent = True
        for pause in PAUSES:
            try:
                return self._client.ask("POST", "dashboards", body, headers)
            except NoAnswer as error:
                self._output.say(f"{error.message} Asking again…")
                time.sleep(pause)
        return self._client.ask("POST", "dashboards", body, headers)
