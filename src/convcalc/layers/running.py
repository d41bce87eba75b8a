"""How a layer runs on real numbers: what each of its output values reads, and what it makes of that."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from fractions import Fraction

    from convcalc.layers.axes import Axis
    from convcalc.layers.shapes import Shape

Rational: TypeAlias = "int | Fraction"
"""A value of a run, which is exact."""

Index: TypeAlias = tuple[int, ...]
"""Where a value is in a tensor, channels first."""


class Tap(NamedTuple):
    """A value that is read: which input it is in, where there (nowhere in the padding), and the weight it is times."""

    tensor: int
    place: Index | None
    weight: Index | None = None


Reader: TypeAlias = "Callable[[Index], list[Tap]]"
"""What a layer reads for each of its output values, by the index of the value."""

Product: TypeAlias = tuple[Tap, Rational, Rational]
"""A value that is read, with its weight, or 1 where it has none."""

RUNNING = "conv, dwconv, linear, pools, relu, flatten, add, mul and concat"
"""The kinds that run, in words."""


def places(shape: Sequence[int]) -> list[Index]:
    """All indices of a tensor."""
    return list(product(*map(range, shape)))


def kernel_of(windows: Sequence[Axis] | None) -> tuple[int, ...]:
    """The kernel of a window along each axis."""
    return tuple(getattr(window, "kernel", 1) for window in windows or ())


def window_reader(x: Shape, windows: Sequence[Axis] | None) -> Callable[[Index], list[tuple[Index, Index | None]]]:
    """The taps of a window at an index, and where each falls on the input `x`: nowhere, in the padding."""
    from convcalc.layers.window import Window  # a layer that slides has it

    sizes = x[1:]
    taps = places(kernel_of(windows))
    slid = [window for window in windows or () if isinstance(window, Window)]  # all are
    axes = [(window.stride, window.dilation, window.pads(size)[0]) for window, size in zip(slid, sizes, strict=True)]

    def read(index: Index) -> list[tuple[Index, Index | None]]:
        found = []
        for tap in taps:
            at = tuple(
                position * stride + step * dilation - before
                for position, step, (stride, dilation, before) in zip(index[1:], tap, axes, strict=True)
            )
            inside = all(0 <= each < size for each, size in zip(at, sizes, strict=True))
            found.append((tap, at if inside else None))
        return found

    return read


def in_channel(channel: int, at: Index | None) -> Index | None:
    """Where a position is in a channel: nowhere, in the padding."""
    return at and (channel, *at)


def pool_reader(x: Shape, windows: Sequence[Axis] | None) -> Reader:
    """What a pool reads: the window of its own channel."""
    windowed = window_reader(x, windows)
    return lambda index: [Tap(0, in_channel(index[0], at)) for _, at in windowed(index)]


def own_place(inputs: Sequence[Shape]) -> Reader:
    """What a layer reads whose values are made of those at their own place; an axis of 1 is repeated."""
    return lambda index: [
        Tap(tensor, tuple(at if size > 1 else 0 for at, size in zip(index, shape, strict=True)))
        for tensor, shape in enumerate(inputs)
    ]


def inside(read: Iterable[Product]) -> list[Rational]:
    """The values that are read, but for those in the padding."""
    return [value for tap, value, _ in read if tap.place is not None]


def greatest(read: Iterable[Product]) -> Rational:
    """The largest of the values that are read."""
    return max(inside(read))


def summed(read: Iterable[Product]) -> Rational:
    """The sum of the values that are read."""
    return sum(inside(read))


def multiplied(read: Iterable[Product]) -> Rational:
    """The product of the values that are read."""
    return prod(inside(read))


def weighed(read: Iterable[Product]) -> Rational:
    """The sum of the products."""
    return sum(value * weight for _, value, weight in read)


def mean(read: Sequence[Product]) -> Rational:
    """The mean of the values that are read, those in the padding counted as 0."""
    from fractions import Fraction  # a plain count needs none

    return Fraction(sum(inside(read)), len(read))
