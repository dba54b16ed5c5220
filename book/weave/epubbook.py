# SPDX-License-Identifier: GPL-2.0-only
"""The book as EPUB 3: the web pages' contents in the frame that readers want.

pandoc could write EPUB itself, but it would not know the links inside our code;
the frame is four small files.
"""

import os
import re
import shutil
import time
import xml.etree.ElementTree as ET
import zipfile
from html import escape

from htmlcode import CodeHtml
from htmlwriter import HtmlWriter
from report import BookError
from tree import raw
from weaving import SUBTITLE, TITLE

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = "build/book/book.epub"
IDENTIFIER = "urn:book:a-channel-of-ones-own"

PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><meta charset="utf-8"/><title>{title}</title><link rel="stylesheet" href="book.css"/></head>
<body>
{body}
</body>
</html>
"""
CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:description>{subtitle}</dc:description>
<dc:language>en</dc:language>
<meta property="dcterms:modified">{modified}</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def page_of(chapter):
    return chapter.name + ".xhtml"


def without_doctype(svg):
    """EPUB 3 allows no external identifier, which Graphviz writes."""
    return re.sub(r"<!DOCTYPE.*?>", "", svg, count=1, flags=re.S)


class EpubWriter(HtmlWriter):
    """HTML without what only a browser can do; figures as files."""

    def __init__(self, weaving, code, chapter, figures):
        super().__init__(weaving, code, chapter, "references.xhtml", anchors=False)
        self.figures = figures

    def figure(self, name, target, caption, wide):
        path = os.path.join(self.weaving.book.root, "build/figures", name + ".svg")
        if not os.path.exists(path):
            return super().figure(name, target, caption, wide)
        self.figures[name] = path
        head = (f'<figure id="{escape(target.id)}"><img src="{name}.svg" '
                f'alt="{escape(target.title.strip())}"/><figcaption><b>{target.label()}.</b> ')
        return [raw("html", head), {"t": "Plain", "c": caption},
                raw("html", "</figcaption></figure>")]


class EpubBook:
    """Weaves and packs the EPUB."""

    def __init__(self, weaving):
        self.weaving = weaving
        self.book = weaving.book
        self.code = CodeHtml(weaving, page_of, peeks=False)
        self.figures = {}

    def write(self):
        pages = [("title", TITLE, f"<h1>{escape(TITLE)}</h1><p><i>{escape(SUBTITLE)}</i></p>")]
        pages += self.weaving.pandoc.many(self._chapter, self.weaving.documents.all)
        tree = self.weaving.pandoc.read_references()
        pages.append(("references", "References", "<h1>References</h1>"
                      + self.weaving.pandoc.write(tree, "-t", "html5", "--wrap=none")))
        files = {f"{name}.xhtml": PAGE.format(title=escape(title), body=body)
                 for name, title, body in pages}
        files["nav.xhtml"] = self._navigation(pages)
        for name, text in files.items():
            self._check(name, text)
        files["book.opf"] = self._package(pages)
        with open(os.path.join(HERE, "epub.css"), encoding="utf-8") as f:
            files["book.css"] = f.read()
        self._pack(files)

    def _chapter(self, document):
        chapter = document.chapter
        writer = EpubWriter(self.weaving, self.code, chapter, self.figures)
        tree = self.weaving.documents.transform(document, writer)
        html = writer.fill(self.weaving.pandoc.write(tree, "-t", "html5", "--wrap=none"))
        title = f"{chapter.number} {chapter.title}" if chapter.number else chapter.title
        return chapter.name, title, html

    @staticmethod
    def _check(name, text):
        """EPUB pages are XML; one that does not parse would open nowhere."""
        try:
            ET.fromstring(text)
        except ET.ParseError as error:
            raise BookError(f"{OUT}: {name} is not well-formed: {error}")

    def _navigation(self, pages):
        items = "\n".join(f'<li><a href="{n}.xhtml">{escape(t)}</a></li>' for n, t, _ in pages)
        body = f'<nav epub:type="toc"><h1>Contents</h1><ol>{items}</ol></nav>'
        return PAGE.format(title="Contents", body=body)

    def _package(self, pages):
        manifest = ['<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" '
                    'properties="nav"/>', '<item id="css" href="book.css" media-type="text/css"/>']
        manifest += [f'<item id="{n}" href="{n}.xhtml" media-type="application/xhtml+xml"/>'
                     for n, _, _ in pages]
        manifest += [f'<item id="figure-{n}" href="{n}.svg" media-type="image/svg+xml"/>'
                     for n in sorted(self.figures)]
        spine = "\n".join(f'<itemref idref="{n}"/>' for n, _, _ in pages)
        return PACKAGE.format(identifier=IDENTIFIER, title=escape(TITLE),
                              subtitle=escape(SUBTITLE), modified=self._modified(),
                              manifest="\n".join(manifest), spine=spine)

    def _modified(self):
        """SOURCE_DATE_EPOCH, or when the youngest chapter was written."""
        newest = max(os.path.getmtime(os.path.join(self.book.root, c.path))
                     for c in self.book.chapters)
        seconds = int(os.environ.get("SOURCE_DATE_EPOCH", newest))
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))

    def _pack(self, files):
        path = os.path.join(self.book.root, OUT)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        temporary = path + ".new"

        def add(pack, name, data, method=zipfile.ZIP_DEFLATED):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            info.external_attr = 0o644 << 16
            pack.writestr(info, data)

        with zipfile.ZipFile(temporary, "w") as pack:
            add(pack, "mimetype", "application/epub+zip", zipfile.ZIP_STORED)
            add(pack, "META-INF/container.xml", CONTAINER)
            for name in sorted(files):
                add(pack, "EPUB/" + name, files[name])
            for name, source in sorted(self.figures.items()):
                with open(source, encoding="utf-8") as f:
                    add(pack, f"EPUB/{name}.svg", without_doctype(f.read()))
        shutil.move(temporary, path)
