"""What each layer of a network sees of its inputs, and where branches meet that look at different places.

Two things are left out, as in the literature: the statistics of norms, and the gate that `mul` repeats over an axis, as
that of a squeeze-and-excitation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from convcalc.errors import DescriptionError, Fault, RuleError
from convcalc.layers.axes import EVERYTHING
from convcalc.layers.reach import Reach, reach
from convcalc.layers.window import Window
from convcalc.network.receptive_field import Effort, ReceptiveField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from convcalc.layers.axes import AxisReading
    from convcalc.layers.shapes import Shape
    from convcalc.network.report import Report, Row

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
    reached: Callable[[AxisReading, int], Reach] = field(default_factory=lambda: cache(reach))

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
                if why := misalignment(own, other, causal=self.causal):
                    one, two = row.node.inputs[first], row.node.inputs[at]
                    named = AXIS_NAMES.get(len(sides[0][1]), {}).get(axis, f"axis {axis + 1}")
                    faults.setdefault(f"{two} {why} {one}", []).append(named)
                met = met.joined(other, self.effort)
            found.append(met)
        where = f"{row.node.located}: its branches are misaligned"
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


def shifts(sizes: Shape, output: Shape) -> tuple[AxisReading, ...]:
    """How the axes of a tensor are cropped that meets a smaller one, or repeated where it has one position."""
    found: list[AxisReading] = []
    for size, kept in zip(sizes, output, strict=True):
        before = max(0, size - kept) // 2
        cropped = Window(1, padding=(-before, before - max(0, size - kept)))
        found.append(EVERYTHING if size < kept else cropped)
    return tuple(found)


def misalignment(one: ReceptiveField, other: ReceptiveField, *, causal: bool) -> str:
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


AXIS_NAMES = {2: {0: "height", 1: "width"}, 3: {0: "depth", 1: "height", 2: "width"}}
"""What axes are called that have a name, by how many there are."""
