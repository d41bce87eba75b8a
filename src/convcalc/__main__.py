"""`python -m convcalc`, and the command `convcalc`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, and leave with its exit status."""
    from convcalc.cli import run  # an import error should not hide the interpreter's own options

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
