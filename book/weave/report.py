# SPDX-License-Identifier: GPL-2.0-only
"""How the weaver says that something is wrong.

Every complaint names a place (``book/states.nw:12``), what was found there
and what to write instead, in the form compilers use, so that editors can jump
to it.
"""

import sys


class BookError(Exception):
    """The book cannot be processed; the text says where, what and what to do."""


class Problem:
    """One complaint about one place of the book."""

    def __init__(self, path, line, text):
        self.path = path
        self.line = line
        self.text = text

    def __str__(self):
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.text}"

    def sort_key(self):
        return (self.path, self.line or 0, self.text)


def warn(text):
    """Print a warning that does not stop the run."""
    sys.stderr.write(f"warning: {text}\n")     # in one piece: threads warn too


def unique(problems):
    """Sort problems by place and drop repetitions."""
    found = {str(p): p for p in problems}
    return sorted(found.values(), key=Problem.sort_key)
