# SPDX-License-Identifier: GPL-2.0-only
"""`ccwsim run`: forms of the trace, lines, standard input, pictures."""

import json
import os
import pty
import subprocess
import time
import unittest
from xml.etree import ElementTree

from support import CCWSIM, ROOT, SCENARIOS, CliTest, ccwsim

SENSE_ID = "tests/scenarios/sense-id.ccw"
SVG = "{http://www.w3.org/2000/svg}"


def text_of(name):
    with open(os.path.join(SCENARIOS, name + ".ccw"), encoding="utf-8") as file:
        return file.read()


class Input(CliTest):
    def test_dash_is_standard_input(self):
        said = self.succeeds("run", "-", given=text_of("sense-id"))
        self.assertEqual(said.split("\n")[0], "PASS -: SENSE ID: who are you?")

    def test_wrong_line_of_standard_input_is_told_with_its_place(self):
        done = ccwsim("run", "-", SENSE_ID, given="scenario x\nvmm: opne => ok\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn("ccwsim: -:2:6: found 'opne'", done.stderr)
        self.assertIn("1 passed", done.stdout)

    def test_standard_input_may_be_empty_or_endless(self):
        self.refused("found no step", "run", "--json", "-", given="")
        self.refused("-", "run", "--json", "-", given="# x\n" * 600000)


class Forms(CliTest):
    def test_two_forms_at_a_time_are_refused(self):
        self.refused("found --trace and --json", "run", "--trace", "--json", SENSE_ID)
        self.refused("found --json and --svg", "run", "--json", "--svg", SENSE_ID)
        self.succeeds("run", "--trace", "--trace", SENSE_ID)

    def test_lines_cut_a_piece_out_of_the_trace(self):
        whole = self.succeeds("run", "--trace", SENSE_ID)
        piece = self.succeeds("run", "--trace", "--lines", "13-14", SENSE_ID)
        start = whole.index("\n  13  vmm: start")
        end = whole.index("\n  15  guest: memory")
        self.assertEqual(piece.split("PASS")[0], whole[start:end])

    def test_lines_cut_json_at_the_same_places(self):
        done = ccwsim("run", "--json", "--lines", "14", SENSE_ID)
        events = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
        self.assertEqual((events[0]["who"], events[0]["line"]), ("scenario", 14))
        self.assertEqual(sum(e["who"] == "scenario" for e in events), 1)
        self.assertEqual(events[-1]["what"], "returns")

    def test_wrong_lines_are_refused(self):
        self.refused("--lines: found 'x', expected a number", "run", "--trace",
                     "--lines", "x", SENSE_ID)
        self.refused("--lines: found '', expected a number", "run", "--trace",
                     "--lines", "3-", SENSE_ID)
        self.refused("found 3-2, expected the first line first", "run", "--trace",
                     "--lines", "3-2", SENSE_ID)
        self.refused("found --lines, expected --trace", "run", "--lines", "3", SENSE_ID)

    def test_call_on_a_closed_file_is_told_as_refused(self):
        said = self.succeeds("run", "--trace", "-", given="scenario  closed\n"
                             "vmm: open => ok\nvmm: close => ok\n"
                             "vmm: reset => EBADF\n")
        self.assertRegex(said, r"ioctl request RESET\n.* returns error EBADF\n")


class Picture(CliTest):
    def drawn(self, *arguments, given=""):
        done = ccwsim("run", "--svg", *arguments, given=given)
        self.assertIn(done.returncode, (0, 1))
        return ElementTree.fromstring(done.stdout.encode("utf-8", "surrogateescape"))

    def words(self, picture):
        return [text.text for text in picture.iter(SVG + "text")]

    def test_every_scenario_can_be_drawn_with_any_seed(self):
        for name in sorted(os.listdir(SCENARIOS)):
            for seed in "0", "5":
                run = "--seed", seed, "tests/scenarios/" + name
                if "SKIP" in ccwsim("run", *run).stdout:
                    continue
                picture = self.drawn(*run)
                self.assertGreater(len(self.words(picture)), 4, name)

    def test_parties_states_and_arrows_of_the_first_trip(self):
        words = self.words(self.drawn("--lines", "13-14", SENSE_ID))
        for word in ("vmm", "driver", "host", "machine", "channel", "device", "BUSY",
                     "IDLE", "13  vmm: start 0x1000 => ok", "SSCH: ok",
                     "SSCH cc 0 program 0x40002000", "store count 7 bytes ff 32 70 "
                     "00 00 00 00"):
            self.assertIn(word, words)
        self.assertNotIn("guest", words)
        self.assertNotIn("admin", words)

    def test_operator_has_a_line_where_one_acts(self):
        words = self.words(self.drawn("tests/scenarios/console.ccw"))
        self.assertIn("operator", words)
        self.assertNotIn("operator", self.words(self.drawn(SENSE_ID)))

    def test_nothing_runs_out_of_the_picture(self):
        picture = self.drawn("tests/scenarios/gone-and-back.ccw")
        width, height = int(picture.get("width")), int(picture.get("height"))
        for text in picture.iter(SVG + "text"):
            self.assertTrue(0 <= float(text.get("x")) < width, text.text)
            self.assertTrue(0 < float(text.get("y")) <= height, text.text)

    def test_several_files_are_refused(self):
        self.refused("found 2 files, expected one", "run", "--svg", SENSE_ID, SENSE_ID)

    def test_picture_of_a_wrong_file_is_none(self):
        done = ccwsim("run", "--svg", "/nowhere.ccw")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        self.refused("found no event on these lines", "run", "--svg", "--lines", "99",
                     SENSE_ID)


class Progress(CliTest):
    def test_progress_is_shown_on_a_terminal_and_wiped_out(self):
        began = time.monotonic()
        ccwsim("run", *[SENSE_ID] * 100)
        files = [SENSE_ID] * (100 + int(100 / (time.monotonic() - began)))
        ours, theirs = pty.openpty()
        process = subprocess.Popen([CCWSIM, "run", *files], cwd=ROOT,
                                   stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            if not piece:
                break
            said += piece
        self.assertEqual(process.wait(), 0)
        os.close(ours)
        self.assertRegex(said, rb"\r\x1b\[K\d+ of \d+: tests/scenarios/sense-id")
        self.assertTrue(said.endswith(b"\r\x1b[K"))

    def test_nothing_of_it_through_a_pipe(self):
        self.assertEqual(ccwsim("run", *[SENSE_ID] * 100).stderr, "")


if __name__ == "__main__":
    unittest.main()
