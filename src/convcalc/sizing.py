"""Which kernels, strides and paddings make a size."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product as combinations
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from convcalc.analysis import apply
from convcalc.arithmetic import ceil_div
from convcalc.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcalc.analysis import Row
    from convcalc.arithmetic import Number
    from convcalc.layers import Layer, Profile
    from convcalc.shapes import Shape, Size

    Steps: TypeAlias = tuple[int, int]
    """A stride and a padding."""

KERNEL, STRIDE, PADDING = OPTIONS = ("kernel_size", "stride", "padding")
"""The options that make a size."""

MOST_KERNEL = 11
"""Kernels that are tried, unless the layer's own is larger."""


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
