"""An operation that no other kind describes, by what its author knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import product, require, require_at_least, total
from convcalc.layers.base import COSTS, MANY, Layer, Profile
from convcalc.layers.shapes import show_shape

if TYPE_CHECKING:
    from convcalc.layers.reshape import Sizes
    from convcalc.layers.shapes import Shape


@dataclass(frozen=True)
class Custom(Layer):
    """An operation of your own: what it makes, and what it costs; a cost that is not given makes totals partial.

    (C, H, W) -> shape
    (C, H, W), (C', H', W'), ... -> shape

    Nothing is known of how it reads, so that each output value is taken to read all that there is.
    """

    shape: Sizes
    weights: int | None = None
    biases: int | None = None
    macs: int | None = None
    statistics: int | None = None
    operations: int | None = None

    reads: ClassVar[tuple[int, int]] = (1, MANY)
    unscaled: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for size in self.shape:
            message = "the sizes of shape ({shape}) must be at least 1"
            require(size >= 1, "out-of-range", "shape", message, shape=partial(show_shape, self.shape))
        for cost in COSTS:
            if getattr(self, cost) is not None:
                require_at_least(0, cost, getattr(self, cost))

    def __call__(self, *inputs: Shape) -> Profile:
        """Make a tensor of `shape`, whatever the inputs are."""
        known = {cost: getattr(self, cost) for cost in COSTS if getattr(self, cost) is not None}
        unknown = tuple([cost for cost in COSTS if getattr(self, cost) is None])
        read = total([product(x) for x in inputs])
        return Profile(self.shape, **known, windows=None, fan_in=read, unknown=unknown)
