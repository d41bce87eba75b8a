"""What a sweep does on the command line: it writes rows, tells how far it is, and stops where somebody stops it."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from convcalc.cli.output import complain, on_terminal, pause, remark, streamed
from convcalc.errors import DescriptionError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from convcalc.pages.page import Page
    from convcalc.questions.sweep import Goal, Part, Sweep
    from convcalc.views import OutputFormat


MOST_SHOWN = 100_000
"""Rows that a table has, at most; what streams has no bound."""


@dataclass
class Job:
    """A sweep to be done: which configurations, how many that are, and what is to be shown of them."""

    sweep: Sweep
    numbers: Sequence[int]
    number: int
    keys: Sequence[str]
    goals: Sequence[Goal]
    top: int | None
    name: str
    quiet: bool

    def stream(self, form: OutputFormat, output: Path | None, stopped: Callable[[], bool]) -> None:
        """Write rows while they are computed."""
        from convcalc.pages.sweep import not_known, sweep_page
        from convcalc.pages.sweep import stopped as stopped_after

        parts = self.parts(stopped, quiet=self.quiet or on_terminal(output))
        first = list(islice(parts, 1))  # what is wrong with it is told before a file is touched
        with streamed(output, binary=form.binary) as file, form.begin(file) as append:
            append(sweep_page(self.sweep, self.keys, (), self.name))
            for part in chain(first, parts):
                rows = zip(*part.columns(self.keys, part.lanes), strict=True)
                append(sweep_page(self.sweep, self.keys, rows, self.name))
        if not self.quiet:
            for sentence in not_known(self.sweep):
                complain(f"warning: {self.name}: {sentence}")
        if stopped():
            complain(stopped_after(self.sweep.done, self.number))

    def page(self, stopped: Callable[[], bool]) -> Page:
        """All rows that are asked for, once all are computed."""
        from convcalc.pages.sweep import sweep_page, told
        from convcalc.questions.sweep import REASON, Best, Front

        best = Best(self.goals[0], self.top) if self.top else Front(self.goals) if self.goals else None
        rows: list[tuple[Any, ...]] = []
        for part in self.parts(stopped, quiet=self.quiet):
            if best:
                best.take(part, self.keys)
            else:
                rows += zip(*part.columns(self.keys, part.lanes), strict=True)
                require_few(len(rows))
        rows = best.shown() if best else rows
        keys = [key for key in self.keys if key != REASON or self.sweep.impossible or self.sweep.partial]
        about, foot = told(self.sweep, self.number, len(rows), narrowed=bool(best))
        return sweep_page(self.sweep, keys, [row[: len(keys)] for row in rows], self.name, about=about, foot=foot)

    def parts(self, stopped: Callable[[], bool], *, quiet: bool) -> Iterator[Part]:
        """The parts of the sweep, until somebody stops it; how far it has come is told meanwhile."""
        begin = last = monotonic()
        for part in self.sweep.parts(self.numbers):
            yield part
            now = monotonic()
            if not quiet and now - last > pause():
                remark(progress(self.sweep.done, self.number, now - begin))
                last = now
            if stopped():
                break
        remark("")


def require_few(rows: int) -> None:
    """State that a table can be read.

    Raises:
        DescriptionError: it has too many rows.
    """
    if rows > MOST_SHOWN:
        message = f"a table of more than {MOST_SHOWN:,} rows is more than anybody reads"
        raise DescriptionError(
            Fault("beyond-limits", message, notes=("try: -f csv, --top 20 --by macs, or --pareto params,macs",))
        )


def progress(done: int, number: int, seconds: float) -> str:
    """How far a sweep has come.

    >>> progress(1_000_000, 4_000_000, 2.0)
    '1,000,000 of 4,000,000 configurations (25%), 500,000 a second, 6 s left'
    """
    rate = done / seconds
    left = round((number - done) / rate)
    hours, minutes = divmod(left // 60, 60)
    time = f"{hours} h {minutes} min" if hours else f"{minutes} min {left % 60} s" if minutes else f"{left} s"
    return f"{done:,} of {number:,} configurations ({done / number:.0%}), {rate:,.0f} a second, {time} left"


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C stop what looks whether it did; a second one is the usual one."""
    seen: list[int] = []

    def stop(*_: object) -> None:
        seen.append(1)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: bool(seen)
    finally:
        signal.signal(signal.SIGINT, before)
