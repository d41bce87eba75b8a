"""Small networks run on real numbers, so that each value can say which others it was made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from convcalc.errors import DescriptionError, Fault, RuleError, quoted
from convcalc.layers.kinds import KINDS
from convcalc.layers.running import RUNNING, places
from convcalc.layers.shapes import show_shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.layers.running import Index, Product, Rational, TapReader
    from convcalc.network.report import Report, Row

    TensorValues: TypeAlias = dict[Index, Rational]


MOST_INDEX_DIGITS = 9
"""Digits of an index, at most."""

MOST_VALUES_TRACED = 200_000
"""Values that are read where a network runs, at most: what is to be checked by hand is small."""

LARGEST_INPUT, LARGEST_WEIGHT = 9, 3
"""The largest random numbers: small ones are easy to multiply. No weight is 0, so that all that is read counts."""

EXACT = [kind for kind, line in KINDS.items() if line.exact]
"""The functions that a run knows."""


def reader(row: Row) -> TapReader:
    """What a layer reads for each of its output values, as a function of the index of the value.

    Raises:
        DescriptionError: a run does not know the kind.
    """
    kind, layer = row.node.kind, row.node.layer
    try:
        found = layer.reader(row.inputs)
    except RuleError as error:
        raise DescriptionError(Fault(error.code, str(error), row.node.place, row.node.name)) from None
    if found is None or (layer.runs_by_name and kind not in EXACT):
        known = f"it runs {' and '.join(EXACT) if layer.runs_by_name else RUNNING}"
        message = f"a trace cannot run {kind}"
        raise DescriptionError(Fault("cannot-trace", message, row.node.place, row.node.name, (known,)))
    return found


@dataclass
class Run:
    """A network that has run: the values of each tensor, and the weights and biases of each layer."""

    report: Report
    values: dict[str, TensorValues] = field(default_factory=dict)
    weights: dict[str, TensorValues] = field(default_factory=dict)
    biases: dict[str, TensorValues] = field(default_factory=dict)
    readers: dict[str, TapReader] = field(default_factory=dict)

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Each layer by its name."""
        return {row.node.name: row for row in self.report.rows}

    def products(self, row: Row, index: Index) -> list[Product]:
        """What an output value is made of: each tap, the value that it reads, and its weight, or 1 without one."""
        name = row.node.name
        if name not in self.readers:
            self.readers[name] = reader(row)
        weights = self.weights.get(name, {})
        return [
            (
                tap,
                self.values[row.node.inputs[tap.tensor]][tap.place] if tap.place else 0,
                weights.get(tap.weight or (), 1),
            )
            for tap in self.readers[name](index)
        ]

    def value(self, row: Row, index: Index) -> Rational:
        """An output value."""
        value = row.node.layer.value(self.products(row, index)) + self.biases[row.node.name].get(index[:1], 0)
        function = KINDS[row.node.kind].exact
        return function(value) if function else value


def run_network(report: Report, seed: int, tensors: Mapping[str, TensorValues] | None = None) -> Run:
    """Run a network on `tensors`, and otherwise on random numbers: small integers, the same for the same seed.

    Raises:
        DescriptionError: it has a layer that a run does not know.
    """
    draw = Random(seed)
    done = Run(report)
    numbers: dict[str, TensorValues] = {}
    for name, shape in tensor_shapes(report).items():
        choices = range(LARGEST_INPUT + 1) if name in report.graph.inputs else NONZERO
        numbers[name] = {index: draw.choice(choices) for index in places(shape)}
    numbers |= tensors or {}
    done.values |= {name: numbers[name] for name in report.graph.inputs}
    for row in report.rows:
        name = row.node.name
        done.weights[name] = numbers.get(f"{name}.weight", {})
        done.biases[name] = numbers.get(f"{name}.bias", {})
        done.values[name] = {index: done.value(row, index) for index in places(row.profile.output)}
        require_short_values(row, done.values[name])
    return done


MOST_BITS = 10_000
"""Binary digits of a number in a run, at most: products of products soon have more than anybody reads."""


def require_short_values(row: Row, values: TensorValues) -> None:
    """State that the values that a layer makes are no endless numbers.

    Raises:
        DescriptionError: one is.
    """
    if any(part.bit_length() > MOST_BITS for value in values.values() for part in value.as_integer_ratio()):
        message = f"a trace follows numbers of at most {MOST_BITS:,} bits, and {row.node.name} makes larger ones"
        raise DescriptionError(Fault("cannot-trace", message, row.node.place, row.node.name))


def tensor_shapes(report: Report) -> dict[str, tuple[int, ...]]:
    """The tensors that a run needs, each with its shape: the inputs, and LAYER.weight and LAYER.bias as in PyTorch."""
    shapes = dict(report.graph.inputs)
    for row in report.rows:
        if own := row.node.layer.weight_shape(row.inputs):
            shapes[f"{row.node.name}.weight"] = own
            if row.profile.biases:
                shapes[f"{row.node.name}.bias"] = own[:1]
    return shapes


NONZERO = [number for number in range(-LARGEST_WEIGHT, LARGEST_WEIGHT + 1) if number]
"""Random weights."""


def require_small(report: Report) -> None:
    """State that a network is small enough to be followed by hand.

    Raises:
        DescriptionError: it is not.
    """
    read = sum(row.profile.activations * row.profile.fan_in for row in report.rows)
    if read > MOST_VALUES_TRACED:
        message = f"a trace follows at most {MOST_VALUES_TRACED:,} reads of a value, and this network has {read:,}"
        raise DescriptionError(Fault("cannot-trace", message, notes=("try: -i 2x6x6 -l 'conv 3 3 relu, conv 2 3'",)))
    held = sum(map(prod, tensor_shapes(report).values()))
    if held > MOST_VALUES_TRACED:
        message = f"a trace holds at most {MOST_VALUES_TRACED:,} inputs and weights, and this network has {held:,}"
        raise DescriptionError(Fault("cannot-trace", message, notes=("try: -i 2x6x6 -l 'conv 3 3 relu, conv 2 3'",)))


def checked_index(text: str, report: Report) -> tuple[str, Index]:
    """The last layer, and an index of its output, `c,y,x`: the middle of it unless one is given.

    Raises:
        DescriptionError: the text is none.
    """
    row = report.rows[-1]
    shape = row.profile.output
    middle = ",".join(str(size // 2) for size in shape)
    parts = [part.strip() for part in (text or middle).split(",")]
    whole = all(part.isascii() and part.isdecimal() and len(part) <= MOST_INDEX_DIGITS for part in parts)
    if not whole or len(parts) != len(shape) or any(int(part) >= size for part, size in zip(parts, shape, strict=True)):
        message = f"--pixel must be an index of the output {show_shape(shape)}, counted from 0, but got {quoted(text)}"
        raise DescriptionError(Fault("wrong-argument", message, notes=(f"try: --pixel {middle}",)))
    return row.node.name, tuple(map(int, parts))
