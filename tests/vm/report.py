# SPDX-License-Identifier: GPL-2.0-only
"""What init reports on a machine's console: followed, and judged.

tests/vm/init.c says how the lines look. Each machine of the lab has a console,
whoever emulates it, and a monitor that does what a test asks for: a request is
one of its methods, which is given the rest of the line, if there is any, and
returns what went wrong.
"""

import re
import selectors
import time

# What a kernel says when something is wrong with it, whoever is to blame.
TROUBLE = re.compile(
    r"WARNING:|BUG:|INFO: (task|rcu|lockdep)|Kernel panic|Oops|"
    r"Unable to handle|cut here|possible .*(dead|recursive )lock|"
    r"inconsistent lock|sleeping function called|still has locks held|"
    r"suspicious RCU|list_(add|del) corruption|refcount_t|"
    # KASAN and the workqueues' watchdog say "BUG:", a task that hangs is "INFO:"
    r"UBSAN:|ODEBUG:|BUG \S+ \(|Bad page|page dumped|"
    r"(DEBUG_LOCKS_WARN|VM_(WARN|BUG))_ON|non-static key|"
    # it has seen too much, and sees nothing more
    r"locking correctness validator|ODEBUG disabled|"
    r"general protection|specification exception|addressing exception|"
    r"\(records were lost here\)")


class Report:
    """What the machine has said so far."""

    def __init__(self, monitor):
        self.monitor = monitor          # the machine's: does what is asked of it
        self.count = {"pass": 0, "fail": 0, "skip": 0}
        self.test = "starting up"       # the one that is running
        self.ended = False              # init came to the end of its plan
        self.aside = []                 # what the test itself printed
        self.trouble = False            # the kernel complained
        self.refused = False            # the monitor could not do what was asked

    def line(self, line):
        """Take in one line of the console."""
        word, _, rest = line.removeprefix("lab: ").partition(" ")
        if not line.startswith("lab: "):
            if TROUBLE.search(line):
                self.kernel_trouble(line)
            else:
                self.aside.append(line)
        elif word == "log":
            level, _, text = rest.partition(" ")
            if TROUBLE.search(text):
                self.kernel_trouble(text)
            elif self.trouble and int(level) <= 4:
                print(f"      {text}")
        elif word == "run":
            self.test, self.aside = rest, []
            self.trouble = self.refused = False
        elif word == "end":
            self.ended = True
        elif word in self.monitor.requests:
            complaint = getattr(self.monitor, word)(*([rest] if rest else []))
            if complaint:
                self.aside += f"{word} {rest}: {complaint}".split("\n")
                self.refused = True
        elif word in self.count:
            self.result(word, rest)

    def kernel_trouble(self, text):
        """The kernel complained: whatever the test says, it failed."""
        if not self.trouble:
            self.result("fail", f"{self.test}: the kernel complained")
        self.trouble = True
        print(f"      {text}", flush=True)

    def result(self, word, rest):
        """A test is over. What it printed is shown only if it failed."""
        if self.trouble:
            return
        if word == "pass" and self.refused:
            word, rest = "fail", f"{rest}: what it asked for could not be done"
        self.count[word] += 1
        print(f"{word.upper()}  {rest}", flush=True)
        if word == "fail":
            for line in self.aside:
                print(f"      {line}")
        self.test, self.aside = f"after {rest}", []

    def judge(self, in_time, args):
        """It is over: print the last lines. Return the exit status."""
        if not in_time:
            self.result("fail", f"{self.test}: the machine was still running "
                        f"after {args.timeout} s")
        elif not self.ended:
            self.result("fail", f"{self.test}: the machine stopped here")
        if self.count["fail"]:
            print(f"The console is in {args.log}")
        passed, failed = self.count["pass"], self.count["fail"]
        print(f"{passed} passed, {failed} failed, {self.count['skip']} skipped")
        return 1 if failed or not passed else 0


def follow(machine, log, report, deadline):
    """Read the console until it closes. Return False if time ran out."""
    waiter = selectors.DefaultSelector()
    waiter.register(machine.stdout, selectors.EVENT_READ)
    rest = b""
    while time.monotonic() < deadline:
        if not waiter.select(1):
            continue
        data = machine.stdout.read1(65536)
        if not data:
            return True
        log.write(data)
        log.flush()
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            report.line(line.decode(errors="replace").strip("\r"))
    return False
