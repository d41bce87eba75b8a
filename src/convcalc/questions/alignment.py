"""Which items of two sequences belong together, in the order of both."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    Weigh: TypeAlias = Callable[[int, range], list[int]]
    """What speaks for an item of the first sequence and each of some of the second; 0 where nothing does."""

ANCHOR_RUN = 16
"""Equal items in a row that are an anchor where they stand only once in each sequence."""

MOST_EDITS = 500
"""Items that differ, at most, for which the shortest edit is looked for."""

STEPS_PER_ITEM = 50
"""Steps of that search for each item, at most."""

WINDOW = 64
"""Items of each sequence that are weighed together where a whole stretch is too long."""


class Match(NamedTuple):
    """Places of two items that belong together; None on the side of one that is alone."""

    one: int | None
    other: int | None


class Stretch(NamedTuple):
    """A part of each of two sequences."""

    one: range
    other: range

    def pairs(self) -> int:
        """How many pairs of items there are."""
        return len(self.one) * len(self.other)

    def between(self, matches: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
        """What is left before, between and behind matches: one stretch more than there are matches."""
        i, j = self.one.start, self.other.start
        for one, other in (*matches, (self.one.stop, self.other.stop)):
            yield Stretch(range(i, one), range(j, other))
            i, j = one + 1, other + 1


def heaviest(stretch: Stretch, weigh: Weigh) -> Iterator[Match]:
    """The pairs that together have most for them (Needleman and Wunsch 1970, J. Mol. Biol. 48, 443-453).

    Time and room are those of all pairs.
    """
    one, other = stretch
    weights = [weigh(i, other) for i in one]
    scores = [[0] * (len(other) + 1)]
    for own in reversed(weights):
        below, right = scores[-1], 0
        row = [0] * (len(other) + 1)
        for j in range(len(other) - 1, -1, -1):
            if below[j] > right:  # noqa: PLR1730  # a call of max takes longer than all else here
                right = below[j]
            if own[j] and below[j + 1] + own[j] > right:
                right = below[j + 1] + own[j]
            row[j] = right
        scores.append(row)
    scores.reverse()
    i = j = 0
    while i < len(one) and j < len(other):
        if weights[i][j] and scores[i][j] == scores[i + 1][j + 1] + weights[i][j]:
            yield Match(one[i], other[j])
            i, j = i + 1, j + 1
        elif scores[i][j] == scores[i + 1][j]:
            yield Match(one[i], None)
            i += 1
        else:
            yield Match(None, other[j])
            j += 1
    yield from (Match(place, None) for place in one[i:])
    yield from (Match(None, place) for place in other[j:])


def windowed(stretch: Stretch, weigh: Weigh) -> Iterator[Match]:
    """Pairs as `heaviest` finds them in one window after another, each of which begins in the middle of the last.

    Time is that of the items. Items that are alone shift those behind them by less than a window.
    """
    one, other = stretch
    while one and other:
        window = Stretch(one[:WINDOW], other[:WINDOW])
        i, j = one.start, other.start
        for match in heaviest(window, partial(early, weigh, i)):
            if window != (one, other) and max(i - one.start, j - other.start) >= WINDOW // 2:
                break
            yield match
            i, j = i + (match.one is not None), j + (match.other is not None)
        one, other = range(i, one.stop), range(j, other.stop)
    yield from (Match(place, None) for place in one)
    yield from (Match(None, place) for place in other)


def early(weigh: Weigh, start: int, i: int, others: range) -> list[int]:
    """What speaks for pairs of a window: of equal ones, more for the earlier, as the window is not the end."""
    late = i - start - others.start
    most = 2 * WINDOW
    return [
        weight * most * WINDOW + most - late - j if weight else 0
        for j, weight in zip(others, weigh(i, others), strict=True)
    ]


def anchors(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places of runs of equal items that stand once in each sequence: as many as keep their order, item by item."""
    step = 1
    while step < ANCHOR_RUN:  # two runs side by side are one twice as long, which has a number
        numbers: dict[tuple[Hashable, Hashable], int] = {}
        one, other = (
            [numbers.setdefault(pair, len(numbers)) for pair in zip(runs, runs[step:], strict=False)]
            for runs in (one, other)
        )
        step *= 2
    own, others = once(one), once(other)
    matches: list[tuple[int, int]] = []
    for start, at in rising([(place, others[run]) for run, place in own.items() if run in others]):
        known = max(0, matches[-1][0] + 1 - start, matches[-1][1] + 1 - at) if matches else 0
        matches += [(start + step, at + step) for step in range(known, ANCHOR_RUN)]
    return matches


def once(sequence: Sequence[Hashable]) -> dict[Hashable, int]:
    """What stands in a sequence once, and where, in its order."""
    times = Counter(sequence)
    return {item: place for place, item in enumerate(sequence) if times[item] == 1}


def rising(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """As many points as possible whose second numbers rise with the first (patience sorting)."""
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for index, (_, at) in enumerate(points):
        pile = bisect_left(ends, at)
        before.append(tops[pile - 1] if pile else -1)
        ends[pile : pile + 1] = [at]
        tops[pile : pile + 1] = [index]
    found = []
    index = tops[-1] if tops else -1
    while index >= 0:
        found.append(points[index])
        index = before[index]
    return found[::-1]


def fewest_edits(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[int, int]] | None:
    """Equal items of two sequences, as many as keep their order (Myers 1986, Algorithmica 1, 251-266).

    None where more than `MOST_EDITS` items are in one of the two alone, or the search takes too many steps.
    """
    furthest, history = {1: 0}, []
    left = STEPS_PER_ITEM * (len(one) + len(other))
    for edits in range(MOST_EDITS + 1):
        history.append(furthest.copy())
        for diagonal in range(-edits, edits + 1, 2):
            begin, _ = reached(furthest, diagonal, edits)
            i = begin
            while i < len(one) and i - diagonal < len(other) and one[i] == other[i - diagonal]:
                i += 1
            furthest[diagonal] = i
            left -= 1 + i - begin
            if i >= len(one) and i - diagonal >= len(other):
                return retraced(history, i, diagonal)
        if left < 0:
            return None
    return None


def reached(furthest: dict[int, int], diagonal: int, edits: int) -> tuple[int, int]:
    """The place on a diagonal to which one more edit leads, and from which neighbour: the one that leads further."""
    down, right = furthest.get(diagonal + 1, -1), furthest.get(diagonal - 1, -1) + 1
    if diagonal == -edits or (diagonal != edits and down >= right):
        return down, diagonal + 1
    return right, diagonal - 1


def retraced(history: list[dict[int, int]], i: int, diagonal: int) -> list[tuple[int, int]]:
    """The equal items on the way that was found."""
    matches: list[tuple[int, int]] = []
    for edits in range(len(history) - 1, -1, -1):
        begin, neighbour = reached(history[edits], diagonal, edits)
        matches += [(place, place - diagonal) for place in range(i - 1, begin - 1, -1)]
        i, diagonal = (begin if neighbour > diagonal else begin - 1), neighbour
    return matches[::-1]
