"""What is likely a mistake in a network, though it can be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.arithmetic.operations import symbolic
from convcalc.layers.shapes import show_shape
from convcalc.layers.window import Window
from convcalc.network.input_shapes import (
    LEAST_SIDE,
    SEQUENCE,
    as_channels,
    batched,
    channels_last,
    square,
)
from convcalc.network.report import Report, Row, flattens

if TYPE_CHECKING:
    from collections.abc import Container

    from convcalc.layers.shapes import Shape
    from convcalc.network.graph import Graph, Node

USUALLY_LOST = 1
"""How many positions at the end of an axis nearly every network leaves out somewhere."""

EDGES = {1: ("positions",), 2: ("rows", "columns"), 3: ("frames", "rows", "columns")}
"""What the positions of axes are called."""


def warnings_about(report: Report, *, strict_edges: bool = False) -> list[str]:
    """What is likely a mistake in a network, though it can be counted.

    Where windows leave out a single row at the end of their input, that is told only to be `strict_edges`: nearly all
    networks do so somewhere.
    """
    graph = report.graph
    shapes = (doubts_about(report, name) for name in graph.inputs)
    edges = (lost_edges(row, 0 if strict_edges else USUALLY_LOST) for row in report.rows)
    joined = (joined_positions(row) for row in report.rows)
    found = [warning for warnings in (*shapes, *joined, *edges) for warning in warnings]
    return [*found, *needless_biases(graph), *lone_shares(graph), *report.doubts]


def joined_positions(row: Row) -> list[str]:
    """A linear layer that weighs all positions of a sequence together: elsewhere it is applied to each of them."""
    shape = row.inputs[0]
    if not flattens(row) or len(shape) != SEQUENCE or not (symbolic(shape[1]) or shape[1] > 1):
        return []
    flattened = f"it flattens {show_shape(shape)}, so that each output weighs all {shape[1]} positions"
    tokens = "write over=channels for a layer that is applied to each position, as nn.Linear is to tokens"
    return [f"{row.node.located}: {flattened}; {tokens}, or flatten before it if this is meant"]


def lost_edges(row: Row, usual: int) -> list[str]:
    """What no window of a layer reaches, if it is more than `usual`."""
    windows = row.profile.windows
    if not windows or not any(type(axis) is Window and steps_far(axis, usual) for axis in windows):
        return []
    names = EDGES.get(len(row.inputs[0]) - 1, ())
    lost = [
        f"the last {dropped} of {size} {name}"
        for name, axis, size in zip(names, windows, row.inputs[0][1:], strict=False)
        if isinstance(axis, Window)
        and steps_far(axis, usual)
        and not symbolic(size)
        and (dropped := axis.dropped(size)) > usual
    ]
    return [f"{row.node.located}: no window reaches {' and '.join(lost)}"] if lost else []


def steps_far(axis: Window, usual: int) -> bool:
    """Whether a window may step over more than `usual` positions at the end."""
    return type(axis.stride) is int and axis.stride > usual + 1


def lone_shares(graph: Graph) -> list[str]:
    """Names of shared weights that only one layer has: each place once, unless layers share weights there elsewhere."""
    users: dict[str, list[Node]] = {}
    for node in graph.nodes:
        if node.share:
            users.setdefault(node.share, []).append(node)
    lone = [nodes[0] for share, nodes in users.items() if len(nodes) == 1 and not is_numbered_after(share, users)]
    told = {node.place for nodes in users.values() if len(nodes) > 1 for node in nodes}
    found = []
    for node in lone:
        if node.place not in told:
            told.add(node.place)
            message = f"nothing else has share={node.share}, so that nothing is shared{scope(node)}"
            found.append(f"{node.located}: {message}")
    return found


def scope(node: Node) -> str:
    """What to say of a name of weights that is perhaps written in a block."""
    return "; in a block, share= is for each use of the block by itself" if "." in node.name else ""


def is_numbered_after(share: str, users: Container[str]) -> bool:
    """Whether weights are those of a layer that follows another one under the same name."""
    name, _, number = share.rpartition("_")
    return number.isdecimal() and name in users


def doubts_about(report: Report, name: str) -> list[str]:
    """An input that seems to hold a batch, to have its channels last, or to lack its one channel."""
    shape = report.graph.inputs[name]
    if any(map(symbolic, shape)):
        return []
    if channels_last(shape):
        meant = f"of an image, channels come first: {show_shape((shape[-1], *shape[:-1]))}"
    elif batched(shape) and (shape[0] == 1 or slides_over(report, shape)):
        meant = f"of an image, its batch is not written: {show_shape(shape[1:])}"
    elif len(shape) == SEQUENCE and square(shape, LEAST_SIDE) and slides_over(report, shape):
        meant = f"of a grey image, its one channel is written: {show_shape((1, *shape))}"
    else:
        return []
    return [f"the {name} {show_shape(shape)} reads as {as_channels(shape)}; {meant}"]


def slides_over(report: Report, shape: Shape) -> bool:
    """Whether the first kernel that slides has one number for all axes, and slides over the positions of a shape."""
    kernels = ((row, getattr(row.node.layer, "kernel_size", 1)) for row in report.rows)
    first = next(((row, kernel) for row, kernel in kernels if kernel != 1), None)
    return first is not None and type(first[1]) is int and first[0].inputs[0][1:] == shape[1:]


def needless_biases(graph: Graph) -> list[str]:
    """Biases that a norm takes away again, unless the line of the norm asks for them."""
    readers: dict[str, list[Node]] = {}
    for node in graph.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    return [
        f"{node.located}: {read.name} takes its bias away again; write -bias"
        for node in graph.nodes
        if getattr(node.layer, "bias", False) and node.name not in graph.outputs
        for read in readers.get(node.name, [])
        if read.layer.centres and read.host != node.name and len(readers[node.name]) == 1
    ]
