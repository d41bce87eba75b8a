"""Networks that are described in the language: in a file, a bundled one, or in lines of a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcalc.errors import DescriptionError, Fault, Place, Source, guess, quoted
from convcalc.language.items import Broken
from convcalc.language.plan.check import run_together
from convcalc.language.plan.free import free_names
from convcalc.language.read.document import parse_lines
from convcalc.language.value import option_place
from convcalc.language.variant import Variant, valued
from convcalc.language.words import TAKEN
from convcalc.layers.kinds import KINDS
from convcalc.layers.words import GROUPS
from convcalc.sources.loading import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.language.description import Description, Variables
    from convcalc.language.value import Value


class Given(NamedTuple):
    """What is said of a network besides where it is: variables, inputs, and which variables have no value."""

    variables: Variables
    inputs: Mapping[str, Value]
    symbolic: Sequence[str] = ()


def read(word: str, given: Given) -> Variant:
    """The network of a description that a word of the command line names.

    Raises:
        DescriptionError: it cannot be read, or a variable that should be symbolic is none of it.
    """
    return variant(load(word), given)


def of_lines(lines: Sequence[str], given: Given) -> Variant:
    """The network of lines, in which names that nothing defines are symbols.

    Raises:
        DescriptionError: a variable that should be symbolic has a value.
    """
    return variant(parse_lines(list(lines), given.variables, given.inputs), given, free=True)


def variant(description: Description, given: Given, *, free: bool = False) -> Variant:
    """A description under what is given; variables that are symbolic have no value.

    Nor have unknown names in given inputs, and, where names are `free`, in layers.

    Raises:
        DescriptionError: a variable that should be symbolic is none of the description, or has a value.
    """
    variables, inputs, symbolic = given
    if both := [name for name in symbolic if name in variables]:
        place = option_place(both[0], variables[both[0]])
        raise DescriptionError(Fault("given-twice", f"{both[0]} is both set and symbolic", place))
    for name in symbolic:
        if name not in description.variables and not free:
            message = f"unknown variable: {quoted(name)}{guess(name, description.variables)}"
            place = Place(Source("--symbolic", name), 1, 1, len(name))
            raise DescriptionError(Fault("unknown-name", message, place))
    item = description.item if free else Broken()
    reads = free_names(description._replace(inputs=inputs, item=item))
    own = {name: variables[name] for name in reads if name in variables}
    description = description._replace(variables={**own, **description.variables})
    free_reads = [name for name in reads if name not in own and not misspelt(name)]
    names = list(dict.fromkeys([*symbolic, *free_reads]))
    if not names:
        return Variant(description, variables, inputs, free=frozenset(variables if free else own))
    from convcalc.arithmetic.symbols import Symbols  # sympy takes longer to import than all else

    symbols = Symbols()
    values = {name: valued(name, symbols.symbol(name)) for name in names}
    description = description._replace(variables={**values, **description.variables})
    return Variant(description, {**variables, **values}, inputs, symbols)


def misspelt(name: str) -> bool:
    """Whether a name is nearly a word of the language, or sizes run together, and no symbol."""
    return "did you mean" in guess(name, (*GROUPS, *KINDS)) or name in TAKEN or run_together(name)
