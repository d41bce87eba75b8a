"""A network that is nothing but a graph, such as one that comes from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, guess, quoted
from convcalc.network.network import Network, Variable
from convcalc.network.profiling import profiled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction
    from typing import Any

    from convcalc.arithmetic.symbols import Symbols
    from convcalc.layers.shapes import Shape
    from convcalc.network.graph import Graph
    from convcalc.network.limits import Limit
    from convcalc.network.report import Report
    from convcalc.network.widths import Adapt


@dataclass(frozen=True)
class GraphNetwork(Network):
    """A network that is nothing but a graph: it has no variables, and no depths that could be scaled."""

    graph: Graph
    budget: Sequence[Limit] = ()

    @property
    def name(self) -> str:
        """What the graph is called."""
        return self.graph.name

    @property
    def variables(self) -> Mapping[str, Variable]:
        """None."""
        return {}

    @property
    def symbols(self) -> Symbols | None:
        """None: a graph has numbers."""
        return None

    @property
    def readable(self) -> bool:
        """It is: a graph that is wrong is none."""
        return True

    def report(self, adapt: Adapt | None = None) -> Report:
        """The graph, profiled; layers that have a width are as `adapt` returns them.

        Raises:
            DescriptionError: a layer cannot be applied to the shapes that reach it.
        """
        return profiled(self.graph, adapt)

    def varied(self, values: Mapping[str, Any], adapt: Adapt | None = None) -> Report:
        """The same, as there are no variables.

        Raises:
            DescriptionError: there are values, or a layer cannot be applied to the shapes that reach it.
        """
        return self.under(values).report(adapt)

    def under(self, values: Mapping[str, Any]) -> GraphNetwork:
        """The network itself.

        Raises:
            DescriptionError: there are values, but no variables to hold them.
        """
        if values:
            message = (
                f"{quoted(self.name)} has no variable {quoted(next(iter(values)))}: it is a graph without variables"
            )
            raise DescriptionError(Fault("unknown-name", message))
        return self

    def resized(self, shapes: Mapping[str, Shape]) -> GraphNetwork:
        """The graph with inputs of other shapes.

        Raises:
            DescriptionError: it has no such input.
        """
        for name in shapes:
            if name not in self.graph.inputs:
                known = guess(name, self.graph.inputs)
                raise DescriptionError(Fault("unknown-name", f"unknown input: {quoted(name)}{known}"))
        return replace(self, graph=replace(self.graph, inputs={**self.graph.inputs, **shapes}))

    def deeper(self, factor: Fraction) -> GraphNetwork:
        """No graph is deeper than it is.

        Raises:
            DescriptionError: in any case but a factor of 1.
        """
        if factor != 1:
            self.depths()
        return self

    def depths(self) -> Sequence[int]:
        """No number of layers can be scaled.

        Raises:
            DescriptionError: in any case.
        """
        message = f"nothing in {quoted(self.name)} is a depth: it is a graph, whose layers are what they are"
        raise DescriptionError(Fault("nothing-found", message))

    def input_shapes(self) -> Mapping[str, Shape]:
        """The shapes of the inputs."""
        return self.graph.inputs

    def require_sound(self) -> None:
        """Nothing is wrong whatever the variables hold: there are none."""
