"""A description, read from its YAML tree: what stands under each of its keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, Place, Source, guess, quoted
from convcalc.language.description import Block, Default, Description
from convcalc.language.items import Broken, Sequence, Word
from convcalc.language.read.faults import ReadingFaults
from convcalc.language.read.line import parse_words
from convcalc.language.read.names import BLOCK, INPUT, VARIABLE, GivenNames
from convcalc.language.read.structures import ItemReader
from convcalc.language.read.tree import Map, Scalar, parse_tree
from convcalc.language.read.values import UNREAD, ValueReader
from convcalc.language.value import option_place
from convcalc.language.words import unknown_kind
from convcalc.layers.kinds import KINDS, canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.language.description import Variables
    from convcalc.language.items import Item
    from convcalc.language.read.tree import Tree
    from convcalc.language.value import Value
    from convcalc.network.limits import Limit

DESCRIPTION_KEYS = (
    "name", "source", "vars", "input", "inputs", "defaults", "blocks", "layers", "outputs", "widening", "budget",
)  # fmt: skip  # a list reads better in lines
SIGNATURE = re.compile(r"\s*+([A-Za-z_][A-Za-z0-9_]*+)\s*+(?:\((.*)\))?", re.ASCII | re.DOTALL)


def parse_description(source: Source, name: str) -> Description:
    """Read the text of a description; what could not be read is among its faults.

    Raises:
        DescriptionError: the text is no mapping in YAML.
    """
    tree = parse_tree(source)
    if tree is None or (isinstance(tree, Scalar) and tree.null):
        raise DescriptionError(Fault("no-layers", "the description is empty", Place(source, 1, 1), notes=(SKETCH,)))
    if not isinstance(tree, Map):
        raise DescriptionError(
            Fault("no-layers", "a description is a mapping with the key layers", tree.place, notes=(SKETCH,))
        )
    return DocumentReader().description(tree, name)


def parse_lines(lines: list[str], variables: Variables, inputs: Mapping[str, Value]) -> Description:
    """Read the lines of a command line, one after another, and the names that it gives to values and shapes."""
    reader = DocumentReader()
    for thing, names in (VARIABLE, variables), (INPUT, inputs):
        for name, written in names.items():
            place = option_place(name, written) or Place(Source("the command line", name), 1, 1, max(1, len(name)))
            reader.names.give(name, thing, place)
            if name != "input" or names is variables:
                reader.names.allowed(Scalar(name, place), f"the name of {thing}")
    items = []
    for number, text in enumerate(lines, 1):
        source = Source(f"--layer {number}" if len(lines) > 1 else "--layer", text)
        items.append(reader.items.line(text, Place(source, 1, 1, max(1, len(text)), divisible="\n" not in text)))
    first = Place(Source("--layer", lines[0]), 1, 1, max(1, len(lines[0]))) if lines else None
    item = Sequence(tuple(items))
    description = Description("network", variables=variables, inputs=inputs, item=item, place=first)
    return reader.finished(description)


SKETCH = "try: input: 3x224x224, and below it layers: with a list of lines such as - conv 64 3x3"
"""What to say to an author who has no layers yet."""


class DocumentReader:
    """Reads what stands under each key of a description, and gathers the faults of all of it."""

    def __init__(self) -> None:
        self.faults = ReadingFaults()
        self.names = GivenNames(self.faults)
        self.values = ValueReader(self.faults, self.names)
        self.items = ItemReader(self.faults, self.names, self.values)
        self.blocks_seen: set[str] = set()

    def description(self, tree: Map, name: str) -> Description:
        """The whole mapping."""
        for key, _ in tree.pairs:
            if key.text not in DESCRIPTION_KEYS:
                self.faults.tell_of(
                    "unknown-key", f"unknown key: {quoted(key.text)}{guess(key.text, DESCRIPTION_KEYS)}", key.place
                )
        named = tree.get("name")
        cited = tree.get("source")
        description = Description(
            name=(self.values.text(named) if named else "") or name,
            source=self.values.text(cited) if cited else "",
            variables=dict(self.variables(tree.get("vars"))),
            inputs=dict(self.inputs(tree)),
            defaults=dict(self.defaults(tree.get("defaults"))),
            blocks={block.name: block for block in self.blocks(tree.get("blocks"))},
            item=self.layers(tree),
            outputs=tuple(self.values.words(tree.get("outputs"), "outputs")),
            depths=tuple(self.depths(tree.get("widening"))),
            budget=tuple(self.budget(tree.get("budget"))),
            place=next((key.place for key, _ in tree.pairs if key.text == "layers"), tree.place),
        )
        for word in description.depths:
            if word.text not in description.variables and word.place:
                known = guess(word.text, description.variables)
                self.faults.tell_of("unknown-name", f"unknown variable: {quoted(word.text)}{known}", word.place)
        misspelt = any(key.text not in DESCRIPTION_KEYS or key.text in ("input", "inputs") for key, _ in tree.pairs)
        return self.finished(description)._replace(misspelt=misspelt)

    def finished(self, description: Description) -> Description:
        """A description with all that was found out about its names, and with all faults."""
        names = self.names
        names.distinct()
        return description._replace(
            labels=frozenset(names.labels),
            shares=frozenset(names.shares),
            misnamed=frozenset(names.misnamed),
            doubts=tuple(names.doubts.values()),
            faults=self.faults.each(),
        )

    def variables(self, tree: Tree | None) -> Iterator[tuple[str, Value | tuple[Value, ...]]]:
        """Names and their values: numbers, sizes or lists of them."""
        for key, value in self.values.pairs(tree, "vars"):
            found = self.values.listed(value)
            if self.names.allowed(key, "the name of a variable"):
                self.names.give(key.text, VARIABLE, key.place)
                yield key.text, found

    def inputs(self, tree: Map) -> Iterator[tuple[str, Value]]:
        """The shapes of `input` or `inputs`."""
        if (one := tree.get("input")) and (several := tree.get("inputs")):
            self.faults.tell_of("wrong-input", "a description has input or inputs, not both", several.place)
        elif one:
            yield "input", self.values.shape(one) or UNREAD
        for key, value in self.values.pairs(tree.get("inputs"), "inputs"):
            if key.text != "input":
                self.names.allowed(key, "the name of an input")
            self.names.give(key.text, INPUT, key.place)
            yield key.text, self.values.shape(value) or UNREAD

    def defaults(self, tree: Tree | None) -> Iterator[tuple[str, Default]]:
        """For each kind, words that its lines begin with."""
        seen: set[str] = set()
        for key, value in self.values.pairs(tree, "defaults"):
            kind = canonical(key.text)
            if kind not in KINDS:
                message, _ = unknown_kind(key.text, ())
                self.faults.tell_of("unknown-kind", message, key.place)
            elif not isinstance(value, Scalar):
                self.faults.tell_of("wrong-form", "defaults are words, such as: same bn relu", value.place)
            elif not value.null:
                entry, faults = parse_words(Word(kind, 0, key.place), value.text)
                for fault in faults:
                    self.faults.tell_in(value.place, fault)
                if entry.arguments or entry.labels or entry.times or entry.share:
                    self.faults.tell_of(
                        "wrong-form", "defaults are words and key=value, such as: same bn relu s=2", value.place
                    )
                elif kind in seen:
                    self.faults.tell_of("given-twice", f"the defaults of {kind} stand twice", key.place)
                elif not faults:
                    seen.add(kind)
                    yield kind, Default(entry, value.place)

    def blocks(self, tree: Tree | None) -> Iterator[Block]:
        """Signatures, and the items that they stand for."""
        pairs = [
            (key, value, SIGNATURE.fullmatch(key.text.rstrip())) for key, value in self.values.pairs(tree, "blocks")
        ]
        self.names.misnamed.update(key.text.split("(")[0].strip() for key, _, match in pairs if match is None)
        self.names.misnamed.discard("")
        for key, value, match in pairs:
            if match is None:
                hint = ("try: quotes around it, as YAML divides a {mapping} at commas",) if "(" in key.text else ()
                self.faults.tell_of(
                    "wrong-form",
                    f"a block begins as in bottleneck(c, s=1), but got {quoted(key.text)}",
                    key.place,
                    *hint,
                )
                continue
            before = len(self.faults)
            parameters = dict(self.parameters(match[2] or "", key.place.part(max(0, match.start(2)), 1)))
            readable = len(self.faults) == before
            item = self.items.item(value)
            name = Scalar(match[1], key.place.part(match.start(1), len(match[1])))
            if match[1] in self.blocks_seen:
                self.faults.tell_of("given-twice", f"the block {match[1]} is defined twice", name.place)
            elif self.names.allowed(name, "the name of a block"):
                self.blocks_seen.add(match[1])
                self.names.give(match[1], BLOCK, name.place)
                if readable:
                    yield Block(match[1], parameters, item, name.place)
                else:
                    self.names.misnamed.add(match[1])

    def parameters(self, text: str, place: Place) -> Iterator[tuple[str, Value | None]]:
        """The names in a signature, with their defaults."""
        seen = set()
        start = 0
        for part in signature_parts(text) if text.strip() else ():
            written, equals, default = part.partition("=")
            name = written.strip()
            here = place.part(start + len(part) - len(part.lstrip()), max(1, len(name)))
            if name in seen:
                self.faults.tell_of("given-twice", f"the parameter {name} stands twice", here)
            elif self.names.allowed(Scalar(name, here), "the name of a parameter"):
                seen.add(name)
                self.names.give(name, VARIABLE, here)
                offset = start + len(written) + 1 + len(default) - len(default.lstrip())
                default_place = place.part(offset, max(1, len(default.strip())))
                written_default = Scalar(default.strip(), default_place, not default.strip())
                yield name, (self.values.value(written_default) or UNREAD) if equals else None
            start += len(part) + 1

    def layers(self, tree: Map) -> Item:
        """What stands under `layers`."""
        found = tree.get("layers")
        if found is None:
            if all(key.text in DESCRIPTION_KEYS for key, _ in tree.pairs):
                self.faults.tell_of("no-layers", "the description has no layers", tree.place, SKETCH)
            return Broken()
        return self.items.item(found)

    def depths(self, tree: Tree | None) -> Iterator[Word]:
        """The variables that are numbers of layers: `widening: {depth: [depth]}`."""
        for key, value in self.values.pairs(tree, "widening"):
            if key.text == "depth":
                yield from self.values.words(value, "depth")
            else:
                self.faults.tell_of(
                    "unknown-key", f"unknown key: {quoted(key.text)}{guess(key.text, ('depth',))}", key.place
                )

    def budget(self, tree: Tree | None) -> Iterator[Limit]:
        """What the network may cost: `budget: {params: 5M}`."""
        if tree is not None:
            from convcalc.language.read.budget import parse_budget  # few descriptions have one

            yield from parse_budget(tree, "budget", self.faults.tell)


def signature_parts(text: str) -> Iterator[str]:
    """The parts of a signature that commas divide; those in parentheses divide nothing.

    >>> list(signature_parts("c, m=max(c, 8)"))
    ['c', ' m=max(c, 8)']
    """
    depth = start = 0
    for position, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth <= 0:
            yield text[start:position]
            start = position + 1
    yield text[start:]
