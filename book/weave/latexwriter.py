# SPDX-License-Identifier: GPL-2.0-only
"""The constructs of the book as LaTeX, for document.Transformer."""

import os
import re
from urllib.parse import quote, unquote

from htmlwriter import spoken_date
from latexcode import escape, symbols
from tree import attribute, raw, raw_inline, text_of

MARK = re.compile(r"\\weavemark\{(\w+):([^}]*)\}")
TABLE_COLUMNS = 78          # characters of small type that fit a line
COLOURS = {"discussion": "letter", "linux": "linux", "exercise": "task"}


def column_widths(content):
    """[(longest word, longest text)] of each column of a table, in characters."""
    _, _, specs, head, bodies, foot = content
    rows = head[1] + [row for body in bodies for row in body[2] + body[3]] + foot[1]
    widths = [(1, 1)] * len(specs)
    for row in rows:
        for number, cell in enumerate(row[1][:len(specs)]):
            text = text_of(cell[4]).strip()
            word = max((text_width(w) for w in re.split(r"[\s/]", text)), default=0)
            old = widths[number]
            widths[number] = (max(old[0], word), max(old[1], text_width(text)))
    return widths


def text_width(text):
    """About how many average characters a text is wide; capitals are wider."""
    return sum(1.4 if c.isupper() or c == "_" else 1 for c in text)


def shares(widths, columns):
    """Parts of a line for columns too wide for it: room for each longest word first."""
    least = [word + 2 for word, _ in widths]
    rest = max(columns - sum(least), 0)
    wish = [max(text - word, 0) for word, text in widths]
    given = [l + rest * w / (sum(wish) or 1) for l, w in zip(least, wish)]
    return [g / sum(given) for g in given]


class LatexWriter:
    """Writes one chapter."""

    format = "latex"

    def __init__(self, weaving, code, chapter):
        self.weaving = weaving
        self.code_latex = code
        self.chapter = chapter

    # --- marks, filled in after pandoc; LaTeX's own % must not occur in them ---

    def chunk_mark(self, number):
        return f"\\weavemark{{chunk:{number}}}"

    def quoted_mark(self, text, kind="quoted"):
        return f"\\weavemark{{{kind}:{quote(text, safe='').replace('%', '=')}}}"

    def fill(self, latex):
        definitions = self.chapter.definitions()

        def put(match):
            kind, value = match.groups()
            if kind == "chunk":
                return self.code_latex.chunk(definitions[int(value)])
            text = unquote(value.replace("=", "%"))
            return self.code_latex.quoted(text, self.chapter, links=kind == "quoted")

        return MARK.sub(put, symbols(latex))

    # --- constructs ---

    def code(self, text):
        return self.quoted_mark(text, "bare")

    def code_block(self, text, language):
        lines = self.weaving.highlighter.plain(text, language)
        return f"\\medskip\n{self.code_latex.lines(lines)}\n\\medskip"

    def listing(self, text, given):
        title = given.get("title", "")
        head = f"\\noindent{{\\small {escape(title)}}}\\par\\nopagebreak\n" if title else ""
        return head + self.code_block(text, given.get("as", given["file"]))

    def header(self, level, attr, inlines, target):
        classes = list(attr[1])
        before = []
        if level == 1 and self.chapter.number:
            before = [raw("latex", f"\\setcounter{{chapter}}{{{self.chapter.number - 1}}}")]
        if level > 1 and not self.chapter.number and "unnumbered" not in classes:
            classes.append("unnumbered")
        plain = [self._bare(i) for i in inlines]
        return before + [{"t": "Header", "c": [level, [attr[0], classes, attr[2]], plain]}]

    @staticmethod
    def _bare(inline):
        """No links in headings: they also go to the contents and the page heads."""
        if inline["t"] == "RawInline":
            text = inline["c"][1].replace("\\weavemark{quoted:", "\\weavemark{bare:")
            return raw_inline("latex", text)
        return inline

    def reference(self, target, inlines):
        return [{"t": "Link", "c": [["", [], []], inlines, ["#" + target.id, ""]]}]

    def citation(self, key, inlines):
        return [{"t": "Link", "c": [["", [], []], inlines, ["#" + key, ""]]}]

    def figure(self, name, target, caption, wide):
        path = os.path.join(self.weaving.book.root, "build/figures", name + ".pdf")
        if not os.path.exists(path):
            drawing = f"[figure {escape(name)} is not built yet]"
        else:
            drawing = f"\\includegraphics[max width=\\textwidth,max totalheight=.8\\textheight]{{{path}}}"
        head = f"\\begin{{figure}}[!htb]\n\\anchor{{{target.id}}}\\centering\n{drawing}\n\\caption{{"
        return [{"t": "Para", "c": [raw_inline("latex", head), *caption,
                                    raw_inline("latex", "}\n\\end{figure}")]}]

    def passage(self, kind, attr, blocks, target):
        if kind == "aside":
            return [raw("latex", "\\begin{asidenote}"), *blocks, raw("latex", "\\end{asidenote}")]
        if kind == "discussion":
            date = spoken_date(attribute(attr, "date", ""))
            label = "On the list" + (f", {date}" if date else "")
        elif kind == "linux":
            label = "What Linux does"
        else:
            level = int(attribute(attr, "level", "1"))
            label = f"{target.label()} " + "★" * level + "☆" * (3 - level)
        colour = COLOURS[kind]
        label = escape(label.upper())
        if attr[0]:
            label = f"\\anchor{{{attr[0]}}}" + label
        head = f"\\begin{{passage}}{{{label}}}{{{colour}bg}}{{{colour}line}}"
        title = attribute(attr, "title", "")
        if title:
            head += f"\\passagetitle{{{escape(title)}}}"
        return [raw("latex", head), *blocks, raw("latex", "\\end{passage}")]

    def table(self, table):
        """A table too wide for the page gets columns that break their lines."""
        widths = column_widths(table["c"])
        size = "small"
        if sum(text + 3 for _, text in widths) > TABLE_COLUMNS:
            if sum(word + 2 for word, _ in widths) > TABLE_COLUMNS:
                size = "scriptsize"
            for spec, share in zip(table["c"][2], shares(widths, TABLE_COLUMNS)):
                spec[1] = {"t": "ColWidth", "c": round(0.99 * share, 4)}
        return [raw("latex", f"{{\\{size}"), table, raw("latex", "}")]
