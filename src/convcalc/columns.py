"""What is told of each kind of result, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.errors import DescriptionError, Fault, printable, quoted
from convcalc.folding import Line
from convcalc.shapes import show
from convcalc.sheet import Column, Heading, Sheet, filled, text
from convcalc.spec.names import guess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.analysis import Report
    from convcalc.graph import Graph

SCHEMA = "convcalc/1"

CONVENTIONS = {
    "mac": "one multiply and one add; counted in convolutions and linear layers, for one sample",
    "params": "learnable numbers: weights and biases, the scales and shifts of norms among them",
    "not_counted": "MACs leave out adding biases, norms, activations, pooling and element-wise operations",
}
"""What is counted, for machines."""

FOOT = (
    "A MAC is one multiply and one add, in convolutions and linear layers. Not counted: adding biases, norms, "
    "activations, pooling, element-wise operations."
)
"""What is counted, for people."""

FOLDED = "The weights and biases of a row are those of its norm, too; --expand shows them apart."
"""What rows have, for people."""

PEOPLE = ("name", "description", "output", "weights", "biases", "macs", "macs_share")
MACHINES = ("name", "kind", "description", "inputs", "input", "output", "weights", "biases", "params", "macs")


COUNT: dict[str, Column[Line]] = {
    column.heading.key: column
    for column in (
        Column[Line](Heading("name", "Layer"), lambda line: line.name),
        Column[Line](Heading("kind", "Kind", rank=9), lambda line: line.kind),
        Column[Line](Heading("description", "Description", rank=5, wraps=True), lambda line: line.description),
        Column[Line](Heading("inputs", "Reads", rank=8, wraps=True), lambda line: line.inputs),
        Column[Line](Heading("input", "Input", rank=8, wraps=True), lambda line: line.input),
        Column[Line](Heading("output", "Output", rank=3), lambda line: line.output),
        Column[Line](Heading("weights", "Weights", numeric=True, rank=4), lambda line: line.weights, "sum"),
        Column[Line](Heading("biases", "Biases", numeric=True, rank=7), lambda line: line.biases, "sum"),
        Column[Line](Heading("params", "Params", numeric=True, rank=4), lambda line: line.params, "sum"),
        Column[Line](Heading("params_share", "% of params", numeric=True, rank=6), lambda line: line.params, "share"),
        Column[Line](Heading("macs", "MACs", numeric=True, rank=2), lambda line: line.macs, "sum"),
        Column[Line](Heading("macs_share", "% of MACs", numeric=True, rank=6), lambda line: line.macs, "share"),
    )
}
"""What `count` can tell of each line, by the keys that machines and `--columns` know."""


def chosen(wanted: str, default: Sequence[str]) -> list[str]:
    """The keys of columns that a word of the command line asks for: `name,macs`, or `+params,-biases`.

    Raises:
        DescriptionError: there is no such column, or none is left.
    """
    parts = [part.strip() for part in wanted.split(",") if part.strip()]
    keys = list(default) if all(part[0] in "+-" for part in parts) else []
    for part in parts:
        key = part.lstrip("+-")
        if key not in COUNT:
            raise DescriptionError(Fault(f"unknown column: {quoted(key)}{guess(key, COUNT)}"))
        if part[0] == "-":
            keys = [each for each in keys if each != key]
        elif key not in keys:
            keys.append(key)
    if not keys:
        raise DescriptionError(Fault("no column is left to show"))
    return keys


def count_sheet(report: Report, lines: Sequence[Line], keys: Sequence[str], warnings: Sequence[str] = ()) -> Sheet:
    """The cost of each line of a network, in the columns of these keys."""
    headings, rows = filled([COUNT[key] for key in keys], lines)
    weights, biases, macs = report.weights, report.biases, report.macs
    totals = {"weights": weights, "biases": biases, "params": weights + biases, "macs": macs, "status": "complete"}
    graph = report.graph
    return Sheet(
        printable(graph.name),
        headings,
        rows,
        about={"schema": SCHEMA, "network": graph.name, "input": graph.inputs, "conventions": CONVENTIONS},
        rows_key="layers",
        totals=totals,
        warnings=warnings,
        foot=(summary(graph, totals), *([FOLDED] if folds_norms(report, lines) else []), FOOT),
    )


def folds_norms(report: Report, lines: Sequence[Line]) -> bool:
    """Whether the parameters of something attached stand in the line of its layer."""
    names = {line.name for line in lines}
    hosts = {row.node.host for row in report.rows if row.profile.params and row.node.name not in names}
    return bool(hosts & names)


def summary(graph: Graph, totals: Mapping[str, Any]) -> str:
    """The totals in a sentence."""
    inputs = " and ".join(
        show(shape) if name == "input" else f"{name} {show(shape)}" for name, shape in graph.inputs.items()
    )
    params, weights, biases, macs = (text(totals[key]) for key in ("params", "weights", "biases", "macs"))
    return f"Input {inputs}: {params} parameters ({weights} weights + {biases} biases), {macs} MACs."
