#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Cut the trace of the first trip into its stations, and draw its addresses.

usage: trip.py TRACE OUT

TRACE is what `ccwsim run --trace` printed of a scenario with one program of one
CCW. The name of OUT says what is made of it: trip-start.txt is the part that
belongs to the step "start" (any step's verb will do if only one step has it),
trip.dot the picture of the program in guest and host storage, for Graphviz,
and trip.txt that picture in words.
"""

import os
import re
import sys
import textwrap

RE_PREFIX = re.compile(r" *\d+\.\d+ +\S+ +\S+ +")      # time, who, where
RE_STEP = re.compile(r" *\d+  (\w+): +(\S+)")
RE_GUEST_CCW = re.compile(
    r"guest: +ccw 0x(?P<at>\w+) (?P<command>\S+) to 0x(?P<data>\w+) "
    r"count (?P<count>\d+)")
RE_SSCH = re.compile(r"machine +\S+ +SSCH cc 0 program 0x(?P<program>\w+)")
RE_HOST_CCW = re.compile(
    r"channel +0x(?P<at>\w+) +ccw command (?P<command>\S+) count (?P<count>\d+) "
    r"data 0x(?P<list>\w+) flags (?P<flags>.*)")
RE_STORE = re.compile(
    r"channel +0x(?P<at>\w+) +store count (?P<count>\d+) bytes (?P<bytes>.*)")

WIDTH = 80
WHAT_COLUMN = 35        # where a continued line goes on


class TraceError(Exception):
    """The trace, or the request, is not what trip.py can use."""


def fit(line):
    """The line, made to fit a page: a comment moves up to its step, and what is
    too long goes on in the next line, a little behind where the event began."""
    line = re.sub(r" {2,}#", "   #", line)
    prefix = RE_PREFIX.match(line)
    indent = len(prefix[0]) + 2 if prefix else 6
    return textwrap.fill(line, WIDTH, subsequent_indent=" " * indent,
                         break_long_words=False, break_on_hyphens=False)


class Trace:
    """A trace, cut into its steps."""

    def __init__(self, text, path):
        self.path = path
        self.text = text
        self.steps = []         # (verb, lines)
        for line in text.split("\n"):
            if m := RE_STEP.match(line):
                self.steps.append((m[2], []))
            if self.steps:
                self.steps[-1][1].append(line.rstrip())

    def step(self, verb):
        found = [lines for name, lines in self.steps if name == verb]
        if len(found) != 1:
            verbs = [name for name, _ in self.steps]
            once = sorted(v for v in set(verbs) if verbs.count(v) == 1)
            raise TraceError(f"{self.path}: {len(found)} steps '{verb}'; "
                             "there once: " + ", ".join(once))
        lines = "\n".join(found[0]).strip("\n").split("\n")
        return "\n".join(fit(line) for line in lines) + "\n"

    def only(self, pattern, what):
        found = list(pattern.finditer(self.text))
        if len(found) != 1:
            raise TraceError(f"{self.path}: {len(found)} lines with {what}; "
                             "accepted: exactly one")
        return found[0]


class Trip:
    """The addresses of the trip."""

    def __init__(self, trace):
        self.guest = trace.only(RE_GUEST_CCW, "a guest's CCW")
        self.ssch = trace.only(RE_SSCH, "an accepted SSCH")
        self.host = trace.only(RE_HOST_CCW, "a CCW of the channel")
        self.store = trace.only(RE_STORE, "a store of the channel")
        if self.ssch["program"] != self.host["at"]:
            raise TraceError(f"{trace.path}: the channel's CCW is not the one "
                             "that was started")
        if "ida" not in self.host["flags"].split():
            raise TraceError(f"{trace.path}: the channel's CCW is not indirect")


def digits(number):
    """A hexadecimal number in groups of four, as the book writes them."""
    grouped = number[::-1]
    return " ".join(grouped[i:i + 4] for i in range(0, len(number), 4))[::-1]


def as_dot(trip):
    guest, host, store = trip.guest, trip.host, trip.store
    return f"""digraph trip {{
	rankdir=LR;
	ranksep=1.0;
	node [shape=plain, fontname="sans-serif", fontsize=11];
	edge [fontname="sans-serif", fontsize=10];

	guest [label=<
		<table border="0" cellborder="1" cellspacing="0" cellpadding="6">
		<tr><td border="0"><b>guest storage</b></td></tr>
		<tr><td port="ccw">{digits(guest["at"])}: {guest["command"]},<br/>{guest["count"]} bytes to {digits(guest["data"])}</td></tr>
		<tr><td border="0">&#8942;</td></tr>
		<tr><td port="data">{digits(guest["data"])}: {store["bytes"]}</td></tr>
		</table>>];
	copy [label=<
		<table border="0" cellborder="1" cellspacing="0" cellpadding="6">
		<tr><td border="0"><b>the driver's arena</b></td></tr>
		<tr><td port="ccw">{digits(host["at"])}: {host["command"]},<br/>{host["count"]} bytes, list at {digits(host["list"])}</td></tr>
		<tr><td border="0">&#8942;</td></tr>
		<tr><td port="idaw">{digits(host["list"])}: {digits(store["at"])}</td></tr>
		</table>>];
	frame [label=<
		<table border="0" cellborder="1" cellspacing="0" cellpadding="6">
		<tr><td border="0"><b>a pinned page of the host</b></td></tr>
		<tr><td port="data">{digits(store["at"])}: {store["bytes"]}</td></tr>
		</table>>];

	guest:ccw -> copy:ccw [label="copied", style=dashed];
	copy:idaw -> frame:data:w;
	guest:data -> frame:data:sw [label="the same storage", style=dotted, dir=none, constraint=false];
}}
"""


def as_text(trip):
    guest, host, store = trip.guest, trip.host, trip.store
    words = (
        f"In guest storage the CCW stands at {digits(guest['at'])}. It says "
        f"{guest['command']}, {guest['count']} bytes to "
        f"{digits(guest['data'])}. The driver's arena holds the copy, at "
        f"{digits(host['at'])} of the host. It says {host['command']}, "
        f"{host['count']} bytes, to the list at {digits(host['list'])}. There "
        f"stands one IDAW, with the address {digits(store['at'])}. That is "
        f"where the channel stores {store['bytes']}; it is the host's page "
        f"behind the guest's address {digits(guest['data'])}.")
    return ("The addresses of the first trip, in the guest and in the host.\n\n"
            + textwrap.fill(words, 80) + "\n")


def make(trace, name):
    if name == "trip.dot":
        return as_dot(Trip(trace))
    if name == "trip.txt":
        return as_text(Trip(trace))
    if m := re.fullmatch(r"trip-([\w-]+)\.txt", name):
        return trace.step(m[1])
    raise TraceError(f"'{name}' cannot be made; known: trip.dot, trip.txt, "
                     "trip-VERB.txt")


def main(argv):
    if len(argv) != 3:
        print("usage: trip.py TRACE OUT", file=sys.stderr)
        return 2
    path, out = argv[1:]
    try:
        with open(path, encoding="utf-8") as source:
            trace = Trace(source.read(), path)
        made = make(trace, os.path.basename(out))
        with open(out, "w", encoding="utf-8") as target:
            target.write(made)
    except (TraceError, OSError) as error:
        print(f"trip.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
