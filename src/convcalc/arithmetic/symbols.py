"""The arithmetic of symbols: counts become formulas, what cannot be decided becomes an assumption.

Symbols are whole numbers of at least 1. A size that is long, or no polynomial of them, gets a name, as in textbooks.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from math import comb, prod
from typing import TYPE_CHECKING, Any

import sympy

from convcalc.arithmetic.bounds import LowerBounds
from convcalc.arithmetic.operations import broken, fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from convcalc.arithmetic.bounds import LowerBound, Symbolic
    from convcalc.arithmetic.operations import AnyNumber, Held, Truth


class Divisor(sympy.Function):  # type: ignore[misc]  # sympy has no annotations
    """The greatest common divisor of two numbers, once they are known."""

    is_integer = True
    is_positive = True

    @classmethod
    def eval(cls, one: Symbolic, other: Symbolic) -> Symbolic:
        """The number, if there is one."""
        return sympy.igcd(one, other) if one.is_Integer and other.is_Integer else None


ROUNDED = (sympy.floor, sympy.ceiling, sympy.Min, sympy.Max, sympy.Mod, Divisor)
"""What makes an expression no polynomial."""


class Symbols:
    """A domain of symbols: what has been assumed of them, and what sizes are called that are no polynomials."""

    def __init__(self) -> None:
        self.symbols: dict[str, Symbolic] = {}
        self.definitions: dict[Symbolic, Symbolic] = {}
        self.bounds = LowerBounds(self.definitions)
        self.stated: list[Symbolic] = []
        self.named: dict[Symbolic, tuple[Symbolic, Symbolic]] = {}
        self.numbers: dict[str, Iterator[int]] = {}

    def symbol(self, name: str) -> Symbolic:
        """The symbol of a name."""
        return self.symbols.setdefault(name, sympy.Symbol(name, integer=True, positive=True))

    def require(self, condition: Truth, code: str, option: str, message: str, values: Mapping[str, object]) -> None:
        """Assume what cannot be decided.

        Raises:
            RuleError: it does not hold, whatever the symbols are, or not beside what has been assumed.
        """
        known = self.known(condition)
        if known is None:
            self.assume(condition)
        elif not known:
            raise broken(code, option, message, values)

    def write(self, template: str, values: Mapping[str, object]) -> str:
        """A message, with formulas for numbers."""
        return fill_in(template, values)

    def explains(self) -> bool:
        """Notes are read as those about numbers."""
        return True

    def decide(self, condition: Truth) -> bool:
        """The generic case of what cannot be decided: numbers differ, and an inequality holds."""
        known = self.known(condition)
        if known is not None:
            return known
        alike = isinstance(condition, sympy.Eq)
        self.assume(sympy.Ne(condition.lhs, condition.rhs) if alike else condition)
        return not alike

    def choose(self, condition: Truth, one: AnyNumber, other: AnyNumber) -> AnyNumber:
        """One of two numbers, in the generic case."""
        return one if self.decide(condition) else other

    def equal(self, one: AnyNumber, other: AnyNumber) -> Truth:
        """Whether two numbers are the same."""
        difference = expanded(sympy.sympify(one) - other)
        return bool(difference == 0) if difference.is_number else sympy.Eq(one, other)

    def negated(self, condition: Truth) -> Truth:
        """The opposite relation."""
        return sympy.Not(condition)

    def different(self, numbers: Sequence[AnyNumber]) -> Truth:
        """Whether no two numbers are written alike."""
        return len(set(numbers)) == len(numbers)

    def divisible(self, number: AnyNumber, divisor: AnyNumber) -> Truth:
        """Whether nothing is left over."""
        rest = sympy.Mod(number, divisor)
        return bool(rest == 0) if rest.is_number else sympy.Eq(rest, 0)

    def quotient(self, number: AnyNumber, divisor: AnyNumber) -> AnyNumber:
        """What a number is divided by one that divides it."""
        return sympy.sympify(number) / divisor

    def ceil_div(self, number: AnyNumber, divisor: AnyNumber) -> AnyNumber:
        """The quotient, rounded up."""
        return sympy.ceiling(sympy.sympify(number) / divisor)

    def largest(self, *numbers: AnyNumber) -> AnyNumber:
        """The largest of some numbers."""
        return sympy.Max(*numbers)

    def smallest(self, *numbers: AnyNumber) -> AnyNumber:
        """The smallest of some numbers."""
        return sympy.Min(*numbers)

    def common_divisor(self, one: AnyNumber, other: AnyNumber) -> AnyNumber:
        """The greatest number that divides both."""
        return 1 if 1 in (one, other) else Divisor(sympy.sympify(one), sympy.sympify(other))

    def holds(self, value: object) -> bool:
        """Whether a value is an expression."""
        return isinstance(value, sympy.Basic)

    def is_formula(self, value: object) -> bool:
        """Whether a value is an expression."""
        return self.holds(value)

    def whole(self, value: Held) -> Held:
        """An expression as it is, as symbols are whole numbers."""
        return value

    def rounded(self, value: AnyNumber) -> AnyNumber:
        """The nearest whole number, halves up."""
        return (2 * value + 1) // 2

    def within(self, value: AnyNumber, most: int) -> AnyNumber:
        """An expression as it is, and a number that it comes to as Python's."""
        return Fraction(value.p, value.q) if isinstance(value, sympy.Rational) else value

    def structural(self, value: Held) -> Held:
        """An expression as it is, which cannot tell which layers there are."""
        return value

    def total(self, numbers: Sequence[AnyNumber]) -> AnyNumber:
        """All numbers added."""
        return sum(numbers)

    def placed(self) -> None:
        """Nothing is done: an item costs the same as with integers."""

    def size(self, number: AnyNumber) -> AnyNumber:
        """The size itself if it is a short polynomial, or a name for it."""
        if not isinstance(number, sympy.Expr) or not (number.has(*ROUNDED) or summands(number) > MOST_SUMMANDS):
            return number
        whole = expanded(number)
        offset, rest = whole.as_coeff_Add()
        if rest in self.named:
            name, own_offset = self.named[rest]
            return name + offset - own_offset
        name = self.fresh(whole)
        self.definitions[name] = whole
        self.named[rest] = name, offset
        return name

    def swapped(self, number: AnyNumber, names: Mapping[Any, Any]) -> AnyNumber:
        """A number with other names in it."""
        return number.subs(names) if isinstance(number, sympy.Expr) else number

    def fresh(self, meant: Symbolic) -> Symbolic:
        """A name for a size: that of the one symbol it hangs on, with a number."""
        base = min((symbol.name for symbol in meant.free_symbols), key=self.rank).partition("_")[0]
        numbers = self.numbers.setdefault(base, count(1))
        name = next(name for number in numbers if (name := f"{base}_{number}") not in self.symbols)
        return sympy.Symbol(name, integer=True, positive=True)

    def rank(self, name: str) -> tuple[int, int, str]:
        """Where a name stands among those that a size is called by: short ones first, then in their order."""
        base = name.partition("_")[0]
        return len(name), list(self.symbols).index(base) if base in self.symbols else len(self.symbols), name

    def known(self, condition: Symbolic) -> bool | None:
        """Whether a condition holds for all symbols, or for none, by what has been assumed; none if that is open."""
        if condition in (True, False):
            return bool(condition)
        if condition in self.stated:
            return True
        if sympy.Not(condition) in self.stated:
            return False
        equalities = {each.lhs: each.rhs for each in self.stated if isinstance(each, sympy.Eq) and each.lhs.is_Symbol}
        condition = condition.subs(equalities) if equalities else condition
        if condition in (True, False):
            return bool(condition)
        difference = expanded(condition.lhs - condition.rhs)
        if difference.is_number:
            return bool(condition.func(difference, 0))
        low, high = self.bounds.lowest(difference), -self.bounds.lowest(-difference)
        told: bool | None = BOUNDED[type(condition)](low, high)
        return told

    def assume(self, condition: Symbolic) -> None:
        """State what is taken to hold; of a single symbol, its least value."""
        if isinstance(condition, sympy.LessThan | sympy.StrictLessThan):
            condition = condition.reversed
        if isinstance(condition, sympy.GreaterThan | sympy.StrictGreaterThan):
            strict = isinstance(condition, sympy.StrictGreaterThan)
            if self.bounds.rise(condition.lhs - condition.rhs, strict=strict):
                return
        told = self.solved(condition) if isinstance(condition, sympy.Eq) else condition
        if told not in self.stated:
            self.stated.append(told)

    def solved(self, condition: Symbolic) -> Symbolic:
        """An equality as one symbol and what it is, if it can be read so."""
        if condition.has(sympy.Mod):
            return condition
        for symbol in sorted(condition.free_symbols, key=str, reverse=True):
            difference = expanded(condition.lhs - condition.rhs)
            slope = difference.coeff(symbol, 1)
            rest = sympy.expand(difference - slope * symbol)
            if slope.is_number and slope != 0 and symbol not in rest.free_symbols:
                return sympy.Eq(symbol, sympy.expand(-rest / slope))
        return condition

    def assumptions(self) -> list[Symbolic]:
        """All that is taken to hold, as relations."""
        least = [sympy.Ge(symbol, number, evaluate=False) for symbol, number in self.bounds.least.items() if number > 1]
        return [*least, *self.stated]


BOUNDED: dict[Any, Callable[[LowerBound, LowerBound], bool | None]] = {
    sympy.GreaterThan: lambda low, high: True if low >= 0 else False if high < 0 else None,
    sympy.StrictGreaterThan: lambda low, high: True if low > 0 else False if high <= 0 else None,
    sympy.LessThan: lambda low, high: True if high <= 0 else False if low > 0 else None,
    sympy.StrictLessThan: lambda low, high: True if high < 0 else False if low >= 0 else None,
    sympy.Equality: lambda low, high: False if low > 0 or high < 0 else None,
    sympy.Unequality: lambda low, high: True if low > 0 or high < 0 else None,
}
"""What bounds of a difference tell of each kind of relation to 0."""


MOST_SUMMANDS = 12
"""Terms of a size that has no name of its own: what is multiplied with it stays short."""

MOST_EXPANDED = 500
"""Terms up to which an expression is multiplied out."""

MOST_EFFORT = 64
"""Symbols times terms of an expression that is factored: the time grows with a high power of them."""


def summands(number: Symbolic) -> int:
    """How many terms an expression has at most when it is multiplied out."""
    if number.is_Add:
        return sum(map(summands, number.args))
    if number.is_Mul:
        return prod(map(summands, number.args))
    if number.is_Pow and number.exp.is_Integer and number.exp > 1:
        terms = summands(number.base)
        return comb(terms + int(number.exp) - 1, terms - 1)
    return 1


def expanded(number: Symbolic) -> Symbolic:
    """An expression multiplied out, or as it is where that would be too long."""
    return sympy.expand(number) if summands(number) <= MOST_EXPANDED else number


def shortest_form(number: Symbolic) -> Symbolic:
    """A count collected or factored, whichever is shorter; of a long one, only what its terms share is factored out."""
    whole = expanded(sympy.sympify(number))
    factored = sympy.factor(whole) if effort(whole) <= MOST_EFFORT else sympy.gcd_terms(whole)
    return min((whole, factored), key=lambda each: (sympy.count_ops(each), len(str(each))))


def effort(number: Symbolic) -> int:
    """How hard an expression is to factor: its symbols times its terms, or times its degree if that is more."""
    powers = [term.as_powers_dict() for term in sympy.Add.make_args(number)]
    symbols = {base for each in powers for base in each if not base.is_number}
    degree = max(sum(abs(power) for base, power in each.items() if base in symbols) for each in powers)
    return len(symbols) * max(len(powers), int(degree))
