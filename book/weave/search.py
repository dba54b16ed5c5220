# SPDX-License-Identifier: GPL-2.0-only
"""The search index: plain data in a script, since file:// pages may not fetch.

One entry for each section, chunk name and identifier.  The page's script does the
matching; it needs no more than the text.
"""

import json
import re

import names
from tree import text_of


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def section_text(section):
    return squeeze(text_of(section.blocks))


def entries(weaving, page_of):
    """Yield {u: address, k: kind, t: title, c: chapter, x: text}."""
    for document in weaving.documents.all:
        chapter = document.chapter
        label = chapter_label(chapter)
        page = page_of(chapter)
        for section in document.sections:
            anchor = "" if section.level == 1 else "#" + section.id
            yield {"u": page + anchor, "k": "section", "t": squeeze(section.title), "c": label,
                   "x": section_text(section)}
    for name in weaving.chunk_names:
        definition = weaving.book.chunks[name].definitions[0]
        code = "\n".join(l.source() for l in weaving.book.chunks[name].lines())
        yield {"u": f"{page_of(definition.chapter)}#{names.chunk_anchor(definition)}",
               "k": "file" if names.is_path(name) else "chunk", "t": names.plain(name),
               "c": chapter_label(definition.chapter), "x": squeeze(code)}
    for found in weaving.identifiers.all():
        yield {"u": f"{page_of(found.definition.chapter)}#{found.anchor}", "k": found.kind,
               "t": found.name, "c": found.root, "x": ""}


def chapter_label(chapter):
    return f"{chapter.number} {chapter.title}" if chapter.number else chapter.title


def script(weaving, page_of):
    """The text of search-index.js."""
    data = json.dumps(list(entries(weaving, page_of)), ensure_ascii=False,
                      separators=(",", ":"))
    return f"window.bookIndex = {data};\n"
