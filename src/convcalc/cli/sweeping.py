"""What a sweep does on the command line: it writes rows, tells how far it is, and stops where somebody stops it."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from convcalc.cli.output import INTERRUPTED, NO, complain, on_terminal, pause, remark, streamed, write_pages
from convcalc.errors import DescriptionError, Fault, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from convcalc.cli.choices import Kept
    from convcalc.network.network import Network
    from convcalc.network.terms import Terms
    from convcalc.pages.page import Page
    from convcalc.questions.configurations import ConfigurationSource
    from convcalc.questions.sweep import Goal, Sweep, SweepPart
    from convcalc.views import OutputFormat


MOST_SHOWN = 100_000
"""Rows that a table has, at most; what streams has no bound."""


class Planned(NamedTuple):
    """A sweep that has not begun, with what is shown of each configuration, and by what these are chosen."""

    sweep: Sweep
    keys: Sequence[str]
    goals: Sequence[Goal]
    top: int | None
    name: str
    joined: str


@dataclass
class Job:
    """A planned sweep over the configurations of some numbers: how many these are, and whether it is quiet."""

    plan: Planned
    numbers: Sequence[int]
    number: int
    quiet: bool

    def stream(self, form: OutputFormat, output: Path | None, stopped: Callable[[], bool]) -> None:
        """Write rows while they are computed."""
        from convcalc.pages.sweep import not_known, sweep_page
        from convcalc.pages.sweep import stopped as stopped_after

        plan, sweep = self.plan, self.plan.sweep
        parts = self.parts(stopped, quiet=self.quiet or on_terminal(output))
        first = list(islice(parts, 1))  # what is wrong with it is told before a file is touched
        with streamed(output, binary=form.binary) as file, form.begin(file) as append:
            append(sweep_page(sweep, plan.keys, (), plan.name))
            for part in chain(first, parts):
                rows = zip(*part.columns(plan.keys, part.lanes), strict=True)
                append(sweep_page(sweep, plan.keys, rows, plan.name))
        if not self.quiet:
            for sentence in not_known(sweep):
                complain(f"warning: {plan.name}: {sentence}")
        if stopped():
            complain(stopped_after(sweep.done, self.number))

    def page(self, stopped: Callable[[], bool]) -> Page:
        """All rows that are asked for, once all are computed."""
        from convcalc.pages.sweep import sweep_outcome, sweep_page
        from convcalc.questions.sweep import REASON, Best, Front

        plan, sweep = self.plan, self.plan.sweep
        best = Best(plan.goals[0], plan.top) if plan.top else Front(plan.goals) if plan.goals else None
        rows: list[tuple[Any, ...]] = []
        for part in self.parts(stopped, quiet=self.quiet):
            if best:
                best.take(part, plan.keys)
            else:
                rows += zip(*part.columns(plan.keys, part.lanes), strict=True)
                require_few(len(rows))
        rows = best.shown() if best else rows
        keys = [key for key in plan.keys if key != REASON or sweep.impossible or sweep.partial]
        about, foot = sweep_outcome(sweep, self.number, len(rows), narrowed=bool(best))
        return sweep_page(sweep, keys, [row[: len(keys)] for row in rows], plan.name, about=about, foot=foot)

    def parts(self, stopped: Callable[[], bool], *, quiet: bool) -> Iterator[SweepPart]:
        """The parts of the sweep, until somebody stops it; how far it has come is told meanwhile."""
        sweep = self.plan.sweep
        begin = last = monotonic()
        for part in sweep.parts(self.numbers):
            yield part
            now = monotonic()
            if not quiet and now - last > pause():
                remark(progress(sweep.done, self.number, now - begin))
                last = now
            if stopped():
                break
        remark("")


def planned_sweep(network: Network, source: ConfigurationSource, columns: str, terms: Terms, kept: Kept) -> Planned:
    """A sweep over the configurations of a source.

    Raises:
        DescriptionError: variables, columns or conditions do not go together, or are not known.
    """
    from convcalc.cli.choices import chosen_condition, chosen_goals, chosen_join, require_kinds, require_names
    from convcalc.network.measures import countable
    from convcalc.pages.count import chosen_columns
    from convcalc.pages.sweep import USUAL_MEASURES, present
    from convcalc.questions.sweep import REASON, Sweep

    require_kinds(source.axes, network)
    joined = chosen_join(kept.joined, source, network)
    axes = (*source.axes, *(joined.axes if joined else ()))
    require_names(axes)
    measures = chosen_columns(columns, USUAL_MEASURES, countable())
    condition = chosen_condition(kept.where, axes, network)
    goals = chosen_goals(kept.by, kept.pareto, kept.top, axes)
    chosen_by = tuple(goal.key for goal in goals)
    needed = {*measures, *chosen_by, *(condition.names if condition else ())}
    counted = tuple(key for key in countable() if key in needed)
    sweep = Sweep(network, source, counted, terms, joined, condition, kept.valid, present, chosen_by)
    reasons = [] if kept.valid or condition or goals else [REASON]
    keys = [*[axis.name for axis in axes], *measures, *reasons]
    return Planned(sweep, keys, goals, kept.top, network.name, (kept.joined or [""])[0])


def run_sweep(plan: Planned, numbers: Sequence[int], form: OutputFormat, output: Path | None, *, quiet: bool) -> None:
    """Sweep over the configurations of these numbers, and write what was found.

    Raises:
        DescriptionError: there are too many for a table, or what they are chosen by is not known.
        typer.Exit: somebody has stopped it, or no configuration is possible.
    """
    from convcalc.questions.configurations import how_many

    sweep, number = plan.sweep, how_many(numbers)
    streaming = bool(form.stream) and not plan.goals
    if not (streaming or plan.goals or sweep.where):
        require_few(number)
    job = Job(plan, numbers, number, quiet=quiet)
    with interruptible() as stopped:
        if streaming:
            job.stream(form, output, stopped)
        else:
            page = job.page(stopped)
            sweep.require_decided()
            write_pages([page], form, output)
    if sweep.joined and sweep.done and not sweep.matched and not quiet:
        complain(f"warning: no configuration has a row in {quoted(plan.joined)}")
    if stopped():
        raise typer.Exit(INTERRUPTED)
    sweep.require_decided()
    if sweep.done and sweep.impossible == sweep.done:
        complain("no configuration is possible")
        raise typer.Exit(NO)


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
