"""The largest value of a variable with which a network keeps within its limits, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from convcalc.arrays import Family, Variable
from convcalc.configurations import count, integers
from convcalc.recording import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from convcalc.arrays import Array, Compute, Program, Results

LEAF = 1 << 10
"""Values that are computed together rather than bounded together."""


class Limit(NamedTuple):
    """The most that a measure may be."""

    key: str
    most: Fraction


@dataclass(frozen=True)
class Scale:
    """The values that a variable can take, from the least to the greatest: numerators over one denominator."""

    name: str
    numerators: Sequence[int]
    denominator: int = 1

    @property
    def last(self) -> int:
        """The place of the greatest value."""
        return count(self.numerators) - 1

    def array(self, start: int, stop: int) -> Array:
        """The numerators from one place to before another."""
        return integers(self.numerators[start:stop])

    def value(self, code: int) -> int | Fraction:
        """The value that stands at a place."""
        return ratio(self.numerators[code], self.denominator)  # type: ignore[no-any-return]  # of two integers

    @property
    def variable(self) -> Variable:
        """What the variable may be."""
        return Variable(self.denominator, self.numerators[0], self.numerators[self.last])


class Point(NamedTuple):
    """A value of the variable, by its place on the scale: its measures, or why it is impossible."""

    code: int
    measures: Mapping[str, int]
    reason: str

    def exceeds(self, limits: Sequence[Limit]) -> list[Limit]:
        """The limits that it does not keep within."""
        return [limit for limit in limits if not self.reason and self.measures[limit.key] > limit.most]


@dataclass(frozen=True)
class Fit:
    """The last value on a scale that is possible and within all limits, and what comes behind it.

    `between` is the value next to it, `beyond` the first above it that is possible; none at the end of the scale.
    """

    scale: Scale
    limits: Sequence[Limit]
    best: Point | None
    between: Point | None = None
    beyond: Point | None = None

    @property
    def binding(self) -> list[Limit]:
        """The limits that the first possible value above exceeds."""
        return self.beyond.exceeds(self.limits) if self.beyond else []


class Search:
    """Looks for the last value on a scale that is within limits: what is too large as a whole is not looked at."""

    def __init__(self, compute: Compute, scale: Scale, limits: Sequence[Limit]) -> None:
        self.scale = scale
        self.limits = limits
        self.family = Family(compute, {scale.name: scale.variable})
        self.computed = 0

    def fit(self) -> Fit:
        """The result."""
        best = self.last(0, self.scale.last)
        if best is None:
            return Fit(self.scale, self.limits, None, self.point(0), self.possible(0))
        if best == self.scale.last:
            return Fit(self.scale, self.limits, self.point(best))
        return Fit(self.scale, self.limits, self.point(best), self.point(best + 1), self.possible(best + 1))

    def last(self, first: int, last: int) -> int | None:
        """The place of the last value that fits, from one place to another."""
        boxes = [(first, last)]
        while boxes:
            low, high = boxes.pop()
            if high - low < LEAF:
                fitting = self.fitting(low, high)
                if len(fitting):
                    return low + int(fitting[-1])
            elif not self.too_large(low, high):
                middle = (low + high) // 2
                boxes += [(low, middle), (middle + 1, high)]
        return None

    def results(self, start: int, stop: int) -> Results:
        """What comes out for the values from one place to before another."""
        numerators = self.scale.array(start, stop)
        self.computed += len(numerators)
        return self.family.run({self.scale.name: numerators}, len(numerators))

    def fitting(self, low: int, high: int) -> Array:
        """The values from one place to another that fit, counted from the first."""
        results = self.results(low, high + 1)
        fits = ~results.failed
        for limit in self.limits:
            if limit.key in results.values:
                fits &= results.values[limit.key] <= int(limit.most)
        return np.flatnonzero(fits)

    def too_large(self, low: int, high: int) -> bool:
        """Whether all values from one place to another are beyond a limit, or impossible."""
        box = {self.scale.name: (self.scale.numerators[low], self.scale.numerators[high])}
        if any(self.excludes(program, box) for program in self.family.programs):
            return True
        before = len(self.family.programs)
        self.point(low)
        self.point(high)
        return any(self.excludes(program, box) for program in self.family.programs[before:])

    def excludes(self, program: Program, box: Mapping[str, tuple[int, int]]) -> bool:
        """Whether a program holds for all of a box, and shows that nothing in it fits."""
        bounds = program.bounds(box)
        for number, value in program.recording.guards:
            low, high = bounds[number.index]
            if low == high == value:
                continue
            if not (value and number.index in program.recording.required):
                return False
            if not low <= value <= high:
                return True
        least = {key: program.least(key, bounds) for key in program.results}
        return bool(program.failure) or any(least[limit.key] > limit.most for limit in self.limits)

    def possible(self, first: int) -> Point | None:
        """The first possible value from a place on."""
        for start in range(first, self.scale.last + 1, LEAF):
            found = np.flatnonzero(~self.results(start, start + LEAF).failed)
            if len(found):
                return self.point(start + int(found[0]))
        return None

    def point(self, code: int) -> Point:
        """What becomes of one value."""
        results = self.results(code, code + 1)
        if results.failed[0]:
            return Point(code, {}, results.reasons()[0])
        return Point(code, {key: int(values[0]) for key, values in results.values.items()}, "")

    def far(self) -> int:
        """A place behind which it is not worth looking: the first of 0, 1, 3, 7, … that is possible and too large.

        The last of all if there is none.
        """
        place = 0
        while place < self.scale.last and not self.point(place).exceeds(self.limits):
            place = 2 * place + 1
        return min(place, self.scale.last)
