"""Small networks run on real numbers, so that each value can say which others it was made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, singledispatch
from itertools import product
from math import prod
from random import Random
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from convcalc.errors import DescriptionError, Fault, quoted
from convcalc.layers.conv import Conv, DepthwiseConv
from convcalc.layers.dense import Linear
from convcalc.layers.join import Add, Concat, Mul
from convcalc.layers.pointwise import Activation, Dropout, Identity
from convcalc.layers.pool import AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool
from convcalc.layers.reshape import Flatten
from convcalc.layers.shapes import show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.network.report import Report, Row

    Index: TypeAlias = tuple[int, ...]
    Number: TypeAlias = int | Fraction
    Tensor: TypeAlias = dict[Index, Number]
    Reader: TypeAlias = "Callable[[Index], list[Tap]]"

MOST_VALUES = 200_000
"""Values that are read where a network runs, at most: what is to be checked by hand is small."""

LARGEST_INPUT, LARGEST_WEIGHT = 9, 3
"""The largest random numbers: small ones are easy to multiply. No weight is 0, so that all that is read counts."""

ACTIVATIONS: dict[str, Callable[[Number], Number]] = {
    "relu": lambda value: max(0, value),
    "relu6": lambda value: min(6, max(0, value)),
    "pass": lambda value: value,
    "dropout": lambda value: value,
}
"""The functions that a run knows, each exact."""


class Tap(NamedTuple):
    """A value that is read: which input it is in, where there (nowhere in the padding), and the weight it is times."""

    tensor: int
    place: Index | None
    weight: Index | None = None


@singledispatch
def reader(layer: object, row: Row) -> Reader:  # noqa: ARG001  # of the kinds below
    """What a layer reads for each of its output values, as a function of the index of the value.

    Raises:
        DescriptionError: a run does not know the kind.
    """
    message = f"a trace cannot run {row.node.kind}"
    known = "conv, dwconv, linear, pools, relu, flatten, add, mul and concat"
    raise DescriptionError(Fault("cannot-trace", message, row.node.place, row.node.name, (f"it runs {known}",)))


@reader.register(Conv)
def _(layer: Conv, row: Row) -> Reader:
    group_channels = row.inputs[0][0] // layer.groups
    group_filters = layer.out_channels // layer.groups
    windowed = window_reader(row)

    def read(index: Index) -> list[Tap]:
        first = index[0] // group_filters * group_channels
        window = windowed(index)
        return [
            Tap(0, at and (first + channel, *at), (index[0], channel, *tap))
            for channel in range(group_channels)
            for tap, at in window
        ]

    return read


@reader.register(DepthwiseConv)
def _(layer: DepthwiseConv, row: Row) -> Reader:
    windowed = window_reader(row)
    return lambda index: [
        Tap(0, at and (index[0] // layer.multiplier, *at), (index[0], 0, *tap)) for tap, at in windowed(index)
    ]


@reader.register(Linear)
def _(layer: Linear, row: Row) -> Reader:
    shape = row.inputs[0]
    if layer.over == "channels":
        channels = range(shape[0])
        return lambda index: [Tap(0, (channel, *index[1:]), (index[0], channel)) for channel in channels]
    read = places(shape)
    return lambda index: [Tap(0, place, (index[0], number)) for number, place in enumerate(read)]


@reader.register(MaxPool)
@reader.register(AvgPool)
@reader.register(GlobalAvgPool)
@reader.register(GlobalMaxPool)
def _(layer: object, row: Row) -> Reader:  # noqa: ARG001  # as above
    windowed = window_reader(row)
    return lambda index: [Tap(0, at and (index[0], *at)) for _, at in windowed(index)]


@reader.register(Concat)
def _(layer: Concat, row: Row) -> Reader:
    require_plain(row, crop=layer.crop)
    sources = [(tensor, channel) for tensor, shape in enumerate(row.inputs) for channel in range(shape[0])]

    def read(index: Index) -> list[Tap]:
        tensor, channel = sources[index[0]]
        return [Tap(tensor, (channel, *index[1:]))]

    return read


@reader.register(Add)
@reader.register(Mul)
def _(layer: Add | Mul, row: Row) -> Reader:
    require_plain(row, crop=getattr(layer, "crop", False))
    return lambda index: [
        Tap(tensor, tuple(at if size > 1 else 0 for at, size in zip(index, shape, strict=True)))
        for tensor, shape in enumerate(row.inputs)
    ]


@reader.register(Activation)
@reader.register(Identity)
@reader.register(Dropout)
def _(layer: object, row: Row) -> Reader:  # noqa: ARG001  # as above
    if row.node.kind not in ACTIVATIONS:
        message = f"a trace cannot run {row.node.kind}"
        raise DescriptionError(
            Fault("cannot-trace", message, row.node.place, row.node.name, ("it runs relu and relu6",))
        )
    return lambda index: [Tap(0, index)]


@reader.register(Flatten)
def _(layer: Flatten, row: Row) -> Reader:  # noqa: ARG001  # as above
    source = dict(zip(places(row.profile.output), places(row.inputs[0]), strict=True))
    return lambda index: [Tap(0, source[index])]


def require_plain(row: Row, *, crop: bool) -> None:
    """State that a join does not crop.

    Raises:
        DescriptionError: it does.
    """
    if crop:
        raise DescriptionError(
            Fault("cannot-trace", "a trace cannot run a join that crops", row.node.place, row.node.name)
        )


def window_reader(row: Row) -> Callable[[Index], list[tuple[Index, Index | None]]]:
    """The taps of a window at an index, and where each falls on the input: nowhere, in the padding."""
    sizes, windows = row.inputs[0][1:], row.profile.windows or ()
    taps = places([getattr(window, "kernel", 1) for window in windows])
    axes: list[tuple[int, int, int]] = [
        (window.stride, window.dilation, window.pads(size)[0])  # type: ignore[union-attr]  # all are windows
        for window, size in zip(windows, sizes, strict=True)
    ]

    def read(index: Index) -> list[tuple[Index, Index | None]]:
        found = []
        for tap in taps:
            at = tuple(
                position * stride + step * dilation - before
                for position, step, (stride, dilation, before) in zip(index[1:], tap, axes, strict=True)
            )
            inside = all(0 <= each < size for each, size in zip(at, sizes, strict=True))
            found.append((tap, at if inside else None))
        return found

    return read


@dataclass
class Run:
    """A network that has run: the values of each tensor, and the weights and biases of each layer."""

    report: Report
    values: dict[str, Tensor] = field(default_factory=dict)
    weights: dict[str, Tensor] = field(default_factory=dict)
    biases: dict[str, Tensor] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Each layer by its name."""
        return {row.node.name: row for row in self.report.rows}

    def products(self, row: Row, index: Index) -> list[tuple[Tap, Number, Number]]:
        """What an output value is made of: each tap, the value that it reads, and its weight, or 1 without one."""
        name = row.node.name
        if name not in self.readers:
            self.readers[name] = reader(row.node.layer, row)
        weights = self.weights.get(name, {})
        return [
            (
                tap,
                self.values[row.node.inputs[tap.tensor]][tap.place] if tap.place else 0,
                weights.get(tap.weight or (), 1),
            )
            for tap in self.readers[name](index)
        ]

    def value(self, row: Row, index: Index) -> Number:
        """An output value."""
        read = self.products(row, index)
        inside = [value for tap, value, _ in read if tap.place is not None]
        match row.node.layer:
            case Conv() | DepthwiseConv() | Linear():
                return sum(value * weight for _, value, weight in read) + self.biases[row.node.name].get(index[:1], 0)
            case MaxPool() | GlobalMaxPool():
                return max(inside)
            case AvgPool() | GlobalAvgPool():
                return Fraction(sum(inside), len(read))
            case Mul():
                return prod(inside)
            case Add():
                return sum(inside)
        return ACTIVATIONS.get(row.node.kind, ACTIVATIONS["pass"])(inside[0])


def run_network(report: Report, seed: int, tensors: Mapping[str, Tensor] | None = None) -> Run:
    """Run a network on `tensors`, and otherwise on random numbers: small integers, the same for the same seed.

    Raises:
        DescriptionError: it has a layer that a run does not know.
    """
    draw = Random(seed)  # noqa: S311  # nothing is secret
    done = Run(report)
    numbers: dict[str, Tensor] = {}
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


def require_short_values(row: Row, values: Tensor) -> None:
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
        if own := learnt(row):
            shapes[f"{row.node.name}.weight"] = own
            if row.profile.biases:
                shapes[f"{row.node.name}.bias"] = own[:1]
    return shapes


NONZERO = [number for number in range(-LARGEST_WEIGHT, LARGEST_WEIGHT + 1) if number]
"""Random weights."""


def places(shape: Sequence[int]) -> list[Index]:
    """All indices of a tensor."""
    return list(product(*map(range, shape)))


def learnt(row: Row) -> tuple[int, ...]:
    """The shape of the weights of a layer, as PyTorch has it; empty if it has none."""
    layer, (channels, *_) = row.node.layer, row.inputs[0]
    kernel = [getattr(window, "kernel", 1) for window in row.profile.windows or ()]
    match layer:
        case Conv():
            return (layer.out_channels, channels // layer.groups, *kernel)
        case DepthwiseConv():
            return (channels * layer.multiplier, 1, *kernel)
        case Linear():
            return (layer.out_features, row.profile.fan_in)
    return ()


def require_small(report: Report) -> None:
    """State that a network is small enough to be followed by hand.

    Raises:
        DescriptionError: it is not.
    """
    read = sum(row.profile.activations * row.profile.fan_in for row in report.rows)
    if read > MOST_VALUES:
        message = f"a trace follows at most {MOST_VALUES:,} reads of a value, and this network has {read:,}"
        raise DescriptionError(Fault("cannot-trace", message, notes=("try: -i 2x6x6 -l 'conv 3 3 relu, conv 2 3'",)))
    held = sum(map(prod, tensor_shapes(report).values()))
    if held > MOST_VALUES:
        message = f"a trace holds at most {MOST_VALUES:,} inputs and weights, and this network has {held:,}"
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
    whole = all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts)  # noqa: PLR2004  # digits
    if not whole or len(parts) != len(shape) or any(int(part) >= size for part, size in zip(parts, shape, strict=True)):
        message = f"--pixel must be an index of the output {show(shape)}, counted from 0, but got {quoted(text)}"
        raise DescriptionError(Fault("wrong-argument", message, notes=(f"try: --pixel {middle}",)))
    return row.node.name, tuple(map(int, parts))
