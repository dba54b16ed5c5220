# SPDX-License-Identifier: GPL-2.0-only
"""Calls of pandoc, remembered by the hash of what goes in.

A chapter whose prose has not changed costs no process; two run at a time.
"""

import hashlib
import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from report import BookError

READER = ("markdown-tex_math_dollars-raw_tex-latex_macros-inline_notes"
          "-example_lists-native_divs-native_spans+raw_attribute")
BIBLIOGRAPHY = "book/bibliography.bib"
WORKERS = 2


class Pandoc:
    """Runs pandoc in the repository; keeps results below build/book/cache."""

    def __init__(self, root):
        self.root = root
        self.cache = os.path.join(root, "build/book/cache")
        os.makedirs(self.cache, exist_ok=True)

    def run(self, arguments, text, extra=""):
        """Return pandoc's output for text; `extra` is hashed as well."""
        key = hashlib.sha256(json.dumps([arguments, text, extra]).encode()).hexdigest()
        path = os.path.join(self.cache, key[:32])
        try:
            with open(path, encoding="utf-8") as f:
                return f.read()
        except FileNotFoundError:
            pass
        done = subprocess.run(["pandoc", *arguments], cwd=self.root, input=text.encode(),
                              capture_output=True)
        if done.returncode:
            raise BookError("pandoc: " + done.stderr.decode(errors="replace").strip())
        result = done.stdout.decode("utf-8")
        temporary = f"{path}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8") as f:
            f.write(result)
        os.replace(temporary, path)
        return result

    def many(self, function, items):
        """map() with two workers."""
        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(function, items))

    def bibliography(self):
        """(path or None, its text)."""
        path = os.path.join(self.root, BIBLIOGRAPHY)
        if not os.path.exists(path):
            return None, ""
        with open(path, encoding="utf-8") as f:
            return BIBLIOGRAPHY, f.read()

    def citation_keys(self):
        """All keys of the bibliography."""
        path, text = self.bibliography()
        if not path:
            return set()
        entries = json.loads(self.run(["-f", "bibtex", "-t", "csljson"], text))
        return {e["id"] for e in entries}

    def read(self, markdown):
        """Parse Markdown to pandoc's syntax tree, citations resolved.

        Every chapter is given all entries, so that "2018a" means the same
        everywhere; the list itself is a page of its own.
        """
        return self._read(markdown, ["-M", "suppress-bibliography=true"],
                          "---\nnocite: '@*'\n---\n\n")

    def read_references(self):
        """The syntax tree of the list of everything in the bibliography."""
        return self._read("::: {#refs}\n:::\n", [], "---\nnocite: '@*'\n---\n\n")

    def _read(self, markdown, options, head):
        path, text = self.bibliography()
        arguments = ["-f", READER, "--preserve-tabs", "-t", "json"]
        if path:
            arguments += ["--citeproc", "--bibliography", path,
                          "-M", "link-citations=true", *options]
        return json.loads(self.run(arguments, (head if path else "") + markdown, text))

    def write(self, tree, *arguments):
        """Turn a syntax tree into text of a format."""
        return self.run(["-f", "json", *arguments], json.dumps(tree))
