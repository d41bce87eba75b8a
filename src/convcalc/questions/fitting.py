"""The largest value of a variable with which a network keeps within its limits, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from convcalc.arithmetic.arrays import Family, VariableRange
from convcalc.arithmetic.recorded import exact_ratio
from convcalc.arithmetic.recording import OutOfWork, Work
from convcalc.questions.configurations import how_many, integers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction

    from convcalc.arithmetic.arrays import Array, Compute, Program, Results

LEAF = 1 << 12
"""Values that are computed together rather than bounded together."""

MOST_STAGE_WORK = 500_000
"""The work of each stage of a search: about half a second."""

RECORDINGS = 8
"""Networks like the first that each stage may build besides."""


class MeasureLimit(NamedTuple):
    """The most that a measure may be."""

    key: str
    most: Fraction


@dataclass(frozen=True)
class ValueScale:
    """The values that a variable can take, from the least to the greatest: numerators over one denominator."""

    name: str
    numerators: Sequence[int]
    denominator: int = 1

    @property
    def last(self) -> int:
        """The place of the greatest value."""
        return how_many(self.numerators) - 1

    def array(self, start: int, stop: int) -> Array:
        """The numerators from one place to before another."""
        return integers(self.numerators[start:stop])

    def value(self, code: int) -> int | Fraction:
        """The value that stands at a place."""
        found: int | Fraction = exact_ratio(self.numerators[code], self.denominator)
        return found

    @property
    def variable(self) -> VariableRange:
        """What the variable may be."""
        return VariableRange(self.denominator, self.numerators[0], self.numerators[self.last])


class Trial(NamedTuple):
    """A value of the variable, by its place on the scale: its measures, or why it is impossible."""

    code: int
    measures: Mapping[str, int]
    reason: str

    def exceeds(self, limits: Sequence[MeasureLimit]) -> list[MeasureLimit]:
        """The limits that it does not keep within."""
        return [limit for limit in limits if not self.reason and self.measures[limit.key] > limit.most]


@dataclass(frozen=True)
class Fit:
    """The last value that is possible and within all limits, and what is behind it.

    All values up to the place `tried` were considered, and some up to the place `probed`. `between` is the value next
    to the best, `beyond` the first above it that is possible; none if that is not known.
    """

    scale: ValueScale
    limits: Sequence[MeasureLimit]
    best: Trial | None
    tried: int
    probed: int
    between: Trial | None = None
    beyond: Trial | None = None

    @property
    def proved(self) -> bool:
        """Whether it is certain that no larger value on the scale fits."""
        return self.tried == self.scale.last

    @property
    def binding(self) -> list[MeasureLimit]:
        """The limits that the first possible value above exceeds."""
        return self.beyond.exceeds(self.limits) if self.beyond else []


class Search:
    """Looks for the last value on a scale that is within limits.

    It takes nothing for granted about how costs move. A range of values is left out only where the bounds of a recorded
    network prove that each of them is too large or impossible; all others are computed. If that takes too much work for
    the whole scale, it starts from the least value, and tells how far it got.
    """

    def __init__(
        self, compute: Compute, scale: ValueScale, limits: Sequence[MeasureLimit], most_work: int = MOST_STAGE_WORK
    ) -> None:
        self.scale = scale
        self.limits = limits
        self.most_work = most_work
        self.work = Work()
        self.family = Family(compute, {scale.name: scale.variable}, self.work)
        self.computed = 0

    def fit(self) -> Fit:
        """The result."""
        self.point(0)
        self.most_work += RECORDINGS * self.work.done
        best, tried = self.searched()
        probed = tried
        if best == tried < self.scale.last:
            best, probed = self.beyond_reach(tried)
        between, beyond = self.behind(-1 if best is None else best)
        self.work.left = inf
        return Fit(self.scale, self.limits, None if best is None else self.point(best), tried, probed, between, beyond)

    def searched(self) -> tuple[int | None, int]:
        """The place of the last value that fits, and up to which place that is certain."""
        self.work.left = self.most_work
        try:
            return self.last(0, self.scale.last), self.scale.last
        except OutOfWork:
            return self.from_the_least()

    def from_the_least(self) -> tuple[int | None, int]:
        """The same of as many values as there is work for, or until none of some fits any more."""
        best, tried = None, 0
        self.work.left = self.most_work
        try:
            for first, last in growing(0, self.scale.last):
                found = self.last(first, last)
                best, tried = best if found is None else found, last
                if best is not None and found is None and self.possible(first, last) is not None:
                    break
        except OutOfWork:
            pass
        return best, tried

    def beyond_reach(self, first: int) -> tuple[int, int]:
        """The place of a larger value that fits, if one is met, and of the largest that was tried.

        It goes in steps that double, then halves the gap between a value that fits and one that is too large.
        """
        best, end, probed = first, self.scale.last + 1, first
        self.work.left = self.most_work
        try:
            while end - best > 1:
                halving = end <= self.scale.last
                place = (best + end) // 2 if halving else min(2 * probed + 1, self.scale.last)
                point = self.point(place)
                probed = max(probed, place)
                if point.exceeds(self.limits) or (point.reason and (halving or place == self.scale.last)):
                    end = place
                elif not point.reason:
                    best = place
        except OutOfWork:
            pass
        return best, probed

    def last(self, first: int, last: int) -> int | None:
        """The place of the last value that fits, from one place to another.

        Raises:
            OutOfWork: finding it takes too much work.
        """
        return self.outermost(first, last, self.limits, -1)

    def possible(self, first: int, last: int) -> int | None:
        """The place of the first value that is possible, from one place to another.

        Raises:
            OutOfWork: finding it takes too much work.
        """
        return self.outermost(first, last, (), 0)

    def outermost(self, first: int, last: int, limits: Sequence[MeasureLimit], end: int) -> int | None:
        """The place of the first (`end` 0) or last (-1) value that is possible and within limits.

        Raises:
            OutOfWork: finding it takes too much work.
        """
        boxes = [(first, last)]
        while boxes:
            low, high = boxes.pop()
            if high - low < LEAF:
                fitting = self.fitting(low, high, limits)
                if len(fitting):
                    return low + int(fitting[end])
            elif not self.excluded(low, high, limits):
                middle = (low + high) // 2
                halves = [(low, middle), (middle + 1, high)]
                boxes += halves if end else reversed(halves)
        return None

    def behind(self, best: int) -> tuple[Trial | None, Trial | None]:
        """The value next to a place, and the first behind it that is possible: too large, or nothing is told of it."""
        between = None
        self.work.left = self.most_work
        try:
            for part in growing(best + 1, self.scale.last):
                between = between or self.point(best + 1)
                found = self.possible(*part)
                if found is not None:
                    point = self.point(found)
                    return between, point if point.exceeds(self.limits) else None
        except OutOfWork:
            pass
        return between, None

    def results(self, start: int, stop: int) -> Results:
        """What comes out for the values from one place to before another."""
        numerators = self.scale.array(start, stop)
        self.computed += len(numerators)
        return self.family.run({self.scale.name: numerators}, len(numerators))

    def fitting(self, low: int, high: int, limits: Sequence[MeasureLimit]) -> Array:
        """The values from one place to another that are possible and within limits, counted from the first."""
        results = self.results(low, high + 1)
        fits = ~results.failed
        for limit in limits:
            if limit.key in results.values:
                fits &= results.values[limit.key] <= int(limit.most)
        return np.flatnonzero(fits)

    def excluded(self, low: int, high: int, limits: Sequence[MeasureLimit]) -> bool:
        """Whether all values from one place to another are proved to be beyond a limit, or impossible."""
        box = {self.scale.name: (self.scale.numerators[low], self.scale.numerators[high])}
        if any(self.excludes(program, box, limits) for program in self.family.programs):
            return True
        before = len(self.family.programs)
        self.point(low)
        self.point(high)
        return any(self.excludes(program, box, limits) for program in self.family.programs[before:])

    def excludes(self, program: Program, box: Mapping[str, tuple[int, int]], limits: Sequence[MeasureLimit]) -> bool:
        """Whether a program holds for all of a box, and shows that nothing in it fits."""
        guards = {number.index: value for number, value in program.recording.guards}
        impossible = bool(program.failure)
        bounds = {}
        for index, (low, high) in program.bounded(box):
            self.work.spend(1)
            bounds[index] = low, high
            if index not in guards or low == high == guards[index]:
                continue
            if not (guards[index] and index in program.recording.required):
                return False
            impossible = impossible or not low <= guards[index] <= high
        return impossible or any(program.least(limit.key, bounds) > limit.most for limit in limits)

    def point(self, code: int) -> Trial:
        """What becomes of one value."""
        results = self.results(code, code + 1)
        if results.failed[0]:
            return Trial(code, {}, results.reasons()[0])
        return Trial(code, {key: int(values[0]) for key, values in results.values.items()}, "")


def growing(first: int, last: int) -> Iterator[tuple[int, int]]:
    """The places from one to another in parts, each about a fourth of all before it.

    >>> list(growing(0, 12))
    [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 9), (10, 11), (12, 12)]
    """
    start = first
    while first <= last:
        stop = min(first + max(1, (first - start) // 4), last + 1)
        yield first, stop - 1
        first = stop
