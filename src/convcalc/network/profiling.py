"""The one place that profiles nodes: shapes in, costs out, shared weights counted once."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING

from convcalc.arithmetic.operations import current_domain, require
from convcalc.errors import DescriptionError, Fault, RuleError
from convcalc.layers.base import MANY
from convcalc.layers.window import Window
from convcalc.network.report import Report, Row

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from convcalc.arithmetic.operations import Domain
    from convcalc.layers.base import Layer, Profile
    from convcalc.layers.shapes import Shape
    from convcalc.network.graph import Graph, Node
    from convcalc.network.widths import Adapt

TENSOR_WORDS = {(1, 1): "one tensor", (1, 2): "one tensor or two", (2, 2): "two tensors"}
"""How many tensors a layer reads, in words."""


SLIDING_OPTIONS = frozenset({"kernel_size", "stride", "padding", "dilation", "output_padding", "rounding"})
"""Options that do not change which weights a layer has; the kernel is compared axis by axis."""


def apply(kind: str, layer: Layer, inputs: Sequence[Shape]) -> Profile:
    """The profile of one layer on the shapes that reach it.

    Raises:
        RuleError: it cannot be applied to them.
    """
    least, most = layer.reads
    if most < MANY:
        message = "{kind} reads {wanted}, but gets {count}"
        fits = least <= len(inputs) <= most
        require(
            fits, "wrong-number-of-inputs", "", message, kind=kind, wanted=TENSOR_WORDS[layer.reads], count=len(inputs)
        )
    profile = layer(*inputs)
    return profile if (domain := current_domain()) is None else settled(profile, domain)


def settled(profile: Profile, domain: Domain) -> Profile:
    """A profile whose sizes are as the layers below read them."""
    output = tuple([domain.size(number) for number in profile.output])
    names = {one: other for one, other in zip(profile.output, output, strict=True) if one is not other}
    counts = ("weights", "biases", "macs", "statistics", "fan_in", "operations")
    return profile._replace(output=output, **{key: domain.swapped(getattr(profile, key), names) for key in counts})


class Profiler:
    """Makes the rows of a report, whatever the nodes came from.

    Equal layers on equal shapes are profiled once. Shared weights count where they are first used.
    """

    def __init__(self) -> None:
        self.profiles: dict[tuple[Layer, tuple[Shape, ...]], Profile] = {}
        self.charges: dict[str, Row] = {}

    def profile(self, kind: str, layer: Layer, inputs: tuple[Shape, ...]) -> Profile:
        """The profile of a layer on the shapes that reach it.

        Raises:
            RuleError: it cannot be applied to them.
        """
        key = layer, inputs
        found = self.profiles.get(key)
        if found is None:
            found = self.profiles[key] = apply(kind, layer, inputs)
        return found

    def row(self, node: Node, inputs: tuple[Shape, ...], profile: Profile) -> Row:
        """The row of a node with its profile.

        Raises:
            RuleError: its weights cannot be those that they are said to be.
        """
        row = Row(node, inputs, profile)
        return charged(row, self.charges) if node.share else row


def profiled(graph: Graph, adapt: Adapt | None = None) -> Report:
    """Profile every node of `graph`, in order; layers that have a width are as `adapt` returns them.

    Raises:
        DescriptionError: a layer cannot be applied to the shapes that reach it.
    """
    shapes = dict(graph.inputs)
    profiler = Profiler()
    rows = []
    for each in graph.nodes:
        node = adapted_node(each, adapt) if adapt else each
        inputs = tuple([shapes[name] for name in node.inputs])
        try:
            profile = profiler.profile(node.kind, node.layer, inputs)
            rows.append(profiler.row(node, inputs, profile))
        except RuleError as error:
            raise DescriptionError(Fault(error.code, str(error), node.place, node.name)) from None
        shapes[node.name] = profile.output
    nodes = tuple([row.node for row in rows])
    return Report(replace(graph, nodes=nodes) if adapt else graph, tuple(rows))


def adapted_node(node: Node, adapt: Adapt) -> Node:
    """A node whose layer is adapted, if it has a width."""
    from convcalc.network.widths import WrittenWidth, has_width  # most graphs are profiled as they are

    if not has_width(node.kind):
        return node
    written = WrittenWidth(node.kind, node.fixed)
    return node._replace(layer=adapt(written.of(node.name, node.layer, node.place), node.layer))


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
    options = {
        option.name: getattr(layer, option.name) for option in fields(layer) if option.name not in SLIDING_OPTIONS
    }
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
