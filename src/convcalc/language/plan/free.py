"""The names in lines of a command line that nothing defines: its symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.language.items import For, children, values
from convcalc.language.value import Value
from convcalc.language.words import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from convcalc.language.description import Description
    from convcalc.language.items import Item


def free_names(description: Description) -> list[str]:
    """The names that a description without blocks reads and does not define, in their order."""
    known = {*description.variables, *description.labels, *description.inputs, CHANNELS}
    shapes = [name.text for shape in description.inputs.values() for name in shape.names if name.text not in known]
    return list(dict.fromkeys([*shapes, *names_in(description.item, known)]))


def names_in(item: Item, known: Container[str]) -> Iterator[str]:
    """The names that an item reads, and that are not known."""
    for value in values(item):
        if isinstance(value, Value):
            yield from (name.text for name in value.names if name.text not in known)
    bound = {word.text for word, _ in item.variables} if isinstance(item, For) else set()
    for child in children(item):
        yield from (name for name in names_in(child, known) if name not in bound)
