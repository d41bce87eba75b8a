"""Pools that are told the size of their output, and make as many windows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convcalc.arithmetic.operations import product
from convcalc.layers.axes import Adaptive
from convcalc.layers.base import Layer, Profile
from convcalc.layers.pool import require_axis
from convcalc.layers.shapes import per_axis, require_sizes

if TYPE_CHECKING:
    from convcalc.arithmetic.operations import Number
    from convcalc.layers.shapes import Shape, Size


@dataclass(frozen=True)
class AdaptiveAvgPool(Layer):
    """The means of as many windows as asked for: from floor(i * size / output_size) to ceil((i + 1) * …).

    (C, H, W) -> (C, *output_size)
    """

    output_size: Size

    def __post_init__(self) -> None:
        require_sizes("output_size", self.output_size)

    def __call__(self, x: Shape) -> Profile:
        """Average `x` by windows."""
        return adaptive_profile(x, self.output_size)


@dataclass(frozen=True)
class AdaptiveMaxPool(Layer):
    """The maxima of as many windows as asked for: from floor(i * size / output_size) to ceil((i + 1) * …).

    (C, H, W) -> (C, *output_size)
    """

    output_size: Size

    def __post_init__(self) -> None:
        require_sizes("output_size", self.output_size)

    def __call__(self, x: Shape) -> Profile:
        """Take the maxima of `x` by windows."""
        return adaptive_profile(x, self.output_size, -1)


def adaptive_profile(x: Shape, output_size: Size, extra: Number = 0) -> Profile:
    """The profile of an adaptive pool: each value takes as many operations as its window is wide, and some `extra`."""
    channels, *sizes = x[0], *require_axis(x)
    output = per_axis("output_size", output_size, len(sizes))
    axes = [Adaptive(size, out) for size, out in zip(sizes, output, strict=True)]
    return Profile(
        (channels, *output),
        windows=tuple(axes),
        fan_in=product([axis.most_read for axis in axes]),
        operations=channels * (product([axis.read() for axis in axes]) + extra * product(output)),
    )
