#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Draw an architected format from the masks that define it.

usage: bits.py HEADER OUT

HEADER is src/driver/vfio_ccw_arch.h. The name of OUT says what is drawn and
how: bits-orb.svg is the picture of the operation-request block, bits-orb.txt
the same as plain text, bits-orb.md the same as a Markdown table.

The header is the only source, so it is read strictly: a line that is not
understood, a mask outside its word and two masks that overlap are errors.
Bits are shown as the Principles of Operation number them, 0 at the left.
"""

import os
import re
import sys
from dataclasses import dataclass, field
from html import escape

WORD_BITS = 32

# What can be drawn: the prefix of its masks, the structure, and the member
# that holds its words.
LAYOUTS = {
    "orb": ("ORB", "ccw_orb", "word"),
    "ccw": ("CCW", "ccw_format1", "word"),
    "scsw": ("SCSW", "ccw_scsw", "word"),
    "pmcw": ("PMCW", "ccw_pmcw", "word"),
    "esw": ("ESW", "ccw_irb", "esw"),
    "crw": ("CRW", "ccw_crw", "word"),
    "midaw": ("MIDAW", "ccw_midaw", "word"),
}
# Structures made of other structures: one box for each member.
OVERVIEWS = {"irb": "ccw_irb", "schib": "ccw_schib"}

NO_MASK = "no field used here"


class FigureError(Exception):
    """The header, or the request, is not what bits.py can draw."""


@dataclass
class Field:
    """One mask: bits high..low as the kernel counts them, from the right."""

    name: str
    high: int
    low: int
    text: str
    parts: list = field(default_factory=list)

    @property
    def first(self):
        """The leftmost bit as IBM counts."""
        return WORD_BITS - 1 - self.high

    @property
    def last(self):
        return WORD_BITS - 1 - self.low

    @property
    def width(self):
        return self.high - self.low + 1

    @property
    def bits(self):
        if self.first == self.last:
            return str(self.first)
        return f"{self.first}-{self.last}"

    def overlaps(self, other):
        return self.low <= other.high and other.low <= self.high

    def holds(self, other):
        return self.low <= other.low and other.high <= self.high


@dataclass
class Member:
    """One member of a structure, measured in words."""

    name: str
    words: int
    text: str


@dataclass
class Struct:
    title: str
    members: list


# --- Reading the header ------------------------------------------------------

RE_GROUP = re.compile(r"/\* ([A-Z]+) word (\d+) \*/$")
RE_IN_PLACE = re.compile(r"/\* .*\bin place in word (\d+) \*/$")
RE_COMMENT = re.compile(r"/\* (.*) \*/$")
RE_MASK = re.compile(
    r"#define\s+([A-Z]+)(\d+)_(\w+)\s+"
    r"(?:GENMASK\((\d+), (\d+)\)|BIT\((\d+)\))\s+/\* (.*) \*/$")
RE_GUARD = re.compile(r"#(ifndef \w+_H|define \w+_H|endif.*|include <\S+>)$")
RE_VALUE = re.compile(r"#define\s+[A-Z]+_[A-Z_]+\s+\d+(?:\s+/\* .* \*/)?$")
RE_STRUCT = re.compile(r"struct (\w+) \{$")
RE_MEMBER = re.compile(
    r"\t(__be32|__be64|struct (\w+)) (\w+)(?:\[(\d+)\])?;(?:\s+/\* (.*) \*/)?$")


class Header:
    """The structures and masks of the header."""

    def __init__(self, text, path):
        self.path = path
        self.structs = {}
        self.words = {}         # (prefix, word) -> [Field], leftmost first
        self._names = set()
        self._title = ""        # the comment before a structure
        self._group = None      # (prefix or None, word): whose masks follow
        self._struct = None     # the structure that is being read
        self._in_comment = False
        for self._line, line in enumerate(text.split("\n"), 1):
            self._read(line.rstrip())
        if self._in_comment or self._struct:
            self._fail("the file ends inside a comment or a structure")
        for fields in self.words.values():
            fields.sort(key=lambda mask: mask.first)
            for mask in fields:
                mask.parts.sort(key=lambda part: part.first)

    def _fail(self, what):
        raise FigureError(f"{self.path}:{self._line}: {what}")

    def _read(self, line):
        if self._in_comment:
            self._in_comment = not line.endswith("*/")
        elif self._struct:
            self._read_member(line)
        elif line == "/*":
            self._in_comment = True
        elif line == "":
            self._group = None
        elif m := RE_IN_PLACE.match(line):
            self._group = (None, int(m[1]))
        elif m := RE_GROUP.match(line):
            self._group = (m[1], int(m[2]))
        elif m := RE_COMMENT.match(line):
            self._title = m[1]
            if self._group:
                self._read_group_comment(line)
        elif RE_GUARD.match(line) or RE_VALUE.match(line):
            pass
        elif m := RE_STRUCT.match(line):
            self._struct = m[1]
            self.structs[m[1]] = Struct(self._title, [])
        elif m := RE_MASK.match(line):
            self._read_mask(m)
        else:
            self._fail(f"cannot read '{line}'; accepted: '#define NAME "
                       "GENMASK(h, l) or BIT(n) /* text */', a structure of "
                       "__be32 words, a comment on lines of its own")

    def _read_group_comment(self, line):
        self._fail(f"'{line}' stands among masks; accepted: "
                   "'/* NAME word N */' or '/* ... in place in word N */'")

    def _read_member(self, line):
        if line == "};":
            self._struct = None
            return
        m = RE_MEMBER.match(line)
        if not m:
            self._fail(f"cannot read the member '{line.strip()}' of struct "
                       f"{self._struct}; accepted: '__be32 name[n];', "
                       "'__be64 name;' or "
                       "'struct known name;'")
        count = int(m[4] or 1) * (2 if m[1] == "__be64" else 1)
        text = m[5] or ""
        if m[2]:
            if m[2] not in self.structs:
                self._fail(f"struct {m[2]} is not defined above")
            inner = self.structs[m[2]]
            count *= sum(member.words for member in inner.members)
            text = text or inner.title.split(":")[0]
        self.structs[self._struct].members.append(Member(m[3], count, text))

    def _read_mask(self, m):
        prefix, word, name, high, low, bit, text = m.groups()
        word = int(word)
        full = f"{prefix}{word}_{name}"
        if not self._group:
            self._fail(f"{full} stands under no '/* {prefix} word {word} */'")
        if self._group[0] not in (None, prefix) or self._group[1] != word:
            self._fail(f"{full} does not belong to the group it stands in")
        if full in self._names:
            self._fail(f"{full} is defined twice")
        self._names.add(full)
        mask = Field(name, int(bit or high or 0), int(bit or low or 0), text)
        if not 0 <= mask.low <= mask.high < WORD_BITS:
            self._fail(f"{full} is not a run of bits of a 32-bit word")
        fields = self.words.setdefault((prefix, word), [])
        if self._group[0] is None:
            fields = self._parent(full, mask, fields).parts
        for other in fields:
            if mask.overlaps(other):
                self._fail(f"{full} overlaps {prefix}{word}_{other.name}")
        fields.append(mask)

    def _parent(self, full, mask, fields):
        """The field that an in-place bit belongs to, told by its name."""
        for other in fields:
            if mask.name.startswith(other.name + "_") and other.holds(mask):
                mask.name = mask.name[len(other.name) + 1:]
                return other
        self._fail(f"{full} lies in no field whose name it continues")

    def rows(self, what):
        """The words of a layout as (first, last, fields); a run of words
        without a mask is one row."""
        prefix, struct, member = LAYOUTS[what]
        count = next(m.words for m in self._struct_of(struct).members
                     if m.name == member)
        for p, word in self.words:
            if p == prefix and word >= count:
                raise FigureError(f"{self.path}: {prefix} has {count} words, "
                                  f"but there are masks for word {word}")
        rows = []
        for word in range(count):
            fields = self.words.get((prefix, word), [])
            if not fields and rows and not rows[-1][2]:
                rows[-1] = (rows[-1][0], word, [])
            else:
                rows.append((word, word, fields))
        return rows

    def members(self, what):
        """The members of an overview as (first word, member)."""
        first = 0
        placed = []
        for member in self._struct_of(OVERVIEWS[what]).members:
            placed.append((first, member))
            first += member.words
        return placed

    def title(self, what):
        if what == "esw":
            return "Extended-status word: the part of it that is used here."
        name = OVERVIEWS.get(what) or LAYOUTS[what][1]
        return self._struct_of(name).title

    def _struct_of(self, name):
        if name not in self.structs:
            raise FigureError(f"{self.path}: there is no struct {name}")
        return self.structs[name]


# --- The tables --------------------------------------------------------------

def layout_lines(header, what):
    """A layout as (word, bits, name, text)."""
    lines = []
    for first, last, fields in header.rows(what):
        words = str(first) if first == last else f"{first}-{last}"
        if not fields:
            lines.append((words, "", "", NO_MASK))
        for mask in fields:
            lines.append((words, mask.bits, mask.name, mask.text))
            lines += [(words, part.bits, f"{mask.name} {part.name}", part.text)
                      for part in mask.parts]
    return ("Word", "Bits", "Name", "Meaning"), lines


def overview_lines(header, what):
    """An overview as (words, bytes, name, text)."""
    lines = []
    for first, member in header.members(what):
        last = first + member.words - 1
        lines.append((f"{first}-{last}", f"{4 * first}-{4 * last + 3}",
                      member.name.upper(), member.text))
    return ("Words", "Bytes", "Name", "Meaning"), lines


def lines_of(header, what):
    if what in OVERVIEWS:
        return overview_lines(header, what)
    return layout_lines(header, what)


def as_text(header, what):
    head, lines = lines_of(header, what)
    widths = [max(len(line[i]) for line in [head] + lines) for i in range(4)]
    out = [header.title(what), ""]
    for line in [head] + lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths)]
        out.append("  ".join(cells).rstrip())
    return "\n".join(out) + "\n"


def as_markdown(header, what):
    head, lines = lines_of(header, what)
    out = ["| " + " | ".join(head) + " |", "| ---: | ---: | :--- | :--- |"]
    for word, bits, name, text in lines:
        bits = bits.replace("-", "–")
        word = word.replace("-", "–")
        out.append(f"| {word} | {bits} | {name} | {text} |")
    return "\n".join(out) + "\n"


# --- The picture -------------------------------------------------------------

CELL = 22           # width of one bit
LEFT = 66           # room for the words' numbers
BOX = 30            # height of a field
TALL = 56           # height where a long name stands upright in one bit
NUMBERS = 15        # height of the line of bit numbers
GAP = 12            # between words
CHARACTER = 0.62    # estimated width of a character, in ems


class Svg:
    """Collects the elements of one picture. Everything is drawn in the colour
    of the text round it, so the picture suits a light page, a dark one and
    paper."""

    def __init__(self):
        self.parts = []

    def box(self, x, y, width, height, shade=0.0):
        self.parts.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" '
            f'fill="currentColor" fill-opacity="{shade}" '
            'stroke="currentColor" stroke-width="1"/>')

    def text(self, x, y, words, size=12, anchor="middle", faint=False,
             upright=False):
        turn = f' transform="rotate(-90 {x} {y})"' if upright else ""
        fill = ' fill-opacity="0.75"' if faint else ""
        self.parts.append(
            f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" '
            f'dy="0.35em"{fill}{turn}>{escape(words)}</text>')

    def document(self, title, width, height):
        """The whole picture. It has no ids and no description of its own: the
        page it stands in supplies both."""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" fill="currentColor" '
            'font-family="sans-serif">\n'
            f'<title>{escape(title)}</title>\n'
            + "\n".join(self.parts) + "\n</svg>\n")


def fits(words, size, width):
    return len(words) * size * CHARACTER <= width


def label(mask):
    """What is written into a field: its name, and its meaning if there is
    room."""
    long = f"{mask.name} · {mask.text}"
    return long if fits(long, 12, mask.width * CELL) else mask.name


def stands_upright(words, width):
    return not fits(words, 12, width)


def height_of(fields):
    turned = any(stands_upright(label(mask), mask.width * CELL)
                 for mask in fields)
    return TALL if turned else BOX


def draw_fields(svg, fields, y, height):
    for mask in fields:
        x, width = LEFT + mask.first * CELL, mask.width * CELL
        words = label(mask)
        svg.box(x, y, width, height)
        svg.text(x + width / 2, y + height / 2, words, 12,
                 upright=stands_upright(words, width))


def gaps(fields):
    """The bits between the fields, as (first bit, how many)."""
    found, at = [], 0
    for mask in fields:
        if mask.first > at:
            found.append((at, mask.first - at))
        at = mask.last + 1
    if at < WORD_BITS:
        found.append((at, WORD_BITS - at))
    return found


def draw_numbers(svg, fields, y):
    for mask in fields:
        for bit in sorted({mask.first, mask.last}):
            svg.text(LEFT + (bit + 0.5) * CELL, y, str(bit), 9, faint=True)


def draw_word(svg, first, last, fields, y):
    """Draw a word at y; returns the y below it."""
    words = f"word {first}" if first == last else f"words {first}–{last}"
    if not fields:
        svg.box(LEFT, y, WORD_BITS * CELL, BOX, 0.1)
        svg.text(LEFT + WORD_BITS * CELL / 2, y + BOX / 2, NO_MASK, 11,
                 faint=True)
        svg.text(LEFT - 6, y + BOX / 2, words, 11, "end")
        return y + BOX + GAP
    draw_numbers(svg, fields, y + NUMBERS / 2)
    y += NUMBERS
    height = height_of(fields)
    svg.text(LEFT - 6, y + height / 2, words, 11, "end")
    for bit, width in gaps(fields):
        svg.box(LEFT + bit * CELL, y, width * CELL, height, 0.1)
    draw_fields(svg, fields, y, height)
    y += height
    parts = [part for mask in fields for part in mask.parts]
    if parts:
        height = height_of(parts)
        for mask in fields:
            draw_fields(svg, mask.parts, y, height)
        draw_numbers(svg, parts, y + height + NUMBERS / 2)
        y += height + NUMBERS
    return y + GAP


def draw_layout(svg, header, what):
    y = 4
    for first, last, fields in header.rows(what):
        y = draw_word(svg, first, last, fields, y)
    return LEFT + WORD_BITS * CELL + 4, y


def draw_overview(svg, header, what):
    placed = header.members(what)
    total = sum(member.words for _, member in placed)
    width = WORD_BITS * CELL / total
    y = 4 + NUMBERS
    for first, member in placed:
        x, wide = LEFT + first * width, member.words * width
        for word in range(first, first + member.words):
            svg.text(LEFT + (word + 0.5) * width, y - NUMBERS / 2, str(word),
                     9, faint=True)
        svg.box(x, y, wide, TALL)
        svg.text(x + wide / 2, y + TALL / 2 - 8, member.name.upper(), 12)
        count = f"{4 * member.words} bytes"
        svg.text(x + wide / 2, y + TALL / 2 + 9, count, 10, faint=True)
    svg.text(LEFT - 6, y - NUMBERS / 2, "word", 9, "end", faint=True)
    return LEFT + WORD_BITS * CELL + 4, y + TALL + GAP


def as_svg(header, what):
    svg = Svg()
    draw = draw_overview if what in OVERVIEWS else draw_layout
    width, height = draw(svg, header, what)
    return svg.document(header.title(what), width, height)


FORMS = {".svg": as_svg, ".txt": as_text, ".md": as_markdown}


def main(argv):
    if len(argv) != 3:
        print("usage: bits.py HEADER OUT", file=sys.stderr)
        return 2
    path, out = argv[1:]
    stem, form = os.path.splitext(os.path.basename(out))
    what = stem.removeprefix("bits-")
    try:
        if what not in LAYOUTS and what not in OVERVIEWS:
            known = ", ".join(f"bits-{w}" for w in [*LAYOUTS, *OVERVIEWS])
            raise FigureError(f"{out}: cannot draw '{stem}'; known: {known}")
        if form not in FORMS:
            raise FigureError(f"{out}: unknown form '{form}'; known: "
                              + ", ".join(FORMS))
        with open(path, encoding="utf-8") as source:
            header = Header(source.read(), path)
        drawn = FORMS[form](header, what)
        with open(out, "w", encoding="utf-8") as target:
            target.write(drawn)
    except (FigureError, OSError) as error:
        print(f"bits.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
