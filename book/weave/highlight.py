# SPDX-License-Identifier: GPL-2.0-only
"""Code as a list of marked spans, the same for HTML and LaTeX.

Pygments knows the languages.  A chunk use inside code is replaced by a made-up
identifier before the lexer sees it and put back afterwards, so both the code
round it and the reference keep their meaning.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache

import pygments
from pygments.lexers import get_lexer_for_filename, get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.token import Comment, Keyword, Literal, Name, Number, String
from pygments.util import ClassNotFound

from tangle import write_if_changed

OPTIONS = {"stripnl": False, "ensurenl": False, "tabsize": 0}

# The few kinds of token that the book's typography tells apart.
STYLES = (
    (Comment.Preproc, "pp"), (Comment.PreprocFile, "s"), (Comment, "c"),
    (Keyword.Type, "t"), (Keyword, "k"),
    (String, "s"), (Number, "n"), (Literal, "n"), (Name.Function, "f"),
)


@dataclass
class Span:
    """A run of text: style is one of STYLES or "", or "use" for a chunk name."""
    style: str
    text: str
    link: object = None         # Identifier that the text refers to
    target: object = None       # Identifier that the text defines


@lru_cache(maxsize=None)
def lexer_for(path):
    """A lexer for a file or a language name; plain text if nothing fits."""
    if path and path.endswith((".c", ".h")):
        return get_lexer_by_name("c", **OPTIONS)
    for find in (get_lexer_for_filename, get_lexer_by_name):
        try:
            return find(path, **OPTIONS)
        except ClassNotFound:
            pass
    return TextLexer(**OPTIONS)


@lru_cache(maxsize=None)
def style_of(token):
    for kind, style in STYLES:
        if token in kind:
            return style
    return ""


def lex(text, lexer):
    """[(style, text)] without changing a single character."""
    return [(style_of(token), value) for token, value in lexer.get_tokens(text) if value]


class TokenStore:
    """Remembers what lexers said from one run to the next; they are slow."""

    def __init__(self, path):
        self.path = path
        self.used = {}
        try:
            with open(path, encoding="utf-8") as f:
                self.kept = json.load(f)
        except (FileNotFoundError, ValueError):
            self.kept = {}

    def lex(self, text, language):
        lexer = lexer_for(language)
        key = hashlib.sha256(f"{pygments.__version__} {lexer.name}\n{text}".encode()).hexdigest()
        if key not in self.used:
            self.used[key] = self.kept.get(key) or lex(text, lexer)
        return self.used[key]

    def save(self):
        """Keep what this run needed, drop the rest."""
        if self.used.keys() != self.kept.keys():
            write_if_changed(self.path, json.dumps(self.used))


@dataclass
class Context:
    """Where code stands: the files it goes into; loose: it is quoted in prose."""
    roots: tuple
    loose: bool


WORD = re.compile(r"[A-Za-z_]\w*")
CALLED = re.compile(r"[A-Za-z_]\w*(?=\(\))")
MACRO = re.compile(r"\s*#\s*define\s+\w+\(([^)]*)\)")
PLACEHOLDER = "weaveuse%dx"
PLACED = re.compile(r"weaveuse(\d+)x")
NO_LINKS = ("s", "n", "k", "t")


class Highlighter:
    """Marks up code; resolves identifiers through `identifiers`."""

    def __init__(self, identifiers, roots_of, tokens):
        self.identifiers = identifiers
        self.tokens = tokens            # TokenStore
        self.roots_of = roots_of        # chunk name -> roots that contain it

    def definition(self, definition):
        """Return one list of spans for each line of a Definition."""
        roots = self.roots_of(definition.name)
        return self.lines(definition.lines, roots, definition.chapter.path)

    def lines(self, lines, roots, chapter_path):
        uses = []
        texts = []
        for line in lines:
            text = ""
            for piece in line.pieces:
                if piece.kind == "use":
                    text += PLACEHOLDER % len(uses)
                    uses.append(piece.text)
                else:
                    text += piece.text
            texts.append(text)
        tokens = self.tokens.lex("\n".join(texts), roots[0] if roots else "")
        result = self._split(tokens, uses, roots)
        for line, spans in zip(lines, result):
            self._unlink_locals(spans, chapter_path, line.number)
            self._mark_targets(spans, chapter_path, line.number)
        return result

    def quoted(self, text, roots=()):
        """Spans of code quoted in prose."""
        result = self._split(self.tokens.lex(text, "x.c"), [], roots, loose=True)
        return [Span("", s.text, s.link) for s in result[0]]

    def plain(self, text, language):
        """Spans of a fenced block or a listing, line by line."""
        return self._split(self.tokens.lex(text, language), [], (), link=False)

    def _split(self, tokens, uses, roots, link=True, loose=False):
        lines = [[]]
        before = ""
        context = Context(roots, loose) if link else None
        for style, value in tokens:
            for number, text in enumerate(value.split("\n")):
                if number:
                    lines.append([])
                for span in self._spans(style, text, uses, before, context):
                    lines[-1].append(span)
            if value.strip():
                before = value
        return lines

    def _spans(self, style, text, uses, before, context):
        position = 0
        for match in PLACED.finditer(text):
            if int(match.group(1)) >= len(uses):
                continue
            yield from self._words(style, text[position:match.start()], before, context)
            yield Span("use", uses[int(match.group(1))])
            position = match.end()
        yield from self._words(style, text[position:], before, context)

    def _words(self, style, text, before, context):
        if not text:
            return
        if not context or style in NO_LINKS:
            yield Span(style, text)
            return
        position = 0
        for match in (CALLED if style == "c" else WORD).finditer(text):
            lead = text[:match.start()] if text[:match.start()].strip() else before
            found = self.identifiers.lookup(match.group(), context.roots, lead, context.loose)
            if found:
                if match.start() > position:
                    yield Span(style, text[position:match.start()])
                yield Span(style, match.group(), link=found)
                position = match.end()
        if position < len(text):
            yield Span(style, text[position:])

    def _unlink_locals(self, spans, path, line):
        """A variable or a parameter hides what has the same name outside."""
        hidden = self.identifiers.local_names.get((path, line), ())
        macro = MACRO.match("".join(s.text for s in spans))
        if macro:
            hidden = set(WORD.findall(macro.group(1))) | set(hidden)
        for number, span in enumerate(spans):
            if span.link and span.text in hidden:
                spans[number] = Span(span.style, span.text)

    def _mark_targets(self, spans, path, line):
        """The first mention on the line that defines a name is its anchor.

        It need not have been linked: the lookup cannot tell which of several
        definitions of one name is meant, the place can.
        """
        for found in self.identifiers.by_place.get((path, line), []):
            for number, span in enumerate(spans):
                if span.style in ("use", "c", "s") or span.target:
                    continue
                match = next((m for m in WORD.finditer(span.text) if m.group() == found.name),
                             None)
                if not match:
                    continue
                before, after = span.text[:match.start()], span.text[match.end():]
                middle = Span(span.style, found.name, target=found)
                spans[number:number + 1] = [s for s in (
                    Span(span.style, before), middle, Span(span.style, after)) if s.text]
                break
