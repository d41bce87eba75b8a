"""A description with more layers: the variables that are depths, and the numbers of repetitions, scaled."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from convcalc.arithmetic.operations import ceil_div
from convcalc.errors import DescriptionError, Fault
from convcalc.language.items import Entry, For, Labelled, Sequence, Shared, Written

if TYPE_CHECKING:
    from convcalc.language.description import Description, Variables
    from convcalc.language.items import Item
    from convcalc.language.value import Value


def deepened(description: Description, factor: Fraction, given: Variables) -> tuple[Description, Variables]:
    """The description, and the variables `given` for it, with depths times the factor, rounded up.

    These are the variables that it declares to be depths, and literal counts, `*2` or `repeat: 2`: an expression
    follows its variables.

    Raises:
        DescriptionError: there are none, or one of them is an expression.
    """
    return with_depths(description, given, Counts(factor))


def with_depths(description: Description, given: Variables, counts: Counts) -> tuple[Description, Variables]:
    """The description, and the variables `given` for it, with each depth as `counts` makes it.

    Raises:
        DescriptionError: there are none, or one of them is an expression.
    """
    depths = {word.text for word in description.depths}
    item = counts.item(description.item)
    blocks = {name: block._replace(item=counts.item(block.item)) for name, block in description.blocks.items()}
    if not depths and not counts.found:
        ways = ("try: widening: {depth: [NAME]} in the description, for a variable that is a number of layers",)
        raise DescriptionError(Fault("nothing-found", "nothing in the description is a depth", notes=ways))
    own, other = (
        {name: counts.scaled(name, value) if name in depths else value for name, value in variables.items()}
        for variables in (description.variables, given)
    )
    return description._replace(item=item, blocks=blocks, variables=own), other


def depths(description: Description, given: Variables) -> list[int]:
    """All numbers of layers that are scaled where a description is deepened.

    Raises:
        DescriptionError: there are none, or one of them is an expression.
    """
    counts = Counts(Fraction(1))
    with_depths(description, given, counts)
    return [number for number in counts.numbers if number]


class Counts:
    """Scales numbers of layers; `found` is how many repetitions there were, `numbers` are all that were scaled."""

    def __init__(self, factor: Fraction) -> None:
        self.factor = factor
        self.found = 0
        self.numbers: list[int] = []

    def scaled(self, name: str, written: Value | tuple[Value, ...]) -> Value | tuple[Value, ...]:
        """The value of a variable, scaled.

        Raises:
            DescriptionError: it is an expression.
        """
        values = written if isinstance(written, tuple) else (written,)
        for value in values:
            if value.names:
                message = f"the depth {name} is an expression, which cannot be scaled for itself"
                raise DescriptionError(Fault("nothing-found", message, value.place))
        found = tuple([self.number(value) for value in values])
        return found if isinstance(written, tuple) else found[0]

    def number(self, value: Value) -> Value:
        """A number, scaled and rounded up."""
        self.numbers.append(value.constant)
        times = value.constant * self.factor
        return replace(value, constant=ceil_div(times.numerator, times.denominator))

    def times(self, value: Value | None) -> Value | None:
        """How often something is repeated, scaled if it is a number."""
        if value is None or value.names or type(value.constant) is not int:
            return value
        self.found += 1
        return self.number(value)

    def item(self, item: Item) -> Item:
        """An item, with what it repeats repeated more often."""
        match item:
            case Entry():
                branches = tuple([self.item(branch) for branch in item.branches])
                return replace(item, times=self.times(item.times), branches=branches)
            case Sequence():
                items = tuple([self.item(each) for each in item.items])
                return item._replace(items=items, times=self.times(item.times))
            case Labelled() | Shared() | Written():
                return item._replace(item=self.item(item.item))
            case For():
                between = None if item.between is None else self.item(item.between)
                return item._replace(item=self.item(item.item), between=between)
            case _:
                return item
