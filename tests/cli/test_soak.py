# SPDX-License-Identifier: GPL-2.0-only
"""ccwsim soak: stories made up by chance. That it finds bugs, tests/bugs shows."""

import os
import signal
import subprocess
import tempfile
import time
import unittest

from support import CCWSIM, CliTest, ccwsim


def heed_interrupts():
    """A shell lets what it starts in the background ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Soak(CliTest):
    def told(self, *arguments):
        """Tell stories that end well; return what is printed, and the sums."""
        done = ccwsim("soak", *arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout, done.stderr

    def test_stories_are_counted(self):
        out, sums = self.told("--seeds", "5", "--seed", "100")
        self.assertEqual(out, "")
        self.assertRegex(sums, r"^5 stories, \d+ steps in [\d.]+ s: \d+ steps/s\n$")

    def test_a_seed_alone_is_one_story(self):
        self.assertIn("1 stories,", self.told("--seed", "7")[1])

    def test_the_last_seed_was_taken_for_none(self):
        last = "18446744073709551615"
        self.assertIn("1 stories,", self.told("--seed", last)[1])
        self.assertTrue(self.succeeds("soak", "--seed", last, "--story")
                        .startswith("scenario story " + last))

    def test_same_seed_same_trace(self):
        one, other = (self.told("--seed", seed, "--trace")[0] for seed in "78")
        self.assertEqual(one, self.told("--seed", "7", "--trace")[0])
        self.assertNotEqual(one, other)

    def test_a_story_is_a_scenario(self):
        story = self.succeeds("soak", "--seed", "7", "--story")
        self.assertTrue(story.startswith("scenario story 7\n"))
        self.assertIn("1 passed", self.succeeds("run", "--seed", "7", "-", given=story))
        self.assertEqual(self.succeeds("run", "--seed", "7", "--trace", "-", given=story)
                         .split("PASS")[0], self.told("--seed", "7", "--trace")[0])

    def test_what_must_hold_is_listed(self):
        lines = self.succeeds("soak", "--list").splitlines()
        self.assertIn("unpinned-at-rest", [line.split("\t")[0] for line in lines])

    def test_wrong_use(self):
        self.refused("--seeds: found '0', expected a number from 1", "soak", "--seeds", "0")
        self.refused("--seed: found 'x'", "soak", "--seed", "x")
        self.refused("found 'x.ccw', expected options only", "soak", "x.ccw")
        self.refused("--seeds N", "soak", "--sneeze")

    def test_file_that_cannot_be_written_was_noticed_after_the_search(self):
        self.refused("/nowhere/case: No such file", "soak", "--seeds", "1",
                     "--save", "/nowhere/case")
        self.refused("/: Is a directory", "soak", "--seeds", "1", "--save", "/")
        for other in "story", "as-found":
            self.refused(f"found --{other} and --save, expected one of them",
                         "soak", "--seeds", "1", "--" + other, "--save", "/nowhere")

    def test_no_case_is_left_where_no_story_failed(self):
        with tempfile.NamedTemporaryFile("w+") as case:
            case.write("the case of an earlier search")
            case.flush()
            self.told("--seeds", "1", "--save", case.name)
            self.assertEqual(os.stat(case.name).st_size, 0)

    def test_an_interrupt_loses_nothing(self):
        process = subprocess.Popen([CCWSIM, "soak", "--seeds", "10000000"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   preexec_fn=heed_interrupts)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _, sums = process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertRegex(sums, r"^[1-9]\d* stories, .*, interrupted\n$")


if __name__ == "__main__":
    unittest.main()
