"""The command line: read, compute, show. Only this package writes to standard output and standard error.

A command imports what it needs when it runs: a start is what a user waits for.
"""

from convcalc.cli.app import run

__all__ = ["run"]
