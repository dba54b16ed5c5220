# SPDX-License-Identifier: GPL-2.0-only
"""A disk that Hercules' tools make and read, and a guest writes through the driver."""

import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "cli"))
from support import CCWSIM, SCENARIOS, CliTest  # noqa: E402

TRACK, HEADER = 56832, 512


def tool(cwd, *words):
    """Run one of Hercules' tools; what it says, without its name and version."""
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, timeout=60,
                          stderr=subprocess.STDOUT)
    assert done.returncode == 0, (words, done.stdout)
    lines = [line.rstrip() for line in done.stdout.decode("latin-1").splitlines()]
    return [line for line in lines if "Copyright" not in line and
            "Version" not in line and "(C)" not in line]


def records(path, track):
    """The records of a track: {number: (key, data)}."""
    with open(path, "rb") as image:
        image.seek(HEADER + track * TRACK)
        data = image.read(TRACK)
    at, found = 5, {}
    while data[at:at + 8] != b"\xff" * 8:
        number, kl, dl = struct.unpack(">BBH", data[at + 4:at + 8])
        found[number] = (data[at + 8:at + 8 + kl],
                         data[at + 8 + kl:at + 8 + kl + dl])
        at += 8 + kl + dl
    return found


class DasdTest(CliTest):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.dir = directory.name
        self.image = os.path.join(self.dir, "disk.ckd")

    def init(self, *options, name="disk.ckd", volume="OLD001", cylinders=2):
        tool(self.dir, "dasdinit", *options, name, "3390", volume, str(cylinders))

    def play(self, name, suffix=""):
        self.succeeds("run", "--device", "3390=" + self.image + suffix,
                      os.path.join(HERE, name))

    def refused_image(self, image, words):
        done = subprocess.run([CCWSIM, "run", "--device", "3390=" + image,
                               os.path.join(SCENARIOS, "disk-seek.ccw")],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn(words, done.stderr)

    def nothing_beside(self):
        self.assertFalse(os.path.exists(self.image + ".redo"))


class WhatAGuestWrites(DasdTest):
    def test_volume_label_is_seen_by_dasdls(self):
        self.init("-linux")
        self.assertIn("disk.ckd: VOLSER=OLD001", tool(self.dir, "dasdls", "disk.ckd"))
        self.play("label.ccw")
        self.assertIn("disk.ckd: VOLSER=CCWBOO", tool(self.dir, "dasdls", "disk.ckd"))
        self.nothing_beside()

    def test_volume_label_of_a_plain_disk(self):
        self.init()
        self.play("label.ccw")
        label = records(self.image, 0)[3][1]
        self.assertEqual(label[:10].decode("cp037"), "VOL1CCWBOO")

    def test_data_set_is_read_by_dasdseq(self):
        with open(os.path.join(self.dir, "ctl"), "w") as ctl:
            ctl.write("BOOK01 3390 2\nSYSVTOC VTOC TRK 1\n"
                      "CCW.BOOK EMPTY TRK 1 0 0 PS F 80 80 0\n")
        tool(self.dir, "dasdload", "ctl", "disk.ckd")
        self.play("data-set.ccw")
        said = ["$ dasdls disk.ckd", *tool(self.dir, "dasdls", "disk.ckd"),
                "$ dasdseq -ascii disk.ckd CCW.BOOK",
                *tool(self.dir, "dasdseq", "-ascii", "disk.ckd", "CCW.BOOK"),
                "$ cat CCW.BOOK", *tool(self.dir, "cat", "CCW.BOOK")]
        with open(os.path.join(HERE, "transcript.txt")) as expected:
            self.assertEqual("\n".join(said) + "\n", expected.read())

    def test_dasdcopy_takes_the_image_and_gives_it_back(self):
        self.init()
        self.play("label.ccw")
        tool(self.dir, "dasdcopy", "-q", "disk.ckd", "small.cckd")
        self.refused_image(os.path.join(self.dir, "small.cckd"), "'dasdcopy")
        tool(self.dir, "dasdcopy", "-q", "-o", "CKD", "small.cckd", "back.ckd")
        for track in range(30):
            self.assertEqual(records(os.path.join(self.dir, "back.ckd"), track),
                             records(self.image, track))

    def test_blank_disk_is_like_a_new_one_of_dasdinit(self):
        self.init(volume="111111", cylinders=3)
        for name in ("disk-search", "disk-locate", "disk-lists", "disk-seek",
                     "disk-protected"):
            path = os.path.join(SCENARIOS, name + ".ccw")
            blank = self.succeeds("run", "--trace", "--device", "3390", path)
            self.assertEqual(blank, self.succeeds(
                "run", "--trace", "--device", "3390=" + self.image, path))

    def test_several_files(self):
        self.init("-linux", cylinders=4)
        with open(self.image, "rb") as image:
            header, tracks = image.read(HEADER), image.read()
        for number, last, part in ((1, 1, tracks[:30 * TRACK]),
                                   (2, 0, tracks[30 * TRACK:])):
            with open(self.image[:-4] + "_%d.ckd" % number, "wb") as out:
                out.write(header[:17] + struct.pack("<BH", number, last) +
                          header[20:] + part)
        os.unlink(self.image)
        self.image = self.image[:-4] + "_1.ckd"
        self.assertIn("disk_1.ckd: VOLSER=OLD001", tool(self.dir, "dasdls", "disk_1.ckd"))
        self.play("label.ccw")
        self.assertIn("disk_1.ckd: VOLSER=CCWBOO", tool(self.dir, "dasdls", "disk_1.ckd"))


class WhatIsRefused(DasdTest):
    def test_read_only_disk(self):
        self.init()
        path = os.path.join(HERE, "label.ccw")
        done = subprocess.run([CCWSIM, "run", "--device", "3390=" + self.image + ",ro",
                               path], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("label.ccw:22: vmm: interrupt: expected", done.stdout)
        self.assertEqual(records(self.image, 0)[3][1][4:10].decode("cp037"), "OLD001")

    def test_no_image(self):
        for content, words in ((b"", "offset 0: found"),
                               (b"CKD_P370" + bytes(600), "offset 8: found 0, expected 15")):
            with open(self.image, "wb") as image:
                image.write(content)
            self.refused_image(self.image, words)


# The record that the killed runs write: a number, and a row of A or B as that is
# even or odd. The count area, the number and the row come from three places.
LENGTH = 32768
STORY = """scenario  a writer that is going to be killed
needs     3390
vmm:    open                => ok
vmm:    reset               => ok
guest:  orb prefetch format-2-idaws
guest:  store 0x2000        00 00 00 00 00 01
guest:  store 0x2010        00 00 00 01 00
guest:  store 0x2020        00 00 00 01 01 00 80 00
guest:  store 0x10000       %s
guest:  store 0x11000       %s
guest:  idaws 0x2400 format 2 to %s
guest:  idaws 0x2500 format 2 to %s
guest:  ccw 0x1000 seek                 from 0x2000 count 6 cc
guest:  ccw 0x1008 search-id-equal      from 0x2010 count 5 cc
guest:  ccw 0x1010 tic                  to 0x1008
guest:  ccw 0x1018 write-count-key-data from 0x2020 count 8 cd
guest:  ccw 0x1020 write-count-key-data from 0x2030 count 8 cd
""" % ("41 " * 4096, "42 " * 4096, "0x10000 " * 8, "0x11000 " * 8)
WRITE = """guest:  store 0x2030        %s
guest:  ccw 0x1028 write-count-key-data from 0x%x count 32760 ida
vmm:    start 0x1000        => ok
vmm:    interrupt           => channel-end device-end cpa 0x1030 residual 0
"""
WRITES = 2000


class KilledRuns(DasdTest):
    def write_story(self):
        path = os.path.join(self.dir, "writer.ccw")
        with open(path, "w") as story:
            story.write(STORY)
            for n in range(1, WRITES + 1):
                story.write(WRITE % (n.to_bytes(8, "big").hex(" "),
                                     0x2500 if n % 2 else 0x2400))
        return path

    def killed(self, story, moment):
        """Kill a run at some moment; the last write it has told us of."""
        run = subprocess.Popen([CCWSIM, "run", "--trace", "--device",
                                "3390=" + self.image, story],
                               stdout=subprocess.PIPE)
        time.sleep(moment)
        os.set_blocking(run.stdout.fileno(), True)
        told = b""
        end = time.monotonic() + moment
        while time.monotonic() < end:
            told += os.read(run.stdout.fileno(), 65536)
        run.send_signal(signal.SIGKILL)
        told += run.stdout.read()
        run.wait()
        run.stdout.close()
        return told.count(b"INTERRUPT from BUSY to IDLE")

    def test_nothing_acknowledged_is_lost_and_nothing_is_half(self):
        story = self.write_story()
        middle = 0
        for _ in range(12):
            if os.path.exists(self.image):
                os.unlink(self.image)
            self.init(cylinders=3)
            told = self.killed(story, random.uniform(0.05, 0.4))
            # Whoever opens it next finishes what was begun.
            self.succeeds("run", "--device", "3390=" + self.image,
                          os.path.join(SCENARIOS, "disk-seek.ccw"))
            self.nothing_beside()
            found = records(self.image, 1).get(1)
            data = found[1] if found else bytes(8)
            number = int.from_bytes(data[:8], "big")
            self.assertGreaterEqual(number, told)
            self.assertLessEqual(number, WRITES)
            if number:
                self.assertEqual(len(data), LENGTH)
                self.assertEqual(set(data[8:]), {0x41 + number % 2})
            middle += 0 < number < WRITES
        self.assertGreater(middle, 0, "no run was killed in the middle")


if __name__ == "__main__":
    unittest.main()
