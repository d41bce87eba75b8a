"""The networks that a command line names."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from convcalc.errors import DescriptionError, Fault, Place, Source, guess, quoted
from convcalc.language.items import Broken
from convcalc.language.plan.check import run_together
from convcalc.language.plan.free import free_names
from convcalc.language.read.document import parse_lines
from convcalc.language.read.settings import parse_inputs, parse_settings
from convcalc.language.value import Value, option_place
from convcalc.language.words import TAKEN
from convcalc.layers import KINDS
from convcalc.layers.words import GROUPS
from convcalc.sources.loading import load
from convcalc.sources.references import with_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.language.description import Description, Variables
from convcalc.language.variant import Variant, valued


def variants(  # noqa: PLR0913, PLR0917  # the options of a command line
    nets: Sequence[str],
    layers: Sequence[str],
    inputs: Sequence[str],
    settings: Sequence[str],
    symbolic: Sequence[str] = (),
    varied: Mapping[str, Any] | None = None,
) -> list[Callable[[], Variant]]:
    """What a command line describes, each to be read when it is called: networks by name, or one in lines.

    Variables that are to be `varied` have a value each to begin with.

    Raises:
        DescriptionError: an input or a setting cannot be read, or a variable is both set and varied.
    """
    shapes, variables = parse_inputs(list(inputs)), parse_settings(list(settings))
    begun = {name: valued(name, value) for name, value in (varied or {}).items()}
    if both := sorted(begun.keys() & variables.keys()):
        place = option_place(both[0], variables[both[0]])
        raise DescriptionError(Fault("given-twice", f"{quoted(both[0])} is both set and varied", place))
    variables |= begun
    if not nets:
        read = partial(parse_lines, list(layers), variables, shapes)
        return [partial(variant, read, variables, shapes, symbolic, free=True)]
    split = [(name, {**variables, **parse_settings(own)}) for name, own in map(with_settings, nets)]
    return [partial(variant, partial(load, name), own, shapes, symbolic) for name, own in split]


def variant(
    read: Callable[[], Description],
    variables: Variables,
    inputs: Mapping[str, Value],
    symbolic: Sequence[str] = (),
    *,
    free: bool = False,
) -> Variant:
    """A description, read; variables that are `symbolic` have no value.

    Nor have unknown names in given inputs, and, where names are `free`, in layers.

    Raises:
        DescriptionError: it cannot be read, or a variable that should be symbolic is none of it.
    """
    description = read()
    if both := [name for name in symbolic if name in variables]:
        place = option_place(both[0], variables[both[0]])
        raise DescriptionError(Fault("given-twice", f"{both[0]} is both set and symbolic", place))
    for name in symbolic:
        if name not in description.variables and not free:
            message = f"unknown variable: {quoted(name)}{guess(name, description.variables)}"
            place = Place(Source("--symbolic", name), 1, 1, len(name))
            raise DescriptionError(Fault("unknown-name", message, place))
    item = description.item if free else Broken()
    reads = free_names(replace(description, inputs=inputs, item=item))
    own = {name: variables[name] for name in reads if name in variables}
    description = replace(description, variables={**own, **description.variables})
    free_reads = [name for name in reads if name not in own and not misspelt(name)]
    names = list(dict.fromkeys([*symbolic, *free_reads]))
    if not names:
        return Variant(description, variables, inputs, free=frozenset(variables if free else own))
    from convcalc.arithmetic.symbols import Symbols  # sympy takes longer to import than all else

    symbols = Symbols()
    values = {name: valued(name, symbols.symbol(name)) for name in names}
    description = replace(description, variables={**values, **description.variables})
    return Variant(description, {**variables, **values}, inputs, symbols)


def misspelt(name: str) -> bool:
    """Whether a name is nearly a word of the language, or sizes run together, and no symbol."""
    return "did you mean" in guess(name, (*GROUPS, *KINDS)) or name in TAKEN or run_together(name)
