#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make a table of how Linux's driver answers where ours answers otherwise.

usage: differences.py OUT

OUT is a table in Markdown of tests/vm/differences, which the lab compares with what
it sees. Its first column links to where the book says why.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tests/vm"))
import known  # noqa: E402 (the lab's own reader)

WHOSE = {"linux": "", "linux-6.1": "6.1", "linux-6.12": "6.12",
         "iommufd": "both drivers, with an iommufd"}


def code(text):
    return f"`{text}`" if text else ""


def row_of(entry):
    step, ours, other = known.answers(entry.text) or ("", "", entry.text)
    remarks = [WHOSE[entry.whose], "at times" if entry.how == "waver" else ""]
    return (f"| [](#diff:{entry.row}) | {code(entry.test)} | {code(step)} "
            f"| {code(ours)} | {code(other)} | {' '.join(filter(None, remarks))} |")


def main(argv):
    if len(argv) != 2:
        sys.exit(__doc__)
    lines = ["| What | Test | Step | Ours | Linux's | When |",
             "|:--|:--|:--|:--|:--|:--|"]
    lines += map(row_of, known.read())
    Path(argv[1]).write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv)
