"""What a layer costs on given terms: so many samples at once, numbers of so many bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic.operations import Number, ceil_div, product, total
from convcalc.network.report import macs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from convcalc.network.report import Report, Row

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
        return self.batch * macs(rows)

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


DEFAULT_TERMS = Terms()
"""What is counted for unless something else is said: one sample, in fp32."""


def working_set(terms: Terms, row: Row) -> int:
    """Bytes of what a layer reads and of what it makes.

    Where each value is made of those at its own place, as by an activation, it is written over one of them.
    """
    in_place = row.profile.fan_in <= len(row.inputs) and all(x == row.profile.output for x in row.inputs)
    tensors = row.inputs if in_place else [*row.inputs, row.profile.output]
    return sum(terms.bytes(terms.batch * product(shape)) for shape in tensors)


def largest_working_set(terms: Terms, rows: Iterable[Row]) -> int:
    """Bytes that one layer reads and makes, where that is most."""
    return max((working_set(terms, row) for row in rows), default=0)


def largest_share(terms: Terms, rows: Iterable[Row]) -> Fraction:
    """The share of all MACs that one layer has, where that is most."""
    from fractions import Fraction  # few ask for it, and all would wait for it

    macs = [terms.macs([row]) for row in rows]
    return Fraction(max(macs), sum(macs)) if any(macs) else Fraction(0)


def sizes_seen(report: Report) -> Callable[[Row], list[int]]:
    """What each row of a report sees along each axis of each input, in input positions.

    Raises:
        DescriptionError: what the positions of a layer see is too long to tell.
    """
    from convcalc.network.sight import receptive_fields  # few ask for it

    fields = receptive_fields(report).fields
    return lambda row: [axis.size for axes in fields[row.node.name].values() for axis in axes]
