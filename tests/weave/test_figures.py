#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The figure generators: what they draw, and what they refuse to draw."""

import os
import subprocess
import sys
import tempfile
import unittest
from xml.etree import ElementTree

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FIGURES = os.path.join(ROOT, "book", "figures")
SOURCES = os.path.join(ROOT, "src", "driver")
sys.path.insert(0, FIGURES)

import bits     # noqa: E402
import fsm      # noqa: E402
import refusals     # noqa: E402
import simspeed     # noqa: E402
import trip     # noqa: E402


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as source:
        return source.read()


ORB = """\
/* Operation-request block: short. */
struct ccw_orb {
	__be32 word[3];
};

/* ORB word 1 */
#define ORB1_KEY	GENMASK(31, 28)	/* storage key */
#define ORB1_X		BIT(0)		/* extension */
"""


class BitsReading(unittest.TestCase):
    def refused(self, text, *expected):
        with self.assertRaises(bits.FigureError) as caught:
            bits.Header(text, "x.h")
        for words in expected:
            self.assertIn(words, str(caught.exception))

    def test_bits_are_counted_from_the_left(self):
        key, extension = bits.Header(ORB, "x.h").words["ORB", 1]
        self.assertEqual((key.name, key.bits), ("KEY", "0-3"))
        self.assertEqual((extension.name, extension.bits), ("X", "31"))

    def test_every_mask_of_the_real_header_is_read(self):
        text = read(SOURCES, "vfio_ccw_arch.h")
        header = bits.Header(text, "x.h")
        drawn = sum(1 + len(mask.parts)
                    for fields in header.words.values() for mask in fields)
        written = sum("GENMASK(" in line or "BIT(" in line
                      for line in text.split("\n")
                      if line.startswith("#define"))
        self.assertEqual(drawn, written)
        self.assertGreater(written, 100)

    def test_every_prefix_of_the_real_header_has_a_picture(self):
        header = bits.Header(read(SOURCES, "vfio_ccw_arch.h"), "x.h")
        self.assertEqual({prefix for prefix, _ in header.words},
                         {prefix for prefix, _, _ in bits.LAYOUTS.values()})

    def test_overlapping_masks(self):
        self.refused(ORB + "#define ORB1_Y\t\tBIT(29)\t\t/* y */\n",
                     "x.h:9:", "ORB1_Y overlaps ORB1_KEY")

    def test_a_mask_outside_its_word(self):
        self.refused(ORB.replace("BIT(0)", "BIT(32)"), "x.h:8:", "ORB1_X")

    def test_a_mask_with_its_ends_exchanged(self):
        self.refused(ORB.replace("31, 28", "28, 31"), "x.h:7:", "ORB1_KEY")

    def test_a_mask_in_the_wrong_group(self):
        self.refused(ORB.replace("ORB1_X", "ORB2_X"), "x.h:8:", "ORB2_X")

    def test_a_mask_given_twice(self):
        self.refused(ORB.replace("ORB1_X", "ORB1_KEY"), "x.h:8:", "twice")

    def test_a_mask_without_a_group(self):
        self.refused(ORB.replace("/* ORB word 1 */\n", ""), "stands under no")

    def test_a_line_that_is_no_mask(self):
        self.refused(ORB + "#define ORB1_Z 0x40\n", "x.h:9:", "cannot read")

    def test_a_mask_without_its_meaning(self):
        self.refused(ORB + "#define ORB1_Z\t\tBIT(5)\n", "x.h:9:", "accepted")

    def test_a_bit_in_place_outside_its_field(self):
        text = ORB + ("\n/* Bits of the key, in place in word 1 */\n"
                      "#define ORB1_KEY_A\tBIT(5)\t/* a */\n")
        self.refused(text, "x.h:11:", "ORB1_KEY_A lies in no field")

    def test_a_member_of_an_unknown_structure(self):
        self.refused("struct a {\n\tstruct b c;\n};\n", "x.h:2:", "struct b")

    def test_an_unfinished_structure(self):
        self.refused("struct a {\n\t__be32 w[2];", "ends inside")

    def test_a_mask_for_a_word_the_structure_does_not_have(self):
        header = bits.Header(ORB.replace("word[3]", "word[1]"), "x.h")
        with self.assertRaisesRegex(bits.FigureError, "masks for word 1"):
            header.rows("orb")


class BitsDrawing(unittest.TestCase):
    def setUp(self):
        self.header = bits.Header(read(SOURCES, "vfio_ccw_arch.h"), "x.h")

    def test_text_names_each_bit_once(self):
        text = bits.as_text(self.header, "scsw")
        self.assertTrue(text.startswith("Subchannel-status word"))
        self.assertEqual(text.count("status pending"), 1)
        self.assertRegex(text, r"(?m)^0 +31 +SC PEND +status pending$")
        self.assertRegex(text, r"(?m)^2 +4 +DSTAT CE +channel end$")

    def test_words_without_masks_are_one_row(self):
        self.assertEqual(self.header.rows("orb")[-1], (3, 7, []))

    def test_overview_adds_up(self):
        placed = self.header.members("irb")
        self.assertEqual([(first, member.name, member.words)
                          for first, member in placed],
                         [(0, "scsw", 3), (3, "esw", 5), (8, "ecw", 8),
                          (16, "emw", 8)])

    def test_pictures_are_well_formed_and_bring_no_ids(self):
        for what in [*bits.LAYOUTS, *bits.OVERVIEWS]:
            root = ElementTree.fromstring(bits.as_svg(self.header, what))
            self.assertFalse([e for e in root.iter() if e.get("id")], what)

    def test_pictures_use_only_the_colour_of_the_text(self):
        for what in [*bits.LAYOUTS, *bits.OVERVIEWS]:
            root = ElementTree.fromstring(bits.as_svg(self.header, what))
            used = {e.get(kind) for e in root.iter()
                    for kind in ("fill", "stroke")}
            self.assertLessEqual(used, {None, "currentColor"}, what)

    def test_fields_and_gaps_fill_each_word(self):
        for what in bits.LAYOUTS:
            for first, _, fields in self.header.rows(what):
                if fields:
                    covered = (sum(mask.width for mask in fields)
                               + sum(w for _, w in bits.gaps(fields)))
                    self.assertEqual(covered, 32, (what, first))

    def test_unknown_pictures_are_refused_and_nothing_is_written(self):
        with tempfile.TemporaryDirectory() as scratch:
            for name in ("bits-tcw.svg", "bits-orb.gif"):
                out = os.path.join(scratch, name)
                ran = subprocess.run(
                    ["/usr/bin/python3", os.path.join(FIGURES, "bits.py"),
                     os.path.join(SOURCES, "vfio_ccw_arch.h"), out],
                    capture_output=True, text=True, check=False)
                self.assertEqual(ran.returncode, 1)
                self.assertIn("known:", ran.stderr)
                self.assertFalse(os.path.exists(out))


FSM = """\
STATE(OFF, STABLE, "dark")
STATE(ON, TRANSIENT, "bright, for now")
EVENT(PRESS, USER, "a finger")
EVENT(FUSE, MACHINE, "a fault")
CELL(OFF, PRESS, light, TO(ON) | TO(OFF),
     "the bulb may be broken")
CELL(OFF, FUSE, ignore, TO(OFF), "nothing to lose")
CELL(ON, PRESS, refuse_busy, TO(ON), "only a fault ends it")
CELL(ON, FUSE, darken, TO(OFF), "no current (at all), no light")
"""


class FsmReading(unittest.TestCase):
    def refused(self, text, *expected):
        with self.assertRaises(fsm.TableError) as caught:
            fsm.Table(text, "t.h")
        for words in expected:
            self.assertIn(words, str(caught.exception))

    def test_comments_and_directives_are_skipped(self):
        text = "/* a\n * b */\n#ifndef CELL\n#define CELL(a)\n#endif\n" + FSM
        self.assertEqual(len(fsm.Table(text, "t.h").cells), 4)

    def test_strings_may_hold_commas_and_parentheses(self):
        table = fsm.Table(FSM, "t.h")
        self.assertEqual(table.cells["ON", "FUSE"].why,
                         "no current (at all), no light")

    def test_a_missing_cell(self):
        self.refused("\n".join(FSM.split("\n")[:-2]),
                     "missing", "CELL(ON, FUSE)")

    def test_a_cell_given_twice(self):
        self.refused(FSM + 'CELL(ON, FUSE, ignore, TO(ON), "x")\n',
                     "t.h:10:", "twice")

    def test_an_unknown_next_state(self):
        self.refused(FSM.replace("TO(ON) | TO(OFF)", "TO(DIM)"),
                     "t.h:5:", "unknown state 'DIM'", "OFF, ON")

    def test_a_next_state_without_to(self):
        self.refused(FSM.replace("TO(ON) | TO(OFF)", "ON"), "t.h:5:", "TO(")

    def test_an_unknown_event(self):
        self.refused(FSM + 'CELL(ON, KICK, ignore, TO(ON), "x")\n',
                     "unknown event 'KICK'")

    def test_a_state_of_an_unknown_kind(self):
        self.refused(FSM.replace("TRANSIENT", "MOODY"), "t.h:2:", "MOODY")

    def test_a_cell_without_a_reason(self):
        self.refused(FSM.replace(', "nothing to lose"', ""), "t.h:7:", "CELL")

    def test_a_line_that_is_no_row(self):
        self.refused(FSM + "cell(ON)\n", "t.h:10:", "cannot read")

    def test_an_unclosed_row_is_reported_at_once(self):
        self.refused(FSM + "CELL(" + "A, " * 2000, "t.h:10:", "cannot read")


class FsmDrawing(unittest.TestCase):
    def setUp(self):
        self.table = fsm.Table(FSM, "t.h")

    def test_only_changes_of_state_are_arrows(self):
        self.assertEqual(set(self.table.arrows()), {("OFF", "ON"),
                                                    ("ON", "OFF")})

    def test_the_kind_of_arrow_tells_the_origin(self):
        dot = fsm.as_dot(self.table)
        self.assertIn('OFF -> ON [label="  PRESS  ", style=bold];', dot)
        self.assertIn('ON -> OFF [label="  FUSE  ", style=dashed];', dot)

    def test_the_small_table_shows_what_a_user_gets(self):
        self.assertIn("| PRESS | light → ON | −EBUSY |",
                      fsm.as_table(self.table))
        self.assertIn("| FUSE | · | darken → OFF |", fsm.as_table(self.table))

    def test_the_list_gives_each_reason(self):
        text = fsm.as_cells(self.table)
        for cell in self.table.cells.values():
            self.assertIn(cell.why, text)

    def test_states_and_events_keep_the_order_of_the_table(self):
        self.assertEqual([line.split()[1] for line in
                          fsm.as_states(self.table).split("\n")[2:-1]],
                         ["OFF", "ON"])
        self.assertIn("| FUSE | machine | a fault |",
                      fsm.as_events(self.table))

    def test_graphviz_takes_the_real_diagram(self):
        path = os.path.join(SOURCES, "vfio_ccw_table.h")
        table = fsm.Table(read(path), path)
        subprocess.run(["dot", "-Tsvg", "-o", os.devnull], check=True,
                       input=fsm.as_dot(table), text=True)


TRACE = """\
   7  vmm:    open            => ok
        0.000  driver   0.0.0001   INIT from UNCONFIGURED to STANDBY result ok

   9  guest:  ccw 0x1000 sense-id to 0x2000 count 7 sli

  10  vmm:    start 0x1000    => ok                     # one CCW
        1.000  machine  0.0.0001   SSCH cc 0 program 0x7f001000
        2.000  channel  0x7f001000 ccw command sense-id count 7 data 0x7f001008 flags sli ida
        3.000  channel  0x123456000 store count 7 bytes ff 32 70 00 00 00 00

  11  driver: state           => IDLE
  12  driver: state           => IDLE
"""


class TripCutting(unittest.TestCase):
    def setUp(self):
        self.trace = trip.Trace(TRACE, "trace")

    def test_a_step_is_its_heading_and_what_follows_from_it(self):
        lines = self.trace.step("start").split("\n")
        self.assertEqual(lines[0], "  10  vmm:    start 0x1000    => ok"
                                   "   # one CCW")
        self.assertTrue(lines[-2].endswith("ff 32 70 00 00 00 00"))

    def test_no_line_is_wider_than_the_page_and_no_word_is_lost(self):
        step = self.trace.step("start")
        self.assertLessEqual(max(map(len, step.split("\n"))), 80)
        whole = next(lines for verb, lines in self.trace.steps
                     if verb == "start")
        self.assertEqual(step.split(), " ".join(whole).split())

    def test_a_step_nobody_takes(self):
        with self.assertRaisesRegex(trip.TraceError, "0 steps 'halt'.*start"):
            self.trace.step("halt")

    def test_a_step_taken_twice(self):
        with self.assertRaisesRegex(trip.TraceError, "2 steps 'state'"):
            self.trace.step("state")

    def test_the_picture_shows_the_addresses_of_the_trace(self):
        dot = trip.as_dot(trip.Trip(self.trace))
        for address in ("1000:", "7f00 1000:", "7f00 1008: 1 2345 6000"):
            self.assertIn(address, dot)
        subprocess.run(["dot", "-Tsvg", "-o", os.devnull], check=True,
                       input=dot, text=True)

    def test_a_trace_of_two_programs(self):
        twice = trip.Trace(TRACE + TRACE, "trace")
        with self.assertRaisesRegex(trip.TraceError, "2 lines"):
            trip.Trip(twice)

    def test_a_trace_in_which_another_program_ran(self):
        other = TRACE.replace("channel  0x7f001000", "channel  0x7f002000")
        with self.assertRaisesRegex(trip.TraceError, "not the one"):
            trip.Trip(trip.Trace(other, "trace"))


SPEED = """\
# Made beside QEMU 7.2 and Hercules 3.13.
ccws            20000000    10000000    12345678       2
soak                  54           -           -     300
without ccws     5000000    20000000  a good idea
without ccws    10000000    20000000  a better one, it seemed
"""


class Speed(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.path = os.path.join(scratch.name, "result")

    def made(self, maker, text=SPEED):
        with open(self.path, "w", encoding="utf-8") as out:
            out.write(text)
        return maker(self.path)

    def test_ours_is_compared_with_the_others_by_name(self):
        head, _, ccws, soak = self.made(simspeed.compared)
        self.assertEqual(head, "| what | ours | QEMU 7.2 | Hercules 3.13 "
                         "| ours to QEMU's | limit |")
        self.assertEqual(ccws, "| CCWs interpreted in a second | 20 million "
                         "| 10 million | 12.3 million | 2.0 | 2 |")
        self.assertEqual(soak, "| seconds for a soak of 100,000 stories "
                         "| 54 |  |  |  | 300 |")

    def test_what_gains_most_comes_first(self):
        self.assertEqual(self.made(simspeed.without)[2:], [
            "| a good idea | CCWs interpreted in a second | 5 million "
            "| 20 million | 4.00 |",
            "| a better one, it seemed | CCWs interpreted in a second "
            "| 10 million | 20 million | 2.00 |"])

    def test_three_digits_are_shown(self):
        self.assertEqual([simspeed.shown(number) for number in
                          (None, 368, 12784, 655508, 23169064)],
                         ["", "368", "12,800", "656,000", "23.2 million"])

    def test_a_line_that_is_no_measurement(self):
        for maker, line in ((simspeed.compared, "sleep 1 2 3 4\n"),
                            (simspeed.compared, "ccws 1 2 3\n"),
                            (simspeed.without, "without ccws 1 2\n")):
            with self.assertRaises(SystemExit) as caught:
                self.made(maker, SPEED + line)
            self.assertIn(f"{self.path}:6: ", str(caught.exception))

    def test_a_result_without_measurements(self):
        with self.assertRaisesRegex(SystemExit, "run make bench-sim"):
            self.made(simspeed.compared, "# nothing yet\n")


CASES = """\
static void test_refusals(void)
{
\tstatic const struct { const char *name; } cases[] = {
\t\t{ "a lamp", { IN(0x77, 1) }, UC, 0, 0x80, 0, 1 },
\t\t{ "a wall", { OUT(0x87, "\\0\\0") }, CE_DE | UC, 0,
\t\t  0, 0x08, 0 },
\t};
"""


class Refusals(unittest.TestCase):
    def test_each_case_is_a_row(self):
        self.assertEqual(list(refusals.rows(CASES)), [
            ("a lamp", "`02`", "`80 00`", "command reject", "invalid command"),
            ("a wall", "`0E`", "`00 08`", "no record found", "")])

    def test_a_case_that_is_not_understood(self):
        with self.assertRaisesRegex(SystemExit, "2 cases begin, and 1 "):
            list(refusals.rows(CASES.replace("0x80, 0, 1 }", "SENSE }")))

    def test_sense_without_a_name(self):
        with self.assertRaisesRegex(SystemExit, "a lamp: no name"):
            list(refusals.rows(CASES.replace("0x80", "0x01")))


if __name__ == "__main__":
    unittest.main()
