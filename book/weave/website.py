# SPDX-License-Identifier: GPL-2.0-only
"""The book as a directory of web pages, readable from file:// and without scripts."""

import os
import shutil
from html import escape

import names
import search
from htmlcode import CodeHtml
from htmlwriter import HtmlWriter
from noweb import FRONT_MATTER
from tangle import write_if_changed
from weaving import MANY, SUBTITLE, TITLE

HERE = os.path.dirname(os.path.abspath(__file__))
ASSETS = ("book.css", "book.js")
FONTS = "/usr/share/fonts-sil-charis/woff2"
FACES = ("CharisSIL-Regular", "CharisSIL-Italic", "CharisSIL-Bold", "CharisSIL-BoldItalic")
OUT = "build/book/html"


def page_of(chapter):
    return chapter.name + ".html"


class Page:
    """One HTML file: what the template needs."""

    def __init__(self, file, title, body, chapter=None, document=None):
        self.file = file
        self.title = title
        self.body = body
        self.chapter = chapter
        self.document = document


class Website:
    """Weaves all pages."""

    def __init__(self, weaving):
        self.weaving = weaving
        self.book = weaving.book
        self.out = os.path.join(self.book.root, OUT)
        self.code = CodeHtml(weaving, page_of)
        with open(os.path.join(HERE, "page.html"), encoding="utf-8") as f:
            self.template = f.read()

    def write(self):
        """Write what changed; return the number of files written."""
        pages = self.pages()
        texts = {p.file: self.render(p, pages) for p in pages}
        texts["search-index.js"] = search.script(self.weaving, page_of)
        for name in ASSETS:
            with open(os.path.join(HERE, name), encoding="utf-8") as f:
                texts[name] = f.read()
        os.makedirs(self.out, exist_ok=True)
        changed = sum(write_if_changed(os.path.join(self.out, n), t) for n, t in texts.items())
        self._copy_fonts()
        self._remove_stale(set(texts))
        return changed

    def _copy_fonts(self):
        """The book's typeface; without the package the page falls back to others."""
        os.makedirs(os.path.join(self.out, "fonts"), exist_ok=True)
        for face in FACES:
            source = os.path.join(FONTS, face + ".woff2")
            target = os.path.join(self.out, "fonts", face + ".woff2")
            if os.path.exists(source) and not os.path.exists(target):
                shutil.copy(source, target)

    def _remove_stale(self, wanted):
        for name in os.listdir(self.out):
            if name.endswith(".html") and name not in wanted:
                os.remove(os.path.join(self.out, name))

    # --- pages --------------------------------------------------------------

    def pages(self):
        """All pages in reading order."""
        chapters = self.weaving.pandoc.many(self.chapter_page, self.weaving.documents.all)
        pages = [Page("index.html", "Contents", self.contents())]
        pages += chapters
        pages += [
            Page("references.html", "References", self.references()),
            Page("files.html", "Index of files", self.files()),
            Page("chunks.html", "Index of chunks", self.chunks()),
            Page("identifiers.html", "Index of identifiers", self.identifier_index()),
        ]
        return pages

    def chapter_page(self, document):
        writer = HtmlWriter(self.weaving, self.code, document.chapter)
        tree = self.weaving.documents.transform(document, writer)
        html = self.weaving.pandoc.write(tree, "-t", "html5", "--wrap=none")
        return Page(page_of(document.chapter), document.chapter.title, writer.fill(html),
                    document.chapter, document)

    def contents(self):
        out = [f'<header class="cover"><h1>{escape(TITLE)}</h1><p>{escape(SUBTITLE)}</p></header>',
               '<div class="contents">']
        part = None
        for document in self.weaving.documents.all:
            chapter = document.chapter
            if chapter.part != part:
                out.append("</ol>" if part else "")
                front = chapter.part == FRONT_MATTER
                out.append("<ol>" if front else f"<h2>{escape(chapter.part)}</h2><ol>")
                part = chapter.part
            out.append(self._contents_entry(document))
        out.append("</ol>" if part else "")
        out.append("<h2>Indexes</h2><ol>")
        for file, title in INDEXES:
            out.append(f'<li><a href="{file}"><span class="number"></span>{title}</a></li>')
        out.append("</ol></div>")
        return "\n".join(out)

    def _contents_entry(self, document):
        chapter = document.chapter
        page = page_of(chapter)
        sections = " <span>·</span> ".join(
            f'<a href="{page}#{escape(s.id)}">{escape(s.title.strip())}</a>'
            for s in document.sections if s.level == 2)
        number = str(chapter.number or "")
        below = f"<p>{sections}</p>" if sections else ""
        return (f'<li><a class="chapter" href="{page}"><span class="number">{number}</span>'
                f"{escape(chapter.title)}</a>{below}</li>")

    def references(self):
        tree = self.weaving.pandoc.read_references()
        html = self.weaving.pandoc.write(tree, "-t", "html5", "--wrap=none")
        return f"<h1>References</h1>\n{html}"

    def files(self):
        rows = []
        for root in self.book.roots():
            chapters = []
            for definition in self._contributors(root):
                if definition.chapter not in chapters:
                    chapters.append(definition.chapter)
            where = ", ".join(f'<a href="{page_of(c)}">{escape(c.title)}</a>' for c in chapters)
            count = len(self.weaving.map.files.get(root, []))
            rows.append(f'<tr><td><a href="{escape(self.code.chunk_url(root, 1))}">'
                        f"<code>{escape(root)}</code></a></td><td class=\"num\">{count}</td>"
                        f"<td>{where}</td></tr>")
        return ("<h1>Index of files</h1><p>Every file the book makes, with its length in lines "
                "and the chapters it comes from.</p><div class=\"table\"><table class=\"index\"><thead><tr><th>File</th>"
                f'<th class="num">Lines</th><th>Told in</th></tr></thead><tbody>{"".join(rows)}'
                "</tbody></table></div>")

    def _contributors(self, root):
        seen = {}
        for _, origin in self.weaving.map.files.get(root, []):
            if origin:
                seen[id(origin.definition)] = origin.definition
        return seen.values()

    def chunks(self):
        items = []
        for name in self.weaving.step_names:
            chunk = self.book.chunks[name]
            pieces = ", ".join(
                f'<a href="{escape(self.code.chunk_url(name, d.ordinal))}">'
                f"{escape(self._place(d.chapter))}</a>" for d in chunk.definitions)
            users = {id(d): d for d, _ in chunk.uses}.values()
            used = "; ".join(self.code.chunk_link(u.name, None, u.ordinal, "plain") for u in users)
            used = f'<p>used in {used}</p>' if used else ""
            items.append((names.plain(name), f'<li><span class="name">'
                          f'{self.code.chunk_link(name, None)}</span> '
                          f'<span class="at">{pieces}</span>{used}</li>'))
        return ("<h1>Index of chunks</h1><p>Each chunk with the chapters that define it and the "
                "chunks that use it.</p>" + self._lettered(items))

    def _place(self, chapter):
        return str(chapter.number) if chapter.number else chapter.title

    def identifier_index(self):
        items = []
        for found in self.weaving.identifiers.all():
            uses = self._uses(found)
            items.append((found.name, f'<li><a class="id" href="'
                          f'{escape(self.code.identifier_url(found))}"><code>{escape(found.name)}'
                          f'</code></a> <span class="at">{found.kind}, '
                          f"<code>{escape(found.root)}</code></span>{uses}</li>"))
        return ("<h1>Index of identifiers</h1><p>Each identifier with the place of its definition "
                "and the chunks that mention it.</p>" + self._lettered(items))

    def _uses(self, found):
        uses = {u.name: u for u in reversed(found.uses) if u is not found.definition}
        if len(uses) > MANY:
            return f"<p>in {len(uses)} chunks</p>"
        links = "; ".join(self.code.chunk_link(u.name, None, u.ordinal, "plain")
                          for u in reversed(uses.values()))
        return f"<p>in {links}</p>" if links else ""

    def _lettered(self, items):
        """[(name, html)] under the letters they begin with."""
        groups = {}
        for name, html in items:
            letter = name.lstrip("_<[")[:1].upper()
            groups.setdefault(letter if letter.isalpha() else "#", []).append(html)
        bar = " ".join(f'<a href="#letter-{l if l != "#" else "other"}">{l}</a>' for l in groups)
        out = [f'<p class="letters">{bar}</p>']
        for letter, found in groups.items():
            ident = letter if letter != "#" else "other"
            out.append(f'<h2 id="letter-{ident}">{letter}</h2><ul class="index">{"".join(found)}</ul>')
        return "\n".join(out)

    # --- frame --------------------------------------------------------------

    def render(self, page, pages):
        index = pages.index(page)
        before = pages[index - 1] if index else None
        after = pages[index + 1] if index + 1 < len(pages) else None
        title = page.title if page.chapter is None else search.chapter_label(page.chapter)
        values = {
            "TITLE": escape(f"{title} – {TITLE}" if index else TITLE),
            "BOOK": escape(TITLE),
            "PART": escape(page.chapter.part if page.chapter and page.chapter.number else ""),
            "NAV": self.navigation(page),
            "BODY": page.body,
            "LINKS": self._head_links(before, after),
            "PREV": self._step(before, "prev", "Previous"),
            "NEXT": self._step(after, "next", "Next"),
            "KIND": "chapter" if page.chapter else "list",
        }
        html = self.template
        for key, value in values.items():
            html = html.replace("{{" + key + "}}", value)
        return html

    def _head_links(self, before, after):
        out = [f'<link rel="prev" href="{before.file}">'] if before else []
        out += [f'<link rel="next" href="{after.file}">'] if after else []
        return "\n".join(out)

    def _step(self, page, rel, word):
        if not page:
            return "<span></span>"
        title = search.chapter_label(page.chapter) if page.chapter else page.title
        return (f'<a rel="{rel}" href="{page.file}"><span>{word}</span>'
                f"<strong>{escape(title)}</strong></a>")

    def navigation(self, page):
        out = []
        part = None
        for document in self.weaving.documents.all:
            chapter = document.chapter
            if chapter.part != part:
                out.append("</ol>" if part else "")
                label = chapter.part.partition(": ")[2]     # none: front matter
                out.append(f"<p>{escape(label)}</p><ol>" if label else "<ol>")
                part = chapter.part
            out.append(self._nav_entry(document, page))
        out.append("</ol>" if part else "")
        out.append("<p>Indexes</p><ol>")
        for file, title in INDEXES:
            current = ' aria-current="page"' if file == page.file else ""
            out.append(f'<li><a href="{file}"{current}><span class="number"></span>{title}</a></li>')
        out.append("</ol>")
        return "\n".join(out)

    def _nav_entry(self, document, page):
        chapter = document.chapter
        current = document is page.document
        sections = ""
        if current:
            links = "".join(f'<li><a href="#{escape(s.id)}">{escape(s.title.strip())}</a></li>'
                            for s in document.sections if s.level == 2)
            sections = f'<ol class="sections">{links}</ol>' if links else ""
        mark = ' aria-current="page"' if current else ""
        return (f'<li><a href="{page_of(chapter)}"{mark}><span class="number">'
                f'{chapter.number or ""}</span>{escape(chapter.title)}</a>{sections}</li>')


INDEXES = (("references.html", "References"), ("files.html", "Files"),
           ("chunks.html", "Chunks"), ("identifiers.html", "Identifiers"))
