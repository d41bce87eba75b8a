"""`python -m convcalc`, and the command `convcalc`."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line, and leave with its exit status."""
    from convcalc.cli import run  # an import error should not hide the interpreter's own options

    gc.disable()  # a short process makes next to no cycles, and looking for them takes a quarter of the time
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
