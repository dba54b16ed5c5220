# SPDX-License-Identifier: GPL-2.0-only
"""The printed book: what can be found and copied in it, and that nothing is cut off."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from support import make_toy, run


@unittest.skipUnless(shutil.which("xelatex"), "needs XeLaTeX")
class Pdf(unittest.TestCase):
    """The toy, set once."""

    @classmethod
    def setUpClass(cls):
        cls.toy = tempfile.mkdtemp(prefix="weave-")
        cls.addClassCleanup(shutil.rmtree, cls.toy)
        make_toy(cls.toy)
        subprocess.run(["rsvg-convert", "-f", "pdf", "-o", "build/figures/count.pdf",
                        "build/figures/count.svg"], cwd=cls.toy, check=True)
        cls.done = run(cls.toy, "pdf")
        if cls.done.returncode:
            raise AssertionError(cls.done.stderr)
        cls.path = os.path.join(cls.toy, "build/book/book.pdf")
        cls.text = subprocess.run(["pdftotext", "-layout", cls.path, "-"], capture_output=True,
                                  text=True, check=True).stdout

    def test_shift_can_be_found(self):
        self.assertIn("((x) << 1)", self.text)          # in code
        self.assertIn("1 << 2", self.text)              # in prose

    def test_ligatures_can_be_found(self):
        for word in ("flags overflow", "efficient finger suffices", "fields", "Figure"):
            self.assertIn(word, self.text)

    def test_identifiers_keep_their_underscores(self):
        self.assertIn("counter_step(struct counter *c)", self.text)

    def test_tabs_are_eight_columns(self):
        outside = re.search(r"^( *)struct counter \{$", self.text, re.M).group(1)
        inside = re.search(r"^( *)int value;$", self.text, re.M).group(1)
        self.assertGreaterEqual(len(inside) - len(outside), 6)

    def test_chunk_uses_carry_pages(self):
        self.assertRegex(self.text, r"⟨add one ?\d+⟩")

    def test_indexes(self):
        for title in ("Index of files", "Index of chunks", "Index of identifiers", "References"):
            self.assertIn(title, self.text)
        self.assertRegex(self.text, r"counter_step function \d+")

    def test_nothing_is_overfull(self):
        """The toy has a line of 100 columns; it must have been broken."""
        self.assertEqual(self.done.stderr, "")
        self.assertIn("↪", self.text)

    def test_fonts_can_be_searched(self):
        fonts = subprocess.run(["pdffonts", self.path], capture_output=True, text=True,
                               check=True).stdout
        for line in fonts.splitlines()[2:]:
            self.assertNotIn("Type 3", line)
            self.assertRegex(line, r"yes +\w+ +yes", "no map to Unicode: " + line)

    def test_links(self):
        done = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", self.path, "-"],
                              capture_output=True, check=True)
        self.assertGreater(done.stdout.count(b"/Subtype /Link"), 30)


if __name__ == "__main__":
    unittest.main()
