# SPDX-License-Identifier: GPL-2.0-only
"""From a chapter's prose to Markdown that pandoc can read.

Code never goes through pandoc: a chunk becomes the raw block ``weave-chunk N``
(N counts the chapter's definitions), quoted code the raw inline ``weave-code``
(percent-encoded, so that no bar or backtick of it can hurt the Markdown round
it), a ``.listing`` the raw block ``weave-listing``.  The writers put HTML or
LaTeX in their places.  ``.include`` blocks are replaced by the file's text.
"""

import os
import re
from urllib.parse import quote

from noweb import Prose
from report import Problem

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*(.*)$")
DIRECTIVE = re.compile(r"^\{\s*\.(include|listing)\s+(.*)\}$")
ATTRIBUTE = re.compile(r'([a-z]+)=(?:"([^"]*)"|(\S+))')
FIGURE = re.compile(r"\]\(fig:([A-Za-z0-9_.-]+)\)")
QUOTED = re.compile(r"\[\[(.*?\]*)\]\]")
FIGURES = "build/figures"


def raw_inline(text):
    return f"`{quote(text, safe='')}`{{=weave-code}}"


def attributes(text):
    return {k: a or b for k, a, b in ATTRIBUTE.findall(text)}


class Fences:
    """Follows fenced blocks from line to line."""

    def __init__(self):
        self.mark = None

    def step(self, text):
        """Return "open", "close", "inside" or None for prose; and the info string."""
        match = FENCE.match(text)
        if self.mark is None:
            if match:
                self.mark = match.group(1)
                return "open", match.group(2).strip()
            return None, ""
        if match and match.group(1).startswith(self.mark) and not match.group(2):
            self.mark = None
            return "close", ""
        return "inside", ""


class MarkdownMaker:
    """Makes the Markdown of one chapter; collects what is wrong with it."""

    def __init__(self, root, chapter):
        self.root = root
        self.chapter = chapter
        self.problems = []
        self.out = []

    def make(self):
        number = 0
        for block in self.chapter.blocks:
            if isinstance(block, Prose):
                self._prose(block)
            else:
                self.out += ["", "```{=weave-chunk}", str(number), "```", ""]
                number += 1
        return "\n".join(self.out) + "\n"

    def _problem(self, line, text):
        self.problems.append(Problem(self.chapter.path, line, text))

    def _prose(self, block):
        fences = Fences()
        directive = None        # the .include or .listing that is open
        for line in block.lines:
            source = line.source()
            state, info = fences.step(source)
            if state == "open" and DIRECTIVE.match(info):
                directive = DIRECTIVE.match(info).groups()
                self._directive(line.number, *directive)
            elif directive:
                directive = None if state == "close" else directive
            elif state:
                self.out.append(source)
            else:
                self._check_figures(line.number, source)
                self.out.append(self._quote(line.pieces))
        if fences.mark:
            self._problem(block.lines[-1].number if block.lines else 0,
                          f"fenced block is not closed; end it with {fences.mark}")

    def _quote(self, pieces):
        """The line with quoted code made raw, unless it is in inline code."""
        text, ticks = "", 0
        for piece in pieces:
            if piece.kind == "quote":
                text += f"[[{piece.text}]]" if ticks % 2 else raw_inline(piece.text)
            else:
                text += piece.text
                ticks += piece.text.count("`")
        return text

    def _check_figures(self, number, source):
        for name in FIGURE.findall(source):
            if not os.path.exists(os.path.join(self.root, FIGURES, name + ".svg")):
                self._problem(number, f"figure '{name}': there is no {FIGURES}/{name}.svg; "
                              f"'make figures' generates it from {name}.dot or book/figures")

    def _directive(self, number, kind, text):
        given = attributes(text)
        path = given.get("file")
        if not path:
            self._problem(number, f'.{kind} names no file; write {{.{kind} file="build/gen/x"}}')
            return
        try:
            with open(os.path.join(self.root, path), encoding="utf-8") as f:
                content = f.read()
        except OSError as error:
            self._problem(number, f".{kind}: cannot read {path}: {error.strerror.lower()}")
            return
        if kind == "include":
            self._include(content)
        else:
            self._listing(content, given)

    def _include(self, content):
        fences = Fences()
        self.out.append("")
        for text in content.splitlines():
            state, _ = fences.step(text)
            self.out.append(text if state else QUOTED.sub(lambda m: raw_inline(m.group(1)), text))
        self.out.append("")

    def _listing(self, content, given):
        head = "&".join(f"{k}={quote(v, safe='')}" for k, v in sorted(given.items()))
        fence = "`" * 12
        self.out += ["", fence + "{=weave-listing}", head, content.rstrip("\n"), fence, ""]
