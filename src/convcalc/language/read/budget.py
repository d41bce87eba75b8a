"""Budgets as they are written: in a description, in a configuration in TOML, or as options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.arithmetic.amounts import AMOUNT, amount_value, share
from convcalc.errors import DescriptionError, Fault, Faults, guess, quoted
from convcalc.language.read.tree import List, Map, Scalar
from convcalc.network.limits import Limit
from convcalc.network.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from convcalc.errors import Source
    from convcalc.language.read.tree import Tree

    Tell = Callable[[Fault], None]

PARTS = "blocks"
"""The key under which layers and blocks have budgets of their own."""

LIMIT_SIGNS = ("<=", ">=")


def signed(text: str) -> tuple[str, str]:
    """The sign that a limit begins with, if any, and the rest of it.

    >>> signed(" >= 224 "), signed("5M")
    (('>=', '224'), ('', '5M'))
    """
    text = text.strip()
    sign = text[:2] if text.startswith(LIMIT_SIGNS) else ""
    return sign, text.removeprefix(sign).strip()


def parse_bound(measure: str, text: str) -> tuple[bool, Fraction] | str:
    """Whether a limit is a least, and the amount: `5M`, `<=512KiB`, `>=224`, `40%`; or else what it must be."""
    sign, amount = signed(text)
    if MEASURES[measure].share_of:
        most = share(amount)
        return "a share such as 40%" if most is None or most > 1 or sign == ">=" else (False, most)
    if MEASURES[measure].seen and not sign:
        return "at least or at most some positions, such as '>=224'"
    match = AMOUNT.fullmatch(amount)
    return "an amount such as 5M, 300e6 or 256KiB" if match is None else (sign == ">=", amount_value(match))


def parse_budget(tree: Tree, origin: str, tell: Tell) -> Iterator[Limit]:
    """The limits of a budget in YAML: those of the network, and those of layers and blocks."""
    if not isinstance(tree, Map):
        tell(Fault("wrong-form", "budget must be a mapping of measures", tree.place, notes=(BUDGET_HINT,)))
        return
    for key, value in tree.pairs:
        if key.text == PARTS and isinstance(value, Map):
            for name, own in value.pairs:
                yield from parse_measures(own, name, origin, tell)
        elif key.text == PARTS:
            message = "blocks must be a mapping of layers and blocks, each with its measures"
            tell(Fault("wrong-form", message, value.place, notes=(PART_HINT,)))
        else:
            yield from parse_measure(key, value, None, origin, tell)


def parse_measures(tree: Tree, part: Scalar, origin: str, tell: Tell) -> Iterator[Limit]:
    """The limits of a layer or a block."""
    if not isinstance(tree, Map):
        tell(
            Fault("wrong-form", f"the budget of {quoted(part.text)} must be a mapping", tree.place, notes=(PART_HINT,))
        )
        return
    for key, value in tree.pairs:
        yield from parse_measure(key, value, part, origin, tell)


def parse_measure(key: Scalar, tree: Tree, part: Scalar | None, origin: str, tell: Tell) -> Iterator[Limit]:
    """A limit, or a list of two, as of at least and at most."""
    if key.text not in MEASURES:
        tell(Fault("unknown-key", f"unknown measure: {quoted(key.text)}{guess(key.text, MEASURES)}", key.place))
        return
    for item in tree.items if isinstance(tree, List) else (tree,):
        found = parse_bound(key.text, item.text if isinstance(item, Scalar) else "")
        if isinstance(found, str):
            got = quoted(item.text) or "nothing" if isinstance(item, Scalar) else "no text"
            tell(Fault("wrong-argument", f"{key.text} must be {found}, but got {got}", item.place))
        else:
            name, named = (part.text, part.place) if part else ("", None)
            yield Limit(key.text, found[1], found[0], name, origin, item.place, named)


BUDGET_HINT = "try: budget: {params: 5M, macs: 300M}"
PART_HINT = "try: blocks: {conv1: {macs: 5M}}"


def parse_option(option: str, measure: str, text: str) -> Limit:
    """A limit from the command line.

    Raises:
        DescriptionError: it is none.
    """
    wanted = f">={text}" if option.startswith("--min") else text
    found = parse_bound(measure, wanted)
    if isinstance(found, str) or signed(text)[0]:
        rule = "a number such as 224" if MEASURES[measure].seen else found if isinstance(found, str) else "a number"
        got = quoted(text.strip()) or "nothing"
        raise DescriptionError(Fault("wrong-argument", f"{option} must be {rule}, but got {got}"))
    return Limit(measure, found[1], found[0], origin=option)


def parse_config(source: Source, keys: tuple[str, ...]) -> list[Limit] | None:
    """The limits of a configuration in TOML, under the keys that lead to them; none if it has no such table.

    Raises:
        DescriptionError: it is no TOML, or a limit is none.
    """
    from convcalc.language.read.toml import parse_table  # a configuration is rare

    tree = parse_table(source, keys)
    if tree is None:
        return None
    faults = Faults()
    limits = list(parse_budget(tree, source.name, faults.tell))
    faults.stop()
    return limits
