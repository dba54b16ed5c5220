#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the table of the simulator's speed.

usage: simspeed.py RESULT OUT

RESULT is tests/bench-sim/result. The name of OUT says what is made:
simspeed.md is the table. Ratios are computed here.
"""

import os
import re
import sys

TITLES = {
    "ccws": "CCWs interpreted in a second",
    "pairs": "START and TEST SUBCHANNEL, pairs in a second",
    "trips": "whole trips in a second",
    "subchannel": "bytes for a subchannel in the machine",
    "device": "bytes for an open device in host and driver",
}


def read(path):
    """Return [(what, ours, QEMU's, Hercules', limit)]; None: there is none."""
    rows = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#"):
                continue
            word = line.split()
            if len(word) != 5 or word[0] not in TITLES:
                sys.exit(f"{path}:{number}: one of {', '.join(TITLES)} and "
                         "four numbers were expected")
            rows.append((word[0], *(None if cell == "-" else int(cell)
                                    for cell in word[1:])))
    if not rows:
        sys.exit(f"{path}: no measurements; run make bench-sim")
    return rows


def headline(path):
    """Return the names of the other two, with their versions."""
    with open(path, encoding="utf-8") as file:
        match = re.search(r"beside (QEMU \S+) and (Hercules \d+\.\d+)",
                          file.read())
    return match.groups() if match else ("QEMU", "Hercules")


def shown(number):
    """Three digits are as much as such a measurement is worth."""
    if number is None:
        return ""
    if number >= 10**6:
        return f"{number / 10**6:.3g} million"
    return f"{round(number, 3 - len(str(number))) if number > 10**5 else number:,}"


def table(path):
    qemu, hercules = headline(path)
    lines = [f"| what | ours | {qemu} | {hercules} | ours to QEMU's | to reach |",
             "|:--|--:|--:|--:|--:|--:|"]
    for what, ours, first, second, limit in read(path):
        ratio = f"{ours / first:.1f}" if first else ""
        lines.append(f"| {TITLES[what]} | {shown(ours)} | {shown(first)} "
                     f"| {shown(second)} | {ratio} | {shown(limit)} |")
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) != 3 or os.path.basename(sys.argv[2]) != "simspeed.md":
        sys.exit(__doc__)
    made = table(sys.argv[1])
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(made)


if __name__ == "__main__":
    main()
