"""Products of two tensors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import equal, product, require
from convcalc.layers.base import Layer, Profile
from convcalc.layers.join import same_ranks, shapes_in_words

if TYPE_CHECKING:
    from convcalc.layers.shapes import Shape


@dataclass(frozen=True)
class MatMul(Layer):
    """The product of two matrices, or, for more axes, of those at each place of the leading ones.

    (M, K), (K, N) -> (M, N)
    (B, M, K), (B, K, N) -> (B, M, N)
    """

    reads: ClassVar[tuple[int, int]] = (2, 2)
    own_channels: ClassVar[bool] = True

    def __call__(self, one: Shape, other: Shape) -> Profile:
        """Multiply `one` by `other`."""
        inputs = (one, other)
        same_ranks("matmul", inputs)
        message = "matmul needs (…, M, K) and (…, K, N), but got {shapes}"
        shown = partial(shapes_in_words, inputs)
        require(len(one) > 1, "shapes-differ", "", message, shapes=shown)
        for size, other_size in zip(one[:-2], other[:-2], strict=True):
            require(equal(size, other_size), "shapes-differ", "", message, shapes=shown)
        common = one[-1]
        require(equal(common, other[-2]), "shapes-differ", "", message, shapes=shown)
        output = (*one[:-1], other[-1])
        return Profile(output, macs=product(output) * common, windows=None, fan_in=2 * common)
