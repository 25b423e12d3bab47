"""The findings for a terminal, and for programs."""

import json
import shutil
import sys
import textwrap
import time

from .finding import FAILED, NOT_TRIED, OK, TITLES, WARNING

SIGNS = {OK: "✓", WARNING: "!", FAILED: "✗", NOT_TRIED: "-"}
COLOURS = {OK: 32, WARNING: 33, FAILED: 31, NOT_TRIED: 2}
INDENT = max(map(len, TITLES.values())) + 4


class Table:
    """Writes each finding when it comes, and in between what is under way."""

    def __init__(self):
        self._out = out = sys.stdout
        self._progress = Progress(sys.stderr)
        self._colours = out.isatty()
        self._width = max(60, shutil.get_terminal_size((100, 24)).columns if out.isatty() else 100)

    def tell(self, finding):
        self._progress.clear()
        sign = SIGNS[finding.state]
        if self._colours:
            sign = f"\x1b[{COLOURS[finding.state]}m{sign}\x1b[0m"
        read = finding.state != NOT_TRIED and not finding.tried
        sentence = finding.sentence + (" (read, not tried)" if read else "")
        room = self._width - INDENT
        first, *rest = textwrap.wrap(sentence, room, break_long_words=False, break_on_hyphens=False)
        self._line(f"{sign} {finding.title:<{INDENT - 2}}{first}")
        for line in rest:
            self._line(" " * INDENT + line)
        # To be pasted: not wrapped, and nothing stands before the lines but room.
        for number, line in enumerate(finding.fix.splitlines()):
            self._line(f"{' ' * INDENT}{' ' if number else '→'} {line}")

    def progress(self, what=None):
        self._progress.show(what)

    def end(self, findings):
        self._progress.clear()
        failed = sum(finding.state == FAILED for finding in findings)
        warnings = sum(finding.state == WARNING for finding in findings)
        if failed:
            self._line(f"\n{failed} of {len(findings)} fail.")
        else:
            self._line(f"\nNothing fails{f', {warnings} to look at' if warnings else ''}.")

    def _line(self, text):
        print(text.rstrip(), file=self._out, flush=True)


class Json:
    """Writes everything at the end."""

    def __init__(self):
        self._progress = Progress(sys.stderr)

    def tell(self, finding):
        pass

    def progress(self, what=None):
        self._progress.show(what)

    def end(self, findings):
        self._progress.clear()
        lines = [
            {
                "id": finding.id,
                "title": finding.title,
                "state": finding.state,
                "tried": finding.tried,
                "sentence": finding.sentence,
                "fix": finding.fix or None,
            }
            for finding in findings
        ]
        ok = all(finding.state != FAILED for finding in findings)
        print(json.dumps({"ok": ok, "error": None, "lines": lines}, indent=2))


class Progress:
    """What takes its time: one line that is written over; on what is no terminal, a line for each thing."""

    def __init__(self, out):
        self._out = out
        self._terminal = out.isatty()
        self._what = None
        self._since = 0.0
        self._shown = False

    def show(self, what):
        if what is not None:
            self._what, self._since = what, time.monotonic()
            if not self._terminal:
                print(f"… {what}", file=self._out, flush=True)
        if self._terminal and self._what:
            seconds = time.monotonic() - self._since
            print(f"\r\x1b[K… {self._what}, {seconds:.0f} s", end="", file=self._out, flush=True)
            self._shown = True

    def clear(self):
        if self._shown:
            print("\r\x1b[K", end="", file=self._out, flush=True)
            self._shown = False
