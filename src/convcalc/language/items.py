"""What a description is made of, whichever way it was written: lines, long forms, words of a command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from convcalc.errors import Place
    from convcalc.language.value import Value


@dataclass(frozen=True, slots=True)
class Word:
    """A word at `start` of its line, unless it has a `place` of its own."""

    text: str
    start: int
    place: Place | None = None

    @property
    def width(self) -> int:
        """How many characters it is written with."""
        return len(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One layer or block as its author wrote it, nothing of it understood yet.

    `conv 64 3x3/2 p=1 bn -relu *2` has the arguments `64` and `3x3/2`, the option `p`, the word `bn`,
    the negated word `relu` and `times` 2. `share` is the name of weights that other entries have, too.
    A `residual` has one or two branches: its body, and the projection that its input goes through where the body
    changes the shape.
    """

    kind: Word
    arguments: tuple[Value | Word, ...] = ()
    options: tuple[tuple[Word, Value | Word], ...] = ()
    words: tuple[Word, ...] = ()
    negated: tuple[Word, ...] = ()
    labels: tuple[Word, ...] = ()
    times: Value | None = None
    branches: tuple[Item, ...] = ()
    share: Word | None = None


class Sequence(NamedTuple):
    """Items one after another, `times` times."""

    items: tuple[Item, ...]
    times: Value | None = None


class Labelled(NamedTuple):
    """An item whose last result has a name."""

    label: Word
    item: Item


class For(NamedTuple):
    """An item for each value of the variables, which step together; `between` goes between two rounds."""

    at: Word
    variables: tuple[tuple[Word, Value | tuple[Value, ...]], ...]
    item: Item
    between: Item | None = None


class From(NamedTuple):
    """The tensors that are current from here on."""

    labels: tuple[Word, ...]


class Shared(NamedTuple):
    """An item whose weights have a name: all items of this name have them in common."""

    share: Word
    item: Item


class Written(NamedTuple):
    """An item, and the place from which the words in it count."""

    place: Place
    item: Item


class Broken:
    """What could not be read: its fault has been told, and what follows it is taken on trust."""


Item: TypeAlias = Entry | Sequence | Labelled | For | From | Shared | Written | Broken


def children(item: Item) -> tuple[Item, ...]:
    """The items right within an item."""
    match item:
        case Entry():
            return item.branches
        case Sequence():
            return item.items
        case Labelled() | Shared() | Written():
            return (item.item,)
        case For():
            return (item.item,) if item.between is None else (item.item, item.between)
        case _:
            return ()


def values(item: Item) -> tuple[Value | Word, ...]:
    """The values that an item itself reads."""
    match item:
        case Entry():
            found = (*item.arguments, *(value for _, value in item.options))
            return found if item.times is None else (*found, item.times)
        case Sequence():
            return () if item.times is None else (item.times,)
        case For():
            lists = (several if isinstance(several, tuple) else (several,) for _, several in item.variables)
            return tuple(value for several in lists for value in several)
        case _:
            return ()


def labels_in(item: Item) -> set[str]:
    """The labels that an item sets."""
    own = {item.label.text} if isinstance(item, Labelled) else set()
    return own.union(*map(labels_in, children(item)))
