# SPDX-License-Identifier: GPL-2.0-only
"""What the lab's scripts say without a machine to run."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent


class Lab(unittest.TestCase):
    """A tree of its own with a script of the lab in it."""

    scripts = ()

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        for name in self.scripts:
            self.put(f"tests/vm/{name}", "")
            shutil.copy(TOP / "tests/vm" / name, self.root / "tests/vm" / name)

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_script(self, name, *args):
        return subprocess.run([self.root / "tests/vm" / name, *args],
                              capture_output=True, text=True, timeout=300)


class Check(Lab):
    scripts = ("check",)

    def play(self, *suites, args=()):
        self.put("tests/vm/suites", "# KERNEL DEVICE SUITE COMMAND\n" + "".join(
            f"6.1 dasd {suite}\n" for suite in suites))
        done = self.run_script("check", *args)
        rows = [line.split() for line in done.stdout.splitlines()]
        return done, {row[2]: [int(n) for n in row[3:6]] for row in rows
                      if len(row) == 7 and row[0] == "6.1"}

    def test_counts_and_skips(self):
        done, rows = self.play(
            "good echo PASS  a; echo 1 passed, 0 failed, 2 skipped",
            "lacks exit 77")
        self.assertEqual(rows, {"good": [1, 0, 2], "lacks": [0, 0, 1]})
        self.assertEqual(done.returncode, 0)

    def test_failed_test_is_shown(self):
        done, rows = self.play("bad echo 'FAIL  a: why'; echo '      how'; "
                               "echo 0 passed, 1 failed, 0 skipped; exit 1")
        self.assertEqual((done.returncode, rows), (1, {"bad": [0, 1, 0]}))
        self.assertRegex(done.stdout, r"FAIL  a: why\n +how\n")
        log = self.root / "build/vm/check/6.1-dasd-bad.log"
        self.assertIn("FAIL  a: why", log.read_text())

    def test_suite_that_dies_has_failed(self):
        done, rows = self.play("dies echo PASS  a; exit 0",
                               "lies echo 1 passed, 0 failed, 0 skipped; exit 3")
        self.assertEqual(rows, {"dies": [0, 1, 0], "lies": [1, 1, 0]})
        self.assertEqual(done.returncode, 1)

    def test_what_a_suite_leaves_running_is_ended(self):
        done, _ = self.play(
            "left sleep 1000 & echo $! >pid; echo 1 passed, 0 failed, 0 skipped")
        self.assertEqual(done.returncode, 0)
        self.must_be_gone()

    def must_be_gone(self):
        pid = int((self.root / "pid").read_text())
        status = Path(f"/proc/{pid}/status")
        self.assertFalse(status.exists()
                         and "zombie" not in status.read_text(), pid)

    def test_interrupted(self):
        self.put("tests/vm/suites", "6.1 dasd good echo 1 passed, 0 failed, "
                 "0 skipped\n6.1 dasd long echo $$ >pid; exec sleep 1000\n")
        check = subprocess.Popen([self.root / "tests/vm/check"], text=True,
                                 stdout=subprocess.PIPE)
        pid = self.root / "pid"
        while not pid.exists() or not pid.read_text().strip():
            time.sleep(0.1)
        check.send_signal(signal.SIGINT)
        said = check.communicate(timeout=60)[0]
        self.assertEqual(check.returncode, 130)
        self.assertRegex(said, r"interrupted\n\nkernel.*\n6.1 .*good")
        self.must_be_gone()

    def test_no_such_suite(self):
        done, _ = self.play("good exit 77", args=["bda"])
        self.assertEqual(done.returncode, 2)
        self.assertIn("no suite 'bda'; there are: good", done.stderr)

    def test_no_such_kernel(self):
        done, _ = self.play("good exit 77", args=["--kernel", "5.4"])
        self.assertEqual(done.returncode, 2)
        self.assertIn("no suite has kernel 5.4", done.stderr)


class Compare(Lab):
    scripts = ("compare", "known.py")
    listed = "a.ccw linux differ row\n\tvmm: start: expected ok, got EIO\n"
    ours = "     /scenarios/a.ccw:3: got ok\n     /scenarios/a.ccw:4: got none\n"
    linux = "FAIL /scenarios/a.ccw:3: vmm: start: expected ok, got EIO\n"

    def setUp(self):
        super().setUp()
        self.put("tests/scenarios/a.ccw", "")
        self.put("tests/vm/differences", self.listed)
        os.makedirs(self.root / "src/driver")

    def compare(self, ours, linux):
        for module, text in (("ours", ours), ("linux", linux)):
            self.put(f"build/vm/6.1-{module}/console.log",
                     f"lab: run a.ccw\n{text}lab: end\n")
        return self.run_script("compare")

    def test_explained(self):
        done = self.compare(self.ours, self.linux)
        self.assertEqual((done.returncode, done.stdout),
                         (0, "PASS  a.ccw\n1 passed, 0 failed, 0 skipped\n"))
        report = (self.root / "build/vm/differences-6.1.txt").read_text()
        self.assertRegex(report, r"^row +a.ccw:3 +vmm: start: expected ok, got EIO\n")

    def test_elsewhere(self):
        done = self.compare(self.ours, "FAIL /scenarios/a.ccw:2: vmm: reset: "
                            "expected ok, got EIO\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("a.ccw:2: vmm: reset: expected ok, got EIO", done.stdout)
        self.assertIn("not different any more: vmm: start:", done.stdout)

    def test_not_different_any_more(self):
        done = self.compare(self.ours, self.ours)
        self.assertEqual(done.returncode, 1)
        self.assertIn("not different any more: vmm: start:", done.stdout)

    def test_unexpected_answer(self):
        done = self.compare("     /scenarios/a.ccw:2: got residual 0\n" + self.ours,
                            "     /scenarios/a.ccw:2: got residual 7\n" + self.linux)
        self.assertEqual(done.returncode, 1)
        self.assertIn("a.ccw:2: expected residual 0, got residual 7", done.stdout)

    def test_answer_that_shows(self):
        self.put("tests/vm/differences", self.listed + "a.ccw linux shows row\n"
                 "\texpected cpa 0, got cpa 0x*\n")
        done = self.compare("     /scenarios/a.ccw:2: got cpa 0\n" + self.ours,
                            "     /scenarios/a.ccw:2: got cpa 0x12\n" + self.linux)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_older_than_a_scenario(self):
        self.compare(self.ours, self.linux)
        later = time.time() + 10
        os.utime(self.root / "tests/scenarios/a.ccw", (later, later))
        done = self.run_script("compare")
        self.assertEqual(done.returncode, 2)
        self.assertIn("is older than driver or scenarios", done.stderr)

    def test_list_with_a_mistake(self):
        self.put("tests/vm/differences", "b.ccw linux differ row\n\tx\n")
        done = self.compare(self.ours, self.linux)
        self.assertIn("tests/vm/differences:1: there is no test 'b.ccw'",
                      done.stderr)


del Lab     # no tests of its own

if __name__ == "__main__":
    unittest.main()
