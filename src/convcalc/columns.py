"""What is told of each kind of result, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.errors import DescriptionError, Fault, quoted
from convcalc.folding import Line, every_node, folded
from convcalc.shapes import show
from convcalc.sheet import Column, Heading, Sheet, filled
from convcalc.spec.names import guess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.analysis import Report

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

PEOPLE = ("name", "description", "output", "weights", "biases", "macs", "macs_share")
MACHINES = ("name", "kind", "description", "inputs", "input", "output", "weights", "biases", "params", "macs")


def count_columns(report: Report) -> dict[str, Column[Line]]:
    """What `count` can tell of each line."""
    macs, params = report.macs or 1, report.params or 1
    columns: list[Column[Line]] = [
        Column(Heading("name", "Layer"), lambda line: line.name),
        Column(Heading("kind", "Kind", rank=9), lambda line: line.kind),
        Column(Heading("description", "Description", rank=5, wraps=True), lambda line: line.description),
        Column(Heading("inputs", "Reads", rank=8, wraps=True), lambda line: line.inputs),
        Column(Heading("input", "Input", rank=8), lambda line: line.input),
        Column(Heading("output", "Output", rank=4), lambda line: line.output),
        Column(Heading("weights", "Weights", numeric=True, rank=3), lambda line: line.weights, summed=True),
        Column(Heading("biases", "Biases", numeric=True, rank=7), lambda line: line.biases, summed=True),
        Column(Heading("params", "Params", numeric=True, rank=3), lambda line: line.params, summed=True),
        Column(
            Heading("params_share", "% of params", numeric=True, percent=True, rank=6),
            lambda line: line.params / params,
        ),
        Column(Heading("macs", "MACs", numeric=True, rank=2), lambda line: line.macs, summed=True),
        Column(Heading("macs_share", "% of MACs", numeric=True, percent=True, rank=6), lambda line: line.macs / macs),
    ]
    return {column.heading.key: column for column in columns}


def chosen(known: Sequence[str], default: Sequence[str], wanted: str) -> list[str]:
    """The keys of columns that a word of the command line asks for: `name,macs`, or `+params,-biases`.

    Raises:
        DescriptionError: there is no such column.
    """
    parts = [part.strip() for part in wanted.split(",") if part.strip()]
    changes = [part for part in parts if part[0] in "+-"]
    keys = list(default) if len(changes) == len(parts) else []
    for part in parts:
        key = part.lstrip("+-")
        if key not in known:
            raise DescriptionError(Fault(f"unknown column: {quoted(key)}; {guess(key, known)}"))
        if part[0] == "-":
            keys = [each for each in keys if each != key]
        elif key not in keys:
            keys.append(key)
    if not keys:
        raise DescriptionError(Fault("no column is left to show"))
    return keys


def count_sheet(
    report: Report,
    *,
    machine: bool = False,
    columns: str = "",
    expand: bool = False,
    depth: int | None = None,
    warnings: Sequence[str] = (),
) -> Sheet:
    """The cost of each layer of a network."""
    known = count_columns(report)
    keys = chosen(list(known), MACHINES if machine else PEOPLE, columns)
    lines = every_node(report) if machine and depth is None else folded(report, depth, expand=expand or machine)
    headings, rows = filled([known[key] for key in keys], lines)
    totals: dict[str, Any] = {
        "weights": report.weights,
        "biases": report.biases,
        "params": report.params,
        "macs": report.macs,
        "status": "complete",
    }
    graph = report.graph
    return Sheet(
        graph.name,
        headings,
        rows,
        about={"schema": SCHEMA, "network": graph.name, "input": graph.inputs, "conventions": CONVENTIONS},
        rows_key="layers",
        totals=totals,
        warnings=warnings,
        foot=(summary(report), FOOT),
    )


def summary(report: Report) -> str:
    """The totals in a sentence."""
    inputs = " and ".join(
        show(shape) if name == "input" else f"{name} {show(shape)}" for name, shape in report.graph.inputs.items()
    )
    return (
        f"Input {inputs}: {report.params:,} parameters ({report.weights:,} weights + {report.biases:,} biases), "
        f"{report.macs:,} MACs."
    )
