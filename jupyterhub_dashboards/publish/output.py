"""What is said on standard error on the way, and on standard output at the end."""

import json
import sys

STAGES = {
    "queued": "Waiting for its turn…",
    "server": "Waiting for the dashboard's server…",
    "copy": "Copying the files…",
    "start": "Starting the dashboard…",
    "check": "Checking that it works…",
}

CLONING = "Cloning the volume that the files are on…"


class Output:
    def __init__(self, as_json):
        self._as_json = as_json
        self._lines = set()

    def tell(self, event):
        """An event of a build."""
        if event["kind"] == "log":
            self._lines.update(event["lines"])
            for line in event["lines"]:
                self.say(f"  {line}")
        elif event["kind"] == "state" and event["build"]["state"] in STAGES:
            build = event["build"]
            self.say(
                CLONING
                if build.get("clonesVolume") and build["state"] == "server"
                else STAGES[build["state"]]
            )

    def say(self, sentence):
        print(sentence, file=sys.stderr, flush=True)

    def problem(self, problem):
        """A message with what to do next, and those of its failing lines that were not seen on the way."""
        self.say(f"jupyterhub-dashboards publish: {problem['message']}")
        for line in (problem.get("detail") or "").splitlines():
            if line not in self._lines:
                self.say(f"  {line}")
        if problem.get("fix"):
            self.say(problem["fix"])

    def end(self, dashboard=None, build=None, error=None):
        """The link, or for programs one object with the same keys whatever has happened."""
        link = dashboard and dashboard["link"]
        if self._as_json:
            value = {
                "ok": error is None,
                "link": link,
                "dashboard": dashboard,
                "build": build,
                "error": error,
            }
            print(json.dumps(value, indent=2))
        elif error is None:
            print(link)
        sys.stdout.flush()
