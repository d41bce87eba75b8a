"""Shapes of feature maps: channels first, no batch axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from convcalc.arithmetic.operations import Number, apart, require, require_at_least
from convcalc.errors import one_per_axis

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction
    from typing import TypeVar

    Each = TypeVar("Each", bound="Number | Fraction | None")
    """What an option has for each axis."""

Shape: TypeAlias = tuple[Number, ...]
"""(C, H, W) for an image, (C, L) for a sequence, (C, D, H, W) for a volume, (F,) once flattened."""

Size: TypeAlias = Number | tuple[Number, ...]
"""One number for all axes, or one per axis."""


def per_axis(option: str, size: Each | tuple[Each, ...], axes: int) -> tuple[Each, ...]:
    """The value of `option` with one number per axis.

    >>> per_axis("stride", 2, axes=3)
    (2, 2, 2)

    Raises:
        RuleError: there are several numbers, but not one per axis.
    """
    if not isinstance(size, tuple):
        return (size,) * axes
    require(
        len(size) == axes,
        "one-per-axis",
        option,
        "{option} ({size}) must be {wanted}",
        option=option,
        size=lambda: "x".join(map(apart, size)),
        wanted=lambda: one_per_axis(axes),
    )
    return size


def require_axes(x: Shape, what: str = "an axis") -> Shape:
    """The sizes of `x` besides its channels, of which there must be at least one: `what`, for the message."""
    message = "the input must have {what} besides its channels, such as CxHxW"
    require(len(x) > 1, "wrong-rank", "", message, what=what)
    return x[1:]


def require_sizes(option: str, size: Size) -> None:
    """State that sizes are at least 1."""
    for number in size if isinstance(size, tuple) else (size,):
        require_at_least(1, option, number)


def show_shape(shape: Shape) -> str:
    """Write a shape as descriptions do.

    >>> show_shape((64, 112, 112))
    '64x112x112'
    """
    return "x".join(map(apart, shape))


def show_all(shapes: Iterable[Shape]) -> str:
    """Write several shapes in a sentence.

    >>> show_all([(3, 8, 8), (10,)])
    '3x8x8 and 10'
    """
    return " and ".join(map(show_shape, shapes))
