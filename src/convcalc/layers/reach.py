"""Which positions of its input each output position of a layer reads, along one axis."""

from __future__ import annotations

from fractions import Fraction
from functools import singledispatch
from itertools import chain
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic.operations import ceil_div, require
from convcalc.layers.axes import Adaptive, AxisReading, Blocks, Everything, Past, Preceding, Stretched, TransposedWindow
from convcalc.layers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Reach(NamedTuple):
    """Which input positions a layer reads along one axis.

    Output position `q * len(taps) + r` reads the positions `q * advance + tap`, for each tap of `taps[r]`, from the
    first to the last. Positions outside the input are padding, or, if `inside`, are not read.
    """

    taps: tuple[Sequence[int], ...]
    advance: int
    inside: bool = False

    def beyond(self, size: int, positions: int) -> Iterator[int]:
        """Which of so many output positions would read beyond an axis of `size`; some come twice."""
        period = len(self.taps)
        for index, taps in enumerate(self.taps):
            if taps:
                turns = ceil_div(positions - index, period)
                before = min(ceil_div(-taps[0], self.advance), turns)
                after = max((size - 1 - taps[-1]) // self.advance + 1, 0)
                yield from (turn * period + index for turn in chain(range(before), range(after, turns)))

    def readers(self, places: Iterable[int], positions: int) -> Iterator[int]:
        """Which of so many output positions read one of some input positions; some come twice."""
        period = len(self.taps)
        by_remainder: dict[int, list[int]] = {}
        for place in places:
            by_remainder.setdefault(place % self.advance, []).append(place)
        for index, taps in enumerate(self.taps):
            for tap in taps:
                for place in by_remainder.get(tap % self.advance, ()):
                    position = (place - tap) // self.advance * period + index
                    if 0 <= position < positions:
                        yield position


@singledispatch
def reach(axis: AxisReading, size: int) -> Reach:
    """What a layer reads along an axis of `size`."""
    raise NotImplementedError(type(axis), size)


@reach.register
def _(axis: Window, size: int) -> Reach:
    before, _ = axis.pads(size)
    return Reach((range(-before, axis.extent - before, axis.dilation),), axis.stride)


@reach.register
def _(axis: TransposedWindow, size: int) -> Reach:
    before, _ = axis.pads(size)
    require_short(axis.stride)
    taps = []
    for position in range(axis.stride):
        spread = reversed(range(position + before, position + before - axis.extent, -axis.dilation))
        taps.append([each // axis.stride for each in spread if each % axis.stride == 0])
    return Reach(tuple(taps), 1, inside=True)


@reach.register
def _(axis: Adaptive, size: int) -> Reach:
    common = gcd(axis.size, axis.output)
    advance, period = size // common, axis.output // common
    require_short(period)
    return Reach(tuple(range(r * advance // period, -(-(r + 1) * advance // period)) for r in range(period)), advance)


@reach.register
def _(axis: Stretched, size: int) -> Reach:
    kept = axis.taps == LINEAR and size == axis.output  # PyTorch copies such an axis, whatever the factor
    step = Fraction(size, axis.output) if axis.factor is None or kept else 1 / Fraction(axis.factor)
    if step.denominator > most_kept(axis.output):
        period, advance = axis.output, size
    else:
        period, advance = step.denominator, step.numerator
    require_short(period)
    return Reach(tuple(neighbours(position, step, axis.taps) for position in range(period)), advance, inside=True)


def neighbours(position: int, step: Fraction, taps: int) -> range:
    """What a position is made of, `step` from the one before it; neighbours of weight 0 are left out.

    Those beyond the border are included. In their place, the border is read, which is among the others.
    """
    if taps == 1:
        first = position * step.numerator // step.denominator
        return range(first, first + 1)
    first, beyond = divmod((2 * position + 1) * step.numerator - step.denominator, 2 * step.denominator)
    return range(first - taps // 2 + 1, first + taps // 2 + 1) if beyond else range(first, first + 1)


@reach.register
def _(axis: Blocks, _size: int) -> Reach:
    require_short(axis.size)
    return Reach((range(axis.size),) * axis.size, axis.size, inside=True)


@reach.register
def _(_axis: Preceding, _size: int) -> Reach:
    return Reach((range(-1, 0),), 1, inside=True)


@reach.register
def _(_axis: Everything, size: int) -> Reach:
    return Reach((range(size),), 0)


@reach.register
def _(_axis: Past, size: int) -> Reach:
    require_short(size)
    return Reach(tuple(range(position + 1) for position in range(size)), size)


def require_short(positions: int) -> None:
    """State that a pattern can be told position by position.

    Raises:
        RuleError: it has too many.
    """
    message = "what positions see must repeat within {most:,} of them, but here it does so after {positions:,}"
    require(positions <= LONGEST_PATTERN, "beyond-limits", "", message, most=LONGEST_PATTERN, positions=positions)


LINEAR = 2
"""How many neighbours linear interpolation reads along an axis."""

LONGEST_PATTERN = 100_000
"""Positions that are told one by one, at most: no network has more, but for sizes that nobody means."""

MOST_POSITIONS_KEPT = 4096
"""Positions after which a pattern is cut off that is longer than its axis."""


def most_kept(positions: int) -> int:
    """How much of a pattern is kept on an axis of so many positions: enough, in any case, to know what they see."""
    return max(positions, MOST_POSITIONS_KEPT)
