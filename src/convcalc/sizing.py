"""Questions the other way round: which options make a size, and which inputs a network takes."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product as combinations
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from convcalc.analysis import apply
from convcalc.arithmetic import ceil_div, largest
from convcalc.arrays import Family, Variable
from convcalc.errors import RuleError
from convcalc.measures import MEASURES
from convcalc.shapes import show
from convcalc.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from convcalc.analysis import Report, Row
    from convcalc.arithmetic import Number
    from convcalc.layers import Layer, Profile
    from convcalc.measures import Terms
    from convcalc.shapes import Shape, Size

    Steps: TypeAlias = tuple[int, int]
    """A stride and a padding."""

KERNEL, STRIDE, PADDING = OPTIONS = ("kernel_size", "stride", "padding")
"""The options that make a size."""

MOST_KERNEL = 11
"""Kernels that are tried, unless the layer's own is larger."""

MOST_SIZE = 10**9
"""The largest size of an input that can be asked about."""

SIZE, LOST = "size", "lost"
"""What is varied, and what is counted besides measures."""

TOLD = ("params", "macs")
"""Measures that are told of each input."""


class Choice(NamedTuple):
    """Options with which a layer makes the sizes that are asked for, and what it is then."""

    kernel_size: Size
    stride: Size
    padding: Size
    layer: Layer
    profile: Profile


def has_options(row: Row) -> bool:
    """Whether a layer has a kernel, a stride and a padding."""
    return set(OPTIONS) <= {option.name for option in fields(row.node.layer)}  # type: ignore[arg-type]  # each kind is a dataclass


def choices(row: Row, wanted: Sequence[int]) -> list[Choice]:
    """The options with which a layer makes these sizes, those nearest to its own first.

    Kernels go up to 11, paddings to half of what a kernel spans, and strides up to what a kernel spans or
    the sizes need. All axes have the same, unless that is impossible: then each has the least that fit.
    """
    (channels, *sizes), *_ = row.inputs
    found: list[Choice] = []
    for kernel in range(1, max(MOST_KERNEL, largest_of(row.node.layer, KERNEL)) + 1):
        each = [list(fitting(row, channels, axis, kernel, wanted[axis])) for axis in range(len(sizes))]
        common = [steps for steps in each[0] if all(steps in other for other in each[1:])]
        if common:
            found += [choice(row, kernel, stride, padding) for stride, padding in common]
        elif all(each):
            strides, paddings = zip(*[min(own) for own in each], strict=True)
            found.append(choice(row, kernel, strides, paddings))
    own = choice_key(row.node.layer)
    return sorted(found, key=lambda each: distance(own, choice_key(each.layer)))


def largest_of(layer: Layer, option: str) -> int:
    """The largest number of an option, or 0 if it is a word."""
    value = getattr(layer, option)
    if isinstance(value, tuple):
        return max(each if isinstance(each, int) else max(each) for each in value)
    return value if isinstance(value, int) else 0


def choice_key(layer: Layer) -> tuple[int, int, int]:
    """The options of a layer in a few numbers."""
    kernel, stride, padding = (largest_of(layer, option) for option in OPTIONS)
    return kernel, stride or kernel, padding


def distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, ...]:
    """How far options are from others: how many change, the kernel least gladly, then by how much."""
    apart = [abs(a - b) for a, b in zip(one, other, strict=True)]
    return sum(map(bool, apart)), *apart, *other


def fitting(row: Row, channels: int, axis: int, kernel: int, wanted: int) -> Iterator[Steps]:
    """The strides and paddings with which a kernel makes so many positions of one axis."""
    size = row.inputs[0][1 + axis]
    dilation = largest_of(row.node.layer, "dilation") if hasattr(row.node.layer, "dilation") else 1
    extent = dilation * (kernel - 1) + 1
    most = max(extent, largest_of(row.node.layer, STRIDE), ceil_div(size, wanted), ceil_div(wanted, size))
    for stride, padding in combinations(range(1, most + 1), range(extent // 2 + 1)):
        if made(row, (channels, size), single(row.node.layer, axis, kernel, stride, padding)) == (wanted,):
            yield stride, padding


def single(layer: Layer, axis: int, kernel: int, stride: int, padding: int) -> Layer:
    """A layer for one of its axes."""
    own = {
        option.name: value[axis]
        for option in fields(layer)  # type: ignore[arg-type]  # each kind is a dataclass
        if option.name not in OPTIONS and isinstance(value := getattr(layer, option.name), tuple)
    }
    return replace(layer, **own, kernel_size=kernel, stride=stride, padding=padding)  # type: ignore[type-var]  # as above


def made(row: Row, shape: Shape, layer: Layer) -> tuple[Number, ...] | None:
    """The sizes that a layer makes, none if it cannot be applied."""
    try:
        return apply(row.node.kind, layer, (shape, *row.inputs[1:])).output[1:]
    except RuleError:
        return None


def choice(row: Row, kernel: Size, stride: Size, padding: Size) -> Choice:
    """A layer with other options."""
    layer = replace(row.node.layer, kernel_size=kernel, stride=stride, padding=padding)  # type: ignore[type-var]  # as above
    return Choice(kernel, stride, padding, layer, apply(row.node.kind, layer, row.inputs))


class Taken(NamedTuple):
    """An input that a network takes: its measures, and how many positions no window reaches."""

    size: int
    shape: Shape
    measures: Mapping[str, int]
    lost: int


class Inputs:
    """A network under inputs in which all axes of one size have others."""

    def __init__(self, network: Callable[[Shape], Report], shape: Shape, size: int, terms: Terms) -> None:
        def compute(values: Mapping[str, Any]) -> Mapping[str, Any]:
            rows = network(self.resized(values[SIZE])).rows
            return {LOST: lost(rows), **{key: MEASURES[key](terms, rows) for key in TOLD}}

        self.shape = shape
        self.size = size
        self.family = Family(compute, {SIZE: Variable(1, 1, MOST_SIZE)})

    def resized(self, size: Number) -> Shape:
        """The input with another size."""
        return (self.shape[0], *[size if own == self.size else own for own in self.shape[1:]])

    def taken(self, first: int, last: int) -> list[Taken]:
        """The inputs that the network takes, of sizes from one to another."""
        sizes = np.arange(first, last + 1)
        results = self.family.run({SIZE: sizes}, len(sizes))
        kept = np.flatnonzero(~results.failed).tolist()
        columns = {key: values[kept].tolist() for key, values in results.values.items()}
        return [
            Taken(first + lane, self.resized(first + lane), {key: columns[key][at] for key in TOLD}, columns[LOST][at])
            for at, lane in enumerate(kept)
        ]

    def least(self) -> Taken:
        """The least that it takes, which is none above what it has."""
        return self.taken(1, self.size)[0]

    def refusal(self, taken: Taken) -> str:
        """Why it takes nothing that is less by one."""
        if taken.size == 1:
            return ""
        reasons = self.family.run({SIZE: np.array([taken.size - 1])}, 1).reasons()
        return f"{show(self.resized(taken.size - 1))} is refused: {reasons[0]}"


def lost(rows: Sequence[Row]) -> Number:
    """How many positions no window reaches, on the axis of the layer on which it is most."""
    return largest(0, 0, *[each for row in rows for each in dropped(row)])


def dropped(row: Row) -> Iterator[Number]:
    """The positions at the end of each axis that no window reaches, of a layer whose windows slide."""
    if not has_options(row):
        return
    for axis, size in zip(row.profile.windows or (), row.inputs[0][1:], strict=False):
        if isinstance(axis, Window):
            yield axis.dropped(size)
