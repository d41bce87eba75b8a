"""Hints for a layer that does not fit, each found by trying it: what is offered works."""

from __future__ import annotations

from dataclasses import replace
from math import gcd
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import ceil_div
from convcalc.errors import RuleError
from convcalc.layers.describe import padding
from convcalc.layers.options import schema, show_value
from convcalc.layers.shapes import show_shape
from convcalc.layers.window import pads_per_axis
from convcalc.network.input_shapes import as_channels, channels_last
from convcalc.network.profiling import apply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from convcalc.layers.shapes import Shape
    from convcalc.layers.window import Sliding
    from convcalc.network.graph import Node
    from convcalc.network.input_sizes import Resized
    from convcalc.network.report import Row

MOST_WAYS_LISTED = 8
"""Ways out that are listed of one option."""


def hints(
    error: RuleError, node: Node, rows: Mapping[str, Row], inputs: Mapping[str, Shape], network: Resized | None
) -> list[str]:
    """What the author could do about a layer that does not fit its inputs.

    `network` is the whole description under other inputs, None if it accepts none in any case.
    """
    shapes = tuple([rows[name].profile.output if name in rows else inputs[name] for name in node.inputs])
    if error.option == "kernel_size" and error.code == "one-per-axis":
        return list(reread(node, shapes[0], inputs))
    if error.option != "groups" and not sizes_matter(error, shapes):
        return []
    if turned := [shape for shape in inputs.values() if channels_last(shape)]:
        return [
            f"try: {show_shape((shape[-1], *shape[:-1]))}, as channels come first in {show_shape(shape)}"
            for shape in turned
        ]
    if error.option == "groups":
        ways = fitting_groups(node, shapes)
    else:
        from convcalc.language.assemble.other_inputs import other_inputs  # it takes numpy, which only an error needs

        own = padded(node, shapes) if error.option == "kernel_size" else ()
        ways = [*own, *other_inputs(node, rows, inputs, network)]
    return [f"try: {', or '.join(ways)}"] if ways else []


SIZED = ("does-not-fit", "shapes-differ", "not-divisible")
"""The errors that other sizes of the input may avoid."""


def sizes_matter(error: RuleError, shapes: tuple[Shape, ...]) -> bool:
    """Whether other sizes may avoid a misfit: tensors that differ in their number of axes stay different."""
    if error.code != "shapes-differ":
        return error.code in SIZED
    joined = {len(shape) for shape in shapes}
    return len(joined) == 1 and len({shape[1:] for shape in shapes}) > 1


def reread(node: Node, read: Shape, inputs: Mapping[str, Shape]) -> Iterator[str]:
    """The input that a kernel with a number for each axis is about: with its channel, or without its batch."""
    axes = len(getattr(node.layer, "kernel_size", ()))
    for shape in inputs.values():
        if len(shape) == len(read) == axes:
            image = f"{show_shape((1, *shape))}, if that is an image of one channel"
            yield f"try: {image}: {show_shape(shape)} is {as_channels(shape)}"
        elif len(shape) == len(read) == axes + 2:
            yield f"try: {show_shape(shape[1:])}, if {shape[0]} is a batch, which is not written"


def strided(projected: str, wanted: Shape, rows: Mapping[str, Row]) -> Iterator[str]:
    """The stride with which the last layer of a projection makes the shape that is wanted."""
    last = rows.get(projected)
    row = rows.get(last.node.host, last) if last else None
    if row is None or getattr(row.node.layer, "stride", None) != 1 or len(wanted) != len(row.profile.output):
        return
    strides = tuple([ceil_div(size, target) for size, target in zip(row.profile.output[1:], wanted[1:], strict=True)])
    stride = strides[0] if len(set(strides)) == 1 else strides
    layer: Any = replace(row.node.layer, stride=stride)
    try:
        made = apply(row.node.kind, layer, row.inputs).output
    except RuleError:
        return
    if made == wanted:
        yield f"try: s={show_value(stride)} on the projection, {row.node.name}, which then makes {show_shape(made)}"


def padded(node: Node, shapes: tuple[Shape, ...]) -> Iterator[str]:
    """The padding that keeps the size of those axes on which the kernel does not fit."""
    if "padding" not in schema(node.kind):
        return
    layer: Any = node.layer
    sizes = shapes[0][1:]
    try:
        half = apply(node.kind, replace(layer, padding="half"), shapes)
        own = (
            ((0, 0),) * len(sizes)
            if isinstance(layer.padding, str)
            else pads_per_axis("padding", layer.padding, len(sizes))
        )
        windows: Sequence[Any] = half.windows or ()  # each has a padding, as the layer has
        pads = tuple(
            [
                pair if fits(window._replace(padding=pair), size) else window.pads(size)
                for window, pair, size in zip(windows, own, sizes, strict=True)
            ]
        )
        layer = replace(layer, padding=pads)
        profile = apply(node.kind, layer, shapes)
    except RuleError:
        return
    for words in padding(layer, profile, shapes[0]):
        yield f"{words} (gives {show_shape(profile.output)})"


def fits(window: Sliding, size: int) -> bool:
    """Whether a window fits an axis."""
    try:
        window.positions(size)
    except RuleError:
        return False
    return True


def fitting_groups(node: Node, shapes: tuple[Shape, ...]) -> list[str]:
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
    listed = fitting if len(fitting) <= MOST_WAYS_LISTED else [*fitting[: MOST_WAYS_LISTED - 1], fitting[-1]]
    ways = [f"g={' or '.join(filter(None, (', '.join(listed[:-1]), listed[-1])))}"] if listed else []
    if shapes[0][0] % layer.groups == 0:
        below = layer.out_channels // layer.groups * layer.groups
        ways.append(f"out_channels {f'{below} or ' if below else ''}{below + layer.groups}")
    return ways
