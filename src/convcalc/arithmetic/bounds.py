"""Lower bounds of symbols, and of the sizes that names stand for: they only ever rise."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import sympy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LowerBound: TypeAlias = "int | Fraction | float"
"""A bound: exact, or `NONE`."""

Symbolic: TypeAlias = Any
"""An expression, a relation or a truth of sympy, which has no annotations."""

NONE = -math.inf
"""The lower bound of what has none."""


class LinearParts(NamedTuple):
    """An expression as `offset + factor * inner`; `whole` if `inner` is always a whole number."""

    offset: LowerBound
    factor: LowerBound
    inner: Symbolic
    whole: bool


class LowerBounds:
    """The least value of each symbol, and of each name in `definitions`, which is defined by symbols and earlier names.

    Expressions are taken apart once. When a symbol rises, one pass over the definitions, in
    numbers of Python, finds the bounds of all names.
    """

    def __init__(self, definitions: Mapping[Symbolic, Symbolic]) -> None:
        self.definitions = definitions
        self.least: dict[Symbolic, int] = {}
        self.named: dict[Symbolic, LowerBound] = {}
        self.growing: set[Symbolic] = set()

    def lowest(self, number: Symbolic) -> LowerBound:
        """A lower bound of an expression: all that is added grows with the symbols, or there is none."""
        low: LowerBound = 0
        for factor, rest in terms(number):
            if rest != 1 and (factor < 0 or not self.grows(rest)):
                return NONE
            low += factor * self.least_value(rest)
        return low

    def bound(self, symbol: Symbolic) -> LowerBound:
        """The least value of a symbol, or of the size that it is the name of."""
        if symbol not in self.definitions:
            return self.least.get(symbol, 1)
        if symbol not in self.named:
            for name, meant in islice(self.definitions.items(), len(self.named), None):
                self.named[name] = max(1, self.lowest(meant))
        return self.named[symbol]

    def grows(self, number: Symbolic) -> bool:
        """Whether an expression is no smaller where its symbols are larger: if so, it stays so as bounds rise."""
        if number.is_Symbol or number.is_Number or number in self.growing:
            return True
        if isinstance(number, sympy.floor | sympy.ceiling):
            found = self.lowest(number.args[0]) > NONE
        elif isinstance(number, sympy.Mul | sympy.Pow | sympy.Min | sympy.Max | sympy.Add):
            found = all(self.grows(part) and self.lowest(part) >= 0 for part in number.args)
        else:
            found = False
        if found:
            self.growing.add(number)
        return found

    def least_value(self, number: Symbolic) -> LowerBound:
        """What an expression that grows is where each symbol has its least value."""
        if number.is_Symbol:
            return self.bound(number)
        if number.is_Number:
            return python_number(number)
        return VALUES[type(number)](map(self.least_value, number.args))

    def rise(self, number: Symbolic, *, strict: bool) -> bool:
        """Remember that an expression is at least 0, or more if `strict`: whether bounds of symbols say all of that.

        What is wanted of names goes down to symbols in one pass, from the last definition to the first.
        """
        wanted: dict[Symbolic, LowerBound] = {}
        told = self.want(number, 0, wanted, strict=strict)
        for name in reversed(self.definitions):
            if not wanted:
                break
            if name in wanted:
                told = self.want(self.definitions[name], wanted.pop(name), wanted, strict=False) and told
        return told

    def want(self, number: Symbolic, bound: LowerBound, wanted: dict[Symbolic, LowerBound], *, strict: bool) -> bool:
        """Note what a bound of an expression says of its symbols, and of its names in `wanted`: whether that is all."""
        offset, factor, inner, whole = split(number)
        if factor <= 0:
            return False
        bound = (bound - offset) / Fraction(factor)
        if whole:
            bound, strict = (math.floor(bound) + 1 if strict else math.ceil(bound)), False
        if inner in self.definitions:
            wanted[inner] = max(bound, wanted.get(inner, bound))
        elif inner.is_Symbol:
            self.rise_to(inner, int(bound))
        else:
            parts = below(inner, bound, strict=strict)
            told = [self.want(part, least, wanted, strict=more) for part, least, more in parts]
            return bool(told) and all(told)
        return True

    def rise_to(self, symbol: Symbolic, least: int) -> None:
        """Remember the least value of a symbol; the bounds of names follow from it."""
        known = self.least.get(symbol, 1)
        self.least[symbol] = max(known, least)
        if least > known:
            self.named.clear()


def below(number: Symbolic, bound: LowerBound, *, strict: bool) -> list[tuple[Symbolic, LowerBound, bool]]:
    """What a bound of an expression says of its parts, each with its bound; nothing if that is not known."""
    if isinstance(number, sympy.floor):
        return [(number.args[0], bound, False)]
    if isinstance(number, sympy.ceiling):
        return [(number.args[0], bound - 1, True)]
    return [(part, bound, strict) for part in number.args] if isinstance(number, sympy.Min) else []


REMEMBERED = 10_000
"""Expressions that are taken apart once."""


@lru_cache(REMEMBERED)
def terms(number: Symbolic) -> tuple[tuple[LowerBound, Symbolic], ...]:
    """What is added in an expression: each numeric factor, and what it multiplies, 1 for a number alone."""
    parts = [term.as_coeff_Mul() for term in sympy.Add.make_args(number)]
    return tuple([(python_number(factor), rest) for factor, rest in parts])


@lru_cache(REMEMBERED)
def split(number: Symbolic) -> LinearParts:
    """An expression, expanded and taken apart."""
    offset, rest = sympy.expand(number).as_coeff_Add()
    factor, inner = rest.as_coeff_Mul()
    return LinearParts(python_number(offset), python_number(factor), inner, bool(inner.is_integer))


def python_number(number: Symbolic) -> LowerBound:
    """A number of sympy as one of Python."""
    return int(number) if number.is_Integer else Fraction(int(number.p), int(number.q))


VALUES: dict[Any, Callable[..., LowerBound]] = {
    sympy.Add: sum,
    sympy.Mul: math.prod,
    sympy.Pow: lambda parts: pow(*parts),
    sympy.floor: lambda parts: math.floor(*parts),
    sympy.ceiling: lambda parts: math.ceil(*parts),
    sympy.Min: min,
    sympy.Max: max,
}
"""What expressions come to, from the values of their parts."""
