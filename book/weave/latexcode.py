# SPDX-License-Identifier: GPL-2.0-only
"""Code and chunk names as LaTeX; the macros are in preamble.tex.

Code is set line by line, tabs as spaces to columns of 8, in a size that lets
WIDTH columns fit.  A longer line is broken here, where the columns are known,
not in TeX.
"""

import re

import names
from highlight import Span

WIDTH = 83
TAB = 8
UNBROKEN = 14               # quoted code up to this length stays on one line

ESCAPES = {"\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&",
           "#": "\\#", "^": "\\textasciicircum{}", "_": "\\_", "~": "\\textasciitilde{}",
           "%": "\\%", "-": "-{}", "`": "\\textasciigrave{}", "'": "\\textquotesingle{}"}
MACROS = {"k": "K", "t": "T", "s": "Q", "n": "N", "c": "C", "pp": "M", "f": "F"}
BREAK_AFTER = re.compile(r"(_|/|->|\.|\(|,|\|)(?=\w)")
# What the text face lacks and the symbol face has.
SYMBOLS = re.compile(r"(?![\u2190-\u219b\u2211-\u2213\u2248\u2260-\u2265])[\u2190-\u23ff\u2460-\u27ff\u2900-\u2bff]")


def escape(text):
    """Plain text for LaTeX."""
    return "".join(ESCAPES.get(c, c) for c in text)


def symbols(latex):
    """Set rare characters in the symbol face."""
    return SYMBOLS.sub(lambda m: f"\\sy{{{m.group()}}}", latex)


def code_text(text):
    """Text for the inside of a code line: every space stays."""
    return "".join("\\SP{}" if c == " " else ESCAPES.get(c, c) for c in text)


def breakable(text):
    """Code in prose; if long, it may break after _ / -> and the like."""
    if len(text) <= UNBROKEN:
        return f"\\mbox{{{escape(text)}}}"
    parts = BREAK_AFTER.split(text)
    return "".join(escape(p) + ("\\allowbreak{}" if i % 2 else "") for i, p in enumerate(parts))


def name_latex(name):
    return "".join(f"\\namecode{{{breakable(t)}}}" if code else symbols(escape(t))
                   for code, t in names.parts(name))


def expand_tabs(spans):
    """Spans with tabs replaced by spaces to the next column of 8."""
    column = 0
    result = []
    for span in spans:
        if span.style == "use":
            column += use_width(span.text)
            result.append(span)
            continue
        text = ""
        for char in span.text:
            step = TAB - column % TAB if char == "\t" else 1
            text += " " * step if char == "\t" else char
            column += step
        result.append(Span(span.style, text, span.link, span.target))
    return result


def use_width(name):
    """Columns that ⟨name 123⟩ takes: it is set in a narrower face."""
    return round(len(names.plain(name)) * 0.85) + 7


def wrap(spans):
    """Break a line of expanded spans into lines of at most WIDTH columns."""
    indent = 0
    for span in spans:
        blank = len(span.text) - len(span.text.lstrip(" ")) if span.style != "use" else 0
        indent += blank
        if span.style == "use" or blank < len(span.text):
            break
    hanging = min(indent + TAB, WIDTH // 2)
    lines, current, column = [], [], 0
    for span in spans:
        for piece in pieces(span):
            width = use_width(piece.text) if piece.style == "use" else len(piece.text)
            if column + width > WIDTH and column > hanging:
                lines.append(current)
                current, column = [Span("wrap", " " * hanging)], hanging
            current.append(piece)
            column += width
    lines.append(current)
    return lines


def pieces(span):
    """A span cut after spaces, so that a line can be broken inside it."""
    if span.style == "use" or span.link or span.target:
        return [span]
    return [Span(span.style, text) for text in re.findall(r" *[^ ]+|\s+$", span.text)] or [span]


class CodeLatex:
    """Writes spans, chunks and references between them."""

    def __init__(self, weaving):
        self.weaving = weaving
        self.book = weaving.book

    def span(self, span):
        if span.style == "use":
            return self.use(span.text)
        if span.style == "wrap":
            return code_text(span.text[:-2]) + "\\wrapmark{}" + code_text(" ")
        text = code_text(span.text)
        if span.target:
            return f"\\D{{{span.target.anchor}}}{{{text}}}"
        macro = MACROS.get(span.style)
        if macro and span.text.strip():
            text = f"\\{macro}{{{text}}}"
        if span.link:
            text = f"\\I{{{span.link.anchor}}}{{{text}}}"
        return text

    def use(self, name, ordinal=1):
        """⟨name page⟩"""
        if name not in self.book.chunks:
            return f"\\nouse{{{name_latex(name)}}}"
        return f"\\use{{{names.chunk_name_anchor(name, ordinal)}}}{{{name_latex(name)}}}"

    def lines(self, lines):
        """Lines of spans as a codelines environment; the ends stay together."""
        short = [l for spans in lines for l in wrap(expand_tabs(spans))]
        out = ["\\begin{codelines}"]
        for number, spans in enumerate(short):
            if number == 1 or number == len(short) - 1:
                out.append("\\nb")
            out.append(f"\\cl{{{''.join(self.span(s) for s in spans)}}}")
        out.append("\\end{codelines}")
        return "\n".join(out)

    def quoted(self, text, chapter, links=True):
        """Code quoted in prose: [[text]]."""
        if text.startswith("<<") and text.endswith(">>"):
            return self.use(text[2:-2])
        if links and text in self.book.chunks and names.is_path(text):
            return f"\\code{{\\I{{{names.chunk_name_anchor(text)}}}{{{breakable(text)}}}}}"
        if not links:
            return f"\\code{{{breakable(text)}}}"
        spans = self.weaving.quoted(text, chapter)
        return "\\code{" + "".join(self._quoted_span(s) for s in spans) + "}"

    def _quoted_span(self, span):
        text = breakable(span.text)
        return f"\\I{{{span.link.anchor}}}{{{text}}}" if span.link else text

    def chunk(self, definition):
        before, after = self.weaving.neighbours(definition)
        roots = self.weaving.roots_of(definition.name)
        label = "" if definition.name in roots or not roots else escape(roots[0])
        if label and len(roots) > 1:
            label += f" and {len(roots) - 1} more"
        sign = "+≡" if before else "≡"
        body = self.lines(self.weaving.spans[id(definition)])
        return (f"\\begin{{chunk}}\n\\chunkhead{{{names.chunk_anchor(definition)}}}"
                f"{{{name_latex(definition.name)}}}{{{sign}}}{{{label}}}\n{body}\n"
                f"{self._where(definition, before, after)}\\end{{chunk}}")

    def _where(self, definition, before, after):
        items = []
        if before:
            items.append("Continues " + self._page(before))
        if after:
            items.append("Continued " + self._page(after))
        users = self.weaving.users(definition)
        if users and not before:
            items.append("Used in " + ", ".join(self.use(u.name, u.ordinal) for u in users))
        return f"\\where{{{' · '.join(items)}}}\n" if items else ""

    def _page(self, definition):
        anchor = names.chunk_anchor(definition)
        return f"\\hyperlink{{{anchor}}}{{p.~\\pageref*{{{anchor}}}}}"
