"""What differs between two networks, line by line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from convcalc.layers.options import show_value
from convcalc.layers.shapes import show_shape
from convcalc.network.measures import measured
from convcalc.questions.pairing import aligned, settings, speaking

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from convcalc.network.folding import Line
    from convcalc.network.terms import Terms


class Pair(NamedTuple):
    """A line of one network and its like in the other; one of the two is missing where it is new, or gone."""

    before: Line | None
    after: Line | None

    def number(self, measure: str, terms: Terms) -> tuple[int, int]:
        """A count before and after; 0 of what is not there."""
        before, after = (measured(measure, side.rows if side else (), terms) for side in self)
        return before, after

    def delta(self, measure: str, terms: Terms) -> int:
        """How much more it is after."""
        before, after = self.number(measure, terms)
        return after - before


@dataclass(frozen=True)
class Difference:
    """A pair that is not the same on both sides, and what changed."""

    pair: Pair
    changes: Sequence[str]

    @property
    def change(self) -> str:
        """What happened to the line."""
        if self.pair.before is None:
            return "added"
        return "removed" if self.pair.after is None else "changed"


def differences(before: Sequence[Line], after: Sequence[Line]) -> tuple[list[Difference], int]:
    """All lines that differ, in reading order, and how many are the same."""
    pairs = aligned(*(list(map(as_in_its_block, lines)) for lines in (before, after)))
    names = {one.name: other.name for one, other in pairs if one and other}
    kept = frozenset(names.values())
    found = (Difference(Pair(*pair), list(pair_changes(Pair(*pair), names, kept))) for pair in pairs)
    differing = [each for each in found if each.changes]
    return differing, len(pairs) - len(differing)


def as_in_its_block(line: Line) -> Line:
    """A line that calls shared weights as its block does, without the name of the use of the block."""
    share = line.layer.node.share if line.layer else ""
    blocks = line.name.split(".")[:-1] if share else []
    for depth in range(len(blocks), 0, -1):
        own = share.removeprefix("_".join(blocks[:depth]) + "_")
        if own != share:
            return replace(line, description=line.description.replace(f" share={share}", f" share={own}"))
    return line


def pair_changes(pair: Pair, names: Mapping[str, str], kept: Container[str]) -> Iterator[str]:
    """What changed, each thing in a few words; nothing of a pair that is the same.

    `names` has the name after of each line that is on both sides, and `kept` all these names.
    """
    before, after = pair
    if before is None or after is None:
        yield from (f"{what}: {line.description}" for what, line in (("gone", before), ("new", after)) if line)
        return
    if before.word != after.word and (speaking(before) or speaking(after)):
        yield f"renamed {before.name} → {after.name}"
    found = list(option_changes(before, after))
    yield from found
    if not (before.layer and after.layer) and block_layers(before) != block_layers(after):
        yield "layers inside differ"
    if not found and before.description != after.description:
        yield f"{before.description} → {after.description}"
    for one, other in zip(before.input, after.input, strict=False):
        if one != other:
            yield f"input {show_shape(one)} → {show_shape(other)}"
    if len(before.input) != len(after.input):
        yield f"inputs {len(before.input)} → {len(after.input)}"
    for source, now in zip(before.inputs, after.inputs, strict=False):
        moved = names.get(source, source if source not in names and now not in kept else None)
        if moved is not None and moved != now and now in kept:
            yield f"reads {source} → {now}"


def block_layers(line: Line) -> list[object]:
    """What a block is made of, layer by layer."""
    return [(row.node.kind, settings(row.node.layer), row.inputs) for row in line.rows]


def option_text(value: object) -> str:
    """The value of an option, as a description has it."""
    if value is None:
        return "unset"
    if isinstance(value, bool | str | float):
        return str(value).lower()
    return show_value(value)


def option_changes(before: Line, after: Line) -> Iterator[str]:
    """Options of a layer that differ, and what is attached to only one of two."""
    if before.layer is None or after.layer is None:
        return
    one, other = before.layer.node, after.layer.node
    if type(one.layer) is not type(other.layer) or one.kind != other.kind:
        return
    own, others = settings(one.layer), settings(other.layer)
    for name, value in own.items():
        if value != others[name]:
            yield f"{name} {option_text(value)} → {option_text(others[name])}"
    attached = [[row.node.kind for row in line.rows if row.node.host] for line in (before, after)]
    yield from (f"-{kind}" for kind in attached[0] if kind not in attached[1])
    yield from (f"+{kind}" for kind in attached[1] if kind not in attached[0])
