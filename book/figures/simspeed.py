#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the tables of the simulator's speed.

usage: simspeed.py RESULT OUT

RESULT is tests/bench-sim/result. The name of OUT says what is made:
simspeed.md compares, simspeed-without.md shows what is saved. Ratios are
computed here.
"""

import os
import re
import sys

TITLES = {
    "ccws": "CCWs interpreted in a second",
    "pairs": "START and TEST SUBCHANNEL, pairs in a second",
    "trips": "whole trips in a second",
    "lives": "lives of a simulation in a second",
    "steps": "steps of the scheduler in a second of soak",
    "soak": "seconds for a soak of 100,000 stories",
    "subchannel": "bytes for a subchannel in the machine",
    "device": "bytes for an open device in host and driver",
}


def lines(path):
    """Return [(number, line)] without comments."""
    with open(path, encoding="utf-8") as file:
        found = [(number, line) for number, line in enumerate(file, 1)
                 if not line.startswith("#")]
    if not found:
        sys.exit(f"{path}: no measurements; run make bench-sim")
    return found


def read(path):
    """Return [(what, ours, QEMU's, Hercules', limit)]; None: there is none."""
    rows = []
    for number, line in lines(path):
        word = line.split()
        if word[:1] == ["without"]:
            continue
        if len(word) != 5 or word[0] not in TITLES:
            sys.exit(f"{path}:{number}: one of {', '.join(TITLES)} and four "
                     "numbers were expected")
        rows.append((word[0], *(None if cell == "-" else int(cell)
                                for cell in word[1:])))
    return rows


def read_without(path):
    """Return [(what is measured, without, with, what is taken away)]."""
    rows = []
    for number, line in lines(path):
        word = line.split(maxsplit=4)
        if word[:1] != ["without"]:
            continue
        if len(word) != 5 or word[1] not in TITLES:
            sys.exit(f"{path}:{number}: 'without', one of {', '.join(TITLES)}, "
                     "two numbers and a text were expected")
        rows.append((word[1], int(word[2]), int(word[3]), word[4].strip()))
    return rows


def others(path):
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
    if number >= 10**4:
        number = round(number, 3 - len(str(number)))
    return f"{number:,}"


def compared(path):
    qemu, hercules = others(path)
    made = [f"| what | ours | {qemu} | {hercules} | ours to QEMU's | limit |",
            "|:--|--:|--:|--:|--:|--:|"]
    for what, ours, first, second, limit in read(path):
        ratio = f"{ours / first:.1f}" if first else ""
        made.append(f"| {TITLES[what]} | {shown(ours)} | {shown(first)} "
                    f"| {shown(second)} | {ratio} | {shown(limit)} |")
    return made


def without(path):
    made = ["| without | measured | without it | with it | gain |",
            "|:--|:--|--:|--:|--:|"]
    rows = sorted(read_without(path), key=lambda row: row[1] / row[2])
    for what, before, now, taken in rows:
        made.append(f"| {taken} | {TITLES[what]} | {shown(before)} "
                    f"| {shown(now)} | {now / before:.2f} |")
    return made


MAKERS = {"simspeed.md": compared, "simspeed-without.md": without}


def main():
    if len(sys.argv) != 3 or os.path.basename(sys.argv[2]) not in MAKERS:
        sys.exit(__doc__)
    made = MAKERS[os.path.basename(sys.argv[2])](sys.argv[1])
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write("\n".join(made) + "\n")


if __name__ == "__main__":
    main()
