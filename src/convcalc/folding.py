"""From the rows of a report to the lines that are shown: what was attached joins its layer, deep blocks become one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convcalc.arithmetic import Number, product
from convcalc.shapes import show
from convcalc.spec.describe import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from convcalc.analysis import Report, Row
    from convcalc.shapes import Shape


@dataclass(frozen=True, slots=True)
class Line:
    """One layer or block as it is shown. Names in `inputs` are those of lines; `input` has a shape for each."""

    name: str
    kind: str
    description: str
    inputs: tuple[str, ...]
    input: tuple[Shape, ...]
    output: Shape
    weights: Number
    biases: Number
    macs: Number

    @property
    def params(self) -> Number:
        """Learnable numbers."""
        return self.weights + self.biases


def every_node(report: Report) -> list[Line]:
    """A line for each node."""
    return [
        Line(
            row.node.name,
            row.node.kind,
            described(row),
            row.node.inputs,
            row.inputs,
            row.profile.output,
            row.profile.weights,
            row.profile.biases,
            row.profile.macs,
        )
        for row in report.rows
    ]


def folded(report: Report, depth: int | None = None, *, expand: bool = False) -> list[Line]:
    """A line for each layer with what is attached to it, or for each node; blocks deeper than `depth` are one line."""

    def owner(row: Row) -> str:
        name = row.node.name if expand else row.node.host or row.node.name
        return name if depth is None else ".".join(name.split(".")[:depth])

    owners = {row.node.name: owner(row) for row in report.rows}
    groups: dict[str, list[Row]] = {}
    for row in report.rows:
        groups.setdefault(owners[row.node.name], []).append(row)
    return [line(name, rows, lambda reads: owners.get(reads, reads)) for name, rows in groups.items()]


def line(name: str, rows: list[Row], owner: Callable[[str], str]) -> Line:
    """The line of some rows, named by the first or by their block."""
    reads = {
        owner(source): shape
        for row in rows
        for source, shape in zip(row.node.inputs, row.inputs, strict=True)
        if owner(source) != name
    }
    first = rows[0]
    layer = all(row is first or row.node.host == first.node.name for row in rows) and first.node.name == name
    return Line(
        name,
        first.node.kind if layer else "block",
        " ".join(noted(rows)) if layer else summary(rows),
        tuple(reads),
        tuple(reads.values()),
        rows[-1].profile.output,
        sum(row.profile.weights for row in rows),
        sum(row.profile.biases for row in rows),
        sum(row.profile.macs for row in rows),
    )


def described(row: Row) -> str:
    """A layer as a line of the language."""
    return describe(row.node.kind, row.node.layer, row.profile, row.inputs)


def noted(rows: list[Row]) -> Iterable[str]:
    """A layer, what is attached to it, and what it flattens."""
    first, *attached = rows
    yield described(first)
    yield from (row.node.kind for row in attached)
    if first.node.kind == "linear" and len(first.inputs[0]) > 1:
        yield f"({show(first.inputs[0])} → {product(first.inputs[0])})"


def summary(rows: list[Row]) -> str:
    """How many layers of which kind: `3 conv, add`; what is attached goes without saying."""
    kinds = Counter(row.node.kind for row in rows if not row.node.host)
    return ", ".join(kind if number == 1 else f"{number} {kind}" for kind, number in kinds.items())
