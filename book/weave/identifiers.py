# SPDX-License-Identifier: GPL-2.0-only
"""Which identifier is defined where: universal-ctags on the tangled files.

ctags sees complete files, which it understands much better than fragments; the
source map leads each definition back to its line in a chapter.  A name that is
static in several files is looked up in the file of the place that uses it; if
that does not decide, there is no link: a wrong link is worse than none.
"""

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass

from report import BookError

KINDS = {
    "function": "function", "macro": "macro", "struct": "struct", "union": "union",
    "enum": "enum", "enumerator": "enumerator", "typedef": "typedef",
    "variable": "variable",
}
TAGS = ("struct", "union", "enum")


@dataclass(eq=False)
class Identifier:
    name: str
    kind: str
    root: str                   # the file that defines it
    local: bool                 # static, or in a file that nobody includes
    definition: object          # noweb.Definition
    line: int                   # in the chapter
    anchor: str = ""
    uses: list = None           # definitions (chunk pieces) that mention it


def run_ctags(directory, files):
    """Yield one dictionary for each tag in the given files."""
    command = ["ctags", "--output-format=json", "--fields=+nKSe", "--languages=C",
               "--langmap=C:.c.h", "--kinds-C=+defglmstuvz-p", "-I", "__printf+",
               "-f", "-", "-L", "-"]
    done = subprocess.run(command, cwd=directory, input="\n".join(files) + "\n",
                          capture_output=True, text=True)
    if done.returncode:
        raise BookError(f"ctags failed: {done.stderr.strip()}")
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        if tag.get("_type") == "tag":
            yield tag


class Identifiers:
    """Looks names up; knows the line of each definition."""

    def __init__(self, source_map):
        self.by_name = {}
        self.by_place = {}      # (chapter path, line) -> [Identifier]
        self.map = source_map
        self.local_names = {}   # (chapter path, line) -> names local to the function there
        self._scan()
        self._anchors()

    def all(self):
        """All identifiers, sorted as in an index."""
        found = [i for group in self.by_name.values() for i in group]
        return sorted(found, key=lambda i: (i.name.lstrip("_").lower(), i.name, i.root))

    def _scan(self):
        files = [r for r in self.map.files if r.endswith((".c", ".h"))]
        if not files:
            return
        with tempfile.TemporaryDirectory() as directory:
            for root in files:
                path = os.path.join(directory, root)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.writelines(text + "\n" for text, _ in self.map.files[root])
            tags = list(run_ctags(directory, files))
        for tag in tags:
            self._add(tag)
        self._find_locals(tags)

    def _find_locals(self, tags):
        """Note, for each line of a function, its parameters and variables.

        Likewise for the line of a structure's member, which is no use of
        anything that has the same name.
        """
        functions = {}
        for tag in tags:
            if tag["kind"] == "member":     # declared on this line
                self._hide(tag["path"], tag["line"], {tag["name"]})
            if tag["kind"] == "function" and "end" in tag:
                functions[tag["path"], tag["name"]] = (tag["line"], tag["end"], set())
        for tag in tags:
            function = functions.get((tag["path"], tag.get("scope")))
            if function and tag["kind"] in ("local", "parameter"):
                function[2].add(tag["name"])
        for (path, _), (first, last, found) in functions.items():
            for number in range(first, last + 1):
                self._hide(path, number, found)

    def _hide(self, root, line, found):
        origin = self.map.origin(root, line)
        if found and origin:
            key = (origin.definition.chapter.path, origin.line)
            self.local_names.setdefault(key, set()).update(found)

    def _add(self, tag):
        kind = KINDS.get(tag["kind"])
        origin = self.map.origin(tag["path"], tag["line"])
        name = tag["name"]
        if not kind or not origin or name.startswith("__anon"):
            return
        if kind == "macro" and name.endswith(("_H", "_H_")):
            return              # include guard
        group = self.by_name.setdefault(name, [])
        place = (origin.definition.chapter.path, origin.line)
        if any((i.definition.chapter.path, i.line, i.kind) == (*place, kind) for i in group):
            return              # one chunk that goes into several files
        found = Identifier(name, kind, tag["path"], bool(tag.get("file")),
                           origin.definition, origin.line, uses=[])
        group.append(found)
        self.by_place.setdefault(place, []).append(found)

    def _anchors(self):
        for group in self.by_name.values():
            for number, found in enumerate(group, 1):
                suffix = "" if number == 1 else f"--{number}"
                found.anchor = f"id-{found.name}{suffix}"

    def lookup(self, name, roots=(), before="", loose=False):
        """The definition that `name` means in one of the files `roots`, or None.

        `before` is the text just before the name: after "struct" only tags are
        meant, elsewhere none, and a member (after "." or "->") is never linked.
        Code cannot mean what is static in another file; prose (`loose`) can.
        """
        group = self.by_name.get(name)
        if not group:
            return None
        before = before.rstrip()
        if before.endswith(("->", ".")):
            return None
        tagged = before.endswith(TAGS)
        group = [i for i in group if (i.kind in TAGS) == tagged]
        here = [i for i in group if i.root in roots]
        for candidates in (here, [i for i in group if not i.local], group if loose else []):
            if candidates:
                return candidates[0] if len(candidates) == 1 else self._agree(candidates)
        return None

    @staticmethod
    def _agree(candidates):
        """Several definitions: a function in a .c file beats the rest."""
        functions = [i for i in candidates if i.kind == "function" and i.root.endswith(".c")]
        return functions[0] if len(functions) == 1 else None
