# SPDX-License-Identifier: GPL-2.0-only
"""Names that last: anchors of chunks and headings, pages of chapters.

An anchor comes from a name, never from a running number, so that a link into
the book survives the next edition.
"""

import re
from functools import lru_cache

QUOTED = re.compile(r"\[\[(.*?)\]\]")


@lru_cache(maxsize=None)
def slug(name):
    """Letters, digits, dots and dashes: good in HTML, in LaTeX and in a URL."""
    plain = QUOTED.sub(r"\1", name).replace("/", "-").replace("_", "-")
    return re.sub(r"[^A-Za-z0-9.]+", "-", plain).strip("-.") or "chunk"


def chunk_anchor(definition):
    """chunk-NAME for the first definition, chunk-NAME-2 for the next, ..."""
    return chunk_name_anchor(definition.name, definition.ordinal)


def chunk_name_anchor(name, ordinal=1):
    base = "chunk-" + slug(name)
    return base if ordinal == 1 else f"{base}--{ordinal}"


def plain(name):
    """A chunk name without the brackets of quoted code."""
    return QUOTED.sub(r"\1", name)


def parts(name):
    """Split a chunk name into [(is_code, text)]."""
    result = []
    for index, text in enumerate(QUOTED.split(name)):
        if text:
            result.append((index % 2 == 1, text))
    return result


def is_path(name):
    """Root chunks are named by the path of the file they make."""
    return "/" in name and " " not in name


def is_file(text):
    """Does quoted code name a file, so that no word of it is an identifier?"""
    return re.fullmatch(r"[\w./-]+\.(c|h|nw|ccw|py|dot|txt|md|ko)", text) is not None


PATH = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./-]*")
DECLARATION = re.compile(
    r"(struct|union|enum|function|macro|typedef|table|constant) \[\[[^\]]+\]\]")
GROWTH = re.compile(r"\[\[[^\]]+\]\] [a-z][a-z ,-]*")
STEP = re.compile(r"[a-z][^<>]*")
MAX_WORDS = 8


def grammar_fault(name):
    """None if the name is a good chunk name, else what is wrong with it."""
    if name != name.strip() or "  " in name or "\t" in name:
        return "has stray spaces; <<a b>>, <<a  b>> and <<a b >> are three chunks to noweb"
    if is_path(name):
        return None if PATH.fullmatch(name) else "is no path of the repository"
    if name in TOP_LEVEL or DECLARATION.fullmatch(name) or GROWTH.fullmatch(name):
        return None
    without_code = QUOTED.sub("x", name)
    if not STEP.fullmatch(without_code):
        return ("is neither a step (begins in lower case), nor a declaration "
                "('function [[f]]', 'struct [[x]]'), nor a growth point ('[[x]] other fields')")
    words = len(without_code.split())
    if words > MAX_WORDS:
        return f"has {words} words; say it in at most {MAX_WORDS}"
    return None


TOP_LEVEL = {"Makefile", "README.md", "LICENSE"}
