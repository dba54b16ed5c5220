# SPDX-License-Identifier: GPL-2.0-only
"""Somebody at the lab's 3270: Debian's s3270, which is told what to press."""

import subprocess
import time


class TerminalError(Exception):
    """What the emulator said to something it could not do."""


class Terminal:
    """A 3279 with 24 lines of 80 characters, connected to a port here."""

    def __init__(self, port, patience=240):
        self.patience = patience        # in seconds, until something shows
        self.emulator = subprocess.Popen(
            ["s3270", "-model", "3279-2-E", "-utf8", f"127.0.0.1:{port}"],
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
        self.action(f"{key[:2]}({key[2:]})")

    def shows(self, text):
        """Wait until a line of the screen contains the text."""
        deadline = time.monotonic() + self.patience
        while not any(text in line for line in self.screen()):
            if time.monotonic() > deadline:
                raise TerminalError(f"'{text}' is not shown, but:\n" +
                                    "\n".join(self.screen()))
            time.sleep(0.1)

    def close(self):
        self.emulator.kill()
        self.emulator.wait()
