# SPDX-License-Identifier: GPL-2.0-only
"""Every trap of noweb and pandoc that the lint refuses, reproduced one by one.

Each test writes a book that contains one trap and expects exactly the place, what
was found and what to write instead.  Line 1 of a chapter is its heading, line 3
the first line of the given text.
"""

import unittest

from support import BookTest, run

import noweb

CODE = "<<src/a.c>>=\n{}\n@\n"


class Traps(BookTest):

    def refuse(self, text, line, *parts, files=("src/a.c",)):
        self.put_chapter(text, files)
        done = run(self.root, "lint", "--ratio", "0")
        self.assertEqual(done.returncode, 1, "the lint found nothing")
        place = f"book/one.nw:{line}: " if line else "book/one.nw: "
        hits = [l for l in done.stderr.splitlines() if l.startswith(place)]
        self.assertTrue(hits, f"nothing at {place} in:\n{done.stderr}")
        for part in parts:
            self.assertTrue(any(part in h for h in hits), f"no '{part}' in {hits}")

    def accept(self, text, files=("src/a.c",)):
        self.put_chapter(text, files)
        done = run(self.root, "lint", "--ratio", "0")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    # what noweb takes for a chunk

    def test_both_shifts_on_a_line(self):
        self.refuse(CODE.format("return x << 1 >> 2;"), 4, "<< and >> on one line of code", "@<<")

    def test_both_shifts_without_spaces(self):
        self.refuse(CODE.format("return x<<1>>2;"), 4, "<< and >> on one line of code", "@<<")

    def test_both_shifts_in_one_expression(self):
        self.refuse(CODE.format("y = x << 1 | y >> 2;"), 4, "<< and >> on one line of code")

    def test_escaped_shift_is_fine(self):
        self.accept(CODE.format("y = x @<< 1 | y >> 2;"))

    def test_one_shift_is_fine(self):
        self.accept(CODE.format("y = x << 7;"))

    def test_brackets_in_prose(self):
        self.refuse("Shift << left.\n", 3, "<< in prose stops noweb", "write @<<")

    def test_brackets_in_fenced_prose(self):
        self.refuse("```\ncat <<EOF\n```\n", 4, "<< in prose stops noweb", "write @<<")

    def test_chunk_name_in_prose(self):
        self.refuse("See <<do it>>.\n", 3, "[[<<name>>]]")

    def test_quoted_name_of_no_chunk(self):
        self.refuse("See [[<<do it>>]].\n", 3, "there is no such chunk")

    def test_chunk_in_a_comment(self):
        self.refuse(CODE.format("/* see <<do it>> */") + "\n<<do it>>=\nx\n@\n", 4,
                    "in a comment or string")

    def test_chunk_in_a_long_comment(self):
        self.refuse(CODE.format("/*\n * see <<do it>> for more\n */") + "\n<<do it>>=\nx\n@\n", 5,
                    "in a comment or string")

    def test_chunk_in_a_string(self):
        self.refuse(CODE.format('puts("<<do it>>");') + "\n<<do it>>=\nx\n@\n", 4,
                    "in a comment or string")

    def test_comment_that_grows_is_fine(self):
        self.accept(CODE.format("/**\n<<describe members>>\n */") +
                    "\n<<describe members>>=\n * @a: b\n@\n")

    # where a chunk begins and ends

    def test_indented_start(self):
        self.refuse("  <<src/a.c>>=\n", 3, "indented <<...>>=", "column 1")

    def test_text_after_start(self):
        self.refuse("<<src/a.c>>= int a;\n@\n", 3, "text after >>=", "next line")

    def test_prose_that_begins_with_at(self):
        self.refuse("Text.\n@ more text\n", 4, "'@ ' in column 1")

    def test_at_after_code_is_fine(self):
        self.accept("<<src/a.c>>=\nint a;\n@ This ends the code.\n")

    # names

    def test_names_that_differ_in_spaces(self):
        self.refuse(CODE.format("<<add  one>>") + "\n<<add  one>>=\nx\n@\n", 7, "stray spaces")

    def test_name_with_a_space_at_its_end(self):
        self.refuse(CODE.format("<<add one >>") + "\n<<add one >>=\nx\n@\n", 7, "stray spaces")

    def test_misspelt_continuation(self):
        self.refuse(CODE.format("<<add one>>") + "\n<<add one>>=\nx\n@\n\n<<add on>>=\ny\n@\n", 11,
                    "chunk <<add on>> is used nowhere", "mend the name")

    def test_undefined_chunk(self):
        self.refuse(CODE.format("<<add one>>"), 4, "used here but defined nowhere")

    def test_name_out_of_the_grammar(self):
        self.refuse(CODE.format("<<Add One>>") + "\n<<Add One>>=\nx\n@\n", 7, "neither a step")

    def test_name_of_too_many_words(self):
        name = "do this and that and then one thing more"
        self.refuse(CODE.format(f"<<{name}>>") + f"\n<<{name}>>=\nx\n@\n", 7, "9 words")

    def test_names_with_one_anchor(self):
        text = CODE.format("<<add [[x]]>>\n<<add x>>")
        self.refuse(text + "\n<<add [[x]]>>=\n1\n@\n\n<<add x>>=\n2\n@\n", 12, "too like")

    def test_chunk_that_uses_itself(self):
        self.refuse(CODE.format("<<go>>") + "\n<<go>>=\n<<go>>\n@\n", 7, "uses itself")

    # files and sizes

    def test_root_that_is_not_listed(self):
        self.refuse(CODE.format("int a;"), 3, "not listed in book/files", files=())

    def test_listed_file_that_is_no_root(self):
        self.put_chapter(CODE.format("int a;"), ["src/a.c", "src/b.c"])
        done = run(self.root, "lint", "--ratio", "0")
        self.assertIn("book/files:2: no chapter defines <<src/b.c>>=", done.stderr)

    def test_oversized_chunk(self):
        self.refuse(CODE.format("\n".join(["x;"] * 26)), 3, "26 lines", "<!-- long: reason -->")

    def test_oversized_chunk_with_a_reason(self):
        self.accept("Text.\n\n<!-- long: a table -->\n" + CODE.format("\n".join(["x;"] * 26)))

    def test_empty_chunk(self):
        self.refuse("<<src/a.c>>=\n@\n", 3, "is empty")

    def test_too_little_prose(self):
        self.put_chapter(CODE.format("\n".join(["x;"] * 20)), ["src/a.c"])
        self.assertEqual(run(self.root, "lint", "--ratio", "0.05").returncode, 0)
        done = run(self.root, "lint", "--ratio", "0.5")
        self.assertIn("book/one.nw: 1 lines of prose for 20 of code (0.05)", done.stderr)
        self.assertEqual(done.returncode, 1)

    # white space and preprocessor

    def test_code_indented_by_spaces(self):
        self.refuse(CODE.format("{\n        x;\n}"), 5, "indented by spaces", "tabs of 8")

    def test_space_before_tab(self):
        self.refuse(CODE.format("{\n  \tx;\n}"), 5, "space before a tab")

    def test_carriage_returns(self):
        self.refuse("<<src/a.c>>=\r\nint a;\r\n@\r\n", 3, "carriage return", "LF only")

    def test_chunk_in_a_macro(self):
        self.refuse(CODE.format("#define A \\\n\t<<add one>>") + "\n<<add one>>=\nx\n@\n", 5,
                    "inside a macro")

    def test_chunk_on_the_line_of_a_macro(self):
        self.refuse(CODE.format("#define A <<add one>> \\\n\t1") + "\n<<add one>>=\nx\n@\n", 4,
                    "inside a macro")

    def test_indented_directive(self):
        self.refuse(CODE.format("{\n\t<<add one>>\n}") + "\n<<add one>>=\n#ifdef X\n#endif\n@\n", 10,
                    "directive comes out indented")

    # blank lines of a file

    def test_function_right_behind_another(self):
        self.refuse(CODE.format("void a(void)\n{\n}\n<<more>>") + "\n<<more>>=\nint b;\n@\n", 11,
                    "right behind a function's end")

    def test_two_blank_lines(self):
        self.refuse(CODE.format("int a;\n\n<<more>>") + "\n<<more>>=\n\nint b;\n@\n", 10,
                    "two blank lines")

    def test_blank_line_at_the_end(self):
        self.refuse(CODE.format("int a;\n"), 5, "ends with a blank line")

    def test_one_blank_line_is_fine(self):
        self.accept(CODE.format("void a(void)\n{\n}\n\nint b;\n#define C"))

    # quoted code

    def test_inline_footnote(self):
        self.refuse("A note^[see [[a_b]]].\n", 3, "inline footnote", "[^name]")

    def test_wiki_reference(self):
        self.refuse("A [link][[b]] here.\n", 3, "not a reference link", "[text](address)")

    def test_quote_over_two_lines(self):
        self.refuse("A [[quote\nthat]] runs on.\n", 3, "[[ without ]]")

    def test_quote_in_ticks(self):
        self.refuse("A `[[quote]]` twice.\n", 3, "write only one")

    def test_shell_test_in_a_fence_survives(self):
        """noweb quotes it; the weaver puts the brackets back."""
        from prose import MarkdownMaker
        self.accept("```sh\nif [[ -f x ]]; then\n```\n", files=())
        book = noweb.load(self.root)
        self.assertIn("if [[ -f x ]]; then", MarkdownMaker(self.root, book.chapters[0]).make())

    # references

    def test_link_to_nothing(self):
        self.refuse("See [](#sec:nowhere).\n", 3, "link to #sec:nowhere")

    def test_double_id(self):
        self.refuse("## A {#sec:a}\n\n## B {#sec:a}\n", 5, "id #sec:a is already that of "
                    "book/one.nw:3")

    def test_section_without_id(self):
        self.refuse("## A section\n", 3, "{#sec:name}")

    def test_chapter_without_id(self):
        self.put_chapter("Text.\n")
        self.put("book/one.nw", "# One\n\nText.\n")
        done = run(self.root, "lint", "--ratio", "0")
        self.assertIn("book/one.nw:1: chapter heading needs {#chap:one}", done.stderr)

    def test_two_chapters_in_a_file(self):
        self.refuse("# Two {#chap:one2}\n", 1, "2 chapter headings")

    def test_missing_figure(self):
        self.refuse("![A](fig:nothing){#fig:nothing}\n", 3, "figure 'nothing'",
                    "build/figures/nothing.svg")

    def test_missing_include(self):
        self.refuse('```{.include file="build/gen/x.md"}\n```\n', 3, "cannot read build/gen/x.md")

    def test_missing_listing(self):
        self.refuse('```{.listing file="build/gen/x.txt"}\n```\n', 3, "cannot read build/gen/x.txt")

    def test_include_without_file(self):
        self.refuse('```{.include path="x"}\n```\n', 3, ".include names no file")

    def test_unknown_citation(self):
        self.refuse("As in [@nobody2018].\n", 3, "@nobody2018: no such entry")

    # places

    def test_link_to_a_place(self):
        self.accept("A [word or two]{#place}.\n\nSee [](#place).\n", files=())

    def test_link_to_no_place(self):
        self.refuse("See [](#place).\n", 3, "exercise or place has this id")

    def test_place_twice(self):
        self.refuse("[One]{#place}.\n\n[Two]{#place}.\n", 5, "#place is already")

    # passages and words

    def test_unknown_passage(self):
        self.refuse("::: remark\nx\n:::\n", 3, "unknown passage 'remark'")

    def test_open_passage(self):
        self.refuse("::: aside\nx\n", 3, "not closed")

    def test_open_fence(self):
        self.refuse("```\nx\n", 4, "not closed")

    def test_discussion_without_date(self):
        self.refuse('::: {.discussion title="A"}\nx\n:::\n', 3, "date=")

    def test_exercise_without_level(self):
        self.refuse("::: {.exercise}\nx\n:::\n", 3, "level")

    def test_doubled_word(self):
        self.refuse("This is is wrong.\n", 3, "doubled word 'is is'")

    def test_doubled_word_over_the_line_end(self):
        self.refuse("This is\nis wrong.\n", 4, "doubled word 'is'")

    def test_bare_file_name(self):
        self.refuse("Look at vfio_ccw_fsm.c there.\n", 3, "write [[vfio_ccw_fsm.c]]")

    def test_html_in_prose(self):
        self.refuse("A <b>bold</b> word.\n", 3, "HTML in prose")

    # the list of chapters

    def test_missing_chapter(self):
        self.put_chapter("Text.\n")
        self.put("book/chapters", "# Part I: One\none\ntwo\n")
        done = run(self.root, "lint")
        self.assertEqual(done.returncode, 1)
        self.assertIn("book/chapters:3: chapter 'two' is listed, but there is no book/two.nw",
                      done.stderr)
        self.assertEqual(run(self.root, "lint", "--allow-missing", "--ratio", "0").returncode, 0)


if __name__ == "__main__":
    unittest.main()
