"""What a layer kind is: options, and the profile that they give on the shapes that reach it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.arithmetic import Number
    from convcalc.shapes import Shape
    from convcalc.window import Window


@dataclass(frozen=True, slots=True)
class Profile:
    """What one layer does to its input and what that costs, for one sample.

    `weights` and `biases` are learnable numbers; `statistics` are running ones, which are not.
    `macs` counts multiply-accumulates; adding a bias is not counted.
    `windows` holds one window per axis of the input, or none where the layer works pointwise.
    """

    output: Shape
    weights: Number = 0
    biases: Number = 0
    macs: Number = 0
    statistics: Number = 0
    windows: tuple[Window, ...] = ()

    @property
    def params(self) -> Number:
        """Learnable numbers."""
        return self.weights + self.biases


class Layer:
    """A kind of layer. The fields of its dataclass are the options that a description may give.

    Those without a flag, up to the kernel, are also written by position, in their order.

    Called on the shapes that reach it, a layer returns its `Profile`,
    as a `torch.nn.Module` called on tensors returns a tensor.

    Raises:
        RuleError: on the call, where the layer cannot be applied to these shapes.
    """

    joins: ClassVar[bool] = False
    """Whether it reads two or more tensors rather than one."""

    __call__: ClassVar[Callable[..., Profile]]
