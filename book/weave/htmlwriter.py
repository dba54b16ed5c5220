# SPDX-License-Identifier: GPL-2.0-only
"""The constructs of the book as HTML, for document.Transformer.

Chunks and quoted code are left as marks, so that pandoc's output depends on the
prose alone and can be kept while code changes; `fill()` puts the code in.
"""

import os
import re
from html import escape
from urllib.parse import quote, unquote

import svg
from report import BookError
from tree import attribute, raw, raw_inline

MONTHS = ("January February March April May June July August September October "
          "November December").split()
MARK = re.compile(r"<!--weave:(\w+):([^>]*?)-->")


def spoken_date(date):
    """2018-04-06 as "6 April 2018"; anything else as it stands."""
    match = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", date or "")
    if not match or not 1 <= int(match.group(2)) <= 12:
        return date or ""
    day = f"{int(match.group(3))} " if match.group(3) else ""
    return f"{day}{MONTHS[int(match.group(2)) - 1]} {match.group(1)}"


class HtmlWriter:
    """Writes one chapter; `code` is a CodeHtml, `pages` maps chapters to files."""

    format = "html"

    def __init__(self, weaving, code, chapter, references="references.html", anchors=True):
        self.weaving = weaving
        self.code_html = code
        self.chapter = chapter
        self.references = references
        self.anchors = anchors

    # --- marks, filled in after pandoc -------------------------------------

    def chunk_mark(self, number):
        return f"<!--weave:chunk:{number}-->"

    def quoted_mark(self, text):
        return f"<!--weave:quoted:{quote(text, safe='')}-->"

    def fill(self, html):
        """Replace the marks in pandoc's output by code."""
        definitions = self.chapter.definitions()

        def put(match):
            kind, value = match.groups()
            if kind == "chunk":
                return self.code_html.chunk(definitions[int(value)])
            return self.code_html.quoted(unquote(value), self.chapter)

        return MARK.sub(put, html)

    # --- constructs ---------------------------------------------------------

    def code(self, text):
        return f"<code>{escape(text, quote=False)}</code>"

    def code_block(self, text, language):
        lines = self.weaving.highlighter.plain(text, language)
        body = "\n".join(self.code_html.line(l, self.chapter) for l in lines)
        return (f'<div class="code fenced" tabindex="0" role="group" aria-label="Example">'
                f"<pre><code>{body}\n</code></pre></div>")

    def listing(self, text, given):
        path = given["file"]
        title = given.get("title", "")
        body = self.code_block(text, given.get("as", path))
        caption = f"<figcaption>{escape(title)}</figcaption>" if title else ""
        return f'<figure class="listing">{caption}{body}</figure>'

    def header(self, level, attr, inlines, target):
        if target and target.number:
            inlines = [raw_inline("html", f'<span class="number">{target.number}</span> ')] + inlines
        if self.anchors and attr[0]:
            link = (f' <a class="anchor" href="#{escape(attr[0])}" '
                    'aria-label="Link to this section">#</a>')
            inlines = inlines + [raw_inline("html", link)]
        return [{"t": "Header", "c": [level, attr, inlines]}]

    def url(self, target):
        page = "" if target.chapter is self.chapter else self.code_html.page_of(target.chapter)
        if target.kind == "chapter":
            return self.code_html.page_of(target.chapter)
        return f"{page}#{target.id}"

    def reference(self, target, inlines):
        title = target.title if target.number else ""
        return [{"t": "Link", "c": [["", ["xref"], []], inlines, [self.url(target), title]]}]

    def citation(self, key, inlines):
        return [{"t": "Link", "c": [["", ["cite"], []], inlines, [f"{self.references}#{key}", ""]]}]

    def figure(self, name, target, caption, wide):
        base = os.path.join(self.weaving.book.root, "build/figures", name)
        if not os.path.exists(base + ".svg"):       # only in a draft
            return [raw("html", f'<p class="missing" id="{escape(target.id)}">'
                        f"[figure {escape(name)} is not built yet]</p>")]
        with open(base + ".svg", encoding="utf-8") as f:
            source = f.read()
        description = ""
        if os.path.exists(base + ".txt"):
            with open(base + ".txt", encoding="utf-8") as f:
                description = f.read().strip()
        drawing, width = svg.inline(source, name, escape(target.title.strip()), description)
        if not drawing.startswith("<svg"):
            raise BookError(f"build/figures/{name}.svg: no <svg> element found")
        style = f' style="max-width:{width / 16:.2f}rem"' if width else ""
        css = "figure wide" if wide else "figure"
        head = (f'<figure class="{css}" id="{escape(target.id)}">'
                f'<div class="drawing" tabindex="0" role="group" aria-label="Drawing">'
                f'<div class="canvas"{style}>{drawing}</div></div>')
        text = ""
        if description:
            text = (f'<details class="alternative"><summary>In words</summary>'
                    f'<div id="{name}-text" class="words">{escape(description)}</div></details>')
        label = f'<figcaption><span class="label">{target.label()}.</span> '
        return [raw("html", head + label), {"t": "Plain", "c": caption},
                raw("html", f"</figcaption>{text}</figure>")]

    def passage(self, kind, attr, blocks, target):
        title = attribute(attr, "title", "")
        if kind == "aside":
            return [raw("html", '<aside class="margin">'), *blocks, raw("html", "</aside>")]
        if kind == "discussion":
            date = attribute(attr, "date", "")
            when = escape(spoken_date(date))
            if when != escape(date):        # a date that machines know, too
                when = f'<time datetime="{escape(date)}">{when}</time>'
            head = f'<p class="kind">On the list{", " if when else ""}{when}</p>'
        elif kind == "linux":
            head = '<p class="kind">What Linux does</p>'
        else:
            level = int(attribute(attr, "level", "1"))
            stars = f'<span title="Level {level} of 3">{"★" * level}{"☆" * (3 - level)}</span>'
            head = f'<p class="kind">{target.label()} {stars}</p>'
        ident = f' id="{escape(attr[0])}"' if attr[0] else ""
        html = f'<section class="passage {kind}"{ident}>{head}'
        if title:
            html += f'<p class="passage-title">{escape(title)}</p>'
        return [raw("html", html), *blocks, raw("html", "</section>")]

    def table(self, table):
        return [raw("html", '<div class="table" tabindex="0" role="group" aria-label="Table">'),
                table, raw("html", "</div>")]
