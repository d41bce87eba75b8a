"""Normalisation by the statistics of the sample itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from convcalc.arithmetic.operations import product, require, require_at_least, require_divisible
from convcalc.layers.base import Layer, Profile
from convcalc.layers.shapes import require_axes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.shapes import Shape


NORMALIZED = ("channels", "all")
"""What a layer norm may take together."""

Normalized: TypeAlias = Literal["channels", "all"]
"""The channels of one position, or the whole sample."""

STATISTICS_OPERATIONS = 5
"""Operations on each number that is normalised by its own mean and variance: sum, centre, square, sum, scale."""


@dataclass(frozen=True)
class LayerNorm(Layer):
    """Each position to mean 0 and variance 1 over its channels, then a learnt scale and shift of each channel.

    (C, H, W) -> (C, H, W)

    With `over` all, the whole sample is normalised, and each number has its scale and shift: nn.LayerNorm((C, H, W)).
    """

    needless: ClassVar[tuple[str, ...]] = ("normalized_shape",)
    torch_options: ClassVar[Mapping[str, str]] = {"over": "normalized_shape", "affine": "elementwise_affine"}

    affine: bool = True
    over: Normalized = "channels"

    def __post_init__(self) -> None:
        message = "over must be channels or all, but got {word}"
        require(self.over in NORMALIZED, "wrong-value", "over", message, word=self.over)

    def __call__(self, x: Shape) -> Profile:
        """Normalise `x`."""
        together = x[0] if self.over == "channels" else product(x)
        return sample_norm_profile(x, together, together, affine=self.affine)


@dataclass(frozen=True)
class GroupNorm(Layer):
    """Each group of channels to mean 0 and variance 1, then a learnt scale and shift of each channel.

    (C, H, W) -> (C, H, W)
    """

    needless: ClassVar[tuple[str, ...]] = ("num_channels",)
    torch_options: ClassVar[Mapping[str, str]] = {"groups": "num_groups"}

    groups: int = 32
    affine: bool = True

    def __post_init__(self) -> None:
        require_at_least(1, "groups", self.groups)

    def __call__(self, x: Shape) -> Profile:
        """Normalise each group of channels of `x`."""
        channels, *sizes = x
        together = require_divisible("in_channels", channels, "groups", self.groups)
        return sample_norm_profile(x, channels, together * product(sizes), affine=self.affine)


@dataclass(frozen=True)
class InstanceNorm(Layer):
    """Each channel of each sample to mean 0 and variance 1, then, if `affine`, a learnt scale and shift.

    (C, H, W) -> (C, H, W)
    """

    needless: ClassVar[tuple[str, ...]] = ("num_features",)
    centres: ClassVar[bool] = True

    affine: bool = False

    def __call__(self, x: Shape) -> Profile:
        """Normalise each channel of `x` by itself."""
        channels, sizes = x[0], require_axes(x)
        return sample_norm_profile(x, channels, product(sizes), affine=self.affine)


@dataclass(frozen=True)
class RMSNorm(Layer):
    """Each position divided by the root mean square of its channels, then a learnt scale of each channel.

    (C, H, W) -> (C, H, W)
    """

    needless: ClassVar[tuple[str, ...]] = ("normalized_shape",)
    torch_options: ClassVar[Mapping[str, str]] = {"affine": "elementwise_affine"}

    affine: bool = True

    def __call__(self, x: Shape) -> Profile:
        """Normalise each position of `x`: square, sum, divide, and, if `affine`, scale."""
        learnt = x[0] if self.affine else 0
        return Profile(x, weights=learnt, fan_in=x[0], operations=(4 if self.affine else 3) * product(x))


def sample_norm_profile(x: Shape, learnt: Number, together: Number, *, affine: bool) -> Profile:
    """The profile of a norm by the mean and variance of `together` numbers, with so many scales and shifts if any."""
    learnt = learnt if affine else 0
    operations = (STATISTICS_OPERATIONS + 2 if affine else STATISTICS_OPERATIONS) * product(x)
    return Profile(x, weights=learnt, biases=learnt, fan_in=together, operations=operations)
