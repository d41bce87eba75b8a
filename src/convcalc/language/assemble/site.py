"""Where an item is placed: what names mean there, and how the layers made there are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from convcalc.errors import NOWHERE
from convcalc.language.items import labels_in
from convcalc.language.value import ValueFault
from convcalc.language.words import CHANNELS, TAKEN, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.arithmetic.operations import Held
    from convcalc.errors import Place
    from convcalc.language.items import Item
    from convcalc.layers.shapes import Shape


@dataclass(slots=True, eq=False)  # one is made for each node: to freeze it takes three times as long
class Tensor:
    """What a node makes; its shape is unknown after a fault."""

    name: str
    shape: Shape | None


Cursor: TypeAlias = tuple[Tensor, ...]
"""The current tensors: one, or after `from: [a, b]` and among several inputs more."""

UNKNOWN_CURSOR: Cursor = (Tensor("", None),)
"""What is current after a fault."""


class Unknown(Exception):  # no error of its own: see `name`
    """A value hangs on something that has a fault, or on a `name` that is not set."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name


class Names:
    """The names of nodes in one block: a kind and its number, after the names of the blocks around.

    `rounds` are the names of what is placed under a label in a loop, in the whole network.
    """

    def __init__(self, prefix: str = "", rounds: set[str] | None = None) -> None:
        self.prefix = prefix
        self.numbers: dict[str, int] = {}
        self.rounds: set[str] = set() if rounds is None else rounds

    def inside(self, name: str) -> Names:
        """The names of nodes in a block of this name."""
        return Names(f"{name}.", self.rounds)

    def numbered(self, word: str) -> str:
        """The next name of a kind."""
        number = self.numbers[word] = self.numbers.get(word, 0) + 1
        return f"{self.prefix}{numbered(word, number)}"


class Weights:
    """Weights that have a name, which stand for those of one layer or of several: each layer has a name of its own.

    Such a name is made when it is first needed. All that is placed with these weights has equally many `layers` that
    learn. That is None until something has been placed.
    """

    def __init__(self, fresh: Iterator[str]) -> None:
        self.names: list[str] = []
        self.fresh = fresh
        self.layers: int | None = None

    def name(self, layer: int) -> str:
        """The name of the weights of a layer, counted from 0."""
        while layer >= len(self.names):
            self.names.append(next(self.fresh))
        return self.names[layer]


class Use:
    """Something that is placed with named weights; `layers` is how many of its layers learn, so far."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.layers = 0

    def next(self) -> str:
        """The name of the weights of its next layer."""
        self.layers += 1
        return self.weights.name(self.layers - 1)


class Shares:
    """The named weights of the file, or of one use of a block, which has its own.

    Their names begin with the `prefix` of the block; none is among `taken`, which grows. Where the weights of that use
    have a name themselves, `around` hands out names: those of one use are those of the next.
    """

    def __init__(self, prefix: str, taken: set[str], around: Use | None = None) -> None:
        self.prefix = prefix
        self.taken = taken
        self.around = around
        self.found: dict[str, Weights] = {}

    def use(self, name: str) -> Use:
        """Something more that is placed with the weights of this name."""
        if name not in self.found:
            self.found[name] = Weights(self.fresh(name))
        return Use(self.found[name])

    def fresh(self, name: str) -> Iterator[str]:
        """Names for the layers of these weights: in the file, theirs is that of the first."""
        if self.around:
            while True:
                yield self.around.next()
        first = f"{self.prefix}{name}"
        if not self.prefix:
            yield first
        for made in chain([first], (f"{first}_{number}" for number in count(2))):
            if made not in self.taken and made not in TAKEN:
                self.taken.add(made)
                yield made


class Labels(dict[str, Tensor]):
    """The labels of the file, or of one use of a block: each names what it was last set to.

    Those that were set `once` stand outside of loops, and may not be set there again. `skipped` are items that a loop
    did not place, by the place of the loop: it had too few rounds, and each item comes with how many.
    """

    def __init__(self, labels: Mapping[str, Tensor] | None = None) -> None:
        super().__init__(labels or {})
        self.once: set[str] = set()
        self.skipped: dict[Place, tuple[Item, int]] = {}


class Site(NamedTuple):
    """Where an item is placed.

    The words of the item count from `base`. The `label` names the item's result; it is empty if nothing does. Labels
    that are not among `labels` are looked up `outside`. Where the site is `looped`, a label may be set again. `shares`
    are the names that weights can have, and what is placed in a `use` of one has these weights in common with all other
    uses. Variables that are `following` hold what was computed from the channels of a tensor.
    """

    variables: Mapping[str, Any]
    labels: Labels
    shares: Shares
    names: Names
    outside: Site | None = None
    looped: bool = False
    base: Place = NOWHERE
    label: str = ""
    use: Use | None = None
    following: frozenset[str] = frozenset()

    def tensor(self, label: str) -> Tensor | None:
        """The tensor that a label names, or a variable that holds a label."""
        variable = self.variables.get(label)
        if isinstance(variable, Tensor):
            return variable
        if label in self.labels:
            return self.labels[label]
        return self.outside.tensor(label) if self.outside else None

    def skipping(self, label: str) -> tuple[Place, int] | None:
        """The place of a loop that had too few rounds to set a label, and how many it had."""
        for place, (item, rounds) in self.labels.skipped.items():
            if label in labels_in(item):
                return place, rounds
        return self.outside.skipping(label) if self.outside else None

    def at(self, base: Place) -> Site:
        """This site, for words that count from `base`."""
        return self._replace(base=base)

    def within(self) -> Site:
        """The site of the parts of an item: if it has a label, they are named after it."""
        if not self.label:
            return self
        if not self.looped:
            return self._replace(names=self.names.inside(f"{self.names.prefix}{self.label}"), label="")
        name = self.names.numbered(self.label)
        self.names.rounds.add(name)
        return self._replace(names=self.names.inside(name), label="")

    def loop(self) -> Site:
        """The site of the body of a loop: each round may set the labels again."""
        return self.within()._replace(looped=True)

    def reading(self, cursor: Cursor) -> Environment:
        """What an expression can read here."""
        return Environment(self, cursor)


class Environment(Mapping[str, Any]):
    """What an expression can read: variables, `C`, and labels where a block takes them. It lists variables alone."""

    def __init__(self, site: Site, cursor: Cursor) -> None:
        self.site = site
        self.cursor = cursor

    def __contains__(self, name: object) -> bool:
        return name in self.site.variables

    def __iter__(self) -> Iterator[str]:
        return iter(self.site.variables)

    def __len__(self) -> int:
        return len(self.site.variables)

    def __getitem__(self, name: str) -> Held | Tensor:
        """The value of a name.

        Raises:
            Unknown: the current tensor is, or no label of that name is set.
            ValueFault: there is no one tensor to take channels from.
        """
        if name in self.site.variables:
            return self.site.variables[name]
        if name == CHANNELS:
            if len(self.cursor) != 1:
                raise ValueFault(
                    "several-tensors", f"{CHANNELS} needs one current tensor, but there are {len(self.cursor)}"
                )
            if self.cursor[0].shape is None:
                raise Unknown
            return self.cursor[0].shape[0]
        tensor = self.site.tensor(name)
        if tensor is None:
            raise Unknown(name)
        return tensor
