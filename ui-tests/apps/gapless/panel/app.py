"""A control, an upload and a download, each of which says what edition it is of."""

import io

import panel as pn

EDITION = "edition 1"

pn.extension()

growth = pn.widgets.IntSlider(name="Growth", start=0, end=100, value=5)
notes = pn.widgets.FileInput(name="Notes")
report = pn.widgets.FileDownload(
    callback=lambda: io.StringIO(f"{EDITION}: report"), filename="report.txt", label="Download"
)


def received(value):
    return "" if value is None else f"{EDITION}: received {len(value)} bytes"


pn.Column(
    growth,
    pn.bind(lambda percent: f"{EDITION}: growth {percent}", growth),
    notes,
    pn.bind(received, notes),
    report,
).servable(title=EDITION)
