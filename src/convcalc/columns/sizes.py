"""What `convcalc fit` tells of sizes: options that make them, and inputs that a network takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from convcalc.columns.count import FOOT, count_columns, counted_for, partial_in_words
from convcalc.errors import printable
from convcalc.measures import NEEDS
from convcalc.shapes import show
from convcalc.sheet import SCHEMA, Column, Heading, Sheet, filled
from convcalc.sizing import TOLD
from convcalc.spec.describe import describe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.analysis import Row
    from convcalc.measures import Terms
    from convcalc.shapes import Shape
    from convcalc.sheet import Cell
    from convcalc.sizing import Choice, Inputs, Taken


def choices_sheet(name: str, row: Row, wanted: Sequence[int], choices: Sequence[Choice]) -> Sheet:
    """Options of a layer, a row each."""

    def line(choice: Choice) -> str:
        return describe(row.node.kind, choice.layer, choice.profile, row.inputs)

    columns: tuple[Column[Choice], ...] = (
        Column(Heading("kernel_size", "Kernel"), lambda choice: choice.kernel_size),
        Column(Heading("stride", "Stride"), lambda choice: choice.stride),
        Column(Heading("padding", "Padding"), lambda choice: choice.padding),
        Column(Heading("line", "Line", rank=2), line),
        Column(Heading("weights", "Weights", numeric=True, rank=1), lambda choice: choice.profile.weights),
        Column(Heading("macs", "MACs", numeric=True, rank=1), lambda choice: choice.profile.macs),
    )
    headings, rows = filled(columns, choices)
    made = show((row.profile.output[0], *wanted))
    own = describe(row.node.kind, row.node.layer, row.profile, row.inputs)
    foot = [
        f"{row.node.name} is {own} on {show(row.inputs[0])}, which makes {show(row.profile.output)}.",
        "Tried: kernels up to 11, paddings up to half of one, strides up to what the kernel spans or the size needs.",
    ]
    about = {
        "schema": SCHEMA,
        "network": name,
        "layer": row.node.name,
        "input": row.inputs[0],
        "output": (row.profile.output[0], *wanted),
    }
    title = f"{printable(name)}: {len(choices):,} ways for {row.node.name} to make {made}"
    return Sheet(title, headings, rows, about, "choices", foot=foot)


def inputs_sheet(  # what is told of the whole
    title: str,
    name: str,
    inputs: Sequence[tuple[Shape, Mapping[str, int]]],
    terms: Terms,
    *,
    foot: Sequence[str],
    **about: Any,  # noqa: ANN401  # any value of JSON
) -> Sheet:
    """Inputs of a network, and its measures with each."""
    known = count_columns(terms, {})
    headings = [Heading("input", "Input"), *[known[key].heading for key in TOLD]]
    rows: list[tuple[Cell, ...]] = [(shape, *[measures[key] for key in TOLD]) for shape, measures in inputs]
    told = {"schema": SCHEMA, "network": name, **about, **counted_for(terms)}
    return Sheet(f"{printable(name)}: {title}", headings, rows, told, "inputs", foot=[*foot, FOOT])


def without(sheet: Sheet, lacks: Mapping[str, Sequence[str]]) -> Sheet:
    """A sheet without the measures that are not known in full, as the costs of some layers are not."""
    unknown = {cost for costs in lacks.values() for cost in costs}
    empty = [not unknown.isdisjoint(NEEDS.get(heading.key, ())) for heading in sheet.headings]
    rows = [tuple([None if out else cell for cell, out in zip(row, empty, strict=True)]) for row in sheet.rows]
    return replace(sheet, rows=rows, foot=[*sheet.foot, *partial_in_words(lacks)])


def least_sheet(name: str, least: Shape, measures: Mapping[str, int], reasons: Sequence[str], terms: Terms) -> Sheet:
    """The smallest input, and why it is not smaller."""
    foot = [f"{reason}." for reason in reasons if reason]
    return inputs_sheet(f"the smallest input is {show(least)}", name, [(least, measures)], terms, foot=foot)


def valid_sheet(
    name: str, shape: Shape, asked: Sequence[tuple[Inputs, Sequence[Taken]]], between: tuple[int, int], terms: Terms
) -> Sheet:
    """All inputs that a network takes, of sizes between two, and of which each window reaches the end."""
    first, last = between
    whole = [(each, [one for one in taken if one.lost == 0]) for each, taken in asked]
    foot = []
    for (each, own), (_, taken) in zip(whole, asked, strict=True):
        where = "" if len(asked) == 1 else f" in place of {each.size} in {show(shape)}"
        of = f"{len(own):,} of the {len(taken):,} sizes from {first} to {last} that are accepted{where}"
        foot.append(f"{of} lose no border: {ranges([one.size for one in own])}.")
    inputs = [(one.shape, one.measures) for _, own in whole for one in own]
    about = {"from": first, "to": last}
    return inputs_sheet("inputs that lose no border", name, inputs, terms, foot=foot, **about)


def ranges(sizes: Sequence[int]) -> str:
    """Numbers in words: runs of equal steps are told by their ends.

    >>> ranges([5, 7, 9, 11, 20]), ranges([1, 2]), ranges([])
    ('5 to 11 by 2, 20', '1, 2', 'none')
    """
    parts = []
    index = 0
    while index < len(sizes):
        end = index + 1
        while end < len(sizes) and sizes[end] - sizes[end - 1] == sizes[index + 1] - sizes[index]:
            end += 1
        if end - index > 2:  # noqa: PLR2004  # two numbers are no run
            step = sizes[index + 1] - sizes[index]
            parts.append(f"{sizes[index]} to {sizes[end - 1]}" + (f" by {step}" if step > 1 else ""))
        else:
            end = index + 1
            parts.append(str(sizes[index]))
        index = end
    return ", ".join(parts) or "none"
