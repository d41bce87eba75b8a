"""Shapes of feature maps: channels first, no batch axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from convcalc.arithmetic.operations import Number, apart, require, require_at_least
from convcalc.errors import one_per_axis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from fractions import Fraction
    from typing import TypeVar

    Each = TypeVar("Each", bound="Number | Fraction | None")
    """What an option has for each axis."""

    PerAxis = TypeVar("PerAxis")
    """The same, or the padding of an axis."""

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
    require_one_per_axis(option, size, axes, apart)
    return size


def require_one_per_axis(option: str, given: Sequence[PerAxis], axes: int, show: Callable[[PerAxis], str]) -> None:
    """State that as much is given as there are axes; `show` writes one of it for the message."""
    require(
        len(given) == axes,
        "one-per-axis",
        option,
        "{option} ({given}) must be {wanted}",
        option=option,
        given=lambda: "x".join(map(show, given)),
        wanted=lambda: one_per_axis(axes),
    )


def require_axes(x: Shape, what: str = "an axis") -> Shape:
    """The sizes of `x` besides its channels, of which there must be at least one: `what`, for the message."""
    require_an_axis(x[1:], what)
    return x[1:]


def require_an_axis(sizes: Sequence[Number], what: str) -> None:
    """State that there are sizes besides the channels."""
    message = "the input must have {what} besides its channels, such as CxHxW"
    require(len(sizes) >= 1, "wrong-rank", "", message, what=what)


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
