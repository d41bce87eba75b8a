"""Recurrent layers, which go along the one axis of their input."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from convcalc.arithmetic import require, require_at_least
from convcalc.axes import EVERYTHING, Past
from convcalc.layers.base import Layer, Profile
from convcalc.shapes import show

if TYPE_CHECKING:
    from convcalc.arithmetic import Number
    from convcalc.shapes import Shape


@dataclass(frozen=True)
class LSTM(Layer):
    """Long short-term memory: four gates of `hidden_size`, each reading the input and the last state.

    (C, L) -> (hidden_size * directions, L)

    Each gate has two biases, as those of torch.nn.LSTM do (Hochreiter and Schmidhuber 1997).
    """

    hidden_size: int
    num_layers: int = 1
    bidirectional: bool = False
    bias: bool = True

    def __post_init__(self) -> None:
        require_recurrent(self)

    def __call__(self, x: Shape) -> Profile:
        """Go along `x`: besides its gates, a state takes three operations on its memory and two on its output."""
        return recurrent(self, x, gates=4, extra=5)


@dataclass(frozen=True)
class GRU(Layer):
    """Gated recurrent units: three gates of `hidden_size`, each reading the input and the last state.

    (C, L) -> (hidden_size * directions, L)

    Each gate has two biases, as those of torch.nn.GRU do (Cho et al. 2014, arXiv:1406.1078).
    """

    hidden_size: int
    num_layers: int = 1
    bidirectional: bool = False
    bias: bool = True

    def __post_init__(self) -> None:
        require_recurrent(self)

    def __call__(self, x: Shape) -> Profile:
        """Go along `x`: besides its gates, a state takes one operation to reset it and four to mix old and new."""
        return recurrent(self, x, gates=3, extra=5)


def require_recurrent(layer: LSTM | GRU) -> None:
    """State that there is something to go along with."""
    require_at_least(1, "hidden_size", layer.hidden_size)
    require_at_least(1, "num_layers", layer.num_layers)


def recurrent(layer: LSTM | GRU, x: Shape, gates: Number, extra: Number) -> Profile:
    """The profile of stacked layers of gates: each adds its two products, its two biases, and applies a function.

    Raises:
        RuleError: the input is not (C, L).
    """
    require(len(x) == 2, "", "the input must be CxL, but is {x}", x=partial(show, x))  # noqa: PLR2004  # C and L
    channels, length = x
    directions = 2 if layer.bidirectional else 1
    hidden = layer.hidden_size
    read = channels + (layer.num_layers - 1) * directions * hidden + layer.num_layers * hidden
    weights = directions * gates * hidden * read
    states = directions * layer.num_layers * hidden
    biases = 2 * gates * states if layer.bias else 0
    return Profile(
        (directions * hidden, length),
        weights=weights,
        biases=biases,
        macs=weights * length,
        windows=(EVERYTHING if layer.bidirectional else Past(),),
        fan_in=channels * length,
        operations=length * (states * (2 * gates + extra) + biases),
    )
