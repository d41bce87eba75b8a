"""Pass shapes through a graph, and tell what each layer costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convcalc.arithmetic import Number, require
from convcalc.errors import DescriptionError, Fault, RuleError
from convcalc.layers import NORMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.graph import Graph, Node
    from convcalc.layers import Layer, Profile
    from convcalc.shapes import Shape


@dataclass(frozen=True, slots=True)
class Row:
    """One node of a graph, the shapes that reach it, and what it makes of them."""

    node: Node
    inputs: tuple[Shape, ...]
    profile: Profile


@dataclass(frozen=True)
class Report:
    """A row for each node of a graph; totals are sums over rows."""

    graph: Graph
    rows: tuple[Row, ...]

    @property
    def weights(self) -> Number:
        """Weights of all layers."""
        return sum(row.profile.weights for row in self.rows)

    @property
    def biases(self) -> Number:
        """Biases of all layers."""
        return sum(row.profile.biases for row in self.rows)

    @property
    def params(self) -> Number:
        """Learnable numbers of all layers."""
        return self.weights + self.biases

    @property
    def macs(self) -> Number:
        """Multiply-accumulates of all layers, for one sample."""
        return sum(row.profile.macs for row in self.rows)


def apply(kind: str, layer: Layer, inputs: Sequence[Shape]) -> Profile:
    """The profile of one layer on the shapes that reach it.

    Raises:
        RuleError: it cannot be applied to them.
    """
    if layer.joins:
        require(len(inputs) > 1, "", "{kind} joins two or more tensors, but gets one", kind=kind)
    else:
        require(len(inputs) == 1, "", "{kind} reads one tensor, but gets {count}", kind=kind, count=len(inputs))
    return layer(*inputs)


def analyze(graph: Graph) -> Report:
    """Profile every node of `graph`, in order.

    Raises:
        DescriptionError: a layer cannot be applied to the shapes that reach it.
    """
    shapes = dict(graph.inputs)
    rows = []
    for node in graph.nodes:
        inputs = tuple([shapes[name] for name in node.inputs])
        try:
            profile = apply(node.kind, node.layer, inputs)
        except RuleError as error:
            raise DescriptionError(Fault(str(error), node.place, node.name)) from None
        shapes[node.name] = profile.output
        rows.append(Row(node, inputs, profile))
    return Report(graph, tuple(rows))


def warnings_about(graph: Graph) -> list[str]:
    """What is likely a mistake in a network, though it can be counted."""
    readers: dict[str, list[Node]] = {}
    for node in graph.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    return [
        f"{node.place}: {node.name}: {read.name} takes its bias away again; write -bias"
        for node in graph.nodes
        if getattr(node.layer, "bias", False) and node.name not in graph.outputs
        for read in readers.get(node.name, [])
        if read.kind in NORMS and len(readers[node.name]) == 1
    ]
