"""Normalisation by running statistics, and by neighbouring channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import product, require_at_least, smallest
from convcalc.layers.base import Layer, Profile
from convcalc.layers.shapes import require_axes

if TYPE_CHECKING:
    from convcalc.layers.shapes import Shape


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Each channel to mean 0 and variance 1 by its running statistics, then a learnt scale and shift.

    (C, H, W) -> (C, H, W)
    """

    needless: ClassVar[tuple[str, ...]] = ("num_features",)
    in_place: ClassVar[bool] = True
    centres: ClassVar[bool] = True

    affine: bool = True

    def __call__(self, x: Shape) -> Profile:
        """Normalise each channel of `x`: at inference, one factor and one shift."""
        learnt = x[0] if self.affine else 0
        return Profile(x, weights=learnt, biases=learnt, statistics=2 * x[0], operations=2 * product(x))


@dataclass(frozen=True)
class LocalResponseNorm(Layer):
    """Each number divided by the strength of its neighbours on `size` adjacent channels; nothing is learnt.

    (C, H, W) -> (C, H, W)
    """

    size: int = 5

    def __post_init__(self) -> None:
        require_at_least(1, "size", self.size)

    def __call__(self, x: Shape) -> Profile:
        """Normalise `x` across channels: square, sum, scale, add, power, divide."""
        require_axes(x)
        return Profile(x, fan_in=smallest(self.size, x[0]), operations=(self.size + 4) * product(x))
