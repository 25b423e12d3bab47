"""A control, an upload and a download, each of which says what edition it is of."""

import base64

from dash import Dash, Input, Output, callback, dcc, html
from dash.exceptions import PreventUpdate

EDITION = "edition 1"

app = Dash(__name__, title=EDITION)
server = app.server
app.layout = html.Main(
    [
        dcc.Slider(0, 100, 1, value=5, marks=None, id="growth"),
        html.P(id="result"),
        dcc.Upload(html.Button("Notes"), id="notes"),
        html.P(id="received"),
        html.Button("Download", id="download"),
        dcc.Download(id="report"),
    ]
)


@callback(Output("result", "children"), Input("growth", "value"))
def result(growth):
    return f"{EDITION}: growth {growth}"


@callback(Output("received", "children"), Input("notes", "contents"), prevent_initial_call=True)
def received(contents):
    if contents is None:
        raise PreventUpdate
    return f"{EDITION}: received {len(base64.b64decode(contents.split(',')[1]))} bytes"


@callback(Output("report", "data"), Input("download", "n_clicks"), prevent_initial_call=True)
def report(_clicks):
    return {"content": f"{EDITION}: report", "filename": "report.txt"}
