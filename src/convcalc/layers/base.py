"""What a layer kind is: options, and the profile that they give on the shapes that reach it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from convcalc.arithmetic.operations import product

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.axes import Axis
    from convcalc.layers.shapes import Shape


COSTS = ("weights", "biases", "macs", "statistics", "operations")
"""What a layer may cost: the counts of a profile that nobody may know."""

MANY = 1_000_000_000
"""As many tensors as there are."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one layer does to its input and what that costs, for one sample.

    `weights` and `biases` are learnable numbers; `statistics` are running ones, which are not.
    `macs` counts multiply-accumulates; `operations` all other arithmetic, one for each number that is added,
    multiplied, divided, compared, or put through a function. `fan_in` is how many input values one output value
    reads, at most, those in the padding included. `windows` tells what is read along each axis of the input: it is
    empty where the layer works pointwise, and None where input and output have no axes in common. Of the costs that
    are `unknown`, the profile has none.
    """

    output: Shape
    weights: Number = 0
    biases: Number = 0
    macs: Number = 0
    statistics: Number = 0
    windows: tuple[Axis, ...] | None = ()
    fan_in: Number = 1
    operations: Number = 0
    unknown: tuple[str, ...] = ()

    @property
    def params(self) -> Number:
        """Learnable numbers."""
        return self.weights + self.biases

    @property
    def activations(self) -> Number:
        """Numbers in the output."""
        return product(self.output)


class Layer:
    """A kind of layer. The fields of its dataclass are the options that a description may give.

    Those without a flag, up to the kernel, are also written by position, in their order.

    Called on the shapes that reach it, a layer returns its `Profile`,
    as a `torch.nn.Module` called on tensors returns a tensor.

    Raises:
        RuleError: on the call, where the layer cannot be applied to these shapes.
    """

    reads: ClassVar[tuple[int, int]] = (1, 1)
    """How many tensors it reads, at least and at most."""

    __call__: ClassVar[Callable[..., Profile]]
