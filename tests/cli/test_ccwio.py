# SPDX-License-Identifier: GPL-2.0-only
"""ccwio's help and complaints, as far as they need no subchannel."""

import os
import re
import subprocess
import unittest

from support import CCWSIM, ROOT

CCWIO = os.path.join(os.path.dirname(CCWSIM), "ccwio")
SENSE_ID = "tests/scenarios/sense-id.ccw"


def ccwio(*arguments):
    return subprocess.run([CCWIO, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


def commands():
    """The names in the list of commands."""
    text = ccwio("help").stdout
    return re.findall(r"(?m)^  ([\w-]+) ", text.split("usage:")[1].split("Exit")[0])


class Help(unittest.TestCase):
    def test_commands_are_found(self):
        self.assertEqual(commands(),
                         ["info", "sense-id", "run", "stress", "bench", "help"])

    def test_three_ways_to_ask(self):
        for command in commands():
            asked = [ccwio("help", command), ccwio(command, "--help"),
                     ccwio(command, "/nowhere", "-h")]
            for done in asked:
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(done.stdout, asked[0].stdout)
            self.assertIn(f"usage: ccwio {command}", asked[0].stdout)
            self.assertIn("\nTry:\n  ccwio ", asked[0].stdout)

    def test_lines_fit_a_terminal(self):
        for topic in [[], *([command] for command in commands())]:
            for line in ccwio("help", *topic).stdout.split("\n"):
                self.assertLessEqual(len(line), 80, line)
                self.assertEqual(line, line.rstrip())

    def test_exit_statuses_are_told(self):
        text = ccwio("help").stdout
        self.assertEqual(re.findall(r"(?m)^  (\d+) ", text.split("Exit status")[1]),
                         ["0", "1", "2", "77"])

    def test_version(self):
        self.assertRegex(ccwio("--version").stdout, r"^ccwio .*\(A Channel of One's Own\)\n")

    def test_language_of_scenarios_is_ccwsims(self):
        done = subprocess.run([CCWSIM, "help", "scenarios"], capture_output=True, text=True)
        self.assertEqual(ccwio("help", "scenarios").stdout, done.stdout)


class Manual(unittest.TestCase):
    def test_every_command_option_and_status_is_in_it(self):
        done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n"],
                              input=ccwio("help", "man").stdout,
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for command in commands():
            section = done.stdout.split(f"   ccwio {command}")[1].split("\n   ccwio ")[0]
            options = re.findall(r"(?m)^  (?:-\w, )?(--\w+)", ccwio("help", command).stdout)
            self.assertIn("--help", options)
            for option in set(options) - {"--help"}:
                self.assertRegex(section, rf"\n       (-\w, )?{option}")
        self.assertRegex(done.stdout, r"EXIT STATUS(.|\n)*\n       77 ")


class Refusals(unittest.TestCase):
    def refused(self, words, *arguments, status=2):
        done = ccwio(*arguments)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertIn(words, done.stderr)

    def test_no_command(self):
        done = ccwio()
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr, ccwio("help").stdout)

    def test_unknown_command(self):
        self.refused("ccwio: found 'frobnicate', expected a command:\n  info ", "frobnicate")

    def test_no_device(self):
        for command in ["sense-id", "stress", "bench"]:
            self.refused(f"ccwio {command}: found no --device, expected one", command)
        self.refused("ccwio run: found no --device", "run", SENSE_ID)

    def test_no_file(self):
        self.refused("ccwio run: found no file", "run", "-d", "0.0.0001")

    def test_file_too_many(self):
        for command in ["info", "sense-id", "stress", "bench"]:
            self.refused("found 'x', expected no argument", command, "-d", "0.0.0001", "x")

    def test_unknown_option(self):
        for command in commands()[:-1]:
            self.refused(f"ccwio {command}: expected --device SUBCHANNEL, ",
                         command, "--frob")

    def test_wrong_number_of_a_subchannel(self):
        for command in ["info", "sense-id", "stress", "bench"]:
            self.refused("'0815' is not the number of a subchannel", command, "-d", "0815")

    @unittest.skipIf(os.path.exists("/sys/bus/css"), "this machine has subchannels")
    def test_no_channel_subsystem(self):
        for command in ["info", "sense-id", "stress", "bench"]:
            self.refused("this kernel has no channel subsystem", command, "-d", "0.0.0001",
                         status=1)
        self.refused("this is not s390x", "info", status=1)

    def test_wrong_numbers_and_groups(self):
        for option, value, words in [
                ("--threads", "1", "found '1', expected a number from 2 to 64"),
                ("--seconds", "x", "--seconds: found 'x'"),
                ("--seed", "-1", "--seed: found '-1'"),
                ("--calls", "0", "--calls: found '0'"),
                ("--only", "irq,foo", "found 'foo', expected start, async,"),
                ("--except", "", "found '', expected start, async,")]:
            self.refused(words, "stress", "-d", "0.0.0001", option, value)
        self.refused("--starts: found '0'", "bench", "-d", "0.0.0001", "--starts", "0")

    def test_json_needs_a_device(self):
        self.refused("found --json alone", "info", "--json")


if __name__ == "__main__":
    unittest.main()
