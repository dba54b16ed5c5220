#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the tables and the picture of the measurements.

usage: bench.py RESULT OUT

RESULT is tests/vm/bench.result. The name of OUT says what is made: bench.svg is
the picture, bench.txt the same in words, bench-starts.md and bench-memory.md are
tables. All ratios are computed here.
"""

import os
import sys
from html import escape


def read(path):
    """Return [(release, what, linux, ours, limit or None)]."""
    rows = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            word = line.split()
            if word[0] in ("#", "driver"):
                continue
            if len(word) != 5:
                sys.exit(f"{path}:{number}: five words were expected")
            limit = None if word[4] == "-" else float(word[4])
            rows.append((*word[:2], int(word[2]), int(word[3]), limit))
    if not rows:
        sys.exit(f"{path}: no measurements; run make bench")
    return rows


def releases(rows):
    return list(dict.fromkeys(row[0] for row in rows))


def starts(rows):
    """The programs that were started: [(release, "4 × 32 B", ...)]."""
    for release, what, linux, ours, limit in rows:
        if what.startswith("start-"):
            ccws, size = what.removeprefix("start-").split("x")
            size = size.replace("K", " KiB") if "K" in size else f"{size} B"
            yield release, f"{ccws} × {size}", linux, ours, limit


def starts_md(rows):
    lines = ["| Linux | program | Linux's driver | ours | ratio | to reach |",
             "|:--|:--|--:|--:|--:|--:|"]
    before = None
    for release, program, linux, ours, limit in starts(rows):
        lines.append(f"| {release if release != before else ''} | {program} "
                     f"| {linux:,} | {ours:,} | {ours / linux:.3f} "
                     f"| {limit or ''} |")
        before = release
    return "\n".join(lines) + "\n"


def memory_md(rows):
    size = {(release, what.removeprefix("memory-")): (linux, ours)
            for release, what, linux, ours, _ in rows
            if what.startswith("memory-")}
    lines = ["| Linux | bytes for | Linux's driver | ours |",
             "|:--|:--|--:|--:|"]
    for release in releases(rows):
        structures, arena = (size[release, part]
                             for part in ("structures", "arena"))
        for title, pair in (
                (release + " | structures", structures),
                (" | arena", arena),
                (" | both", [sum(both) for both in zip(structures, arena)])):
            lines.append(f"| {title} | {pair[0]:,} | {pair[1]:,} |")
    return "\n".join(lines) + "\n"


def text(rows):
    lines = ["What a START costs with our driver, Linux's own being 1:"]
    lines += [f"  {release:9} {program:12} {ours / linux:.3f}"
              for release, program, linux, ours, _ in starts(rows)]
    return "\n".join(lines) + "\n"


# The picture, in pixels: a bar for each program and release, the ratio at the
# right, and a stroke where it is not to go beyond.
LABEL, FULL, RIGHT = 96, 480, 48
TOP, BAR, GAP = 26, 13, 9


def svg(rows):
    names = releases(rows)
    programs = {}
    for release, program, linux, ours, limit in starts(rows):
        programs.setdefault(program, []).append((release, ours / linux, limit))
    parts, y = [], TOP

    def label(x, y, words, anchor="start", size=12):
        parts.append(f'<text x="{x:.1f}" y="{y:.1f}" dy="0.35em" '
                     f'font-size="{size}" text-anchor="{anchor}">'
                     f"{escape(words)}</text>")

    def stroke(x, top, bottom, opacity, width=1):
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" '
                     f'y2="{bottom}" stroke="currentColor" '
                     f'stroke-opacity="{opacity}" stroke-width="{width}"/>')

    for program, bars in programs.items():
        label(LABEL - 8, y + len(bars) * BAR / 2, program, "end")
        for release, ratio, limit in bars:
            shade = 0.75 if release == names[0] else 0.35
            parts.append(f'<rect x="{LABEL}" y="{y}" height="{BAR - 2}" '
                         f'width="{ratio * FULL:.1f}" '
                         f'fill-opacity="{shade}"/>')
            label(LABEL + FULL + 8, y + BAR / 2 - 1, f"{ratio:.3f}", size=10)
            if limit:
                stroke(LABEL + limit * FULL, y - 2, y + BAR, 1, 2)
            y += BAR
        y += GAP
    for part in (0, 0.25, 0.5, 0.75, 1):
        x = LABEL + part * FULL
        stroke(x, TOP - 6, y, 0.35)
        label(x, TOP - 14, f"{part:g}", "middle", 10)
    for i, release in enumerate(names):
        x = LABEL + i * 120
        parts.append(f'<rect x="{x}" y="{y + 10}" width="{BAR - 2}" '
                     f'height="{BAR - 2}" '
                     f'fill-opacity="{0.35 if i else 0.75}"/>')
        label(x + BAR + 4, y + 15, f"Linux {release}", size=11)
    stroke(LABEL + len(names) * 120 + 4, y + 8, y + 22, 1, 2)
    label(LABEL + len(names) * 120 + 12, y + 15, "to reach", size=11)
    width, height = LABEL + FULL + RIGHT, y + 28
    return ('<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" fill="currentColor" '
            'font-family="sans-serif">\n'
            "<title>Instructions for a START, ours as a part of "
            "Linux's</title>\n" + "\n".join(parts) + "\n</svg>\n")


MAKERS = {
    "bench.svg": svg,
    "bench.txt": text,
    "bench-starts.md": starts_md,
    "bench-memory.md": memory_md,
}


def main():
    if len(sys.argv) != 3 or os.path.basename(sys.argv[2]) not in MAKERS:
        sys.exit(__doc__)
    made = MAKERS[os.path.basename(sys.argv[2])](read(sys.argv[1]))
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(made)


if __name__ == "__main__":
    main()
