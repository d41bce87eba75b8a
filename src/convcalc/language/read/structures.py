"""The items of a description, in any form: lines, long forms, and structures such as `residual` and `repeat`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcalc.errors import guess, quoted
from convcalc.language.items import Broken, Entry, For, From, Labelled, Sequence, Shared, Word, Written
from convcalc.language.read.line import NAME, parse_line
from convcalc.language.read.names import VARIABLE
from convcalc.language.read.tree import List, Map, Scalar
from convcalc.language.words import LATER, mentioned
from convcalc.layers.kinds import FOREIGN_KINDS, JOINS, KINDS, SUM, canonical
from convcalc.layers.words import WORDED

if TYPE_CHECKING:
    from convcalc.errors import Place
    from convcalc.language.items import Item
    from convcalc.language.read.faults import ReadingFaults
    from convcalc.language.read.names import GivenNames
    from convcalc.language.read.tree import Tree
    from convcalc.language.read.values import ValueReader
    from convcalc.language.value import Value


class ItemReader(NamedTuple):
    """Reads items, of which each form has a method."""

    faults: ReadingFaults
    names: GivenNames
    values: ValueReader

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
            self.faults.tell_of(
                "wrong-form",
                f"an item has one key, its label or its kind, but here are {', '.join(map(quoted, keys))}",
                tree.place,
            )
            return Broken()
        ((key, value),) = tree.pairs
        return self.keyed(key, value)

    def line(self, text: str, place: Place) -> Item:
        """An item that is a line."""
        line = parse_line(text, frozenset(self.names.doubts))
        reads = () if place.divisible else (f"it reads: {quoted(text)}",)
        for fault in line.faults:
            if not mentioned(place.part(fault.start, fault.width), self.names.misnamed):
                self.faults.tell_in(place, fault, *reads)
        for label in line.labels:
            self.names.give_label(Scalar(label.text, place.part(label.start, label.width)))
        for share in line.shares:
            self.names.give_share(Scalar(share.text, place.part(share.start, share.width)))
        return Written(place, line.item)

    def keyed(self, key: Scalar, value: Tree) -> Item:
        """What stands behind one key: the branches of a join, the options of a kind, or a labelled item."""
        word = Word(key.text, 0, key.place)
        if key.text in JOINS:
            if isinstance(value, List):
                return Entry(word, branches=tuple(self.item(item) for item in value.items))
            self.faults.tell_of("wrong-form", f"{key.text} takes a list of branches, indented below it", key.place)
            return Broken()
        options = isinstance(value, Map) and key.text.lower() in FOREIGN_KINDS
        if options or (canonical(key.text) in KINDS and (key.text not in LATER or isinstance(value, Map))):
            return self.long_form(word, key, value)
        self.names.give_label(key)
        return Labelled(word, self.item(value))

    def long_form(self, word: Word, key: Scalar, value: Tree) -> Item:
        """`KIND: {option: value, …}`."""
        if not isinstance(value, Map):
            written = f"{key.text} {value.text}" if isinstance(value, Scalar) else f"{key.text}: {{option: value}}"
            self.faults.tell_of(
                "wrong-form", f"{key.text} takes a mapping of options here", value.place, f"try: - {written}"
            )
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
                options.extend((name, word) for word in self.values.words(tree, option.text))
            elif option.text == "fixed" and isinstance(tree, Scalar) and tree.text in ("true", "false"):
                words.extend([Word("fixed", 0, tree.place)] if tree.text == "true" else [])
            elif (found := self.values.option(tree)) is not None:
                options.append((name, found))
        return Entry(word, options=tuple(options), words=tuple(words), share=share)

    def shared(self, tree: Tree) -> Word | None:
        """The name of shared weights."""
        if not isinstance(tree, Scalar) or tree.null:
            self.faults.tell_of("wrong-form", "share takes a name", tree.place)
            return None
        self.names.give_share(tree)
        return Word(tree.text, 0, tree.place)

    def residual(self, tree: Map) -> Item:
        """`residual: item  (project: item | shortcut: item)?  act: kind?`; with a shortcut it is an `add` of both."""
        parts = self.parts(tree, "residual", "project", "shortcut", "act")
        branches = [self.item(parts[key][1]) for key in ("residual", "project", "shortcut") if key in parts]
        if "project" in parts and "shortcut" in parts:
            ways = (
                "try: project alone, for where the body changes the shape, or shortcut alone, for a branch in any case",
            )
            self.faults.tell_of(
                "wrong-form", "a residual takes project or shortcut, not both", parts["shortcut"][0].place, *ways
            )
            return Broken()
        options: list[tuple[Word, Value | Word]] = []
        if "act" in parts:
            key, act = parts["act"]
            options = [(Word("activation", 0, key.place), word) for word in self.values.words(act, "act")]
        key = parts["residual"][0]
        kind = SUM if "shortcut" in parts else "residual"
        return Entry(Word(kind, 0, key.place), options=tuple(options), branches=tuple(branches))

    def repeat(self, tree: Map) -> Item:
        """`repeat: N  do: item`."""
        parts = self.parts(tree, "repeat", "do")
        times = self.values.value(parts["repeat"][1])
        if "do" not in parts:
            self.faults.tell_of("incomplete-item", "repeat needs do", parts["repeat"][0].place)
        elif times is not None:
            return Sequence((self.item(parts["do"][1]),), times)
        return Broken()

    def loop(self, tree: Map) -> Item:
        """`for: {var: list, …}  do: item  between: item?`."""
        parts = self.parts(tree, "for", "do", "between")
        key, lists = parts["for"]
        pairs = [(name, self.values.listed(tree)) for name, tree in self.values.pairs(lists, "for")]
        named = [(name, values) for name, values in pairs if self.names.allowed(name, "the name of a variable")]
        variables = tuple((Word(name.text, 0, name.place), values) for name, values in named)
        for name, _ in named:
            self.names.give(name.text, VARIABLE, name.place)
        if "do" not in parts:
            self.faults.tell_of("incomplete-item", "for needs do", key.place)
            return Broken()
        item = self.item(parts["do"][1])
        between = self.item(parts["between"][1]) if "between" in parts else None
        if not pairs:
            self.faults.tell_of(
                "incomplete-item", "for needs a variable and its list, as in for: {c: [64, 128]}", key.place
            )
        if not variables or len(variables) < len(pairs):
            return Broken()
        return For(Word("for", 0, key.place), variables, item, between)

    def move(self, tree: Map) -> Item:
        """`from: LABEL | [LABEL, …]`."""
        key, labels = self.parts(tree, "from")["from"]
        found = tuple(self.values.words(labels, "from"))
        if isinstance(labels, List) and not labels.items:
            self.faults.tell_of("incomplete-item", "from needs a label", key.place)
        return From(found) if found else Broken()

    def sharing(self, tree: Map) -> Item:
        """`share: NAME  do: item`."""
        parts = self.parts(tree, "share", "do")
        key, named = parts["share"]
        share = self.shared(named)
        if "do" not in parts:
            self.faults.tell_of(
                "incomplete-item", "share needs do", key.place, "try: share=NAME behind a layer or a block"
            )
        elif share is not None:
            return Shared(share, self.item(parts["do"][1]))
        return Broken()

    def parts(self, tree: Map, *keys: str) -> dict[str, tuple[Scalar, Tree]]:
        """The pairs of a structure, which has only these keys."""
        for key, _ in tree.pairs:
            if key.text not in keys:
                way = f"try: {keys[0]} in an item of its own"
                self.faults.tell_of(
                    "unknown-key",
                    f"{quoted(key.text)} cannot stand beside {keys[0]}{guess(key.text, keys[1:])}",
                    key.place,
                    way,
                )
        return {key.text: (key, value) for key, value in tree.pairs}


STRUCTURE_READERS = {
    "residual": ItemReader.residual,
    "repeat": ItemReader.repeat,
    "for": ItemReader.loop,
    "from": ItemReader.move,
    "share": ItemReader.sharing,
}
"""How an item is read that has one of these keys."""
