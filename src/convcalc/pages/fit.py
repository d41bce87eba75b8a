"""What `convcalc fit` tells of the largest network within its limits."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from convcalc.errors import printable
from convcalc.layers.shapes import show_all
from convcalc.pages.cells import number_cell, text
from convcalc.pages.columns import Column, Heading, filled, row_of
from convcalc.pages.count import FOOT, TERMS, counted_for
from convcalc.pages.page import Page, Table
from convcalc.pages.schema import (
    DECIMAL,
    INPUTS,
    NATURAL,
    NUMBER,
    TEXT,
    TEXTS,
    TRUTH,
    PageForm,
    array_of,
    exactly,
    maybe,
)
from convcalc.pages.sweep import in_decimals
from convcalc.questions.widening import factor_text

if TYPE_CHECKING:
    from convcalc.network.graph import Graph
    from convcalc.network.terms import Terms
    from convcalc.pages.cells import Cell
    from convcalc.questions.fitting import Fit, MeasureLimit
    from convcalc.questions.ways import Way
    from convcalc.questions.widening import Widened

MOST_WIDTHS_TOLD = 16
"""Widths that are told in words."""


class Bound(NamedTuple):
    """A measure: what it may be, what it is, and what it would be one step on."""

    key: str
    most: Fraction | None
    found: int
    beyond: int | None

    @property
    def margin(self) -> Fraction | None:
        """What is left of the limit."""
        return None if self.most is None else self.most - self.found


FIT_COLUMNS: tuple[Column[Bound], ...] = (
    Column(Heading("measure", "Measure"), lambda bound: bound.key),
    Column(Heading("limit", "Limit", DECIMAL, optional=True, numeric=True), lambda bound: number_cell(bound.most)),
    Column(Heading("found", "Found", NATURAL, numeric=True), lambda bound: bound.found),
    Column(Heading("margin", "Margin", DECIMAL, optional=True, numeric=True), lambda bound: number_cell(bound.margin)),
    Column(
        Heading("used", "Used", NUMBER, optional=True, numeric=True, rank=3),
        lambda bound: bound.found / float(bound.most) if bound.most else None,
    ),
    Column(Heading("beyond", "One step on", NATURAL, optional=True, numeric=True, rank=2), lambda bound: bound.beyond),
    Column(Heading("binds", "Binds", optional=True, rank=1), lambda bound: "yes" if binds(bound) else None),
)
"""What is told of each measure."""

FIT_FORM = PageForm(
    {
        "network": TEXT,
        "input": INPUTS,
        "vary": TEXT,
        "value": DECIMAL,
        "next": maybe(DECIMAL),
        "searched": array_of(DECIMAL),
        "proved": {"description": "whether it is certain that no larger value fits, of all that there are", **TRUTH},
        "binding": TEXTS,
        **TERMS,
    },
    {"measures": row_of(column.heading for column in FIT_COLUMNS)},
    optional={"widths": array_of(exactly(name=TEXT, before=NATURAL, after=NATURAL))},
)
"""What the largest network is as JSON."""


def binds(bound: Bound) -> bool:
    """Whether a limit keeps the network from being larger."""
    return bound.most is not None and bound.beyond is not None and bound.beyond > bound.most


def value_cell(value: int | Fraction) -> Cell:
    """A value as a cell."""
    return int(value) if value.denominator == 1 else in_decimals(value)


def fit_page(graph: Graph, way: Way, fit: Fit, terms: Terms, widened: Widened | None) -> Page:
    """The largest network within its limits, measure by measure; what was `widened` has its widths told."""
    assert fit.best is not None  # noqa: S101  # what does not fit has no page
    most = {limit.key: limit.most for limit in fit.limits}
    beyond = fit.beyond.measures if fit.beyond else {}
    bounds = [Bound(key, most.get(key), found, beyond.get(key)) for key, found in fit.best.measures.items()]
    headings, rows = filled(FIT_COLUMNS, bounds)
    best = way.simplest(fit.scale.value(fit.best.code))
    about = {
        "network": graph.name,
        "input": graph.inputs,
        "vary": fit.scale.name,
        "value": value_cell(best),
        "next": value_cell(fit.scale.value(fit.beyond.code)) if fit.beyond else None,
        "searched": [value_cell(fit.scale.value(0)), value_cell(fit.scale.value(fit.probed))],
        "proved": fit.proved,
        "binding": [limit.key for limit in fit.binding],
        **({"widths": [change._asdict() for change in changes(widened)]} if widened else {}),
        **counted_for(terms),
    }
    shapes = show_all(graph.inputs.values())
    foot = [f"Input {shapes}.", *(widths(widened) if widened else []), *after(way, fit), FOOT]
    return Page(f"{printable(graph.name)}: {said(way, best)}", [Table("measures", headings, rows)], about, foot=foot)


class WidthChange(NamedTuple):
    """The width of a layer that is scaled, before and after."""

    name: str
    before: int
    after: int


def changes(widened: Widened) -> list[WidthChange]:
    """The widths that are scaled, layer by layer."""
    plan = widened.widening
    scaled = [width for width in plan.widths.values() if not plan.reason(width)]
    return [WidthChange(width.name, width.value, plan.scaled(width.value)) for width in scaled]


def widths(widened: Widened) -> list[str]:
    """The same in words, each width once."""
    pairs = dict.fromkeys((change.before, change.after) for change in changes(widened))
    told = [f"{before} → {after}" for before, after in pairs]
    more = f", and {len(told) - MOST_WIDTHS_TOLD} more" if len(told) > MOST_WIDTHS_TOLD else ""
    return [f"Widths: {', '.join(told[:MOST_WIDTHS_TOLD])}{more}."]


def said(way: Way, value: int | Fraction) -> str:
    """A value of what is varied, in words."""
    return (
        f"{factor_text(Fraction(value))} {way.says}"
        if " " in way.says
        else f"{way.says} = {factor_text(Fraction(value))}"
    )


def after(way: Way, fit: Fit) -> list[str]:
    """Why it is no larger."""
    told = []
    if fit.between and fit.between.reason:
        told.append(f"{said(way, fit.scale.value(fit.between.code))} is impossible: {fit.between.reason}.")
    if fit.binding:
        assert fit.beyond is not None  # noqa: S101  # what binds is exceeded by what is beyond
        over = [excess(limit, fit.beyond.measures[limit.key]) for limit in fit.binding]
        told.append(f"One step on, {said(way, fit.scale.value(fit.beyond.code))}: {'; '.join(over)}.")
    elif fit.between is None:
        told.append("No limit binds: this is the last value that was tried.")
    return [*told, tried_in_words(way, fit)]


def tried_in_words(way: Way, fit: Fit) -> str:
    """Which values the answer is the largest of."""
    first, last, most, end = (said(way, fit.scale.value(code)) for code in (0, fit.tried, fit.probed, fit.scale.last))
    if fit.proved:
        return f"Tried: {first} to {last}."
    if fit.probed == fit.tried:
        return f"Tried: {first} to {last}; larger values, up to {end}, are not excluded."
    return f"Tried: {first} to {last}, and some up to {most}; others, up to {end}, are not excluded."


def excess(limit: MeasureLimit, found: int) -> str:
    """By how much a limit is exceeded."""
    return f"{limit.key} would be {found:,}, which is {text(number_cell(found - limit.most))} too much"
