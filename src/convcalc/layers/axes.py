"""What a layer reads along one axis, where that is no `Window`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from convcalc.arithmetic.operations import ceil_div, common_divisor, largest, require
from convcalc.layers.window import Pads, Same, Window, show_pads

if TYPE_CHECKING:
    from fractions import Fraction

    from convcalc.arithmetic.operations import Number


class TransposedWindow(NamedTuple):
    """A kernel that spreads each position of one axis over its extent, `stride` apart.

    `padding` takes positions away at both ends of the output, "same" as many as leave size * stride;
    `output_padding` adds some at its end.
    """

    kernel: Number
    stride: Number = 1
    padding: Pads | Same = (0, 0)
    dilation: Number = 1
    output_padding: Number = 0

    @property
    def extent(self) -> Number:
        """Output positions from the kernel's first tap to its last, both included."""
        return self.dilation * (self.kernel - 1) + 1

    def positions(self, size: Number) -> Number:
        """The output size, as that of PyTorch's ConvTranspose2d; "same" is that of Keras.

        >>> TransposedWindow(kernel=4, stride=2, padding=(1, 1)).positions(7)
        14

        Raises:
            RuleError: no position is left.
        """
        count = self.spread(size)
        message = "padding ({padding}) takes away all that an axis of {size} is spread to"
        require(count >= 1, "does-not-fit", "padding", message, padding=lambda: show_pads(self.pads(size)), size=size)
        return count

    def spread(self, size: Number) -> Number:
        """The output size, even if no position is left."""
        if isinstance(self.padding, str):
            return size * self.stride
        before, after = self.padding
        return (size - 1) * self.stride + self.extent + self.output_padding - before - after

    def pads(self, size: Number) -> Pads:
        """The positions taken away at both ends of the output.

        Where a kernel of less than its stride leaves too little for "same", the second number is negative.
        """
        if not isinstance(self.padding, str):
            return self.padding
        total = (size - 1) * self.stride + self.extent - size * self.stride
        before = largest(0, total) // 2 if self.padding == "same" else ceil_div(largest(0, total), 2)
        return before, total - before

    def dropped(self, size: Number) -> Number:
        """Each position is spread: none is left out."""
        return 0 * size

    @property
    def most_read(self) -> Number:
        """Input positions that one output position reads, at most: every tap that meets the stride."""
        return ceil_div(self.kernel, self.stride // common_divisor(self.stride, self.dilation))


@dataclass(frozen=True, slots=True)
class Adaptive:
    """Windows of unequal widths, as many as asked for, from floor(i * size / output) to ceil((i + 1) * size / output).

    These are the windows of PyTorch's AdaptiveAvgPool2d.
    """

    size: Number
    output: Number

    def read(self) -> Number:
        """Input positions that all windows read, taken together: size + output - gcd(size, output).

        >>> Adaptive(size=5, output=3).read()  # 0 to 1, 1 to 3, 3 to 4
        7
        """
        return self.size + self.output - common_divisor(self.size, self.output)

    @property
    def most_read(self) -> Number:
        """Input positions that the widest window reads."""
        common = common_divisor(self.size, self.output)
        return ceil_div((self.size + self.output) // common - 1, self.output // common)


@dataclass(frozen=True, slots=True)
class Stretched:
    """An axis of `size` sampled anew at `output` positions, each from `taps` neighbours.

    There are `factor` output positions for each input position: output / size, unless it is given.
    """

    size: Number
    output: Number
    taps: Number = 1
    factor: Fraction | Number | None = None


@dataclass(frozen=True, slots=True)
class Blocks:
    """An axis cut into blocks: each position reads its whole block."""

    size: Number


@dataclass(frozen=True, slots=True)
class Everything:
    """Each position reads the whole axis."""


@dataclass(frozen=True, slots=True)
class Past:
    """Each position reads itself and all before it."""


@dataclass(frozen=True, slots=True)
class Preceding:
    """Each position reads the one before it, and the first reads nothing."""


AxisReading: TypeAlias = Window | TransposedWindow | Adaptive | Stretched | Blocks | Everything | Past | Preceding
"""What a layer reads along one axis."""

EVERYTHING = Everything()
