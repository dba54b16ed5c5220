# SPDX-License-Identifier: GPL-2.0-only
"""The book's lint: what noweb, pandoc or a reader would stumble over.

Three layers, since noweb's own reading already loses things:

  source_problems()   lines of a chapter file, before noweb sees them
  chunk_problems()    the model: names, sizes, uses, roots
  prose_problems()    the text: ids, references, citations, doubled words

Every message says what to write instead.
"""

import os
import re
from collections import Counter

import names
from noweb import Prose, read_chapter_list, unknown_uses
from prose import Fences, MarkdownMaker
from report import BookError, Problem
from tangle import Tangler

MAX_CHUNK = 25
FILES = "book/files"
LONG = re.compile(r"<!--\s*long:\s*\S.*-->")

# --- the source, line by line ------------------------------------------------------

CHUNK_START = re.compile(r"^<<(.+)>>=\s*$")
DOCS_START = re.compile(r"^@( |$)")
BRACKETS = re.compile(r"(?<!@)<<(.*?)(?<!@)>>")
QUOTE = re.compile(r"\[\[.*?\]*\]\]")


class SourceLint:
    """Reads one chapter file as noweb would, but complains where noweb guesses."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.problems = []
        self.in_code = False
        self.fences = Fences()
        self.comment = False    # inside /* ... */ of a chunk

    def say(self, number, text):
        self.problems.append(Problem(self.path, number, text))

    def check(self):
        if "\r" in self.text:
            number = self.text[:self.text.index("\r")].count("\n") + 1
            self.say(number, "carriage return; noweb would pass it on to the code. "
                     "Save the file with line ends of LF only")
        for number, line in enumerate(self.text.split("\n"), 1):
            self._line(number, line.rstrip("\r"))
        return self.problems

    def _line(self, number, line):
        start = CHUNK_START.match(line)
        if start:
            if line != line.rstrip():
                self.say(number, "spaces after >>=; remove them")
            if "@<<" not in line:
                self.in_code, self.comment, self.fences = True, False, Fences()
            return
        if self._misplaced_start(number, line):
            return
        if self.in_code and DOCS_START.match(line):
            self.in_code = False
            line = line[2:]
        if self.in_code:
            self._code(number, line)
        else:
            self._prose(number, line)

    def _misplaced_start(self, number, line):
        match = re.match(r"^(\s*)<<[^<>]+>>=(?!=)(.*)$", line)
        if not match:
            return False
        if match.group(1):
            self.say(number, "indented <<...>>=; noweb takes it for a use. "
                     "Begin it in column 1")
        else:
            self.say(number, f"text after >>= ('{match.group(2).strip()}'); "
                     "put the code on the next line")
        return True

    # code

    def _code(self, number, line):
        for match in BRACKETS.finditer(line):
            name = match.group(1)
            if self._is_shift(name, line, match):
                self.say(number, "<< and >> on one line of code: noweb takes "
                         f"<<{name}>> for a chunk. Write @<< for the shift or split the line")
            elif (line.strip() != match.group()     # alone: a comment that grows
                  and self._in_comment_or_string(line[:match.start()])):
                self.say(number, f"<<{name}>> in a comment or string would be expanded; "
                         "write @<< or leave the brackets out")
        self._follow_comment(line)
        if re.match(r"^ {8}", line):
            self.say(number, "code indented by spaces; indent by tabs of 8")
        elif re.match(r"^\t* +\t", line):
            self.say(number, "space before a tab in the indentation; use tabs only")

    @staticmethod
    def _is_shift(name, line, match):
        after = line[match.end():]
        if line.strip() == match.group():
            return False
        return (name != name.strip() or re.fullmatch(r"\s*[\w()]+\s*", name) and
                re.match(r"\s*[\w(]", after) is not None and line[:match.start()].strip() != "")

    def _in_comment_or_string(self, before):
        if self.comment and "*/" not in before:
            return True
        without = re.sub(r'"(\\.|[^"\\])*"', '""', before)
        without = re.sub(r"/\*.*?\*/", "", without)
        return ("/*" in without or re.search(r"(^|[^:])//", without) is not None
                or without.count('"') % 2 == 1)

    def _follow_comment(self, line):
        line = re.sub(r'"(\\.|[^"\\])*"', '""', line)
        if self.comment:
            if "*/" not in line:
                return
            line = line[line.index("*/") + 2:]
            self.comment = False
        line = re.sub(r"/\*.*?\*/", "", line)
        self.comment = "/*" in line

    # prose

    def _prose(self, number, line):
        if re.match(r"^@ \S", line) and not line.startswith("@ %def"):
            self.say(number, "'@ ' in column 1 starts a new block and vanishes; "
                     "begin the line with another word")
        state, _ = self.fences.step(line)
        bare = QUOTE.sub("", line)
        if re.search(r"(?<!@)<<", bare):
            self.say(number, "<< in prose stops noweb; write @<< for the characters "
                     "or [[<<name>>]] for a chunk")
        if state:
            return
        bare_code = re.sub(r"`[^`]*`", "", bare)
        if "[[" in bare_code:
            self.say(number, "[[ without ]] on the same line; keep quoted code on one line")
        if "^[" in bare_code:
            self.say(number, "inline footnote ^[...]: noweb's ]] would swallow its bracket. "
                     "Write [^name] here and '[^name]: text' below")
        if re.search(r"\]\[\[", line):
            self.say(number, "'][[' is quoted code to noweb, not a reference link; "
                     "write [text](address)")
        if re.search(r"`[^`]*\[\[[^`]*`", line):
            self.say(number, "[[...]] inside `...`; write only one of the two")
        if re.search(r"<(?!!--|https?:|mailto:)/?[a-zA-Z][\w-]*[ />]", bare_code):
            self.say(number, "HTML in prose reaches neither PDF nor EPUB; use a ::: passage "
                     "or Markdown")


# --- the model -----------------------------------------------------------------------


def chunk_problems(book):
    """Names, sizes, uses, roots, and code that tangling would damage."""
    found = unknown_uses(book)
    slugs = {}
    for name, chunk in book.chunks.items():
        first = chunk.definitions[0]
        fault = names.grammar_fault(name)
        if fault:
            found.append(Problem(first.chapter.path, first.line, f"chunk name <<{name}>> {fault}"))
        other = slugs.setdefault(names.slug(name), name)
        if other != name:
            found.append(Problem(first.chapter.path, first.line, f"chunk name <<{name}>> is too "
                                 f"like <<{other}>>; their links would be the same"))
        for definition in chunk.definitions:
            found += size_problems(definition)
    found += root_problems(book)
    found += expansion_problems(book)
    return found


def size_problems(definition):
    count = len(definition.lines)
    if not count:
        return [Problem(definition.chapter.path, definition.line,
                        f"chunk <<{definition.name}>> is empty")]
    if count <= MAX_CHUNK or has_reason(definition.prose):
        return []
    return [Problem(definition.chapter.path, definition.line,
                    f"chunk <<{definition.name}>> has {count} lines, more than {MAX_CHUNK}; "
                    "split it, or put '<!-- long: reason -->' on a line right before it")]


def has_reason(prose):
    """Does the last paragraph before the chunk say why the chunk is long?"""
    texts = [l.source() for l in prose.lines] if prose else []
    while texts and not texts[-1].strip():
        texts.pop()
    return bool(texts) and LONG.search(texts[-1]) is not None


def read_files_list(book):
    """[(line number, path)] of book/files."""
    try:
        with open(os.path.join(book.root, FILES), encoding="utf-8") as f:
            return [(n, l.strip()) for n, l in enumerate(f, 1) if l.strip()]
    except FileNotFoundError:
        return None


def root_problems(book):
    """Every root is listed in book/files and every listed file is a root."""
    found = []
    listed = read_files_list(book)
    if listed is None:
        found.append(Problem(FILES, 0, "no such file; it lists the book's files, sorted, one a line"))
        listed = []
    paths = [p for _, p in listed]
    for number, path in listed:
        if path not in book.chunks:
            found.append(Problem(FILES, number, f"no chapter defines <<{path}>>="))
        elif book.chunks[path].uses:
            found.append(Problem(FILES, number, f"<<{path}>> is used by a chunk, so it is no file"))
    if paths != sorted(set(paths)):
        found.append(Problem(FILES, 0, "not sorted, or a line is double; sort it with LC_ALL=C sort -u"))
    for root in book.roots():
        if root in paths:
            continue
        first = book.chunks[root].definitions[0]
        if names.is_path(root):
            text = f"file <<{root}>> is not listed in {FILES}; add it there"
        else:
            text = (f"chunk <<{root}>> is used nowhere; use it, or mend the name "
                    "if it was meant to continue another")
        found.append(Problem(first.chapter.path, first.line, text))
    return found


CONDITIONAL = re.compile(r"^\s+#\s*(if|ifdef|ifndef|elif|else|endif|define|include|undef)\b")


def expansion_problems(book):
    """What only shows once a root is expanded: macros, directives, cycles."""
    found = []
    for root in book.roots():
        if not root.endswith((".c", ".h")):
            continue
        try:
            lines = Tangler(book).expand(root)
        except BookError as error:      # undefined: reported already; cyclic: here
            path, _, text = str(error).partition(": ")
            if "uses itself" in text:
                place, _, line = path.rpartition(":")
                found.append(Problem(place, int(line), text))
            continue
        for text, origin in lines:
            if origin and CONDITIONAL.match(text):
                found.append(Problem(origin.definition.chapter.path, origin.line,
                                     "preprocessor directive comes out indented; use its chunk "
                                     "in column 1"))
        found += spacing_problems(book.chunks[root].definitions[0], lines)
    return found + macro_problems(book)


def spacing_problems(start, lines):
    """Blank lines of a file: one between functions, never two, none at the end."""
    found = []
    before, last = None, start          # the line before, and where code was last
    for text, origin in lines:
        last = origin or last
        place = getattr(last, "definition", last).chapter.path, last.line
        if before == "" and text == "":
            found.append(Problem(*place, "two blank lines come out one behind the other; "
                                 "a chunk begins or ends with one too many"))
        if before == "}" and text and not text.startswith("#"):
            found.append(Problem(*place, "comes out right behind a function's end; begin the "
                                 "chunk with a blank line"))
        before = text
    if before == "":
        place = getattr(last, "definition", last).chapter.path, last.line
        found.append(Problem(*place, "the file ends with a blank line"))
    return found


def macro_problems(book):
    """A chunk used on a line that goes on with a backslash, or on the next one."""
    found = []
    for definition in book.definitions():
        continued = False
        for line in definition.lines:
            text = line.source()
            if line.uses() and (continued or text.endswith("\\")):
                found.append(Problem(definition.chapter.path, line.number,
                                     f"chunk <<{line.uses()[0]}>> is used inside a macro that goes "
                                     "on over several lines; write the code out"))
            continued = text.endswith("\\")
    return found


# --- the text ------------------------------------------------------------------------

HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*(?:\{([^}]*)\})?\s*$")
ID = re.compile(r"#([A-Za-z][\w:.-]*)")
LINK = re.compile(r"\]\((#[^)\s]+)\)")
DIV = re.compile(r"^:{3,}\s*\{([^}]*)\}")
CITATION = re.compile(r"(?<![\w@])-?@([A-Za-z0-9][\w:.#$%&+?<>~/-]*\w)")
DOUBLED = re.compile(r"\b([A-Za-z]+)\s+\1\b", re.IGNORECASE)
MAY_DOUBLE = {"that", "had"}
FILE_NAME = re.compile(r"(?<![\w/.(:\"-])(?:[\w-]+/)*[\w-]+\.(?:c|h|nw|ccw)\b(?![\w/])")
PLACE_ID = re.compile(r"\]\{(#[^}]*)\}")
FIGURE_ID = re.compile(r"\]\(fig:([\w.-]+)\)(?:\{([^}]*)\})?")


class ProseLint:
    """Checks the text of all chapters together, since ids are shared."""

    def __init__(self, book, keys):
        self.book = book
        self.keys = keys        # of the bibliography; None: not to be checked
        self.problems = []
        self.ids = {}           # id -> (path, line)
        self.links = []         # (path, line, id)

    def check(self):
        for chapter in self.book.chapters:
            self._chapter(chapter)
        for path, number, ident in self.links:
            if ident not in self.ids:
                self._say(path, number, f"link to #{ident}, but no heading, figure, exercise "
                          "or place has this id")
        return self.problems

    def _say(self, path, number, text):
        self.problems.append(Problem(path, number, text))

    def _chapter(self, chapter):
        titles = 0
        for block in chapter.blocks:
            if not isinstance(block, Prose):
                continue
            fences, last = Fences(), ""
            for line in block.lines:
                state, _ = fences.step(line.source())
                if state:
                    last = ""
                    continue
                titles += self._line(chapter, line)
                last = self._doubled(chapter.path, line, last)
            if fences.mark:
                self._say(chapter.path, block.lines[-1].number,
                          f"fenced block is not closed; end it with {fences.mark}")
        if titles != 1:
            self._say(chapter.path, 1, f"{titles} chapter headings; a file has exactly one "
                      f"'# Title {{#chap:{chapter.name}}}'")
        self._passages(chapter)
        self.problems += missing_files(self.book, chapter)

    def _line(self, chapter, line):
        path, number = chapter.path, line.number
        text = line.source()
        bare = "".join(p.text if p.kind == "text" else "x" for p in line.pieces)
        for piece in line.pieces:
            name = re.fullmatch(r"<<(.*)>>", piece.text)
            if piece.kind == "quote" and name and name.group(1) not in self.book.chunks:
                self._say(path, number, f"[[{piece.text}]]: there is no such chunk")
        for ident in LINK.findall(text):
            self.links.append((path, number, ident[1:]))
        for attr in [attr for _, attr in FIGURE_ID.findall(text)] + PLACE_ID.findall(text):
            self._ids(path, number, attr)
        div = DIV.match(text)
        if div:
            self._ids(path, number, div.group(1))
        self._citations(path, number, bare)
        self._file_names(path, number, bare)
        return self._heading(chapter, line, text)

    def _ids(self, path, number, attr):
        for ident in ID.findall(attr or ""):
            first = self.ids.setdefault(ident, (path, number))
            if first != (path, number):
                self._say(path, number, f"id #{ident} is already that of {first[0]}:{first[1]}; "
                          "choose another")

    def _heading(self, chapter, line, text):
        match = HEADING.match(text)
        if not match:
            return 0
        level, attr = len(match.group(1)), match.group(3) or ""
        self._ids(chapter.path, line.number, attr)
        ident = ID.search(attr)
        wanted = f"chap:{chapter.name}" if level == 1 else "sec:"
        if level == 1 and (not ident or ident.group(1) != wanted):
            self._say(chapter.path, line.number, f"chapter heading needs {{#{wanted}}}")
        if level == 2 and (not ident or not ident.group(1).startswith(wanted)):
            self._say(chapter.path, line.number, "section heading needs an id {#sec:name}, "
                      "so that links to it last")
        return 1 if level == 1 else 0

    def _citations(self, path, number, bare):
        if self.keys is None:
            return
        bare = re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]*>", "", bare)
        for key in CITATION.findall(bare):
            if key not in self.keys:
                self._say(path, number, f"@{key}: no such entry in book/bibliography.bib")

    def _file_names(self, path, number, bare):
        bare = re.sub(r"`[^`]*`|\]\([^)]*\)|\{[^}]*\}|<[^>]*>", "", bare)
        for name in FILE_NAME.findall(bare):
            self._say(path, number, f"file name {name} in plain prose; write [[{name}]]")

    def _doubled(self, path, line, last):
        """Complain about 'the the', also over a line end; return the last word."""
        text = "".join(p.text if p.kind == "text" else "\0" for p in line.pieces)
        text = re.sub(r"`[^`]*`|\{[^}]*\}|\]\([^)]*\)", "\0", text)
        if text.lstrip().startswith(("|", ":::", "#")):
            return ""
        for match in DOUBLED.finditer(text):
            if match.group(1).lower() not in MAY_DOUBLE:
                self._say(path, line.number, f"doubled word '{match.group(0)}'")
        words = re.search(r"^\s*([A-Za-z]+)\b(?!\.)", text)
        if last and words and words.group(1).lower() == last and last not in MAY_DOUBLE:
            self._say(path, line.number, f"doubled word '{last}' over the line end")
        ending = re.search(r"([A-Za-z]+)\s*$", text)
        return ending.group(1).lower() if ending else ""

    def _passages(self, chapter):
        """::: fences: known kinds, complete, closed."""
        stack = []
        fences = Fences()
        for line in chapter.prose_lines():
            text = line.source()
            state, _ = fences.step(text)
            if state or not text.startswith(":::"):
                continue
            rest = text.strip().lstrip(":").strip()
            if not rest:
                if not stack:
                    self._say(chapter.path, line.number, "::: closes nothing")
                else:
                    stack.pop()
                continue
            stack.append(line.number)
            self._passage(chapter.path, line.number, rest)
        for number in stack:
            self._say(chapter.path, number, "::: passage is not closed; end it with a line :::")

    def _passage(self, path, number, rest):
        kinds = re.findall(r"\.([a-z-]+)", rest) if rest.startswith("{") else [rest]
        kind = kinds[0] if kinds else ""
        if kind not in ("aside", "discussion", "linux", "exercise"):
            self._say(path, number, f"unknown passage '{kind or rest}'; there are aside, "
                      "discussion, linux and exercise")
        if kind == "discussion" and not (re.search(r'title="[^"]+"', rest)
                                         and re.search(r'date="[^"]+"', rest)):
            self._say(path, number, 'a discussion says what and when: '
                      '::: {.discussion title="..." date="2018-06-01"}')
        if kind == "exercise" and not re.search(r"level=[123]\b", rest):
            self._say(path, number, "an exercise has a level: ::: {.exercise level=1}, 2 or 3")


def missing_files(book, chapter):
    """Missing figures, includes and listings: as the weaver will see them."""
    maker = MarkdownMaker(book.root, chapter)
    maker.make()
    return [p for p in maker.problems if "not closed" not in p.text]


# --- the whole -------------------------------------------------------------------------


def source_problems(root):
    """Problems of all chapter files that exist, before noweb reads them."""
    found = []
    for _, name, _ in read_chapter_list(root):
        path = f"book/{name}.nw"
        try:
            with open(os.path.join(root, path), encoding="utf-8", newline="") as f:
                text = f.read()
        except FileNotFoundError:
            continue
        except UnicodeDecodeError as error:
            found.append(Problem(path, 0, f"not UTF-8 at byte {error.start}"))
            continue
        found += SourceLint(path, text).check()
    return found


PROSE_WIDTH = 72            # characters in a line of prose, however it is wrapped


def code_lines(definition):
    """How many lines of a chunk are code: neither blank nor all comment."""
    count = 0
    comment = False
    for line in definition.lines:
        text = line.source().strip()
        comment = comment or text.startswith("/*")
        if text and not comment:
            count += 1
        if comment and "*/" in text:
            comment = False
    return count


def ratio(chapter):
    """(lines of prose, lines of code).

    Prose is measured in lines of PROSE_WIDTH characters, so that wrapping does
    not count. Comments in chunks count on neither side: an interface that is
    documented at its header is not to be written about less for it.
    """
    prose = sum(len(l.source().strip()) for l in chapter.prose_lines())
    code = sum(code_lines(d) for d in chapter.definitions())
    return -(-prose // PROSE_WIDTH), code


def ratio_problems(book, minimum):
    found = []
    for chapter in book.chapters:
        prose, code = ratio(chapter)
        if code and prose < minimum * code:
            found.append(Problem(chapter.path, 0, f"{prose} lines of prose for {code} of code "
                                 f"({prose / code:.2f}); at least {minimum:.2f} is wanted"))
    return found


def ratio_table(book):
    """Prose, code and chunks per chapter, as text."""
    rows = [f"{'chapter':<14}{'prose':>7}{'code':>7}{'ratio':>7}{'chunks':>8}{'longest':>9}"]
    total = Counter()
    for chapter in book.chapters:
        prose, code = ratio(chapter)
        sizes = [len(d.lines) for d in chapter.definitions()]
        share = f"{prose / code:.2f}" if code else "-"
        rows.append(f"{chapter.name:<14}{prose:>7}{code:>7}{share:>7}{len(sizes):>8}"
                    f"{max(sizes, default=0):>9}")
        total.update(prose=prose, code=code, chunks=len(sizes))
    share = f"{total['prose'] / total['code']:.2f}" if total["code"] else "-"
    rows.append(f"{'all':<14}{total['prose']:>7}{total['code']:>7}{share:>7}{total['chunks']:>8}")
    return "\n".join(rows)


def check(book, minimum, keys=None):
    """All problems of a book that noweb could read."""
    return chunk_problems(book) + ProseLint(book, keys).check() + ratio_problems(book, minimum)
