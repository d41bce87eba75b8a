"""What differs between two networks: lines that are alike are paired, so that a new one shifts no other."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from string import digits
from typing import TYPE_CHECKING, NamedTuple

from convcalc.measures import MEASURES
from convcalc.shapes import show
from convcalc.spec.names import numbered
from convcalc.spec.options import show as show_value

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from convcalc.folding import Line
    from convcalc.layers import Layer
    from convcalc.measures import Terms

MOST_PAIRS = 1_000_000
"""Pairs of lines that are weighed: of larger networks, what is left between equal ends is paired by name alone."""

LABELLED, DESCRIBED, NAMED, OF_KIND = 1000, 100, 10, 1
"""What speaks for a pair: a name that somebody gave, the same description, the same name, the same kind."""


STRUCTURAL = ("shape", "dims", "connections")
"""Options in which several numbers are not one of each axis."""


class Pair(NamedTuple):
    """A line of one network and its like in the other; one of the two is missing where it is new, or gone."""

    before: Line | None
    after: Line | None

    def number(self, measure: str, terms: Terms) -> tuple[int, int]:
        """A count before and after; 0 of what is not there."""
        before, after = (MEASURES[measure](terms, side.rows if side else ()) for side in self)
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
    found = [Difference(pair, list(changes(pair, names, kept))) for pair in pairs]
    differing = [each for each in found if each.changes]
    return differing, len(found) - len(differing)


def as_in_its_block(line: Line) -> Line:
    """A line whose weights have the name that its block gives them: in each use of the block it is another one."""
    share = line.layer.node.share if line.layer else ""
    blocks = line.name.split(".")[:-1] if share else []
    for depth in range(len(blocks), 0, -1):
        own = share.removeprefix("_".join(blocks[:depth]) + "_")
        if own != share:
            return replace(line, description=line.description.replace(f" share={share}", f" share={own}"))
    return line


def aligned(before: Sequence[Line], after: Sequence[Line]) -> list[Pair]:
    """Each line with its like: the same pairs whichever network comes first."""
    if same_places(before, after):
        return list(map(Pair, before, after))
    one, other = ([(line.name, line.description) for line in lines] for lines in (before, after))
    if one > other:
        return [Pair(second, first) for first, second in paired(after, before)]
    return list(paired(before, after))


def same_places(before: Sequence[Line], after: Sequence[Line]) -> bool:
    """Whether two networks are of one text, whose lines came out the same but for their numbers."""
    texts = {line.result.node.place.source.text if line.result.node.place else "" for line in (*before[:1], *after[:1])}
    one, other = ([(line.name, line.kind) for line in lines] for lines in (before, after))
    return len(texts) == 1 and texts != {""} and one == other


def paired(before: Sequence[Line], after: Sequence[Line]) -> Iterator[Pair]:
    """Pairs of equal lines at both ends, and between these the pairs that have most for them."""
    start = common(before, after)
    end = common(before[start:][::-1], after[start:][::-1])
    yield from map(Pair, before[:start], after[:start])
    one, other = before[start : len(before) - end], after[start : len(after) - end]
    yield from best(one, other) if len(one) * len(other) <= MOST_PAIRS else by_name(one, other)
    yield from map(Pair, before[len(before) - end :], after[len(after) - end :])


def common(before: Sequence[Line], after: Sequence[Line]) -> int:
    """How many lines are equal from the beginning on."""
    for index, (one, other) in enumerate(zip(before, after, strict=False)):
        if (one.name, one.description) != (other.name, other.description):
            return index
    return min(len(before), len(after))


def best(before: Sequence[Line], after: Sequence[Line]) -> Iterator[Pair]:
    """The pairs, in order, that together have most for them (Needleman and Wunsch 1970, J. Mol. Biol. 48, 443-453)."""
    scores = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in range(len(before) - 1, -1, -1):
        row, below = scores[i], scores[i + 1]
        for j in range(len(after) - 1, -1, -1):
            likeness = alike(before[i], after[j])
            row[j] = max(below[j], row[j + 1], below[j + 1] + likeness if likeness else 0)
    i = j = 0
    while i < len(before) and j < len(after):
        likeness = alike(before[i], after[j])
        if likeness and scores[i][j] == scores[i + 1][j + 1] + likeness:
            yield Pair(before[i], after[j])
            i, j = i + 1, j + 1
        elif scores[i][j] == scores[i + 1][j]:
            yield Pair(before[i], None)
            i += 1
        else:
            yield Pair(None, after[j])
            j += 1
    yield from (Pair(line, None) for line in before[i:])
    yield from (Pair(None, line) for line in after[j:])


def alike(one: Line, other: Line) -> int:
    """What speaks for a pair; 0 if nothing does."""
    found = OF_KIND if one.kind == other.kind else 0
    if one.name == other.name and (found or labelled(one)):
        found += LABELLED if labelled(one) else NAMED
    if one.description == other.description:
        found += DESCRIBED
    return found


def labelled(line: Line) -> bool:
    """Whether somebody has given a line its name: others have their kind and a number."""
    name = line.name.rpartition(".")[2]
    number = name[len(name.rstrip(digits)) :]
    return not number or name != numbered(line.kind, number)


def by_name(before: Sequence[Line], after: Sequence[Line]) -> Iterator[Pair]:
    """Pairs of the same name, in the order of the first network; then what is new."""
    names = {line.name: line for line in after}
    known = {line.name for line in before}
    yield from (Pair(line, names.get(line.name)) for line in before)
    yield from (Pair(None, line) for line in after if line.name not in known)


def changes(pair: Pair, names: Mapping[str, str], kept: Container[str]) -> Iterator[str]:
    """What changed, each thing in a few words; nothing of a pair that is the same.

    `names` has the name after of each line that is on both sides, and `kept` all these names.
    """
    before, after = pair
    if before is None or after is None:
        yield f"{'new' if before is None else 'gone'}: {(before or after).description}"  # type: ignore[union-attr]  # one is there
        return
    if before.name != after.name and (labelled(before) or labelled(after)):
        yield f"renamed {before.name} → {after.name}"
    found = list(option_changes(before, after))
    yield from found
    if not (before.layer and after.layer) and inside(before) != inside(after):
        yield "layers inside differ"
    if not found and before.description != after.description:
        yield f"{before.description} → {after.description}"
    for one, other in zip(before.input, after.input, strict=False):
        if one != other:
            yield f"input {show(one)} → {show(other)}"
    if len(before.input) != len(after.input):
        yield f"inputs {len(before.input)} → {len(after.input)}"
    for source, now in zip(before.inputs, after.inputs, strict=False):
        moved = names.get(source, source if source not in names and now not in kept else None)
        if moved is not None and moved != now and now in kept:
            yield f"reads {source} → {now}"


def inside(line: Line) -> list[object]:
    """What a block is made of, layer by layer."""
    return [(row.node.kind, settings(row.node.layer), row.inputs) for row in line.rows]


def settings(layer: Layer) -> dict[str, object]:
    """The options of a layer: what is the same along all axes stands there once, and a pool's stride is its kernel."""
    found = {field.name: getattr(layer, field.name) for field in fields(layer)}  # type: ignore[arg-type]  # kinds are dataclasses
    if "stride" in found and found["stride"] is None:
        found["stride"] = found["kernel_size"]
    return {name: value if name in STRUCTURAL else once(value) for name, value in found.items()}


def once(value: object) -> object:
    """One number for all axes, or for both ends of one, where all are equal."""
    if not isinstance(value, tuple) or not value:
        return value
    parts = [once(part) for part in value]
    return parts[0] if all(part == parts[0] for part in parts) else value


def shown(value: object) -> str:
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
            yield f"{name} {shown(value)} → {shown(others[name])}"
    attached = [[row.node.kind for row in line.rows if row.node.host] for line in (before, after)]
    yield from (f"-{kind}" for kind in attached[0] if kind not in attached[1])
    yield from (f"+{kind}" for kind in attached[1] if kind not in attached[0])
