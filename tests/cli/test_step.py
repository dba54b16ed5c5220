# SPDX-License-Identifier: GPL-2.0-only
"""`ccwsim step`: forward, back, the four columns, through a pipe and a terminal."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import tempfile
import termios
import unittest

from support import CCWSIM, ROOT, CliTest, ccwsim

SENSE_ID = "tests/scenarios/sense-id.ccw"
VIRTUAL = "tests/scenarios/virtual-subchannel.ccw"
SUSPEND = "tests/scenarios/suspend-and-resume.ccw"


class Pipe(CliTest):
    def step(self, file, *commands, options=()):
        return self.succeeds("step", *options, file,
                             given="".join(c + "\n" for c in commands))

    def stops(self, said):
        """The text cut at the head lines: what came before, then each stop."""
        return re.split(r"^tests/\S+  event (\d+) .*\n", said, flags=re.M)

    def column(self, stop, first, name):
        """A value of the column that begins at character first."""
        for line in stop.split("\n"):
            if line[first:first + 5].strip() == name:
                return line[first + 6:first + 19].strip()
        self.fail(f"no {name} in {stop}")

    def test_all_events_together_are_the_trace(self):
        for seed in "0", "3":
            options = "--seed", seed
            trace = self.succeeds("run", "--trace", *options, SENSE_ID).split("PASS")[0]
            said = self.step(SENSE_ID, *["next"] * 200, options=options)
            events = []
            for line in said.split("\n"):
                if re.match(r" *\d+\.\d{3}  |  ? ?\d+  \w+: |      (before|after)", line):
                    if not events or events[-1] != line:
                        events.append(line)
            wanted = [line for line in trace.split("\n") if line]
            same = [line for i, line in enumerate(wanted)
                    if not i or wanted[i - 1] != line]
            self.assertEqual(events, same)

    def test_four_owners_while_a_program_runs(self):
        stop = self.stops(self.step(VIRTUAL, "until presents"))[-1]
        self.assertEqual(self.column(stop, 0, "ac"), "SCH DEV")
        self.assertEqual(self.column(stop, 20, "state"), "BUSY")
        self.assertEqual(self.column(stop, 20, "pins"), "1")
        self.assertEqual(self.column(stop, 40, "ac"), "START")
        self.assertEqual(self.column(stop, 60, "sc"), "-")

    def test_guest_believes_what_it_has_fetched(self):
        stop = self.stops(self.step(VIRTUAL, "until : tsch", "next"))[-1]
        self.assertEqual(self.column(stop, 60, "dstat"), "CE DE")
        self.assertEqual(self.column(stop, 60, "cpa"), "0x1008")

    def test_changes_are_marked(self):
        stops = self.stops(self.step(SENSE_ID, "until BUSY", "until nowhere-at-all"))
        self.assertNotIn("*", stops[2])
        self.assertRegex(stops[4], r"(?m)^.{20}state\*BUSY ")

    def test_back_is_where_one_was(self):
        for seed in "0", "3", "4711":
            said = self.stops(self.step(SUSPEND, "until BUSY", "goto 60", "goto 61",
                                        "goto 62", "back 2", "where", "back 60",
                                        "goto 60", "where", options=("--seed", seed)))
            stops = [re.sub(r"\*", " ", s).split("\n\n")[0] for s in said[2::2]]
            numbers = said[1::2]
            self.assertEqual(numbers[2], "60")
            self.assertEqual(numbers[3:], ["61", "62", "60", "60", "0", "60", "60"])
            cut = [s[:s.index("\ncount")] for s in stops]
            self.assertEqual(cut[2], cut[5])
            self.assertEqual(cut[2], cut[9])

    def test_back_beyond_the_beginning_is_the_beginning(self):
        self.assertEqual(self.stops(self.step(SENSE_ID, "next", "back 99"))[-2], "0")

    def test_end_says_what_has_become_of_it(self):
        self.assertIn("PASS " + SENSE_ID, self.step(SENSE_ID, "end"))
        self.assertIn("PASS " + SENSE_ID, self.step(SENSE_ID, "end", "next", "next"))

    def test_until_a_party_acts(self):
        said = self.step(SENSE_ID, "until channel", "until device", "until guest")
        self.assertIn("channel  0.0.0000    performs function start\n\ntests", said)
        self.assertIn("presents status channel-end device-end\n\ntests", said)
        self.assertIn("15  guest: memory", said)

    def test_cpu_was_taken_for_a_text_and_found_in_a_comment(self):
        with tempfile.NamedTemporaryFile("w", suffix=".ccw") as file:
            file.write("scenario bare\nneeds bare-machine\n"
                       "guest: orb plain  # for the cpu\ncpu: sal 0x10000 => ok\n")
            file.flush()
            self.assertIn("  4  cpu: sal 0x10000", self.step(file.name, "until cpu"))

    def test_line_stops_before_the_line_is_played(self):
        said = self.step(SENSE_ID, "line", "line", "line", "memory 0x1000 8",
                         "until start", "memory 0x1000 8")
        self.assertIn("  1000  00000000 00000000\n", said)
        self.assertIn("  1000  e4200007 00002000\n", said)

    def test_structures_in_memory_and_of_the_owners_are_decoded(self):
        said = self.step(SENSE_ID, "until start", "decode ccw 0x1000", "owner machine")
        self.assertIn("command code: sense: sense-id", said)
        self.assertRegex(said, r"pmcw word 1 [\s\S]* 8  E +1 +enabled")

    def test_abbreviations_and_repetition(self):
        self.assertEqual(self.step(SENSE_ID, "until BUSY", "n", "", "b 2", "q"),
                         self.step(SENSE_ID, "until BUSY", "next", "next", "back 2"))

    def test_leading_zero_does_not_make_a_number_octal(self):
        self.assertEqual(self.step(SENSE_ID, "goto 010"), self.step(SENSE_ID, "goto 10"))

    def test_what_is_no_command_is_told_and_makes_the_status_2(self):
        for command, words in [
                ("fly", "found 'fly', expected a command, as 'help' lists them"),
                ("x y z 1 2 3 4 5 6", "found 'x', expected a command"),
                ("end 1 2", "found '1 2', expected no more words"),
                ("next 1 2", "found '2', expected no more words"),
                ("next 2x", "found '2x', expected a number of events"),
                ("goto", "found 'nothing', expected the number of an event"),
                ("memory", "found 'nothing', expected a guest address"),
                ("memory 0xfffffff", "found '0xfffffff', expected an address of guest"),
                ("memory 0 5000", "found '5000', expected a number of bytes, up to"),
                ("decode x 0", "found 'x', expected a format"),
                ("decode ccw", "found 'nothing', expected a guest address"),
                ("decode ccw 0xffffff", "found '0xffffff', expected a guest address"),
                ("owner driver", "found 'driver', expected machine, vmm or guest"),
                ("until", "found 'nothing', expected a party")]:
            done = ccwsim("step", SENSE_ID, given=command + "\nnext\n")
            self.assertEqual(done.returncode, 2, command)
            self.assertIn(words, done.stdout)
            self.assertIn("event 1 ", done.stdout)

    def test_wrong_use(self):
        self.refused("found 0 files, expected one", "step")
        self.refused("found 2 files, expected one", "step", SENSE_ID, SENSE_ID)
        self.refused("/nowhere: No such file", "step", "/nowhere")
        self.refused("--seed: found 'x'", "step", "--seed", "x", SENSE_ID)

    def test_help_lists_every_command(self):
        said = self.step(SENSE_ID, "help")
        for command in ("next", "line", "until", "end", "back", "goto", "memory",
                        "decode", "owner", "where", "help", "quit"):
            self.assertRegex(said, rf"(?m)^  {command}\b")


class Terminal(unittest.TestCase):
    """The same in a terminal of a given size, seen as the bytes it is sent."""

    def setUp(self):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.process = subprocess.Popen(
            [CCWSIM, "step", VIRTUAL], cwd=ROOT, stdin=theirs, stdout=theirs,
            stderr=theirs, env={**os.environ, "TERM": "xterm"})
        os.close(theirs)
        self.until_prompt()

    def tearDown(self):
        os.close(self.ours)
        self.process.wait()

    def until_prompt(self):
        said = b""
        while not said.endswith(b"step>\x1b[0m "):
            self.assertTrue(select.select([self.ours], [], [], 30)[0], said)
            said += os.read(self.ours, 65536)
        return said.decode()

    def command(self, text):
        os.write(self.ours, text.encode() + b"\n")
        return self.until_prompt()

    def test_screen_is_cleared_and_changes_are_in_reverse(self):
        screen = self.command("until BUSY")
        self.assertIn("\x1b[H\x1b[2J", screen)
        self.assertIn("state \x1b[7mBUSY\x1b[0m", screen)
        self.assertNotIn("*BUSY", screen)

    def test_columns_are_as_wide_as_the_window_allows(self):
        titles = [line for line in self.command("next").split("\n") if "MACHINE" in line]
        self.assertEqual(titles[0].index("HOST") - titles[0].index("MACHINE"), 30)
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 50, 0, 0))
        titles = [line for line in self.command("next").split("\n") if "MACHINE" in line]
        self.assertEqual(titles[0].index("HOST") - titles[0].index("MACHINE"), 25)
        self.assertNotIn("VMM", titles[0])

    def test_screen_is_not_longer_than_the_window(self):
        screen = self.command("until interrupt").split("\x1b[3J")[1]
        self.assertLessEqual(screen.count("\n"), 40)
        self.assertGreater(screen.count("\n"), 30)

    def test_mistake_does_not_make_the_status_2(self):
        self.command("fly")
        os.write(self.ours, b"quit\n")
        self.assertEqual(self.process.wait(timeout=30), 0)


if __name__ == "__main__":
    unittest.main()
