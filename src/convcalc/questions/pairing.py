"""Which lines of two networks are alike, so that a new one shifts no other."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import zip_longest
from string import digits
from typing import TYPE_CHECKING, NamedTuple

from convcalc.errors import in_text
from convcalc.language.words import numbered
from convcalc.layers.options import RULES, options_of
from convcalc.questions.alignment import WINDOW, Match, Stretch, anchors, fewest_edits, heaviest, windowed

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from convcalc.layers.base import Layer
    from convcalc.network.folding import Line

MOST_PAIRS = 1_000_000
"""Pairs of lines that are weighed: of larger networks, equal lines are looked for first."""

LABELLED, DESCRIBED, NAMED, OF_KIND = 1000, 100, 10, 1
"""What speaks for a pair: a name that somebody gave, the same description, the same name, the same kind."""

SAME_ROLE = 20
"""What speaks for a pair of layers in blocks that have running numbers: the same label inside."""

SAME_SIZES, SAME_CHANNELS, SAME_LAYERS, SAME_KINDS = 50, 10, 4, 2
"""What speaks for a pair of blocks that differ: shapes in and out, and what they are made of."""


class Traits(NamedTuple):
    """What a line is, whatever its running number: what speaks for a pair of two lines.

    What is `made` is the description of a layer, and of a block its layers with the shapes that reach them. Of a block,
    `sizes` and `channels` are those of its inputs and its output.
    """

    kind: str
    label: str
    role: str
    made: Hashable
    layers: Hashable = None
    kinds: Hashable = None
    sizes: Hashable = None
    channels: Hashable = None


def traits(line: Line) -> Traits:
    """The traits of a line."""
    label = line.name if labelled(line) else ""
    if line.layer:
        role = line.word if speaking(line) and not label else ""
        return Traits(line.kind, label, role, line.description)
    layers = tuple([(row.node.kind, *settings(row.node.layer).items()) for row in line.rows])
    ends = *line.input, line.output
    return Traits(
        line.kind,
        label,
        "",
        (layers, tuple([row.inputs for row in line.rows]), ends),
        layers,
        tuple([row.node.kind for row in line.rows]),
        tuple([shape[1:] for shape in ends]),
        tuple([shape[0] for shape in ends]),
    )


def speaking(line: Line) -> bool:
    """Whether the name of a line says more than the kind of its layer and a number."""
    name = line.name.rpartition(".")[2]
    number = name[len(name.rstrip(digits)) :]
    return not number or name != numbered(line.kind, number)


def labelled(line: Line) -> bool:
    """Whether somebody has given a line its name: others have a running number, or are in a block that has one."""
    return speaking(line) and line.word == line.name


def likeness(one: Traits, other: Traits) -> int:
    """What speaks for a pair, but for its names; 0 if nothing does."""
    if one.kind != other.kind:
        return DESCRIBED if one.made == other.made else 0
    found = OF_KIND + (SAME_ROLE if one.role and one.role == other.role else 0)
    if one.made == other.made:
        return found + DESCRIBED
    if one.layers is None:
        return found
    found += SAME_LAYERS if one.layers == other.layers else SAME_KINDS if one.kinds == other.kinds else 0
    if one.sizes == other.sizes:
        found += SAME_SIZES + (SAME_CHANNELS if one.channels == other.channels else 0)
    return found


class Side:
    """The lines of one network: the place of each name, and for each line a number, the same for equal traits."""

    def __init__(self, lines: Sequence[Line], numbers: dict[Traits, int]) -> None:
        self.traits = [numbers.setdefault(traits(line), len(numbers)) for line in lines]
        self.names = [line.name for line in lines]
        self.places = {name: place for place, name in enumerate(self.names)}


class Pairing:
    """Pairs the lines of two networks, by their places."""

    def __init__(self, before: Sequence[Line], after: Sequence[Line]) -> None:
        numbers: dict[Traits, int] = {}
        self.before, self.after = Side(before, numbers), Side(after, numbers)
        self.known = list(numbers)
        self.likeness = cache(lambda one, other: likeness(self.known[one], self.known[other]))

    def pairs(self) -> Iterator[Match]:
        """Pairs of equal lines at both ends, and between these the pairs that have most for them."""
        one, other = range(len(self.before.names)), range(len(self.after.names))
        start = self.common(one, other)
        end = self.common(one[start:][::-1], other[start:][::-1])
        yield from map(Match, one[:start], other[:start])
        yield from self.between(Stretch(one[start : len(one) - end], other[start : len(other) - end]))
        yield from map(Match, one[len(one) - end :], other[len(other) - end :])

    def common(self, one: range, other: range) -> int:
        """How many lines are equal from the beginning on, their names among the rest."""
        for index, (i, j) in enumerate(zip(one, other, strict=False)):
            if self.before.names[i] != self.after.names[j] or self.before.traits[i] != self.after.traits[j]:
                return index
        return min(len(one), len(other))

    def between(self, stretch: Stretch) -> Iterator[Match]:
        """The pairs that have most for them; of long stretches, what is left between lines that are surely alike."""
        if stretch.pairs() <= MOST_PAIRS:
            yield from heaviest(stretch, self.weigh)
            return
        one = self.before.traits[stretch.one.start : stretch.one.stop]
        other = self.after.traits[stretch.other.start : stretch.other.stop]
        found = fewest_edits(one, other)
        found = anchors(one, other) if found is None else found
        matches = [(stretch.one[i], stretch.other[j]) for i, j in found]
        for gap, match in zip_longest(stretch.between(matches), matches):
            few = gap.pairs() <= WINDOW * (len(gap.one) + len(gap.other))
            yield from heaviest(gap, self.weigh) if few else windowed(gap, self.weigh)
            if match:
                yield Match(*match)

    def weigh(self, i: int, others: range) -> list[int]:
        """What speaks for a line of the first network and each of some of the second."""
        own, name = self.before.traits[i], self.before.names[i]
        found = [self.likeness(own, each) for each in self.after.traits[others.start : others.stop]]
        j = self.after.places.get(name, -1)
        if j in others:
            one, other = self.known[own], self.known[self.after.traits[j]]
            if one.label and one.label == other.label:
                found[j - others.start] += LABELLED
            elif one.kind == other.kind:
                found[j - others.start] += NAMED if one.layers is None else OF_KIND
        return found


def aligned(before: Sequence[Line], after: Sequence[Line]) -> list[tuple[Line | None, Line | None]]:
    """Each line with its like: the same pairs whichever network comes first."""
    if same_places(before, after):
        return list(zip(before, after, strict=True))
    if order(before) > order(after):
        return [(other, one) for one, other in aligned_in_order(after, before)]
    return list(aligned_in_order(before, after))


def aligned_in_order(before: Sequence[Line], after: Sequence[Line]) -> Iterator[tuple[Line | None, Line | None]]:
    """Each line with its like, where the networks are in an order that does not hang on which comes first."""
    for i, j in Pairing(before, after).pairs():
        yield None if i is None else before[i], None if j is None else after[j]


def order(lines: Sequence[Line]) -> list[tuple[str, str, str]]:
    """By what two networks are put in an order."""
    return [(line.name, line.description, "" if line.layer else repr(traits(line))) for line in lines]


def same_places(before: Sequence[Line], after: Sequence[Line]) -> bool:
    """Whether two networks are of one text, whose lines came out the same but for their numbers."""
    places = [in_text(line.result.node.place) for line in (*before[:1], *after[:1])]
    texts = {place.source.text if place else "" for place in places}
    one, other = ([(line.name, line.kind) for line in lines] for lines in (before, after))
    return len(texts) == 1 and texts != {""} and one == other


@lru_cache(maxsize=10_000)
def settings(layer: Layer) -> Mapping[str, Hashable]:
    """The options of a layer: what is the same along all axes stands there once, and a pool's stride is its kernel."""
    options = options_of(type(layer))
    found = {name: getattr(layer, name) for name in options}
    for name, other in layer.unless_given.items():
        if found[name] is None and other in found:
            found[name] = found[other]
    return {
        name: value if RULES[options[name].type].structural else one_for_all(value) for name, value in found.items()
    }


def one_for_all(value: Hashable) -> Hashable:
    """One number for all axes, or for both ends of one, where all are equal."""
    if not isinstance(value, tuple) or not value:
        return value
    parts = [one_for_all(part) for part in value]
    return parts[0] if all(part == parts[0] for part in parts) else value
