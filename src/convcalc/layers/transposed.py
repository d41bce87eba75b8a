"""Convolution and max pooling run backwards: each value spreads over the output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import largest, product, require, require_at_least, require_divisible
from convcalc.layers.axes import TransposedWindow
from convcalc.layers.base import Layer, Profile
from convcalc.layers.pool import stride_of
from convcalc.layers.shapes import per_axis, require_sizes
from convcalc.layers.window import outputs, require_ranges, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.shapes import Shape, Size
    from convcalc.layers.window import Padding


@dataclass(frozen=True)
class TransposedConv(Layer):
    """Each input value spreads one filter, times itself, over the output: a convolution run backwards.

    (C, H, W) -> (out_channels, H', W')

    Each weight is used once at each input position, which is the work that there is (Dumoulin and Visin 2016,
    arXiv:1603.07285, Section 4). `padding` takes away from the output, `output_padding` adds at its ends.
    """

    width: ClassVar[str] = "out_channels"
    refused: ClassVar[tuple[str, ...]] = ("causal",)

    out_channels: int
    kernel_size: Size
    stride: Size = 1
    padding: Padding = 0
    output_padding: Size = 0
    dilation: Size = 1
    groups: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        require_at_least(1, "out_channels", self.out_channels)
        require_at_least(1, "groups", self.groups)
        require_ranges(self.kernel_size, self.stride, self.padding, self.dilation)
        message = "padding causal is for convolutions; a transposed one takes away behind, as in p=0:1"
        require(self.padding != "causal", "wrong-value", "padding", message)
        for number in self.output_padding if isinstance(self.output_padding, tuple) else (self.output_padding,):
            require_at_least(0, "output_padding", number)

    def __call__(self, x: Shape) -> Profile:
        """Spread the filters over the output."""
        in_channels, *sizes = x
        require_divisible("in_channels", in_channels, "groups", self.groups)
        group_channels = require_divisible("out_channels", self.out_channels, "groups", self.groups)
        axes = transposed_windows(self, sizes)
        positions = outputs(axes, sizes)
        weights = in_channels * group_channels * product([axis.kernel for axis in axes])
        return Profile(
            (self.out_channels, *positions),
            weights=weights,
            biases=self.out_channels if self.bias else 0,
            macs=weights * product(sizes),
            windows=axes,
            fan_in=in_channels // self.groups * product([axis.most_read for axis in axes]),
            operations=self.out_channels * product(positions) if self.bias else 0,
        )


def transposed_windows(conv: TransposedConv, sizes: list[Number]) -> tuple[TransposedWindow, ...]:
    """One window for each axis of `sizes`.

    Raises:
        RuleError: output_padding reaches beyond what a stride or a dilation leaves open, or goes with `same`.
    """
    kernels, strides, dilations, pads = resolved(sizes, conv.kernel_size, conv.stride, conv.padding, conv.dilation)
    added = per_axis("output_padding", conv.output_padding, len(sizes))
    for extra, stride, dilation, pad in zip(added, strides, dilations, pads, strict=True):
        message = "output_padding ({extra}) must be less than stride ({stride}) or dilation ({dilation})"
        most = largest(stride, dilation)
        require(
            extra < most,
            "wrong-output-padding",
            "output_padding",
            message,
            extra=extra,
            stride=stride,
            dilation=dilation,
        )
        if isinstance(pad, str):
            message = "output_padding ({extra}) must be 0 where padding is {padding}, which sets the size"
            require(extra < 1, "wrong-output-padding", "output_padding", message, extra=extra, padding=pad)
    return tuple(
        [
            TransposedWindow(k, s, p, d, extra)
            for k, s, p, d, extra in zip(kernels, strides, pads, dilations, added, strict=True)
        ]
    )


@dataclass(frozen=True)
class MaxUnpool(Layer):
    """Each value back to where a max pool of these windows took it from, between zeros.

    (C, H, W) -> (C, H', W')

    `stride` is `kernel_size` unless given. Several sizes may be pooled to the same: `output_size` says which it was, if
    it was not (size - 1) * stride + kernel_size less the padding.
    """

    unless_given: ClassVar[Mapping[str, str]] = {"stride": "kernel_size"}

    kernel_size: Size
    stride: Size | None = None
    padding: Padding = 0
    output_size: Size | None = None

    def __post_init__(self) -> None:
        require_ranges(self.kernel_size, stride_of(self), self.padding)
        if self.output_size is not None:
            require_sizes("output_size", self.output_size)

    def __call__(self, x: Shape) -> Profile:
        """Spread the values of `x`."""
        channels, *sizes = x
        kernels, strides, _, pads = resolved(sizes, self.kernel_size, stride_of(self), self.padding, 1)
        axes = [TransposedWindow(k, s, p) for k, s, p in zip(kernels, strides, pads, strict=True)]
        if self.output_size is None:
            return Profile((channels, *outputs(axes, sizes)), windows=tuple(axes))
        asked = per_axis("output_size", self.output_size, len(sizes))
        for size, axis, wanted, stride in zip(sizes, axes, asked, strides, strict=True):
            least = axis.spread(size)
            message = "output_size ({wanted}) must be within a stride ({stride}) of {usual}"
            shown = {"wanted": wanted, "stride": stride, "usual": least}
            require(wanted > least - stride, "wrong-output-padding", "output_size", message, **shown)
            require(wanted < least + stride, "wrong-output-padding", "output_size", message, **shown)
        return Profile((channels, *asked), windows=tuple(axes))
