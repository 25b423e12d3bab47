import csv
from pathlib import Path

import streamlit as st

with (Path(__file__).parent.parent / "sales.csv").open() as file:
    sales = {row["quarter"]: int(row["revenue"]) for row in csv.DictReader(file)}

st.title("By quarter")
quarter = st.selectbox("Quarter", list(sales))
st.metric("Revenue", f"{sales[quarter]:,} k€")
st.bar_chart(sales)
