"""Other input sizes with which a network is accepted, for the message about a layer that does not fit."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic.operations import placed
from convcalc.arithmetic.recording import OutOfWork, Work
from convcalc.network.graph import Graph
from convcalc.network.input_sizes import REACHES, InputSizes, sizes_near
from convcalc.network.profiling import profiled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from convcalc.layers.shapes import Shape
    from convcalc.network.graph import Node
    from convcalc.network.input_sizes import Point, Resized
    from convcalc.network.report import Report, Row

MOST_INPUTS_WORK = 1_000_000
"""The work of each of the two searches: about a second."""


class Nearest(NamedTuple):
    """The accepted sizes of an axis next to a refused one, None where there is none.

    It is `upward` if all larger sizes are accepted, too. If just the multiples of a number are, that is `multiple`, and
    otherwise 0.
    """

    below: int | None
    above: int | None
    upward: bool
    multiple: int


def other_inputs(
    node: Node, rows: Mapping[str, Row], inputs: Mapping[str, Shape], network: Resized | None
) -> Iterator[str]:
    """The inputs nearest to the declared ones that the whole network accepts, in words.

    If it accepts none, because another layer has a fault of its own, the layers up to `node` are asked instead.
    """
    nodes = (*ancestors(node, rows), node)

    def above(shapes: Mapping[str, Shape]) -> Report:
        for _ in nodes:
            placed()
        return profiled(Graph("", shapes, nodes, (node.name,)))

    for each in filter(None, (network, above)):
        try:
            found = nearest_inputs(InputSizes(each, inputs, work=Work(MOST_INPUTS_WORK)))
        except OutOfWork:
            continue
        if found:
            yield found
            return


def ancestors(node: Node, rows: Mapping[str, Row]) -> list[Node]:
    """The nodes that a node depends on, in reading order."""
    needed = set(node.inputs)
    found = []
    for name in reversed(list(rows)):
        if name in needed:
            needed.update(rows[name].node.inputs)
            found.append(rows[name].node)
    return found[::-1]


def nearest_inputs(sizes: InputSizes) -> str:
    """The accepted inputs nearest to the declared ones, in words; empty if none is found."""
    start = sizes.start()
    if start is None:
        return ""
    found = {axis: nearest_sizes(sizes, axis, start) for axis, _ in enumerate(start)}
    wrong = {axis: each for axis, each in found.items() if each is not None}
    lower = with_sizes(sizes.declared, {axis: each.below for axis, each in wrong.items()})
    upper = with_sizes(sizes.declared, {axis: each.above for axis, each in wrong.items()})
    points = [point for point in (lower, upper) if point and sizes.accepts(point)]
    if not points:
        return "" if wrong else f"an input of {sizes.shown(start)}"
    if upper and points == [upper] and all(each.upward for each in wrong.values()):
        return f"an input of at least {sizes.shown(upper)}"
    multiples = {each.multiple for each in wrong.values()}
    rule = f" (multiples of {min(multiples)})" if len(multiples) == 1 and min(multiples) else ""
    return f"an input of {' or '.join(map(sizes.shown, points))}{rule}"


def nearest_sizes(sizes: InputSizes, axis: int, start: Point) -> Nearest | None:
    """The accepted sizes next to the declared one of an axis, None if that is accepted itself.

    A size of less than half of the declared one is not near.
    """
    declared = sizes.declared[axis]
    around = sizes_near(declared, max(REACHES[0], 2 * abs(start[axis] - declared)))
    accepted = sizes.accepted(axis, start, around)
    if declared in accepted:
        return None
    below = max((size for size in accepted if declared <= 2 * size < 2 * declared), default=None)
    above = [size for size in accepted if size > declared]
    upward = len(above) > 0 and above == list(range(above[0], int(around[-1]) + 1))
    return Nearest(below, above[0] if above else None, upward, common_step(accepted))


def common_step(accepted: Sequence[int]) -> int:
    """The number whose multiples some sizes are, without a gap; 0 if there is none above 1."""
    steps = {other - one for one, other in pairwise(accepted)}
    step = min(steps, default=0)
    return step if len(steps) == 1 and step > 1 and accepted[0] % step == 0 else 0


def with_sizes(point: Point, sizes: Mapping[int, int | None]) -> Point | None:
    """A point with other sizes on some axes, None if one of them is missing or none is given."""
    known = {axis: size for axis, size in sizes.items() if size is not None}
    if not sizes or len(known) < len(sizes):
        return None
    return tuple([known.get(axis, size) for axis, size in enumerate(point)])
