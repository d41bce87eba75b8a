"""Windows that slide along one axis: the arithmetic that convolutions and pools share."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from convcalc.arithmetic.operations import (
    Number,
    apart,
    ceil_div,
    decide,
    largest,
    require,
    require_at_least,
    smallest,
    unspaced,
)
from convcalc.layers.shapes import Size, per_axis, require_an_axis, require_one_per_axis, require_sizes, show_shape

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from convcalc.layers.shapes import Shape

    class Sliding(Protocol):
        """Something that slides along an axis, and tells how many positions it makes of it."""

        def positions(self, size: Number) -> Number:
            """The positions on an axis of `size`."""


Pads: TypeAlias = tuple[Number, Number]
"""Positions added before and after one axis."""

Same: TypeAlias = Literal["same", "same_lower"]
"""The rules of padding that depend on the size of the axis."""

SAME = ("same", "same_lower")
"""The words of `Same`."""

PADDINGS = (*SAME, "half", "valid", "causal")
"""The rules of padding."""

Margin: TypeAlias = Number | tuple[Number | Pads, ...]
"""One number for all sides, or for each axis one number or a pair (before, after)."""

Padding: TypeAlias = Literal["same", "same_lower", "half", "valid", "causal"] | Margin
"""A rule, or numbers."""

ROUNDINGS = ("floor", "ceil", "caffe")
"""The ways to round."""

Rounding: TypeAlias = Literal["floor", "ceil", "caffe"]
"""Whether a window that does not quite fit at the end of an axis is left out or kept; see `Window.positions`."""


class Window(NamedTuple):
    """A kernel that slides along one axis; `padding` "same" keeps ceil(size / stride) positions.

    Negative padding takes positions away.
    """

    kernel: Number
    stride: Number = 1
    padding: Pads | Same = (0, 0)
    dilation: Number = 1
    rounding: Rounding = "floor"

    @property
    def extent(self) -> Number:
        """Input positions from the kernel's first tap to its last, both included."""
        return self.dilation * (self.kernel - 1) + 1

    def positions(self, size: Number) -> Number:
        """How many times the window fits on an axis of `size`: the output size.

        Floor is that of PyTorch's Conv2d. Ceil is that of PyTorch's ceil_mode (and ONNX's since opset 22):
        a window that would start in the padding after the axis is left out. Caffe's pools keep it, unless they pad
        (see `windows`). Same is that of TensorFlow.

        >>> Window(kernel=7, stride=2, padding=(3, 3)).positions(224)
        112

        Raises:
            RuleError: it does not fit once.
        """
        if isinstance(self.padding, str):
            return ceil_div(size, self.stride)
        before, after = self.padding
        room = size + before + after - self.extent
        if self.rounding == "ceil":
            count = smallest(ceil_div(room, self.stride), (size + before - 1) // self.stride) + 1
        elif self.rounding == "caffe":
            count = ceil_div(room, self.stride) + 1
        else:
            count = room // self.stride + 1
        message = "kernel_size ({kernel}) does not fit an axis of {size} with padding {padding}"
        padding = partial(show_pads, (before, after))
        require(
            count >= 1, "does-not-fit", "kernel_size", message, kernel=self.shown_kernel, size=size, padding=padding
        )
        return count

    def shown_kernel(self) -> str:
        """The kernel for a message, with its extent where that is another."""
        return str(self.kernel) if self.dilation == 1 else f"{self.kernel}, spanning {self.extent}"

    def pads(self, size: Number) -> Pads:
        """The positions added before and after an axis of `size`.

        Of an odd number, "same" adds one more after it (ONNX: SAME_UPPER), and "same_lower" before it.
        """
        if not isinstance(self.padding, str):
            return self.padding
        total = largest(0, (ceil_div(size, self.stride) - 1) * self.stride + self.extent - size)
        return (total // 2, total - total // 2) if self.padding == "same" else (total - total // 2, total // 2)

    def dropped(self, size: Number) -> Number:
        """The positions at the end of an axis of `size` that no window reaches.

        >>> Window(kernel=3, stride=2).dropped(8), Window(kernel=3, stride=2, padding=(1, 1)).dropped(8)
        (1, 0)
        """
        before, _ = self.pads(size)
        return largest(0, size + before - (self.positions(size) - 1) * self.stride - self.extent)

    @property
    def most_read(self) -> Number:
        """Input positions that one output position reads, at most."""
        return self.kernel


def require_ranges(
    kernel_size: Size, stride: Size = 1, padding: Padding = 0, dilation: Size = 1, rounding: Rounding = "floor"
) -> None:
    """State what must hold of the options of a window, whatever the axes that it slides along.

    Raises:
        RuleError: an option is out of its range, or a word that it does not know.
    """
    for option, size in ("kernel_size", kernel_size), ("stride", stride), ("dilation", dilation):
        require_sizes(option, size)
    if isinstance(padding, str):
        message = "padding must be {words} or numbers, but got {word}"
        require(padding in PADDINGS, "wrong-value", "padding", message, words=", ".join(PADDINGS), word=padding)
    else:
        require_margins("padding", padding)
    message = "rounding must be floor, ceil or caffe, but got {word}"
    require(rounding in ROUNDINGS, "wrong-value", "rounding", message, word=rounding)


def require_margins(option: str, margin: Margin) -> None:
    """State that what is added or taken away on each side is at least 0."""
    for side in margin if isinstance(margin, tuple) else (margin,):
        for number in side if isinstance(side, tuple) else (side,):
            require_at_least(0, option, number)


def windows(  # noqa: PLR0913, PLR0917  # the properties of a window, and the axes
    sizes: Sequence[Number],
    kernel_size: Size,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    rounding: Rounding = "floor",
) -> tuple[Window, ...]:
    """One window for each axis of `sizes`.

    Caffe's pools leave out a window that starts in the padding only where they pad some axis: then it is `ceil`.

    Raises:
        RuleError: there is no axis, or the numbers of an option are not one per axis.
    """
    kernels, strides, dilations, pads = resolved(sizes, kernel_size, stride, padding, dilation)
    if rounding == "caffe" and decide(sum([pad[0] + pad[1] for pad in pads if not isinstance(pad, str)]) >= 1):
        rounding = "ceil"
    return tuple([Window(k, s, p, d, rounding) for k, s, p, d in zip(kernels, strides, pads, dilations, strict=True)])


def resolved(
    sizes: Sequence[Number], kernel_size: Size, stride: Size, padding: Padding, dilation: Size
) -> tuple[tuple[Number, ...], tuple[Number, ...], tuple[Number, ...], tuple[Pads | Same, ...]]:
    """Kernels, strides, dilations and paddings, one for each axis of `sizes`.

    Raises:
        RuleError: there is no axis, or the numbers of an option are not one per axis.
    """
    axes = len(sizes)
    require_an_axis(sizes, "an axis to slide along")
    kernels = per_axis("kernel_size", kernel_size, axes)
    strides = per_axis("stride", stride, axes)
    dilations = per_axis("dilation", dilation, axes)
    pads: tuple[Pads | Same, ...]
    if not isinstance(padding, str):
        pads = pads_per_axis("padding", padding, axes)
    elif padding == "same" or padding == "same_lower":  # noqa: PLR1714  # as a type, it is one of the two then
        pads = (padding,) * axes
    elif padding == "half":
        extents = [Window(k, dilation=d).extent for k, d in zip(kernels, dilations, strict=True)]
        pads = tuple([(extent // 2, extent // 2) for extent in extents])
    elif padding == "causal":
        message = "padding causal is for one axis, as in CxL, but the input has {axes}"
        require(axes == 1, "wrong-rank", "padding", message, axes=axes)
        pads = ((Window(kernels[0], dilation=dilations[0]).extent - 1, 0),)
    else:
        pads = ((0, 0),) * axes
    return kernels, strides, dilations, pads


def outputs(axes: Sequence[Sliding], sizes: Sequence[Number]) -> tuple[Number, ...]:
    """The output size of each axis.

    Raises:
        RuleError: a window does not fit.
    """
    return tuple([axis.positions(size) for axis, size in zip(axes, sizes, strict=True)])


def covering_windows(sizes: Sequence[Number]) -> tuple[Window, ...]:
    """A window that covers each axis from end to end."""
    return tuple([Window(size, size) for size in sizes])


def centred(x: Shape, wanted: Sequence[Number]) -> tuple[Window, ...]:
    """What is read of `x` where it is cropped to the `wanted` sizes.

    Raises:
        RuleError: an axis is smaller, or there are not as many.
    """
    sizes = x[1:]
    message = "cropping needs tensors with equally many axes, but got {shape} and sizes {wanted}"
    shown = partial(show_shape, x)
    require(
        len(sizes) == len(wanted), "shapes-differ", "", message, shape=shown, wanted=lambda: show_shape(tuple(wanted))
    )
    axes = []
    for size, least in zip(sizes, wanted, strict=True):
        message = "an axis of {size} cannot be cropped to {wanted}, in {shape}"
        require(size >= least, "does-not-fit", "", message, size=size, wanted=least, shape=shown)
        before = (size - least) // 2
        axes.append(Window(1, padding=(-before, before + least - size)))
    return tuple(axes)


def pads_per_axis(option: str, padding: Margin, axes: int) -> tuple[Pads, ...]:
    """The padding of `option` as a pair for each axis; one number, or one pair alone, is for all axes.

    Raises:
        RuleError: there are several, but not one per axis.
    """
    if not isinstance(padding, tuple):
        return ((padding, padding),) * axes
    pairs = tuple([side if isinstance(side, tuple) else (side, side) for side in padding])
    if len(pairs) == 1 and isinstance(padding[0], tuple):
        return pairs * axes
    require_one_per_axis(option, pairs, axes, show_pads)
    return pairs


def show_pads(pads: Pads) -> str:
    """Write the padding of one axis as descriptions do.

    >>> show_pads((1, 1)), show_pads((0, 1))
    ('1', '0:1')
    """
    before, after = pads
    return unspaced(before) if before == after else f"{apart(before)}:{apart(after)}"
