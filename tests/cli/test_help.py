# SPDX-License-Identifier: GPL-2.0-only
"""Help, manual page and version: complete, alike, and with examples that work."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from support import CCWSIM, ROOT, CliTest, ccwsim


def commands():
    """The names in the list of commands."""
    text = ccwsim("help").stdout
    return re.findall(r"(?m)^  (\w+) ", text.split("usage:")[1].split("Exit")[0])


class Help(CliTest):
    def test_commands_are_found(self):
        self.assertTrue({"run", "show", "step", "help"} <= set(commands()))

    def test_three_ways_to_ask(self):
        for command in commands():
            text = self.succeeds("help", command)
            self.assertEqual(text, self.succeeds(command, "--help"))
            self.assertEqual(text, self.succeeds(command, "/nowhere", "-h"))
            self.assertIn(f"usage: ccwsim {command}", text)
            self.assertIn("\nTry:\n  ccwsim ", text)

    def test_lines_fit_a_terminal(self):
        for topic in [[], ["scenarios"], *([c] for c in commands())]:
            for line in self.succeeds("help", *topic).split("\n"):
                if not line.startswith("  ccwsim") and not line.startswith("  printf"):
                    self.assertLessEqual(len(line), 80, line)
                self.assertEqual(line, line.rstrip())

    def test_examples_work(self):
        with tempfile.TemporaryDirectory() as checkout:
            os.symlink(os.path.join(ROOT, "tests"), os.path.join(checkout, "tests"))
            os.mkdir(os.path.join(checkout, "bin"))
            os.symlink(CCWSIM, os.path.join(checkout, "bin", "ccwsim"))
            path = os.path.join(checkout, "bin") + ":" + os.environ["PATH"]
            for command in commands():
                for example in re.findall(r"(?m)^  ((?:ccwsim|printf|echo) .*)",
                                          self.succeeds("help", command).split("Try:")[1]):
                    # As many seeds as the help proposes take minutes.
                    example = re.sub(r"--seeds \d+", "--seeds 20", example)
                    piped = re.findall(r"\| (\w+)", example)
                    if not all(map(shutil.which, set(piped) - {"ccwsim"})):
                        continue
                    done = subprocess.run(
                        ["bash", "-o", "pipefail", "-c", example], cwd=checkout,
                        env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL,
                        capture_output=True, text=True)
                    self.assertEqual(done.returncode, 0, example + done.stderr)

    def test_topic_that_there_is_not(self):
        self.refused("found 'me', expected 'scenarios', 'man' or a command:\n  run ",
                     "help", "me")
        self.refused("found 'x' behind 'run', expected nothing", "help", "run", "x")


class Manual(CliTest):
    def setUp(self):
        self.page = self.succeeds("help", "man")

    def plain(self):
        """The page as groff sets it, without overstriking."""
        done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n"],
                              input=self.page, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_groff_has_no_complaint(self):
        self.assertIn("A Channel of One's Own", self.plain())

    def test_every_command_and_option_is_in_it(self):
        text = self.plain()
        for command in commands():
            self.assertRegex(text, rf"(?m)^   ccwsim {command}\b")
            options = re.findall(r"(?m)^  (--\w+)", self.succeeds("help", command))
            self.assertIn("--help", options)
            section = text.split(f"   ccwsim {command}")[1].split("\n   ccwsim ")[0]
            for option in set(options) - {"--help"}:
                self.assertIn(f"\n       {option}", section)

    def test_examples_are_in_it_as_they_are(self):
        text = self.plain()
        for command in commands():
            for line in self.succeeds("help", command).split("Try:\n")[1].split("\n"):
                self.assertIn(line.strip(), text)


class Version(CliTest):
    def test_version_is_a_commit_of_the_sources(self):
        said = self.succeeds("--version")
        self.assertRegex(said, r"^ccwsim (\d{4}-\d\d-\d\d [0-9a-f]{7,}\+?|of unknown "
                               r"origin) \(A Channel of One's Own\)\n")
        self.assertEqual(said, self.succeeds("-V"))


class NoCommand(CliTest):
    def test_overview_goes_to_stderr_and_is_no_success(self):
        done = ccwsim()
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr, ccwsim("--help").stdout)

    def test_unknown_command_is_answered_with_those_there_are(self):
        self.refused("found 'rum', expected a command:\n  run ", "rum")


if __name__ == "__main__":
    unittest.main()
