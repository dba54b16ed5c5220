# SPDX-License-Identifier: GPL-2.0-only
"""Small helpers for pandoc's syntax tree (JSON as Python lists)."""

from urllib.parse import unquote


def walk(node, change):
    """Rebuild a tree; change(element) gives None (keep, go inside) or a list."""
    if isinstance(node, list):
        result = []
        for item in node:
            if isinstance(item, dict) and "t" in item:
                new = change(item)
                if new is None:
                    result.append(walk(item, change))
                else:
                    result.extend(new)
            else:
                result.append(walk(item, change))
        return result
    if isinstance(node, dict):
        return {k: walk(v, change) for k, v in node.items()}
    return node


def elements(node, kind):
    """All elements of a kind, in order."""
    if isinstance(node, dict):
        if node.get("t") == kind:
            yield node
        for value in node.values():
            yield from elements(value, kind)
    elif isinstance(node, list):
        for item in node:
            yield from elements(item, kind)


def text_of(node):
    """The plain text of inlines or blocks; quoted code decoded."""
    if isinstance(node, list):
        return "".join(text_of(n) for n in node)
    if not isinstance(node, dict):
        return ""
    kind, content = node.get("t"), node.get("c")
    if kind == "Str":
        return content
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Code", "CodeBlock"):
        return content[1]
    if kind == "RawInline":
        return unquote(content[1]) if content[0] == "weave-code" else ""
    if kind == "RawBlock":
        return ""
    if kind == "Quoted":
        return "“" + text_of(content[1]) + "”"
    if kind in ("Link", "Image", "Span"):
        return text_of(content[1])
    if kind == "Cite":
        return text_of(content[1])
    if kind in ("Para", "Plain", "Header"):
        return text_of(content[2] if kind == "Header" else content) + "\n"
    if kind == "Note":
        return " " + text_of(content) + " "
    if kind == "Table":
        return text_of_table(content)
    if isinstance(content, list):
        return text_of([c for c in flatten(content)])
    return ""


def flatten(content):
    for item in content:
        if isinstance(item, dict):
            yield item
        elif isinstance(item, list):
            yield from flatten(item)


def text_of_table(content):
    return " ".join(text_of(item) for item in flatten(content) if "t" in item
                    and item["t"] in ("Plain", "Para")) + "\n"


def raw(fmt, text):
    return {"t": "RawBlock", "c": [fmt, text]}


def raw_inline(fmt, text):
    return {"t": "RawInline", "c": [fmt, text]}


def string(text):
    """Inlines for a plain text."""
    result = []
    for number, word in enumerate(text.split(" ")):
        if number:
            result.append({"t": "Space"})
        if word:
            result.append({"t": "Str", "c": word})
    return result


def attribute(attr, key, default=None):
    return dict(attr[2]).get(key, default)
