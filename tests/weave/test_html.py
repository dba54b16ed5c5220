# SPDX-License-Identifier: GPL-2.0-only
"""The woven pages: a golden page, links, search, and what a page must not do."""

import json
import os
import re
import shutil
import subprocess
import unittest
import zipfile

from support import HERE, WEAVE, BookTest, run, woven_toy

import links

class Pages(unittest.TestCase):
    """The toy, woven once."""

    @classmethod
    def setUpClass(cls):
        cls.toy = woven_toy()
        cls.addClassCleanup(shutil.rmtree, cls.toy)

    def page(self, name):
        with open(os.path.join(self.toy, "build/book/html", name), encoding="utf-8") as f:
            return f.read()

    def test_golden_page(self):
        """The page is what it was; look at the difference, then run with UPDATE=1."""
        body = re.search(r"<main.*</main>", self.page("counter.html"), re.S).group() + "\n"
        path = os.path.join(HERE, "golden", "counter.html")
        if os.environ.get("UPDATE"):
            with open(path, "w", encoding="utf-8") as f:
                f.write(body)
        with open(path, encoding="utf-8") as f:
            self.assertEqual(body, f.read())

    def test_every_link_has_an_end(self):
        done = run(self.toy, "check-links")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"^\d\d+ links, 0 problems")

    def test_chunk_links(self):
        """Defined, continued, continues, used in: across pages and on one."""
        page = self.page("growth.html")
        for part in ('id="chunk-counter-other-fields"', 'id="chunk-counter-other-fields--2"',
                     '<a href="#chunk-counter-other-fields--2">Continued ↓</a>',
                     '<a href="#chunk-counter-other-fields">Continues ↑</a>',
                     'Used in <a class="plain" href="counter.html#chunk-struct-counter">'):
            self.assertIn(part, page)

    def test_peek_needs_no_script(self):
        """The code of a used chunk stands in a <details> at its use."""
        page = self.page("counter.html")
        root = page[page.index('id="chunk-src-counter.c"'):page.index('id="chunk-add-one"')]
        peek = re.search(r"<details><summary.*?</summary>(.*?)</details>", root, re.S).group(1)
        self.assertIn("\tc-&gt;value++;", peek)

    def test_blank_line_before_a_use_shows(self):
        """Browsers drop the last newline of a <pre>; there must be one to drop."""
        page = self.page("counter.html")
        self.assertIn('define COUNTER_H</span>\n\n</code></pre><div class="use">', page)

    def test_tabs_survive(self):
        self.assertIn('\t<span class="t">int</span> value;', self.page("counter.html"))

    def test_identifier_links(self):
        """From code, across chapters, and from quoted code in prose."""
        page = self.page("counter.html")
        self.assertIn('<p>A counter has a value. The type is <code>struct <a href="#id-counter"', page)
        self.assertIn('<span class="def" id="id-counter">', page)
        self.assertIn('href="counter.html#id-counter_step"', self.page("growth.html"))

    def test_empty_references_are_filled(self):
        self.assertRegex(self.page("preface.html"), r'<a href="counter.html"[^>]*>Chapter.1</a>')
        self.assertRegex(self.page("growth.html"),
                         r'<a href="counter.html#fig:count"[^>]*>Figure.1.1</a>')

    def test_bar_in_quoted_code_does_not_break_a_table(self):
        self.assertRegex(self.page("counter.html"), r"<td><code><a[^>]*>TWICE</a>\(x\)</code></td>")

    def test_citation_leads_to_the_references(self):
        self.assertRegex(self.page("preface.html"), r'href="references.html#ref-knuth1984"')
        self.assertIn('id="ref-knuth1984"', self.page("references.html"))

    def test_theme_is_set_before_the_style_paints(self):
        """No flash: the theme is read in the head, by an inline script."""
        head = self.page("counter.html").partition("</head>")[0]
        self.assertIn("localStorage.getItem", head)

    def test_figure_follows_the_page(self):
        page = self.page("counter.html")
        svg = re.search(r"<svg.*?</svg>", page, re.S).group()
        self.assertNotIn('"black"', svg)
        self.assertIn("stroke:currentColor", svg)
        self.assertIn("light-dark(#f6eedd,", svg)
        self.assertIn("One ellipse with the word count.", page)

    def test_landmarks(self):
        page = self.page("counter.html")
        for part in ('<html lang="en">', 'class="skip" href="#main"', '<main id="main"',
                     '<nav id="contents" aria-label='):
            self.assertIn(part, page)


class Weaving(BookTest):
    """What weaving does with a changed or broken book."""

    def setUp(self):
        super().setUp()
        self.put_toy()

    def test_missing_figure_stops_with_place(self):
        os.remove(os.path.join(self.root, "build/figures/count.svg"))
        done = run(self.root, "html")
        self.assertEqual(done.returncode, 1)
        self.assertIn("book/counter.nw:6: figure 'count'", done.stderr)

    def test_second_run_changes_nothing(self):
        self.run_ok("html")
        self.assertIn("(0 files changed)", self.run_ok("html").stdout)

    def test_name_of_a_file_holds_no_identifier(self):
        """The toy has a macro TWICE; TWICE.ccw is not about it."""
        path = os.path.join(self.root, "book/counter.nw")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.rstrip("@\n") + "\n@\nSee [[tests/TWICE.ccw]].\n")
        self.run_ok("html")
        with open(os.path.join(self.root, "build/book/html/counter.html"), encoding="utf-8") as f:
            self.assertIn("<code>tests/TWICE.ccw</code>", f.read())

    def test_page_of_a_removed_chapter_goes(self):
        self.run_ok("html")
        stale = os.path.join(self.root, "build/book/html/old.html")
        with open(stale, "w", encoding="utf-8"):
            pass
        self.run_ok("html")
        self.assertFalse(os.path.exists(stale))

    def test_broken_link_is_found(self):
        self.run_ok("html")
        path = os.path.join(self.root, "build/book/html/counter.html")
        with open(path, "a", encoding="utf-8") as f:
            f.write('<a href="growth.html#nowhere">x</a><img src="https://example.org/x.png">')
        done = run(self.root, "check-links")
        self.assertEqual(done.returncode, 1)
        self.assertIn("growth.html has no id 'nowhere'", done.stderr)
        self.assertIn("from another host", done.stderr)


class Search(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.toy = woven_toy()
        cls.addClassCleanup(shutil.rmtree, cls.toy)
        with open(os.path.join(cls.toy, "build/book/html/search-index.js"), encoding="utf-8") as f:
            script = f.read()
        cls.index = json.loads(re.fullmatch(r"window\.bookIndex = (.*);\n", script, re.S).group(1))

    def test_index_holds_sections_chunks_and_identifiers(self):
        titles = {(e["k"], e["t"]) for e in self.index}
        for wanted in (("section", "Stepping"), ("chunk", "add one"), ("file", "src/counter.c"),
                       ("function", "counter_step"), ("macro", "TWICE"), ("struct", "counter")):
            self.assertIn(wanted, titles)

    def test_addresses_exist(self):
        pages = links.read_pages(os.path.join(self.toy, "build/book/html"))
        for entry in self.index:
            page, _, anchor = entry["u"].partition("#")
            self.assertTrue(not anchor or anchor in pages[page].ids, entry["u"])

    def search(self, query):
        script = (f"const b = require({json.dumps(os.path.join(WEAVE, 'book.js'))});"
                  f"const i = {json.dumps(self.index)};"
                  f"console.log(JSON.stringify(b.searchBook(i, {json.dumps(query)})"
                  ".map(f => f.entry.t)));")
        done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    @unittest.skipUnless(shutil.which("node"), "needs node to run the page's script")
    def test_the_page_finds(self):
        self.assertEqual(self.search("counter_step")[0], "counter_step")
        self.assertEqual(self.search("stepping")[0], "Stepping")
        self.assertIn("Stepping", self.search("WRAPPED middle"))
        self.assertEqual(self.search("wrapped zebra"), [])
        self.assertEqual(self.search("  "), [])


class Epub(BookTest):

    def test_epub_is_whole(self):
        self.put_toy()
        self.run_ok("epub")
        with zipfile.ZipFile(os.path.join(self.root, "build/book/book.epub")) as pack:
            self.assertEqual(pack.infolist()[0].filename, "mimetype")
            self.assertEqual(pack.infolist()[0].compress_type, zipfile.ZIP_STORED)
            names = set(pack.namelist())
            text = pack.read("EPUB/growth.xhtml").decode()
            self.assertNotIn(b"<!DOCTYPE", pack.read("EPUB/count.svg"))
        self.assertIn("EPUB/count.svg", names)
        for page in re.findall(r'href="([^"#]+\.xhtml)', text):
            self.assertIn("EPUB/" + page, names)


if __name__ == "__main__":
    unittest.main()
