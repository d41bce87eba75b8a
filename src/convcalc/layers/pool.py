"""Pools whose windows slide, and pools over a whole channel: each channel by itself, without weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol

from convcalc.arithmetic.operations import product, require, require_at_least
from convcalc.layers.base import Layer, Profile
from convcalc.layers.running import greatest, mean, pool_reader
from convcalc.layers.shapes import require_axes
from convcalc.layers.window import covering_windows, outputs, require_ranges, show_pads, windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.running import Product, Rational, TapReader
    from convcalc.layers.shapes import Shape, Size
    from convcalc.layers.window import Padding, Rounding, Window


class Pool(Layer):
    """What makes each value of one window of one channel, on real numbers too."""

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """The window in the same channel."""
        (x,) = inputs
        return pool_reader(x, self(x).windows)


@dataclass(frozen=True)
class MaxPool(Pool):
    """The maximum of each window; `stride` is `kernel_size` unless given.

    (C, H, W) -> (C, H', W')
    """

    unless_given: ClassVar[Mapping[str, str]] = {"stride": "kernel_size"}
    torch_options: ClassVar[Mapping[str, str]] = {"rounding": "ceil_mode"}
    makes: ClassVar[str] = "the largest"

    kernel_size: Size
    stride: Size | None = None
    padding: Padding = 0
    dilation: Size = 1
    rounding: Rounding = "floor"

    def __post_init__(self) -> None:
        require_ranges(self.kernel_size, stride_of(self), self.padding, self.dilation, self.rounding)

    def __call__(self, x: Shape) -> Profile:
        """Slide the window over each channel of `x`: one comparison less than its taps for each value."""
        axes = windows(x[1:], self.kernel_size, stride_of(self), self.padding, self.dilation, self.rounding)
        return pooled(x, axes, -1)

    def value(self, read: Sequence[Product]) -> Rational:
        """The largest."""
        return greatest(read)


@dataclass(frozen=True)
class AvgPool(Pool):
    """The mean of each window; `stride` is `kernel_size` unless given.

    (C, H, W) -> (C, H', W')
    """

    unless_given: ClassVar[Mapping[str, str]] = {"stride": "kernel_size"}
    torch_options: ClassVar[Mapping[str, str]] = {"rounding": "ceil_mode"}
    makes: ClassVar[str] = "the mean, padding counted,"

    kernel_size: Size
    stride: Size | None = None
    padding: Padding = 0
    rounding: Rounding = "floor"

    def __post_init__(self) -> None:
        require_ranges(self.kernel_size, stride_of(self), self.padding, rounding=self.rounding)

    def __call__(self, x: Shape) -> Profile:
        """Slide the window over each channel of `x`: for each value, sum its taps and divide."""
        axes = windows(x[1:], self.kernel_size, stride_of(self), self.padding, rounding=self.rounding)
        return pooled(x, axes)

    def value(self, read: Sequence[Product]) -> Rational:
        """The mean, padding counted."""
        return mean(read)


@dataclass(frozen=True)
class LpPool(Layer):
    """The `norm_type`-norm of each window, (Σ x^p)^(1/p); `stride` is `kernel_size` unless given.

    (C, H, W) -> (C, H', W')
    """

    unless_given: ClassVar[Mapping[str, str]] = {"stride": "kernel_size"}
    torch_options: ClassVar[Mapping[str, str]] = {"rounding": "ceil_mode"}

    kernel_size: Size
    stride: Size | None = None
    rounding: Rounding = "floor"
    norm_type: int = 2

    def __post_init__(self) -> None:
        require_at_least(1, "norm_type", self.norm_type)
        require_ranges(self.kernel_size, stride_of(self), rounding=self.rounding)

    def __call__(self, x: Shape) -> Profile:
        """Slide the window over each channel of `x`: for each value, a power of each tap, their sum, and a root."""
        axes = windows(x[1:], self.kernel_size, stride_of(self), rounding=self.rounding)
        return pooled(x, axes, product([axis.kernel for axis in axes]))


@dataclass(frozen=True)
class GlobalAvgPool(Pool):
    """The mean of each channel.

    (C, H, W) -> (C, 1, 1)
    """

    makes: ClassVar[str] = "the mean"

    def __call__(self, x: Shape) -> Profile:
        """Take the mean of each channel of `x`."""
        return pooled(x, covering_windows(require_axis(x)))

    def value(self, read: Sequence[Product]) -> Rational:
        """The mean."""
        return mean(read)


@dataclass(frozen=True)
class GlobalMaxPool(Pool):
    """The maximum of each channel.

    (C, H, W) -> (C, 1, 1)
    """

    makes: ClassVar[str] = "the largest"

    def __call__(self, x: Shape) -> Profile:
        """Take the maximum of each channel of `x`."""
        return pooled(x, covering_windows(require_axis(x)), -1)

    def value(self, read: Sequence[Product]) -> Rational:
        """The largest."""
        return greatest(read)


class Strided(Protocol):
    """What has a kernel, and a stride that may be left out."""

    @property
    def kernel_size(self) -> Size:
        """The kernel."""

    @property
    def stride(self) -> Size | None:
        """The stride, if it is given."""


def stride_of(pool: Strided) -> Size:
    """The stride of a pool: its kernel unless given."""
    return pool.kernel_size if pool.stride is None else pool.stride


def require_axis(x: Shape) -> Shape:
    """The sizes of the axes to pool over, of which there must be one."""
    return require_axes(x, "an axis to pool over")


def pooled(x: Shape, axes: tuple[Window, ...], extra: Number = 0) -> Profile:
    """The profile of a pool, which pads by at most half of its kernel, as PyTorch's do.

    Each value takes as many operations as its window has taps, and some `extra`.

    Raises:
        RuleError: it pads by more, or does not fit.
    """
    channels, *sizes = x
    for axis in axes:
        if not isinstance(axis.padding, str):
            for pad in axis.padding:
                message = "padding ({padding}) must be at most half of kernel_size ({kernel})"
                shown = partial(show_pads, axis.padding)
                require(
                    2 * pad <= axis.kernel, "too-much-padding", "padding", message, padding=shown, kernel=axis.kernel
                )
    output = (channels, *outputs(axes, sizes))
    taps = product([axis.kernel for axis in axes])
    return Profile(output, windows=axes, fan_in=taps, operations=product(output) * (taps + extra))
