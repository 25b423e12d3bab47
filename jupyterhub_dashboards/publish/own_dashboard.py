"""Which dashboard is meant by what somebody has typed."""

from urllib.parse import quote, urlencode

from .errors import Refused

LONGEST_ID = 100


def own_dashboard(client, wanted):
    """The caller's dashboard with this id or with this slug, which is in its link. Raises `Refused`."""
    if len(wanted) <= LONGEST_ID:
        try:
            return client.ask("GET", f"dashboards/{quote(wanted, safe='')}")["dashboard"]
        except Refused as error:
            if error.code != "not_found":
                raise
    query = {"filter": "mine", "search": wanted[:200], "limit": 200}
    while True:
        page = client.ask("GET", f"dashboards?{urlencode(query)}")
        for dashboard in page["dashboards"]:
            if dashboard["slug"] == wanted:
                return dashboard
        if not page["next"]:
            raise Refused(
                f"None of your dashboards has the slug or id {wanted}.",
                "Take the last part of its link, or leave --update out to publish a new one.",
                "not_found",
            )
        query["cursor"] = page["next"]
