"""A Streamlit app of several pages: this one and those in `pages/`."""

import streamlit as st

st.set_page_config(page_title="Sales", page_icon="📈")
st.title("Sales")
st.write("sample edition: choose a page on the left.")
