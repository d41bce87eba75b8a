"""Layers at which branches meet: sums, products and stacks of tensors of matching shapes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import Number, decide, equal, product, require
from convcalc.layers.base import MANY, Layer, Profile
from convcalc.layers.running import Tap, multiplied, own_place, places, summed
from convcalc.layers.shapes import show_shape
from convcalc.layers.window import centred

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.layers.running import Index, Product, Rational, TapReader
    from convcalc.layers.shapes import Shape

CROPPING = "a trace cannot run a join that crops"
"""What to say of a join that is to run on real numbers."""


@dataclass(frozen=True)
class Add(Layer):
    """The sum of tensors of one shape; with `crop`, of the middle of those that are larger than the first.

    (C, H, W), (C, H, W), ... -> (C, H, W)
    """

    reads: ClassVar[tuple[int, int]] = (2, MANY)
    torch_options: ClassVar[Mapping[str, str]] = {"crop": ""}
    in_place: ClassVar[bool] = True
    makes: ClassVar[str] = "the sum"

    crop: bool = False

    def __call__(self, *inputs: Shape) -> Profile:
        """Add the inputs."""
        same_ranks("add", inputs)
        inputs = cropped(inputs) if self.crop else inputs
        for sizes in zip(*inputs, strict=True):
            for size in sizes[1:]:
                message = "add needs tensors of one shape, but got {shapes}"
                require(equal(size, sizes[0]), "shapes-differ", "", message, shapes=partial(shapes_in_words, inputs))
        return Profile(inputs[0], fan_in=len(inputs), operations=(len(inputs) - 1) * product(inputs[0]))

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """The value at the same place in each tensor."""
        require(not self.crop, "cannot-trace", "crop", CROPPING)
        return own_place(inputs)

    def value(self, read: Sequence[Product]) -> Rational:
        """The sum."""
        return summed(read)


@dataclass(frozen=True)
class Mul(Layer):
    """The product of tensors, number by number; an axis of 1 is repeated.

    (C, H, W), (C, 1, 1) -> (C, H, W)
    """

    reads: ClassVar[tuple[int, int]] = (2, MANY)
    in_place: ClassVar[bool] = True
    makes: ClassVar[str] = "the product"

    def __call__(self, *inputs: Shape) -> Profile:
        """Multiply the inputs."""
        same_ranks("mul", inputs)
        output = tuple([broadcast(sizes, inputs) for sizes in zip(*inputs, strict=True)])
        return Profile(output, fan_in=len(inputs), operations=(len(inputs) - 1) * product(output))

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """The value at the same place in each tensor, or the one that is repeated."""
        return own_place(inputs)

    def value(self, read: Sequence[Product]) -> Rational:
        """The product."""
        return multiplied(read)


@dataclass(frozen=True)
class Concat(Layer):
    """Tensors stacked along their channels; with `crop`, the middle of those that are larger than the first.

    (C1, H, W), (C2, H, W), ... -> (C1 + C2 + ..., H, W)
    """

    reads: ClassVar[tuple[int, int]] = (2, MANY)
    torch_options: ClassVar[Mapping[str, str]] = {"crop": ""}
    own_channels: ClassVar[bool] = True

    crop: bool = False

    def __call__(self, *inputs: Shape) -> Profile:
        """Stack the inputs."""
        same_ranks("concat", inputs)
        inputs = cropped(inputs) if self.crop else inputs
        channels, *axes = zip(*inputs, strict=True)
        for sizes in axes:
            for size in sizes[1:]:
                message = "concat needs tensors that agree in all but channels, but got {shapes}"
                require(equal(size, sizes[0]), "shapes-differ", "", message, shapes=partial(shapes_in_words, inputs))
        return Profile((sum(channels), *[sizes[0] for sizes in axes]))

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """The value of the tensor that has the channel."""
        require(not self.crop, "cannot-trace", "crop", CROPPING)
        sources = [(tensor, channel) for tensor, shape in enumerate(inputs) for (channel,) in places(shape[:1])]

        def read(index: Index) -> list[Tap]:
            tensor, channel = sources[index[0]]
            return [Tap(tensor, (channel, *index[1:]))]

        return read


def cropped(inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """The shapes, all but the first cropped to its sizes.

    Raises:
        RuleError: one is smaller.
    """
    first, *others = inputs
    for other in others:
        centred(other, first[1:])
    return (first, *[(other[0], *first[1:]) for other in others])


def same_ranks(kind: str, inputs: tuple[Shape, ...]) -> None:
    """State that there are inputs to join, and that they have equally many axes."""
    require(
        len(inputs) > 1,
        "wrong-number-of-inputs",
        "",
        "{kind} joins two or more tensors, but gets {count}",
        kind=kind,
        count=len(inputs),
    )
    for shape in inputs:
        message = "{kind} needs tensors with equally many axes, but got {shapes}"
        require(
            len(shape) == len(inputs[0]),
            "shapes-differ",
            "",
            message,
            kind=kind,
            shapes=partial(shapes_in_words, inputs),
        )


def broadcast(sizes: tuple[Number, ...], inputs: tuple[Shape, ...]) -> Number:
    """The common size of one axis; 1 gives way."""
    common = sizes[0]
    for size in sizes[1:]:
        if decide(equal(common, 1)):
            common = size
        elif not decide(equal(size, 1)):
            message = "mul needs tensors that agree on each axis, or have 1 there, but got {shapes}"
            require(equal(size, common), "shapes-differ", "", message, shapes=partial(shapes_in_words, inputs))
    return common


def shapes_in_words(inputs: tuple[Shape, ...]) -> str:
    """The shapes for a message: `64x56x56 and 32x56x56`."""
    *most, last = map(show_shape, inputs)
    return f"{', '.join(most)} and {last}"
