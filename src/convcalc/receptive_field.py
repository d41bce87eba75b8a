"""What part of the network's input each output position of a layer can see, axis by axis.

Positions in the padding are taken for positions of the input, as in the literature: a receptive field may be larger
than the input. Two things are left out of it, as they are there: the statistics of norms, and the gate that `mul`
repeats over an axis, as that of a squeeze-and-excitation. Within the field of a dilated or a transposed convolution
some positions may be read by none of its taps; where branches meet, it is the hull of what they see.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache, singledispatch
from itertools import chain, islice
from math import gcd, lcm
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from convcalc.arithmetic import ceil_div, require
from convcalc.axes import Adaptive, Axis, Blocks, Everything, Past, Stretched, TransposedWindow
from convcalc.errors import DescriptionError, Fault, RuleError
from convcalc.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from convcalc.analysis import Report, Row
    from convcalc.shapes import Shape

Span: TypeAlias = tuple[int, int]
"""The first and the last of some neighbouring positions."""


class Reach(NamedTuple):
    """Which input positions a layer reads along one axis.

    Output position `q * len(taps) + r` reads the positions `q * advance + tap`, for each tap of `taps[r]`.
    """

    taps: tuple[Sequence[int], ...]
    advance: int


@singledispatch
def reach(axis: Axis, size: int) -> Reach:
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
        spread = range(position + before, position + before - axis.extent, -axis.dilation)
        taps.append([each // axis.stride for each in spread if each % axis.stride == 0])
    return Reach(tuple(taps), 1)


@reach.register
def _(axis: Adaptive, size: int) -> Reach:
    common = gcd(axis.size, axis.output)
    advance, period = size // common, axis.output // common
    require_short(period)
    return Reach(tuple(range(r * advance // period, -(-(r + 1) * advance // period)) for r in range(period)), advance)


@reach.register
def _(axis: Stretched, size: int) -> Reach:
    step = Fraction(size, axis.output) if axis.factor is None else 1 / Fraction(axis.factor)
    if step.denominator > most_kept(axis.output):
        period, advance = axis.output, size
    else:
        period, advance = step.denominator, step.numerator
    require_short(period)
    return Reach(tuple(neighbours(position, step, axis.taps) for position in range(period)), advance)


def neighbours(position: int, step: Fraction, taps: int) -> range:
    """What a position is made of, `step` from the one before it; neighbours of weight 0 are left out."""
    if taps == 1:
        first = position * step.numerator // step.denominator
        return range(first, first + 1)
    first, beyond = divmod((2 * position + 1) * step.numerator - step.denominator, 2 * step.denominator)
    return range(first - taps // 2 + 1, first + taps // 2 + 1) if beyond else range(first, first + 1)


@reach.register
def _(axis: Blocks, _size: int) -> Reach:
    require_short(axis.size)
    return Reach((range(axis.size),) * axis.size, axis.size)


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


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What each output position sees of one axis of the network's input.

    Position `q * len(spans) + r` sees `spans[r]`, moved by `q * len(spans)` times `jump`; a span is None where nothing
    is seen. `jump` is how many input positions one output position is from the next, on average: the effective stride.
    Where it is 0, all positions that see anything see the same.
    """

    spans: tuple[Span | None, ...] = ((0, 0),)
    jump: Fraction = Fraction(1)

    @property
    def size(self) -> int:
        """Input positions from the first that is seen to the last, at most; 0 if none is."""
        return max((last - first + 1 for first, last in filter(None, self.spans)), default=0)

    @property
    def start(self) -> int | None:
        """The first input position that output position 0 sees; negative in the padding, None if it sees none."""
        return self.spans[0][0] if self.spans[0] else None

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
        following = (*self.spans[1:], self.at(len(self.spans)))
        pairs = zip(self.spans, following, strict=True)
        return all(one and two and one[0] <= two[0] and one[1] <= two[1] for one, two in pairs)

    def at(self, position: int) -> Span | None:
        """What one output position sees."""
        turns, index = divmod(position, len(self.spans))
        return moved_by(self.spans[index], turns * len(self.spans) * self.jump.numerator // self.jump.denominator)

    def through(self, reached: Reach, positions: int) -> ReceptiveField:
        """What a layer that reads this, and makes so many positions, sees."""
        period = len(self.spans)
        turns = period // gcd(period, reached.advance) if self.repeats else ceil_div(positions, len(reached.taps))
        outermost = [ends(taps) for taps in reached.taps] if self.steady else reached.taps
        reads = ((taps, turn * reached.advance) for turn in range(turns) for taps in outermost)
        most = most_kept(positions) if positions > 1 else 1
        require_short(min(most, turns * len(outermost)))
        kept = islice(reads, most)
        spans = tuple([hull(self.at(tap + moved) for tap in taps) for taps, moved in kept])
        jump = self.jump * Fraction(reached.advance, len(reached.taps)) if positions > 1 else Fraction(0)
        return ReceptiveField(reduced(spans, jump), jump)

    def everywhere(self, positions: int) -> ReceptiveField:
        """What so many positions see together, as what each of them does."""
        period = len(self.spans)
        whole: Iterable[int] = range(positions)
        if positions > 2 * period:  # the first and the last turn of the pattern reach farthest
            whole = chain(range(period), range(positions - period, positions))
        read = (0, positions - 1) if self.steady else whole
        return ReceptiveField((hull(self.at(position) for position in read),), Fraction(0))

    def joined(self, other: ReceptiveField, positions: int) -> ReceptiveField:
        """What is seen where this meets another, over so many positions."""
        if not self.jump or not other.jump:
            both = [each.everywhere(positions).at(0) for each in (self, other)]
            return ReceptiveField((hull(both),), Fraction(0))
        alike = self.jump == other.jump and self.repeats and other.repeats
        period = lcm(len(self.spans), len(other.spans)) if alike else positions
        require_short(min(period, most_kept(positions)))
        kept = range(min(period, most_kept(positions)))
        spans = tuple(hull([self.at(position), other.at(position)]) for position in kept)
        return ReceptiveField(reduced(spans, self.jump), self.jump)


LONGEST_PATTERN = 100_000
"""Positions that are told one by one, at most: no network has more, but for sizes that nobody means."""

LONGEST = 4096
"""Positions after which a pattern is cut off that is longer than its axis."""


def most_kept(positions: int) -> int:
    """How much of a pattern is kept on an axis of so many positions: enough, in any case, to know what they see."""
    return max(positions, LONGEST)


def ends(taps: Sequence[int]) -> Sequence[int]:
    """The outermost taps, which see as much as all together, where what is seen is steady."""
    return (taps[0], taps[-1]) if taps else ()


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
        DescriptionError: what the positions of a layer see repeats only after too many of them.
    """
    seen: dict[str, Fields] = {
        name: {name: tuple(ReceptiveField() for _ in shape[1:])} for name, shape in report.graph.inputs.items()
    }
    misaligned: list[str] = []
    reached = cache(reach)
    causal = any(getattr(row.node.layer, "padding", None) == "causal" for row in report.rows)
    for row in report.rows:
        try:
            seen[row.node.name] = sight(row, seen, reached, misaligned, causal=causal)
        except RuleError as error:
            raise DescriptionError(Fault(error.code, str(error), row.node.place, row.node.name)) from None
    return Sight(seen, misaligned)


def sight(
    row: Row,
    seen: Mapping[str, Fields],
    reached: Callable[[Axis, int], Reach],
    misaligned: list[str],
    *,
    causal: bool,
) -> Fields:
    """What a layer sees of each input of the network."""
    branches = [branch(row, at, seen[source], reached) for at, source in enumerate(row.node.inputs)]
    if row.node.kind == "center_crop":
        del branches[1:]
    names = dict.fromkeys(name for each in branches for name in each)
    return {name: met(row, name, branches, misaligned, causal=causal) for name in names}


def branch(row: Row, at: int, fields: Fields, reached: Callable[[Axis, int], Reach]) -> Fields:
    """What a layer sees by way of one of the tensors that it reads."""
    axes, sizes, output = row.profile.windows, row.inputs[at][1:], row.profile.output[1:]
    if axes is None or (axes and at):
        return {name: tuple(blurred(own, sizes)) for name, own in fields.items()}
    if not at and not axes:
        return fields
    if at:
        axes = shifts(sizes, output)
    made = output or (1,) * len(sizes)
    reads = [(reached(axis, size), positions) for axis, size, positions in zip(axes, sizes, made, strict=True)]
    return {
        name: tuple(field.through(*read) for field, read in zip(own, reads, strict=True))
        if len(own) == len(axes)
        else own
        for name, own in fields.items()
    }


def blurred(fields: Sequence[ReceptiveField], sizes: Shape) -> Iterator[ReceptiveField]:
    """Each position sees what all of them see, whose axes are no longer told apart; those that are gone have one."""
    for axis, field in enumerate(fields):
        yield field.everywhere(sizes[axis] if axis < len(sizes) else 1)


def shifts(sizes: Shape, output: Shape) -> tuple[Window, ...]:
    """How the axes of a tensor are cropped that meets a smaller one."""
    found = []
    for size, kept in zip(sizes, output, strict=True):
        before = max(0, size - kept) // 2
        found.append(Window(1, padding=(-before, before - max(0, size - kept))))
    return tuple(found)


def met(
    row: Row, name: str, branches: Sequence[Fields], misaligned: list[str], *, causal: bool
) -> tuple[ReceptiveField, ...]:
    """What branches see together of one input of the network."""
    output = row.profile.output[1:]
    sides = [(at, fields[name]) for at, fields in enumerate(branches) if name in fields]
    found = []
    faults: dict[str, list[str]] = {}
    for axis, first in enumerate(sides[0][1]):
        gates = [at for at, _ in sides if len(output) > axis and len(row.inputs[at]) > axis + 1]
        gates = [at for at in gates if row.inputs[at][axis + 1] == 1 < output[axis]]
        own = [(at, fields[axis]) for at, fields in sides if at not in gates] or [(0, first)]
        field = own[0][1]
        for at, other in own[1:]:
            if why := apart(own[0][1], other, causal=causal):
                one, two = row.node.inputs[own[0][0]], row.node.inputs[at]
                named = AXES.get(len(sides[0][1]), {}).get(axis, f"axis {axis + 1}")
                faults.setdefault(f"{two} {why} {one}", []).append(named)
            field = field.joined(other, output[axis] if len(output) > axis else 1)
        found.append(field)
    where = f"{row.node.place}: {row.node.name}: its branches are misaligned"
    misaligned += [f"{where}: {fault}, in {' and '.join(axes)}" for fault, axes in faults.items()]
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
