"""The widths of layers: what a line says of them, and what becomes of a layer that has one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from convcalc.arithmetic.operations import ceil_div, largest
from convcalc.errors import in_text
from convcalc.layers.kinds import kind_class

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convcalc.arithmetic.expression import Expression
    from convcalc.arithmetic.operations import AnyNumber, Number
    from convcalc.errors import Origin, Place
    from convcalc.layers.base import Layer
    from convcalc.layers.shapes import Shape


@dataclass(frozen=True, eq=False)
class WrittenWidth:
    """What the line of a layer says of its width, whatever the layer is called and however wide it is.

    It is an `expression`, none where it has a form that no width may have. It `follows` if that reads the channels that
    the layer reads, as `groups_follow` if the number of groups does; it is `literal` if it is a number. Where a line
    begins tells where it is `placed`.
    """

    kind: str
    fixed: bool = False
    follows: bool = False
    literal: bool = True
    groups_follow: bool = False
    placed: Callable[[Place], Place] = lambda base: base
    expression: Expression | None = None

    @cached_property
    def option(self) -> str:
        """The option that is the width."""
        return kind_class(self.kind).width

    def of(self, name: str, layer: Layer, base: Place | Origin | None) -> Width:
        """The width of a layer whose line begins at `base`, or that came from there."""
        return Width(name, getattr(layer, self.option), self, base)


class Width(NamedTuple):
    """The width of a layer whose line begins at `base`, and what that says of it."""

    name: str
    value: Number
    written: WrittenWidth
    base: Place | Origin | None

    @property
    def widened(self) -> bool:
        """Whether it is scaled in any case, or only where the layer is hidden."""
        return kind_class(self.written.kind).widened

    @property
    def fixed(self) -> bool:
        """Whether it is dictated from outside."""
        return self.written.fixed

    @property
    def follows(self) -> bool:
        """Whether it is an expression of the channels that the layer reads, and not dictated from outside."""
        return self.written.follows and not self.written.fixed

    @property
    def place(self) -> Place | None:
        """Where it is written, if it is in a text."""
        base = in_text(self.base)
        return self.written.placed(base) if base else None


Adapt: TypeAlias = "Callable[[Width, Layer], Layer]"
"""What becomes of a layer that has a width."""


def has_width(kind: str) -> bool:
    """Whether the layers of a kind have a width of their own."""
    return bool(kind_class(kind).width)


TENTHS_KEPT = 9
"""Rounding down to a multiple must leave so many tenths of a width."""


def scaled_number(width: Number, factor: AnyNumber, divisor: int) -> Number:
    """`width * factor` as the nearest multiple of `divisor`, at least one and, of multiples above 1, 90 %.

    The rule is `_make_divisible` of torchvision and TF-slim; halves are rounded up.

    >>> from fractions import Fraction
    >>> half = Fraction(1, 2)
    >>> scaled_number(64, half, 1), scaled_number(3, half, 1)
    (32, 2)
    >>> scaled_number(48, half, 8), scaled_number(11, Fraction(1), 8)
    (24, 16)
    """
    exact = width * factor
    nearest = (2 * exact + divisor) // (2 * divisor) * divisor
    least = ceil_div(TENTHS_KEPT * exact, 10 * divisor) * divisor if divisor > 1 else divisor
    return largest(divisor, nearest, least)


def scaled_shapes(shapes: Mapping[str, Shape], factor: AnyNumber) -> dict[str, Shape]:
    """Shapes of inputs with their sizes times a factor, rounded to the nearest."""
    return {
        name: (channels, *[scaled_number(size, factor, 1) for size in sizes])
        for name, (channels, *sizes) in shapes.items()
    }
