"""Ways out of a misfit, each found by trying it: what is offered works."""

from __future__ import annotations

from dataclasses import replace
from math import gcd
from typing import TYPE_CHECKING, Any

from convcalc.analysis import analyze, apply, channels_last
from convcalc.errors import ConvcalcError, RuleError
from convcalc.graph import Graph
from convcalc.shapes import show
from convcalc.spec.describe import padding
from convcalc.spec.options import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.analysis import Row
    from convcalc.graph import Node
    from convcalc.shapes import Shape

MOST_REPLAYED = 500
"""Layers above a misfit up to which larger inputs are tried."""

LARGEST_TRIED = 1 << 16
"""Positions that are added to an axis of the input, at most."""

MOST_LISTED = 8
"""Ways out that are listed of one option."""


def advice(error: RuleError, node: Node, rows: Mapping[str, Row], inputs: Mapping[str, Shape]) -> list[str]:
    """What the author could do about a layer that does not fit its input."""
    shapes = tuple([rows[name].profile.output if name in rows else inputs[name] for name in node.inputs])
    if error.option not in ("kernel_size", "groups"):
        return []
    if turned := [shape for shape in inputs.values() if channels_last(shape)]:
        return [f"try: {show((shape[-1], *shape[:-1]))}, as channels come first in {show(shape)}" for shape in turned]
    fitted = error.option == "kernel_size"
    ways = [*padded(node, shapes), *enlarged(node, rows, inputs)] if fitted else grouped(node, shapes)
    return [f"try: {', or '.join(ways)}"] if ways else []


def padded(node: Node, shapes: tuple[Shape, ...]) -> Iterator[str]:
    """The padding that keeps the size."""
    if "padding" not in schema(node.kind):
        return
    layer: Any = replace(node.layer, padding="half")  # type: ignore[type-var]  # each kind is a dataclass
    try:
        profile = apply(node.kind, layer, shapes)
    except RuleError:
        return
    for words in padding(layer, profile, shapes[0]):
        yield f"{words} (gives {show(profile.output)})"


def enlarged(node: Node, rows: Mapping[str, Row], inputs: Mapping[str, Shape]) -> Iterator[str]:
    """The least input that fits, all of its axes enlarged alike."""
    above = ancestors(node, rows)
    if len(above) > MOST_REPLAYED:
        return

    def fits(added: int) -> bool:
        try:
            analyze(Graph("", larger(inputs, added), (*above, node), (node.name,)))
        except ConvcalcError:
            return False
        return True

    high = 1
    while not fits(high):
        high *= 2
        if high > LARGEST_TRIED:
            return
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    yield f"an input of at least {', '.join(map(show, larger(inputs, high).values()))}"


def larger(inputs: Mapping[str, Shape], added: int) -> dict[str, Shape]:
    """The inputs with so many positions more on each axis."""
    return {name: (shape[0], *(size + added for size in shape[1:])) for name, shape in inputs.items()}


def ancestors(node: Node, rows: Mapping[str, Row]) -> list[Node]:
    """The nodes that a node hangs on, in reading order."""
    needed = set(node.inputs)
    found = []
    for name in reversed(list(rows)):
        if name in needed:
            needed.update(rows[name].node.inputs)
            found.append(rows[name].node)
    return found[::-1]


def grouped(node: Node, shapes: tuple[Shape, ...]) -> list[str]:
    """The numbers of groups that divide both sides, and the widths that these groups divide."""
    if "out_channels" not in schema(node.kind):
        return []
    layer: Any = node.layer
    common = gcd(shapes[0][0], layer.out_channels)
    fitting = []
    for groups in range(1, min(common, 1 << 16) + 1):
        if common % groups == 0:
            try:
                apply(node.kind, replace(layer, groups=groups), shapes)
            except RuleError:
                continue
            fitting.append(str(groups))
    listed = fitting if len(fitting) <= MOST_LISTED else [*fitting[: MOST_LISTED - 1], fitting[-1]]
    ways = [f"g={' or '.join(filter(None, (', '.join(listed[:-1]), listed[-1])))}"] if listed else []
    if shapes[0][0] % layer.groups == 0:
        below = layer.out_channels // layer.groups * layer.groups
        ways.append(f"out_channels {f'{below} or ' if below else ''}{below + layer.groups}")
    return ways
