# SPDX-License-Identifier: GPL-2.0-only
"""Somebody at the lab's 3270: Debian's s3270, which is told what to press."""

import subprocess
import time

# How a screen is kept: a line "|text" for each of its lines, and below it, if
# it has text, a line ":colours", a letter of these for each character; in
# capitals, it is underscored.
COLOURS = {"f1": "b", "f2": "r", "f3": "p", "f4": "g", "f5": "t", "f6": "y",
           "f7": "w"}
UNDERSCORED = "f4"


class TerminalError(Exception):
    """What the emulator said to something it could not do."""


class Terminal:
    """A 3279 with 24 lines of 80 characters, connected to HOST:PORT.

    It takes no action before there is a field to type in."""

    def __init__(self, address, patience=900):
        self.patience = patience        # in seconds, until something shows
        self.emulator = subprocess.Popen(
            ["s3270", "-model", "3279-2-E", "-utf8", address],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def action(self, action):
        """Have an action carried out; return the lines it printed."""
        self.emulator.stdin.write(action + "\n")
        self.emulator.stdin.flush()
        data = []
        for line in self.emulator.stdout:
            if line.startswith("data: "):
                data.append(line[6:].rstrip("\n"))
            elif line.rstrip() == "ok":
                return data
            elif line.rstrip() == "error":
                raise TerminalError(f"{action}: {' '.join(data)}")
        raise TerminalError(f"{action}: s3270 ended")

    def screen(self):
        """The lines that are shown."""
        return self.action("Ascii1()")

    def type(self, text):
        """Type text into the field where the cursor is, and press Enter."""
        self.action(f"Wait({self.patience},InputField)")
        self.action(f'String("{text}")')
        self.action("Enter()")

    def press(self, key):
        """Press a key such as Enter, when the keyboard is free."""
        self.action(f"Wait({self.patience},InputField)")
        self.action(f"{key}()")

    def shows(self, text):
        """Wait until a line of the screen contains the text."""
        deadline = time.monotonic() + self.patience
        while not any(text in line for line in self.screen()):
            if time.monotonic() > deadline:
                raise TerminalError("it is not shown, but:\n" +
                                    "\n".join(self.screen()))
            time.sleep(0.1)

    def keep(self, path):
        """Write what is shown to a file, with its colours."""
        with open(path, "w", encoding="utf-8") as file:
            print("# What a guest's terminal showed; see tests/vm/show.",
                  file=file)
            for text, colours in coloured(self.action("ReadBuffer(Ascii)")):
                print("|" + text.rstrip(), file=file)
                if text.strip() or colours.strip():
                    print(":" + colours.rstrip(), file=file)

    def close(self):
        self.emulator.kill()
        self.emulator.wait()


def pairs(cell):
    """The attributes in a cell such as "SF(c0=f0,42=f5)"."""
    return dict(pair.split("=") for pair in cell[3:-1].split(","))


def coloured(buffer):
    """Yield for each line of the emulator's buffer its text, and the colours.

    The start of a field (SF) takes a place; what it says is true until the next
    field starts. An attribute for characters (SA) takes none.
    """
    field, own = " ", None
    for line in buffer:
        text = colours = ""
        for cell in line.split():
            if cell.startswith("SA("):
                if "42" in pairs(cell):
                    own = COLOURS.get(pairs(cell)["42"])
                continue
            if cell.startswith("SF("):
                field = COLOURS.get(pairs(cell).get("42"), "g")
                if pairs(cell).get("41") == UNDERSCORED:
                    field = field.upper()
                cell = "20"
            character = bytes.fromhex(cell).decode(errors="replace")
            character = character.replace("\0", " ")
            colour = own or field
            text += character
            shown = character != " " or colour.isupper()
            colours += colour if shown else " "
        yield text, colours
