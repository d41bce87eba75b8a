"""Pass shapes through a graph, and tell what each layer costs."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic import Number, current_domain, require, symbolic, total
from convcalc.errors import DescriptionError, Fault, RuleError
from convcalc.layers import MANY
from convcalc.shapes import show
from convcalc.window import Window

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from convcalc.arithmetic import Domain
    from convcalc.graph import Graph, Node
    from convcalc.layers import Layer, Profile
    from convcalc.shapes import Shape

SEQUENCE, IMAGE, IMAGE_IN_BATCH = 2, 3, 4
"""Numbers in the shape of a sequence, of an image, and of an image with its batch."""

MOST_COLOURS, LEAST_SIDE, LEAST_THUMB = 4, 16, 8
"""Channels of an image, at most, and positions on its sides, at least; of one in a batch, fewer will do."""


TENSORS = {(1, 1): "one tensor", (1, 2): "one tensor or two", (2, 2): "two tensors"}
"""How many tensors a layer reads, in words."""

USUALLY_LOST = 1
"""How many positions at the end of an axis nearly every network leaves out somewhere."""

EDGES = {1: ("positions",), 2: ("rows", "columns"), 3: ("frames", "rows", "columns")}
"""What the positions of axes are called."""

STEPS = frozenset({"kernel_size", "stride", "padding", "dilation", "output_padding", "rounding"})
"""Options that do not change which weights a layer has; the kernel is compared axis by axis."""

CENTRING = ("bn", "instancenorm")
"""The norms that take away what is added to a whole channel."""


class Row(NamedTuple):
    """One node of a graph, the shapes that reach it, and what it makes of them.

    Where `repeated`, its weights are those of a row above, which counts them.
    """

    node: Node
    inputs: tuple[Shape, ...]
    profile: Profile
    repeated: bool = False

    @property
    def weights(self) -> Number:
        """Weights that no row above has counted."""
        return 0 if self.repeated else self.profile.weights

    @property
    def biases(self) -> Number:
        """Biases that no row above has counted."""
        return 0 if self.repeated else self.profile.biases

    @property
    def statistics(self) -> Number:
        """Running statistics that no row above has counted."""
        return 0 if self.repeated else self.profile.statistics


class Rows:
    """Rows of a report, and their sums."""

    rows: tuple[Row, ...]

    @property
    def weights(self) -> Number:
        """Weights of all rows."""
        return total([row.weights for row in self.rows])

    @property
    def biases(self) -> Number:
        """Biases of all rows."""
        return total([row.biases for row in self.rows])

    @property
    def statistics(self) -> Number:
        """Running statistics of all rows."""
        return total([row.statistics for row in self.rows])

    @property
    def params(self) -> Number:
        """Learnable numbers of all rows."""
        return self.weights + self.biases

    @property
    def macs(self) -> Number:
        """Multiply-accumulates of all rows, for one sample."""
        return total([row.profile.macs for row in self.rows])


@dataclass(frozen=True)
class Report(Rows):
    """A row for each node of a graph; totals are sums over rows.

    `doubts` are warnings about how the network is described, which its layers do not show.
    """

    graph: Graph
    rows: tuple[Row, ...]
    doubts: tuple[str, ...] = field(default=(), compare=False)


def apply(kind: str, layer: Layer, inputs: Sequence[Shape]) -> Profile:
    """The profile of one layer on the shapes that reach it.

    Raises:
        RuleError: it cannot be applied to them.
    """
    least, most = layer.reads
    if most < MANY:
        message = "{kind} reads {wanted}, but gets {count}"
        fits = least <= len(inputs) <= most
        require(fits, "wrong-number-of-inputs", "", message, kind=kind, wanted=TENSORS[layer.reads], count=len(inputs))
    profile = layer(*inputs)
    return profile if (domain := current_domain()) is None else settled(profile, domain)


def settled(profile: Profile, domain: Domain) -> Profile:
    """A profile whose sizes are as those below read them."""
    output = tuple([domain.size(number) for number in profile.output])
    names = {one: other for one, other in zip(profile.output, output, strict=True) if one is not other}
    counts = ("weights", "biases", "macs", "statistics", "fan_in", "operations")
    return replace(profile, output=output, **{key: domain.swapped(getattr(profile, key), names) for key in counts})


def analyze(graph: Graph) -> Report:
    """Profile every node of `graph`, in order.

    Raises:
        DescriptionError: a layer cannot be applied to the shapes that reach it.
    """
    shapes = dict(graph.inputs)
    charges: dict[str, Row] = {}
    rows = []
    for node in graph.nodes:
        inputs = tuple([shapes[name] for name in node.inputs])
        try:
            profile = apply(node.kind, node.layer, inputs)
            row = Row(node, inputs, profile)
            row = charged(row, charges) if node.share else row
        except RuleError as error:
            raise DescriptionError(Fault(error.code, str(error), node.place, node.name)) from None
        shapes[node.name] = profile.output
        rows.append(row)
    return Report(graph, tuple(rows))


def charged(row: Row, charges: dict[str, Row]) -> Row:
    """The row of a node that shares its weights, which count where they are first used; `charges` remembers where.

    Raises:
        RuleError: its weights cannot be those that they are said to be.
    """
    first = charges.setdefault(row.node.share, row)
    if first is row:
        return row
    own, other = identity(row), identity(first)
    differ = [name for name in {**own, **other} if own.get(name) != other.get(name)]
    message = "{name} has the weights of share={share}, which are those of {other}, and not of {own}"
    shown = {"share": row.node.share, "name": first.node.name, "own": partial(weights_of, row, differ)}
    require(len(differ) == 0, "shared-weights", "", message, **shown, other=partial(weights_of, first, differ))
    return row._replace(repeated=True)


def identity(row: Row) -> dict[str, object]:
    """What must agree for two layers to have the same weights: all but how a window steps."""
    layer, profile = row.node.layer, row.profile
    options = {option.name: getattr(layer, option.name) for option in fields(layer) if option.name not in STEPS}  # type: ignore[arg-type]  # each kind is a dataclass
    kernels = [getattr(axis, "kernel", None) for axis in profile.windows or ()] if profile.weights else []
    learnt = {"weights": profile.weights, "biases": profile.biases, "statistics": profile.statistics}
    return {"kind": row.node.kind, **learnt, "kernel": kernels, **options}


def weights_of(row: Row, differ: Container[str]) -> str:
    """What a layer learns, in words, with the options in which it is unlike another."""
    kernels = [str(axis.kernel) for axis in row.profile.windows or () if isinstance(axis, Window)]
    layer = row.node.layer
    given = {name: getattr(layer, name) for name in identity(row) if name in differ and hasattr(layer, name)}
    options = [f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in given.items()]
    shown = " ".join(filter(None, (row.node.kind, "x".join(kernels), *options)))
    return f"{shown} with {row.profile.weights:,} weights and {row.profile.biases:,} biases"


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


def flattens(row: Row) -> bool:
    """Whether a layer is a linear one that lays out several axes on one."""
    return row.node.kind == "linear" and bool(row.profile.windows)


def joined_positions(row: Row) -> list[str]:
    """A linear layer that weighs all positions of a sequence together: elsewhere it is applied to each of them."""
    shape = row.inputs[0]
    if not flattens(row) or len(shape) != SEQUENCE or not (symbolic(shape[1]) or shape[1] > 1):
        return []
    flattened = f"it flattens {show(shape)}, so that each output weighs all {shape[1]} positions"
    tokens = "write over=channels for a layer that is applied to each position, as nn.Linear is to tokens"
    return [f"{row.node.place}: {row.node.name}: {flattened}; {tokens}, or flatten before it if this is meant"]


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
    return [f"{row.node.place}: {row.node.name}: no window reaches {' and '.join(lost)}"] if lost else []


def steps_far(axis: Window, usual: int) -> bool:
    """Whether a window may step over more than `usual` positions at the end."""
    return type(axis.stride) is int and axis.stride > usual + 1


def lone_shares(graph: Graph) -> list[str]:
    """Names of shared weights that only one layer has: each place once, unless layers share weights there elsewhere."""
    users: dict[str, list[Node]] = {}
    for node in graph.nodes:
        if node.share:
            users.setdefault(node.share, []).append(node)
    lone = [nodes[0] for share, nodes in users.items() if len(nodes) == 1 and not follows(share, users)]
    told = {node.place for nodes in users.values() if len(nodes) > 1 for node in nodes}
    found = []
    for node in lone:
        if node.place not in told:
            told.add(node.place)
            message = f"nothing else has share={node.share}, so that nothing is shared{scope(node)}"
            found.append(f"{node.place}: {node.name}: {message}")
    return found


def scope(node: Node) -> str:
    """What to say of a name of weights that is perhaps written in a block."""
    return "; in a block, share= is for each use of the block by itself" if "." in node.name else ""


def follows(share: str, users: Container[str]) -> bool:
    """Whether weights are those of a layer that follows another one under the same name."""
    name, _, number = share.rpartition("_")
    return number.isdecimal() and name in users


def doubts_about(report: Report, name: str) -> list[str]:
    """An input that seems to hold a batch, to have its channels last, or to lack its one channel."""
    shape = report.graph.inputs[name]
    if any(map(symbolic, shape)):
        return []
    if channels_last(shape):
        meant = f"of an image, channels come first: {show((shape[-1], *shape[:-1]))}"
    elif batched(shape) and (shape[0] == 1 or slides_over(report, shape)):
        meant = f"of an image, its batch is not written: {show(shape[1:])}"
    elif len(shape) == SEQUENCE and square(shape, LEAST_SIDE) and slides_over(report, shape):
        meant = f"of a grey image, its one channel is written: {show((1, *shape))}"
    else:
        return []
    return [f"the {name} {show(shape)} reads as {as_channels(shape)}; {meant}"]


def as_channels(shape: Shape) -> str:
    """How a shape is read: `28 channels of 28`."""
    return f"{'1 channel' if shape[0] == 1 else f'{shape[0]} channels'} of {show(shape[1:])}"


def batched(shape: Shape) -> bool:
    """Whether a shape looks as if a batch came first: then one image, or several that are square."""
    return len(shape) >= IMAGE_IN_BATCH and shape[1] <= MOST_COLOURS and (shape[0] == 1 or square(shape, LEAST_THUMB))


def square(shape: Shape, least: int) -> bool:
    """Whether the last two sizes are equal, and not too small for an image."""
    return shape[-2] == shape[-1] >= least


def slides_over(report: Report, shape: Shape) -> bool:
    """Whether the first kernel that slides has one number for all axes, and slides over the positions of a shape."""
    kernels = ((row, getattr(row.node.layer, "kernel_size", 1)) for row in report.rows)
    first = next(((row, kernel) for row, kernel in kernels if kernel != 1), None)
    return first is not None and type(first[1]) is int and first[0].inputs[0][1:] == shape[1:]


def channels_last(shape: Shape) -> bool:
    """Whether a shape looks as if its channels came last."""
    return len(shape) >= IMAGE and shape[-1] <= MOST_COLOURS and min(shape[:-1]) >= LEAST_SIDE


def needless_biases(graph: Graph) -> list[str]:
    """Biases that a norm takes away again, unless the line of the norm asks for them."""
    readers: dict[str, list[Node]] = {}
    for node in graph.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    return [
        f"{node.place}: {node.name}: {read.name} takes its bias away again; write -bias"
        for node in graph.nodes
        if getattr(node.layer, "bias", False) and node.name not in graph.outputs
        for read in readers.get(node.name, [])
        if read.kind in CENTRING and read.host != node.name and len(readers[node.name]) == 1
    ]
