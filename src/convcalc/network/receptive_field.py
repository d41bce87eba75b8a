"""What each output position of a layer can see of one axis of the network's input: its receptive field.

The size of a field is that of the output position that sees most. Only positions that exist count: near a border,
interpolation, transposed convolutions and attention within windows read only what is there. So a field is where the
gradient of an output position is not 0. The padding of convolutions and pools is the exception. As in the literature,
it is taken for more positions of the input, so that a receptive field may be larger than the input.

A field may have gaps: some positions within that of a dilated or a transposed convolution may be read by none of its
taps. Where branches meet, the field is the hull of what they see.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain
from math import gcd, lcm
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from convcalc.arithmetic.operations import ceil_div, require
from convcalc.layers.reach import LONGEST_PATTERN, Reach, most_kept, require_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Span: TypeAlias = tuple[int, int]
"""The first and the last of some neighbouring positions."""


@dataclass(slots=True)
class Effort:
    """The work of telling what a network sees: how many positions were looked at."""

    looks: int = 0

    def spend(self, looks: int) -> None:
        """Count more of them.

        Raises:
            RuleError: that makes too many.
        """
        self.looks += looks
        message = "what positions see must be told by looking at {most:,} of them, but here that is not enough"
        require(self.looks <= MOST_LOOKS, "beyond-limits", "", message, most=MOST_LOOKS)


MOST_LOOKS = 50_000_000
"""Positions that are looked at for one network, at most: about a minute."""


class Ends(NamedTuple):
    """Which of some equally spaced positions see as much as all of them together: `turn` positions at each end.

    If there is an `inner` span, these are counted within it. Positions outside of the span are looked at, too.
    """

    turn: int
    inner: Span | None = None

    def of(self, taps: Sequence[int], moved: int = 0) -> Sequence[int]:
        """Those of the positions `tap + moved`, by their taps."""
        before = after = self.turn
        if self.inner:
            before += bisect_left(taps, self.inner[0] - moved)
            after += len(taps) - bisect_left(taps, self.inner[1] - moved)
        return taps if before + after >= len(taps) else (*taps[:before], *taps[len(taps) - after :])


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What each of the output positions of a layer sees of one axis of the network's input.

    By the pattern, position `q * len(spans) + r` sees `spans[r]`, moved by `q * len(spans)` times `jump`; a span is
    None where nothing is seen. The pattern also says what padding before and after the `positions` stands for. Of the
    `positions`, those in `border` see otherwise, as something before them reads nothing beyond its input.

    `jump` is how many input positions one output position is from the next, on average: the effective stride. Where it
    is 0, what positions see does not move.
    """

    spans: tuple[Span | None, ...] = ((0, 0),)
    jump: Fraction = Fraction(1)
    positions: int = 1
    border: Mapping[int, Span | None] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Input positions from the first that a position sees to the last, where that is most; 0 if none sees any."""
        period = len(self.spans)
        marred = Counter(position % period for position in self.border)
        told = [
            span
            for index, span in enumerate(self.spans[: self.positions])
            if marred[index] < ceil_div(self.positions - index, period)
        ]
        return max((last - first + 1 for first, last in filter(None, [*told, *self.border.values()])), default=0)

    @property
    def start(self) -> int | None:
        """The first input position that output position 0 sees; negative in the padding, None if it sees none."""
        seen = self.at(0)
        return seen[0] if seen else None

    @property
    def end(self) -> Fraction | None:
        """The last input position that output position 0 sees, or, where positions differ, that they see on average."""
        lasts = [Fraction(span[1]) - index * self.jump for index, span in enumerate(self.spans) if span]
        return sum(lasts, Fraction(0)) / len(lasts) if lasts else None

    @property
    def centre(self) -> Fraction | None:
        """The middle of what output position 0 sees, or, where positions differ, of what they see on average."""
        seen = [(index, span) for index, span in enumerate(self.spans) if span]
        if not seen or not self.jump:
            return None
        middles = [Fraction(sum(span), 2) - index * self.jump for index, span in seen]
        return sum(middles, Fraction(0)) / len(middles)

    @property
    def repeats(self) -> bool:
        """Whether the spans are a whole pattern: one that was cut off tells only of positions that there are."""
        return (len(self.spans) * self.jump).denominator == 1

    @property
    def steady(self) -> bool:
        """Whether no position sees less far ahead, or farther back, than the one before it."""
        turn = range(len(self.spans))
        near = {position - before for position in self.border for before in (0, 1)}
        return all(follows(self.by_pattern(place), self.by_pattern(place + 1)) for place in turn) and all(
            follows(self.at(place), self.at(place + 1)) for place in near
        )

    @property
    def ends(self) -> Ends:
        """Which of some positions see as much as all of them."""
        if self.steady:
            return Ends(1)
        if not self.border:
            return Ends(len(self.spans))
        left = [place for place in self.border if 2 * place < self.positions]
        right = [place for place in self.border if 2 * place >= self.positions]
        return Ends(len(self.spans), (max(left, default=-1) + 1, min(right, default=self.positions)))

    def at(self, position: int) -> Span | None:
        """What one output position sees."""
        return self.border[position] if position in self.border else self.by_pattern(position)

    def by_pattern(self, position: int) -> Span | None:
        """What one output position sees, if nothing before it minds a border."""
        turns, index = divmod(position, len(self.spans))
        span = self.spans[index]
        jump = self.jump
        return moved_by(span, turns * len(self.spans) * jump.numerator // jump.denominator) if turns else span

    def through(self, reached: Reach, positions: int, effort: Effort) -> ReceptiveField:
        """What a layer that reads this, and makes so many positions, sees."""
        if positions == 1 or not reached.advance:
            return ReceptiveField(tuple(self.seen(reached, [0], effort)), Fraction(0), positions)
        period = len(self.spans)
        turns = period // gcd(period, reached.advance) if self.repeats else ceil_div(positions, len(reached.taps))
        kept = min(most_kept(positions), turns * len(reached.taps))
        require_short(kept)
        endless = replace(self, border={}) if self.border else self
        spans = tuple(endless.seen(reached._replace(inside=False), range(kept), effort))
        jump = self.jump * Fraction(reached.advance, len(reached.taps))
        told = ReceptiveField(reduced(spans, jump), jump, positions)
        marred = self.marred(reached, positions, effort)
        if not marred:
            return told
        return told.but_for(dict(zip(marred, self.seen(reached, marred, effort), strict=True)))

    def seen(self, reached: Reach, outputs: Iterable[int], effort: Effort) -> Iterator[Span | None]:
        """What some output positions of a layer that reads this see."""
        ends, at = self.ends, self.at if self.border else self.by_pattern
        alike = not reached.inside and not ends.inner
        rows = [ends.of(taps) for taps in reached.taps] if alike else reached.taps
        for position in outputs:
            turn, index = divmod(position, len(rows))
            taps, moved = rows[index], turn * reached.advance
            if reached.inside:
                taps = taps[bisect_left(taps, -moved) : bisect_left(taps, self.positions - moved)]
            if not alike:
                taps = ends.of(taps, moved)
            effort.spend(len(taps))
            yield hull([at(tap + moved) for tap in taps])

    def marred(self, reached: Reach, positions: int, effort: Effort) -> Sequence[int]:
        """The output positions of a layer that may see less than the pattern tells.

        Raises:
            RuleError: there are too many.
        """
        sources: list[Iterable[int]] = []
        if reached.inside:
            sources.append(reached.beyond(self.positions, positions))
        if self.border:
            taps = [(row[0], row[-1]) if row else () for row in reached.taps] if self.steady else reached.taps
            read = reached._replace(taps=tuple(taps))
            few = sum(map(len, taps)) < positions
            sources.append(read.readers(self.border, positions) if few else range(positions))
        return gathered(chain.from_iterable(sources), effort)

    def but_for(self, border: Mapping[int, Span | None]) -> ReceptiveField:
        """The same, but for some positions, where they see otherwise than the pattern tells."""
        other = {position: span for position, span in border.items() if span != self.by_pattern(position)}
        return replace(self, border=other) if other else self

    def everywhere(self, positions: int, effort: Effort) -> ReceptiveField:
        """What all positions see together, as what each of so many does."""
        whole = Reach((range(self.positions),), 0)
        return ReceptiveField(tuple(self.seen(whole, [0], effort)), Fraction(0), positions)

    def joined(self, other: ReceptiveField, effort: Effort) -> ReceptiveField:
        """What is seen where this meets another."""
        if not self.jump and other.jump:
            return self.widened(other, effort)
        if not other.jump and self.jump:
            return other.widened(self, effort)
        positions = self.positions
        alike = self.jump == other.jump and self.repeats and other.repeats
        kept = min(lcm(len(self.spans), len(other.spans)), most_kept(positions)) if alike else positions
        require_short(kept)
        effort.spend(kept)
        spans = tuple([hull([self.by_pattern(place), other.by_pattern(place)]) for place in range(kept)])
        told = ReceptiveField(reduced(spans, self.jump), self.jump, positions)
        return told.but_for({place: hull([self.at(place), other.at(place)]) for place in (*self.border, *other.border)})

    def widened(self, other: ReceptiveField, effort: Effort) -> ReceptiveField:
        """What is seen where this, which does not move, meets one that does: more than this wherever that sees more."""
        wider = gathered(self.wider(other), effort)
        return replace(self, border={}).but_for({place: hull([self.at(place), other.at(place)]) for place in wider})

    def wider(self, other: ReceptiveField) -> Iterator[int]:
        """The positions where another sees more than this, which does not move, and those of both borders.

        Among equal positions of both patterns, these are some at the beginning, and some at the end.
        """
        yield from self.border
        yield from other.border
        period = lcm(len(self.spans), len(other.spans))
        for index in range(min(period, self.positions)):
            row = range(index, self.positions, period)
            for places in (row, reversed(row)):
                for place in places:
                    if hull([self.by_pattern(place), other.by_pattern(place)]) == self.by_pattern(place):
                        break
                    yield place


def gathered(places: Iterable[int], effort: Effort) -> Sequence[int]:
    """Some positions, each once.

    Raises:
        RuleError: there are too many to tell them apart from others.
    """
    found: set[int] = set()
    message = "at most {most:,} positions of an axis may see otherwise than the others, but here more do"
    for place in places:
        effort.spend(1)
        found.add(place)
        require(len(found) <= LONGEST_PATTERN, "beyond-limits", "", message, most=LONGEST_PATTERN)
    return sorted(found)


def follows(one: Span | None, other: Span | None) -> bool:
    """Whether a span sees no less far ahead, and no farther back, than one before it."""
    return bool(one and other and one[0] <= other[0] and one[1] <= other[1])


def hull(spans: Iterable[Span | None]) -> Span | None:
    """The least span that holds all of some."""
    seen = [span for span in spans if span]
    return (min(first for first, _ in seen), max(last for _, last in seen)) if seen else None


def reduced(spans: tuple[Span | None, ...], jump: Fraction) -> tuple[Span | None, ...]:
    """The shortest pattern that is the same, over and over."""
    period = len(spans)
    for shorter in range(1, period):
        if period % shorter == 0 and (jump * shorter).denominator == 1:
            moved = int(jump * shorter)
            if all(spans[at] == moved_by(spans[at - shorter], moved) for at in range(shorter, period)):
                return spans[:shorter]
    return spans


def moved_by(span: Span | None, distance: int) -> Span | None:
    """A span further on."""
    return span and (span[0] + distance, span[1] + distance)
