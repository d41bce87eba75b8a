"""What a kind of layer is: options, and the profile that they give on the shapes that reach the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from convcalc.arithmetic.operations import product
from convcalc.layers.running import values_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from dataclasses import Field
    from typing import Any

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.axes import AxisReading
    from convcalc.layers.running import Product, Rational, TapReader
    from convcalc.layers.shapes import Shape


COSTS = ("weights", "biases", "macs", "statistics", "operations")
"""What a layer may cost: the counts of a profile, any of which may be unknown."""

MANY = 1_000_000_000
"""How many tensors a kind reads, at most, that reads any number of them."""


class Profile(NamedTuple):
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
    windows: tuple[AxisReading, ...] | None = ()
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

    What is true of all layers of a kind stands in the class: each kind says where it is unlike most. What must be known
    of a kind before its class is imported stands in its line of `KINDS`.

    Raises:
        RuleError: on the call, where the layer cannot be applied to these shapes.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    reads: ClassVar[tuple[int, int]] = (1, 1)
    """How many tensors it reads, at least and at most; a line may name those besides the current one."""

    width: ClassVar[str] = ""
    """The option that is its width; empty if it has none of its own."""

    widened: ClassVar[bool] = True
    """Whether its width is scaled in any case, or only where it is hidden, and hidden layers are to be widened."""

    needless: ClassVar[tuple[str, ...]] = ()
    """Options that PyTorch has and a line has not, as they follow from what the layer reads."""

    torch_options: ClassVar[Mapping[str, str]] = {}
    """What PyTorch calls its options that have another name there, or none."""

    unless_given: ClassVar[Mapping[str, str]] = {}
    """What options are that depend on others unless they are given."""

    refused: ClassVar[tuple[str, ...]] = ()
    """Words that it does not take, though others with the same option do."""

    in_place: ClassVar[bool] = False
    """Whether each value is made of those at its own place alone, so that it can overwrite what it reads."""

    flattens: ClassVar[bool] = False
    """Whether it lays out on one axis what it reads, where that has several and its windows are whole ones."""

    centres: ClassVar[bool] = False
    """Whether it takes away what is added to a whole channel."""

    own_channels: ClassVar[bool] = False
    """Whether each tensor that it reads may have channels of its own."""

    lends_sizes: ClassVar[bool] = False
    """Whether it reads no values but those of its first tensor, while the others lend it their sizes."""

    names_channels: ClassVar[bool] = False
    """Whether an option names the channels that it reads, so that it cannot tell which it reads of more."""

    unscaled: ClassVar[bool] = False
    """Whether it makes and costs what its line says, however wide what it reads is."""

    runs_by_name: ClassVar[bool] = False
    """Whether a run needs the exact function of its kind, as kinds of several functions have this class."""

    makes: ClassVar[str] = ""
    """What it makes of the values that it reads, in words; empty for the name of its kind."""

    __call__: ClassVar[Callable[..., Profile]]

    @property
    def causal(self) -> bool:
        """Whether it pads only before, so that no position sees those behind it."""
        return getattr(self, "padding", None) == "causal"

    def weight_shape(self, inputs: Sequence[Shape]) -> tuple[int, ...]:  # noqa: ARG002  # kinds with weights need them
        """The shape of its weights in a run, as PyTorch has it; empty if it has none, or does not run."""
        return ()

    def reader(self, inputs: Sequence[Shape]) -> TapReader | None:  # noqa: ARG002  # kinds that run need them
        """What it reads for each of its output values in a run on real numbers; none if it does not run.

        Raises:
            RuleError: it does, but not with these options.
        """
        return None

    def value(self, read: Sequence[Product]) -> Rational:
        """What it makes of what it reads for one output value, but for its bias: the one value, unless it says more."""
        return values_inside(read)[0]
