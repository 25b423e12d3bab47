"""`jupyterhub-dashboards publish` where connections break off, and where something else answers."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ..command import main
from ..publish import build_events, run
from ..publish.errors import NoAnswer
from ..publish.service_client import ServiceClient

API = "/services/dashboards/api/v1"
DASHBOARD = {"id": "d1", "name": "Sales", "slug": "sales", "link": "https://hub.example.org/d/sales"}
CUT_OFF = object()


def build(state, problem=None):
    return {"id": "b1", "version": 1, "state": state, "problem": problem}


def events(*states, first=1, broken=""):
    """A stream that ends after these states, or in the middle of an event."""
    text = ": connected\n\n"
    for seq, state in enumerate(states, first):
        text += f"id: {seq}\ndata: {json.dumps({'kind': 'state', 'build': build(state)})}\n\n"
    return text + broken


class Scripted:
    """Answers each method and path with the next of its answers, then with the last; keeps the requests."""

    def __init__(self):
        self.answers = {
            f"GET {API}/whoami": [(200, {"name": "alice"})],
            f"POST {API}/dashboards": [(201, {"dashboard": DASHBOARD, "build": build("queued")})],
            f"GET {API}/builds/b1": [(200, build("start"))],
        }
        self.requests = []
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("Content-Length", 0))
                scripted.requests.append(
                    (f"{self.command} {self.path}", self.headers, self.rfile.read(length))
                )
                self.answer(scripted.next(f"{self.command} {self.path}"))

            do_POST = do_GET

            def answer(self, answer):
                if answer is CUT_OFF:
                    return
                status, body, *headers = answer
                data = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.hub = f"http://127.0.0.1:{self._server.server_port}"

    def next(self, what):
        answers = self.answers.get(what, [(404, {"error": {"code": "not_found", "message": "Nothing."}})])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def sent(self, what):
        """Headers and body of each request of this kind."""
        return [(headers, body) for name, headers, body in self.requests if name == what]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a-token")
    monkeypatch.setattr(run, "PAUSES", (0, 0, 0))
    monkeypatch.setattr(build_events, "PAUSES", (0,))
    with Scripted() as scripted:
        yield scripted


@pytest.fixture
def publish(service, capsys):
    def call(*arguments):
        code = main(["publish", *(arguments or ["/on/the/hub/app.py"]), "--hub", service.hub])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_stream_that_breaks_off_goes_on_where_it_was(service, publish):
    stream = f"GET {API}/builds/b1/events"
    service.answers[stream] = [
        (200, events("queued", "copy", broken='id: 3\ndata: {"kind"')),
        CUT_OFF,
        (502, "<h1>Bad gateway</h1>"),
        (404, "<h1>The hub is not there yet</h1>"),
        (200, events("start", "live", first=3)),
    ]
    code, out, err = publish()
    assert (code, out) == (0, f"{DASHBOARD['link']}\n"), err
    assert [headers["Last-Event-ID"] for headers, _ in service.sent(stream)] == ["0", "2", "2", "2", "2"]
    assert err.count("Copying the files…") == err.count("Starting the dashboard…") == 1


def test_a_build_that_has_ended_without_an_event_is_asked_for(service, publish):
    service.answers[f"GET {API}/builds/b1/events"] = [(200, events())]
    problem = {"code": "app_failed", "message": "It failed.", "fix": "Mend it.", "detail": "line 1\nline 2"}
    service.answers[f"GET {API}/builds/b1"] = [(200, build("start")), (200, build("failed", problem))]
    code, out, err = publish()
    assert (code, out) == (1, "")
    assert err.splitlines()[-4:] == [
        "jupyterhub-dashboards publish: It failed.",
        "  line 1",
        "  line 2",
        "Mend it.",
    ]
    service.answers[f"GET {API}/builds/b1"] = [(200, build("cancelled"))]
    code, out, err = publish()
    assert (code, out) == (1, "") and "Version 1 has been cancelled." in err


def test_an_answer_that_was_lost_is_asked_for_under_the_same_key(service, publish):
    what = f"POST {API}/dashboards"
    good = service.answers[what]
    busy = {"error": {"code": "hub_unavailable", "message": "The Hub does not answer.", "fix": "Wait."}}
    service.answers[what] = [CUT_OFF, (503, busy), *good]
    assert publish("/on/the/hub/app.py", "--no-wait")[:2] == (0, f"{DASHBOARD['link']}\n")
    sent = service.sent(what)
    assert len(sent) == 3 and len({headers["Idempotency-Key"] for headers, _ in sent}) == 1
    assert len({body for _, body in sent}) == 1
    publish("/on/the/hub/app.py", "--no-wait")
    assert service.sent(what)[-1][0]["Idempotency-Key"] != sent[0][0]["Idempotency-Key"]
    service.answers[what] = [(503, busy)]
    code, out, err = publish()
    assert (code, out) == (2, "")
    assert err.splitlines()[-2:] == ["jupyterhub-dashboards publish: The Hub does not answer.", "Wait."]


def test_an_update_whose_answer_was_lost_is_not_sent_again(service, publish):
    service.answers[f"GET {API}/dashboards/d1"] = [(200, {"dashboard": DASHBOARD})]
    what = f"POST {API}/dashboards/d1/versions"
    service.answers[what] = [CUT_OFF]
    code, _, err = publish("--update", "d1")
    assert code == 2 and len(service.sent(what)) == 1
    assert "does not answer" in err and "It may have begun already" in err


def test_a_slug_is_looked_for_on_all_pages(service, publish):
    first, second = (
        f"GET {API}/dashboards?filter=mine&search=sales&limit=200{c}" for c in ("", "&cursor=c2")
    )
    other = {**DASHBOARD, "id": "d2", "slug": "sales-2"}
    service.answers[first] = [(200, {"dashboards": [other], "next": "c2"})]
    service.answers[second] = [(200, {"dashboards": [DASHBOARD], "next": None})]
    what = f"POST {API}/dashboards/d1/versions"
    service.answers[what] = [(201, {"dashboard": DASHBOARD, "build": build("queued")})]
    assert publish("--update", "sales", "--message", "New", "--no-wait")[0] == 0
    assert [json.loads(body) for _, body in service.sent(what)] == [{"message": "New"}]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            (302, "", ("Location", "https://elsewhere.example.org/")),
            "leads on to https://elsewhere.example.org/.",
        ),
        ((200, "<h1>Welcome</h1>"), "is not the dashboards service."),
        ((200, []), "is not the dashboards service."),
        ((404, "<h1>Jupyter has lots of moons</h1>"), "is not the dashboards service (status 404)."),
        (CUT_OFF, "does not answer at"),
    ],
    ids=["redirect", "page", "list", "hub without service", "cut off"],
)
def test_what_answers_in_place_of_the_service_gets_the_token_once(service, publish, answer, sentence):
    service.answers[f"GET {API}/whoami"] = [answer]
    code, out, err = publish()
    assert (code, out) == (2, "")
    assert sentence in err and "--hub https://hub.example.org" in err and "Traceback" not in err
    assert len(service.requests) == 1


def test_a_mistake_of_its_own_is_not_blamed_on_the_dashboard(service, publish):
    service.answers[f"POST {API}/dashboards"] = [(201, {})]
    code, out, err = publish("/on/the/hub/app.py", "--json")
    assert code == 2 and json.loads(out)["error"]["code"] == "internal"
    assert "made a mistake of its own (KeyError: 'dashboard')" in err and "Traceback" not in err


def test_a_refusal_on_the_way_ends_it(service, publish):
    refused = {"error": {"code": "not_signed_in", "message": "You are not signed in.", "fix": "Reload."}}
    service.answers[f"GET {API}/builds/b1/events"] = [(200, events("queued")), (401, refused)]
    code, out, err = publish()
    assert (code, out) == (2, "") and "does not know this token" in err and "hub/token" in err


def test_a_service_that_stays_away_is_given_up(service, monkeypatch):
    monkeypatch.setattr(build_events, "PATIENCE", 0)
    service.answers[f"GET {API}/builds/b1/events"] = [(503, "")]
    client = ServiceClient(f"{service.hub}/services/dashboards/", "a-token")
    with pytest.raises(NoAnswer, match="The connection to the service is lost") as raised:
        build_events.follow(client, "b1", print)
    assert "Publishing goes on without this command." in raised.value.fix
