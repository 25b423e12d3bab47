"""Quarterly sales, as a Streamlit app."""

import csv
from pathlib import Path

import streamlit as st

EDITION = "sample edition"

with (Path(__file__).parent / "sales.csv").open() as file:
    sales = {row["quarter"]: int(row["revenue"]) for row in csv.DictReader(file)}

st.title("Quarterly sales")
growth = st.slider("Growth in %", min_value=-20, max_value=40, value=5)
planned = {quarter: revenue * (100 + growth) / 100 for quarter, revenue in sales.items()}

this_year, next_year = st.columns(2)
this_year.metric("This year", f"{sum(sales.values()):,} k€")
next_year.metric("Next year", f"{sum(planned.values()):,.0f} k€", f"{growth} %")
st.table([{"Quarter": name, "This year": sales[name], "Next year": round(planned[name])} for name in sales])
st.write(f"{EDITION}: {growth} % growth makes {sum(planned.values()):,.0f} k€.")
