"""What `convcalc fit` tells of sizes: options that make them, and inputs that a network takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import printable
from convcalc.layers.describe import describe
from convcalc.layers.shapes import show_shape
from convcalc.network.input_sizes import INPUT_MEASURES, range_of
from convcalc.network.measures import needs_of
from convcalc.network.sight import AXIS_NAMES
from convcalc.pages.columns import Column, Heading, filled, row_of
from convcalc.pages.count import FOOT, KNOWN_COLUMNS, TERMS, counted_for, partial_in_words
from convcalc.pages.page import Page, Table
from convcalc.pages.schema import NATURAL, ONE_OR_MORE_SHAPES, SHAPE, TEXT, PageForm, Schema, array_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.network.input_sizes import InputSizes, Point, Taken
    from convcalc.network.report import Row
    from convcalc.network.terms import Terms
    from convcalc.pages.cells import Cell
    from convcalc.questions.sizing import Choice


TRIED = (
    "Tried: kernels up to 11, paddings up to half of one and at most 1,000, strides up to what the kernel spans or the "
    "size needs."
)
"""Which options were considered."""

PER_AXIS: Schema = {"anyOf": [NATURAL, array_of({}, 1)]}
"""An option that may be another on each axis."""


def choice_columns(line: Callable[[Choice], str]) -> tuple[Column[Choice], ...]:
    """What is told of each choice, the line that it stands in among it."""
    return (
        Column(Heading("kernel_size", "Kernel", PER_AXIS), lambda choice: choice.kernel_size),
        Column(Heading("stride", "Stride", PER_AXIS), lambda choice: choice.stride),
        Column(Heading("padding", "Padding", PER_AXIS), lambda choice: choice.padding),
        Column(Heading("line", "Line", rank=2), line),
        Column(Heading("weights", "Weights", NATURAL, numeric=True, rank=1), lambda choice: choice.profile.weights),
        Column(Heading("macs", "MACs", NATURAL, numeric=True, rank=1), lambda choice: choice.profile.macs),
    )


CHOICES_FORM = PageForm(
    {"network": TEXT, "layer": TEXT, "input": SHAPE, "output": SHAPE, "ways": NATURAL},
    {"choices": row_of(column.heading for column in choice_columns(str))},
)
"""What options that make some sizes are as JSON."""


def choices_page(name: str, row: Row, wanted: Sequence[int], choices: Sequence[Choice], ways: int) -> Page:
    """Options of a layer, a row each, of all the ways that there are."""

    def line(choice: Choice) -> str:
        return describe(row.node.kind, choice.layer, choice.profile, row.inputs)

    headings, rows = filled(choice_columns(line), choices)
    made = show_shape((row.profile.output[0], *wanted))
    own = describe(row.node.kind, row.node.layer, row.profile, row.inputs)
    foot = [
        f"{row.node.name} is {own} on {show_shape(row.inputs[0])}, which makes {show_shape(row.profile.output)}.",
        *([f"The nearest {len(choices):,} are listed."] if len(choices) < ways else []),
        TRIED,
    ]
    about = {
        "network": name,
        "layer": row.node.name,
        "input": row.inputs[0],
        "output": (row.profile.output[0], *wanted),
        "ways": ways,
    }
    title = f"{printable(name)}: {ways:,} ways for {row.node.name} to make {made}"
    return Page(title, [Table("choices", headings, rows)], about, foot=foot)


INPUT_HEADINGS = (
    Heading("input", "Input", SHAPE),
    Heading("output", "Output", ONE_OR_MORE_SHAPES),
    *[KNOWN_COLUMNS[key].heading._replace(holds=NATURAL) for key in INPUT_MEASURES],
)
"""What is told of each input."""

INPUTS_FORM = PageForm(
    {"network": TEXT, **TERMS}, {"inputs": row_of(INPUT_HEADINGS)}, optional={"from": NATURAL, "to": NATURAL}
)
"""What inputs of a network are as JSON."""


def inputs_page(
    title: str,
    name: str,
    inputs: Sequence[Taken],
    terms: Terms,
    *,
    foot: Sequence[str],
    **about: int,
) -> Page:
    """Inputs of a network, what it makes of each, and its measures."""
    rows: list[tuple[Cell, ...]] = [
        (
            one.shape,
            one.outputs[0] if len(one.outputs) == 1 else one.outputs,
            *[one.measures[key] for key in INPUT_MEASURES],
        )
        for one in inputs
    ]
    known = {"network": name, **about, **counted_for(terms)}
    table = Table("inputs", INPUT_HEADINGS, rows)
    return Page(f"{printable(name)}: {title}", [table], known, foot=[*foot, FOOT])


def without(page: Page, lacks: Mapping[str, Sequence[str]]) -> Page:
    """A page without the measures that are not known in full, as the costs of some layers are not."""
    unknown = {cost for costs in lacks.values() for cost in costs}

    def known(table: Table) -> Table:
        empty = [not unknown.isdisjoint(needs_of(heading.key)) for heading in table.headings]
        rows = [tuple([None if out else cell for cell, out in zip(row, empty, strict=True)]) for row in table.rows]
        return table._replace(rows=rows)

    return page.with_tables(known)._replace(foot=[*page.foot, *partial_in_words(lacks)])


def least_page(name: str, sizes: InputSizes, least: Point, terms: Terms) -> Page:
    """The smallest input, and why it is not smaller."""
    groups = sizes.alike(dict(enumerate(least)))
    foot = [f"{reason}." for group in groups if (reason := sizes.refusal(least, group))]
    title = f"the smallest input is {sizes.shown(least)}"
    return inputs_page(title, name, sizes.taken([least]), terms, foot=foot)


def valid_page(name: str, sizes: InputSizes, start: Point, between: tuple[int, int], terms: Terms) -> Page:
    """All sizes between two that each axis accepts, and with which each window reaches the end of it.

    Axes that have the same ones, and the same declared size, move together; the others are those of `start`.
    """
    first, last = between
    accepted = {axis: sizes.accepted(axis, start, range_of(first, last)) for axis, _ in enumerate(start)}
    kept = {axis: sizes.lossless(axis, start, own) if own else [] for axis, own in accepted.items()}
    groups = sizes.alike({axis: (own, kept[axis]) for axis, own in accepted.items()})
    foot = [] if start == sizes.declared else [f"{sizes.why_not(sizes.declared)}."]
    points: dict[Point, None] = {}
    for group in groups:
        own = kept[group[0]]
        where = "" if len(groups) == 1 else f" for the {axes_in_words(group, len(start))}"
        of = f"{len(own):,} of the {len(accepted[group[0]]):,} sizes from {first} to {last} that are accepted{where}"
        foot.append(f"{of} lose no border: {ranges(own)}.")
        points |= dict.fromkeys(moved(start, group, size) for size in own)
    about = {"from": first, "to": last}
    return inputs_page("inputs that lose no border", name, sizes.taken(list(points)), terms, foot=foot, **about)


def moved(point: Point, axes: Sequence[int], size: int) -> Point:
    """A point with another size on some axes."""
    return tuple([size if axis in axes else own for axis, own in enumerate(point)])


def axes_in_words(axes: Sequence[int], number: int) -> str:
    """Some of so many axes, in words."""
    return " and ".join([AXIS_NAMES.get(number, {}).get(axis, f"axis {axis + 1}") for axis in axes])


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
