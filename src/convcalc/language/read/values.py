"""What stands behind a key of a description: values, shapes, lists of them, and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic.expression import Name
from convcalc.language.items import Word
from convcalc.language.read.line import NAME, atom
from convcalc.language.read.tree import List, Map, Scalar
from convcalc.language.value import Value, ValueFault, joined, parse_value
from convcalc.language.words import mentioned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.language.read.faults import ReadingFaults
    from convcalc.language.read.names import GivenNames
    from convcalc.language.read.tree import Tree

UNREAD = Value("", 0, ((Name(""),),), None, ())
"""What stands for a value that could not be read: it reads what nobody has set."""


class ValueReader(NamedTuple):
    """Reads values and words; `faults` gathers those that are none."""

    faults: ReadingFaults
    names: GivenNames

    def text(self, tree: Tree) -> str:
        """A text that is not understood any further."""
        if isinstance(tree, Scalar):
            return tree.text
        self.faults.tell_of("wrong-form", "here must be a text", tree.place)
        return ""

    def pairs(self, tree: Tree | None, what: str) -> Iterator[tuple[Scalar, Tree]]:
        """The pairs of a mapping that may be missing."""
        if isinstance(tree, Map):
            yield from tree.pairs
        elif tree is not None and not (isinstance(tree, Scalar) and tree.null):
            hint = ("try: input: 3x32x32",) if what == "inputs" else ()
            self.faults.tell_of("wrong-form", f"{what} must be a mapping of names", tree.place, *hint)

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
            self.faults.tell_of("wrong-form", "here must be a number or an expression", tree.place)
            return None
        if tree.null:
            self.faults.tell_of("missing-value", "a value is missing here", tree.place)
            return None
        try:
            return parse_value(tree.text, 0, tree.place, separators)
        except ValueFault as fault:
            self.faults.tell_in(tree.place, fault)
            return None

    def shape(self, tree: Tree) -> Value | None:
        """Channels and sizes: `3x224x224`, `3, 224, 224`, or a list."""
        if not isinstance(tree, List):
            return self.value(tree, ("x", ","))
        found = [self.value(item) for item in tree.items]
        if not found:
            self.faults.tell_of("wrong-input", "an input needs channels, as in 3x224x224", tree.place)
        values = [value for value in found if value is not None]
        return joined(values, tree.place) if values and len(values) == len(found) else None

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

    def words(self, tree: Tree | None, what: str) -> Iterator[Word]:
        """One name, or a list of names."""
        for item in tree.items if isinstance(tree, List) else [] if tree is None else [tree]:
            if isinstance(item, Scalar) and NAME.fullmatch(item.text):
                yield Word(item.text, 0, item.place)
            elif not mentioned(item.place, self.names.misnamed):
                self.faults.tell_of("wrong-form", f"{what} takes a name, or a list of names", item.place)
