"""Convolutions that are put together, or that share, connect or place their weights in another way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from convcalc.arithmetic.operations import different, largest, product, require, require_at_least, require_divisible
from convcalc.layers.base import Layer, Profile
from convcalc.layers.conv import Conv, DepthwiseConv
from convcalc.layers.window import outputs, require_ranges, windows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.layers.shapes import Shape, Size
    from convcalc.layers.window import Padding


Connections: TypeAlias = tuple[tuple[int, ...], ...]
"""For each filter, the input channels that it reads, counted from 0."""


@dataclass(frozen=True)
class SeparableConv(Layer):
    """A depthwise convolution of `multiplier` filters a channel, without bias, then a 1x1 convolution of its maps.

    (C, H, W) -> (out_channels, H', W')

    As SeparableConv2D of Keras, whose depth_multiplier is `multiplier` (Chollet 2016, arXiv:1610.02357).
    """

    width: ClassVar[str] = "out_channels"
    torch_options: ClassVar[Mapping[str, str]] = {"multiplier": "out_channels / in_channels of the first"}

    out_channels: int
    kernel_size: Size
    stride: Size = 1
    padding: Padding = 0
    dilation: Size = 1
    multiplier: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        require_at_least(1, "out_channels", self.out_channels)
        require_at_least(1, "multiplier", self.multiplier)
        require_ranges(self.kernel_size, self.stride, self.padding, self.dilation)

    def __call__(self, x: Shape) -> Profile:
        """Slide each channel's filters over that channel of `x`, then mix the channels."""
        depthwise = DepthwiseConv(
            self.kernel_size, self.stride, self.padding, self.dilation, self.multiplier, bias=False
        )(x)
        pointwise = Conv(self.out_channels, 1, bias=self.bias)(depthwise.output)
        return pointwise._replace(
            weights=depthwise.weights + pointwise.weights,
            macs=depthwise.macs + pointwise.macs,
            windows=depthwise.windows,
            fan_in=x[0] * depthwise.fan_in,
        )


@dataclass(frozen=True)
class TableConv(Layer):
    """A convolution whose filters span only the input channels that `connections` lists for each of them.

    (C, H, W) -> (len(connections), H', W')

    LeNet-5's C3 (LeCun, Bottou, Bengio, Haffner 1998, Table I): 60 lists of a map and its filter, 1,516 parameters.
    """

    names_channels: ClassVar[bool] = True

    connections: Connections
    kernel_size: Size
    stride: Size = 1
    padding: Padding = 0
    dilation: Size = 1
    bias: bool = True

    def __post_init__(self) -> None:
        require_ranges(self.kernel_size, self.stride, self.padding, self.dilation)
        require(
            len(self.connections) >= 1,
            "bad-connections",
            "connections",
            "connections must list the channels of one filter at least",
        )
        for channels in self.connections:
            require(
                len(channels) >= 1,
                "bad-connections",
                "connections",
                "connections must list one channel at least for each filter",
            )
            for channel in channels:
                require_at_least(0, "connections", channel)
            message = "connections must list each channel once for a filter, but got {channels}"
            shown = partial(show_filter, channels)
            require(different(channels), "bad-connections", "connections", message, channels=shown)

    def __call__(self, x: Shape) -> Profile:
        """Slide each filter over its channels of `x`."""
        in_channels, *sizes = x
        for channels in self.connections:
            for channel in channels:
                message = "connections name channel {channel}, but the input has {in_channels}, counted from 0"
                require(
                    channel < in_channels,
                    "bad-connections",
                    "connections",
                    message,
                    channel=channel,
                    in_channels=in_channels,
                )
        axes = windows(sizes, self.kernel_size, self.stride, self.padding, self.dilation)
        positions = outputs(axes, sizes)
        taps = product([axis.kernel for axis in axes])
        weights = sum([len(channels) for channels in self.connections]) * taps
        out_channels = len(self.connections)
        return Profile(
            (out_channels, *positions),
            weights=weights,
            biases=out_channels if self.bias else 0,
            macs=weights * product(positions),
            windows=axes,
            fan_in=largest(*[len(channels) for channels in self.connections]) * taps,
            operations=out_channels * product(positions) if self.bias else 0,
        )


def show_filter(channels: tuple[int, ...]) -> str:
    """The channels that a filter reads, as a line has them: `0:1:4`."""
    return ":".join(map(str, channels))


@dataclass(frozen=True)
class LocalConv(Layer):
    """A convolution that shares no weights: each output position has filters, and biases, of its own.

    (C, H, W) -> (out_channels, H', W')

    As LocallyConnected2D of Keras 2.
    """

    width: ClassVar[str] = "out_channels"

    out_channels: int
    kernel_size: Size
    stride: Size = 1
    padding: Padding = 0
    bias: bool = True

    def __post_init__(self) -> None:
        require_at_least(1, "out_channels", self.out_channels)
        require_ranges(self.kernel_size, self.stride, self.padding)

    def __call__(self, x: Shape) -> Profile:
        """Apply the filters of each position to its window of `x`."""
        shared = Conv(self.out_channels, self.kernel_size, self.stride, self.padding, bias=self.bias)(x)
        return shared._replace(weights=shared.macs, biases=shared.operations)


@dataclass(frozen=True)
class DeformableConv(Layer):
    """A convolution whose taps are moved by offsets, which a second convolution of the same windows makes.

    (C, H, W) -> (out_channels, H', W')

    For each tap and each of `offset_groups`, an offset on each axis, and, if it is `modulated`, a factor (Dai et al.
    2017, arXiv:1703.06211; Zhu et al. 2018, arXiv:1811.11168). The second convolution has a bias. Among the operations
    count: to weigh and add the neighbours of a value between positions, and to make a factor, by a sigmoid, and to
    multiply by it. Where the taps stand is not counted.
    """

    width: ClassVar[str] = "out_channels"

    out_channels: int
    kernel_size: Size
    stride: Size = 1
    padding: Padding = 0
    dilation: Size = 1
    groups: int = 1
    offset_groups: int = 1
    modulated: bool = False
    bias: bool = True

    def __post_init__(self) -> None:
        require_at_least(1, "out_channels", self.out_channels)
        require_at_least(1, "groups", self.groups)
        require_at_least(1, "offset_groups", self.offset_groups)
        require_ranges(self.kernel_size, self.stride, self.padding, self.dilation)

    def __call__(self, x: Shape) -> Profile:
        """Make the offsets, then slide the filters over `x`."""
        require_divisible("in_channels", x[0], "offset_groups", self.offset_groups)
        conv = Conv(
            self.out_channels, self.kernel_size, self.stride, self.padding, self.dilation, self.groups, self.bias
        )(x)
        axes = windows(x[1:], self.kernel_size, self.stride, self.padding, self.dilation)
        taps = product([axis.kernel for axis in axes])
        numbers = self.offset_groups * taps * (len(axes) + (1 if self.modulated else 0))
        offsets = Conv(numbers, self.kernel_size, self.stride, self.padding, self.dilation)(x)
        neighbours = product([2 for _ in axes])
        positions = product(conv.output[1:])
        sampled = x[0] * taps * positions * (2 * neighbours - 1 + (1 if self.modulated else 0))
        factors = self.offset_groups * taps * positions if self.modulated else 0
        return conv._replace(
            weights=conv.weights + offsets.weights,
            biases=conv.biases + offsets.biases,
            macs=conv.macs + offsets.macs,
            fan_in=conv.fan_in * neighbours + offsets.fan_in,
            operations=conv.operations + offsets.operations + sampled + factors,
        )
