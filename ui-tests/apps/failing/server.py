"""A dashboard that fails when it is told to: once there is a file at the path that signal.txt names."""

import pathlib
import time

signal = pathlib.Path(pathlib.Path("signal.txt").read_text())
print("waiting for the tide", flush=True)
while not signal.exists():
    time.sleep(0.05)
raise ValueError("the tide <b>never</b> came")
