"""Quarterly sales, as a Bokeh application: this folder with its main.py and theme."""

import csv
from pathlib import Path

from bokeh.io import curdoc
from bokeh.layouts import column
from bokeh.models import ColumnDataSource, Div, Slider
from bokeh.plotting import figure

EDITION = "sample edition"

with (Path(__file__).parent / "sales.csv").open() as file:
    sales = {row["quarter"]: int(row["revenue"]) for row in csv.DictReader(file)}

source = ColumnDataSource(
    {"quarter": list(sales), "this_year": list(sales.values()), "next_year": [0] * len(sales)}
)
growth = Slider(title="Growth in %", start=-20, end=40, value=5, step=1, sizing_mode="stretch_width")
result = Div()

plot = figure(x_range=list(sales), height=340, sizing_mode="stretch_width", toolbar_location=None)
plot.vbar("quarter", top="next_year", width=0.6, source=source, color="#2463eb", legend_label="Next year")
plot.scatter("quarter", "this_year", size=12, source=source, color="#f59e0b", legend_label="This year")
plot.y_range.start = 0
plot.yaxis.axis_label = "k€"
plot.legend.orientation = "horizontal"
plot.add_layout(plot.legend[0], "above")


def update(_attribute, _old, percent):
    planned = [revenue * (100 + percent) / 100 for revenue in sales.values()]
    source.data["next_year"] = planned
    result.text = f"<h3>{EDITION}: {percent} % growth makes {sum(planned):,.0f} k€.</h3>"


update(None, None, growth.value)
growth.on_change("value", update)
curdoc().title = "Quarterly sales"
heading = Div(text="<h1>Quarterly sales</h1>")
curdoc().add_root(column(heading, growth, plot, result, max_width=880, margin=24, sizing_mode="stretch_width"))
