"""A description under the variables and inputs of a command line, and others made of it: deeper, or larger."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import computing
from convcalc.errors import DescriptionError
from convcalc.language.build.builder import build_planned, input_shapes, planned, require_sound
from convcalc.language.value import Value
from convcalc.network.measures import require_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager
    from fractions import Fraction

    from convcalc.arithmetic.symbols import Symbols
    from convcalc.language.description import Description, Variables
    from convcalc.language.plan.planner import Planner
    from convcalc.layers.shapes import Shape
    from convcalc.network.report import Report
    from convcalc.network.widths import Adapt


@dataclass(frozen=True)
class Variant:
    """A description, and what takes the place of its own variables and inputs.

    Names that only a command line has are `free`.
    """

    description: Description
    variables: Variables
    inputs: Mapping[str, Value]
    symbols: Symbols | None = None
    free: frozenset[str] = frozenset()

    def computing(self) -> AbstractContextManager[None]:
        """The arithmetic of this variant: that of its symbols, if it has any."""
        return nullcontext() if self.symbols is None else computing(self.symbols)

    @cached_property
    def planner(self) -> Planner:
        """What plans the layers, once for all networks that are made of this variant."""
        return planned(self.description, self.variables, self.inputs)

    def network(self, adapt: Adapt | None = None) -> Report:
        """The network, its layers adapted as they are placed.

        Raises:
            DescriptionError: with all faults of the description.
        """
        with self.computing():
            return build_planned(self.planner, adapt)

    def input_shapes(self) -> Mapping[str, Shape]:
        """The shapes of the inputs, whether or not the layers accept them.

        Raises:
            DescriptionError: an input or a variable has a fault.
        """
        return input_shapes(self.planner)

    def under(self, values: Mapping[str, Any]) -> Variant:
        """The same where some variables hold other values."""
        held = {name: valued(name, value) for name, value in values.items()}
        return replace(self, variables={**self.variables, **held})

    def varied(self, values: Mapping[str, Any], adapt: Adapt | None = None) -> Report:
        """The network where some variables hold other values, in the arithmetic of these.

        Raises:
            DescriptionError: with the first fault that is met.
        """
        return build_planned(self.under(values).planner, adapt, hasty=True)

    def require_sound(self) -> None:
        """State that nothing is wrong whatever the variables hold.

        Raises:
            DescriptionError: something is.
        """
        require_sound(self.planner)

    def require_known(self, measures: Iterable[str]) -> None:
        """State that these measures are known in full, if the network can be made at all.

        Raises:
            DescriptionError: they are not.
        """
        try:
            rows = self.network().rows
        except DescriptionError:
            return
        require_known(rows, measures)

    def deeper(self, factor: Fraction) -> Variant:
        """The same with its depths times a factor, rounded up.

        Raises:
            DescriptionError: it has none.
        """
        from convcalc.language.deepen import deepened  # widening alone needs it

        description, variables = deepened(self.description, factor, self.variables)
        return replace(self, description=description, variables=variables)

    def larger(self, factor: Fraction) -> Variant:
        """The same with the sizes of its inputs times a factor, rounded to the nearest."""
        from convcalc.network.widths import scaled_shapes  # as above

        return self.resized(scaled_shapes(self.network().graph.inputs, factor))

    def resized(self, shapes: Mapping[str, Shape]) -> Variant:
        """The same with inputs of other shapes."""
        return replace(self, inputs={name: valued(name, shape) for name, shape in shapes.items()})  # type: ignore[misc]  # a shape is no list


def valued(name: str, held: Any) -> Value | tuple[Value, ...]:  # noqa: ANN401  # whatever a variable holds
    """What a variable holds, as a description has it."""
    if isinstance(held, list):
        return tuple([Value(name, 0, (), None, (), None, each) for each in held])
    return Value(name, 0, (), None, (), None, held)
