#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the tables of bugs that cannot occur here.

usage: bugs.py TABLE OUT

TABLE is tests/bugs/table; what its fields mean stands at its head. The name
of OUT says which source's records are wanted: bugs-history.md, bugs-limits.md,
bugs-linux61.md or bugs-newest.md; bugs-sums.md counts them. For bugs-soak.md the
file TABLE/../invariants is read: what must hold after each step of a simulation,
and the bugs that are found by it.

A record that is not understood, that is missing, or that names a test, a
section or a patch that does not exist is an error.
"""

import glob
import os
import re
import sys
from dataclasses import dataclass, field

# The records there must be: the name of a source, and how many it has.
SOURCES = {"history": 21, "limits": 17, "linux61": 23, "newest": 15}
FIELDS = ("id", "seen", "what", "same", "why", "stays", "see", "test",
          "put-back")
REPEATED = ("see", "test", "put-back")

RE_ID = re.compile(r"(\w+)-([1-9]\d*)$")
RE_FIELD = re.compile(r"([a-z-]+): +(\S.*)$")
# An invariant, and a bug that the soak finds by it; where invariants are rows.
RE_INVARIANT = re.compile(r"([a-z-]+)\s+([a-z0-9-]+)$")
WITNESS = os.path.join("src", "sim", "witness.c")
RE_ROW = re.compile(r'^\t\{ "([a-z-]+)",', re.M)
RE_TEST = re.compile(r"(?:(test_\w+): (\S.*)|scenario (\S+)|script (\S+))$")


class TableError(Exception):
    """The table, or the request, is not what bugs.py can use."""


@dataclass(frozen=True)
class Test:
    """One of a suite's test, a scenario, a script, and a soak that finds that an
    invariant does not hold."""
    suite: str
    name: str
    scenario: str
    script: str
    invariant: str = ""

    def __str__(self):
        if self.invariant:
            return f"soak: {self.invariant}"
        if self.suite:
            return f"{self.suite}: {self.name}"
        return f"scenario {self.scenario}" if self.scenario else self.script


@dataclass
class Record:
    line: int
    id: str = ""
    fields: dict = field(default_factory=dict)
    last: str = ""                  # the field that a continuation continues
    red: list = field(default_factory=list)     # for each put-back its test

    def __getitem__(self, name):
        return self.fields.get(name, [] if name in REPEATED else "")

    @property
    def tests(self):
        return [Test(*RE_TEST.match(text).groups()) for text in self["test"]]

    @property
    def put_back(self):
        """Each bug put back, and the test that must fail then."""
        return [(bug, self.tests[n])
                for bug, n in zip(self["put-back"], self.red)]


class Table:
    """The records, checked against each other and against the tree."""

    def __init__(self, path, root=None, sources=None):
        self.path = path
        self.root = root or os.path.join(os.path.dirname(path), "..", "..")
        self.sources = sources or SOURCES
        self.records = {}
        with open(path, encoding="utf-8") as source:
            self._read(source)
        self.invariants = self._read_invariants(
            os.path.join(os.path.dirname(path), "invariants"))
        self._check_complete()
        for record in self.records.values():
            self._check(record)
        self._check_patches()

    def _read_invariants(self, path):
        """Return: pairs of an invariant and a bug, in order."""
        if not os.path.exists(path):
            return []
        pairs = []
        with open(path, encoding="utf-8") as source:
            for number, line in enumerate(source, 1):
                if line.startswith("#") or not line.strip():
                    continue
                m = RE_INVARIANT.match(line.strip())
                if not m:
                    raise TableError(f"{path}:{number}: cannot read "
                                     f"'{line.strip()}'; accepted: INVARIANT "
                                     "BUG")
                pairs.append(m.groups())
        with open(os.path.join(self.root, WITNESS), encoding="utf-8") as source:
            rows = set(RE_ROW.findall(source.read()))
        named = {invariant for invariant, _ in pairs}
        for wrong, what in ((named - rows, f"no invariants of {WITNESS}"),
                            (rows - named, "invariants without a bug")):
            if wrong:
                raise TableError(f"{path}: {what}: "
                                 + ", ".join(sorted(wrong)))
        return pairs

    def _fail(self, line, what):
        raise TableError(f"{self.path}:{line}: {what}")

    def _read(self, source):
        record = None
        for number, line in enumerate(source, 1):
            if line.startswith("#"):
                continue
            if not line.strip():
                record = None
                continue
            if record is None:
                record = Record(number)
            if line[0].isspace():
                self._continue(record, number, line.strip())
            else:
                self._start(record, number, line)

    def _start(self, record, number, line):
        m = RE_FIELD.match(line)
        if not m or m[1] not in FIELDS:
            self._fail(number, f"cannot read '{line.strip()}'; accepted: "
                       + ", ".join(f"{name}: ..." for name in FIELDS))
        name, text = m.groups()
        if (name == "id") != (not record.id):
            self._fail(number, "a record begins with its only id")
        if name == "id":
            m = RE_ID.match(text)
            if not m or not 0 < int(m[2]) <= self.sources.get(m[1], 0):
                self._fail(number, f"id '{text}'; accepted: " + ", ".join(
                    f"{s}-1 to -{n}" for s, n in self.sources.items()))
            if text in self.records:
                self._fail(number, f"{text} is given twice")
            record.id = text
            self.records[text] = record
        elif name in REPEATED:
            if name == "put-back":
                record.red.append(len(record["test"]) - 1)
                if not record["test"]:
                    self._fail(number, "a put-back belongs to a test above it")
            record.fields.setdefault(name, []).append(text)
        elif name in record.fields:
            self._fail(number, f"a second '{name}' in {record.id}")
        else:
            record.fields[name] = text
        record.last = name

    def _continue(self, record, number, text):
        if not record.fields:
            self._fail(number, "a continuation of nothing")
        if record.last in REPEATED:
            record.fields[record.last][-1] += " " + text
        else:
            record.fields[record.last] += " " + text

    def _check_complete(self):
        missing = [f"{source}-{n}" for source, count in self.sources.items()
                   for n in range(1, count + 1)
                   if f"{source}-{n}" not in self.records]
        if missing:
            raise TableError(f"{self.path}: missing: " + ", ".join(missing))

    def _check(self, record):
        fail = lambda what: self._fail(record.line, f"{record.id} {what}")
        if record["same"]:
            for name in record["same"].split():
                other = self.records.get(name)
                if not other or other["same"]:
                    fail(f"is the same as '{name}', which is no record of its "
                         "own")
            if set(record.fields) - {"what", "same", "seen"}:
                fail("is the same as another and says more")
            if not record["what"]:
                fail("has no 'what'")
            return
        if not record["what"]:
            fail("has no 'what'")
        if bool(record["why"]) == bool(record["stays"]):
            fail("has not exactly one of 'why' and 'stays'")
        if record["why"] and not record["test"]:
            fail("has no 'test'")
        for text in record["test"]:
            m = RE_TEST.match(text)
            if not m:
                fail(f"names test '{text}'; accepted: test_SUITE: NAME, "
                     "scenario NAME, script PATH")
            self._check_exists(Test(*m.groups()), fail)

    def _check_exists(self, test, fail):
        if test.suite:
            path = os.path.join("tests", "unit", test.suite + ".c")
        elif test.scenario:
            path = os.path.join("tests", "scenarios", test.scenario + ".ccw")
        else:
            path = test.script
        path = os.path.join(self.root, path)
        if not os.path.exists(path):
            fail(f"names a test in {path}, which is not there")
        if test.suite:
            with open(path, encoding="utf-8") as source:
                if f'"{test.name}"' not in source.read():
                    fail(f"names '{test.name}', which {path} has not")

    def _check_patches(self):
        there = {os.path.basename(path)[:-len(".patch")] for path in
                 glob.glob(os.path.join(os.path.dirname(self.path), "*.patch"))}
        named = {bug for record in self.own() for bug in record["put-back"]}
        named |= {bug for _, bug in self.invariants}
        for wrong, what in ((named - there, "named, but not there"),
                            (there - named, "there, but no record names them")):
            if wrong:
                raise TableError(f"{self.path}: patches {what}: "
                                 + ", ".join(sorted(wrong)))

    def of(self, source):
        return [self.records[f"{source}-{n}"]
                for n in range(1, self.sources[source] + 1)]

    def own(self):
        """The records that are not the same as another."""
        return [record for record in self.records.values()
                if not record["same"]]


# --- What is made of it ------------------------------------------------------

def name_of(test):
    if test.suite:
        return test.name
    return f"`{test.scenario}.ccw`" if test.scenario else f"`{test.script}`"


def shown_by(record):
    out = []
    for n, test in enumerate(record.tests):
        bugs = ["*" + bug.replace("-", " ") + "*"
                for bug, m in zip(record["put-back"], record.red) if m == n]
        out.append(name_of(test) + (f" ({', '.join(bugs)})" if bugs else ""))
    return "; ".join(out)


def reason(record):
    text = "**Stays.** " + record["stays"] if record["stays"] else record["why"]
    see = ", ".join(f"[](#{place})" for place in record["see"])
    return f"{text} {see}." if see else text


def as_others(record):
    """As which others the record is, in words."""
    source = RE_ID.match(record.id)[1]
    out = []
    for name in record["same"].split():
        other, n = RE_ID.match(name).groups()
        where = "" if other == source else f" of [](#sec:bugs-{other})"
        out.append(f"number {n}{where}")
    return "as " + " and ".join(out)


def row(record):
    number = RE_ID.match(record.id)[2]
    what = record["what"]
    if record["seen"]:
        what += f" ({record['seen']})"
    if record["same"]:
        return f"| {number} | {what} | {as_others(record)} | |"
    return f"| {number} | {what} | {reason(record)} | {shown_by(record)} |"


def as_rows(table, source):
    out = ["| No. | What goes wrong | Why not here | Shown by |",
           "|--:|:------|:--------|:-----|"]
    out += [row(record) for record in table.of(source)]
    return "\n".join(out) + "\n"


def as_sums(table):
    own = table.own()
    stay = [record for record in own if record["stays"]]
    red = {bug for record in own for bug in record["put-back"]}
    tests = {test for record in own for test in record.tests}
    return "\n".join((
        "| | |", "|:------|--:|",
        f"| rows of the four tables | {len(table.records)} |",
        f"| of these, rows that repeat another | "
        f"{len(table.records) - len(own)} |",
        f"| of the rest, what stays as it is | {len(stay)} |",
        f"| tests that show the others | {len(tests)} |",
        f"| bugs put back to see a test fail | {len(red)} |", ""))


def about(table, bug):
    """What the head of a patch says that it does."""
    path = os.path.join(os.path.dirname(table.path), bug + ".patch")
    with open(path, encoding="utf-8") as patch:
        return " ".join(patch.read().split("--- ")[0].split())


def as_invariants(table):
    out = ["| What does not hold | Bug put back | What it does |",
           "|:---|:---|:------|"]
    for invariant, bug in table.invariants:
        out.append(f"| `{invariant}` | *{bug.replace('-', ' ')}* | "
                   f"{about(table, bug)} |")
    return "\n".join(out) + "\n"


OUTPUTS = {"bugs-sums.md": as_sums, "bugs-soak.md": as_invariants}
for name in SOURCES:
    OUTPUTS[f"bugs-{name}.md"] = lambda table, name=name: as_rows(table, name)


def main(argv):
    if len(argv) != 3:
        print("usage: bugs.py TABLE OUT", file=sys.stderr)
        return 2
    path, out = argv[1:]
    make = OUTPUTS.get(os.path.basename(out))
    try:
        if not make:
            raise TableError(f"{out}: cannot be made; known: "
                             + ", ".join(OUTPUTS))
        text = make(Table(path))
        with open(out, "w", encoding="utf-8") as target:
            target.write(text)
    except (TableError, OSError) as error:
        print(f"bugs.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
