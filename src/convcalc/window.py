"""A window sliding along one axis: the arithmetic that convolution and pooling share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from convcalc.arithmetic import Number, ceil_div, largest, require, require_at_least, smallest
from convcalc.shapes import Size, per_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

Pads: TypeAlias = tuple[Number, Number]
"""Positions added before and after one axis."""

PADDINGS = ("same", "half", "valid")
"""The rules of padding."""

Padding: TypeAlias = Literal["same", "half", "valid"] | Number | tuple[Number | Pads, ...]
"""A rule, one number for all sides, or for each axis one number or a pair (before, after)."""

ROUNDINGS = ("floor", "ceil")
"""The ways to round."""

Rounding: TypeAlias = Literal["floor", "ceil"]
"""Whether a window that does not quite fit at the end of an axis is left out or kept."""


@dataclass(frozen=True, slots=True)
class Window:
    """A kernel that slides along one axis; `padding` "same" keeps ceil(size / stride) positions."""

    kernel: Number
    stride: Number = 1
    padding: Pads | Literal["same"] = (0, 0)
    dilation: Number = 1
    rounding: Rounding = "floor"

    @property
    def extent(self) -> Number:
        """Input positions from the kernel's first tap to its last, both included."""
        return self.dilation * (self.kernel - 1) + 1

    def positions(self, size: Number) -> Number:
        """How many times the window fits on an axis of `size`: the output size.

        Floor is that of PyTorch's Conv2d. Ceil is that of PyTorch's ceil_mode (and ONNX's since opset 22):
        a window that would start in the padding after the axis is left out. Same is that of TensorFlow.

        >>> Window(kernel=7, stride=2, padding=(3, 3)).positions(224)
        112

        Raises:
            RuleError: it does not fit once.
        """
        if self.padding == "same":
            return ceil_div(size, self.stride)
        before, after = self.padding
        room = size + before + after - self.extent
        if self.rounding == "ceil":
            count = smallest(ceil_div(room, self.stride), (size + before - 1) // self.stride) + 1
        else:
            count = room // self.stride + 1
        message = "kernel_size ({kernel}) does not fit an axis of {size} with padding {padding}"
        padding = partial(show_pads, (before, after))
        require(count >= 1, "kernel_size", message, kernel=self.shown_kernel, size=size, padding=padding)
        return count

    def shown_kernel(self) -> str:
        """The kernel for a message, with its extent where that is another."""
        return str(self.kernel) if self.dilation == 1 else f"{self.kernel}, spanning {self.extent}"

    def pads(self, size: Number) -> Pads:
        """The positions added before and after an axis of `size`; of an odd number, "same" adds more after."""
        if self.padding != "same":
            return self.padding
        total = largest(0, (ceil_div(size, self.stride) - 1) * self.stride + self.extent - size)
        return total // 2, total - total // 2


def require_ranges(
    kernel_size: Size, stride: Size = 1, padding: Padding = 0, dilation: Size = 1, rounding: Rounding = "floor"
) -> None:
    """State what must hold of the options of a window, whatever the axes that it slides along.

    Raises:
        RuleError: an option is out of its range, or a word that it does not know.
    """
    for option, size in ("kernel_size", kernel_size), ("stride", stride), ("dilation", dilation):
        for number in size if isinstance(size, tuple) else (size,):
            require_at_least(1, option, number)
    if isinstance(padding, str):
        message = "padding must be same, half, valid or numbers, but got {word}"
        require(padding in PADDINGS, "padding", message, word=padding)
    else:
        for side in padding if isinstance(padding, tuple) else (padding,):
            for pad in side if isinstance(side, tuple) else (side,):
                require_at_least(0, "padding", pad)
    require(rounding in ROUNDINGS, "rounding", "rounding must be floor or ceil, but got {word}", word=rounding)


def windows(  # noqa: PLR0913, PLR0917  # the properties of a window, and the axes
    sizes: Sequence[Number],
    kernel_size: Size,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    rounding: Rounding = "floor",
) -> tuple[Window, ...]:
    """One window for each axis of `sizes`.

    Raises:
        RuleError: there is no axis, or the numbers of an option are not one per axis.
    """
    axes = len(sizes)
    require(axes >= 1, "", "the input must have an axis to slide along besides its channels, such as CxHxW")
    kernels = per_axis("kernel_size", kernel_size, axes)
    strides = per_axis("stride", stride, axes)
    dilations = per_axis("dilation", dilation, axes)
    pads: tuple[Pads | Literal["same"], ...]
    if not isinstance(padding, str):
        pads = pads_per_axis(padding, axes)
    elif padding == "same":
        pads = (padding,) * axes
    elif padding == "half":
        extents = [Window(k, dilation=d).extent for k, d in zip(kernels, dilations, strict=True)]
        pads = tuple([(extent // 2, extent // 2) for extent in extents])
    else:
        pads = ((0, 0),) * axes
    return tuple([Window(k, s, p, d, rounding) for k, s, p, d in zip(kernels, strides, pads, dilations, strict=True)])


def pads_per_axis(padding: Number | tuple[Number | Pads, ...], axes: int) -> tuple[Pads, ...]:
    """Padding as a pair for each axis; one number, or one pair alone, is for all axes.

    Raises:
        RuleError: there are several, but not one per axis.
    """
    if not isinstance(padding, tuple):
        return ((padding, padding),) * axes
    pairs = tuple([side if isinstance(side, tuple) else (side, side) for side in padding])
    if len(pairs) == 1 and isinstance(padding[0], tuple):
        return pairs * axes
    require(
        len(pairs) == axes,
        "padding",
        "padding ({padding}) must be one number or {axes}, one for each axis of the input",
        padding=lambda: "x".join(map(show_pads, pairs)),
        axes=axes,
    )
    return pairs


def show_pads(pads: Pads) -> str:
    """Write the padding of one axis as descriptions do.

    >>> show_pads((1, 1)), show_pads((0, 1))
    ('1', '0:1')
    """
    before, after = pads
    return str(before) if before == after else f"{before}:{after}"
