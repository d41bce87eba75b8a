"""Many variants of a network at once: what each costs, and which of them are best."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convcalc.arithmetic.arrays import MOST_STEPS_KEPT, Family, Results, VariableRange
from convcalc.errors import DescriptionError
from convcalc.network.measures import lacking, lacks_in_words, measured, unknown_cost
from convcalc.questions.configurations import chunks, hashable, integers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from convcalc.arithmetic.arrays import Array
    from convcalc.arithmetic.operations import Held
    from convcalc.errors import Fault
    from convcalc.network.network import Network
    from convcalc.network.report import Row
    from convcalc.network.terms import Terms
    from convcalc.questions.condition import Condition
    from convcalc.questions.configurations import ConfigurationSource, SweepAxis


CHUNK = 1 << 15
"""Configurations that are computed together: what a layer makes of them should stay in a cache."""

WHERE = "where"
"""The key of whether a configuration is asked for: no measure and no variable is called so."""

LACKS_KEY = "lacks"
"""The key of what is not known of a configuration: a place in the sweep's `lacks`."""

UNKNOWN_KEY = "unknown {}"
"""The key of whether a measure of a configuration is not known."""

REASON = "reason"
"""The key of why a configuration is impossible, or what is not known of it."""


class Goal(NamedTuple):
    """Something to have little of, or much."""

    key: str
    most: bool


@dataclass(frozen=True)
class Joined:
    """A table that tells more of some configurations, found by the values of the variables that are its `keys`.

    `places` has for each row where its value stands on an axis, -1 where it has none.
    """

    keys: tuple[str, ...]
    rows: Mapping[tuple[Held, ...], int]
    axes: tuple[SweepAxis, ...]
    places: Mapping[str, Array]

    def codes(self, columns: Mapping[str, list[Held]]) -> dict[str, Array]:
        """For each column of the table, the places of the values of some configurations."""
        keys = zip(*[map(hashable, columns[key]) for key in self.keys], strict=True)
        found = np.array([self.rows.get(key, -1) for key in keys], dtype=np.int64)
        return {name: np.where(found < 0, -1, places[found]) for name, places in self.places.items()}


@dataclass
class SweepPart:
    """Configurations of a sweep that were computed together, and what became of them.

    `codes` are places on the axes, -1 for none; `lanes` are those configurations that are asked for.
    """

    sweep: Sweep
    codes: Mapping[str, Array]
    results: Results
    lanes: Array

    @property
    def axes(self) -> Mapping[str, SweepAxis]:
        """All that has values."""
        return self.sweep.axes

    def numbers(self, key: str, lanes: Array) -> Array:
        """A measure, or the numerators of a variable."""
        if key in self.axes:
            return self.axes[key].numerators[self.codes[key][lanes]]
        return self.results.values[key][lanes] if key in self.results.values else integers([])

    def columns(self, keys: Sequence[str], lanes: Array) -> list[list[Any]]:
        """Columns of values for people and programs."""
        return [self.column(key, lanes) for key in keys]

    def column(self, key: str, lanes: Array) -> list[Any]:
        """One column; None where there is no value."""
        if key == REASON:
            reasons = self.lacks() | self.results.reasons()
            return [reasons.get(lane) for lane in lanes.tolist()]
        if key in self.axes:
            axis, codes, present = self.axes[key], self.codes[key][lanes], self.sweep.present
            cells = axis.values(np.maximum(codes, 0), partial(present, axis) if present else None)
            missing = codes < 0
        else:
            cells = self.results.values[key][lanes].tolist() if key in self.results.values else [None] * len(lanes)
            missing = (self.results.failed | unknown(self.results, [key]))[lanes]
        if not missing.any():
            return cells
        return [None if none else cell for none, cell in zip(missing.tolist(), cells, strict=True)]

    def lacks(self) -> dict[int, str]:
        """What is not known, for each configuration of which something is not."""
        if LACKS_KEY not in self.results.values:
            return {}
        texts = ["", *self.sweep.lacks]
        return {lane: texts[place] for lane, place in enumerate(self.results.values[LACKS_KEY].tolist()) if place}

    def points(self, goal: Goal, lanes: Array) -> Array:
        """Integers that tell how good configurations are in a goal, less being better."""
        numbers = self.numbers(goal.key, lanes)
        return -numbers if goal.most else numbers

    def comparable(self, goals: Sequence[Goal]) -> Array:
        """The configurations that are asked for, possible, and have a value for each goal."""
        left_out = self.results.failed | unknown(self.results, [goal.key for goal in goals])
        lanes = self.lanes[~left_out[self.lanes]]
        for goal in goals:
            if goal.key in self.axes:
                lanes = lanes[self.codes[goal.key][lanes] >= 0]
        return lanes


@dataclass
class Sweep:
    """A network under each of some configurations, and the measures of each.

    Those that are not `possible`, or for which a condition does not hold, are left out where that is asked for.
    `present` is how values of variables are to be shown, and `goals` are the measures that choose among configurations.

    Of `partial` configurations something is not known; those that are `undecided` cannot be chosen for that reason.
    """

    network: Network
    source: ConfigurationSource
    measures: tuple[str, ...]
    terms: Terms
    joined: Joined | None = None
    where: Condition | None = None
    possible: bool = False
    present: Callable[[SweepAxis, Held], Any] | None = None
    goals: tuple[str, ...] = ()
    families: dict[tuple[Any, ...], Family] = field(default_factory=dict)
    lacks: list[str] = field(default_factory=list)
    unknown: Fault | None = None
    done: int = 0
    impossible: int = 0
    partial: int = 0
    undecided: int = 0
    matched: int = 0

    def parts(self, numbers: Sequence[int]) -> Iterator[SweepPart]:
        """What becomes of the configurations of these numbers, chunk by chunk."""
        return map(self.part, chunks(numbers, CHUNK))

    def part(self, numbers: Array) -> SweepPart:
        """What becomes of some configurations."""
        codes = self.source.codes(numbers)
        if self.joined is not None:
            more = self.joined.codes({axis.name: axis.values(codes[axis.name]) for axis in self.source.axes})
            self.matched += int(np.max([own >= 0 for own in more.values()], axis=0).sum())
            codes |= more
        results = self.results(codes, len(numbers))
        self.done += len(numbers)
        self.impossible += int(results.failed.sum())
        kept = self.kept(codes, results)
        if self.lacks:
            self.partial += int((results.values[LACKS_KEY] > 0).sum()) if LACKS_KEY in results.values else 0
            undecided = unknown(results, self.where.names if self.where else ())
            self.undecided += int((undecided | (kept & unknown(results, self.goals))).sum())
        return SweepPart(self, codes, results, np.flatnonzero(kept))

    def require_decided(self) -> None:
        """State that what configurations are chosen by is known of one that is possible.

        Raises:
            DescriptionError: it is not.
        """
        if self.unknown and self.undecided and self.undecided + self.impossible == self.done:
            raise DescriptionError(self.unknown)

    @cached_property
    def axes(self) -> Mapping[str, SweepAxis]:
        """All that has values: variables, and columns that were joined."""
        return {axis.name: axis for axis in (*self.source.axes, *(self.joined.axes if self.joined else ()))}

    @property
    def inputs(self) -> list[SweepAxis]:
        """What measures are computed from: the variables, and what else a condition reads."""
        read = self.where.names if self.where else ()
        own = [axis.name for axis in self.source.axes]
        return [axis for axis in self.axes.values() if axis.name in own or axis.name in read]

    def kept(self, codes: Mapping[str, Array], results: Results) -> Array:
        """Whether each configuration is asked for."""
        if self.where is None:
            return ~results.failed if self.possible else np.ones(results.count, dtype=bool)
        kept = ~results.failed & results.values.get(WHERE, np.zeros(results.count, dtype=bool))
        for name in self.where.names & self.axes.keys():
            kept &= codes[name] >= 0
        return kept

    def results(self, codes: Mapping[str, Array], size: int) -> Results:
        """The measures of so many configurations: those that differ in numbers alone are computed together."""
        columns = {axis.name: axis.numerators[np.maximum(codes[axis.name], 0)] for axis in self.inputs if axis.numeric}
        structural = [axis for axis in self.source.axes if not axis.numeric]
        if not structural:
            return self.family({}).run(columns, size)
        keys, kinds = np.unique(np.stack([codes[axis.name] for axis in structural]), axis=1, return_inverse=True)
        merged: Results | None = None
        for kind, key in enumerate(keys.T.tolist()):
            lanes = np.flatnonzero(kinds.ravel() == kind)
            held = {axis.name: axis.others[code] for axis, code in zip(structural, key, strict=True)}
            own = self.family(held).run({name: column[lanes] for name, column in columns.items()}, len(lanes))
            merged = own.spread(lanes, size, merged)
        return merged or Results(size)

    def family(self, held: Mapping[str, Held]) -> Family:
        """The family of configurations in which variables that are no numbers hold these values."""
        key = tuple(map(hashable, held.values()))
        if key not in self.families:
            if sum([family.steps for family in self.families.values()]) > MOST_STEPS_KEPT:
                self.families.clear()
            variables = {
                axis.name: VariableRange(axis.denominator, *axis.bounds) for axis in self.inputs if axis.numeric
            }
            self.families[key] = Family(lambda values: self.measured({**held, **values}), variables)
        return self.families[key]

    def measured(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The measures of one configuration, in the arithmetic of its values."""
        own = {axis.name: values[axis.name] for axis in self.source.axes}
        rows = self.network.varied(own).rows
        found = {key: measured(key, rows, self.terms) for key in self.measures}
        missing = self.missing(rows)
        decided = self.where is not None and missing.keys().isdisjoint(map(UNKNOWN_KEY.format, self.where.names))
        chosen = {WHERE: self.where.holds({**values, **found})} if self.where and decided else {}
        return found | chosen | missing

    def missing(self, rows: Sequence[Row]) -> dict[str, int]:
        """Which measures of a network are not known, and what they lack."""
        lacks = lacking(rows, self.measures)
        if not lacks:
            return {}
        text = f"not known: {lacks_in_words(lacks)}"
        if text not in self.lacks:
            self.lacks.append(text)
        chosen_by = [key for key in self.measures if key in {*self.goals, *(self.where.names if self.where else ())}]
        self.unknown = self.unknown or unknown_cost(rows, chosen_by)
        known = {UNKNOWN_KEY.format(key): True for key in self.measures if lacking(rows, [key])}
        return known | {LACKS_KEY: self.lacks.index(text) + 1}


def unknown(results: Results, keys: Iterable[str]) -> Array:
    """Whether one of some measures is not known, for each configuration."""
    found = np.zeros(results.count, dtype=bool)
    for key in map(UNKNOWN_KEY.format, keys):
        if key in results.values:
            found |= results.values[key]
    return found


class Best:
    """The best few of many configurations by one goal; of equal ones, the first."""

    def __init__(self, goal: Goal, number: int) -> None:
        self.goal = goal
        self.number = number
        self.rows: list[tuple[Any, tuple[Any, ...]]] = []

    def take(self, part: SweepPart, keys: Sequence[str]) -> None:
        """Look at more of them; what is to be shown has `keys`."""
        lanes = part.comparable([self.goal])
        points = part.points(self.goal, lanes)
        best = np.argsort(ranks(points), kind="stable")[: self.number]
        rows = zip(*part.columns(keys, lanes[best]), strict=True)
        self.rows += zip(points[best].tolist(), rows, strict=True)
        self.rows.sort(key=lambda row: row[0])
        del self.rows[self.number :]

    def shown(self) -> list[tuple[Any, ...]]:
        """The rows, best first."""
        return [row for _, row in self.rows]


class Front:
    """The configurations than which none is as good in all goals, and better in one."""

    def __init__(self, goals: Sequence[Goal]) -> None:
        self.goals = goals
        self.points: list[Array] = [integers([]) for _ in goals]
        self.rows: list[tuple[Any, ...]] = []

    def take(self, part: SweepPart, keys: Sequence[str]) -> None:
        """Look at more of them; what is to be shown has `keys`."""
        lanes = part.comparable(self.goals)
        found = [part.points(goal, lanes) for goal in self.goals]
        best = front(found)
        points = [np.concatenate([old, new[best]]) for old, new in zip(self.points, found, strict=True)]
        rows = [*self.rows, *zip(*part.columns(keys, lanes[best]), strict=True)]
        kept = front(points)
        self.points = [each[kept] for each in points]
        self.rows = [rows[index] for index in kept.tolist()]

    def shown(self) -> list[tuple[Any, ...]]:
        """The rows, by the first goal, then by the next."""
        order = np.lexsort([ranks(each) for each in reversed(self.points)])
        return [self.rows[index] for index in order.tolist()]


def ranks(numbers: Array) -> Array:
    """Numbers of any size in their order, as small ones."""
    return np.unique(numbers, return_inverse=True)[1] if numbers.dtype == object else numbers


def front(goals: Sequence[Array]) -> Array:
    """The places of those than which none is as small in all goals, and smaller in one; equal ones are all kept."""
    if not goals or not len(goals[0]):
        return np.array([], dtype=np.int64)
    small = list(map(ranks, goals))
    order = np.lexsort(small[::-1])
    points = np.stack(small, axis=1)[order]
    first = np.ones(len(points), dtype=bool)
    first[1:] = (points[1:] != points[:-1]).any(axis=1)
    kept = best_of(points[first])
    found: Array = np.sort(order[kept[np.cumsum(first) - 1]])
    return found


def best_of(points: Array) -> Array:
    """Whether nothing is before each of some different points, which stand in their order by one goal after another."""
    kept = np.zeros(len(points), dtype=bool)
    kept[0] = True
    match points.shape[1]:
        case 1:
            pass
        case 2:  # in the order of one goal, the other must fall
            kept[1:] = points[1:, 1] < np.minimum.accumulate(points[:, 1])[:-1]
        case 3:
            kept[before_a_stair(points[:, 1:].tolist())] = True
        case _:  # each that is left rules out what is behind it
            left = np.arange(len(points))
            while len(left):
                kept[left[0]] = True
                left = left[(points[left] < points[left[0]]).any(axis=1)]
    return kept


def before_a_stair(pairs: Sequence[tuple[int, int]]) -> list[int]:
    """The places of those pairs than which no earlier one is as small in both numbers.

    The earlier ones that still matter are a stair: the first number rises, and the second falls.
    """
    kept = []
    stair: list[tuple[int, int]] = []
    for place, (one, other) in enumerate(pairs):
        at = bisect_right(stair, (one, other))
        if at and stair[at - 1][1] <= other:
            continue
        kept.append(place)
        end = at
        while end < len(stair) and stair[end][1] >= other:
            end += 1
        stair[at:end] = [(one, other)]
    return kept
