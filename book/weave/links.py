# SPDX-License-Identifier: GPL-2.0-only
"""Checks the woven pages: every link has an end, nothing is asked of strangers."""

import os
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from report import Problem

# Elements whose address the browser fetches by itself.
FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


class PageReader(HTMLParser):
    """Collects ids, links and fetched addresses of one page."""

    def __init__(self):
        super().__init__()
        self.ids = {}           # id -> line of its first appearance
        self.doubled = []       # (line, id)
        self.links = []         # (line, address)
        self.fetched = []       # (line, address)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        line = self.getpos()[0]
        if given.get("id"):
            if given["id"] in self.ids:
                self.doubled.append((line, given["id"]))
            self.ids.setdefault(given["id"], line)
        if tag == "a" and given.get("href"):
            self.links.append((line, given["href"]))
        if tag in FETCHED and given.get(FETCHED[tag]):
            self.fetched.append((line, given[FETCHED[tag]]))

    handle_startendtag = handle_starttag


def read_pages(directory):
    pages = {}
    for name in sorted(os.listdir(directory)):
        if name.endswith(".html"):
            reader = PageReader()
            with open(os.path.join(directory, name), encoding="utf-8") as f:
                reader.feed(f.read())
            pages[name] = reader
    return pages


def check(directory):
    """Return (number of internal links, problems)."""
    pages = read_pages(directory)
    problems, count = [], 0
    for name, page in pages.items():
        def say(line, text):
            problems.append(Problem(os.path.join(directory, name), line, text))

        for line, ident in page.doubled:
            say(line, f"id '{ident}' stands twice on this page")
        for line, address in page.fetched:
            if urlsplit(address).scheme or address.startswith("//"):
                say(line, f"fetches {address} from another host")
            elif not os.path.exists(os.path.join(directory, unquote(urlsplit(address).path))):
                say(line, f"fetches {address}, which is not there")
        for line, address in page.links:
            parts = urlsplit(address)
            if parts.scheme in ("http", "https", "mailto"):
                continue
            count += 1
            target = unquote(parts.path) or name
            anchor = unquote(parts.fragment)
            if target not in pages:
                if not os.path.exists(os.path.join(directory, target)):
                    say(line, f"link to {address}: there is no such page")
            elif anchor and anchor not in pages[target].ids:
                say(line, f"link to {address}: {target} has no id '{anchor}'")
    return count, problems
