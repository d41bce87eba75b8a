"""`convcalc sweep`."""

from __future__ import annotations

import re
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from convcalc.cli.options import (
    Batch,
    Dtype,
    Inputs,
    Layers,
    Nets,
    Output,
    Quiet,
    Settings,
    chosen_terms,
    numeric,
    piped,
    read,
)
from convcalc.cli.output import (
    BINARY,
    INTERRUPTED,
    NO,
    chosen_format,
    complain,
    on_terminal,
    pause,
    publish,
    remark,
    streamed,
)
from convcalc.errors import DescriptionError, Fault, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from convcalc.configurations import Axis, Source
    from convcalc.sheet import Sheet
    from convcalc.spec.variant import Variant
    from convcalc.sweep import Goal, Joined, Part, Sweep


MOST_SAMPLED = 10_000_000
"""Configurations that are drawn at random, at most."""

MOST_SHOWN = 100_000
"""Rows that a table has, at most; what streams has no bound."""

PART = re.compile(r"([1-9]\d{0,8})/([1-9]\d{0,8})", re.ASCII)


def sweep(
    context: typer.Context,
    nets: Nets = None,
    inputs: Inputs = None,
    layers: Layers = None,
    settings: Settings = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUES", help="Values of a variable: 8:128:8 (ends included), or 0.25,0.5,1."),
    ] = None,
    rows: Annotated[
        str,
        typer.Option(metavar="FILE", help="Variables in CSV or JSON lines, in place of --vary; - for standard input."),
    ] = "",
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="CONDITION", help="Keep these: 'macs < 300e6 and params < 4M'; may be given again."),
    ] = None,
    valid: Annotated[bool, typer.Option("--valid", help="Leave out configurations that are impossible.")] = False,
    top: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Keep the best N by --by.", show_default=False)
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="KEY", help="What --top is best in: macs, accuracy, macs:max.", show_default=False)
    ] = "",
    pareto: Annotated[
        str | None,
        typer.Option(metavar="KEYS", help="Keep those that nothing beats in all of these: params,macs,accuracy."),
    ] = None,
    join: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="More columns, by the variables' values: accuracy.csv."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="N configurations, at random.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Which random ones.")] = 0,
    part: Annotated[
        str, typer.Option("--shard", metavar="K/N", help="One of N parts, such as 3/16: every N-th configuration.")
    ] = "",
    columns: Annotated[
        str,
        typer.Option(metavar="KEYS", help="Which measures: params,macs; or +activations,-macs.", show_default=False),
    ] = "",
    batch: Batch = 1,
    dtype: Dtype = "",
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="table, plain, json, jsonl, csv, tsv, markdown, latex or parquet.",
            show_default=False,
        ),
    ] = "",
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Count many variants of a network: all combinations of its variables' values, or those that a table lists.

    \b
    convcalc sweep mobilenet_v1 --vary alpha=0.25,0.5,0.75,1 --vary size=128:224:32
    convcalc sweep seed --vary k1=8:128:8 --vary k2=8:128:8 --pareto params,macs:max -f csv
    convcalc sweep resnet18 --vary 'depth=[2,2,2,2],[3,4,6,3]' --where 'params < 20M'
    """  # noqa: D301  # typer reads \b as: keep these lines
    from convcalc.columns.count import chosen
    from convcalc.columns.sweep import USUAL, present
    from convcalc.configurations import count, shard
    from convcalc.measures import MEASURES
    from convcalc.spec.condition import Condition
    from convcalc.sweep import REASON, Sweep
    from convcalc.views import STREAMS

    form = chosen_format(format_, output)
    source = chosen_source(vary or [], rows, nets or [], layers or [])
    (maker,) = read(context, nets, layers, inputs, settings, most=1, varied=first_values(source))
    variant = numeric(context, maker())
    variant.require_sound()
    require_kinds(source.axes, variant)
    joined = chosen_join(join or [], source, variant)
    axes = (*source.axes, *(joined.axes if joined else ()))
    require_names(axes)
    measures = chosen(columns, USUAL, tuple(MEASURES))
    condition = Condition("--where", conjunction(where)) if where is not None else None
    if condition:
        condition.require((*MEASURES, *[axis.name for axis in axes]), {**still(variant), **unfit(axes)})
    goals = chosen_goals(by, pareto, top, axes)
    needed = {*measures, *[goal.key for goal in goals], *(condition.names if condition else ())}
    counted = tuple(key for key in MEASURES if key in needed)
    whole = Sweep(variant.varied, source, counted, chosen_terms(batch, dtype), joined, condition, valid, present)
    numbers = shard(chosen_numbers(source.total, sample, seed), *chosen_part(part))
    streaming = form in STREAMS and not goals
    if not streaming and not goals and not condition and count(numbers) > MOST_SHOWN:
        message = f"a table of {count(numbers):,} rows is more than anybody reads"
        raise DescriptionError(Fault(message, notes=("try: -f csv, --top 20 --by macs, or --where 'macs < 300e6'",)))
    reasons = [] if valid or condition or goals else [REASON]
    keys = [*[axis.name for axis in axes], *measures, *reasons]
    job = Job(whole, numbers, keys, goals, top, variant.description.name, quiet=quiet)
    with interruptible() as stopped:
        if streaming:
            job.stream(form, output, stopped)
        else:
            publish([job.sheet(stopped)], format_, output)
    if joined and whole.done and not whole.matched and not quiet:
        complain(f"warning: no configuration has a row in {quoted((join or [''])[0])}")
    if stopped():
        raise typer.Exit(INTERRUPTED)
    if whole.done and whole.impossible == whole.done:
        complain("no configuration is possible")
        raise typer.Exit(NO)


@dataclass
class Job:
    """A sweep to be done: which configurations, and what is to be shown of them."""

    sweep: Sweep
    numbers: Sequence[int]
    keys: Sequence[str]
    goals: Sequence[Goal]
    top: int | None
    name: str
    quiet: bool

    def stream(self, form: str, output: Path | None, stopped: Callable[[], bool]) -> None:
        """Write rows while they are computed."""
        from convcalc.columns.sweep import stopped as stopped_after
        from convcalc.columns.sweep import sweep_sheet
        from convcalc.views import appender

        with streamed(output, binary=form in BINARY) as file, appender(form)(file) as append:
            append(sweep_sheet(self.sweep, self.keys, (), self.name))
            for part in self.parts(stopped, quiet=self.quiet or on_terminal(output)):
                rows = zip(*part.columns(self.keys, part.lanes), strict=True)
                append(sweep_sheet(self.sweep, self.keys, rows, self.name))
        if stopped():
            complain(stopped_after(self.sweep.done, count_of(self.numbers)))

    def sheet(self, stopped: Callable[[], bool]) -> Sheet:
        """All rows that are asked for, once all are computed."""
        from convcalc.columns.sweep import sweep_sheet, told
        from convcalc.sweep import REASON, Best, Front

        best = Best(self.goals[0], self.top) if self.top else Front(self.goals) if self.goals else None
        rows: list[tuple[Any, ...]] = []
        for part in self.parts(stopped, quiet=self.quiet):
            if best:
                best.take(part, self.keys)
            else:
                rows += zip(*part.columns(self.keys, part.lanes), strict=True)
                require_few(len(rows))
        rows = best.shown() if best else rows
        keys = [key for key in self.keys if key != REASON or self.sweep.impossible]
        about, foot = told(self.sweep, count_of(self.numbers), len(rows), narrowed=bool(best))
        return sweep_sheet(self.sweep, keys, [row[: len(keys)] for row in rows], self.name, about=about, foot=foot)

    def parts(self, stopped: Callable[[], bool], *, quiet: bool) -> Iterator[Part]:
        """The parts of the sweep, until somebody stops it; how far it has come is told meanwhile."""
        number = count_of(self.numbers)
        begin = last = monotonic()
        for part in self.sweep.parts(self.numbers):
            yield part
            now = monotonic()
            if not quiet and now - last > pause():
                remark(progress(self.sweep.done, number, now - begin))
                last = now
            if stopped():
                break
        remark("")


def count_of(numbers: Sequence[int]) -> int:
    """How many configurations there are."""
    from convcalc.configurations import count

    return count(numbers)


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


def chosen_source(vary: list[str], rows: str, nets: list[str], layers: list[str]) -> Source:
    """The configurations that are asked for.

    Raises:
        DescriptionError: there are none, or two kinds of them.
    """
    from convcalc.configurations import Grid
    from convcalc.spec.load import STANDARD_INPUT, table
    from convcalc.spec.vary import WAY, parse_listed, parse_vary

    if vary and rows:
        raise DescriptionError(Fault("--vary and --rows both give configurations: one of the two"))
    if vary:
        return Grid(parse_vary(vary))
    described = bool(layers) or (bool(nets) and STANDARD_INPUT not in nets)
    rows = rows or (STANDARD_INPUT if described and piped() else "")
    if not rows:
        raise DescriptionError(Fault("what is to be varied?", notes=(WAY, "or --rows FILE, a table of variables")))
    if rows == STANDARD_INPUT and not described:
        raise DescriptionError(Fault("standard input can be the network or --rows, not both"))
    return parse_listed(table(rows), "<stdin>" if rows == STANDARD_INPUT else rows)


def conjunction(conditions: list[str]) -> str:
    """Conditions that must all hold, as one."""
    return conditions[0] if len(conditions) == 1 else " and ".join(f"({each})" for each in conditions)


def chosen_join(files: list[str], source: Source, variant: Variant) -> Joined | None:
    """The table that tells more of configurations.

    Raises:
        DescriptionError: there are several, or it has a variable of the network that is not varied.
    """
    from convcalc.spec.load import table
    from convcalc.spec.vary import parse_joined

    if not files:
        return None
    if len(files) > 1:
        raise DescriptionError(Fault(f"--join takes one table, but got {' and '.join(map(quoted, files))}"))
    joined = parse_joined(table(files[0]), files[0], source.axes)
    for axis in joined.axes:
        if axis.name in variant.description.variables:
            message = (
                f"{quoted(files[0])} has a column {quoted(axis.name)}, a variable of the network that is not varied"
            )
            raise DescriptionError(Fault(message, notes=(f"try: --vary {axis.name}=…, with the values of the table",)))
    return joined


def require_kinds(axes: Sequence[Axis], variant: Variant) -> None:
    """State that a variable that is a list takes lists, and one that is a number takes numbers.

    Raises:
        DescriptionError: it does not.
    """
    for axis in axes:
        held = variant.description.variables.get(axis.name)
        is_list = isinstance(held, tuple)
        takes_lists = not axis.numeric and isinstance(axis.value(0), list)
        if held is not None and is_list != takes_lists and axis.name not in variant.free:
            takes = (
                f"a list, as in --vary '{axis.name}=[1,2],[3,4]'"
                if is_list
                else f"a number, as in --vary {axis.name}=1:5"
            )
            raise DescriptionError(Fault(f"{axis.name} must be {takes}, but got {shown(axis.value(0))}"))


def still(variant: Variant) -> dict[str, str]:
    """The variables of a network that are not varied, and why they cannot be compared."""
    return dict.fromkeys(variant.description.variables, "a variable that is not varied")


def first_values(source: Source) -> dict[str, Any]:
    """A value of each variable, to begin with."""
    return {axis.name: axis.value(0) for axis in source.axes}


def require_names(axes: Sequence[Axis]) -> None:
    """State that each name is one thing.

    Raises:
        DescriptionError: a variable is called as a measure is.
    """
    from convcalc.measures import MEASURES
    from convcalc.sweep import REASON, WHERE

    for axis in axes:
        if axis.name in (*MEASURES, REASON, WHERE, "network"):
            message = f"a variable {axis.name} cannot be swept: a column of results is called so"
            raise DescriptionError(Fault(message))


def shown(value: Any) -> str:  # noqa: ANN401  # whatever a variable holds
    """A value of a variable, as its author would write it."""
    from convcalc.spec.options import show

    return quoted(value if isinstance(value, str) else show(value))


def unfit(axes: Sequence[Axis]) -> dict[str, str]:
    """What cannot be compared, and why."""
    return {axis.name: no_number(axis) for axis in axes if not axis.numeric} | dict.fromkeys(
        [axis.name for axis in axes if axis.numeric], ""
    )


def no_number(axis: Axis) -> str:
    """What an axis is that is not all numbers, with the first of its values that is none."""
    from convcalc.spec.vary import DECIMAL

    texts = [each for each in axis.others if not (isinstance(each, str) and DECIMAL.fullmatch(each))]
    return f"no number, such as {shown(texts[0])}"


def chosen_goals(by: str, pareto: str | None, top: int | None, axes: Sequence[Axis]) -> list[Goal]:
    """What configurations should be good in: `macs`, `accuracy:max`. Less is better of what is counted.

    Raises:
        DescriptionError: options do not go together, or a key is not known, or no number.
    """
    from convcalc.measures import MEASURES
    from convcalc.spec.names import guess
    from convcalc.sweep import Goal

    if by and pareto is not None:
        raise DescriptionError(Fault("--top and --pareto each keep some configurations: one of the two"))
    if bool(by) != bool(top):
        raise DescriptionError(Fault("--top says how many are kept, and --by what is best: give both"))
    known = (*MEASURES, *[axis.name for axis in axes])
    goals = []
    for text in filter(None, (by or pareto or "").split(",")):
        key, _, way = (part.strip() for part in text.partition(":"))
        if key not in known:
            raise DescriptionError(Fault(f"unknown key: {quoted(key)}{guess(key, known)}"))
        if unfit(axes).get(key):
            raise DescriptionError(Fault(f"{key} cannot be compared: it is {unfit(axes)[key]}"))
        if way not in ("", "min", "max"):
            raise DescriptionError(Fault(f"{key} can be best at its min or max, but got {quoted(way)}"))
        goals.append(Goal(key, way == "max" or (not way and key not in MEASURES)))
    if pareto is not None and not goals:
        got = quoted(pareto.strip()) or "nothing"
        raise DescriptionError(Fault(f"--pareto must be some keys, such as params,macs, but got {got}"))
    if by and len(goals) != 1:
        raise DescriptionError(Fault("--by is one key", notes=("try: --pareto for several",)))
    return goals


def chosen_numbers(total: int, sample: int | None, seed: int) -> Sequence[int]:
    """The numbers of the configurations that are asked for.

    Raises:
        DescriptionError: they are too many to draw.
    """
    from convcalc.configurations import sampled

    if sample is not None and sample > MOST_SAMPLED:
        raise DescriptionError(Fault(f"--sample draws at most {MOST_SAMPLED:,}, but got {sample:,}"))
    return range(total) if sample is None else sampled(total, sample, seed)


def chosen_part(text: str) -> tuple[int, int]:
    """Which part of a sweep, of how many.

    Raises:
        DescriptionError: it is none.
    """
    match = PART.fullmatch(text.strip() or "1/1")
    if match is None or int(match[1]) > int(match[2]):
        message = f"--shard must be one of some parts, such as 3/16, but got {quoted(text)}"
        raise DescriptionError(Fault(message))
    return int(match[1]), int(match[2])


def require_few(rows: int) -> None:
    """State that a table can be read.

    Raises:
        DescriptionError: it has too many rows.
    """
    if rows > MOST_SHOWN:
        message = f"a table of more than {MOST_SHOWN:,} rows is more than anybody reads"
        raise DescriptionError(Fault(message, notes=("try: -f csv, --top 20 --by macs, or --pareto params,macs",)))
