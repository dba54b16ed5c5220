#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Draw the driver's state machine from the rows that define it.

usage: fsm.py TABLE OUT

TABLE is src/driver/vfio_ccw_table.h. The name of OUT says what is made of it:
fsm.dot is the diagram for Graphviz, fsm.txt the same in words, fsm.md the
table of events and states, fsm-cells.md the list of all cells with reasons,
fsm-states.md and fsm-events.md what each state and event means.

A row that is not understood, a cell that is missing or given twice, and a
name that no STATE or EVENT row defines are errors.
"""

import os
import re
import sys
from dataclasses import dataclass

ROWS = {"STATE": 3, "EVENT": 3, "CELL": 5}      # how many arguments each has
KINDS = ("STABLE", "TRANSIENT")
ORIGINS = ("ADMINISTRATOR", "USER", "MACHINE")
IGNORE = "ignore"           # the action that does nothing
REFUSE = "refuse_"          # refuse_busy answers -EBUSY

RE_COMMENT = re.compile(r"/\*.*?\*/", re.S)
RE_DIRECTIVE = re.compile(r"^[ \t]*#.*$", re.M)
RE_ROW = re.compile(
    r"(?P<row>[A-Z]+)\((?P<args>(?:\"[^\"\n]*\"|TO\(\w+\)|[\w\s,|])*)\)\s*")
RE_ARGUMENT = re.compile(r"(?:\"[^\"]*\"|[^,\"])+")
RE_NEXT = re.compile(r"TO\((\w+)\)$")


class TableError(Exception):
    """The table, or the request, is not what fsm.py can draw."""


@dataclass
class Cell:
    state: str
    event: str
    action: str
    next: list          # the states the action may return
    why: str

    @property
    def errno(self):
        """What the cell answers, if all it does is refuse."""
        if self.action.startswith(REFUSE):
            return "E" + self.action[len(REFUSE):].upper()
        return None

    @property
    def leads_to(self):
        return [state for state in self.next if state != self.state]


class Table:
    """The rows, checked."""

    def __init__(self, text, path):
        self.path = path
        self.states = {}    # name -> (kind, meaning), in the order of the file
        self.events = {}    # name -> (origin, meaning)
        self.cells = {}     # (state, event) -> Cell
        text = RE_COMMENT.sub(lambda m: "\n" * m[0].count("\n"), text)
        text = RE_DIRECTIVE.sub("", text)
        at = len(text) - len(text.lstrip())
        while at < len(text):
            self._line = text.count("\n", 0, at) + 1
            m = RE_ROW.match(text, at)
            if not m:
                found = text[at:].split("\n")[0]
                self._fail(f"cannot read '{found}'; accepted: rows of "
                           + ", ".join(ROWS))
            self._read(m["row"], m["args"])
            at = m.end()
        self._check_complete()

    def _fail(self, what):
        raise TableError(f"{self.path}:{self._line}: {what}")

    def _read(self, row, arguments):
        args = [arg.strip() for arg in RE_ARGUMENT.findall(arguments)]
        if len(args) != ROWS.get(row):
            self._fail(f"{row} with {len(args)} arguments; accepted: "
                       + ", ".join(f"{r} with {n}" for r, n in ROWS.items()))
        text = args[-1]
        if not text.startswith('"'):
            self._fail(f"the last argument of {row} must be a string")
        args[-1] = text.strip('"')
        if row == "CELL":
            self._read_cell(*args)
        elif row == "STATE":
            self._read_name(self.states, KINDS, *args)
        else:
            self._read_name(self.events, ORIGINS, *args)

    def _read_name(self, names, kinds, name, kind, meaning):
        if name in names:
            self._fail(f"{name} is defined twice")
        if kind not in kinds:
            self._fail(f"{name} is '{kind}'; accepted: " + ", ".join(kinds))
        names[name] = (kind, meaning)

    def _read_cell(self, state, event, action, next_states, why):
        self._check_known(state, self.states, "state")
        self._check_known(event, self.events, "event")
        if (state, event) in self.cells:
            self._fail(f"CELL({state}, {event}) is given twice")
        targets = []
        for term in next_states.split("|"):
            m = RE_NEXT.match(term.strip())
            if not m:
                self._fail(f"'{term.strip()}' among the next states; "
                           "accepted: TO(STATE) | ...")
            self._check_known(m[1], self.states, "state")
            targets.append(m[1])
        self.cells[state, event] = Cell(state, event, action, targets, why)

    def _check_known(self, name, names, what):
        if name not in names:
            self._fail(f"unknown {what} '{name}'; defined above: "
                       + ", ".join(names))

    def _check_complete(self):
        missing = [f"CELL({state}, {event})"
                   for state in self.states for event in self.events
                   if (state, event) not in self.cells]
        if missing:
            raise TableError(f"{self.path}: missing: " + ", ".join(missing))

    def arrows(self):
        """What changes the state: (from, to) -> cells, in table order."""
        found = {}
        for cell in self.cells.values():
            for target in cell.leads_to:
                found.setdefault((cell.state, target), []).append(cell)
        return found


# --- What is made of it ------------------------------------------------------

EDGE_STYLE = {"ADMINISTRATOR": "solid", "USER": "bold", "MACHINE": "dashed"}


def as_dot(table):
    out = ["digraph fsm {",
           "\trankdir=TB;",
           "\tnodesep=0.9;",
           "\tranksep=0.6;",
           '\tnode [shape=box, fontname="sans-serif", fontsize=12, '
           'height=0.5, width=1.6];',
           '\tedge [fontname="sans-serif", fontsize=10];']
    for state, (kind, meaning) in table.states.items():
        style = "rounded" if kind == "STABLE" else "rounded,dashed"
        out.append(f'\t{state} [style="{style}", tooltip="{meaning}"];')
    for (state, target), cells in table.arrows().items():
        by_origin = {}
        for cell in cells:
            origin = table.events[cell.event][0]
            by_origin.setdefault(origin, []).append(cell.event)
        for origin, events in by_origin.items():
            names = "\\n".join(events)
            out.append(f'\t{state} -> {target} [label="  {names}  ", '
                       f'style={EDGE_STYLE[origin]}];')
    out.append("}")
    return "\n".join(out) + "\n"


def as_text(table):
    out = ["The driver's states, and the events that lead from one to another.",
           ""]
    for state, (kind, meaning) in table.states.items():
        out.append(f"{state} ({kind.lower()}): {meaning}.")
        for (source, target), cells in table.arrows().items():
            if source == state:
                names = " or ".join(cell.event for cell in cells)
                out.append(f"    to {target}: {names}")
    return "\n".join(out) + "\n"


def glance(cell):
    """A cell of the small table."""
    if cell.errno:
        return f"−{cell.errno}"
    if cell.action == IGNORE:
        return "·"
    leads = ", ".join(f"→ {target}" for target in cell.leads_to)
    return f"{cell.action} {leads}".strip()


def as_table(table):
    states = list(table.states)
    out = ["| Event | " + " | ".join(states) + " |",
           "|:---" * (len(states) + 1) + "|"]
    for event in table.events:
        cells = [glance(table.cells[state, event]) for state in states]
        out.append(f"| {event} | " + " | ".join(cells) + " |")
    out += ["",
            "A dot: nothing happens. An arrow: where the action may lead; it "
            "may also stay.",
            "An errno: the request is refused and nothing changes."]
    return "\n".join(out) + "\n"


def as_names(names, head, kind):
    out = [f"| {head} | {kind} | Meaning |", "|:---|:---|:--------|"]
    out += [f"| {name} | {sort.lower()} | {meaning} |"
            for name, (sort, meaning) in names.items()]
    return "\n".join(out) + "\n"


def as_states(table):
    return as_names(table.states, "State", "Kind")


def as_events(table):
    return as_names(table.events, "Event", "Raised by")


def as_cells(table):
    out = []
    for state, (kind, meaning) in table.states.items():
        out += [f"**{state}** ({kind.lower()}): {meaning}.", "",
                "| Event | Action | Next state | Why |",
                "|:---|:---|:---|:------|"]
        for event in table.events:
            cell = table.cells[state, event]
            action = f"−{cell.errno}" if cell.errno else cell.action
            out.append(f"| {event} | {action} | {', '.join(cell.next)} "
                       f"| {cell.why} |")
        out.append("")
    return "\n".join(out)


OUTPUTS = {"fsm.dot": as_dot, "fsm.txt": as_text, "fsm.md": as_table,
           "fsm-cells.md": as_cells, "fsm-states.md": as_states,
           "fsm-events.md": as_events}


def main(argv):
    if len(argv) != 3:
        print("usage: fsm.py TABLE OUT", file=sys.stderr)
        return 2
    path, out = argv[1:]
    make = OUTPUTS.get(os.path.basename(out))
    try:
        if not make:
            raise TableError(f"{out}: cannot be made; known: "
                             + ", ".join(OUTPUTS))
        with open(path, encoding="utf-8") as source:
            table = Table(source.read(), path)
        with open(out, "w", encoding="utf-8") as target:
            target.write(make(table))
    except (TableError, OSError) as error:
        print(f"fsm.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
