"""Bounds of work: how many Python functions a run calls, which is the same on each machine.

    python tests/work.py count net.yaml

runs a command in bounds of work and memory, and ends in exit status 4 where it goes beyond them.
"""

import resource
import signal
import sys
from contextlib import contextmanager

from convcalc.cli.app import run
from convcalc.language.assemble.builder import MOST_LAYERS

MOST_CALLS = 80 * MOST_LAYERS
"""Calls of Python functions that a command may come to, which is 80 for each layer of the largest network."""

MEMORY = 500 << 20
"""Bytes of addresses that a command may take."""

HANGS = 600
"""Seconds after which a run that calls nothing is ended: it is no measure, only the end of a hang."""


class TooMuch(BaseException):
    """A run calls more functions than it may; no `except Exception` catches it."""


def stop(_number, _frame):
    raise TooMuch


@contextmanager
def bounded(most=MOST_CALLS):
    """Bound how many functions are called, generators that go on included."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"
        if calls > most:
            sys.setprofile(None)
            raise TooMuch

    usual = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGS)
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)
        signal.alarm(0)
        signal.signal(signal.SIGALRM, usual)


def main():
    """Run a command of the command line in bounds."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        with bounded():
            status = run(sys.argv[1:])
    except TooMuch:
        status = 4
    sys.exit(status)


if __name__ == "__main__":
    main()
