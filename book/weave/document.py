# SPDX-License-Identifier: GPL-2.0-only
"""Chapters as syntax trees, and everything in them that can be referred to.

`Documents` parses all chapters, numbers sections, figures and exercises, and
resolves references.  `transform()` then hands each construct of the book (chunk,
quoted code, figure, passage, ...) to a writer that knows one output format.
"""

import copy
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from prose import MarkdownMaker
from report import BookError, unique, warn
from tree import raw, raw_inline, string, text_of, walk

PASSAGES = ("aside", "discussion", "linux", "exercise")


@dataclass
class Target:
    """Something with an id: kind is chapter, section, figure, exercise
    or place, which is a word or two with an id."""
    id: str
    kind: str
    chapter: object
    number: str
    title: str
    level: int = 0

    def label(self):
        """What an empty reference to it says."""
        names = {"chapter": "Chapter", "section": "Section", "figure": "Figure",
                 "exercise": "Exercise"}
        if self.number:
            return f"{names[self.kind]}\u00a0{self.number}"
        return f"“{self.title}”"


@dataclass
class Section:
    """A stretch of a chapter for contents and search."""
    id: str
    title: str
    level: int
    number: str
    blocks: list


class Document:
    """One chapter's syntax tree."""

    def __init__(self, chapter, blocks):
        self.chapter = chapter
        self.blocks = blocks
        self.id = ""
        self.sections = []      # Section


class Documents:
    """All chapters of the book, parsed and numbered."""

    def __init__(self, book, pandoc):
        self.book = book
        self.pandoc = pandoc
        makers = [MarkdownMaker(book.root, c) for c in book.chapters]
        texts = [m.make() for m in makers]
        problems = unique(p for m in makers for p in m.problems)
        if problems and not book.lenient:
            raise BookError("\n".join(str(p) for p in problems))
        for problem in problems:
            warn(problem)
        trees = pandoc.many(pandoc.read, texts)
        self.all = [Document(c, t["blocks"]) for c, t in zip(book.chapters, trees)]
        self.api = trees[0]["pandoc-api-version"] if trees else [1, 22, 2, 1]
        self.targets = {}
        for document in self.all:
            self._number(document)

    def _add(self, target):
        self.targets.setdefault(target.id, target)

    def _number(self, document):
        chapter = document.chapter
        counts = {"section": 0, "figure": 0, "exercise": 0}

        def next_number(kind):
            counts[kind] += 1
            return f"{chapter.number}.{counts[kind]}" if chapter.number else str(counts[kind])

        def visit(element):
            kind, content = element["t"], element.get("c")
            if kind == "Header":
                self._number_header(document, content, next_number)
            elif kind == "Image" and content[2][0].startswith("fig:"):
                name = content[0][0] or content[2][0]
                self._add(Target(name, "figure", chapter, next_number("figure"),
                                 text_of(content[1])))
            elif kind == "Div" and "exercise" in content[0][1]:
                number = next_number("exercise")
                content[0][0] = content[0][0] or f"ex:{chapter.name}-{counts['exercise']}"
                self._add(Target(content[0][0], "exercise", chapter, number, ""))
            elif kind == "Span" and content[0][0]:
                self._add(Target(content[0][0], "place", chapter, "",
                                 text_of(content[1])))
            return None

        for block in document.blocks:
            walk([block], visit)
            if block["t"] != "Header" and document.sections:
                document.sections[-1].blocks.append(block)

    def _number_header(self, document, content, next_number):
        level, attr, inlines = content
        title = text_of(inlines)
        chapter = document.chapter
        if level == 1:
            document.id = document.id or attr[0]
            number = str(chapter.number) if chapter.number else ""
            self._add(Target(attr[0], "chapter", chapter, number, title, 1))
        else:
            numbered = level == 2 and chapter.number and "unnumbered" not in attr[1]
            number = next_number("section") if numbered else ""
            self._add(Target(attr[0], "section", chapter, number, title, level))
        document.sections.append(Section(attr[0], title, level, number, []))

    def find(self, reference):
        """The Target of "#sec:x", or None."""
        return self.targets.get(reference[1:]) if reference.startswith("#") else None

    def transform(self, document, writer):
        """The chapter's tree with everything of ours written by `writer`."""
        blocks = walk(document.blocks, Transformer(self, document, writer).change)
        return {"pandoc-api-version": self.api, "meta": {}, "blocks": blocks}


class Transformer:
    """Replaces the constructs of the book in a tree; see Documents.transform."""

    def __init__(self, documents, document, writer):
        self.documents = documents
        self.document = document
        self.writer = writer

    def change(self, element):
        handler = getattr(self, "_" + element["t"].lower(), None)
        return handler(element["c"]) if handler else None

    def _inside(self, content):
        return walk(content, self.change)

    def _rawblock(self, content):
        kind, text = content
        if kind == "weave-chunk":
            return [raw(self.writer.format, self.writer.chunk_mark(int(text)))]
        if kind == "weave-listing":
            head, _, body = text.partition("\n")
            return [raw(self.writer.format, self.writer.listing(body, dict(parse_qsl(head))))]
        return []               # a comment

    def _rawinline(self, content):
        if content[0] == "weave-code":
            return [raw_inline(self.writer.format, self.writer.quoted_mark(unquote(content[1])))]
        return []

    def _codeblock(self, content):
        attr, text = content
        language = attr[1][0] if attr[1] else ""
        return [raw(self.writer.format, self.writer.code_block(text, language))]

    def _code(self, content):
        return [raw_inline(self.writer.format, self.writer.code(content[1]))]

    def _header(self, content):
        level, attr, inlines = content
        target = self.documents.targets.get(attr[0])
        return self.writer.header(level, attr, self._inside(inlines), target)

    def _link(self, content):
        attr, inlines, (url, title) = content
        if not url.startswith("#"):
            return None
        if url.startswith("#ref-"):
            return self.writer.citation(url[1:], self._inside(inlines))
        target = self.documents.find(url)
        if not target:
            text = (f"{self.document.chapter.path}: link to '{url}', "
                    "but no heading, figure, exercise or place has this id")
            if not self.documents.book.lenient:
                raise BookError(text)
            warn(text)
            return self._inside(inlines) or string(url)
        inlines = self._inside(inlines) or string(target.label())
        return self.writer.reference(target, inlines)

    def _para(self, content):
        if len(content) == 1 and content[0]["t"] == "Image":
            attr, caption, (url, _) = content[0]["c"]
            if url.startswith("fig:"):
                target = self.documents.targets[attr[0] or url]
                return self.writer.figure(url[4:], target, self._inside(caption),
                                          "wide" in attr[1])
        return None

    def _div(self, content):
        attr, blocks = content
        kind = next((c for c in attr[1] if c in PASSAGES), None)
        if not kind:
            return None
        target = self.documents.targets.get(attr[0])
        return self.writer.passage(kind, attr, self._inside(blocks), target)

    def _table(self, content):
        """Without the widths that pandoc reads out of the dashes under the heads."""
        content = copy.deepcopy(content)
        for spec in content[2]:
            spec[1] = {"t": "ColWidthDefault"}
        return self.writer.table({"t": "Table", "c": self._inside(content)})
