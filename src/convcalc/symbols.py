"""The arithmetic of symbols: counts become formulas, what cannot be decided becomes an assumption.

Symbols are whole numbers of at least 1. A size that is no polynomial of them gets a name, as in textbooks.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Any

import sympy

from convcalc.arithmetic import broken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Divisor(sympy.Function):  # type: ignore[misc]  # sympy has no annotations
    """The greatest common divisor of two numbers, once they are known."""

    is_integer = True
    is_positive = True

    @classmethod
    def eval(cls, one: Any, other: Any) -> Any:  # noqa: ANN401  # expressions
        """The number, if there is one."""
        return sympy.igcd(one, other) if one.is_Integer and other.is_Integer else None


ROUNDED = (sympy.floor, sympy.ceiling, sympy.Min, sympy.Max, sympy.Mod, Divisor)
"""What makes an expression no polynomial."""


class Symbols:
    """A domain of symbols: what has been assumed of them, and what sizes are called that are no polynomials."""

    def __init__(self) -> None:
        self.symbols: dict[str, Any] = {}
        self.definitions: dict[Any, Any] = {}
        self.least: dict[Any, int] = {}
        self.stated: list[Any] = []

    def symbol(self, name: str) -> Any:  # noqa: ANN401  # an expression
        """The symbol of a name."""
        return self.symbols.setdefault(name, sympy.Symbol(name, integer=True, positive=True))

    def require(self, condition: Any, code: str, option: str, message: str, values: Mapping[str, object]) -> None:  # noqa: ANN401  # a relation
        """Assume what cannot be decided.

        Raises:
            RuleError: it does not hold, whatever the symbols are, or not beside what has been assumed.
        """
        known = self.known(condition)
        if known is None:
            self.assume(condition)
        elif not known:
            raise broken(code, option, message, values)

    def decide(self, condition: Any) -> bool:  # noqa: ANN401  # as above
        """The generic case of what cannot be decided: numbers differ, and an inequality holds."""
        known = self.known(condition)
        if known is not None:
            return known
        alike = isinstance(condition, sympy.Eq)
        self.assume(sympy.Ne(condition.lhs, condition.rhs) if alike else condition)
        return not alike

    def choose(self, condition: Any, one: Any, other: Any) -> Any:  # noqa: ANN401  # as above
        """One of two numbers, in the generic case."""
        return one if self.decide(condition) else other

    def equal(self, one: Any, other: Any) -> Any:  # noqa: ANN401  # as above
        """Whether two numbers are the same."""
        difference = sympy.expand(sympy.sympify(one) - other)
        return bool(difference == 0) if difference.is_number else sympy.Eq(one, other)

    def different(self, numbers: Sequence[Any]) -> Any:  # noqa: ANN401  # as above
        """Whether no two numbers are written alike."""
        return len(set(numbers)) == len(numbers)

    def divisible(self, number: Any, divisor: Any) -> Any:  # noqa: ANN401  # as above
        """Whether nothing is left over."""
        rest = sympy.Mod(number, divisor)
        return bool(rest == 0) if rest.is_number else sympy.Eq(rest, 0)

    def quotient(self, number: Any, divisor: Any) -> Any:  # noqa: ANN401  # as above
        """What a number is divided by one that divides it."""
        return sympy.sympify(number) / divisor

    def ceil_div(self, number: Any, divisor: Any) -> Any:  # noqa: ANN401  # as above
        """The quotient, rounded up."""
        return sympy.ceiling(sympy.sympify(number) / divisor)

    def largest(self, *numbers: Any) -> Any:  # noqa: ANN401  # as above
        """The largest of some numbers."""
        return sympy.Max(*numbers)

    def smallest(self, *numbers: Any) -> Any:  # noqa: ANN401  # as above
        """The smallest of some numbers."""
        return sympy.Min(*numbers)

    def common_divisor(self, one: Any, other: Any) -> Any:  # noqa: ANN401  # as above
        """The greatest number that divides both."""
        return 1 if 1 in (one, other) else Divisor(sympy.sympify(one), sympy.sympify(other))

    def holds(self, value: object) -> bool:
        """Whether a value is an expression."""
        return isinstance(value, sympy.Basic)

    def whole(self, value: Any) -> Any:  # noqa: ANN401  # as above
        """An expression as it is, as symbols are whole numbers."""
        return value

    def rounded(self, value: Any) -> Any:  # noqa: ANN401  # as above
        """The nearest whole number, halves up."""
        return (2 * value + 1) // 2

    def within(self, value: Any, most: int) -> Any:  # noqa: ANN401, ARG002  # as above; a symbol has no bound
        """An expression as it is, and a number that it comes to as Python's."""
        return Fraction(value.p, value.q) if isinstance(value, sympy.Rational) else value

    def structural(self, value: Any) -> Any:  # noqa: ANN401  # as above
        """An expression as it is, which cannot tell which layers there are."""
        return value

    def total(self, numbers: Sequence[Any]) -> Any:  # noqa: ANN401  # as above
        """All numbers added."""
        return sum(numbers)

    def placed(self) -> None:
        """Nothing is done: an item costs the same as with integers."""

    def size(self, number: Any) -> Any:  # noqa: ANN401  # as above
        """The size itself if it is a polynomial, or a name for it."""
        if not isinstance(number, sympy.Expr) or not number.has(*ROUNDED):
            return number
        whole = sympy.expand(number)
        offset, rest = whole.as_coeff_Add()
        for name, meant in self.definitions.items():
            own_offset, own = meant.as_coeff_Add()
            if own == rest:
                return name + offset - own_offset
        name = self.fresh(whole)
        self.definitions[name] = whole
        return name

    def swapped(self, number: Any, names: Mapping[Any, Any]) -> Any:  # noqa: ANN401  # as above
        """A number with other names in it."""
        return number.subs(names) if isinstance(number, sympy.Expr) else number

    def fresh(self, meant: Any) -> Any:  # noqa: ANN401  # as above
        """A name for a size: that of the one symbol it hangs on, with a number."""
        base = min((symbol.name for symbol in meant.free_symbols), key=len).partition("_")[0]
        taken = {*self.symbols, *(name.name for name in self.definitions)}
        name = next(f"{base}_{number}" for number in count(1) if f"{base}_{number}" not in taken)
        return sympy.Symbol(name, integer=True, positive=True)

    def known(self, condition: Any) -> bool | None:  # noqa: ANN401  # as above
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
        difference = sympy.expand(condition.lhs - condition.rhs)
        if difference.is_number:
            return truth(condition.func(difference, 0))
        low, high = self.lowest(difference), -self.lowest(-difference)
        told: bool | None = BOUNDED[type(condition)](low, high)
        return told

    def lowest(self, number: Any) -> Any:  # noqa: ANN401  # as above
        """A lower bound of an expression: all that is added grows with the symbols, or there is none."""
        low = sympy.Integer(0)
        for term in sympy.Add.make_args(number):
            factor, rest = term.as_coeff_Mul()
            if rest != 1 and (factor < 0 or not self.grows(rest)):
                return -sympy.oo
            low += factor * rest.subs({symbol: self.bound(symbol) for symbol in rest.free_symbols})
        return low

    def bound(self, symbol: Any) -> Any:  # noqa: ANN401  # as above
        """The least value of a symbol, or of a size that it is the name of."""
        least = self.least.get(symbol, 1)
        return max(least, self.lowest(self.definitions[symbol])) if symbol in self.definitions else least

    def grows(self, number: Any) -> bool:  # noqa: ANN401  # as above
        """Whether an expression is no smaller where its symbols are larger."""
        if number.is_Symbol or number.is_Number:
            return True
        if isinstance(number, sympy.floor | sympy.ceiling):
            return truth(self.lowest(number.args[0]) != -sympy.oo)
        if isinstance(number, sympy.Mul | sympy.Pow | sympy.Min | sympy.Max | sympy.Add):
            return all(self.grows(part) and self.lowest(part) >= 0 for part in number.args)
        return False

    def assume(self, condition: Any) -> None:  # noqa: ANN401  # as above
        """State what is taken to hold; of a single symbol, its least value."""
        if isinstance(condition, sympy.LessThan | sympy.StrictLessThan):
            condition = condition.reversed
        if isinstance(condition, sympy.GreaterThan | sympy.StrictGreaterThan):
            strict = isinstance(condition, sympy.StrictGreaterThan)
            if self.bounded(sympy.expand(condition.lhs - condition.rhs), sympy.Integer(0), strict=strict):
                return
        told = self.solved(condition) if isinstance(condition, sympy.Eq) else condition
        if told not in self.stated:
            self.stated.append(told)

    def bounded(self, number: Any, bound: Any, *, strict: bool) -> bool:  # noqa: ANN401  # as above
        """Remember that an expression is at least a number, or, if `strict`, more: whether it comes to one symbol."""
        offset, rest = number.as_coeff_Add()
        factor, inner = rest.as_coeff_Mul()
        if not factor.is_positive:
            return False
        bound = (bound - offset) / factor
        if inner.is_integer:
            bound, strict = (sympy.floor(bound) + 1 if strict else sympy.ceiling(bound)), False
        if inner.is_Symbol and inner not in self.definitions:
            self.least[inner] = max(self.least.get(inner, 1), int(bound))
            return True
        parts = self.below(inner, bound, strict=strict)
        found = [self.bounded(sympy.expand(part), least, strict=more) for part, least, more in parts]
        return len(found) > 0 and all(found)

    def below(self, number: Any, bound: Any, *, strict: bool) -> list[tuple[Any, Any, bool]]:  # noqa: ANN401  # as above
        """What a bound of an expression says of its parts, each with its bound; nothing if that is not known."""
        if isinstance(number, sympy.floor):
            return [(number.args[0], bound, False)]
        if isinstance(number, sympy.ceiling):
            return [(number.args[0], bound - 1, True)]
        if isinstance(number, sympy.Min):
            return [(part, bound, strict) for part in number.args]
        return [(self.definitions[number], bound, strict)] if number in self.definitions else []

    def solved(self, condition: Any) -> Any:  # noqa: ANN401  # as above
        """An equality as one symbol and what it is, if it can be read so."""
        if condition.has(sympy.Mod):
            return condition
        for symbol in sorted(condition.free_symbols, key=str, reverse=True):
            difference = sympy.expand(condition.lhs - condition.rhs)
            slope = difference.coeff(symbol, 1)
            rest = sympy.expand(difference - slope * symbol)
            if slope.is_number and slope != 0 and symbol not in rest.free_symbols:
                return sympy.Eq(symbol, sympy.expand(-rest / slope))
        return condition

    def assumptions(self) -> list[Any]:
        """All that is taken to hold, as relations."""
        least = [sympy.Ge(symbol, number, evaluate=False) for symbol, number in self.least.items() if number > 1]
        return [*least, *self.stated]


def truth(condition: Any) -> bool:  # noqa: ANN401  # a truth of sympy
    """A truth of Python."""
    return bool(condition)


BOUNDED: dict[Any, Callable[[Any, Any], bool | None]] = {
    sympy.GreaterThan: lambda low, high: True if low >= 0 else False if high < 0 else None,
    sympy.StrictGreaterThan: lambda low, high: True if low > 0 else False if high <= 0 else None,
    sympy.LessThan: lambda low, high: True if high <= 0 else False if low > 0 else None,
    sympy.StrictLessThan: lambda low, high: True if high < 0 else False if low >= 0 else None,
    sympy.Equality: lambda low, high: False if low > 0 or high < 0 else None,
    sympy.Unequality: lambda low, high: True if low > 0 or high < 0 else None,
}
"""What bounds of a difference tell of each kind of relation to 0."""


def formula(number: Any) -> Any:  # noqa: ANN401  # an expression
    """A count collected and factored, whichever is shorter."""
    expanded = sympy.expand(number)
    factored = sympy.factor(expanded)
    return min((expanded, factored), key=lambda each: (sympy.count_ops(each), len(str(each))))
