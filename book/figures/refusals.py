#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""refusals.py TEST.c OUT.md: what a disk refuses, as the table of its unit test has it."""

import re
import sys

BITS = {(0, 0x80): "command reject", (1, 0x40): "invalid track format",
        (1, 0x20): "end of cylinder", (1, 0x08): "no record found",
        (1, 0x04): "file protected"}
MESSAGES = {0: "", 1: "invalid command", 2: "invalid sequence",
            3: "count too small", 4: "invalid parameter"}
CASE = re.compile(r'\{ "([^"]+)", \{.*?(CE_DE \| UC|UC),\s*(\d+),\s*'
                  r'(0x\w+|0),\s*(0x\w+|0),\s*(\d) \},', re.S)


def rows(text):
    table = text[text.index("static void test_refusals"):]
    table = table[:table.index("\n\t};")]
    cases = CASE.findall(table)
    begun = len(re.findall(r'^\t\t\{ "', table, re.M))
    if len(cases) != begun:
        raise SystemExit(f"refusals.py: {begun} cases begin, and {len(cases)} "
                         "were understood")
    for name, status, _, *sense in cases:
        sense = [int(byte, 0) for byte in sense]
        words = [word for (byte, bit), word in BITS.items() if sense[byte] & bit]
        if not words:
            raise SystemExit(f"refusals.py: {name}: no name for {sense}")
        yield (name, "`0E`" if "CE_DE" in status else "`02`",
               f"`{sense[0]:02X} {sense[1]:02X}`", words[0], MESSAGES[sense[2]])


def main():
    test, out = sys.argv[1:]
    with open(test, encoding="utf-8") as source:
        table = list(rows(source.read()))
    with open(out, "w", encoding="utf-8") as result:
        result.write("| the program | status | sense | which is | message |\n"
                     "| :-- | :-- | :-- | :-- | :-- |\n")
        for row in table:
            result.write("| " + " | ".join(row) + " |\n")


if __name__ == "__main__":
    main()
