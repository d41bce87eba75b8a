"""Pooling: each channel by itself, no weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convcalc.arithmetic import require
from convcalc.layers.base import Layer, Profile
from convcalc.window import Window, show_pads, windows

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

    def __call__(self, x: Shape) -> Profile:
        """Slide the window over each channel of `x`."""
        stride = self.kernel_size if self.stride is None else self.stride
        return pooled(x, windows(x[1:], self.kernel_size, stride, self.padding, self.dilation, self.rounding))


@dataclass(frozen=True)
class AvgPool(Layer):
    """The mean of each window; `stride` is `kernel_size` unless given.

    (C, H, W) -> (C, H', W')
    """

    kernel_size: Size
    stride: Size | None = None
    padding: Padding = 0
    rounding: Rounding = "floor"

    def __call__(self, x: Shape) -> Profile:
        """Slide the window over each channel of `x`."""
        stride = self.kernel_size if self.stride is None else self.stride
        return pooled(x, windows(x[1:], self.kernel_size, stride, self.padding, rounding=self.rounding))


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


def pooled(x: Shape, axes: tuple[Window, ...]) -> Profile:
    """The profile of a pool; as in PyTorch, no window may lie wholly in the padding.

    Raises:
        RuleError: the padding is more than half of the window.
    """
    channels, *sizes = x
    for axis, size in zip(axes, sizes, strict=True):
        for pad in axis.pads(size):
            require(
                2 * pad <= axis.extent,
                "padding",
                "padding ({padding}) must be at most half of kernel_size ({kernel})",
                padding=show_pads(axis.pads(size)),
                kernel=axis.kernel,
            )
    return Profile((channels, *(axis.positions(size) for axis, size in zip(axes, sizes, strict=True))), windows=axes)


def whole(x: Shape) -> tuple[Window, ...]:
    """A window that covers each axis of `x` from end to end."""
    return tuple(Window(size, size) for size in x[1:])
