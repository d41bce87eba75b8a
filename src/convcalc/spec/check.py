"""What can be said against a description before anything is computed: unknown words, names and kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import Fault
from convcalc.spec.items import Entry, For, Labelled, Sequence, Word, Written
from convcalc.spec.names import CHANNELS, GROUPS, guess
from convcalc.spec.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.errors import Place
    from convcalc.spec.document import Block, Description
    from convcalc.spec.items import Item
    from convcalc.spec.plan import Planner


def check(description: Description, planner: Planner) -> Iterator[Fault]:
    """All faults that do not hang on a number, those of blocks that nothing calls among them."""
    known: set[str] = set()
    for name, value in description.variables.items():
        for each in values_of(value):
            yield from unknown_names(each, each.place, known)
        known.add(name)
    for value in description.inputs.values():
        yield from unknown_names(value, value.place, known)
    names = known | description.labels | description.inputs.keys() | {CHANNELS}
    for written in description.defaults.values():
        yield from Checker(description, planner).values(written.item, written.place, names)
    for block in description.blocks.values():
        for default in block.parameters.values():
            if default:
                yield from unknown_names(default, default.place, known)
        yield from Checker(description, planner).item(block.item, block.place, names | block.parameters.keys())
    yield from Checker(description, planner).item(description.item, None, names)
    yield from cycles(description)


class Checker:
    """Walks items with the names that are known there."""

    def __init__(self, description: Description, planner: Planner) -> None:
        self.description = description
        self.planner = planner

    def item(self, item: Item, base: Place | None, names: set[str]) -> Iterator[Fault]:
        """The faults of an item and of all within it."""
        if isinstance(item, Written):
            yield from self.item(item.item, item.place, names)
        elif isinstance(item, Entry):
            yield from self.planner.faults(item, item.kind.place or base)  # type: ignore[arg-type]  # one of them is set
            yield from self.values(item, base, names)
            for branch in item.branches:
                yield from self.item(branch, base, names)
        elif isinstance(item, Labelled):
            yield from self.item(item.item, base, names)
        elif isinstance(item, Sequence):
            if item.times:
                yield from unknown_names(item.times, base, names)
            for each in item.items:
                yield from self.item(each, base, names)
        elif isinstance(item, For):
            for _, values in item.variables:
                for value in values_of(values):
                    yield from unknown_names(value, base, names)
            inner = names | {word.text for word, _ in item.variables}
            for part in (item.item, item.between):
                if part:
                    yield from self.item(part, base, inner)

    def values(self, entry: Item, base: Place | None, names: set[str]) -> Iterator[Fault]:
        """The unknown names that the values of an entry read."""
        if not isinstance(entry, Entry):
            return
        values: list[Value | Word] = [*entry.arguments, *(value for _, value in entry.options)]
        for value in (*values, *([entry.times] if entry.times else [])):
            if isinstance(value, Value):
                yield from unknown_names(value, base, names)


def values_of(value: Value | tuple[Value, ...]) -> tuple[Value, ...]:
    """One value or several, as several."""
    return value if isinstance(value, tuple) else (value,)


def unknown_names(value: Value, base: Place | None, names: Iterable[str]) -> Iterator[Fault]:
    """The names in a value that are none of `names`."""
    for name in value.names:
        if name.text not in names:
            place = value.place.part(name.start, len(name.text)) if value.place else None
            if base and not value.place:
                place = base.part(value.start + name.start, len(name.text))
            alone = name.text == value.text
            what = "word or variable" if alone else "variable"
            hint = guess(name.text, (*names, *(GROUPS if alone else ())))
            yield Fault(f"unknown {what}: {name.text}; {hint}" if hint else f"unknown {what}: {name.text}", place)


def cycles(description: Description) -> Iterator[Fault]:
    """Blocks that call themselves, by way of others or not."""
    calls = {name: called(block, description) for name, block in description.blocks.items()}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> Iterator[Fault]:
        if name in path:
            cycle = (*path[path.index(name) :], name)
            yield Fault(f"a block cannot call itself: {' calls '.join(cycle)}", description.blocks[name].place)
        elif name not in done:
            for next_name in calls[name]:
                yield from visit(next_name, (*path, name))
            done.add(name)

    for name in calls:
        yield from visit(name, ())


def called(block: Block, description: Description) -> list[str]:
    """The blocks that a block calls."""
    found: list[str] = []

    def walk(item: Item) -> None:
        match item:
            case Entry():
                if item.kind.text in description.blocks:
                    found.append(item.kind.text)
                for branch in item.branches:
                    walk(branch)
            case Written() | Labelled():
                walk(item.item)
            case Sequence():
                for each in item.items:
                    walk(each)
            case For():
                walk(item.item)
                if item.between:
                    walk(item.between)

    walk(block.item)
    return found
