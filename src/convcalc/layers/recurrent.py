"""Recurrent layers, which go along the one axis of their input."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import require, require_at_least
from convcalc.layers.axes import EVERYTHING, Past
from convcalc.layers.base import Layer, Profile
from convcalc.layers.shapes import show_shape

if TYPE_CHECKING:
    from convcalc.layers.shapes import Shape


@dataclass(frozen=True)
class Recurrent(Layer):
    """Stacked layers of gates, each of which reads the input and the last state."""

    needless: ClassVar[tuple[str, ...]] = ("input_size",)

    gates: ClassVar[int]
    """Gates of `hidden_size`, each with two products, two biases and a function."""

    extra: ClassVar[int]
    """Operations that make a state of the gates."""

    hidden_size: int
    num_layers: int = 1
    bidirectional: bool = False
    bias: bool = True

    def __post_init__(self) -> None:
        require_at_least(1, "hidden_size", self.hidden_size)
        require_at_least(1, "num_layers", self.num_layers)

    def __call__(self, x: Shape) -> Profile:
        """Go along `x`: a gate adds its two products and its two biases, and applies a function."""
        require(len(x) == len("CL"), "wrong-rank", "", "the input must be CxL, but is {x}", x=partial(show_shape, x))
        channels, length = x
        directions = 2 if self.bidirectional else 1
        hidden = self.hidden_size
        read = channels + (self.num_layers - 1) * directions * hidden + self.num_layers * hidden
        weights = directions * self.gates * hidden * read
        states = directions * self.num_layers * hidden
        biases = 2 * self.gates * states if self.bias else 0
        return Profile(
            (directions * hidden, length),
            weights=weights,
            biases=biases,
            macs=weights * length,
            windows=(EVERYTHING if self.bidirectional else Past(),),
            fan_in=channels * length,
            operations=length * (states * (2 * self.gates + self.extra) + biases),
        )


@dataclass(frozen=True)
class LSTM(Recurrent):
    """Long short-term memory: four gates of `hidden_size`, each reading the input and the last state.

    (C, L) -> (hidden_size * directions, L)

    Each gate has two biases, as those of torch.nn.LSTM do (Hochreiter and Schmidhuber 1997). A state takes three
    operations on its memory, and two on its output.
    """

    gates: ClassVar[int] = 4
    extra: ClassVar[int] = 5


@dataclass(frozen=True)
class GRU(Recurrent):
    """Gated recurrent units: three gates of `hidden_size`, each reading the input and the last state.

    (C, L) -> (hidden_size * directions, L)

    Each gate has two biases, as those of torch.nn.GRU do (Cho et al. 2014, arXiv:1406.1078). A state takes one
    operation to reset it, and four to mix old and new.
    """

    gates: ClassVar[int] = 3
    extra: ClassVar[int] = 5
