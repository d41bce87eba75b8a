"""Learnt vectors: of indices, of positions, and of the class token."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import product, require, require_at_least
from convcalc.layers.axes import Preceding
from convcalc.layers.base import Layer, Profile
from convcalc.layers.shapes import show_shape

if TYPE_CHECKING:
    from convcalc.layers.shapes import Shape


@dataclass(frozen=True)
class Embedding(Layer):
    """A learnt vector for each of `num_embeddings` indices, such as letters: each number of the input picks one.

    (L,) -> (embedding_dim, L)
    """

    num_embeddings: int
    embedding_dim: int

    def __post_init__(self) -> None:
        require_at_least(1, "num_embeddings", self.num_embeddings)
        require_at_least(1, "embedding_dim", self.embedding_dim)

    def __call__(self, x: Shape) -> Profile:
        """Look up each number of `x`."""
        require(len(x) == 1, "wrong-rank", "", "the input must be a row of indices, such as 1000, without channels")
        return Profile((self.embedding_dim, *x), weights=self.num_embeddings * self.embedding_dim, windows=None)


@dataclass(frozen=True)
class PositionEmbedding(Layer):
    """A learnt number added to each number of the input, so that positions differ.

    (C, H, W) -> (C, H, W)
    """

    in_place: ClassVar[bool] = True

    def __call__(self, x: Shape) -> Profile:
        """Add to `x`."""
        return Profile(x, weights=product(x), operations=product(x))


@dataclass(frozen=True)
class ClassToken(Layer):
    """One more position, learnt, in front of the others: what a vision transformer classifies by.

    (C, L) -> (C, L + 1)
    """

    def __call__(self, x: Shape) -> Profile:
        """Put a token in front of `x`."""
        message = "the input must be CxL, such as after flatten 1, but is {x}"
        require(len(x) == len("CL"), "wrong-rank", "", message, x=partial(show_shape, x))
        return Profile((x[0], x[1] + 1), weights=x[0], windows=(Preceding(),))
