"""`convcalc count --watch`: count again whenever a file changes, and tell what changed since."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from convcalc.cli.output import complain
from convcalc.errors import ConvcalcError, DescriptionError, Fault, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convcalc.network.report import Report
    from convcalc.network.terms import Terms

PAUSE = 0.2
"""Seconds between two looks at the files."""


def watch(
    paths: Sequence[str], recount: Callable[[], Sequence[Report]], terms: Terms, say: Callable[[str], None]
) -> None:
    """Count, and again whenever a file has changed, until somebody stops it; and `say` what changed.

    Raises:
        DescriptionError: there is no file to look at.
    """
    from convcalc.sources.formats import is_network_file

    for path in paths or [""]:
        if is_network_file(path) and not os.path.exists(path):
            raise DescriptionError(Fault("no-such-file", f"there is no file {quoted(path)}"))
        if not os.path.isfile(path):
            message = f"--watch is for files, but got {quoted(path) or 'none'}"
            raise DescriptionError(Fault("conflicting-options", message))
    before: Sequence[Report] = ()
    while True:
        seen = states(paths)
        try:
            after = recount()
        except ConvcalcError as error:
            complain(str(error))
        else:
            tell(before, after, terms, say)
            before = after
        while states(paths) == seen:
            time.sleep(PAUSE)
        say("\n")


def states(paths: Sequence[str]) -> list[tuple[int, int] | None]:
    """What tells whether a file has changed; none of one that is not there, as editors leave it for a moment."""
    found: list[tuple[int, int] | None] = []
    for path in paths:
        try:
            state = Path(path).stat()
        except OSError:
            found.append(None)
        else:
            found.append((state.st_mtime_ns, state.st_size))
    return found


def tell(before: Sequence[Report], after: Sequence[Report], terms: Terms, say: Callable[[str], None]) -> None:
    """Say what differs from the last count, if there was one."""
    from convcalc.network.folding import folded
    from convcalc.pages.compare import change_lines, difference_sentences, totals_of
    from convcalc.questions.comparing import differences

    for one, other in zip(before, after, strict=False):
        found = differences(*(folded(report, bare=True) for report in (one, other)))
        earlier, now = totals_of((one, other), terms)
        told = ["Since the last count:", *change_lines(found, terms), *difference_sentences(earlier, now, found)]
        say("\n" + "\n".join(told) + "\n")
