# SPDX-License-Identifier: GPL-2.0-only
"""`ccwsim show`: bytes in, fields out."""

import json
import os
import subprocess
import tempfile
import unittest

from support import ROOT, CliTest, ccwsim
import bits

# What `show` calls it, the header's prefix, and where its words begin.
LAYOUTS = [("orb", "ORB", 0, 32), ("ccw", "CCW", 0, 8), ("midaw", "MIDAW", 0, 16),
           ("scsw", "SCSW", 0, 12), ("pmcw", "PMCW", 0, 28), ("crw", "CRW", 0, 4),
           ("schib", "PMCW", 0, 52), ("schib", "SCSW", 7, 52),
           ("irb", "SCSW", 0, 64), ("irb", "ESW", 3, 96)]


def header():
    path = os.path.join(ROOT, "src/driver/vfio_ccw_arch.h")
    with open(path, encoding="utf-8") as source:
        return bits.Header(source.read(), path)


class Fields(CliTest):
    def fields(self, what, hexadecimal):
        shown = json.loads(self.succeeds("show", "--json", what, hexadecimal))
        self.assertEqual(shown["format"], what)
        self.assertEqual(shown["bytes"], hexadecimal)
        return shown["fields"]

    def test_every_mask_of_the_header_finds_its_own_bits(self):
        words = header().words
        for what, prefix, first, size in LAYOUTS:
            masks = [(number, mask) for (p, number), fields in words.items()
                     if p == prefix for mask in fields]
            self.assertTrue(masks)
            for number, mask in masks:
                ones = ((1 << mask.width) - 1) << mask.low
                raw = bytearray(size)
                at = 4 * (first + number)
                raw[at:at + 4] = ones.to_bytes(4, "big")
                lit = [f for f in self.fields(what, raw.hex()) if f["value"]]
                self.assertEqual((lit[0]["name"], lit[0]["word"], lit[0]["first"],
                                  lit[0]["last"], lit[0]["value"], lit[0]["text"]),
                                 (mask.name, number, mask.first, mask.last,
                                  (1 << mask.width) - 1, mask.text))
                self.assertEqual([f["name"] for f in lit[1:]],
                                 [f"{mask.name}_{part.name}" for part in mask.parts])

    def test_values_are_explained(self):
        for what, digits, words in [
                ("crw", "04060000", "channel path"),
                ("crw", "04060000", "permanent error: not initialized"),
                ("ccw", "e400000700002000", "sense: sense-id"),
                ("ccw", "e400000700002000", "byte count: 7"),
                ("ccw0", "0200200060000050", "command code: read"),
                ("ccw0", "0200200060000050", "byte count: 80"),
                ("orb", "00000000" "0080a000" "00001000", "path 0, 2"),
                ("scsw", "030000000000000000000000", "no path to the device"),
                ("sense", "80", "command reject")]:
            self.assertIn(words, self.succeeds("show", what, digits))

    def test_bits_outside_all_fields_are_pointed_at(self):
        self.assertIn("should be: 80000000", self.succeeds("show", "crw", "80000000"))
        self.assertNotIn("should be", self.succeeds("show", "crw", "04060000"))

    def test_sense_in_an_irb_is_shown_if_the_esw_says_so(self):
        irb = bytearray(64)
        irb[32] = 0x80
        self.assertNotIn("command reject", self.succeeds("show", "irb", irb.hex()))
        irb[16] = 0x01
        self.assertIn("command reject", self.succeeds("show", "irb", irb.hex()))


class Input(CliTest):
    def test_blanks_arguments_and_stdin_make_no_difference(self):
        once = self.succeeds("show", "ccw", "e420000700002000")
        self.assertEqual(once, self.succeeds("show", "ccw", "E4 20", "0007", "00002000"))
        self.assertEqual(once, self.succeeds("show", "ccw",
                                             given="e4200007\n\t00002000\n"))

    def test_file_is_read_from_the_offset(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"xyz" + bytes.fromhex("e420000700002000"))
            file.flush()
            self.assertEqual(self.succeeds("show", "ccw", "e420000700002000"),
                             self.succeeds("show", "--file", file.name,
                                           "--offset", "0x3", "ccw"))
            self.refused("found 7 bytes behind the offset, expected 8",
                         "show", "--file", file.name, "--offset", "4", "ccw")
            self.refused("found 0 bytes behind the offset, expected 1 to 32",
                         "show", "--file", file.name, "--offset", "99", "sense")
            self.refused("found '00' besides --file",
                         "show", "--file", file.name, "ccw", "00")

    def test_shorter_form_is_taken_if_the_file_has_no_more(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(bytes(20))
            file.flush()
            self.assertNotIn("word 3", self.succeeds("show", "--file", file.name, "orb"))

    def test_a_pipe_without_a_writer_kept_show_waiting(self):
        with tempfile.TemporaryDirectory() as directory:
            pipe = os.path.join(directory, "pipe")
            os.mkfifo(pipe)
            self.refused("found a pipe or a terminal, expected a file",
                         "show", "--file", pipe, "ccw")

    def test_mistakes_are_told_with_their_place(self):
        self.refused("found no format, expected one of:", "show")
        self.refused("found 'x', expected one of:\n  orb ", "show", "x")
        self.refused("offset 11: found 'z'", "show", "ccw", "e42000", "0700z02000")
        self.refused("offset 2: found '?'", "show", "ccw", given="00\x00")
        self.refused("offset 0: found '?'", "show", "ccw", "ü")
        self.refused("found 15 digits, expected 16", "show", "ccw", "e42000070000200")
        self.refused("found 0 digits, expected 2 to 64", "show", "sense")
        self.refused("found 26 digits, expected 24 or 64", "show", "orb", "00" * 13)
        self.refused("found 1000000 digits", "show", "scsw", given="0" * 1000000)
        self.refused("--offset: found 'x'", "show", "--file", "f", "--offset", "x", "ccw")
        self.refused("--offset without --file", "show", "--offset", "1", "ccw")
        self.refused("/nowhere: No such file", "show", "--file", "/nowhere", "ccw")
        self.refused("Is a directory", "show", "--file", "/", "ccw")
        self.refused("expected --file FILE, --offset N, --json, --help or FORMAT",
                     "show", "--jsn", "ccw")


class Track(CliTest):
    """A volume made by Hercules' dasdinit."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.image = os.path.join(self.directory.name, "volume")
        subprocess.run(["dasdinit", "-lfs", self.image, "3390", "OURVOL", "2"],
                       check=True, capture_output=True)

    def test_label_of_the_volume_is_record_3_of_the_first_track(self):
        said = self.succeeds("show", "track", self.image, "0", "0")
        self.assertRegex(said, r"record 3  cylinder 0 head 0  key 4  data 80\n"
                               r"  count .*\n  key .*\|VOL1\|\n  data .*\|VOL1OURVOL ")
        self.assertRegex(said, r"  home +0  00000000 00 ")

    def test_json_has_the_same_records(self):
        track = json.loads(self.succeeds("show", "--json", "track", self.image, "1", "14"))
        self.assertEqual((track["cylinder"], track["head"]), (1, 14))
        self.assertEqual(track["records"][0], {
            "cylinder": 1, "head": 14, "record": 0, "offset": 5, "key": "",
            "data": "00" * 8})
        first = json.loads(self.succeeds("show", "--json", "track", self.image, "0", "0"))
        self.assertEqual(bytes.fromhex(first["records"][3]["data"]).decode("cp037")[:10],
                         "VOL1OURVOL")

    def test_showing_changes_nothing(self):
        with open(self.image, "rb") as image:
            before = image.read()
        self.succeeds("show", "track", self.image, "0", "0")
        with open(self.image, "rb") as image:
            self.assertEqual(image.read(), before)

    def test_mistakes_are_told(self):
        self.refused("track: found 1 words, expected IMAGE CYLINDER HEAD",
                     "show", "track", self.image)
        self.refused("CYLINDER: found '2', expected a number from 0 to 1",
                     "show", "track", self.image, "2", "0")
        self.refused("HEAD: found 'x', expected a number from 0 to 14",
                     "show", "track", self.image, "0", "x")
        self.refused("found --file with track, expected track IMAGE CYLINDER HEAD",
                     "show", "--file", self.image, "track", self.image, "0", "0")
        self.refused("/nowhere: No such file", "show", "track", "/nowhere", "0", "0")
        self.refused("offset 0: found", "show", "track", os.path.abspath(__file__),
                     "0", "0")

    def test_record_that_does_not_fit_is_shown_as_far_as_it_goes(self):
        with open(self.image, "r+b") as image:
            image.seek(512 + 5 + 16 + 6)
            image.write(b"\xff\xff")        # data length of record 1
        done = ccwsim("show", "track", self.image, "0", "0")
        self.assertEqual(done.returncode, 2)
        self.assertIn("cylinder 0 head 0", done.stderr)


class Help(CliTest):
    def test_every_format_is_in_the_help(self):
        formats = ccwsim("show").stderr.split("\n")[1:-1]
        text = self.succeeds("help", "show")
        self.assertGreater(len(formats), 8)
        for line in formats:
            self.assertRegex(text, rf"\b{line.split()[0]}\b")


if __name__ == "__main__":
    unittest.main()
