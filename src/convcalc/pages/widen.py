"""What `convcalc widen` tells."""

from __future__ import annotations

from itertools import pairwise
from math import log10
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from convcalc.errors import printable
from convcalc.network.folding import folded
from convcalc.network.measures import MEASURES, TOTALS, measured
from convcalc.network.terms import DEFAULT_TERMS
from convcalc.pages.cells import Ratio, text
from convcalc.pages.columns import Column, Heading, filled, row_of
from convcalc.pages.page import Page, Table
from convcalc.pages.schema import DECIMAL, INPUTS, NATURAL, NUMBER, TEXT, PageForm, array_of, exactly, maybe
from convcalc.questions.widening import MOST_NAMES_SHOWN, exponent, factor_text, polynomial_sum

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from convcalc.network.folding import Line
    from convcalc.network.report import Report
    from convcalc.pages.cells import Cell
    from convcalc.questions.widening import Growth, Widened

GROWS = (
    "How weights grow, or MACs where there are none, if no width is rounded: f² where a layer reads and makes f times "
    "as many channels, f where one of the two grows, 1 where none does."
)
"""What the last column says."""

HEIGHT, WIDTH = 14, 56
"""Lines and characters of a curve."""

CURVE_WIDTH = WIDTH + 4
"""Characters of a line of it, its axis among them."""


class LineChange(NamedTuple):
    """One line of a network before and after: either may be missing where a projection comes or goes."""

    name: str
    before: Line | None
    after: Line | None
    exact: Fraction | None
    grows: str

    def number(self, side: Line | None, measure: str) -> int | None:
        """A count of one side: nothing of what is not there."""
        if side is None:
            return None if measure == "out_channels" else 0
        if measure == "out_channels":
            layer = side.layer.node.layer if side.layer else None
            width: int = getattr(layer, layer.width) if layer and layer.width else side.output[0]
            return width
        return int(measured(measure, side.rows, DEFAULT_TERMS))

    def kind(self) -> str:
        """The kind of the line after, or of one that is gone."""
        return next(side.kind for side in (self.after, self.before) if side)

    def costs(self) -> bool:
        """Whether there is anything to count."""
        return any(side.macs or side.params for side in (self.before, self.after) if side)

    def channels(self) -> str:
        """The width before and after, and what it was before it was rounded."""
        before, after = self.number(self.before, "out_channels"), self.number(self.after, "out_channels")
        if before == after:
            return str(before)
        rounded = f" ({factor_text(self.exact)})" if self.exact is not None and self.exact != after else ""
        return f"{'' if before is None else before} → {'' if after is None else after}{rounded}".strip()

    def ratio(self) -> Cell:
        """How much more MACs there are, or weights where there are no MACs."""
        for measure in ("macs", "weights"):
            before, after = self.number(self.before, measure), self.number(self.after, measure)
            if before and after is not None:
                return Ratio(after / before)
        return None


def before_and_after(measure: str, title: str, rank: int) -> tuple[Column[LineChange], Column[LineChange]]:
    """A count before and after."""
    shown: Literal["as it is", "sum"] = "as it is" if measure == "out_channels" else "sum"
    optional = measure == "out_channels"  # what is not there has no width, and costs 0
    before = Heading(f"{measure}_before", title, NATURAL, optional=optional, numeric=True, rank=rank + 1)
    after = before._replace(key=f"{measure}_after", title=f"{title} after", rank=rank)
    return (
        Column(before, lambda change: change.number(change.before, measure), shown),
        Column(after, lambda change: change.number(change.after, measure), shown),
    )


WIDEN_COLUMNS: dict[str, Column[LineChange]] = {
    column.heading.key: column
    for column in (
        Column[LineChange](Heading("name", "Layer"), lambda change: change.name),
        Column[LineChange](Heading("kind", "Kind", rank=9), lambda change: change.kind()),
        Column[LineChange](Heading("channels", "Channels", rank=3), lambda change: change.channels()),
        *before_and_after("out_channels", "Channels", 8),
        *before_and_after("weights", "Weights", 5),
        *before_and_after("biases", "Biases", 8),
        *before_and_after("macs", "MACs", 4),
        Column[LineChange](
            Heading("ratio", "×", NUMBER, optional=True, numeric=True, rank=1), lambda change: change.ratio()
        ),
        Column[LineChange](Heading("grows", "Grows", rank=1), lambda change: change.grows),
    )
}
"""What can be told of each line."""

PEOPLE_WIDEN_KEYS = (
    "name", "channels", "weights_before", "weights_after", "macs_before", "macs_after", "ratio", "grows",
)  # fmt: skip  # a list reads better in lines
MACHINE_WIDEN_KEYS = (
    "name", "kind", "out_channels_before", "out_channels_after", "weights_before", "weights_after", "biases_before",
    "biases_after", "macs_before", "macs_after", "ratio", "grows",
)  # fmt: skip  # a list reads better in lines


POLYNOMIAL = exactly(f2=DECIMAL, f1=DECIMAL, f0=DECIMAL)
WIDEN_FORM = PageForm(
    {
        "network": TEXT,
        "input": INPUTS,
        "factor": TEXT,
        "divisor": NATURAL,
        "steps": array_of(exactly(step=TEXT, params=NATURAL, macs=NATURAL)),
        "growth": maybe(exactly(params=POLYNOMIAL, macs=POLYNOMIAL)),
    },
    {"layers": row_of(WIDEN_COLUMNS[key].heading for key in MACHINE_WIDEN_KEYS)},
    exactly(
        **{f"{measure}_{side}": NATURAL for measure in TOTALS for side in ("before", "after")},
        **{f"{measure}_{way}": maybe(NUMBER) for measure in ("params", "macs") for way in ("ratio", "exponent")},
        status={"const": "complete"},
    ),
)
"""What a wider network is as JSON."""


def unscaled_warning(report: Report) -> list[str]:
    """A warning of operations of somebody's own, whose shapes and costs are what their lines say, however wide."""
    names = [row.node.name for row in report.rows if row.node.layer.unscaled]
    return [f"custom layers make and cost what their lines say, and do not scale: {', '.join(names)}"] if names else []


def widened_page(result: Widened, depth: int | None, steps: Sequence[tuple[str, Report]], *, machine: bool) -> Page:
    """What each line costs before and after widening; `steps` led to what is widened, if it is deeper or larger."""
    factor = result.widening.factor
    as_wide = factor == 1 and len(steps) > 1
    growth = result.growth if machine or not as_wide else None
    changes = [change for change in line_changes(result, depth, growth, machine=machine) if machine or change.costs()]
    led = [*steps, *([] if as_wide else [(f"{factor_text(factor)} times as wide", result.after)])]
    people = scaled_columns(steps[0][1], result.after) if as_wide else PEOPLE_WIDEN_KEYS
    headings, rows = filled([WIDEN_COLUMNS[key] for key in (MACHINE_WIDEN_KEYS if machine else people)], changes)
    before, after = steps[0][1] if as_wide else result.before, result.after
    totals: dict[str, Any] = {
        f"{measure}_{side}": measured(measure, report.rows, DEFAULT_TERMS)
        for measure in TOTALS
        for side, report in (("before", before), ("after", after))
    }
    totals |= {f"{measure}_ratio": ratio(totals, measure) for measure in ("params", "macs")}
    totals |= {f"{measure}_exponent": power(result, measure) for measure in ("params", "macs")}
    return Page(
        ", ".join([printable(after.graph.name), *[name for name, _ in led[1:]]]),
        [Table("layers", headings, rows)],
        about={
            "network": after.graph.name,
            "input": after.graph.inputs,
            "factor": factor_text(result.widening.factor),
            "divisor": result.widening.divisor,
            "steps": [{"step": name or "as it is", "params": each.params, "macs": each.macs} for name, each in steps],
            "growth": growth and {"params": coefficients(growth.params), "macs": coefficients(growth.macs)},
        },
        totals={**totals, "status": "complete"},
        warnings=unscaled_warning(after),
        foot=[
            *(f"{warning}." for warning in unscaled_warning(after)),
            *grown_totals(result, totals, "" if as_wide else f"f = {factor_text(factor)}: "),
            *([] if as_wide else growth_in_words(result)),
            *(contributed(led) if len(steps) > 1 else []),
            *([] if as_wide else [GROWS]),
        ],
    )


def scaled_columns(before: Report, after: Report) -> tuple[str, ...]:
    """What is told of a network that is as wide as it was: of a deeper one, what it is now."""
    same = len(before.rows) == len(after.rows)
    left_out = {"grows"} if same else {"grows", "ratio", "weights_before", "macs_before"}
    return tuple(key for key in PEOPLE_WIDEN_KEYS if key not in left_out)


def line_changes(result: Widened, depth: int | None, growth: Growth | None, *, machine: bool) -> list[LineChange]:
    """Each line before and after, in the order of the widened network."""
    before = {line.name: line for line in folded(result.before, depth, expand=machine, bare=machine)}
    after = {line.name: line for line in folded(result.after, depth, expand=machine, bare=machine)}
    names = [*after, *(name for name in before if name not in after)]
    return [
        LineChange(
            name, before.get(name), after.get(name), unrounded_width(result, name), grows(growth, after.get(name))
        )
        for name in names
    ]


def unrounded_width(result: Widened, name: str) -> Fraction | None:
    """The width of a layer before it is rounded, if it is scaled."""
    width = result.scaled.get(name)
    return None if width is None else result.exact[width.value]


def grows(growth: Growth | None, line: Line | None) -> str:
    """How the weights or MACs of a line grow: those of its layer alone, or of all layers of a block."""
    if line is None or growth is None:
        return ""
    layers = growth.layers
    found = layers[line.layer.node.name] if line.layer else polynomial_sum([layers[row.node.name] for row in line.rows])
    return found.terms() if any(found) else ""


def ratio(totals: dict[str, Any], measure: str) -> float | None:
    """How many times as much there is."""
    before: int = totals[f"{measure}_before"]
    after: int = totals[f"{measure}_after"]
    return Ratio(after / before) if before else None


def power(result: Widened, measure: str) -> float | None:
    """The power of the factor by which a total grows."""
    before, after = (measured(measure, side.rows, DEFAULT_TERMS) for side in (result.before, result.after))
    found = exponent(before, after, result.widening.factor)
    return None if found is None else round(found, 6)


def coefficients(polynomial: Sequence[Fraction]) -> dict[str, Cell]:
    """The coefficients of a polynomial, for machines."""
    powers = zip(("f2", "f1", "f0"), polynomial, strict=True)
    return {power: int(part) if part.denominator == 1 else str(part) for power, part in powers}


def grown_totals(result: Widened, totals: dict[str, Any], lead: str) -> list[str]:
    """The totals, and the powers by which they grow."""
    told = []
    for measure in ("params", "macs"):
        before, after, times = (totals[f"{measure}_{key}"] for key in ("before", "after", "ratio"))
        grown = totals[f"{measure}_exponent"]
        ending = f" = f^{grown:.3f}" if grown is not None else ""
        grew = f" (× {times:.3f}{ending})" if times else ""
        told.append(f"{text(before)} → {text(after)} {MEASURES[measure].unit}{grew}")
    values = [width.value for width in result.scaled.values()]
    rounded = {value for value, exact in result.exact.items() if result.widening.scaled(value) != exact}
    inexact = [value for value in values if value in rounded]
    notes = [f"{lead}{'; '.join(told)}."]
    if inexact:
        to = "whole numbers" if result.widening.divisor == 1 else f"multiples of {result.widening.divisor}"
        notes.append(f"{len(inexact)} of {len(values)} widths {'is' if len(inexact) == 1 else 'are'} rounded to {to}.")
    return notes


def growth_in_words(result: Widened) -> list[str]:
    """Widths that do not grow with f, the polynomials of the network, and how much of it is quadratic now."""
    if result.growth is None:
        behind = "a width follows from what its layer reads" if result.following else "some width is rounded"
        message = f"The counts are no polynomial in f of second degree: {behind}, or a layer comes or goes."
        return [*followers(result), message]
    params, macs = result.growth.params, result.growth.macs
    shares = [
        f"{100 * float(each.square / each.at(1)):.1f}% of its {name}"
        for each, name in ((params, "parameters"), (macs, "MACs"))
        if each.at(1)
    ]
    told = [f"params(f) = {params}; MACs(f) = {macs}, where no width is rounded."]
    return [*followers(result), *told, *([f"Quadratic today: {' and '.join(shares)}."] if shares else [])]


def followers(result: Widened) -> list[str]:
    """Which layers take their width from what they read, and do not grow as the others do."""
    names = [f"{name} ({before} → {after})" for name, (before, after) in result.following.items()]
    if not names:
        return []
    listed = ", ".join(names[:MOST_NAMES_SHOWN]) + (
        f" and {len(names) - MOST_NAMES_SHOWN:,} more" if len(names) > MOST_NAMES_SHOWN else ""
    )
    times = f"{factor_text(result.widening.factor)} times as wide"
    if len(names) == 1:
        return [f"One layer is not {times}, as its width follows from what it reads: {listed}."]
    return [f"{len(names):,} layers are not {times}, as their widths follow from what they read: {listed}."]


def contributed(steps: Sequence[tuple[str, Report]]) -> list[str]:
    """What each of several factors contributed, one after another."""
    told = [
        f"{name}: parameters × {after.params / before.params:.3f}, MACs × {after.macs / before.macs:.3f}"
        for (_, before), (name, after) in pairwise(steps)
        if before.params and before.macs
    ]
    whole = f"; together: parameters × {steps[-1][1].params / steps[0][1].params:.3f}" if steps[0][1].params else ""
    whole += f", MACs × {steps[-1][1].macs / steps[0][1].macs:.3f}" if whole and steps[0][1].macs else ""
    together = whole if len(told) > 1 else ""
    return [f"What each factor contributes: {'; '.join(told)}{together}."] if told else []


class FactorCounts(NamedTuple):
    """The counts of a network under one factor."""

    factor: Fraction
    params: int
    macs: int
    params_ratio: float
    macs_ratio: float
    exponent: float | None


POINTS: tuple[Column[FactorCounts], ...] = (
    Column(Heading("factor", "f"), lambda point: factor_text(point.factor)),
    Column(Heading("params", "Params", NATURAL, numeric=True), lambda point: point.params),
    Column(
        Heading("params_ratio", "× params", NUMBER, optional=True, numeric=True),
        lambda point: Ratio(point.params_ratio),
    ),
    Column(Heading("macs", "MACs", NATURAL, numeric=True), lambda point: point.macs),
    Column(Heading("macs_ratio", "× MACs", NUMBER, optional=True, numeric=True), lambda point: Ratio(point.macs_ratio)),
    Column(
        Heading("exponent", "MACs grow as f^", NUMBER, optional=True, numeric=True),
        lambda point: None if point.exponent is None else Ratio(point.exponent),
    ),
)
"""What is told of each factor."""

POINTS_FORM = PageForm({"network": TEXT, "input": INPUTS}, {"factors": row_of(column.heading for column in POINTS)})
"""What several factors are as JSON."""


def points_page(results: Sequence[Widened], *, curve: bool) -> Page:
    """The counts of a network under several factors."""
    points = [factor_counts(result) for result in results]
    headings, rows = filled(POINTS, points)
    name = results[0].before.graph.name
    told = next((result for result in results if result.following), results[0])
    foot = [*growth_in_words(told), *(["", *lines] if (lines := curve_lines(points) if curve else []) else [])]
    about = {"network": name, "input": results[0].before.graph.inputs}
    title = f"{printable(name)} under {len(points)} {'factor' if len(points) == 1 else 'factors'}"
    return Page(title, [Table("factors", headings, rows)], about, foot=foot)


def factor_counts(result: Widened) -> FactorCounts:
    """The counts of one result."""
    before, after, factor = result.before, result.after, result.widening.factor
    params, macs = after.params / (before.params or 1), after.macs / (before.macs or 1)
    return FactorCounts(factor, after.params, after.macs, params, macs, exponent(before.macs, after.macs, factor))


def curve_lines(points: Sequence[FactorCounts]) -> list[str]:
    """MACs over factors on two logarithmic axes, between guides that grow as f and as f²."""
    known = [(log10(each.factor), log10(each.macs_ratio)) for each in points if each.macs_ratio > 0]
    if len({at for at, _ in known}) < 2:  # noqa: PLR2004  # a line has two ends
        return []
    left, right = min(at for at, _ in known), max(at for at, _ in known)
    low = min(left, 2 * left, *(value for _, value in known))
    high = max(right, 2 * right, *(value for _, value in known))
    canvas = [[" "] * (WIDTH + 1) for _ in range(HEIGHT + 1)]

    def mark(at: float, value: float, sign: str) -> None:
        line = HEIGHT - round((value - low) / (high - low) * HEIGHT)
        canvas[line][round((at - left) / (right - left) * WIDTH)] = sign

    for step in range(WIDTH + 1):
        at = left + (right - left) * step / WIDTH
        mark(at, at, ".")
        mark(at, 2 * at, ":")
    for at, value in known:
        mark(at, value, "o")
    lines = [f"  |{''.join(line).rstrip()}" for line in canvas]
    ends = f"f = {factor_text(min(points).factor)}", f"f = {factor_text(max(points).factor)}"
    axis = f"   {ends[0]}{' ' * max(1, WIDTH + 1 - len(ends[0]) - len(ends[1]))}{ends[1]}"
    legend = f"   o MACs × {10**low:.3g} to × {10**high:.3g}; . grows as f; : grows as f²; both axes are logarithmic"
    return [*lines, f"  +{'-' * (WIDTH + 1)}", axis, legend]
