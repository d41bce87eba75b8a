"""From the rows of a report to the lines that are shown: what was attached joins its layer, deep blocks become one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic.operations import product, unspaced
from convcalc.layers.describe import describe
from convcalc.layers.kinds import NORMS
from convcalc.layers.shapes import show_shape
from convcalc.network.report import Rows, flattens

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from convcalc.layers.base import Layer
    from convcalc.layers.shapes import Shape
    from convcalc.network.graph import Node
    from convcalc.network.report import Report, Row
    from convcalc.network.sight import Fields


LONGEST_SHOWN_WORD = 32
"""Characters of a word of a description for people, at most."""


@dataclass(frozen=True)
class Line(Rows):
    """One layer or block as it is shown. Names in `inputs` are those of lines; `input` has a shape for each.

    It is made of `rows`, of which `result` makes its output; `fields` is what that sees of the network's inputs, where
    somebody asked for it. A line of a single layer, whatever is attached to it, has its `layer`.
    """

    name: str
    kind: str
    description: str
    inputs: tuple[str, ...]
    input: tuple[Shape, ...]
    rows: tuple[Row, ...]
    result: Row
    layer: Row | None
    fields: Fields | None = None
    numbered: Container[str] = ()

    @property
    def word(self) -> str:
        """Its name without running numbers, which are those that nobody gave: `basic.reduce` of `basic3.reduce`."""
        parts = self.name.split(".")
        names = [".".join(parts[: length + 1]) for length in range(len(parts))]
        return ".".join(
            part.rstrip("0123456789") if name in self.numbered else part
            for part, name in zip(parts, names, strict=True)
        )

    @property
    def output(self) -> Shape:
        """The shape of what it makes."""
        return self.result.profile.output


def folded(
    report: Report,
    depth: int | None = None,
    *,
    expand: bool = False,
    bare: bool = False,
    fields: Mapping[str, Fields] | None = None,
) -> list[Line]:
    """A line for each layer with what is attached to it, or, to `expand`, for each node.

    Blocks nested deeper than `depth` are one line; at depth 0, the network is. A `bare` description is a line of
    the language, and no more. `fields` is what each node sees, for those who ask.
    """
    owners = {row.node.name: owner(row.node, depth, expand=expand) or report.graph.name for row in report.rows}
    groups: dict[str, list[tuple[Row, str]]] = {}
    for row, description in zip(report.rows, descriptions(report, expand=expand), strict=True):
        groups.setdefault(owners[row.node.name], []).append((row, description))
    results = {each for row in report.rows for each in row.node.inputs if owners.get(each) != owners[row.node.name]}
    results.update(report.graph.outputs)
    folding = Folding(owners, results, report.graph.numbered, bare)
    lines = [folding.line(name, group) for name, group in groups.items()]
    return [replace(each, fields=fields[each.result.node.name]) for each in lines] if fields else lines


def descriptions(report: Report, *, expand: bool) -> Iterator[str]:
    """Each row as a line of the language; equal layers are described once.

    Where an attached layer is no line of its own, its weights are shared by the name of its host's.
    """
    known: dict[tuple[str, Layer, tuple[Shape, ...]], str] = {}
    for row in report.rows:
        key = row.node.kind, row.node.layer, row.inputs
        if key not in known:
            known[key] = describe(row.node.kind, row.node.layer, row.profile, row.inputs)
        share = f" share={row.node.share}" if row.node.share and (expand or not row.node.host) else ""
        yield known[key] + share


def owner(node: Node, depth: int | None, *, expand: bool) -> str:
    """The name of the line that a node is shown in."""
    layer = node.host or node.name
    block = layer if depth is None else ".".join(layer.split(".")[:depth])
    return node.name if expand and block == layer else block


class Folding(NamedTuple):
    """How the rows of a network become lines.

    `owners` has the line of each row, `results` are the rows whose outputs others read, and `numbered` are names that
    nobody gave. A `bare` description is a line of the language, and no more.
    """

    owners: Mapping[str, str]
    results: Container[str]
    numbered: Container[str]
    bare: bool

    def line(self, name: str, group: list[tuple[Row, str]]) -> Line:
        """The line of some rows and their descriptions; its output is the last of them that is a result."""
        rows = [row for row, _ in group]
        reads = self.reads(name, rows)
        first = rows[0]
        result = next((row for row in reversed(rows) if row.node.name in self.results), rows[-1])
        layer = first.node.name == name and (len(rows) == 1 or all(row.node.host == name for row in rows[1:]))
        return Line(
            name,
            first.node.kind if layer else "block",
            layer_text(group, bare=self.bare) if layer else kind_counts(rows),
            tuple([source for source, _ in reads]),
            tuple([shape for _, shape in reads]),
            tuple(rows),
            result,
            first if layer else None,
            numbered=self.numbered,
        )

    def reads(self, name: str, rows: list[Row]) -> list[tuple[str, Shape]]:
        """The lines and inputs that the rows of a line read, each with the shape of what it gives."""
        found: list[tuple[str, Shape]] = []
        for row in rows:
            for source, shape in zip(row.node.inputs, row.inputs, strict=True):
                read = self.owners.get(source, source), shape
                if read[0] != name and read not in found:
                    found.append(read)
        return found


def layer_text(group: list[tuple[Row, str]], *, bare: bool) -> str:
    """The description of a layer with what is attached to it."""
    (first, description), *others = group
    words = [description]
    if others:
        normed = any(row.node.kind in NORMS for row, _ in others)
        words += ["bias"] if normed and getattr(first.node.layer, "bias", False) else []
        words += [attached for _, attached in others]
    return " ".join(words) if bare else cut_long_words(" ".join([*words, *flattened(first)]))


def cut_long_words(description: str) -> str:
    """A description whose longest words, such as a table of connections, are cut in their middle."""
    if len(description) <= LONGEST_SHOWN_WORD or max(map(len, description.split())) <= LONGEST_SHOWN_WORD:
        return description
    half = LONGEST_SHOWN_WORD // 2
    return " ".join(
        word if len(word) <= LONGEST_SHOWN_WORD else f"{word[:half]}…{word[-half:]}" for word in description.split()
    )


def flattened(row: Row) -> list[str]:
    """What a linear layer lays out on one axis: `(256x6x6 → 9216)`."""
    (x, *_) = row.inputs
    return [f"({show_shape(x)} → {unspaced(product(x))})"] if flattens(row) else []


def kind_counts(rows: list[Row]) -> str:
    """How many layers of which kind: `3 conv, add`; what is attached goes without saying."""
    kinds = Counter(row.node.kind for row in rows if not row.node.host)
    return ", ".join(kind if number == 1 else f"{number} {kind}" for kind, number in kinds.items())
