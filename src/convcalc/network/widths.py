"""The widths of layers: what a line says of them, and what becomes of a layer that has one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from convcalc.arithmetic.operations import ceil_div, largest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convcalc.arithmetic.expression import Expression
    from convcalc.arithmetic.operations import Number
    from convcalc.errors import Place
    from convcalc.layers import Layer
    from convcalc.layers.shapes import Shape
    from convcalc.network.report import Report

OPTIONS = {"linear": "out_features"}
"""The option that is the width of a layer, where it is not out_channels."""


CONVOLUTIONS = ("conv", "sepconv", "upconv", "local_conv", "deform_conv")
"""The kinds whose widths are their own, besides `linear`."""


@dataclass(frozen=True, eq=False)
class WrittenWidth:
    """What the line of a layer says of its width, whatever the layer is called and however wide it is.

    It is an `expression`, none where it has a form that no width may have. It `follows` if that reads the channels that
    the layer reads, as `groups_follow` if the number of groups does; it is `literal` if it is a number. Where a line
    begins tells where it is `placed`.
    """

    kind: str
    fixed: bool
    follows: bool
    literal: bool
    groups_follow: bool
    placed: Callable[[Place], Place]
    expression: Expression | None

    @cached_property
    def option(self) -> str:
        """The option that is the width."""
        return option_of(self.kind)

    def of(self, name: str, layer: Layer, base: Place) -> Width:
        """The width of a layer whose line begins at `base`."""
        return Width(name, getattr(layer, self.option), self, base)


class Width(NamedTuple):
    """The width of a layer whose line begins at `base`, and what that says of it."""

    name: str
    value: Number
    written: WrittenWidth
    base: Place

    @property
    def kind(self) -> str:
        """The kind of the layer."""
        return self.written.kind

    @property
    def fixed(self) -> bool:
        """Whether it is dictated from outside."""
        return self.written.fixed

    @property
    def follows(self) -> bool:
        """Whether it is an expression of the channels that the layer reads, and not dictated from outside."""
        return self.written.follows and not self.written.fixed

    @property
    def place(self) -> Place:
        """Where it is written."""
        return self.written.placed(self.base)


Adapt: TypeAlias = "Callable[[Width, Layer], Layer]"
"""What becomes of a layer that has a width."""


Network: TypeAlias = "Callable[[Adapt], Report]"
"""The network of a description whose layers are adapted as they are placed."""


def option_of(kind: str) -> str:
    """The option that is the width of a kind."""
    return OPTIONS.get(kind, "out_channels")


TENTHS = 9
"""Rounding down to a multiple must leave so many tenths of a width."""


def scaled(width: Number, factor: Any, divisor: int) -> Number:  # noqa: ANN401  # a fraction of any arithmetic
    """`width * factor` as the nearest multiple of `divisor`, at least one and, of multiples above 1, 90 %.

    The rule is `_make_divisible` of torchvision and TF-slim; halves are rounded up.

    >>> from fractions import Fraction
    >>> half = Fraction(1, 2)
    >>> scaled(64, half, 1), scaled(3, half, 1), scaled(48, half, 8), scaled(11, Fraction(1), 8)
    (32, 2, 24, 16)
    """
    exact = width * factor
    nearest = (2 * exact + divisor) // (2 * divisor) * divisor
    least = ceil_div(TENTHS * exact, 10 * divisor) * divisor if divisor > 1 else divisor
    return largest(divisor, nearest, least)


def scaled_shapes(shapes: Mapping[str, Shape], factor: Any) -> dict[str, Shape]:  # noqa: ANN401  # as above
    """Shapes of inputs with their sizes times a factor, rounded to the nearest."""
    return {
        name: (channels, *[scaled(size, factor, 1) for size in sizes]) for name, (channels, *sizes) in shapes.items()
    }
