"""Attention over all positions, and within windows. The tokens are the positions of the input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import ceil_div, product, require, require_at_least, require_divisible
from convcalc.layers.axes import EVERYTHING, Blocks
from convcalc.layers.base import Layer, Profile
from convcalc.layers.shapes import per_axis, require_axes, require_sizes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.shapes import Shape, Size


@dataclass(frozen=True)
class Attention(Layer):
    """Each position as a mean of all positions, weighed by how well its query fits their keys, `num_heads` times.

    (C, H, W) -> (C, H, W)
    (C, H, W), (D, ...) -> (C, H, W)

    Queries, keys, values and the result are projected; `head_dim` is C / num_heads unless given. With a second
    tensor, `attention 8 @memory`, keys and values come from that. `relative_position` adds a learnt number for each
    head and distance of two positions (Vaswani et al. 2017, arXiv:1706.03762; nn.MultiheadAttention).
    """

    reads: ClassVar[tuple[int, int]] = (1, 2)
    needless: ClassVar[tuple[str, ...]] = ("embed_dim",)
    unless_given: ClassVar[Mapping[str, str]] = {"head_dim": "C//num_heads"}
    torch_options: ClassVar[Mapping[str, str]] = {"head_dim": "", "relative_position": ""}

    num_heads: int
    head_dim: int | None = None
    bias: bool = True
    relative_position: bool = False

    def __post_init__(self) -> None:
        require_heads(self)

    def __call__(self, x: Shape, *memory: Shape) -> Profile:
        """Attend from the positions of `x` to those of the memory, or of `x` itself.

        Besides its products: queries are scaled, each row of scores goes through a softmax, and biases are added.
        """
        message = "relative_position is for positions of one tensor, but there are two"
        if self.relative_position:
            require(len(memory) == 0, "wrong-number-of-inputs", "relative_position", message)
        source = memory[0] if len(memory) == 1 else x
        tokens, others = product(x[1:]), product(source[1:])
        inner = width(self, x[0])
        biases = (3 * inner + x[0] if self.bias else 0) + (
            relative_positions(self, x[1:]) if self.relative_position else 0
        )
        added = ((tokens + 2 * others) * inner + tokens * x[0] if self.bias else 0) + (
            self.num_heads * tokens * others if self.relative_position else 0
        )
        return Profile(
            x,
            weights=2 * inner * (x[0] + source[0]),
            biases=biases,
            macs=2 * inner * (tokens * x[0] + others * source[0] + tokens * others),
            windows=tuple([EVERYTHING for _ in x[1:]]),
            fan_in=product(source) + (x[0] if len(memory) == 1 else 0),
            operations=tokens * inner + self.num_heads * tokens * (3 * others - 1) + added,
        )


@dataclass(frozen=True)
class WindowAttention(Layer):
    """Attention within windows of `window_size`; sizes are padded up to whole windows.

    (C, H, W) -> (C, H, W)

    Shifting the windows costs nothing. `relative_position` is Swin's bias: for each head, a learnt number for each
    distance of two positions of a window (Liu et al. 2021, arXiv:2103.14030).
    """

    needless: ClassVar[tuple[str, ...]] = ("embed_dim",)
    unless_given: ClassVar[Mapping[str, str]] = {"head_dim": "C//num_heads"}

    num_heads: int
    window_size: Size
    head_dim: int | None = None
    bias: bool = True
    relative_position: bool = True

    def __post_init__(self) -> None:
        require_heads(self)
        require_sizes("window_size", self.window_size)

    def __call__(self, x: Shape) -> Profile:
        """Attend within each window of `x`."""
        channels, sizes = x[0], require_axes(x)
        sides = per_axis("window_size", self.window_size, len(sizes))
        count = product([ceil_div(size, side) for size, side in zip(sizes, sides, strict=True)])
        inside = Attention(self.num_heads, self.head_dim, self.bias, self.relative_position)((channels, *sides))
        return Profile(
            x,
            weights=inside.weights,
            biases=inside.biases,
            macs=count * inside.macs,
            windows=tuple([Blocks(side) for side in sides]),
            fan_in=inside.fan_in,
            operations=count * inside.operations,
        )


def require_heads(attention: Attention | WindowAttention) -> None:
    """State that there are heads, and that they are not empty."""
    require_at_least(1, "num_heads", attention.num_heads)
    if attention.head_dim is not None:
        require_at_least(1, "head_dim", attention.head_dim)


def width(attention: Attention, channels: Number) -> Number:
    """The channels of all heads together."""
    if attention.head_dim is not None:
        return attention.num_heads * attention.head_dim
    require_divisible("in_channels", channels, "num_heads", attention.num_heads)
    return channels


def relative_positions(attention: Attention, sizes: Shape) -> Number:
    """The learnt numbers of relative positions: for each head, one for each distance along all axes."""
    return attention.num_heads * product([2 * size - 1 for size in sizes])
