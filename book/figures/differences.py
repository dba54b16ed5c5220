#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make a table of how Linux's driver answers where ours answers otherwise.

usage: differences.py DIFFERENCES OUT

DIFFERENCES is tests/vm/differences, which the lab compares with what it sees. OUT
is a table in Markdown; its first column links to where the book says why.
"""

import re
import sys
from pathlib import Path

SCENARIOS = Path("tests/scenarios")
LIFECYCLE = Path("tests/vm/lifecycle.c")
WHOSE = {"linux": "Linux's", "linux-6.1": "Linux's, 6.1", "iommufd": "both"}
HOW = {"differ": "", "waver": "at times "}
RE_ANSWERS = re.compile(r"(?:(.*): )?expected (.*), got(?: (.*))?")


def complain(path, number, text):
    sys.exit(f"{path}:{number}: {text}")


def check(path, number, test, whose, how):
    """Is there such a test, and are these words known?"""
    there = (SCENARIOS / test).exists() if test.endswith(".ccw") else \
        f'"{test}"' in LIFECYCLE.read_text("utf-8")
    if not there:
        complain(path, number, f"there is no test '{test}'")
    for word, known in (whose, WHOSE), (how, HOW):
        if word not in known:
            complain(path, number, f"'{word}' is not one of {', '.join(known)}")


def read(path):
    """Yield (test, whose, how, row, answers) for each entry."""
    entry = None
    for number, line in enumerate(Path(path).read_text("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("\t") == (entry is None):
            complain(path, number, "after TEST WHOSE HOW ROW comes a line that "
                     "begins with a tab and says what is different")
        if entry:
            yield *entry, line.strip()
            entry = None
            continue
        entry = line.split()
        if len(entry) != 4:
            complain(path, number, "TEST WHOSE HOW ROW were expected")
        check(path, number, *entry[:3])


def row_of(test, whose, how, row, answers):
    step, ours, other = "", "holds", f"`{answers}`"
    match = RE_ANSWERS.fullmatch(answers)
    if match:
        step, ours, other = (f"`{text}`" if text else ""
                             for text in match.groups())
    return (f"| [](#diff:{row}) | `{test}` | {step} | {ours} "
            f"| {HOW[how]}{other} | {WHOSE[whose]} |")


def main(argv):
    if len(argv) != 3:
        sys.exit(__doc__)
    lines = ["| What | Test | Step | Ours | Other | Whose |",
             "|:--|:--|:--|:--|:--|:--|"]
    lines += [row_of(*entry) for entry in read(argv[1])]
    Path(argv[2]).write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv)
