"""A description under the variables and inputs of a command line, and others made of it: deeper, or larger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, quoted
from convcalc.shapes import show
from convcalc.spec.build import build
from convcalc.spec.deepen import deepened
from convcalc.spec.document import parse_lines
from convcalc.spec.load import load, parse_inputs, parse_settings
from convcalc.spec.value import parse_value
from convcalc.widening import scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.analysis import Report
    from convcalc.spec.document import Description
    from convcalc.spec.head import Variables
    from convcalc.spec.value import Value
    from convcalc.widening import Adapt


@dataclass(frozen=True)
class Variant:
    """A description, and what takes the place of its own variables and inputs."""

    description: Description
    variables: Variables
    inputs: Mapping[str, Value]

    def network(self, adapt: Adapt | None = None) -> Report:
        """The network, its layers adapted as they are placed.

        Raises:
            DescriptionError: with all faults of the description.
        """
        return build(self.description, self.variables, self.inputs, adapt)

    def deeper(self, factor: Fraction) -> Variant:
        """The same with its depths times a factor, rounded up.

        Raises:
            DescriptionError: it has none.
        """
        description, variables = deepened(self.description, factor, self.variables)
        return replace(self, description=description, variables=variables)

    def larger(self, factor: Fraction) -> Variant:
        """The same with the sizes of its inputs times a factor, rounded to the nearest."""
        shapes = {
            name: (channels, *[scaled(size, factor, 1) for size in sizes])
            for name, (channels, *sizes) in self.network().graph.inputs.items()
        }
        return replace(self, inputs={name: parse_value(show(shape)) for name, shape in shapes.items()})


def variants(
    nets: Sequence[str], layers: Sequence[str], inputs: Sequence[str], settings: Sequence[str]
) -> list[Callable[[], Variant]]:
    """What a command line describes, each to be read when it is called: networks by name, or one in lines.

    Raises:
        DescriptionError: an input or a setting cannot be read.
    """
    shapes, variables = parse_inputs(list(inputs)), parse_settings(list(settings))
    readers = [partial(load, net) for net in nets] or [partial(parse_lines, list(layers), variables, shapes)]
    return [partial(variant, read, variables, shapes) for read in readers]


def variant(read: Callable[[], Description], variables: Variables, inputs: Mapping[str, Value]) -> Variant:
    """A description, read.

    Raises:
        DescriptionError: it cannot be read.
    """
    return Variant(read(), variables, inputs)


def positive(option: str, text: str) -> Fraction:
    """A factor: `2`, `0.75` or `1/2`.

    Raises:
        DescriptionError: it is none.
    """
    try:
        factor = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if not 0 < factor <= LARGEST or factor.denominator > LARGEST:
        got = quoted(text.strip()) or "nothing"
        message = f"{option} must be a number above 0, such as 2, 0.75 or 1/2, but got {got}"
        raise DescriptionError(Fault(message))
    return factor


LARGEST = 10**6
"""A factor, at most, and what it is divided by."""
