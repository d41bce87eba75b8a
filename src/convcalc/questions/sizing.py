"""Questions the other way round: which options make a size, and which inputs a network takes."""

from __future__ import annotations

from dataclasses import fields, replace
from heapq import merge
from itertools import islice, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convcalc.arithmetic.arrays import Family, VariableRange
from convcalc.arithmetic.operations import ceil_div
from convcalc.errors import DescriptionError, Fault, RuleError
from convcalc.layers.axes import TransposedWindow
from convcalc.network.profiling import apply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from convcalc.arithmetic.arrays import Array
    from convcalc.arithmetic.operations import Held
    from convcalc.layers.base import Layer, Profile
    from convcalc.layers.shapes import Size
    from convcalc.network.report import Row

KERNEL, STRIDE, PADDING = SIZING_OPTIONS = ("kernel_size", "stride", "padding")
"""The options that make a size."""

MOST_KERNEL = 11
"""Kernels that are tried, unless the layer's own is larger."""

MOST_PADDING = 1000
"""Paddings that are tried, unless the layer's own is larger."""

MOST_OPTIONS_LISTED = 100
"""Options that are listed."""

SIZE_KEY = "size"
"""What is computed of an axis."""


class Choice(NamedTuple):
    """Options with which a layer makes the sizes that are asked for, and what it is then."""

    kernel_size: Size
    stride: Size
    padding: Size
    layer: Layer
    profile: Profile


def choices(row: Row, wanted: Sequence[int]) -> tuple[list[Choice], int]:
    """The options with which a layer makes these sizes, those nearest to its own first, and how many there are.

    Kernels go up to 11, paddings to half of what a kernel spans, at most 1,000, and strides up to what a kernel spans
    or the sizes need. All axes have the same, unless that is impossible: then each has the least that fit. The nearest
    100 are listed.
    """
    own = choice_key(row.node.layer)

    def apart(options: tuple[Size, Size, Size]) -> tuple[int, ...]:
        return distance(own, tuple(map(most_of, options)))

    found: list[Iterator[tuple[Size, Size, Size]]] = []
    total = 0
    for kernel in range(1, max(MOST_KERNEL, largest_of(row.node.layer, KERNEL)) + 1):
        each = [strides_of(row, axis, kernel, size) for axis, size in enumerate(wanted)]
        common = shared(each)
        total += sum(map(len, common.values()))
        found += [zip(repeat(kernel), nearest_first(run, own[1]), repeat(padding)) for padding, run in common.items()]
        if not common and all(each):
            least = [min((run[0], padding) for padding, run in runs.items()) for runs in each]
            strides, paddings = zip(*least, strict=True)
            total += 1
            found.append(iter([(kernel, strides, paddings)]))
    made = [choice(row, *options) for options in islice(merge(*found, key=apart), MOST_OPTIONS_LISTED)]
    return [each for each in made if each.profile.output[1:] == tuple(wanted)], total


def shared(each: Sequence[Mapping[int, range]]) -> dict[int, range]:
    """The strides that all axes have in common, by padding."""
    paddings = [padding for padding in each[0] if all(padding in runs for runs in each)]
    runs = {p: range(max(own[p].start for own in each), min(own[p].stop for own in each)) for p in paddings}
    return {padding: strides for padding, strides in runs.items() if strides}


def nearest_first(strides: range, own: int) -> Iterator[int]:
    """Some strides, those nearest to another one first."""
    below, above = range(strides.start, min(own + 1, strides.stop)), range(max(own + 1, strides.start), strides.stop)
    return merge(reversed(below), above, key=lambda stride: abs(stride - own))


def largest_of(layer: Layer, option: str) -> int:
    """The largest number of an option, or 0 if it is a word."""
    return most_of(getattr(layer, option))


def most_of(value: Held) -> int:
    """The largest of some numbers, or 0 of a word."""
    if isinstance(value, tuple):
        return max(each if isinstance(each, int) else max(each) for each in value)
    return value if isinstance(value, int) else 0


def choice_key(layer: Layer) -> tuple[int, int, int]:
    """The options of a layer in a few numbers."""
    kernel, stride, padding = (largest_of(layer, option) for option in SIZING_OPTIONS)
    return kernel, stride or kernel, padding


def distance(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    """How far options are from others: how many change, the kernel least gladly, then by how much."""
    apart = [abs(a - b) for a, b in zip(one, other, strict=True)]
    return sum(map(bool, apart)), *apart, *other


def strides_of(row: Row, axis: int, kernel: int, wanted: int) -> dict[int, range]:
    """The strides with which a kernel makes so many positions of one axis, by padding: each time a run of them.

    The size falls with the stride, or, where windows are spread, rises: the ends of a run are found by halving.
    """
    layer, size = row.node.layer, row.inputs[0][1 + axis]
    dilation = largest_of(layer, "dilation") if hasattr(layer, "dilation") else 1
    extent = dilation * (kernel - 1) + 1
    most = max(extent, largest_of(layer, STRIDE), ceil_div(size, wanted), ceil_div(wanted, size))
    paddings = np.arange(max(min(extent // 2, MOST_PADDING), min(extent // 2, largest_of(layer, PADDING))) + 1)
    made = Made(row, axis, kernel, most, int(paddings[-1]))
    usual = (
        Made(row, axis, kernel, most, int(paddings[-1]), output_size=None) if hasattr(layer, "output_size") else made
    )
    spread = any(isinstance(window, TransposedWindow) for window in row.profile.windows or ())
    ones, ends = np.ones_like(paddings), np.full_like(paddings, most)

    def reached(strides: Array) -> Array:
        sizes = usual.sizes(strides, paddings)
        enough: Array = sizes >= wanted if spread else (sizes > 0) & (sizes <= wanted)
        return enough

    def makes(strides: Array) -> Array:
        exactly: Array = made.sizes(strides, paddings) == wanted
        return exactly

    crossing = halved(reached, ones, ends)
    inside = np.where(makes(np.maximum(crossing - 1, 1)), np.maximum(crossing - 1, 1), np.minimum(crossing, most))
    first, behind = halved(makes, ones, inside), halved(lambda strides: ~makes(strides), inside, ends)
    runs = zip(first.tolist(), behind.tolist(), makes(inside).tolist(), strict=True)
    return {padding: range(low, high) for padding, (low, high, some) in enumerate(runs) if some}


def halved(holds: Callable[[Array], Array], first: Array, last: Array) -> Array:
    """The first of the numbers from one to another for which something holds, as it does for all above it.

    One more than the last where it holds for none.
    """
    low, high = first, last + 1
    while (low < high).any():
        middle = np.minimum((low + high) // 2, last)
        found = holds(middle)
        low, high = np.where(found | (low >= high), low, middle + 1), np.where(found & (low < high), middle, high)
    return low


class Made:
    """What a layer makes of one of its axes with a kernel, by stride and padding; `others` are options that are set."""

    def __init__(self, row: Row, axis: int, kernel: int, most_stride: int, most_padding: int, **others: Held) -> None:
        channels, size = row.inputs[0][0], row.inputs[0][1 + axis]
        own = {**of_axis(row.node.layer, axis), **others}

        def compute(values: Mapping[str, Any]) -> Mapping[str, Any]:
            try:
                layer = replace(row.node.layer, **own, kernel_size=kernel, **values)
                return {SIZE_KEY: apply(row.node.kind, layer, ((channels, size), *row.inputs[1:])).output[1]}
            except RuleError as error:
                raise DescriptionError(Fault(error.code, str(error))) from None

        ranges = {STRIDE: VariableRange(1, 1, most_stride), PADDING: VariableRange(1, 0, most_padding)}
        self.family = Family(compute, ranges)

    def sizes(self, strides: Array, paddings: Array) -> Array:
        """The sizes, 0 where the layer cannot be applied."""
        results = self.family.run({STRIDE: strides, PADDING: paddings}, len(strides))
        sizes = results.values.get(SIZE_KEY, np.zeros_like(strides))
        found: Array = np.where(results.failed, 0, sizes)
        return found


def of_axis(layer: Layer, axis: int) -> dict[str, Held]:
    """What the options of a layer are on one of its axes, where they are not the same on all."""
    return {
        option.name: value[axis]
        for option in fields(layer)
        if option.name not in SIZING_OPTIONS and isinstance(value := getattr(layer, option.name), tuple)
    }


def choice(row: Row, kernel: Size, stride: Size, padding: Size) -> Choice:
    """A layer with other options."""
    layer = replace(row.node.layer, kernel_size=kernel, stride=stride, padding=padding)
    return Choice(kernel, stride, padding, layer, apply(row.node.kind, layer, row.inputs))
