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
from math import gcd, lcm
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from convcalc.axes import Adaptive, Axis, Blocks, Everything, Past, Stretched, TransposedWindow
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
    taps = []
    for position in range(axis.stride):
        spread = range(position + before, position + before - axis.extent, -axis.dilation)
        taps.append([each // axis.stride for each in spread if each % axis.stride == 0])
    return Reach(tuple(taps), 1)


@reach.register
def _(axis: Adaptive, size: int) -> Reach:
    common = gcd(axis.size, axis.output)
    advance, period = size // common, axis.output // common
    return Reach(tuple(range(r * advance // period, -(-(r + 1) * advance // period)) for r in range(period)), advance)


@reach.register
def _(axis: Stretched, size: int) -> Reach:
    common = gcd(size, axis.output)
    advance, period = size // common, axis.output // common
    taps = []
    for position in range(period):
        if axis.taps == 1:
            first = position * advance // period
        else:
            middle = Fraction(2 * position + 1, 2) * Fraction(advance, period) - Fraction(1, 2)
            first = middle.__floor__() - axis.taps // 2 + 1
        taps.append(range(first, first + axis.taps))
    return Reach(tuple(taps), advance)


@reach.register
def _(axis: Blocks, _size: int) -> Reach:
    return Reach((range(axis.size),) * axis.size, axis.size)


@reach.register
def _(_axis: Everything, size: int) -> Reach:
    return Reach((range(size),), 0)


@reach.register
def _(_axis: Past, size: int) -> Reach:
    return Reach(tuple(range(position + 1) for position in range(size)), size)


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What each output position sees of one axis of the network's input.

    Position `q * len(spans) + r` sees `spans[r]`, moved by `q * advance`; a span is None where nothing is seen. With
    no advance, all positions see the same.
    """

    spans: tuple[Span | None, ...] = ((0, 0),)
    advance: int = 1

    @property
    def size(self) -> int:
        """Input positions from the first that is seen to the last, at most; 0 if none is."""
        return max((last - first + 1 for first, last in filter(None, self.spans)), default=0)

    @property
    def jump(self) -> Fraction:
        """Input positions from one output position to the next, on average: the effective stride."""
        return Fraction(self.advance, len(self.spans))

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
        if not seen or not self.advance:
            return None
        middles = [Fraction(sum(span), 2) - index * self.jump for index, span in seen]
        return sum(middles, Fraction(0)) / len(middles)

    def at(self, position: int) -> Span | None:
        """What one output position sees."""
        turns, index = divmod(position, len(self.spans))
        span = self.spans[index]
        return span and (span[0] + turns * self.advance, span[1] + turns * self.advance)

    def through(self, reached: Reach) -> ReceptiveField:
        """What a layer that reads this sees."""
        period = len(self.spans)
        turns = period // gcd(period, reached.advance)
        spans = []
        for turn in range(turns):
            for taps in reached.taps:
                moved = [tap + turn * reached.advance for tap in (ends(taps) if period == 1 else taps)]
                spans.append(hull(self.at(tap) for tap in moved))
        return ReceptiveField(*reduced(tuple(spans), turns * reached.advance * self.advance // period))

    def everywhere(self, positions: int) -> ReceptiveField:
        """What so many positions see together, as what each of them does."""
        period = len(self.spans)
        ends = range(positions) if period > 1 else (0, positions - 1)
        return ReceptiveField((hull(self.at(position) for position in ends),), 0)

    def joined(self, other: ReceptiveField, positions: int) -> ReceptiveField:
        """What is seen where this meets another, over so many positions."""
        if not self.advance or not other.advance:
            whole, moving = (self, other) if not self.advance else (other, self)
            return ReceptiveField((hull([whole.at(0), moving.everywhere(positions).at(0)]),), 0)
        if self.jump == other.jump:
            period = lcm(len(self.spans), len(other.spans))
            advance = int(self.jump * period)
        else:
            period, advance = positions, int(self.jump * positions)
        both = tuple(hull([self.at(position), other.at(position)]) for position in range(period))
        return ReceptiveField(*reduced(both, advance))


def ends(taps: Sequence[int]) -> Sequence[int]:
    """The outermost taps, which see as much as all, where each position sees as much as the next."""
    return (min(taps), max(taps)) if taps else ()


def hull(spans: Iterable[Span | None]) -> Span | None:
    """The least span that holds all of some."""
    seen = [span for span in spans if span]
    return (min(first for first, _ in seen), max(last for _, last in seen)) if seen else None


def reduced(spans: tuple[Span | None, ...], advance: int) -> tuple[tuple[Span | None, ...], int]:
    """The same pattern with the shortest period."""
    period = len(spans)
    for shorter in range(1, period):
        if period % shorter == 0 and advance * shorter % period == 0:
            moved = advance * shorter // period
            if all(spans[at] == moved_by(spans[at - shorter], moved) for at in range(shorter, period)):
                return spans[:shorter], moved
    return spans, advance


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
    """What each layer of a network sees of its inputs, and warnings of branches that are not centred alike."""
    seen: dict[str, Fields] = {
        name: {name: tuple(ReceptiveField() for _ in shape[1:])} for name, shape in report.graph.inputs.items()
    }
    misaligned: list[str] = []
    reached = cache(reach)
    for row in report.rows:
        branches = [branch(row, at, seen[source], reached) for at, source in enumerate(row.node.inputs)]
        if row.node.kind == "center_crop":
            del branches[1:]
        names = dict.fromkeys(name for each in branches for name in each)
        seen[row.node.name] = {name: met(row, name, branches, misaligned) for name in names}
    return Sight(seen, misaligned)


def branch(row: Row, at: int, fields: Fields, reached: Callable[[Axis, int], Reach]) -> Fields:
    """What a layer sees by way of one of the tensors that it reads."""
    axes, sizes = row.profile.windows, row.inputs[at][1:]
    if axes is None or (axes and at):
        return {name: tuple(blurred(own, sizes)) for name, own in fields.items()}
    if not at and not axes:
        return fields
    if at:
        axes = shifts(sizes, row.profile.output[1:])
    return {
        name: tuple(through(*each, reached) for each in zip(own, axes, sizes, strict=True))
        if len(own) == len(axes)
        else own
        for name, own in fields.items()
    }


def through(field: ReceptiveField, axis: Axis, size: int, reached: Callable[[Axis, int], Reach]) -> ReceptiveField:
    """What is seen through one axis of a layer; where it makes a single position, there is no other to step to."""
    seen = field.through(reached(axis, size))
    alone = isinstance(axis, Window) and axis.positions(size) == 1
    return seen.everywhere(1) if alone else seen


def blurred(fields: Sequence[ReceptiveField], sizes: Shape) -> Iterator[ReceptiveField]:
    """Each position sees what all of them see, whose axes are no longer told apart."""
    for axis, field in enumerate(fields):
        yield field.everywhere(sizes[axis]) if field.advance and axis < len(sizes) else field


def shifts(sizes: Shape, output: Shape) -> tuple[Window, ...]:
    """How the axes of a tensor are cropped that meets a smaller one."""
    found = []
    for size, kept in zip(sizes, output, strict=True):
        before = max(0, size - kept) // 2
        found.append(Window(1, padding=(-before, before - max(0, size - kept))))
    return tuple(found)


def met(row: Row, name: str, branches: Sequence[Fields], misaligned: list[str]) -> tuple[ReceptiveField, ...]:
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
            if why := apart(field, other):
                one, two = row.node.inputs[own[0][0]], row.node.inputs[at]
                named = AXES.get(len(sides[0][1]), {}).get(axis, f"axis {axis + 1}")
                faults.setdefault(f"{two} {why} {one}", []).append(named)
            field = field.joined(other, output[axis] if len(output) > axis else 1)
        found.append(field)
    where = f"{row.node.place}: {row.node.name}: its branches are misaligned"
    misaligned += [f"{where}: {fault}, in {' and '.join(axes)}" for fault, axes in faults.items()]
    return tuple(found)


def apart(one: ReceptiveField, other: ReceptiveField) -> str:
    """How another field steps or stands otherwise than one, in words; empty if it does not.

    Causal layers are aligned by the last position that they see.
    """
    if one.centre is None or other.centre is None:
        return ""
    if one.jump == other.jump and one.end == other.end:
        return ""
    if one.jump != other.jump:
        return f"steps by {other.jump} and not {one.jump} input positions, as does"
    distance = other.centre - one.centre
    return f"is centred {abs(distance)} input positions {'after' if distance > 0 else 'before'}" if distance else ""


AXES = {2: {0: "height", 1: "width"}, 3: {0: "depth", 1: "height", 2: "width"}}
"""What axes are called that have a name, by how many there are."""
