"""The same numbers in another arrangement, or some of them. Axes are counted without a batch: channels are axis 0."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from convcalc.arithmetic.operations import (
    decide,
    divisible,
    equal,
    product,
    require,
    require_at_least,
    require_divisible,
)
from convcalc.layers.base import Layer, Profile
from convcalc.layers.running import Tap, places
from convcalc.layers.shapes import show_shape
from convcalc.layers.window import Window, covering_windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.running import TapReader
    from convcalc.layers.shapes import Shape

Dim: TypeAlias = int
"""An axis: which it is decides what there is to compute, so that it is a number and no symbol."""

Sizes: TypeAlias = tuple[int, ...]
"""A number for each axis, the channels among them."""


@dataclass(frozen=True)
class Flatten(Layer):
    """All axes from `start_dim` on as one: from the channels on, unless given.

    (C, H, W) -> (C * H * W,)
    (C, H, W) -> (C, H * W) with start_dim 1
    """

    torch_options: ClassVar[Mapping[str, str]] = {"start_dim": "start_dim - 1"}

    start_dim: Dim = 0

    def __post_init__(self) -> None:
        require_at_least(0, "start_dim", self.start_dim)

    def __call__(self, x: Shape) -> Profile:
        """Lay out `x`."""
        require_dim("start_dim", self.start_dim, x)
        if decide(equal(self.start_dim, 0)):
            return Profile((product(x),), windows=covering_windows(x[1:]))
        return Profile((*x[: self.start_dim], product(x[self.start_dim :])), windows=None)

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """The value that comes to stand there."""
        (x,) = inputs
        source = dict(zip(places(self(x).output), places(x), strict=True))
        return lambda index: [Tap(0, source[index])]


@dataclass(frozen=True)
class Reshape(Layer):
    """The numbers in their order, under another shape; one size may be -1, which is what is left.

    (C, H, W) -> shape
    """

    shape: Sizes

    def __call__(self, x: Shape) -> Profile:
        """Arrange the numbers of `x`."""
        left_open = [size for size in self.shape if decide(equal(size, -1))]
        given = [size for size in self.shape if not decide(equal(size, -1))]
        known = product(given)
        shown = {"shape": partial(show_shape, self.shape), "x": partial(show_shape, x)}
        require(len(left_open) <= 1, "bad-reshape", "shape", "shape ({shape}) must have one -1 at most", **shown)
        for size in given:
            require(
                size >= 1, "bad-reshape", "shape", "the sizes of shape ({shape}) must be at least 1, or -1", **shown
            )
        numbers = product(x)
        message = "shape ({shape}) does not hold the {numbers} numbers of {x}"
        fits = divisible(numbers, known) if len(left_open) == 1 else equal(numbers, known)
        require(fits, "bad-reshape", "shape", message, numbers=numbers, **shown)
        left = numbers // known
        return Profile(tuple([left if decide(equal(size, -1)) else size for size in self.shape]), windows=None)


@dataclass(frozen=True)
class Permute(Layer):
    """The axes in another order.

    (C, H, W) -> (H, W, C) with dims 1x2x0
    """

    torch_options: ClassVar[Mapping[str, str]] = {"dims": "dims - 1"}

    dims: Sizes

    def __call__(self, x: Shape) -> Profile:
        """Turn `x`."""
        message = "dims ({dims}) must name each axis of {x} once: {axes}"
        axes = tuple(axis for axis, _ in enumerate(x))
        shown = {"dims": partial(show_shape, self.dims), "x": partial(show_shape, x), "axes": partial(show_shape, axes)}
        require(len(self.dims) == len(x), "bad-reshape", "dims", message, **shown)
        require(set(self.dims) == set(axes), "bad-reshape", "dims", message, **shown)
        return Profile(tuple([x[dim] for dim in self.dims]), windows=None)


@dataclass(frozen=True)
class Slice(Layer):
    """Channels, or positions of another axis, from `start` up to before `stop`: `slice 0 64` is the first 64.

    (C, H, W) -> (stop - start, H, W)
    """

    torch_options: ClassVar[Mapping[str, str]] = {"axis": "dim - 1"}

    start: int
    stop: int
    axis: Dim = 0

    def __post_init__(self) -> None:
        require_at_least(0, "start", self.start)
        message = "stop ({stop}) must be more than start ({start})"
        require(self.start < self.stop, "out-of-range", "stop", message, start=self.start, stop=self.stop)
        require_at_least(0, "axis", self.axis)

    def __call__(self, x: Shape) -> Profile:
        """Cut `x`."""
        require_dim("axis", self.axis, x)
        message = "stop ({stop}) must be at most the size of axis {axis} of {x}"
        require(
            self.stop <= x[self.axis],
            "out-of-range",
            "stop",
            message,
            stop=self.stop,
            axis=self.axis,
            x=partial(show_shape, x),
        )
        return sliced(x, self.axis, self.start, self.stop)


@dataclass(frozen=True)
class Split(Layer):
    """One of `sections` equal parts of the channels, or of another axis: `split 2 0` is the first half.

    (C, H, W) -> (C / sections, H, W)
    """

    torch_options: ClassVar[Mapping[str, str]] = {"sections": "chunks", "index": "[index]", "axis": "dim - 1"}

    sections: int
    index: int
    axis: Dim = 0

    def __post_init__(self) -> None:
        require_at_least(1, "sections", self.sections)
        require_at_least(0, "index", self.index)
        message = "index ({index}) must be less than sections ({sections})"
        require(self.index < self.sections, "out-of-range", "index", message, index=self.index, sections=self.sections)
        require_at_least(0, "axis", self.axis)

    def __call__(self, x: Shape) -> Profile:
        """Cut `x`."""
        require_dim("axis", self.axis, x)
        what = "in_channels" if decide(equal(self.axis, 0)) else "a size of the input"
        part = require_divisible(what, x[self.axis], "sections", self.sections)
        return sliced(x, self.axis, self.index * part, self.index * part + part)


@dataclass(frozen=True)
class ChannelShuffle(Layer):
    """The channels of all groups by turns, so that the next grouped convolution mixes them (arXiv:1707.01083).

    (C, H, W) -> (C, H, W)
    """

    groups: int

    def __post_init__(self) -> None:
        require_at_least(1, "groups", self.groups)

    def __call__(self, x: Shape) -> Profile:
        """Reorder the channels of `x`."""
        require_divisible("in_channels", x[0], "groups", self.groups)
        return Profile(x)


def require_dim(option: str, dim: int, x: Shape) -> None:
    """State that an axis exists."""
    message = "{option} ({dim}) must be less than the number of axes of {x}, {axes}"
    require(
        dim < len(x), "out-of-range", option, message, option=option, dim=dim, x=partial(show_shape, x), axes=len(x)
    )


def sliced(x: Shape, axis: int, start: Number, stop: Number) -> Profile:
    """The profile of a part of an axis."""
    output = (*x[:axis], stop - start, *x[axis + 1 :])
    if decide(equal(axis, 0)):
        return Profile(output)
    own = Window(1, padding=(-start, stop - x[axis]))
    return Profile(output, windows=(*[Window(1) for _ in x[1:axis]], own, *[Window(1) for _ in x[axis + 1 :]]))
