"""What docs/operators/installing.md says of the check's output, for programs above all."""

import json
import re
from pathlib import Path

import pytest

from .. import command
from ..check import finding
from ..check.finding import ON_KUBERNETES, TITLES, failed
from ..check.output import SIGNS, Json

PAGE = (Path(__file__).parents[2] / "docs" / "operators" / "installing.md").read_text()


@pytest.fixture
def section():
    return PAGE.split("\n### For programs\n")[1].split("\n## ")[0].split("\nThen sign in,")[0]


def rows(section, heading):
    """The cells of the table whose first heading this is."""
    table = re.search(rf"^\| {heading} .*\n\|[ |-]+\n((?:\|.*\n)+)", section, re.MULTILINE)[1]
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in table.splitlines()]


def printed(capsys, *findings):
    Json().end(list(findings))
    return json.loads(capsys.readouterr().out)


def test_every_id_stands_there_with_its_title(section):
    assert dict(rows(section, "id")) == TITLES


def test_the_example_is_what_is_printed(section, capsys):
    example = json.loads(section.split("```json\n")[1].split("```")[0])
    [line] = example["lines"]
    made = failed(line["id"], line["sentence"], line["fix"])
    assert printed(capsys, made) == example
    assert PAGE.count(line["sentence"]) == 2, "also in the table of what to paste"


def test_every_key_and_state_is_explained(section, capsys):
    output = printed(capsys, failed("hub", "It is away.", "Start it."))
    keys = {*output, *output["lines"][0]}
    explained = re.findall(r"^- `(\w+)`|\. `(\w+)` and `(\w+)` are for people", section, re.MULTILINE)
    assert {key for found in explained for key in found if key} == keys
    states = re.search(r"^- `state`: (.*(?:\n  .*)*)", section, re.MULTILINE)[1]
    assert set(re.findall(r"`(\w+)`", states)) - {"sentence"} == set(SIGNS)
    assert {finding.OK, finding.WARNING, finding.FAILED, finding.NOT_TRIED} == set(SIGNS)


def test_every_exit_code_stands_there(section):
    codes = [code for code, _ in rows(section, "exit code")]
    assert codes == ["0", "1", str(command.CANNOT), str(command.INTERRUPTED)]


def test_the_run_that_is_shown_has_lines_of_this_version():
    run = PAGE.split("```text\n✓ ")[1].split("\n\nNothing fails.")[0]
    shown = re.findall(r"^(?:✓ )?(\S.*?)  +\S", run, re.MULTILINE)
    assert set(shown) == {*TITLES.values()} - {TITLES[id] for id in ("start", *ON_KUBERNETES)}
    # A long line goes on in the next.
    read = " ".join(run.split()).count("(read, not tried)")
    said = re.search(r"of its (\d+) lines, (\d+) are tried", PAGE)
    assert (int(said[1]), int(said[2])) == (len(shown), len(shown) - read)
