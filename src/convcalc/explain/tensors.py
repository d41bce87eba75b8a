"""Tensors that somebody gives: a file in YAML or JSON, with nested lists of numbers under the name of each."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from convcalc.arithmetic.amounts import SIGNED_NUMBER
from convcalc.errors import DescriptionError, Fault, Faults, guess, quoted
from convcalc.language.read.tree import List, Map, Scalar, parse_tree
from convcalc.layers.shapes import show_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from convcalc.errors import Source
    from convcalc.language.read.tree import Tree

TENSORS_HINT = "such as input: [[[1, 2], [3, 4]]], with a list for each axis"
"""What a file of tensors looks like."""


def parse_tensors(
    source: Source, shapes: Mapping[str, Sequence[int]]
) -> dict[str, dict[tuple[int, ...], int | Fraction]]:
    """The numbers of each tensor that a file gives, exactly, by their indices.

    Raises:
        DescriptionError: it is none of those that have `shapes`, or has another shape, or something is no number.
    """
    tree = parse_tree(source)
    if not isinstance(tree, Map):
        raise DescriptionError(Fault("wrong-tensor", f"{quoted(source.name)} has no tensors", notes=(TENSORS_HINT,)))
    faults = Faults()
    found = {}
    for key, held in tree.pairs:
        if key.text not in shapes:
            message = f"unknown tensor: {quoted(key.text)}{guess(key.text, shapes)}"
            faults.tell(Fault("wrong-tensor", message, key.place))
            continue
        found[key.text] = dict(TensorReader(key.text, tuple(shapes[key.text]), faults).entries(held, ()))
    faults.stop()
    return found


class TensorReader:
    """Reads one tensor."""

    def __init__(self, name: str, shape: tuple[int, ...], faults: Faults) -> None:
        self.name = quoted(name)
        self.shape = shape
        self.faults = faults

    def entries(self, tree: Tree, at: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], int | Fraction]]:
        """The numbers below one of its lists, each with its index."""
        if len(at) == len(self.shape):
            match = SIGNED_NUMBER.fullmatch(tree.text) if isinstance(tree, Scalar) else None
            if match is None:
                self.misplaced(tree, at, "a number")
            else:
                number = Fraction(match[0].replace("_", ""))
                yield at, int(number) if number.denominator == 1 else number
        elif isinstance(tree, List) and len(tree.items) == self.shape[len(at)]:
            for index, item in enumerate(tree.items):
                yield from self.entries(item, (*at, index))
        else:
            self.misplaced(tree, at, f"a list of {self.shape[len(at)]}")

    def misplaced(self, tree: Tree, at: tuple[int, ...], wanted: str) -> None:
        """Tell of a part that has another form."""
        where = f"[{','.join(map(str, at))}]" if at else ""
        rule = f"{self.name}{where} must be {wanted}, as {self.name} is {show_shape(self.shape)}"
        self.faults.tell(Fault("wrong-tensor", f"{rule}, but got {got(tree)}", tree.place, notes=(TENSORS_HINT,)))


def got(tree: Tree) -> str:
    """What stands in a tensor, in words."""
    match tree:
        case Scalar():
            return quoted(tree.text) or "nothing"
        case List():
            return f"a list of {len(tree.items)}"
    return "a mapping"
