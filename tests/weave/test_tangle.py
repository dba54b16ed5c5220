# SPDX-License-Identifier: GPL-2.0-only
"""Tangling: the same bytes as noweb's, #line that points home, a true map."""

import json
import os
import re
import shutil
import subprocess
import unittest

from support import REPOSITORY, BookTest, run

import noweb
import tangle


def notangle(root, name, paths):
    return subprocess.run(["notangle", "-t8", f"-R{name}", *paths], cwd=root,
                          capture_output=True, check=True).stdout.decode()


class SameAsNotangle(BookTest):

    def assert_same(self, book):
        paths = [c.path for c in book.chapters]
        for root in book.roots():
            self.assertEqual(tangle.tangle(book, root), notangle(book.root, root, paths), root)

    def test_toy(self):
        self.put_toy()
        book = noweb.load(self.root)
        self.assertEqual(book.roots(), ["Makefile", "src/counter.c", "src/counter.h"])
        self.assert_same(book)

    def test_odd_indentation(self):
        """Uses in mid-line, at mixed indents, after each other, of empty lines."""
        self.put_chapter(
            "<<src/a.c>>=\n\tif (x) <<two lines>> else <<two lines>>\n  \t <<two lines>>;\n"
            "<<two lines>>\n\t<<outer>>\nä <<two lines>> é\n\n"
            "@\n\n<<outer>>=\n\t\t<<two lines>>\n\n\tend\n@\n\n"
            "<<two lines>>=\nfirst\n\n\tthird\n@\n\n<<two lines>>=\n    last\n@\n", ["src/a.c"])
        self.assert_same(noweb.load(self.root))

    def test_the_book_itself(self):
        shutil.copytree(os.path.join(REPOSITORY, "book"), os.path.join(self.root, "book"),
                        ignore=shutil.ignore_patterns("weave", "figures"))
        book = noweb.load(self.root, allow_missing=True)
        if noweb.unknown_uses(book):
            self.skipTest("the book uses chunks that are not written yet")
        self.assert_same(book)


class LineDirectives(BookTest):

    def test_compiler_points_into_the_chapter(self):
        """An error in a chunk is reported at the chapter's line."""
        self.put_toy()
        text = self.get("book/growth.nw").replace("c->lucky = 1;", "c->lucky = nonsense;")
        self.put("book/growth.nw", text)
        wanted = text[:text.index("nonsense")].count("\n") + 1
        self.run_ok("tangle", "--lines", os.path.join(self.root, "out"))
        done = subprocess.run(["gcc", "-fsyntax-only", "-Iout/src", "out/src/counter.c"],
                              cwd=self.root, capture_output=True, text=True)
        self.assertIn(f"book/growth.nw:{wanted}:", done.stderr)

    def test_directives_tell_the_truth(self):
        """Each line the directives claim for a chapter stands there."""
        self.put_toy()
        book = noweb.load(self.root)
        for root in ("src/counter.c", "src/counter.h"):
            self.assert_truth(tangle.numbered(book, root), root)

    def assert_truth(self, text, root):
        path, number, checked = None, 0, 0
        for line in text.splitlines():
            found = re.fullmatch(r'#line (\d+) "(.*)"', line)
            if found:
                path, number = found.group(2), int(found.group(1))
                continue
            source = self.get(path).splitlines()[number - 1]
            shown = re.sub(r"<<.*?>>", "", source).strip()
            self.assertTrue(shown in line or line.strip() in shown or not line.strip(),
                            f"{root}: '{line}' is not '{source}' of {path}:{number}")
            number, checked = number + 1, checked + 1
        self.assertGreater(checked, 5)

    def test_indentation_is_kept(self):
        self.put_toy()
        book = noweb.load(self.root)
        bare = re.sub(r'#line .*\n', "", tangle.numbered(book, "src/counter.c"))
        self.assertEqual(bare, tangle.tangle(book, "src/counter.c"))

    def test_none_inside_a_macro(self):
        """Chunk order would want a #line between the two lines of TWICE."""
        self.put_chapter("<<src/a.c>>=\n<<define it>>\nint x;\n@\n\n<<define it>>=\n#define A \\\n"
                         "@\n\n<<define it>>=\n\t1\n@\n", ["src/a.c"])
        book = noweb.load(self.root)
        lines = tangle.numbered(book, "src/a.c").splitlines()
        at = lines.index("#define A \\")
        self.assertEqual(lines[at + 1], "\t1")

    def test_makefiles_get_none(self):
        self.put_toy()
        self.assertNotIn("#line", tangle.numbered(noweb.load(self.root), "Makefile"))


class Writing(BookTest):

    def test_undefined_chunk_writes_nothing(self):
        """notangle leaves a file with a hole; we leave none."""
        self.put_chapter("<<src/a.c>>=\nint a;\n@\n\n<<src/b.c>>=\n<<not there>>\n@\n")
        out = os.path.join(self.root, "out")
        done = run(self.root, "tangle", out)
        self.assertEqual(done.returncode, 1)
        self.assertIn("book/one.nw:8: chunk <<not there>> is used here but defined nowhere",
                      done.stderr)
        self.assertFalse(os.path.exists(out))

    def test_unchanged_files_are_not_touched(self):
        self.put_toy()
        out = os.path.join(self.root, "out")
        self.assertEqual(len(self.run_ok("tangle", out).stdout.split()), 3)
        self.assertEqual(self.run_ok("tangle", out).stdout, "")

    def test_cycle_is_an_error(self):
        self.put_chapter("<<src/a.c>>=\n<<go round>>\n@\n\n<<go round>>=\n<<go round>>\n@\n")
        done = run(self.root, "tangle", os.path.join(self.root, "out"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("chunk uses itself: go round -> go round", done.stderr)


class Map(BookTest):

    def test_runs_cover_every_line(self):
        self.put_toy()
        self.run_ok("map")
        data = json.loads(self.get("build/book/map.json"))
        book = noweb.load(self.root)
        text = tangle.tangle(book, "src/counter.h").splitlines()
        for run_ in data["src/counter.h"]:
            chapter = self.get(run_["chapter"]).splitlines()
            for i in range(run_["lines"]):
                self.assertEqual(text[run_["at"] - 1 + i].strip(),
                                 chapter[run_["line"] - 1 + i].strip())
        covered = sum(r["lines"] for r in data["src/counter.h"])
        self.assertEqual(covered, len(text))


if __name__ == "__main__":
    unittest.main()
