#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The table of bugs: what is accepted, and what the chapter gets of it."""

import os
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "book", "figures"))

import bugs     # noqa: E402

SOURCES = {"history": 2, "limits": 1}
TABLE = """\
# a comment

id: history-1
seen: 1999, Nobody
what: The lamp burns out,
 now and then.
why: There is no lamp.
see: chap:light
test: test_lamp: the lamp is out
put-back: lamp-in
test: scenario dark

id: history-2
what: The lamp again.
same: history-1

id: limits-1
what: It is dark.
stays: There is no lamp.
"""


class Scratch(unittest.TestCase):
    """A tree with the tests and patches that TABLE names."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = scratch.name
        self.write("tests/unit/test_lamp.c", '{ "the lamp is out", out },')
        self.write("tests/scenarios/dark.ccw", "")
        self.write("tests/bugs/lamp-in.patch", "")

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def table(self, text=TABLE):
        return bugs.Table(self.write("tests/bugs/table", text),
                          sources=SOURCES)


class Reading(Scratch):
    def refused(self, text, *expected):
        with self.assertRaises(bugs.TableError) as caught:
            self.table(text)
        for words in expected:
            self.assertIn(words, str(caught.exception))

    def test_a_field_goes_on_in_the_next_line(self):
        self.assertEqual(self.table().records["history-1"]["what"],
                         "The lamp burns out, now and then.")

    def test_a_bug_put_back_belongs_to_the_test_above_it(self):
        (bug, test), = self.table().records["history-1"].put_back
        self.assertEqual((bug, str(test)),
                         ("lamp-in", "test_lamp: the lamp is out"))

    def test_a_record_that_is_missing(self):
        self.refused(TABLE.replace("id: limits-1", "id: history-3"),
                     "id 'history-3'", "history-1 to -2")
        self.refused(TABLE[:TABLE.index("id: limits-1")],
                     "missing: limits-1")

    def test_a_record_given_twice(self):
        self.refused(TABLE.replace("history-2", "history-1"), "twice")

    def test_a_field_that_is_unknown(self):
        self.refused(TABLE.replace("why:", "because:"), ":7:", "accepted")

    def test_a_reason_without_a_test(self):
        self.refused(TABLE.replace("stays:", "why:"), "limits-1 has no 'test'")

    def test_neither_a_reason_nor_that_it_stays(self):
        self.refused(TABLE.replace("stays: There is no lamp.", ""),
                     "limits-1 has not exactly one")

    def test_the_same_as_one_that_is_the_same_itself(self):
        self.refused(TABLE.replace("same: history-1", "same: history-2"),
                     "history-2 is the same as 'history-2'")

    def test_a_test_the_suite_does_not_have(self):
        self.refused(TABLE.replace("is out\n", "is on\n"), "'the lamp is on'")

    def test_a_scenario_that_is_not_there(self):
        self.refused(TABLE.replace("scenario dark", "scenario light"),
                     "light.ccw", "not there")

    def test_a_patch_that_is_not_there(self):
        self.refused(TABLE.replace("lamp-in", "lamp-on"),
                     "named, but not there: lamp-on")

    def test_a_patch_that_nobody_names(self):
        self.write("tests/bugs/more.patch", "")
        self.refused(TABLE, "no record names them: more")

    def test_a_bug_put_back_without_a_test(self):
        self.refused(TABLE.replace("test: test_lamp: the lamp is out\n", ""),
                     "belongs to a test above it")

    def invariants(self, text):
        self.write("src/sim/witness.c", '\t{ "dark", "It is.", is_dark },\n')
        self.write("tests/bugs/invariants", text)

    def test_an_invariant_that_nobody_looks_at(self):
        self.invariants("dark lamp-in\nwarm lamp-in\n")
        self.refused(TABLE, "no invariants of", ": warm")

    def test_an_invariant_that_no_bug_breaks(self):
        self.invariants("# none\n")
        self.refused(TABLE, "invariants without a bug: dark")

    def test_an_invariant_whose_patch_is_not_there(self):
        self.invariants("dark lamp-on\n")
        self.refused(TABLE, "named, but not there: lamp-on")

    def test_an_invariant_without_its_bug(self):
        self.invariants("dark\n")
        self.refused(TABLE, "invariants:1: cannot read 'dark'", "accepted")


class Writing(Scratch):
    def test_each_invariant_is_a_row(self):
        self.write("src/sim/witness.c", '\t{ "dark", "It is.", is_dark },\n')
        self.write("tests/bugs/invariants", "dark\tlamp-in\n")
        self.write("tests/bugs/lamp-in.patch",
                   "The lamp\nis in.\n\n--- a/lamp\n+++ b/lamp\n")
        self.assertEqual(bugs.as_invariants(self.table()).split("\n")[2],
                         "| `dark` | *lamp in* | The lamp is in. |")

    def test_each_record_is_a_row(self):
        rows = bugs.as_rows(self.table(), "history").split("\n")
        self.assertEqual(rows[2], "| 1 | The lamp burns out, now and then. "
                         "(1999, Nobody) | There is no lamp. [](#chap:light). "
                         "| the lamp is out (*lamp in*); `dark.ccw` |")
        self.assertEqual(rows[3], "| 2 | The lamp again. | as number 1 | |")

    def test_a_record_may_be_the_same_as_two(self):
        table = self.table(TABLE.replace("same: history-1",
                                         "same: history-1 limits-1"))
        self.assertEqual(bugs.as_others(table.records["history-2"]),
                         "as number 1 and number 1 of [](#sec:bugs-limits)")

    def test_what_stays_says_so(self):
        self.assertIn("| **Stays.** There is no lamp. |  |",
                      bugs.as_rows(self.table(), "limits"))

    def test_the_sums_add_up(self):
        sums = [row.split("|")[2].strip() for row in
                bugs.as_sums(self.table()).split("\n")[2:-1]]
        self.assertEqual(sums, ["3", "1", "1", "2", "1"])

    def test_the_real_table(self):
        table = bugs.Table(os.path.join(ROOT, "tests", "bugs", "table"))
        for source, count in bugs.SOURCES.items():
            self.assertEqual(len(table.of(source)), count)


if __name__ == "__main__":
    unittest.main()
