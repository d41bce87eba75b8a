"""What part of the network's input each output position of a layer can see, axis by axis.

Only positions that exist count: the size of a field is that of the output position that sees most, and near a border,
interpolation, transposed convolutions and attention within windows read only what is there. Then a field is what the
gradient of a position is not 0 by. The padding of convolutions and pools is the exception: as in the literature, it is
taken for positions of an input that goes on, so that a receptive field may be larger than the input.

Two things are left out, as in the literature: the statistics of norms, and the gate that `mul` repeats over an axis, as
that of a squeeze-and-excitation. Within the field of a dilated or a transposed convolution some positions may be read
by none of its taps; where branches meet, it is the hull of what they see.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from itertools import chain
from math import gcd, lcm
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from convcalc.arithmetic.operations import ceil_div, require
from convcalc.errors import DescriptionError, Fault, RuleError
from convcalc.layers.axes import EVERYTHING
from convcalc.layers.reach import LONGEST_PATTERN, Reach, most_kept, reach, require_short
from convcalc.layers.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from convcalc.layers.axes import Axis
    from convcalc.layers.shapes import Shape
    from convcalc.network.report import Report, Row

Span: TypeAlias = tuple[int, int]
"""The first and the last of some neighbouring positions."""


@dataclass(slots=True)
class Effort:
    """How often a position was looked at, to tell what a network sees."""

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
    """Which of some equally spaced positions see as much as all of them: `turn` at each end.

    Positions before the first number of `inner`, and from the second on, are not counted, but looked at, too.
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


Fields: TypeAlias = dict[str, tuple[ReceptiveField, ...]]
"""For each of the network's inputs that is seen, the field on each of its axes."""


class Sight(NamedTuple):
    """What each layer of a network sees, by its name, and where branches meet that look at different places."""

    fields: Mapping[str, Fields]
    misaligned: Sequence[str]


def receptive_fields(report: Report) -> Sight:
    """What each layer of a network sees of its inputs, and warnings of branches that are not centred alike.

    Raises:
        DescriptionError: what the positions of a layer see is too long to tell.
    """
    seen: dict[str, Fields] = {
        name: {name: tuple([ReceptiveField(positions=size) for size in shape[1:]])}
        for name, shape in report.graph.inputs.items()
    }
    causal = any(row.node.layer.causal for row in report.rows)
    look = Look(causal)
    for row in report.rows:
        try:
            seen[row.node.name] = look.at(row, seen)
        except RuleError as error:
            raise DescriptionError(Fault(error.code, str(error), row.node.place, row.node.name)) from None
    return Sight(seen, look.misaligned)


@dataclass
class Look:
    """A walk through a network, layer by layer, that notes where branches meet that look at different places.

    In a `causal` network, branches may also be aligned by the last position that they see.
    """

    causal: bool
    misaligned: list[str] = field(default_factory=list)
    effort: Effort = field(default_factory=Effort)
    reached: Callable[[Axis, int], Reach] = field(default_factory=lambda: cache(reach))

    def at(self, row: Row, seen: Mapping[str, Fields]) -> Fields:
        """What a layer sees of each input of the network."""
        branches = [self.branch(row, at, seen[source]) for at, source in enumerate(row.node.inputs)]
        if row.node.layer.lends_sizes:
            del branches[1:]
        names = dict.fromkeys(name for each in branches for name in each)
        return {name: self.met(row, name, branches) for name in names}

    def branch(self, row: Row, at: int, fields: Fields) -> Fields:
        """What a layer sees by way of one of the tensors that it reads."""
        axes, sizes, output = row.profile.windows, row.inputs[at][1:], row.profile.output[1:]
        if axes is None or (axes and at):
            return {name: tuple(self.blurred(own, output)) for name, own in fields.items()}
        if not at and not axes:
            return fields
        if at:
            axes = shifts(sizes, output)
        made = output or (1,) * len(sizes)
        reads = [(self.reached(axis, size), positions) for axis, size, positions in zip(axes, sizes, made, strict=True)]
        return {
            name: tuple([field.through(*read, self.effort) for field, read in zip(own, reads, strict=True)])
            if len(own) == len(axes)
            else own
            for name, own in fields.items()
        }

    def blurred(self, fields: Sequence[ReceptiveField], output: Shape) -> Iterator[ReceptiveField]:
        """Each position sees what all of them see, whose axes are no longer told apart."""
        for axis, own in enumerate(fields):
            yield own.everywhere(output[axis] if axis < len(output) else 1, self.effort)

    def met(self, row: Row, name: str, branches: Sequence[Fields]) -> tuple[ReceptiveField, ...]:
        """What branches see together of one input of the network."""
        output = row.profile.output[1:]
        sides = [(at, fields[name]) for at, fields in enumerate(branches) if name in fields]
        found = []
        faults: dict[str, list[str]] = {}
        for axis, _ in enumerate(sides[0][1]):
            positions = output[axis] if axis < len(output) else 1
            (first, met), *others = self.unrepeated(row, axis, positions, [(at, fields[axis]) for at, fields in sides])
            own = met
            for at, other in others:
                if why := apart(own, other, causal=self.causal):
                    one, two = row.node.inputs[first], row.node.inputs[at]
                    named = AXES.get(len(sides[0][1]), {}).get(axis, f"axis {axis + 1}")
                    faults.setdefault(f"{two} {why} {one}", []).append(named)
                met = met.joined(other, self.effort)
            found.append(met)
        where = f"{row.node.place}: {row.node.name}: its branches are misaligned"
        self.misaligned += [f"{where}: {fault}, in {' and '.join(axes)}" for fault, axes in faults.items()]
        return tuple(found)

    def unrepeated(
        self, row: Row, axis: int, positions: int, sides: Sequence[tuple[int, ReceptiveField]]
    ) -> Sequence[tuple[int, ReceptiveField]]:
        """The branches but those whose only position is repeated over an axis; if there is no other, one of these."""
        if row.profile.windows != () or positions == 1:
            return sides
        whole = [(at, own) for at, own in sides if row.inputs[at][axis + 1] > 1]
        return whole or [(at, own.everywhere(positions, self.effort)) for at, own in sides[:1]]


def shifts(sizes: Shape, output: Shape) -> tuple[Axis, ...]:
    """How the axes of a tensor are cropped that meets a smaller one, or repeated where it has one position."""
    found: list[Axis] = []
    for size, kept in zip(sizes, output, strict=True):
        before = max(0, size - kept) // 2
        cropped = Window(1, padding=(-before, before - max(0, size - kept)))
        found.append(EVERYTHING if size < kept else cropped)
    return tuple(found)


def apart(one: ReceptiveField, other: ReceptiveField, *, causal: bool) -> str:
    """How another field steps or stands otherwise than one, in words; empty if it does not.

    In a `causal` network, fields may also be aligned by the last position that they see.
    """
    if one.centre is None or other.centre is None:
        return ""
    if causal and one.jump == other.jump and one.end == other.end:
        return ""
    if one.jump != other.jump:
        return f"steps by {other.jump} and not {one.jump} input positions, as does"
    distance = other.centre - one.centre
    positions = "input position" if abs(distance) == 1 else "input positions"
    return f"is centred {abs(distance)} {positions} {'after' if distance > 0 else 'before'}" if distance else ""


AXES = {2: {0: "height", 1: "width"}, 3: {0: "depth", 1: "height", 2: "width"}}
"""What axes are called that have a name, by how many there are."""
