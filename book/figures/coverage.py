#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make a table of the lines of the driver that the tests reach.

usage: coverage.py RESULT OUT

RESULT is tests/coverage.result. OUT is a table in Markdown, a row for each file,
with the chapter that the file stands in. The percentage is computed here.
"""

import re
import sys
from pathlib import Path

BOOK = Path("book")
RE_CHAPTER = re.compile(r"^# .*\{#(chap:\S+)\}", re.M)


def read(path):
    """Return [(file, lines, reached)]."""
    rows = []
    for number, line in enumerate(Path(path).read_text("utf-8").splitlines(), 1):
        word = line.split()
        if word[0] == "#":
            continue
        if len(word) != 3:
            sys.exit(f"{path}:{number}: three words were expected")
        rows.append((word[0], int(word[1]), int(word[2])))
    if not rows:
        sys.exit(f"{path}: no files; run make coverage")
    return rows


def chapters():
    """Return {file: label of the chapter that it stands in}."""
    found = {}
    for name in (BOOK / "chapters").read_text("utf-8").splitlines():
        if not name or name.startswith("#"):
            continue
        text = (BOOK / f"{name}.nw").read_text("utf-8")
        for file in re.findall(r"^<<(src/driver/[^>]+)>>=", text, re.M):
            found[file] = RE_CHAPTER.search(text)[1]
    return found


def table(rows):
    chapter = chapters()
    lines = ["| Chapter | File | Lines | Reached | |", "|:--|:--|--:|--:|--:|"]
    for file, total, reached in sorted(
            rows, key=lambda row: list(chapter).index(row[0])):
        lines.append(f"| [](#{chapter[file]}) | `{Path(file).name}` | {total} "
                     f"| {reached} | {100 * reached / total:.1f} % |")
    total = sum(row[1] for row in rows)
    reached = sum(row[2] for row in rows)
    lines.append(f"| all | | {total} | {reached} "
                 f"| {100 * reached / total:.1f} % |")
    return "\n".join(lines) + "\n"


def main(argv):
    if len(argv) != 3:
        print("usage: coverage.py RESULT OUT", file=sys.stderr)
        return 2
    text = table(read(argv[1]))
    Path(argv[2]).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
