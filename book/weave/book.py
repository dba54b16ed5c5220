#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The book's one tool: tangle, check and weave.

Exit status: 0 all well, 1 the book has faults, 2 wrong use or missing tool.
"""

import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import noweb                                                    # noqa: E402
import tangle                                                   # noqa: E402
from report import BookError, unique                                 # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load(args):
    return noweb.load(args.root, args.allow_missing)


def run_tangle(args):
    changed = tangle.tangle_all(load(args), args.outdir, args.lines)
    for name in changed:
        print(os.path.join(args.outdir, name))
    return 0


def run_map(args):
    text = json.dumps(tangle.SourceMap(load(args)).as_json(), indent=1) + "\n"
    path = os.path.join(args.root, "build/book/map.json")
    tangle.write_if_changed(path, text)
    print(path)
    return 0


def weave(args, make):
    """Let make(weaving) write something; keep what was learned for the next run."""
    from weaving import Weaving
    weaving = Weaving(load(args))
    result = make(weaving).write()
    weaving.tokens.save()
    return result


def run_html(args):
    from website import OUT, Website
    changed = weave(args, Website)
    print(f"{os.path.join(args.root, OUT)}/index.html ({changed} files changed)")
    return 0


def run_pdf(args):
    from pdfbook import OUT, PdfBook
    weave(args, PdfBook)
    print(os.path.join(args.root, OUT))
    return 0


def run_epub(args):
    from epubbook import OUT, EpubBook
    weave(args, EpubBook)
    print(os.path.join(args.root, OUT))
    return 0


def run_check_links(args):
    import links
    from website import OUT
    directory = os.path.join(args.root, OUT)
    if not os.path.isdir(directory):
        raise BookError(f"{OUT}: not there; run 'book.py html' first")
    count, problems = links.check(directory)
    for problem in unique(problems):
        print(problem, file=sys.stderr)
    print(f"{count} links, {len(problems)} problems")
    return 1 if problems else 0


def run_lint(args):
    import lint
    from pandoc import Pandoc
    problems = lint.source_problems(args.root)
    book = None
    if not problems:            # else noweb would only repeat them, less clearly
        book = load(args)
        pandoc = Pandoc(args.root)
        keys = pandoc.citation_keys() if pandoc.bibliography()[0] or not book.lenient else None
        problems = lint.check(book, args.ratio, keys)
    problems = unique(problems)
    for problem in problems:
        print(problem, file=sys.stderr)
    if book and not args.quiet:
        print(lint.ratio_table(book))
    if problems:
        print(f"{len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


def parser():
    p = argparse.ArgumentParser(prog="book.py", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--root", default=ROOT, help="the repository (default: %(default)s)")
    p.add_argument("--allow-missing", action="store_true",
                   help="skip chapters that are listed but not written yet")
    commands = p.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, run, text):
        c = commands.add_parser(name, help=text, description=text)
        # also after the command, where one tends to type it
        c.add_argument("--allow-missing", action="store_true", default=argparse.SUPPRESS,
                       help=argparse.SUPPRESS)
        c.set_defaults(run=run)
        return c

    c = command("tangle", run_tangle, "write the files of the book below OUTDIR")
    c.add_argument("outdir", metavar="OUTDIR")
    c.add_argument("--lines", action="store_true", help="put #line directives into C files")
    command("map", run_map, "write build/book/map.json: file lines <-> chapter lines <-> chunks")
    c = command("lint", run_lint, "check the sources; print prose and code per chapter")
    c.add_argument("--ratio", type=float, default=0.0, metavar="R",
                   help="lines of prose (72 characters each) wanted for a line of code "
                   "(comments do not count; default: %(default)s)")
    c.add_argument("--quiet", action="store_true", help="no table, only problems")
    command("html", run_html, "weave build/book/html")
    command("epub", run_epub, "weave build/book/book.epub")
    command("check-links", run_check_links,
            "check ids, links and fetched files of the woven HTML")
    command("pdf", run_pdf, "weave build/book/book.pdf with XeLaTeX")
    return p


def main():
    args = parser().parse_args()
    args.root = os.path.abspath(args.root)
    try:
        return args.run(args)
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        print(f"book.py: cannot run or read {error.filename}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
