"""A description under the variables and inputs of a command line, and others made of it: deeper, or larger."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import computing
from convcalc.language.assemble.network import build_planned, input_shapes, planner_with, require_sound
from convcalc.language.value import Value
from convcalc.network.network import Network, Variable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from fractions import Fraction

    from convcalc.arithmetic.operations import Held
    from convcalc.arithmetic.symbols import Symbols
    from convcalc.language.description import Description, Variables
    from convcalc.language.plan.planner import Planner
    from convcalc.layers.shapes import Shape
    from convcalc.network.limits import Limit
    from convcalc.network.report import Report
    from convcalc.network.widths import Adapt


@dataclass(frozen=True)
class Variant(Network):
    """A description, and what takes the place of its own variables and inputs: `settings` and `inputs`.

    Names that only a command line has are `free`.
    """

    description: Description
    settings: Variables
    inputs: Mapping[str, Value]
    symbols: Symbols | None = None
    free: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What the description calls the network."""
        return self.description.name

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """The variables of the description, as it has them."""
        return {
            name: described_variable(held, free=name in self.free) for name, held in self.description.variables.items()
        }

    @property
    def budget(self) -> Sequence[Limit]:
        """The limits that stand in the description."""
        return self.description.budget

    @property
    def readable(self) -> bool:
        """Whether the text could be read without a fault."""
        return not self.description.faults

    def computing(self) -> AbstractContextManager[None]:
        """The arithmetic of this variant: that of its symbols, if it has any."""
        return nullcontext() if self.symbols is None else computing(self.symbols)

    @cached_property
    def planner(self) -> Planner:
        """What plans the layers, once for all networks that are made of this variant."""
        return planner_with(self.description, self.settings, self.inputs)

    def report(self, adapt: Adapt | None = None) -> Report:
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
        return replace(self, settings={**self.settings, **held})

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

    def deeper(self, factor: Fraction) -> Variant:
        """The same with its depths times a factor, rounded up.

        Raises:
            DescriptionError: it has none.
        """
        from convcalc.language.deepen import deepened  # widening alone needs it

        description, variables = deepened(self.description, factor, self.settings)
        return replace(self, description=description, settings=variables)

    def depths(self) -> Sequence[int]:
        """The numbers of layers that are scaled where the description is deepened.

        Raises:
            DescriptionError: there are none, or one of them is an expression.
        """
        from convcalc.language.deepen import depths  # as above

        return depths(self.description, self.settings)

    def resized(self, shapes: Mapping[str, Shape]) -> Variant:
        """The same with inputs of other shapes."""
        return replace(self, inputs={name: constant(name, shape) for name, shape in shapes.items()})


def described_variable(held: Value | tuple[Value, ...], *, free: bool) -> Variable:
    """What a variable of a description holds."""
    if isinstance(held, tuple):
        return Variable(is_list=True, is_number=False, free=free)
    return Variable(is_number=not isinstance(held.constant, tuple), has_point="." in held.text, free=free)


def valued(name: str, held: Held) -> Value | tuple[Value, ...]:
    """What a variable holds, as a description has it."""
    if isinstance(held, list):
        return tuple([constant(name, each) for each in held])
    return constant(name, held)


def constant(name: str, held: Held) -> Value:
    """A value that is known, and no list."""
    return Value(name, 0, (), None, (), None, held)
