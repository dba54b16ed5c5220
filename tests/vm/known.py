# SPDX-License-Identifier: GPL-2.0-only
"""Read tests/vm/differences, and complain about what is wrong in it."""

import re
import sys
from collections import namedtuple
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
PATH = TOP / "tests/vm/differences"
SCENARIOS = TOP / "tests/scenarios"
LIFECYCLE = TOP / "tests/vm/lifecycle.c"
WHOSE = ["linux", "linux-6.1", "linux-6.12", "iommufd"]
HOW = ["differ", "waver", "shows"]
ANSWERS = re.compile(r"(?:(.*): )?expected (.*), got(?: (.*))?")

Known = namedtuple("Known", "test whose how row text")


def complain(number, text):
    sys.exit(f"{PATH.relative_to(TOP)}:{number}: {text}")


def check(number, known):
    """Is there such a test, and are its words known?"""
    there = (SCENARIOS / known.test).exists() \
        if known.test.endswith(".ccw") else \
        f'"{known.test}"' in LIFECYCLE.read_text("utf-8")
    if not there:
        complain(number, f"there is no test '{known.test}'")
    for word, words in (known.whose, WHOSE), (known.how, HOW):
        if word not in words:
            complain(number, f"'{word}' is not one of {', '.join(words)}")


def read():
    """Yield a Known for each entry: two lines, the second begins with a tab."""
    first = None
    for number, line in enumerate(PATH.read_text("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("\t") == (first is None):
            complain(number, "after TEST WHOSE HOW ROW comes a line that begins "
                     "with a tab and says what is different")
        if first:
            yield Known(*first, line.strip())
            first = None
            continue
        first = line.split()
        if len(first) != 4:
            complain(number, "TEST WHOSE HOW ROW were expected")
        check(number, Known(*first, ""))


def answers(text):
    """The step, our answer and the other's, or None if it is none of these."""
    match = ANSWERS.fullmatch(text)
    return match and tuple(part or "" for part in match.groups())
