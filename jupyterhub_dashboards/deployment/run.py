"""Prints or writes what `jupyterhub-dashboards values` is asked for."""

import re
from dataclasses import fields, replace
from pathlib import Path

from .. import __version__
from . import chart
from .hub_file import hub_file

FILES = {"values": "values.yaml", "manifests": "manifests.yaml", "hub-file": "jupyterhub_dashboards.py"}
KEY = re.compile(r"^  (api-token|hook-key): ([0-9a-f]+)$", re.MULTILINE)
HEADINGS = {
    "manifests": "kubectl apply --filename manifests.yaml",
    "values": "helm upgrade … --values values.yaml",
}


def run(options):
    """Returns the exit code."""
    given = vars(options)
    wanted = chart.Wanted(
        **{one.name: given[one.name] for one in fields(chart.Wanted) if one.name in given},
        with_hub_file=not options.without_hub_file,
        with_secret=not options.without_secret,
    )
    if options.into:
        _write(wanted, Path(options.into))
    elif options.part != "all":
        print(_part(wanted, options.part), end="")
    else:
        texts = {part: _part(wanted, part) for part in HEADINGS}
        print("---\n".join(f"# {HEADINGS[part]}\n{text}" for part, text in texts.items() if text), end="")
    return 0


def _part(wanted, part):
    if part == "hub-file":
        return hub_file(__version__)
    return chart.values(wanted) if part == "values" else chart.manifests(wanted)


def _write(wanted, folder):
    folder.mkdir(parents=True, exist_ok=True)
    wanted = replace(wanted, keys=_keys_in(folder / FILES["manifests"]))
    parts = ["manifests", "values"]
    if not wanted.with_hub_file and not wanted.in_hub_pod:
        parts.append("hub-file")
    for part in parts:
        text = _part(wanted, part)
        if text:
            file = folder / FILES[part]
            # The manifests hold secrets.
            file.touch(mode=0o600)
            file.write_text(text, encoding="utf-8")
            print(file)


def _keys_in(file):
    """Those that were written there before: with others the Hub and the service would not know each other."""
    return dict(KEY.findall(file.read_text(encoding="utf-8"))) if file.exists() else {}
