"""Configurations of a network: the values that its variables take together, a grid of them or a list."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm, prod
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from convcalc.arithmetic.arrays import LARGEST_INT64
from convcalc.arithmetic.recorded import exact_ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from convcalc.arithmetic.arrays import Array
    from convcalc.arithmetic.operations import Held


@dataclass(frozen=True)
class SweepAxis:
    """A variable and the values that it takes: numbers as multiples of 1 / denominator, or else whatever they are."""

    name: str
    numerators: Array
    denominator: int = 1
    others: tuple[Held, ...] = ()

    @classmethod
    def of(cls, name: str, values: Sequence[Held]) -> SweepAxis:
        """The axis of some values: integers and fractions, or, if one is neither, none are numbers."""
        if not all(isinstance(value, int | Fraction) for value in values):
            return cls(name, integers([]), 1, tuple(values))
        denominator = lcm(*[value.denominator for value in values])
        return cls(name, integers([int(value * denominator) for value in values]), denominator)

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return not self.others

    def __len__(self) -> int:
        return len(self.others) or len(self.numerators)

    def value(self, code: int) -> Held:
        """The value that stands at a place."""
        if self.others:
            return self.others[code]
        return exact_ratio(int(self.numerators[code]), self.denominator)

    def values(self, codes: Array, present: Callable[[Held], Any] | None = None) -> list[Any]:
        """The values that stand at some places, or what becomes of those that are not all integers."""
        if self.numeric and self.denominator == 1:
            found: list[Any] = self.numerators[codes].tolist()
            return found
        known = {code: self.value(code) for code in np.unique(codes).tolist()}
        if present:
            known = {code: present(value) for code, value in known.items()}
        return [known[code] for code in codes.tolist()]

    def repeated(self) -> int | None:
        """The place of the first value that stands there again, if one does."""
        if self.numeric and (self.numerators[1:] > self.numerators[:-1]).all():
            return None
        keys = list(map(str, self.others)) if self.others else self.numerators
        known, firsts = np.unique(keys, return_index=True)
        return None if len(known) == len(self) else min(set(range(len(self))) - set(firsts.tolist()))

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """The least and the largest numerator."""
        return int(self.numerators.min()), int(self.numerators.max())


def integers(values: Sequence[int]) -> Array:
    """Integers as int64 if they all fit, or else as those of Python."""
    small = all(abs(value) <= LARGEST_INT64 for value in values)
    return np.array(values, dtype=np.int64 if small else object)


def progressions(parts: Sequence[tuple[int, int, int]]) -> Array:
    """The integers of some progressions, one behind another: each a first one, a step, and how many."""
    if all(abs(first) <= LARGEST_INT64 and first + step * amount <= LARGEST_INT64 for first, step, amount in parts):
        return np.concatenate([first + step * np.arange(amount, dtype=np.int64) for first, step, amount in parts])
    return integers([first + step * index for first, step, amount in parts for index in range(amount)])


class ConfigurationSource(Protocol):
    """Where configurations come from, each with a number from 0 on."""

    @property
    def axes(self) -> tuple[SweepAxis, ...]:
        """The variables."""

    @property
    def total(self) -> int:
        """How many there are, which may be more than any length."""

    def codes(self, numbers: Array) -> dict[str, Array]:
        """For each variable, the places of its values in the configurations of these numbers."""


@dataclass(frozen=True)
class Grid:
    """All combinations of the values of some variables; those of the last change fastest."""

    axes: tuple[SweepAxis, ...]

    @property
    def total(self) -> int:
        """How many there are, which may be more than any length."""
        return prod(map(len, self.axes))

    def codes(self, numbers: Array) -> dict[str, Array]:
        """For each variable, the places of its values in the configurations of these numbers."""
        found: dict[str, Array] = {}
        for axis in reversed(self.axes):
            found[axis.name] = (numbers % len(axis)).astype(np.int64)
            numbers = numbers // len(axis)
        return {axis.name: found[axis.name] for axis in self.axes}


@dataclass(frozen=True)
class Listed:
    """Configurations that somebody has listed: for each, the place of its value on each axis."""

    axes: tuple[SweepAxis, ...]
    places: Mapping[str, Array]

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[Held]]) -> Listed:
        """The configurations whose values stand in columns."""
        axes, places = [], {}
        for name, values in columns.items():
            known: dict[Held, int] = {}
            keys = list(map(hashable, values))
            places[name] = np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)
            firsts = dict(zip(reversed(keys), reversed(values), strict=True))
            axes.append(SweepAxis.of(name, [firsts[key] for key in known]))
        return cls(tuple(axes), places)

    @property
    def total(self) -> int:
        """How many there are."""
        return len(next(iter(self.places.values())))

    def codes(self, numbers: Array) -> dict[str, Array]:
        """For each variable, the places of its values in the configurations of these numbers."""
        return {name: places[numbers] for name, places in self.places.items()}


def hashable(value: Held) -> Held:
    """A value that can be looked up."""
    return tuple(value) if isinstance(value, list) else value


def sampled(total: int, number: int, seed: int) -> Sequence[int]:
    """The numbers of so many different configurations, drawn at random, in their order; of fewer, all."""
    if number >= total:
        return range(total)
    draw = Random(seed)
    if total <= sys.maxsize:
        return sorted(draw.sample(range(total), number))
    found: set[int] = set()
    while len(found) < number:
        found.add(draw.randrange(total))
    return sorted(found)


def chunks(numbers: Sequence[int], size: int) -> Iterator[Array]:
    """The numbers of configurations, in arrays of at most `size`."""
    for start in range(0, how_many(numbers), size):
        part = numbers[start : start + size]
        if isinstance(part, range) and part[-1] <= LARGEST_INT64:
            yield np.arange(part.start, part.stop, part.step, dtype=np.int64)
        else:
            yield integers(part)


def how_many(numbers: Sequence[int]) -> int:
    """How many there are: a range may have more than any length."""
    if isinstance(numbers, range):
        return max(0, -(-(numbers.stop - numbers.start) // numbers.step))
    return len(numbers)


def shard(numbers: Sequence[int], part: int, parts: int) -> Sequence[int]:
    """One of several parts, counted from 1: of 3 parts, every third configuration."""
    if isinstance(numbers, range):
        return range(numbers.start + (part - 1) * numbers.step, numbers.stop, numbers.step * parts)
    return numbers[part - 1 :: parts]
