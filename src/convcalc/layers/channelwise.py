"""Layers that work on the channels of each position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import (
    decide,
    divisible,
    equal,
    product,
    require,
    require_at_least,
    require_divisible,
)
from convcalc.layers.base import Layer, Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.layers.shapes import Shape


@dataclass(frozen=True)
class Softmax(Layer):
    """The exponentials of the channels of each position, divided by their sum; softmax and log_softmax.

    (C, H, W) -> (C, H, W)
    """

    def __call__(self, x: Shape) -> Profile:
        """Normalise the channels of `x`: an exponential of each, one sum less than there are, a division of each."""
        return Profile(x, fan_in=x[0], operations=3 * product(x) - product(x[1:]))


@dataclass(frozen=True)
class PReLU(Layer):
    """Negative numbers by a learnt slope: one for all channels, or, with `prelu C`, one for each.

    (C, H, W) -> (C, H, W)
    """

    in_place: ClassVar[bool] = True

    num_parameters: int = 1

    def __post_init__(self) -> None:
        require_at_least(1, "num_parameters", self.num_parameters)

    def __call__(self, x: Shape) -> Profile:
        """Apply the function to `x`."""
        if not decide(equal(self.num_parameters, 1)):
            message = "num_parameters ({number}) must be 1, or one for each of {channels} channels"
            condition = equal(self.num_parameters, x[0])
            require(condition, "out-of-range", "num_parameters", message, number=self.num_parameters, channels=x[0])
        return Profile(x, weights=self.num_parameters, operations=product(x))


@dataclass(frozen=True)
class Scale(Layer):
    """Each channel by a learnt factor, and, with `bias`, plus a learnt shift: layer scale, Caffe's Scale.

    (C, H, W) -> (C, H, W)
    """

    torch_options: ClassVar[Mapping[str, str]] = {"bias": "a second nn.Parameter"}
    in_place: ClassVar[bool] = True

    bias: bool = False

    def __call__(self, x: Shape) -> Profile:
        """Scale the channels of `x`."""
        values = product(x)
        return Profile(x, weights=x[0], biases=x[0] if self.bias else 0, operations=2 * values if self.bias else values)


@dataclass(frozen=True)
class Maxout(Layer):
    """The largest of each `pieces` neighbouring channels (Goodfellow et al. 2013, arXiv:1302.4389).

    (C, H, W) -> (C / pieces, H, W)
    """

    pieces: int

    def __post_init__(self) -> None:
        require_at_least(1, "pieces", self.pieces)

    def __call__(self, x: Shape) -> Profile:
        """Compare channels of `x`."""
        channels, *sizes = x
        output = (require_divisible("in_channels", channels, "pieces", self.pieces), *sizes)
        return Profile(output, fan_in=self.pieces, operations=(self.pieces - 1) * product(output))


@dataclass(frozen=True)
class GatedLinearUnit(Layer):
    """The first half of the channels, each times the sigmoid of its fellow in the second (arXiv:1612.08083).

    (C, H, W) -> (C / 2, H, W)
    """

    def __call__(self, x: Shape) -> Profile:
        """Gate one half of the channels of `x` by the other."""
        channels, *sizes = x
        require(
            divisible(channels, 2),
            "not-divisible",
            "",
            "glu halves the channels, but gets {channels}",
            channels=channels,
        )
        output = (channels // 2, *sizes)
        return Profile(output, fan_in=2, operations=2 * product(output))
