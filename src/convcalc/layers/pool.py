"""Pooling: each channel by itself, no weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from convcalc.arithmetic import require
from convcalc.layers.base import Layer, Profile
from convcalc.window import Window, require_ranges, show_pads, windows

if TYPE_CHECKING:
    from convcalc.shapes import Shape, Size
    from convcalc.window import Padding, Rounding


@dataclass(frozen=True)
class MaxPool(Layer):
    """The maximum of each window; `stride` is `kernel_size` unless given.

    (C, H, W) -> (C, H', W')
    """

    kernel_size: Size
    stride: Size | None = None
    padding: Padding = 0
    dilation: Size = 1
    rounding: Rounding = "floor"

    def __post_init__(self) -> None:
        require_ranges(self.kernel_size, stride_of(self), self.padding, self.dilation, self.rounding)

    def __call__(self, x: Shape) -> Profile:
        """Slide the window over each channel of `x`."""
        return pooled(x, windows(x[1:], self.kernel_size, stride_of(self), self.padding, self.dilation, self.rounding))


@dataclass(frozen=True)
class AvgPool(Layer):
    """The mean of each window; `stride` is `kernel_size` unless given.

    (C, H, W) -> (C, H', W')
    """

    kernel_size: Size
    stride: Size | None = None
    padding: Padding = 0
    rounding: Rounding = "floor"

    def __post_init__(self) -> None:
        require_ranges(self.kernel_size, stride_of(self), self.padding, rounding=self.rounding)

    def __call__(self, x: Shape) -> Profile:
        """Slide the window over each channel of `x`."""
        return pooled(x, windows(x[1:], self.kernel_size, stride_of(self), self.padding, rounding=self.rounding))


@dataclass(frozen=True)
class GlobalAvgPool(Layer):
    """The mean of each channel.

    (C, H, W) -> (C, 1, 1)
    """

    def __call__(self, x: Shape) -> Profile:
        """Take the mean of each channel of `x`."""
        channels, *sizes = x
        require(len(sizes) >= 1, "", "the input must have an axis to average over besides its channels, such as CxHxW")
        return Profile((channels, *(1 for _ in sizes)), windows=whole(x))


def stride_of(pool: MaxPool | AvgPool) -> Size:
    """The stride of a pool: its kernel unless given."""
    return pool.kernel_size if pool.stride is None else pool.stride


def pooled(x: Shape, axes: tuple[Window, ...]) -> Profile:
    """The profile of a pool, which pads by at most half of its kernel, as PyTorch's do.

    Raises:
        RuleError: it pads by more, or does not fit.
    """
    channels, *sizes = x
    for axis in axes:
        if axis.padding != "same":
            for pad in axis.padding:
                message = "padding ({padding}) must be at most half of kernel_size ({kernel})"
                shown = partial(show_pads, axis.padding)
                require(2 * pad <= axis.kernel, "padding", message, padding=shown, kernel=axis.kernel)
    return Profile((channels, *[axis.positions(size) for axis, size in zip(axes, sizes, strict=True)]), windows=axes)


def whole(x: Shape) -> tuple[Window, ...]:
    """A window that covers each axis of `x` from end to end."""
    return tuple(Window(size, size) for size in x[1:])
