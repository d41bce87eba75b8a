"""Layers past the axes of the image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convcalc.arithmetic import product, require_at_least
from convcalc.layers.base import Layer, Profile
from convcalc.window import whole

if TYPE_CHECKING:
    from convcalc.shapes import Shape


@dataclass(frozen=True)
class Linear(Layer):
    """Each output feature weighs every number of the input, which is flattened.

    (F,) -> (out_features,)
    (C, H, W) -> (out_features,)
    """

    out_features: int
    bias: bool = True

    def __post_init__(self) -> None:
        require_at_least(1, "out_features", self.out_features)

    def __call__(self, x: Shape) -> Profile:
        """Weigh the numbers of `x`."""
        fan_in = product(x)
        biases = self.out_features if self.bias else 0
        weights = self.out_features * fan_in
        return Profile(
            (self.out_features,),
            weights=weights,
            biases=biases,
            macs=weights,
            windows=whole(x[1:]),
            fan_in=fan_in,
            operations=biases,
        )
