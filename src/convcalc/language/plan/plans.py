"""What is to be placed: a layer with the settings of its options, or a block with its arguments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.arithmetic.operations import explains
from convcalc.errors import Fault, RuleError
from convcalc.language.items import Word
from convcalc.language.value import Value, ValueFault
from convcalc.layers.kinds import kind_class
from convcalc.layers.options import RULES, WrongOption, schema, show_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.arithmetic.operations import Held
    from convcalc.errors import Place
    from convcalc.language.description import Block
    from convcalc.layers.base import Layer


class Setting(NamedTuple):
    """The value of an option; the place of a default is its own."""

    value: Value | Word
    base: Place | None = None

    def place(self, base: Place) -> Place:
        """Where it stands, in a line that begins at `base`."""
        return where(self.value, self.base or base)


@dataclass(frozen=True, eq=False)
class LayerPlan:
    """A layer to make: `settings` by field, and the kinds that are attached to it, norm first.

    The layer is `constant` if no variable can change it. Options that are `needless` follow from what it reads: each
    is a fault, but the layer can be made without it.
    """

    kind: str
    settings: Mapping[str, Setting]
    attached: tuple[str, ...] = ()
    fixed: bool = False
    constant: Layer | None = None
    needless: tuple[Word, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that its options read."""
        values = [setting.value for setting in self.settings.values() if isinstance(setting.value, Value)]
        return frozenset([name.text for value in values for name in value.names])

    def layer(self, scope: Mapping[str, Any], file: Mapping[str, Any], base: Place) -> Layer:
        """The layer, its options evaluated; those that are defaults read the names of the `file`.

        Raises:
            OptionFault: a value is not of its option's type, or out of its range.
        """
        options = {
            name: self.option(name, setting, file if setting.base else scope, base)
            for name, setting in self.settings.items()
        }
        try:
            return kind_class(self.kind)(**options)
        except RuleError as error:
            setting = self.settings.get(error.option)
            place, notes = (setting.place(base), read_by(setting.value, scope)) if setting else (None, ())
            raise OptionFault(Fault(error.code, str(error), place, notes=notes)) from None

    def option(self, name: str, setting: Setting, scope: Mapping[str, Held], base: Place) -> Held:
        """The value of one option."""
        try:
            value = setting.value.text if isinstance(setting.value, Word) else setting.value.evaluate(scope)
            return RULES[schema(self.kind)[name].type].read(name, value)
        except (ValueFault, WrongOption) as fault:
            raise OptionFault(placed_fault(fault, setting.value, scope, setting.place(base))) from None


class BlockPlan(NamedTuple):
    """A block to place: the value of each parameter."""

    block: Block
    arguments: Mapping[str, Value]


class OptionFault(Exception):  # it carries a Fault
    """A fault of one option, with its place."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def where(written: Value | Word, base: Place) -> Place:
    """The place of a value or a word in a line that begins at `base`."""
    return written.place or base.part(written.start, max(1, written.width))


def placed_fault(
    fault: ValueFault | WrongOption, value: Value | Word, scope: Mapping[str, Any], place: Place | None
) -> Fault:
    """The fault of a value at its place, with the variables that are behind it."""
    return Fault(fault.code, fault.message, place, notes=(*fault.notes, *read_by(value, scope)))


def read_by(value: Value | Word, scope: Mapping[str, Any]) -> tuple[str, ...]:
    """The variables that a value reads, and what they hold: `with alpha = 0.5`."""
    names = dict.fromkeys(name.text for name in value.names) if isinstance(value, Value) and explains() else ()
    held = ", ".join(f"{name} = {show_value(scope[name])}" for name in names if name in scope)
    return (f"with {held}",) if held else ()
