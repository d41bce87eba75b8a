"""`python -m convcalc`, and the command `convcalc`."""

from __future__ import annotations

import gc
import sys

INTERRUPTED = 130
"""The exit status after Ctrl-C."""


def main() -> None:
    """Run the command line, and leave with its exit status."""
    gc.disable()  # a short process makes next to no cycles, and looking for them takes a quarter of the time
    try:
        from convcalc.cli.app import run  # most of a short run, so that Ctrl-C often comes here

        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        status = INTERRUPTED
    gc.freeze()  # at its end, Python looks once more for cycles: a tenth of the time
    sys.exit(status)


if __name__ == "__main__":
    main()
