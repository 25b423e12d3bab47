"""The Hub's own pages at a dashboard's address, while nothing runs there."""

import json
import re
from html import unescape
from urllib.parse import quote

import pytest


@pytest.fixture(scope="module")
def hub(create_hub):
    hub = create_hub(base_url="/base/")
    hub.user("alice")
    return hub


def leads_to(page):
    found = re.search(r'<a id="dashboard"[^>]* href="([^"]*)"', page.text)
    return found and unescape(found[1])


@pytest.mark.parametrize("visitor", ["alice", "bob"])
def test_owner_and_viewer_are_sent_to_the_service(hub, visitor):
    hub.user(visitor)
    page = hub.get("user/alice/dash-sales/v/2/a%20b?x=1&y=%3Cb%3E", opener=hub.sign_in(visitor))
    wanted = "/base/services/dashboards/at/alice/dash-sales/v/2/a%20b?x=1&y=%3Cb%3E"
    assert leads_to(page) == wanted
    assert f'url={wanted.replace("&", "&amp;")}"' in page.text


def test_a_visitor_who_is_not_signed_in_comes_back_after_signing_in(hub):
    page = hub.get("user/alice/dash-sales/")
    assert page.url == f"{hub.url}hub/login?next=%2Fbase%2Fhub%2Fuser%2Falice%2Fdash-sales%2F"


def test_nobody_signs_in_on_the_origin_of_dashboards(create_hub):
    hub = create_hub(options='dashboards_origin="http://dash.localhost"')
    own = f"http://127.0.0.1:{hub.port}/"
    there = {"Host": "dash.localhost"}
    asked = quote("/hub/user/alice/dash-sales/v/1/?a=b&c=%3Cd%3E", safe="")
    page = hub.get(f"hub/login?next={asked}", headers=there)
    assert leads_to(page) == f"{own}services/dashboards/at/alice/dash-sales/v/1/?a=b&c=%3Cd%3E"
    for following in ("", "?next=%2Fhub%2Ftoken", "?next=%2F%2Fevil.org", "?next=https:%2F%2Fevil.org"):
        page = hub.get(f"hub/login{following}", headers=there)
        assert leads_to(page) == f"{own}hub/"
        assert "password" not in page.text
    at_the_hub = hub.get("hub/login")
    assert leads_to(at_the_hub) is None and "password" in at_the_hub.text


def test_markup_in_an_address_stays_text(hub):
    opener = hub.sign_in("alice")
    page = hub.get('user/alice/dash-x"><script>alert(1)</script>/', opener=opener)
    assert "<script>alert" not in page.text
    assert leads_to(page).startswith("/base/services/dashboards/at/alice/dash-x")


def test_other_pages_stay_as_they_were(hub):
    opener = hub.sign_in("alice")
    for path in ("user/alice/lab", "user/bob/lab", "hub/nowhere", "hub/user/alice/"):
        assert leads_to(hub.get(path, opener=opener)) is None
    assert "is not running" in hub.get("user/alice/lab", opener=opener).text
    assert "lots of moons" in hub.get("hub/nowhere", opener=opener).text


def test_with_a_domain_for_each_service_the_hub_and_our_pages_agree_on_it(create_hub):
    hub = create_hub(domain="hub.localhost")
    token = hub.user("alice")
    of_the_hub = json.loads((hub.folder / "environment.json").read_text())["JUPYTERHUB_PUBLIC_URL"]
    assert of_the_hub == f"http://dashboards--service.hub.localhost:{hub.port}/services/dashboards/"
    page = hub.get("hub/user/alice/dash-sales/", headers={"Authorization": f"token {token}"})
    assert leads_to(page) == f"{of_the_hub}at/alice/dash-sales/"
