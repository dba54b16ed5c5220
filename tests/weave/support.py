# SPDX-License-Identifier: GPL-2.0-only
"""What the weaver's tests share: the toy book, and tiny books made on the spot."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
WEAVE = os.path.join(REPOSITORY, "book", "weave")
BOOK_PY = os.path.join(WEAVE, "book.py")
sys.path.insert(0, WEAVE)

SVG = """<?xml version="1.0"?>
<svg width="80pt" height="40pt" viewBox="0 0 80 40" xmlns="http://www.w3.org/2000/svg">
<g id="graph0"><title>count</title>
<polygon fill="white" stroke="none" points="0,0 0,40 80,40 80,0"/>
<ellipse fill="#f6eedd" stroke="black" cx="40" cy="20" rx="30" ry="12"/>
<text x="40" y="24" text-anchor="middle">count</text></g></svg>
"""


def run(root, *arguments):
    """Run book.py on a repository; return the finished process."""
    return subprocess.run(["/usr/bin/python3", BOOK_PY, "--root", root, *arguments],
                          capture_output=True, text=True)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(text)


def make_toy(root):
    """Copy the toy book and make what its Makefile would have generated."""
    shutil.copytree(os.path.join(HERE, "toy"), root, dirs_exist_ok=True)
    write(os.path.join(root, "build/figures/count.svg"), SVG)
    write(os.path.join(root, "build/figures/count.txt"), "One ellipse with the word count.")
    write(os.path.join(root, "build/gen/run.txt"), "1\t2\n")
    write(os.path.join(root, "build/gen/table.md"),
          "| name | use |\n|---|---|\n| [[counter_step]] | a step |\n")


def woven_toy():
    """A new directory with the toy book woven to HTML."""
    root = tempfile.mkdtemp(prefix="weave-")
    make_toy(root)
    done = run(root, "html")
    if done.returncode:
        raise AssertionError(done.stderr)
    return root


class BookTest(unittest.TestCase):
    """A test with a repository of its own in self.root."""

    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="weave-")
        self.addCleanup(shutil.rmtree, self.root)

    def put(self, path, text):
        write(os.path.join(self.root, path), text)

    def get(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as f:
            return f.read()

    def put_toy(self):
        make_toy(self.root)

    def put_chapter(self, text, files=()):
        """A book of one chapter called `one` with the given text after its heading."""
        self.put("book/chapters", "# Part I: One\none\n")
        self.put("book/files", "".join(f + "\n" for f in files))
        self.put("book/one.nw", "# One {#chap:one}\n\n" + text)

    def run_ok(self, *arguments):
        done = run(self.root, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done
