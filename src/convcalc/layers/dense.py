"""Linear layers, which weigh all numbers together, or the channels of each position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from convcalc.arithmetic.operations import product, require, require_at_least
from convcalc.layers.base import Layer, Profile
from convcalc.layers.running import Tap, places, weighed_sum
from convcalc.layers.window import covering_windows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.layers.running import Product, Rational, TapReader
    from convcalc.layers.shapes import Shape


WEIGHED = ("all", "channels")
"""What a linear layer may weigh together."""

WeighedTogether: TypeAlias = Literal["all", "channels"]
"""The whole sample, or the channels of one position."""


@dataclass(frozen=True)
class Linear(Layer):
    """Each output feature weighs every number of the input, which is flattened.

    (F,) -> (out_features,)
    (C, H, W) -> (out_features,)
    (C, H, W) -> (out_features, H, W) with over channels

    With `over` channels, the layer is applied to each position, as nn.Linear is to tokens and as a convolution with a
    kernel of 1 is: an output feature weighs the channels of its position.
    """

    width: ClassVar[str] = "out_features"
    widened: ClassVar[bool] = False
    torch_options: ClassVar[Mapping[str, str]] = {"over": ""}
    flattens: ClassVar[bool] = True

    out_features: int
    bias: bool = True
    over: WeighedTogether = "all"

    def __post_init__(self) -> None:
        require_at_least(1, "out_features", self.out_features)
        message = "over must be all or channels, but got {word}"
        require(self.over in WEIGHED, "wrong-value", "over", message, word=self.over)

    def __call__(self, x: Shape) -> Profile:
        """Weigh the numbers of `x`."""
        together, sizes = (product(x), ()) if self.over == "all" else (x[0], x[1:])
        positions = product(sizes)
        biases = self.out_features if self.bias else 0
        weights = self.out_features * together
        return Profile(
            (self.out_features, *sizes),
            weights=weights,
            biases=biases,
            macs=weights * positions,
            windows=covering_windows(x[1:]) if self.over == "all" else (),
            fan_in=together,
            operations=biases * positions,
        )

    def weight_shape(self, inputs: Sequence[Shape]) -> tuple[int, ...]:
        """For each output feature, a weight for each number that it weighs."""
        (x,) = inputs
        return (self.out_features, product(x) if self.over == "all" else x[0])

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """All numbers, or the channels of the position."""
        (x,) = inputs
        if self.over == "channels":
            channels = places(x[:1])
            return lambda index: [Tap(0, (channel, *index[1:]), (index[0], channel)) for (channel,) in channels]
        read = places(x)
        return lambda index: [Tap(0, place, (index[0], number)) for number, place in enumerate(read)]

    def value(self, read: Sequence[Product]) -> Rational:
        """The sum of the products."""
        return weighed_sum(read)
