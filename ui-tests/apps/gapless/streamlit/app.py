"""A control, an upload and a download, each of which says what edition it is of."""

import streamlit as st

EDITION = "edition 1"

growth = st.slider("Growth", 0, 100, 5)
st.write(f"{EDITION}: growth {growth}")
file = st.file_uploader("Notes")
if file is not None:
    st.write(f"{EDITION}: received {len(file.getvalue())} bytes")
st.download_button("Download", f"{EDITION}: report", "report.txt")
