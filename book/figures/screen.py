#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Draw the screen of a 3270.

usage: screen.py SCREEN OUT

SCREEN is a file as tests/vm/terminal.py keeps it. The name of OUT says what is
made: an .svg is the picture, a .txt what it shows in words.
"""

import itertools
import sys
from html import escape

COLUMNS, ROWS = 80, 24
WIDE, HIGH, EDGE = 8, 17, 14            # of a character, and round them all

# A screen is dark on any page: these are not names the weaver would change, and
# in a style text keeps its colour.
GLASS = "rgb(16,20,24)"
COLOURS = {"b": "rgb(110,150,255)", "r": "rgb(255,100,90)",
           "p": "rgb(255,150,220)", "g": "rgb(90,220,110)",
           "t": "rgb(80,220,220)", "y": "rgb(245,225,90)",
           "w": "rgb(240,240,240)"}


def read(path):
    """Return [(text, colours)], each as wide as the screen."""
    rows = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            kind, line = line[:1], line[1:].rstrip("\n").ljust(COLUMNS)
            if kind == "|":
                rows.append((line, " " * COLUMNS))
            elif kind == ":" and rows:
                rows[-1] = (rows[-1][0], line)
            elif kind != "#":
                sys.exit(f"{path}:{number}: a line begins with '|', ':' or "
                         f"'#', not '{kind}'")
    if len(rows) != ROWS:
        sys.exit(f"{path}: {ROWS} lines were expected, there are {len(rows)}")
    return rows


def runs(colours):
    """Yield (where, how long, colour) for what has one colour in a line."""
    for colour, cells in itertools.groupby(enumerate(colours),
                                           lambda cell: cell[1]):
        cells = list(cells)
        if colour != " ":
            yield cells[0][0], len(cells), colour


def svg(rows):
    width, height = COLUMNS * WIDE + 2 * EDGE, ROWS * HIGH + 2 * EDGE
    parts = [f'<rect width="{width}" height="{height}" rx="8" fill="{GLASS}"/>']
    for row, (text, colours) in enumerate(rows):
        y = EDGE + row * HIGH
        for start, length, colour in runs(colours):
            x, paint = EDGE + start * WIDE, COLOURS[colour.lower()]
            parts.append(f'<text x="{x}" y="{y + 13}" style="fill:{paint}" '
                         f'textLength="{length * WIDE}" xml:space="preserve">'
                         f"{escape(text[start:start + length])}</text>")
            if colour.isupper():
                parts.append(f'<rect x="{x}" y="{y + 15}" fill="{paint}" '
                             f'width="{length * WIDE}" height="1"/>')
    return ('<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="monospace" font-size="13">\n'
            "<title>The screen of a 3270</title>\n" + "\n".join(parts) +
            "\n</svg>\n")


def text(rows):
    lines = [line.rstrip() for line, _ in rows]
    return "The screen shows:\n" + "\n".join(lines) + "\n"


def main():
    if len(sys.argv) != 3 or not sys.argv[2].endswith((".svg", ".txt")):
        sys.exit(__doc__)
    make = svg if sys.argv[2].endswith(".svg") else text
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write(make(read(sys.argv[1])))


if __name__ == "__main__":
    main()
