"""A description, read from its YAML tree: what stands under each of its keys."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from convcalc.arithmetic.expression import Name
from convcalc.errors import DescriptionError, Fault, Faults, Place, Source, guess, quoted
from convcalc.language.description import Block, Default, Description
from convcalc.language.items import Broken, Entry, For, From, Labelled, Sequence, Shared, Word, Written
from convcalc.language.read.line import NAME, atom, parse_line, parse_words
from convcalc.language.read.tree import List, Map, Scalar, parse_tree
from convcalc.language.value import Value, ValueFault, joined, option_place, parse_value
from convcalc.language.words import FOREIGN_KINDS, JOINS, LATER, MEANINGS, TAKEN, canonical, mentioned, unknown_kind
from convcalc.layers import KINDS
from convcalc.layers.words import WORDED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.language.description import Variables
    from convcalc.language.items import Item
    from convcalc.language.read.tree import Tree
    from convcalc.network.limits import Limit

KEYS = ("name", "source", "vars", "input", "inputs", "defaults", "blocks", "layers", "outputs", "widening", "budget")
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
            reader.give(name, thing, place)
            if name != "input" or names is variables:
                reader.name(Scalar(name, place), f"the name of {thing}")
    items = []
    for number, text in enumerate(lines, 1):
        source = Source(f"--layer {number}" if len(lines) > 1 else "--layer", text)
        items.append(reader.line(text, Place(source, 1, 1, max(1, len(text)), divisible="\n" not in text)))
    first = Place(Source("--layer", lines[0]), 1, 1, max(1, len(lines[0]))) if lines else None
    item = Sequence(tuple(items))
    description = Description("network", variables=variables, inputs=inputs, item=item, place=first)
    reader.distinct()
    labels, shares, doubts = frozenset(reader.labels), frozenset(reader.shares), tuple(reader.later.values())
    description = replace(description, labels=labels, shares=shares, doubts=doubts)
    return replace(description, misnamed=frozenset(reader.misnamed), faults=reader.faults.each())


SKETCH = "try: input: 3x224x224, and below it layers: with a list of lines such as - conv 64 3x3"


VARIABLE, BLOCK, INPUT, LABEL, SHARED = (
    "a variable",
    "a block",
    "an input",
    "a label",
    "the name of shared weights",
)
"""What has a name."""

THINGS = (VARIABLE, BLOCK, INPUT, LABEL)
"""What each name is at most one of."""

UNREAD = Value("", 0, ((Name(""),),), None, ())
"""What stands for a value that could not be read: it reads what nobody has set."""


class DocumentReader:
    """Reads the parts of a description and gathers their faults; names that cannot be names are `misnamed`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.labels: set[str] = set()
        self.shares: set[str] = set()
        self.blocks_seen: set[str] = set()
        self.later: dict[str, str] = {}
        self.misnamed: set[str] = set()
        self.given: dict[str, dict[str, Place]] = {}

    def description(self, tree: Map, name: str) -> Description:
        """The whole mapping."""
        for key, _ in tree.pairs:
            if key.text not in KEYS:
                self.fault("unknown-key", f"unknown key: {quoted(key.text)}{guess(key.text, KEYS)}", key.place)
        named = tree.get("name")
        cited = tree.get("source")
        description = Description(
            name=(self.text(named) if named else "") or name,
            source=self.text(cited) if cited else "",
            variables=dict(self.variables(tree.get("vars"))),
            inputs=dict(self.inputs(tree)),
            defaults=dict(self.defaults(tree.get("defaults"))),
            blocks={block.name: block for block in self.blocks(tree.get("blocks"))},
            item=self.layers(tree),
            outputs=tuple(self.words(tree.get("outputs"), "outputs")),
            depths=tuple(self.depths(tree.get("widening"))),
            budget=tuple(self.budget(tree.get("budget"))),
            place=next((key.place for key, _ in tree.pairs if key.text == "layers"), tree.place),
        )
        for word in description.depths:
            if word.text not in description.variables and word.place:
                known = guess(word.text, description.variables)
                self.fault("unknown-name", f"unknown variable: {quoted(word.text)}{known}", word.place)
        self.distinct()
        misspelt = any(key.text not in KEYS or key.text in ("input", "inputs") for key, _ in tree.pairs)
        description = replace(description, labels=frozenset(self.labels), shares=frozenset(self.shares))
        description = replace(description, misnamed=frozenset(self.misnamed), doubts=tuple(self.later.values()))
        return replace(description, faults=self.faults.each(), misspelt=misspelt)

    def fault(self, code: str, message: str, place: Place, *notes: str) -> None:
        """Remember what is wrong, and go on."""
        self.faults.tell(Fault(code, message, place, notes=notes))

    def value_fault(self, fault: ValueFault, place: Place, *notes: str) -> None:
        """Remember a fault in a text that begins at `place`."""
        self.fault(fault.code, fault.message, place.part(fault.start, fault.width), *fault.notes, *notes)

    def text(self, tree: Tree) -> str:
        """A text that is not understood any further."""
        if isinstance(tree, Scalar):
            return tree.text
        self.fault("wrong-form", "here must be a text", tree.place)
        return ""

    def pairs(self, tree: Tree | None, what: str) -> Iterator[tuple[Scalar, Tree]]:
        """The pairs of a mapping that may be missing."""
        if isinstance(tree, Map):
            yield from tree.pairs
        elif tree is not None and not (isinstance(tree, Scalar) and tree.null):
            hint = ("try: input: 3x32x32",) if what == "inputs" else ()
            self.fault("wrong-form", f"{what} must be a mapping of names", tree.place, *hint)

    def name(self, word: Scalar, what: str) -> bool:
        """Whether a name can be given; a fault says why not."""
        if not NAME.fullmatch(word.text):
            self.fault(
                "bad-name", f"{what} is letters, digits and _, no digit first, but got {quoted(word.text)}", word.place
            )
        elif word.text in TAKEN:
            self.fault("name-taken", f"{word.text} cannot be {what}: it is {TAKEN[word.text]}", word.place)
        else:
            if word.text in LATER:
                meaning = f"{word.text} has become {MEANINGS[word.text]}; as {what} it still works in this file"
                self.later.setdefault(word.text, f"{word.place}: {meaning}, but another name is clearer")
            return True
        self.misnamed.update([word.text] if word.text else [])
        return False

    def give(self, name: str, what: str, place: Place) -> None:
        """Remember what has a name, and where it got it first."""
        self.given.setdefault(name, {}).setdefault(what, place)

    def distinct(self) -> None:
        """One name is one thing: a variable, a block, an input or a label; nor are labels names of shared weights."""
        for name, places in self.given.items():
            first, *others = [what for what in THINGS if what in places] or [SHARED]
            for other in others:
                self.both(name, first, other, places)
            if SHARED in places and LABEL in places:
                way = "try: another name behind share=, the same on each item that has the same weights"
                self.both(name, LABEL, SHARED, places, way)

    def both(self, name: str, one: str, other: str, places: Mapping[str, Place], *ways: str) -> None:
        """Tell of a name that is two things, where it is the second of them."""
        first, second = one, other
        if places[one].source is places[other].source and places[one][1:] > places[other][1:]:
            first, second = other, one
        there = f"{name} is {first} at {places[first]}"
        self.fault("name-taken", f"{name} is both {one} and {other}", places[second], there, *ways)

    def variables(self, tree: Tree | None) -> Iterator[tuple[str, Value | tuple[Value, ...]]]:
        """Names and their values: numbers, sizes or lists of them."""
        for key, value in self.pairs(tree, "vars"):
            found = self.listed(value)
            if self.name(key, "the name of a variable"):
                self.give(key.text, VARIABLE, key.place)
                yield key.text, found

    def listed(self, tree: Tree) -> Value | tuple[Value, ...]:
        """A value, or a list of values; `UNREAD` if one of them has a fault."""
        if not isinstance(tree, List):
            return self.value(tree) or UNREAD
        found = [self.value(item) for item in tree.items]
        values = tuple(value for value in found if value is not None)
        return values if len(values) == len(found) else UNREAD

    def value(self, tree: Tree, separators: tuple[str, ...] = ("x",)) -> Value | None:
        """One value."""
        if not isinstance(tree, Scalar):
            self.fault("wrong-form", "here must be a number or an expression", tree.place)
            return None
        if tree.null:
            self.fault("missing-value", "a value is missing here", tree.place)
            return None
        try:
            return parse_value(tree.text, 0, tree.place, separators)
        except ValueFault as fault:
            self.value_fault(fault, tree.place)
            return None

    def inputs(self, tree: Map) -> Iterator[tuple[str, Value]]:
        """The shapes of `input` or `inputs`."""
        if (one := tree.get("input")) and (several := tree.get("inputs")):
            self.fault("wrong-input", "a description has input or inputs, not both", several.place)
        elif one:
            yield "input", self.shape(one) or UNREAD
        for key, value in self.pairs(tree.get("inputs"), "inputs"):
            if key.text != "input":
                self.name(key, "the name of an input")
            self.give(key.text, INPUT, key.place)
            yield key.text, self.shape(value) or UNREAD

    def shape(self, tree: Tree) -> Value | None:
        """Channels and sizes: `3x224x224`, `3, 224, 224`, or a list."""
        if not isinstance(tree, List):
            return self.value(tree, ("x", ","))
        found = [self.value(item) for item in tree.items]
        if not found:
            self.fault("wrong-input", "an input needs channels, as in 3x224x224", tree.place)
        values = [value for value in found if value is not None]
        return joined(values, tree.place) if values and len(values) == len(found) else None

    def defaults(self, tree: Tree | None) -> Iterator[tuple[str, Default]]:
        """For each kind, words that its lines begin with."""
        seen: set[str] = set()
        for key, value in self.pairs(tree, "defaults"):
            kind = canonical(key.text)
            if kind not in KINDS:
                message, _ = unknown_kind(key.text, ())
                self.fault("unknown-kind", message, key.place)
            elif not isinstance(value, Scalar):
                self.fault("wrong-form", "defaults are words, such as: same bn relu", value.place)
            elif not value.null:
                entry, faults = parse_words(Word(kind, 0, key.place), value.text)
                for fault in faults:
                    self.value_fault(fault, value.place)
                if entry.arguments or entry.labels or entry.times or entry.share:
                    self.fault("wrong-form", "defaults are words and key=value, such as: same bn relu s=2", value.place)
                elif kind in seen:
                    self.fault("given-twice", f"the defaults of {kind} stand twice", key.place)
                elif not faults:
                    seen.add(kind)
                    yield kind, Default(entry, value.place)

    def blocks(self, tree: Tree | None) -> Iterator[Block]:
        """Signatures, and the items that they stand for."""
        pairs = [(key, value, SIGNATURE.fullmatch(key.text.rstrip())) for key, value in self.pairs(tree, "blocks")]
        self.misnamed.update(key.text.split("(")[0].strip() for key, _, match in pairs if match is None)
        self.misnamed.discard("")
        for key, value, match in pairs:
            if match is None:
                hint = ("try: quotes around it, as YAML divides a {mapping} at commas",) if "(" in key.text else ()
                self.fault(
                    "wrong-form",
                    f"a block begins as in bottleneck(c, s=1), but got {quoted(key.text)}",
                    key.place,
                    *hint,
                )
                continue
            before = len(self.faults)
            parameters = dict(self.parameters(match[2] or "", key.place.part(max(0, match.start(2)), 1)))
            readable = len(self.faults) == before
            item = self.item(value)
            name = Scalar(match[1], key.place.part(match.start(1), len(match[1])))
            if match[1] in self.blocks_seen:
                self.fault("given-twice", f"the block {match[1]} is defined twice", name.place)
            elif self.name(name, "the name of a block"):
                self.blocks_seen.add(match[1])
                self.give(match[1], BLOCK, name.place)
                if readable:
                    yield Block(match[1], parameters, item, name.place)
                else:
                    self.misnamed.add(match[1])

    def parameters(self, text: str, place: Place) -> Iterator[tuple[str, Value | None]]:
        """The names in a signature, with their defaults."""
        seen = set()
        start = 0
        for part in apart(text) if text.strip() else ():
            written, equals, default = part.partition("=")
            name = written.strip()
            here = place.part(start + len(part) - len(part.lstrip()), max(1, len(name)))
            if name in seen:
                self.fault("given-twice", f"the parameter {name} stands twice", here)
            elif self.name(Scalar(name, here), "the name of a parameter"):
                seen.add(name)
                self.give(name, VARIABLE, here)
                offset = start + len(written) + 1 + len(default) - len(default.lstrip())
                default_place = place.part(offset, max(1, len(default.strip())))
                written_default = Scalar(default.strip(), default_place, not default.strip())
                yield name, (self.value(written_default) or UNREAD) if equals else None
            start += len(part) + 1

    def layers(self, tree: Map) -> Item:
        """What stands under `layers`."""
        found = tree.get("layers")
        if found is None:
            if all(key.text in KEYS for key, _ in tree.pairs):
                self.fault("no-layers", "the description has no layers", tree.place, SKETCH)
            return Broken()
        return self.item(found)

    def item(self, tree: Tree) -> Item:
        """One item, in any of its forms."""
        if isinstance(tree, List):
            return Sequence(tuple(self.item(item) for item in tree.items))
        if isinstance(tree, Scalar):
            return self.line(tree.text, tree.place)
        keys = {key.text: key for key, _ in tree.pairs}
        for structure, read in STRUCTURE_READERS.items():
            if structure in keys:
                return read(self, tree)
        if len(tree.pairs) != 1:
            self.fault(
                "wrong-form",
                f"an item has one key, its label or its kind, but here are {', '.join(map(quoted, keys))}",
                tree.place,
            )
            return Broken()
        ((key, value),) = tree.pairs
        return self.keyed(key, value)

    def line(self, text: str, place: Place) -> Item:
        """An item that is a line."""
        line = parse_line(text, frozenset(self.later))
        reads = () if place.divisible else (f"it reads: {quoted(text)}",)
        for fault in line.faults:
            if not mentioned(place.part(fault.start, fault.width), self.misnamed):
                self.value_fault(fault, place, *reads)
        for label in line.labels:
            self.label(Scalar(label.text, place.part(label.start, label.width)))
        for share in line.shares:
            self.share_name(Scalar(share.text, place.part(share.start, share.width)))
        return Written(place, line.item)

    def share_name(self, word: Scalar) -> None:
        """Remember the name of shared weights."""
        self.name(word, SHARED)
        self.give(word.text, SHARED, word.place)
        self.shares.add(word.text)

    def label(self, word: Scalar) -> None:
        """Remember a label."""
        self.name(word, LABEL)
        self.give(word.text, LABEL, word.place)
        self.labels.add(word.text)

    def keyed(self, key: Scalar, value: Tree) -> Item:
        """What stands behind one key: the branches of a join, the options of a kind, or a labelled item."""
        word = Word(key.text, 0, key.place)
        if key.text in JOINS:
            if isinstance(value, List):
                return Entry(word, branches=tuple(self.item(item) for item in value.items))
            self.fault("wrong-form", f"{key.text} takes a list of branches, indented below it", key.place)
            return Broken()
        options = isinstance(value, Map) and key.text.lower() in FOREIGN_KINDS
        if options or (canonical(key.text) in KINDS and (key.text not in LATER or isinstance(value, Map))):
            return self.long_form(word, key, value)
        self.label(key)
        return Labelled(word, self.item(value))

    def long_form(self, word: Word, key: Scalar, value: Tree) -> Item:
        """`KIND: {option: value, …}`."""
        if not isinstance(value, Map):
            written = f"{key.text} {value.text}" if isinstance(value, Scalar) else f"{key.text}: {{option: value}}"
            self.fault("wrong-form", f"{key.text} takes a mapping of options here", value.place, f"try: - {written}")
            return Broken()
        options: list[tuple[Word, Value | Word]] = []
        words: list[Word] = []
        share = None
        for option, tree in value.pairs:
            name = Word(option.text, 0, option.place)
            if option.text == "share":
                share = self.shared(tree)
                continue
            if option.text in WORDED and isinstance(tree, Scalar) and NAME.fullmatch(tree.text):
                options.append((name, Word(tree.text, 0, tree.place)))
                continue
            if option.text in ("norm", "activation"):
                options.extend((name, word) for word in self.words(tree, option.text))
            elif option.text == "fixed" and isinstance(tree, Scalar) and tree.text in ("true", "false"):
                words.extend([Word("fixed", 0, tree.place)] if tree.text == "true" else [])
            elif (found := self.option(tree)) is not None:
                options.append((name, found))
        return Entry(word, options=tuple(options), words=tuple(words), share=share)

    def shared(self, tree: Tree) -> Word | None:
        """The name of shared weights."""
        if not isinstance(tree, Scalar) or tree.null:
            self.fault("wrong-form", "share takes a name", tree.place)
            return None
        self.share_name(tree)
        return Word(tree.text, 0, tree.place)

    def sharing(self, tree: Map) -> Item:
        """`share: NAME  do: item`."""
        parts = self.parts(tree, "share", "do")
        key, named = parts["share"]
        share = self.shared(named)
        if "do" not in parts:
            self.fault("incomplete-item", "share needs do", key.place, "try: share=NAME behind a layer or a block")
        elif share is not None:
            return Shared(share, self.item(parts["do"][1]))
        return Broken()

    def option(self, tree: Tree) -> Value | Word | None:
        """The value of an option in the long form: a word, a number, or a list of numbers or pairs."""
        if isinstance(tree, List):
            pairs = [self.shape(item) if isinstance(item, List) else self.value(item) for item in tree.items]
            found = [pair for pair in pairs if pair is not None]
            return joined(found, tree.place) if found and len(found) == len(tree.items) else None
        if isinstance(tree, Scalar) and not tree.null and isinstance(found_word := self.atom(tree), Word):
            return found_word
        return self.value(tree)

    def atom(self, tree: Scalar) -> Value | Word | None:
        """A word of the language, if the text is one."""
        try:
            found = atom(tree.text, 0)
        except ValueFault:
            return None
        return Word(found.text, 0, tree.place) if isinstance(found, Word) else None

    def depths(self, tree: Tree | None) -> Iterator[Word]:
        """The variables that are numbers of layers: `widening: {depth: [depth]}`."""
        for key, value in self.pairs(tree, "widening"):
            if key.text == "depth":
                yield from self.words(value, "depth")
            else:
                self.fault("unknown-key", f"unknown key: {quoted(key.text)}{guess(key.text, ('depth',))}", key.place)

    def budget(self, tree: Tree | None) -> Iterator[Limit]:
        """What the network may cost: `budget: {params: 5M}`."""
        if tree is not None:
            from convcalc.language.read.budget import parse_budget  # few descriptions have one

            yield from parse_budget(tree, "budget", self.faults.tell)

    def words(self, tree: Tree | None, what: str) -> Iterator[Word]:
        """One name, or a list of names."""
        for item in tree.items if isinstance(tree, List) else [] if tree is None else [tree]:
            if isinstance(item, Scalar) and NAME.fullmatch(item.text):
                yield Word(item.text, 0, item.place)
            elif not mentioned(item.place, self.misnamed):
                self.fault("wrong-form", f"{what} takes a name, or a list of names", item.place)

    def residual(self, tree: Map) -> Item:
        """`residual: item  (project: item | shortcut: item)?  act: kind?`; with a shortcut it is an `add` of both."""
        parts = self.parts(tree, "residual", "project", "shortcut", "act")
        branches = [self.item(parts[key][1]) for key in ("residual", "project", "shortcut") if key in parts]
        if "project" in parts and "shortcut" in parts:
            ways = (
                "try: project alone, for where the body changes the shape, or shortcut alone, for a branch in any case",
            )
            self.fault(
                "wrong-form", "a residual takes project or shortcut, not both", parts["shortcut"][0].place, *ways
            )
            return Broken()
        options: list[tuple[Word, Value | Word]] = []
        if "act" in parts:
            key, act = parts["act"]
            options = [(Word("activation", 0, key.place), word) for word in self.words(act, "act")]
        key = parts["residual"][0]
        kind = "add" if "shortcut" in parts else "residual"
        return Entry(Word(kind, 0, key.place), options=tuple(options), branches=tuple(branches))

    def repeat(self, tree: Map) -> Item:
        """`repeat: N  do: item`."""
        parts = self.parts(tree, "repeat", "do")
        times = self.value(parts["repeat"][1])
        if "do" not in parts:
            self.fault("incomplete-item", "repeat needs do", parts["repeat"][0].place)
        elif times is not None:
            return Sequence((self.item(parts["do"][1]),), times)
        return Broken()

    def loop(self, tree: Map) -> Item:
        """`for: {var: list, …}  do: item  between: item?`."""
        parts = self.parts(tree, "for", "do", "between")
        key, lists = parts["for"]
        pairs = [(name, self.listed(tree)) for name, tree in self.pairs(lists, "for")]
        named = [(name, values) for name, values in pairs if self.name(name, "the name of a variable")]
        variables = tuple((Word(name.text, 0, name.place), values) for name, values in named)
        for name, _ in named:
            self.give(name.text, VARIABLE, name.place)
        if "do" not in parts:
            self.fault("incomplete-item", "for needs do", key.place)
            return Broken()
        item = self.item(parts["do"][1])
        between = self.item(parts["between"][1]) if "between" in parts else None
        if not pairs:
            self.fault("incomplete-item", "for needs a variable and its list, as in for: {c: [64, 128]}", key.place)
        if not variables or len(variables) < len(pairs):
            return Broken()
        return For(Word("for", 0, key.place), variables, item, between)

    def move(self, tree: Map) -> Item:
        """`from: LABEL | [LABEL, …]`."""
        key, labels = self.parts(tree, "from")["from"]
        found = tuple(self.words(labels, "from"))
        if isinstance(labels, List) and not labels.items:
            self.fault("incomplete-item", "from needs a label", key.place)
        return From(found) if found else Broken()

    def parts(self, tree: Map, *keys: str) -> dict[str, tuple[Scalar, Tree]]:
        """The pairs of a structure, which has only these keys."""
        for key, _ in tree.pairs:
            if key.text not in keys:
                way = f"try: {keys[0]} in an item of its own"
                self.fault(
                    "unknown-key",
                    f"{quoted(key.text)} cannot stand beside {keys[0]}{guess(key.text, keys[1:])}",
                    key.place,
                    way,
                )
        return {key.text: (key, value) for key, value in tree.pairs}


def apart(text: str) -> Iterator[str]:
    """The parts of a signature that commas divide; those in parentheses divide nothing.

    >>> list(apart("c, m=max(c, 8)"))
    ['c', ' m=max(c, 8)']
    """
    depth = start = 0
    for position, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth <= 0:
            yield text[start:position]
            start = position + 1
    yield text[start:]


STRUCTURE_READERS = {
    "residual": DocumentReader.residual,
    "repeat": DocumentReader.repeat,
    "for": DocumentReader.loop,
    "from": DocumentReader.move,
    "share": DocumentReader.sharing,
}
