"""Quarterly sales, as a Panel app."""

import csv
from pathlib import Path

import panel as pn
from bokeh.models import FactorRange
from bokeh.plotting import figure

EDITION = "sample edition"

pn.extension()

with (Path(__file__).parent / "sales.csv").open() as file:
    sales = {row["quarter"]: int(row["revenue"]) for row in csv.DictReader(file)}

growth = pn.widgets.IntSlider(name="Growth in %", start=-20, end=40, value=5)


def planned(percent):
    return [revenue * (100 + percent) / 100 for revenue in sales.values()]


def chart(percent):
    plot = figure(x_range=FactorRange(*sales), height=320, sizing_mode="stretch_width", toolbar_location=None)
    plot.vbar(x=list(sales), top=planned(percent), width=0.6, color="#2463eb", legend_label="Next year")
    plot.scatter(x=list(sales), y=list(sales.values()), size=12, color="#f59e0b", legend_label="This year")
    plot.y_range.start = 0
    plot.yaxis.axis_label = "k€"
    plot.xgrid.visible = False
    plot.legend.orientation = "horizontal"
    plot.add_layout(plot.legend[0], "above")
    return plot


def result(percent):
    return f"### {EDITION}: {percent} % growth makes {sum(planned(percent)):,.0f} k€."


pn.template.FastListTemplate(
    title="Quarterly sales",
    sidebar=["What next year brings if every quarter grows alike.", growth],
    main=[pn.Card(pn.bind(chart, growth), title="Revenue"), pn.bind(result, growth)],
    accent="#2463eb",
).servable()
