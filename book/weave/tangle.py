# SPDX-License-Identifier: GPL-2.0-only
"""Tangling: from chunks to files, with a map back to the chapters.

The text is byte for byte what ``notangle -t8`` writes; its rules for
indentation are followed to the letter, odd ones included (a line that goes on
after a chunk use counts the width of the use's name, not of its text).

With `numbered()` the same lines get ``#line`` directives.  Unlike
``notangle -L`` they keep their indentation, and none is ever put inside a
macro that goes on over several lines.
"""

import os
from dataclasses import dataclass

from report import BookError

TAB = 8


@dataclass
class Origin:
    """Where an output line comes from."""
    definition: object          # noweb.Definition
    line: int                   # in the chapter's file


def advance(text, column):
    """The column after printing text; noweb counts bytes."""
    for byte in text.encode("utf-8"):
        column += 1
        if byte == 9:
            column += -column % TAB
    return column


def indentation(column):
    return "\t" * (column // TAB) + " " * (column % TAB)


class Tangler:
    """Expands one root into lines; see expand()."""

    def __init__(self, book):
        self.book = book

    def expand(self, root):
        """Return [(text, Origin or None)], one for each line of the file."""
        self.lines = []
        self.text = []
        self.origin = None
        self.column = 0
        self._chunk(root, 0, ())
        self._newline()
        return self.lines

    def _emit(self, text, origin):
        self.text.append(text)
        if text.strip() and self.origin is None:
            self.origin = origin

    def _newline(self):
        self.lines.append(("".join(self.text), self.origin))
        self.text, self.origin, self.column = [], None, 0

    def _indent(self, indent):
        if self.column == 0 and indent:
            self._emit(indentation(indent), None)
            self.column = indent

    def _chunk(self, name, indent, parents):
        if name in parents:
            chain = " -> ".join(parents[parents.index(name):] + (name,))
            raise BookError(f"{self.book.chunks[name].definitions[0].place()}: "
                            f"chunk uses itself: {chain}")
        first = True
        for definition in self.book.chunks[name].definitions:
            for line in definition.lines:
                if not first:
                    self._newline()
                first = False
                self._line(definition, line, indent, parents + (name,))

    def _line(self, definition, line, indent, parents):
        origin = Origin(definition, line.number)
        if not line.pieces and self.column == 0:
            self.origin = origin
        for piece in line.pieces:
            self._indent(indent)
            if piece.kind == "text":
                self._emit(piece.text, origin)
                self.column = advance(piece.text, self.column)
                continue
            if piece.text not in self.book.chunks:
                raise BookError(f"{definition.chapter.path}:{line.number}: chunk "
                                f"<<{piece.text}>> is used here but defined nowhere")
            start = self.column
            self._chunk(piece.text, start, parents)
            # notangle goes on from where the *name* ends
            self.column = advance(piece.text, start + 2) + 2


def tangle(book, root):
    """The text of one file."""
    return "".join(text + "\n" for text, _ in Tangler(book).expand(root))


TAKES_LINE = (".c", ".h")


def numbered(book, root):
    """The text of one file with #line directives, where C knows them."""
    lines = Tangler(book).expand(root)
    if not root.endswith(TAKES_LINE):
        return "".join(text + "\n" for text, _ in lines)
    out = []
    expected = None             # (path, line) the compiler believes comes next
    continued = False           # the last line ended in a backslash
    for text, origin in lines:
        if origin and not continued:
            here = (origin.definition.chapter.path, origin.line)
            if here != expected:
                out.append(f'#line {here[1]} "{here[0]}"\n')
                expected = here
        out.append(text + "\n")
        continued = text.endswith("\\")
        if expected:
            expected = (expected[0], expected[1] + 1)
    return "".join(out)


def write_if_changed(path, text):
    """Write through a temporary file, and only if the content differs."""
    data = text.encode("utf-8")
    try:
        with open(path, "rb") as f:
            if f.read() == data:
                return False
    except FileNotFoundError:
        pass
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    temporary = path + ".new"
    with open(temporary, "wb") as f:
        f.write(data)
    os.replace(temporary, path)
    return True


def tangle_all(book, outdir, lines=False):
    """Write every root below outdir; return the list of files that changed.

    All files are expanded before the first is written: a book with an
    undefined chunk leaves the directory as it was.
    """
    make = numbered if lines else tangle
    texts = {root: make(book, root) for root in book.roots()}
    return [root for root, text in texts.items()
            if write_if_changed(os.path.join(outdir, root), text)]


class SourceMap:
    """File lines <-> chapter lines <-> chunks, for all roots."""

    def __init__(self, book):
        self.files = {}         # root -> [(text, Origin or None)]
        tangler = Tangler(book)
        for root in book.roots():
            try:
                self.files[root] = tangler.expand(root)
            except BookError:
                continue        # the lint reports it; a partial book still weaves
        self.places = {}        # (chapter path, line) -> [(root, line)]
        for root, lines in self.files.items():
            for number, (_, origin) in enumerate(lines, 1):
                if origin:
                    key = (origin.definition.chapter.path, origin.line)
                    self.places.setdefault(key, []).append((root, number))

    def origin(self, root, line):
        """The Origin of a line of a file, or None."""
        lines = self.files.get(root, [])
        return lines[line - 1][1] if 0 < line <= len(lines) else None

    def as_json(self):
        """Runs of lines: for each file [[file line, count, chapter, line, chunk]]."""
        result = {}
        for root, lines in self.files.items():
            runs = result.setdefault(root, [])
            for number, (_, origin) in enumerate(lines, 1):
                if not origin:
                    continue
                path, name = origin.definition.chapter.path, origin.definition.name
                last = runs[-1] if runs else None
                if (last and last["chapter"] == path and last["chunk"] == name
                        and last["at"] + last["lines"] == number
                        and last["line"] + last["lines"] == origin.line):
                    last["lines"] += 1
                else:
                    runs.append({"at": number, "lines": 1, "chapter": path,
                                 "line": origin.line, "chunk": name})
        return result
