"""Quarterly sales, as a Dash app."""

import csv
from pathlib import Path

import plotly.graph_objects as go
from dash import Dash, Input, Output, callback, dcc, html

EDITION = "sample edition"

with (Path(__file__).parent / "sales.csv").open() as file:
    sales = {row["quarter"]: int(row["revenue"]) for row in csv.DictReader(file)}

# Any name will do, and no `if __name__ == "__main__"` is needed.
dashboard = Dash(__name__, title="Quarterly sales")
server = dashboard.server

dashboard.layout = html.Main(
    [
        html.H1("Quarterly sales"),
        html.P("What next year brings if every quarter grows alike."),
        html.Label("Growth in %", htmlFor="growth"),
        dcc.Slider(-20, 40, 1, value=5, id="growth", marks={n: f"{n} %" for n in range(-20, 41, 10)}),
        dcc.Graph(id="plan", config={"displayModeBar": False}),
        html.P(id="result", className="result"),
    ]
)


@callback(Output("plan", "figure"), Output("result", "children"), Input("growth", "value"))
def plan(growth):
    planned = [revenue * (100 + growth) / 100 for revenue in sales.values()]
    figure = go.Figure(
        [
            go.Bar(name="This year", x=list(sales), y=list(sales.values()), marker_color="#b8c4d6"),
            go.Bar(name="Next year", x=list(sales), y=planned, marker_color="#2463eb"),
        ]
    )
    figure.update_layout(
        barmode="group",
        height=340,
        margin={"l": 50, "r": 10, "t": 10, "b": 30},
        plot_bgcolor="white",
        yaxis={"title": "k€", "gridcolor": "#e5e7eb"},
        legend={"orientation": "h", "y": 1.1},
    )
    return figure, f"{EDITION}: {growth} % growth makes {sum(planned):,.0f} k€."
