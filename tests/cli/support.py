# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the command line share."""

import os
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CCWSIM = os.path.join(ROOT, os.environ.get("CCWSIM", "build/asan/ccwsim"))
SCENARIOS = os.path.join(ROOT, "tests", "scenarios")
sys.path.insert(0, os.path.join(ROOT, "book", "figures"))


def ccwsim(*arguments, given=""):
    """Run ccwsim; return the finished process. Bytes that are no text are kept."""
    return subprocess.run([CCWSIM, *arguments], cwd=ROOT, input=given,
                          capture_output=True, text=True, timeout=60,
                          errors="surrogateescape")


class CliTest(unittest.TestCase):
    def succeeds(self, *arguments, given=""):
        done = ccwsim(*arguments, given=given)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def refused(self, words, *arguments, given=""):
        """Wrong use: status 2, nothing on stdout, and the words on stderr."""
        done = ccwsim(*arguments, given=given)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertIn(words, done.stderr)
