"""Graphs as networks, under what a command line says of them: for all formats whose files hold graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, Faults, quoted
from convcalc.language.assemble.head import evaluated_shape
from convcalc.network.graph_network import GraphNetwork

if TYPE_CHECKING:
    from convcalc.network.graph import Graph
    from convcalc.sources.description import Given


def network_of(graph: Graph, given: Given) -> GraphNetwork:
    """A graph as a network, with inputs of the shapes that are given.

    Raises:
        DescriptionError: a shape is none, or something is given that a graph does not have: a variable or a symbol.
    """
    symbols = [*given.symbolic, *(name.text for value in given.inputs.values() for name in value.names)]
    if symbols:
        message = f"{quoted(graph.name)} is a graph of numbers, and cannot be counted in terms of {quoted(symbols[0])}"
        raise DescriptionError(Fault("needs-numbers", message))
    faults = Faults()
    shapes = {name: evaluated_shape(value, {}, faults) for name, value in given.inputs.items()}
    faults.stop()
    return (
        GraphNetwork(graph)
        .under(given.variables)
        .resized({name: shape for name, shape in shapes.items() if shape is not None})
    )
