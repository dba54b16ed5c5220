# SPDX-License-Identifier: GPL-2.0-only
"""Code and chunk names as HTML.

`page_of(chapter)` gives the file a chapter is in, so the same code serves the
web pages and the EPUB.
"""

from html import escape

import names

PEEK_DEPTH = 2


def name_html(name):
    """A chunk name; quoted code in it set as code."""
    return "".join(f"<code>{escape(t)}</code>" if code else escape(t)
                   for code, t in names.parts(name))


def bracketed(inner):
    return f'<span class="ab">⟨</span>{inner}<span class="ab">⟩</span>'


class CodeHtml:
    """Writes spans, chunks and references between them."""

    def __init__(self, weaving, page_of, peeks=True):
        self.weaving = weaving
        self.book = weaving.book
        self.page_of = page_of
        self.peeks = peeks

    def chunk_url(self, name, ordinal, here=None):
        """Address of a definition, relative to the page of chapter `here`."""
        definition = self.book.chunks[name].definitions[ordinal - 1]
        return self._url(definition.chapter, names.chunk_anchor(definition), here)

    def identifier_url(self, found, here=None):
        return self._url(found.definition.chapter, found.anchor, here)

    def _url(self, chapter, anchor, here):
        page = "" if chapter is here else self.page_of(chapter)
        return f"{page}#{anchor}"

    def chunk_link(self, name, here, ordinal=1, css="ref"):
        """⟨name⟩ as a link, or marked as missing."""
        inner = bracketed(name_html(name))
        if name not in self.book.chunks:
            return f'<span class="{css} missing">{inner}</span>'
        url = escape(self.chunk_url(name, ordinal, here))
        return f'<a class="{css}" href="{url}">{inner}</a>'

    def span(self, span, here, anchors=True):
        """One span of code."""
        if span.style == "use":
            return self.chunk_link(span.text, here)
        text = escape(span.text, quote=False)
        if span.target and anchors:
            return f'<span class="def" id="{escape(span.target.anchor)}">{text}</span>'
        style = f' class="{span.style}"' if span.style else ""
        if span.link:
            url = escape(self.identifier_url(span.link, here))
            title = escape(f"{span.link.kind}, {span.link.root}")
            return f'<a{style} href="{url}" title="{title}">{text}</a>'
        return f"<span{style}>{text}</span>" if style else text

    def line(self, spans, here, anchors=True):
        return "".join(self.span(s, here, anchors) for s in spans)

    def quoted(self, text, here):
        """Code quoted in prose: [[text]]."""
        if text.startswith("<<") and text.endswith(">>"):
            return self.chunk_link(text[2:-2], here)
        if text in self.book.chunks and names.is_path(text):
            url = escape(self.chunk_url(text, 1, here))
            return f'<code><a href="{url}">{escape(text)}</a></code>'
        return f"<code>{self.line(self.weaving.quoted(text, here), here)}</code>"

    def code(self, definition, here):
        """The body of a definition: plain stretches and uses with a peek."""
        return self._body(self.weaving.spans[id(definition)], here, "", 0, (definition.name,))

    def _body(self, lines, here, indent, depth, parents):
        """Lines as <pre> stretches between uses that stand alone on a line."""
        out, stretch = [], []
        anchors = depth == 0

        def flush():
            if stretch:
                # with a newline at the end, or a last empty line would not show
                out.append("<pre><code>" + "\n".join(stretch) + "\n</code></pre>")
                stretch.clear()

        for spans in lines:
            use = self._lone_use(spans, depth, parents)
            if use:
                flush()
                out.append(self._use(spans, use, here, indent, depth, parents))
            else:
                text = self.line(spans, here, anchors)
                stretch.append(indent + text if text else text)
        flush()
        return "".join(out)

    def _lone_use(self, spans, depth, parents):
        """The chunk that a line uses, if it holds nothing else and may be opened."""
        visible = [s for s in spans if s.style == "use" or s.text.strip()]
        if (not self.peeks or depth >= PEEK_DEPTH or len(visible) != 1
                or visible[0].style != "use"):
            return None
        name = visible[0].text
        return name if name in self.book.chunks and name not in parents else None

    def _use(self, spans, name, here, indent, depth, parents):
        lead = indent + "".join(s.text for s in spans if s.style != "use").rstrip("\n")
        pieces = self.book.chunks[name].definitions
        lines = [l for d in pieces for l in self.weaving.spans[id(d)]]
        body = self._body(lines, here, lead, depth + 1, parents + (name,))
        label = escape(f"Show “{names.plain(name)}” here")
        return (f'<div class="use"><span class="line">{lead}{self.chunk_link(name, here)}</span>'
                f'<details><summary title="{label}"><span class="vh">{label}</span></summary>'
                f'<div class="peek">{body}</div></details></div>')

    def chunk(self, definition):
        """A whole definition: name, code, where it belongs."""
        here = definition.chapter
        anchor = names.chunk_anchor(definition)
        before, _ = self.weaving.neighbours(definition)
        sign = "≡" if not before else "+≡"
        sign_text = "is" if not before else "goes on with"
        name = bracketed(name_html(definition.name))
        if before:
            name = (f'<a href="{escape(self.chunk_url(definition.name, 1, here))}" '
                    f'title="First part of this chunk">{name}</a>')
        root = not self.book.chunks[definition.name].uses
        css = "chunk root" if root else "chunk"
        return (f'<figure class="{css}" id="{anchor}"><figcaption>'
                f'<a class="anchor" href="#{anchor}" aria-label="Link to this chunk">#</a>'
                f'<span class="name">{name}</span> '
                f'<span class="sign" title="{sign_text}">{sign}</span>'
                f'{self._file_label(definition)}</figcaption>'
                f'<div class="code" tabindex="0" role="group" '
                f'aria-label="{escape("Code: " + names.plain(definition.name))}">'
                f'{self.code(definition, here)}</div>{self._footer(definition)}</figure>')

    def _file_label(self, definition):
        """The file the code ends up in, where the name does not tell."""
        roots = self.weaving.roots_of(definition.name)
        if definition.name in self.weaving.reached:
            total, reached = self.weaving.reached[definition.name]
            return f'<span class="file">the tests reach {reached} of {total} lines</span>'
        if definition.name in roots or not roots:
            return ""
        first = roots[0]
        more = f" and {len(roots) - 1} more" if len(roots) > 1 else ""
        url = escape(self.chunk_url(first, 1, definition.chapter))
        return (f'<span class="file"><a href="{url}" title="Goes into {escape(first)}">'
                f'{escape(first)}</a>{more}</span>')

    def _footer(self, definition):
        here = definition.chapter
        before, after = self.weaving.neighbours(definition)
        items = []
        if before:
            items.append(self._neighbour("Continues", "↑", before, here))
        if after:
            items.append(self._neighbour("Continued", "↓", after, here))
        users = self.weaving.users(definition)
        if users and not before:
            links = ", ".join(self._user(u, here) for u in users)
            items.append(f"Used in {links}")
        if not items:
            return ""
        return '<p class="where">' + " <span>·</span> ".join(items) + "</p>"

    def _user(self, user, here):
        link = self.chunk_link(user.name, here, user.ordinal, css="plain")
        return link + self._elsewhere(user.chapter, here)

    def _neighbour(self, word, arrow, other, here):
        url = escape(self.chunk_url(other.name, other.ordinal, here))
        return f'<a href="{url}">{word} {arrow}</a>{self._elsewhere(other.chapter, here)}'

    def _elsewhere(self, chapter, here):
        if chapter is here:
            return ""
        label = f"Chapter {chapter.number}" if chapter.number else chapter.title
        return f' <span class="away">({escape(label)})</span>'
