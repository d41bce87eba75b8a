"""Layers that work on each number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import product, require
from convcalc.layers.base import Layer, Profile
from convcalc.layers.running import own_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from convcalc.layers.running import TapReader
    from convcalc.layers.shapes import Shape


@dataclass(frozen=True)
class Identity(Layer):
    """The input as it is: the short way of a branch."""

    in_place: ClassVar[bool] = True

    def __call__(self, x: Shape) -> Profile:
        """Pass `x` on."""
        return Profile(x)

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """The value at the same place."""
        return own_place(inputs)


@dataclass(frozen=True)
class Activation(Layer):
    """A function of numbers that has no parameters: relu, sigmoid and their like."""

    in_place: ClassVar[bool] = True
    runs_by_name: ClassVar[bool] = True

    def __call__(self, x: Shape) -> Profile:
        """Apply the function to `x`."""
        return Profile(x, operations=product(x))

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """The value at the same place."""
        return own_place(inputs)


@dataclass(frozen=True)
class Dropout(Layer):
    """A share `p` of the numbers set to 0 in training; nothing at inference."""

    in_place: ClassVar[bool] = True

    p: Fraction | float = 0.5

    def __post_init__(self) -> None:
        require(self.p >= 0, "out-of-range", "p", "p ({p}) must be between 0 and 1", p=self.p)
        require(self.p <= 1, "out-of-range", "p", "p ({p}) must be between 0 and 1", p=self.p)

    def __call__(self, x: Shape) -> Profile:
        """Pass `x` on."""
        return Profile(x)

    def reader(self, inputs: Sequence[Shape]) -> TapReader:
        """The value at the same place."""
        return own_place(inputs)
