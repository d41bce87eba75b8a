"""All that a description says, whichever way it was written."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from convcalc.language.items import Broken, Entry, Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.errors import Fault, Place
    from convcalc.language.items import Item
    from convcalc.language.value import Value
    from convcalc.network.limits import Limit


class Block(NamedTuple):
    """A named item with parameters, each with its default if it has one."""

    name: str
    parameters: Mapping[str, Value | None]
    item: Item
    place: Place


class Default(NamedTuple):
    """Words that the lines of a kind begin with, and the place from which they count."""

    entry: Entry
    place: Place


NOTHING_NAMED: Mapping[str, Any] = MappingProxyType({})
"""What a description has where it names nothing."""

NO_ITEM = Broken()
"""The item of a description without layers."""


class Description(NamedTuple):
    """All that a description says; `labels` and `shares` are all names that it gives to results and to weights.

    `doubts` are warnings about what it says. `depths` are the variables that are numbers of layers. Words that are
    `misnamed` cannot be names, which has been told; what else is wrong where they are mentioned follows from that.
    Where a description is `misspelt`, it has an unknown key, or an input: if anything is wrong with it, that explains
    why there is no input.
    """

    name: str
    source: str = ""
    variables: Mapping[str, Value | tuple[Value, ...]] = NOTHING_NAMED
    inputs: Mapping[str, Value] = NOTHING_NAMED
    defaults: Mapping[str, Default] = NOTHING_NAMED
    blocks: Mapping[str, Block] = NOTHING_NAMED
    item: Item = NO_ITEM
    outputs: tuple[Word, ...] = ()
    depths: tuple[Word, ...] = ()
    budget: tuple[Limit, ...] = ()
    labels: frozenset[str] = frozenset()
    shares: frozenset[str] = frozenset()
    misnamed: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    doubts: tuple[str, ...] = ()
    misspelt: bool = False
    place: Place | None = None


Variables: TypeAlias = "Mapping[str, Value | tuple[Value, ...]]"
"""Variables as they are written: a value each, or a list of values."""
