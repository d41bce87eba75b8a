"""What every question is asked of: a network, whether it is described in text or is a graph from elsewhere."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple, Protocol

from convcalc.errors import DescriptionError
from convcalc.network.measures import require_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction
    from typing import Any

    from convcalc.arithmetic.symbols import Symbols
    from convcalc.layers.shapes import Shape
    from convcalc.network.limits import Limit
    from convcalc.network.report import Report
    from convcalc.network.widths import Adapt


class Variable(NamedTuple):
    """What a variable of a network holds: a number, which may be written with a point, or sizes, or a list.

    It is `free` if only a command line has it.
    """

    is_list: bool = False
    is_number: bool = True
    has_point: bool = False
    free: bool = False


class Network(Protocol):
    """A network under variables and inputs, and others that are made of it: wider, deeper, larger, varied.

    The methods that make another network leave this one as it is.
    """

    @property
    def name(self) -> str:
        """What the network is called."""

    @property
    def variables(self) -> Mapping[str, Variable]:
        """Its variables."""

    @property
    def budget(self) -> Sequence[Limit]:
        """The limits that it comes with."""

    @property
    def symbols(self) -> Symbols | None:
        """The symbols that it is counted in, if it is."""

    @property
    def readable(self) -> bool:
        """Whether it could be read without a fault."""

    def report(self, adapt: Adapt | None = None) -> Report:
        """The network, profiled; layers that have a width are as `adapt` returns them.

        Raises:
            DescriptionError: with all faults of the network.
        """

    def varied(self, values: Mapping[str, Any], adapt: Adapt | None = None) -> Report:
        """The same where some variables hold other values, in the arithmetic of these.

        Raises:
            DescriptionError: with the first fault that is met.
        """

    def under(self, values: Mapping[str, Any]) -> Network:
        """The network where some variables hold other values."""

    def resized(self, shapes: Mapping[str, Shape]) -> Network:
        """The network with inputs of other shapes."""

    def deeper(self, factor: Fraction) -> Network:
        """The network with its depths times a factor, rounded up.

        Raises:
            DescriptionError: it has none.
        """

    def depths(self) -> Sequence[int]:
        """The numbers of layers that `deeper` scales.

        Raises:
            DescriptionError: it has none.
        """

    def input_shapes(self) -> Mapping[str, Shape]:
        """The shapes of the inputs, whether or not the layers accept them.

        Raises:
            DescriptionError: an input has a fault.
        """

    def require_sound(self) -> None:
        """State that nothing is wrong whatever the variables hold.

        Raises:
            DescriptionError: something is.
        """

    def computing(self) -> AbstractContextManager[None]:
        """The arithmetic of the network."""
        return nullcontext()

    def larger(self, factor: Fraction) -> Network:
        """The network with the sizes of its inputs times a factor, rounded to the nearest."""
        from convcalc.network.widths import scaled_shapes  # few networks are scaled

        return self.resized(scaled_shapes(self.report().graph.inputs, factor))

    def require_known(self, measures: Iterable[str]) -> None:
        """State that these measures are known in full, if the network can be made at all.

        Raises:
            DescriptionError: they are not.
        """
        try:
            rows = self.report().rows
        except DescriptionError:
            return
        require_known(rows, measures)
