# SPDX-License-Identifier: GPL-2.0-only
"""The model of the book: what noweb's ``markup`` sees, as Python objects.

`load()` reads the list of chapters, runs stock ``markup -t`` over each file
and returns a `Book`.  A book is a list of chapters; a chapter is a list of
blocks, alternately `Prose` and `Definition`; definitions with one name make up
a `Chunk`.  Every line keeps its place in the chapter file.

Nothing here knows about HTML, LaTeX or C.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field

from report import BookError, Problem, warn

MARKUP = "/usr/lib/noweb/markup"


@dataclass
class Piece:
    """Part of a line: kind is "text", "use" (chunk name) or, in prose, "quote"."""
    kind: str
    text: str


@dataclass
class Line:
    """One line of a chapter file; `number` counts from 1."""
    number: int
    pieces: list

    def uses(self):
        return [p.text for p in self.pieces if p.kind == "use"]

    def source(self):
        """The line as noweb would print it in the book."""
        shown = {"text": "{}", "use": "<<{}>>", "quote": "[[{}]]"}
        return "".join(shown[p.kind].format(p.text) for p in self.pieces)


@dataclass
class Prose:
    """A documentation block.  Quoted code is a piece of kind "quote"."""
    lines: list

    @property
    def line(self):
        return self.lines[0].number if self.lines else 0


@dataclass
class Definition:
    """One piece of a chunk: everything between ``<<name>>=`` and ``@``."""
    name: str
    chapter: "Chapter"
    line: int                   # of the ``<<name>>=``
    lines: list = field(default_factory=list)
    ordinal: int = 1            # 1 for the first definition of the name, ...
    prose: Prose = None         # the prose right before it, if any

    def place(self):
        return f"{self.chapter.path}:{self.line}"


@dataclass
class Chunk:
    """All definitions of one name, in book order, and where it is used."""
    name: str
    definitions: list = field(default_factory=list)
    uses: list = field(default_factory=list)    # (Definition, Line)

    def lines(self):
        return [l for d in self.definitions for l in d.lines]


@dataclass
class Chapter:
    name: str                   # "states"
    path: str                   # "book/states.nw", relative to the repository
    part: str                   # "Part II: The driver"
    number: int = 0             # 0: not numbered (front matter)
    title: str = ""
    blocks: list = field(default_factory=list)

    def definitions(self):
        return [b for b in self.blocks if isinstance(b, Definition)]

    def prose_lines(self):
        return [l for b in self.blocks if isinstance(b, Prose) for l in b.lines]


@dataclass
class Book:
    root: str                   # directory of the repository
    chapters: list
    chunks: dict                # name -> Chunk
    missing: list               # names of chapters that do not exist yet
    lenient: bool = False       # a draft: what is missing is only warned about

    def roots(self):
        """Names of chunks that nothing uses, sorted: the files of the book."""
        return sorted(n for n, c in self.chunks.items() if not c.uses)

    def definitions(self):
        return [d for c in self.chapters for d in c.definitions()]


FRONT_MATTER = "Front matter"


def read_chapter_list(root):
    """Return [(part, name, line number)] from book/chapters."""
    path = "book/chapters"
    entries = []
    part = FRONT_MATTER
    try:
        with open(os.path.join(root, path), encoding="utf-8") as f:
            text = f.read()
    except FileNotFoundError:
        raise BookError(f"{path}: no such file; it lists the chapters, one a line")
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line.startswith("#"):
            part = line.lstrip("# ")
        elif line:
            if not re.fullmatch(r"[a-z][a-z0-9-]*", line):
                raise BookError(f"{path}:{number}: '{line}' is no chapter name; "
                                "write the file's name without .nw, or '# Part ...'")
            entries.append((part, line, number))
    return entries


def run_markup(root, path):
    """Return the output lines of markup -t for one file of the book."""
    done = subprocess.run([MARKUP, "-t", path], cwd=root, capture_output=True)
    if done.returncode or done.stderr:
        text = done.stderr.decode(errors="replace").strip()
        raise BookError(text or f"{path}: markup failed with status {done.returncode}")
    return done.stdout.decode("utf-8").split("\n")


class MarkupReader:
    """Turns the tool language of noweb into the blocks of one chapter."""

    def __init__(self, chapter):
        self.chapter = chapter
        self.line = 1
        self.pieces = []
        self.block = None
        self.quoting = False

    def read(self, lines):
        for text in lines:
            key, _, rest = text.partition(" ")
            handler = self.HANDLERS.get(key)
            if handler:
                handler(self, rest)
            elif key == "@fatal":
                raise BookError(f"{self.chapter.path}:{self.line}: {rest}")

    def begin(self, rest):
        if rest.startswith("docs"):
            self.block = Prose([])
            self.chapter.blocks.append(self.block)
        else:
            self.block = None   # made by @defn

    def defn(self, name):
        before = self.chapter.blocks[-1] if self.chapter.blocks else None
        prose = before if isinstance(before, Prose) else None
        self.block = Definition(name, self.chapter, self.line, prose=prose)
        self.chapter.blocks.append(self.block)
        self.pieces = None      # the rest of this line is not code

    def text(self, rest):
        if self.pieces is None or rest == "":
            return
        if self.quoting:
            self.pieces[-1].text += rest
        else:
            self.pieces.append(Piece("text", rest))

    def use(self, name):
        if self.quoting:
            self.pieces[-1].text += f"<<{name}>>"
        else:
            self.pieces.append(Piece("use", name))

    def quote(self, _):
        self.quoting = True
        self.pieces.append(Piece("quote", ""))

    def endquote(self, _):
        self.quoting = False

    def newline(self, _):
        if self.pieces is not None:
            if self.quoting:    # a quote that spans lines; the lint refuses it
                self.pieces[-1].text += " "
            else:
                self.block.lines.append(Line(self.line, self.pieces))
                self.pieces = []
        else:
            self.pieces = []
        self.line += 1

    def index(self, rest):
        if rest == "nl":
            self.line += 1

    def end(self, _):
        if self.pieces:
            self.block.lines.append(Line(self.line, self.pieces))
        self.pieces = []

    HANDLERS = {
        "@begin": begin, "@end": end, "@defn": defn, "@text": text, "@use": use,
        "@nl": newline, "@quote": quote, "@endquote": endquote, "@index": index,
    }


HEADING = re.compile(r"#\s+(.*?)\s*(\{[^}]*\})?\s*$")


def chapter_title(chapter):
    """The text of the first ``# heading``; quoted code without its brackets."""
    for line in chapter.prose_lines():
        match = HEADING.match(line.source())
        if match:
            return re.sub(r"\[\[(.*?)\]\]|[*`]", lambda m: m.group(1) or "", match.group(1))
    return chapter.name


def collect_chunks(chapters):
    """Join definitions of one name; note every use."""
    chunks = {}
    for chapter in chapters:
        for definition in chapter.definitions():
            chunk = chunks.setdefault(definition.name, Chunk(definition.name))
            chunk.definitions.append(definition)
            definition.ordinal = len(chunk.definitions)
    for chapter in chapters:
        for definition in chapter.definitions():
            for line in definition.lines:
                for name in line.uses():
                    if name in chunks:
                        chunks[name].uses.append((definition, line))
    return chunks


def load(root, allow_missing=False):
    """Read the whole book below `root`; BookError if it cannot be read."""
    chapters, missing, number = [], [], 0
    for part, name, line in read_chapter_list(root):
        path = f"book/{name}.nw"
        if part != FRONT_MATTER:
            number += 1
        if not os.path.exists(os.path.join(root, path)):
            if not allow_missing:
                raise BookError(f"book/chapters:{line}: chapter '{name}' is listed, "
                                f"but there is no {path}")
            warn(f"book/chapters:{line}: no {path} yet, skipped")
            missing.append(name)
            continue
        chapter = Chapter(name, path, part, number if part != FRONT_MATTER else 0)
        MarkupReader(chapter).read(run_markup(root, path))
        chapter.title = chapter_title(chapter)
        chapters.append(chapter)
    return Book(root, chapters, collect_chunks(chapters), missing, allow_missing)


def unknown_uses(book):
    """Problems for every use of a chunk that is not defined."""
    return [Problem(d.chapter.path, l.number,
                    f"chunk <<{name}>> is used here but defined nowhere")
            for d in book.definitions() for l in d.lines for name in l.uses()
            if name not in book.chunks]
