"""What a layer costs on given terms: so many samples at once, numbers of so many bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic.operations import Number, ceil_div, product, total
from convcalc.errors import DescriptionError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from convcalc.network.report import Row

DTYPES = {"fp32": 32, "fp16": 16, "bf16": 16, "int8": 8, "int4": 4}
"""Types of numbers, and their bits."""

FOREIGN_DTYPES = {"float32": "fp32", "float": "fp32", "float16": "fp16", "half": "fp16", "bfloat16": "bf16"}
"""What PyTorch calls them."""

BITS_OF_BYTE = 8


class Terms(NamedTuple):
    """How many samples there are at once, and of what type the numbers are."""

    batch: int = 1
    dtype: str = "fp32"

    def bytes(self, numbers: Number) -> Number:
        """What a tensor of so many numbers takes, in whole bytes."""
        return ceil_div(numbers * DTYPES[self.dtype], BITS_OF_BYTE)

    def macs(self, rows: Iterable[Row]) -> Number:
        """Multiply-accumulates."""
        return self.batch * total([row.profile.macs for row in rows])

    def operations(self, rows: Iterable[Row]) -> Number:
        """All other arithmetic."""
        return self.batch * total([row.profile.operations for row in rows])

    def activations(self, rows: Iterable[Row]) -> Number:
        """Numbers in the outputs."""
        return self.batch * total([row.profile.activations for row in rows])

    def activation_bytes(self, rows: Iterable[Row]) -> Number:
        """What the outputs take, each a tensor of its own."""
        return total([self.bytes(self.batch * row.profile.activations) for row in rows])

    def parameter_bytes(self, rows: Iterable[Row]) -> Number:
        """What weights and biases take, each a tensor of its own; those of a row above are not counted again."""
        return total([self.bytes(row.weights) + self.bytes(row.biases) for row in rows])

    def moved_bytes(self, rows: Iterable[Row]) -> Number:
        """What is read and written if each layer reads its inputs and its parameters once, and writes its output."""
        moved = 0
        for row in rows:
            tensors = [self.bytes(self.batch * product(shape)) for shape in (*row.inputs, row.profile.output)]
            moved += sum(tensors) + self.bytes(row.profile.weights) + self.bytes(row.profile.biases)
        return moved


def weights(rows: Iterable[Row]) -> Number:
    """Weights."""
    return total([row.weights for row in rows])


def biases(rows: Iterable[Row]) -> Number:
    """Biases."""
    return total([row.biases for row in rows])


MEASURES: dict[str, Callable[[Terms, Sequence[Row]], Number]] = {
    "weights": lambda _, rows: weights(rows),
    "biases": lambda _, rows: biases(rows),
    "params": lambda _, rows: weights(rows) + biases(rows),
    "statistics": lambda _, rows: total([row.statistics for row in rows]),
    "macs": Terms.macs,
    "operations": Terms.operations,
    "activations": Terms.activations,
    "parameter_bytes": Terms.parameter_bytes,
    "activation_bytes": Terms.activation_bytes,
    "moved_bytes": Terms.moved_bytes,
}
"""What can be counted of some layers together, by the keys of columns."""

TOTALS = ("weights", "biases", "params", "macs")
"""The measures whose totals are always told."""

LEARNT = ("weights", "biases")

NEEDS: Mapping[str, tuple[str, ...]] = {
    "weights": ("weights",),
    "biases": ("biases",),
    "params": LEARNT,
    "statistics": ("statistics",),
    "macs": ("macs",),
    "operations": ("operations",),
    "activations": (),
    "parameter_bytes": LEARNT,
    "activation_bytes": (),
    "moved_bytes": LEARNT,
}
"""The costs of a layer that each measure is made of."""


def lacking(rows: Iterable[Row], measures: Iterable[str]) -> dict[str, list[str]]:
    """The layers whose costs a total of these measures lacks, as nobody knows them; none where it is complete."""
    partial = [row for row in rows if row.profile.unknown]
    needed = dict.fromkeys(cost for measure in measures for cost in NEEDS.get(measure, ())) if partial else {}
    found = {row.node.name: [cost for cost in needed if cost in row.profile.unknown] for row in partial}
    return {name: costs for name, costs in found.items() if costs}


def lacks_in_words(lacks: Mapping[str, Sequence[str]]) -> str:
    """What totals lack: `nms1 (weights, biases, macs)`."""
    return ", ".join(f"{name} ({', '.join(costs)})" for name, costs in lacks.items())


def require_known(rows: Iterable[Row], measures: Iterable[str]) -> None:
    """State that these measures are known in full.

    Raises:
        DescriptionError: they are not.
    """
    fault = unknown_cost(list(rows), measures)
    if fault:
        raise DescriptionError(fault)


def unknown_cost(rows: Sequence[Row], measures: Iterable[str]) -> Fault | None:
    """What is wrong with an answer that needs these measures; nothing where they are known in full."""
    lacks = lacking(rows, measures)
    if not lacks:
        return None
    name, costs = next(iter(lacks.items()))
    place = next(row.node.place for row in rows if row.node.name == name)
    message = f"the answer needs costs that are not known: {lacks_in_words(lacks)}"
    way = f"try: {' '.join(f'{cost}=0' for cost in costs)} behind {name}, or what it really takes"
    return Fault("unknown-cost", message, place, name, (way,))
