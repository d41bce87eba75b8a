"""A description under the variables and inputs of a command line, and others made of it: deeper, or larger."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic import computing
from convcalc.errors import DescriptionError, Fault, Place, Source, quoted
from convcalc.layers import KINDS
from convcalc.measures import require_known
from convcalc.spec.amount import DIGITS
from convcalc.spec.build import build_planned, input_shapes, planned, require_sound
from convcalc.spec.check import run_together
from convcalc.spec.document import parse_lines
from convcalc.spec.free import free_names
from convcalc.spec.items import Broken
from convcalc.spec.load import load, parse_inputs, parse_settings, with_settings
from convcalc.spec.names import GROUPS, TAKEN, guess
from convcalc.spec.value import Value, option_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from fractions import Fraction

    from convcalc.analysis import Report
    from convcalc.shapes import Shape
    from convcalc.spec.document import Description
    from convcalc.spec.head import Variables
    from convcalc.spec.plan import Planner
    from convcalc.symbols import Symbols
    from convcalc.widening import Adapt


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
        from convcalc.spec.deepen import deepened  # widening alone needs it

        description, variables = deepened(self.description, factor, self.variables)
        return replace(self, description=description, variables=variables)

    def larger(self, factor: Fraction) -> Variant:
        """The same with the sizes of its inputs times a factor, rounded to the nearest."""
        from convcalc.widening import scaled_shapes  # as above

        return self.resized(scaled_shapes(self.network().graph.inputs, factor))

    def resized(self, shapes: Mapping[str, Shape]) -> Variant:
        """The same with inputs of other shapes."""
        return replace(self, inputs={name: valued(name, shape) for name, shape in shapes.items()})  # type: ignore[misc]  # a shape is no list


def variants(  # noqa: PLR0913, PLR0917  # the options of a command line
    nets: Sequence[str],
    layers: Sequence[str],
    inputs: Sequence[str],
    settings: Sequence[str],
    symbolic: Sequence[str] = (),
    varied: Mapping[str, Any] | None = None,
) -> list[Callable[[], Variant]]:
    """What a command line describes, each to be read when it is called: networks by name, or one in lines.

    Variables that are to be `varied` have a value each to begin with.

    Raises:
        DescriptionError: an input or a setting cannot be read, or a variable is both set and varied.
    """
    shapes, variables = parse_inputs(list(inputs)), parse_settings(list(settings))
    begun = {name: valued(name, value) for name, value in (varied or {}).items()}
    if both := sorted(begun.keys() & variables.keys()):
        place = option_place(both[0], variables[both[0]])
        raise DescriptionError(Fault("given-twice", f"{quoted(both[0])} is both set and varied", place))
    variables |= begun
    if not nets:
        read = partial(parse_lines, list(layers), variables, shapes)
        return [partial(variant, read, variables, shapes, symbolic, free=True)]
    split = [(name, {**variables, **parse_settings(own)}) for name, own in map(with_settings, nets)]
    return [partial(variant, partial(load, name), own, shapes, symbolic) for name, own in split]


def variant(
    read: Callable[[], Description],
    variables: Variables,
    inputs: Mapping[str, Value],
    symbolic: Sequence[str] = (),
    *,
    free: bool = False,
) -> Variant:
    """A description, read; variables that are `symbolic` have no value.

    Nor have unknown names in given inputs, and, where names are `free`, in layers.

    Raises:
        DescriptionError: it cannot be read, or a variable that should be symbolic is none of it.
    """
    description = read()
    if both := [name for name in symbolic if name in variables]:
        place = option_place(both[0], variables[both[0]])
        raise DescriptionError(Fault("given-twice", f"{both[0]} is both set and symbolic", place))
    for name in symbolic:
        if name not in description.variables and not free:
            message = f"unknown variable: {quoted(name)}{guess(name, description.variables)}"
            place = Place(Source("--symbolic", name), 1, 1, len(name))
            raise DescriptionError(Fault("unknown-name", message, place))
    item = description.item if free else Broken()
    reads = free_names(replace(description, inputs=inputs, item=item))
    own = {name: variables[name] for name in reads if name in variables}
    description = replace(description, variables={**own, **description.variables})
    free_reads = [name for name in reads if name not in own and not misspelt(name)]
    names = list(dict.fromkeys([*symbolic, *free_reads]))
    if not names:
        return Variant(description, variables, inputs, free=frozenset(variables if free else own))
    from convcalc.symbols import Symbols  # sympy takes longer to import than all else

    symbols = Symbols()
    values = {name: valued(name, symbols.symbol(name)) for name in names}
    description = replace(description, variables={**values, **description.variables})
    return Variant(description, {**variables, **values}, inputs, symbols)


def valued(name: str, held: Any) -> Value | tuple[Value, ...]:  # noqa: ANN401  # whatever a variable holds
    """What a variable holds, as a description has it."""
    if isinstance(held, list):
        return tuple([Value(name, 0, (), None, (), None, each) for each in held])
    return Value(name, 0, (), None, (), None, held)


def misspelt(name: str) -> bool:
    """Whether a name is nearly a word of the language, or sizes run together, and no symbol."""
    return "did you mean" in guess(name, (*GROUPS, *KINDS)) or name in TAKEN or run_together(name)


def positive(option: str, text: str) -> Fraction:
    """A factor: `2`, `0.75` or `1/2`.

    Raises:
        DescriptionError: it is none.
    """
    from fractions import Fraction  # as above

    try:
        factor = Fraction(text.strip()) if FACTOR.fullmatch(text.strip()) else Fraction(0)
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if not 0 < factor <= LARGEST or factor.denominator > LARGEST:
        got = quoted(text.strip()) or "nothing"
        message = f"{option} must be a number above 0 and at most {LARGEST:,}, such as 2, 0.75 or 1/2, but got {got}"
        raise DescriptionError(Fault("wrong-argument", message))
    return factor


FACTOR = re.compile(rf"[+-]?{DIGITS}(?:/{DIGITS})?", re.ASCII)
"""A number, or one divided by another: nothing that takes long to compute."""

LARGEST = 10**6
"""A factor, at most, and what it is divided by."""
