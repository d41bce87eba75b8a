"""Convolutions: the ordinary one, with groups, and the depthwise one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import product, require_at_least, require_divisible
from convcalc.layers.base import Layer, Profile
from convcalc.layers.running import Tap, in_channel, kernel_of, places, weighed_sum, window_reader
from convcalc.layers.window import outputs, require_ranges, windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.layers.running import Index, Product, Rational, TapReader
    from convcalc.layers.shapes import Shape, Size
    from convcalc.layers.window import Padding


@dataclass(frozen=True)
class Conv(Layer):
    """Each output channel is one filter, spanning all input channels of its group.

    (C, H, W) -> (out_channels, H', W')

    One weight for each tap of each filter, used once at each output position
    (Dumoulin and Visin 2016, arXiv:1603.07285).
    """

    width: ClassVar[str] = "out_channels"

    out_channels: int
    kernel_size: Size
    stride: Size = 1
    padding: Padding = 0
    dilation: Size = 1
    groups: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        require_at_least(1, "out_channels", self.out_channels)
        require_at_least(1, "groups", self.groups)
        require_ranges(self.kernel_size, self.stride, self.padding, self.dilation)

    def __call__(self, x: Shape) -> Profile:
        """Slide the filters over `x`."""
        in_channels, *sizes = x
        group_channels = require_divisible("in_channels", in_channels, "groups", self.groups)
        require_divisible("out_channels", self.out_channels, "groups", self.groups)
        axes = windows(sizes, self.kernel_size, self.stride, self.padding, self.dilation)
        positions = outputs(axes, sizes)
        fan_in = group_channels * product([axis.kernel for axis in axes])
        values = self.out_channels * product(positions)
        return Profile(
            (self.out_channels, *positions),
            weights=self.out_channels * fan_in,
            biases=self.out_channels if self.bias else 0,
            macs=values * fan_in,
            windows=axes,
            fan_in=fan_in,
            operations=values if self.bias else 0,
        )

    def weight_shape(self, inputs: Sequence[Shape]) -> tuple[int, ...]:
        """The filters, each with a slice for each channel of its group."""
        ((in_channels, *_),) = inputs
        return (self.out_channels, in_channels // self.groups, *kernel_of(self(*inputs).windows))

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """The window in each channel of the filter's group."""
        (x,) = inputs
        group_channels, group_filters = x[0] // self.groups, self.out_channels // self.groups
        channels, windowed = places((group_channels,)), window_reader(x, self(x).windows)

        def read(index: Index) -> list[Tap]:
            first = index[0] // group_filters * group_channels
            window = windowed(index)
            return [
                Tap(0, in_channel(first + channel, at), (index[0], channel, *tap))
                for (channel,) in channels
                for tap, at in window
            ]

        return read

    def value(self, read: Sequence[Product]) -> Rational:
        """The sum of the products."""
        return weighed_sum(read)


@dataclass(frozen=True)
class DepthwiseConv(Layer):
    """Each input channel has its own `multiplier` filters: a convolution with one group per channel.

    (C, H, W) -> (multiplier * C, H', W')
    """

    torch_options: ClassVar[Mapping[str, str]] = {"multiplier": "out_channels / in_channels"}

    kernel_size: Size
    stride: Size = 1
    padding: Padding = 0
    dilation: Size = 1
    multiplier: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        require_at_least(1, "multiplier", self.multiplier)
        require_ranges(self.kernel_size, self.stride, self.padding, self.dilation)

    def __call__(self, x: Shape) -> Profile:
        """Slide each channel's filters over that channel of `x`."""
        channels = x[0]
        conv = Conv(
            self.multiplier * channels,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            groups=channels,
            bias=self.bias,
        )
        return conv(x)

    def weight_shape(self, inputs: Sequence[Shape]) -> tuple[int, ...]:
        """The filters of all channels, each with one slice."""
        ((channels, *_),) = inputs
        return (channels * self.multiplier, 1, *kernel_of(self(*inputs).windows))

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """The window in the filter's channel."""
        (x,) = inputs
        windowed = window_reader(x, self(x).windows)
        return lambda index: [
            Tap(0, in_channel(index[0] // self.multiplier, at), (index[0], 0, *tap)) for tap, at in windowed(index)
        ]

    def value(self, read: Sequence[Product]) -> Rational:
        """The sum of the products."""
        return weighed_sum(read)
