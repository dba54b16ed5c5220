# SPDX-License-Identifier: GPL-2.0-only
"""Everything a writer needs to know about the book, gathered once."""

import os
from functools import cached_property

import names
from document import Documents
from highlight import Highlighter, Span, TokenStore
from identifiers import Identifiers
from pandoc import Pandoc
from tangle import SourceMap

TITLE = "A Channel of One’s Own"
SUBTITLE = "The vfio-ccw driver as a literate program"
MANY = 40                       # an index does not list more uses than these
REACHED = "tests/coverage.result"       # made by make coverage


class Weaving:
    """The model, the source map, the identifiers and the parsed prose."""

    def __init__(self, book):
        self.book = book
        self.pandoc = Pandoc(book.root)
        self.map = SourceMap(book)
        self.identifiers = Identifiers(self.map)
        self.documents = Documents(book, self.pandoc)
        self._roots = {}        # chunk name -> roots
        self._of_chapter = {}   # chapter name -> roots
        self.tokens = TokenStore(os.path.join(self.pandoc.cache, "tokens.json"))
        self.highlighter = Highlighter(self.identifiers, self.roots_of, self.tokens)
        self.spans = {}         # id(Definition) -> lines of spans
        for definition in book.definitions():
            self.spans[id(definition)] = self.highlighter.definition(definition)
        self._note_uses()

    def roots_of(self, name, seen=()):
        """The files that contain a chunk, sorted."""
        if name in self._roots:
            return self._roots[name]
        chunk = self.book.chunks[name]
        if not chunk.uses:
            found = [name]
        else:
            users = {d.name for d, _ in chunk.uses} - set(seen)
            found = sorted({r for u in users for r in self.roots_of(u, seen + (name,))})
        if not seen:
            self._roots[name] = found
        return found

    def _note_uses(self):
        """Tell each identifier which pieces of chunks mention it."""
        for definition in self.book.definitions():
            for spans in self.spans[id(definition)]:
                for span in spans:
                    uses = span.link.uses if span.link and span.style != "c" else None
                    if uses is not None and definition not in uses[-1:]:
                        uses.append(definition)

    @cached_property
    def reached(self):
        """{file: (its lines of code, how many of them the tests reach)}."""
        try:
            with open(os.path.join(self.book.root, REACHED), encoding="utf-8") as f:
                rows = [line.split() for line in f if not line.startswith("#")]
        except FileNotFoundError:
            return {}
        return {file: (int(total), int(reached)) for file, total, reached in rows}

    def neighbours(self, definition):
        """(previous, next) definitions of the same chunk; None at the ends."""
        pieces = self.book.chunks[definition.name].definitions
        index = definition.ordinal - 1
        before = pieces[index - 1] if index else None
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        return before, after

    def users(self, definition):
        """Definitions that use this chunk, each once, in book order."""
        seen = {id(d): d for d, _ in self.book.chunks[definition.name].uses}
        return list(seen.values())

    @cached_property
    def chunk_names(self):
        """All chunk names as in an index: without brackets, letters first."""
        return sorted(self.book.chunks,
                      key=lambda n: (names.plain(n).lower().lstrip("_<[ "), n))

    @property
    def step_names(self):
        """The same without files, which have an index of their own."""
        return [n for n in self.chunk_names if self.book.chunks[n].uses]

    def quoted(self, text, chapter):
        """Spans of code quoted in a chapter's prose."""
        if names.is_file(text):
            return [Span("", text)]
        return self.highlighter.quoted(text, self._chapter_roots(chapter))

    def _chapter_roots(self, chapter):
        """The files that a chapter contributes to."""
        if chapter.name not in self._of_chapter:
            self._of_chapter[chapter.name] = tuple(sorted(
                {r for d in chapter.definitions() for r in self.roots_of(d.name)}))
        return self._of_chapter[chapter.name]
