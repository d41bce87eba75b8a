"""What can be said against a description before anything is computed: unknown words, names and kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import NOWHERE, Fault, guess, quoted
from convcalc.language.items import Entry, For, Written, children, values
from convcalc.language.value import Value, tokens
from convcalc.language.words import CHANNELS
from convcalc.layers.words import GROUPS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from convcalc.errors import Place
    from convcalc.language.description import Block, Description
    from convcalc.language.items import Item
    from convcalc.language.plan.planner import Planner
    from convcalc.language.value import Mention

WHAT_DEFAULTS_READ = "a default reads the parameters before it, the file's variables and C"


def description_faults(description: Description, planner: Planner) -> Iterator[Fault]:
    """All faults that do not hang on a number, those of blocks that nothing calls among them."""
    known: set[str] = set()
    for name, value in description.variables.items():
        for each in value if isinstance(value, tuple) else (value,):
            yield from unknown_names(each, NOWHERE, known)
        known.add(name)
    for shape in description.inputs.values():
        yield from unknown_names(shape, NOWHERE, known)
    names = known | description.labels | description.inputs.keys() | {CHANNELS}
    yield from planner.default_faults()
    for default in description.defaults.values():
        for given in values(default.entry):
            if isinstance(given, Value):
                yield from unknown_names(given, default.place, names)
    for block in description.blocks.values():
        yield from default_faults(block, known | {CHANNELS})
        yield from item_faults(block.item, NOWHERE, names | block.parameters.keys(), planner)
    yield from item_faults(description.item, NOWHERE, names, planner)


def default_faults(block: Block, known: set[str]) -> Iterator[Fault]:
    """What is wrong with the defaults of a block: each reads the parameters before it, and what is `known` anyway."""
    before = set(known)
    for parameter, default in block.parameters.items():
        if default is not None:
            behind = block.parameters.keys() - before
            for name in default.names:
                if name.text in behind:
                    which = f"{name.text}, which stands behind it" if name.text != parameter else f"{name.text} itself"
                    message = f"the default of {parameter} reads {which}"
                    yield Fault("unknown-name", message, place_of(name, default, NOWHERE), notes=(WHAT_DEFAULTS_READ,))
            yield from unknown_names(default, NOWHERE, before, told=behind)
        before.add(parameter)


def item_faults(item: Item, base: Place, names: set[str], planner: Planner) -> Iterator[Fault]:
    """The faults of an item that stands at `base`, where `names` are known, and of all within it."""
    if isinstance(item, Written):
        base = item.place
    elif isinstance(item, Entry):
        yield from planner.faults(item, base, names)
    for value in values(item):
        if isinstance(value, Value):
            yield from unknown_names(value, base, names)
    if isinstance(item, For):
        names = names | {word.text for word, _ in item.variables}
    for child in children(item):
        yield from item_faults(child, base, names, planner)


def unknown_names(value: Value, base: Place, names: Iterable[str], told: Container[str] = ()) -> Iterator[Fault]:
    """The names in a value that are none of `names`, but for those that have been `told` of."""
    for name in value.names:
        if name.text not in names and name.text not in told:
            place = place_of(name, value, base)
            alone = name.text == value.text
            known = (*names, *(GROUPS if alone else ()))
            what = "word or variable" if alone else "variable"
            sizes = name.text.split("x")
            written = all(size in names or size.isdecimal() for size in sizes)
            apart = run_together(name.text) or (len(sizes) > 1 and written)
            option = place.source.name == "--input"  # blanks divide the words of a shell
            shape = ",".join("3" if size == CHANNELS else size for size in sizes)
            divided = with_commas(value.text).replace(name.text, shape) if option else " x ".join(sizes)
            ways = (f"try: {divided}, as an x within a name divides nothing",) if apart else ()
            hint = "" if apart else guess(name.text, known)
            yield Fault("unknown-name", f"unknown {what}: {quoted(name.text)}{hint}", place, notes=ways)


def place_of(name: Mention, value: Value, base: Place) -> Place:
    """Where a name stands that a value reads, in a line that begins at `base`."""
    start = name.start if value.place else value.start + name.start
    return name.place or (value.place or base).part(start, len(name.text))


def with_commas(text: str) -> str:
    """A shape with commas between its sizes."""
    for token in reversed(tokens(text)):
        if token == ("op", "x", token.start):
            text = f"{text[: token.start].rstrip()},{text[token.start + 1 :].lstrip()}"
    return text


def run_together(name: str) -> bool:
    """Whether a name is sizes that are written without blanks, such as `nxm`."""
    sizes = name.split("x")
    return len(sizes) > 1 and all(len(size) == 1 for size in sizes)


def cycles(description: Description) -> Iterator[Fault]:
    """Blocks that call themselves, by way of others or not."""
    if not description.blocks:
        return
    from graphlib import CycleError, TopologicalSorter  # only blocks need it

    calls = {name: called(block.item, description) for name, block in description.blocks.items()}
    try:
        TopologicalSorter(calls).prepare()
    except CycleError as error:
        cycle = error.args[1][::-1]
        yield Fault(
            "endless-block", f"a block cannot call itself: {' calls '.join(cycle)}", description.blocks[cycle[0]].place
        )


def called(item: Item, description: Description) -> set[str]:
    """The blocks that an item calls."""
    own = {item.kind.text} & description.blocks.keys() if isinstance(item, Entry) else set()
    return own.union(*(called(child, description) for child in children(item)))
