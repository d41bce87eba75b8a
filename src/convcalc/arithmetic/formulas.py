"""Formulas as people, programs and papers write them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import sympy
from sympy.printing.str import StrPrinter

from convcalc.arithmetic.formula import Formula
from convcalc.arithmetic.symbols import shortest_form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.arithmetic.bounds import Symbolic

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Python(StrPrinter):  # type: ignore[misc]  # sympy has no annotations
    """As Python writes it, and sympy reads it: whole numbers are divided by //."""

    def _print_floor(self, expression: Symbolic) -> str:
        numerator, denominator = sympy.fraction(sympy.together(expression.args[0]))
        return f"(({self._print(sympy.expand(numerator))})//{self.parenthesize(denominator, 70)})"

    def _print_ceiling(self, expression: Symbolic) -> str:
        return f"(-{self._print(sympy.floor(-expression.args[0], evaluate=False))})"

    def _print_Divisor(self, expression: Symbolic) -> str:
        return f"gcd({', '.join(map(self._print, expression.args))})"


class People(StrPrinter):  # type: ignore[misc]  # as above
    """As textbooks write it."""

    def _print_Integer(self, expression: Symbolic) -> str:
        return f"{int(expression):,}"

    def _as_ordered_terms(self, expression: Symbolic, order: str | None = None) -> list[Symbolic]:
        terms: list[Symbolic] = super()._as_ordered_terms(expression, order=order)
        if terms[0].could_extract_minus_sign():
            first = [term for term in terms if not term.could_extract_minus_sign() and not term.is_number][:1]
            terms = first + [term for term in terms if term not in first]
        return terms

    def _print_Symbol(self, expression: Symbolic) -> str:
        name, _, number = expression.name.rpartition("_")
        return f"{name}{number.translate(SUBSCRIPTS)}" if name and number.isdecimal() else str(expression.name)

    def _print_Pow(self, expression: Symbolic, rational: bool = False) -> str:
        base, exponent = expression.as_base_exp()
        if exponent.is_Integer and exponent > 1:
            return f"{self.parenthesize(base, 70)}{str(exponent).translate(POWERS)}"
        return str(super()._print_Pow(expression, rational))

    def _print_floor(self, expression: Symbolic) -> str:
        return f"⌊{self._quotient(expression.args[0])}⌋"

    def _print_ceiling(self, expression: Symbolic) -> str:
        return f"⌈{self._quotient(expression.args[0])}⌉"

    def _print_Min(self, expression: Symbolic) -> str:
        return f"min({', '.join(map(self._print, expression.args))})"

    def _print_Max(self, expression: Symbolic) -> str:
        return f"max({', '.join(map(self._print, expression.args))})"

    def _print_Divisor(self, expression: Symbolic) -> str:
        return f"gcd({', '.join(map(self._print, expression.args))})"

    def _quotient(self, expression: Symbolic) -> str:
        numerator, denominator = sympy.fraction(sympy.together(expression))
        return f"{self.parenthesize(sympy.expand(numerator), 50)}/{self.parenthesize(denominator, 70)}"


class Layered(People):
    """The same in the order in which the arithmetic of a layer is told: what it makes, then what it reads."""

    def _as_ordered_terms(self, expression: Symbolic, order: str | None = None) -> list[Symbolic]:
        return sorted(sympy.Add.make_args(expression), key=term_rank)

    def _print_Mul(self, expression: Symbolic) -> str:
        numerator, denominator = sympy.fraction(expression)
        negative = numerator.could_extract_minus_sign()
        factors = sympy.Mul.make_args(-numerator if negative else numerator)
        text = "*".join([self.parenthesize(factor, 50) for factor in sorted(factors, key=factor_rank)])
        below = "" if denominator == 1 else f"/{self.parenthesize(denominator, 70)}"
        return f"{'-' if negative else ''}{text}{below}"


def factor_rank(factor: Symbolic) -> tuple[int, str]:
    """Where a factor stands in a product: numbers, channels and sizes that are made, then what is read, then sums."""
    if factor.is_number:
        return 0, ""
    if isinstance(factor, sympy.Add):
        return 5, str(factor)
    name = str(factor.as_base_exp()[0])
    made = 1 if name in ("C_out", "F_out") else 2 if name.partition("_")[2].startswith("out") else 3
    return (made if name != "K" and not name.startswith("K_") else 4), name


def term_rank(term: Symbolic) -> tuple[int, str]:
    """Where a term stands in a sum: the size, what is added, what is taken away, and numbers."""
    if term.is_number:
        return 3, ""
    axis = term.is_Symbol and len(str(term)) == 1 and str(term) in "THWL"
    return (0 if axis else 2 if term.could_extract_minus_sign() else 1), str(term)


class Numbers(Layered):
    """The same with numbers in the place of symbols; a power is written out."""

    def __init__(self, values: Mapping[Symbolic, int]) -> None:
        super().__init__()
        self.values = values

    def _print_Symbol(self, expression: Symbolic) -> str:
        value = self.values.get(expression)
        return super()._print_Symbol(expression) if value is None else f"{value:,}"

    def _print_Pow(self, expression: Symbolic, rational: bool = False) -> str:
        base, exponent = expression.as_base_exp()
        if exponent.is_Integer and 1 < exponent <= FACTORS:
            return "*".join([self.parenthesize(base, 50)] * int(exponent))
        return super()._print_Pow(expression, rational)


FACTORS = 4
"""Factors up to which a power is written out."""

RELATION_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "==": "="}
"""How people write relations."""


def layered(expression: Symbolic) -> str:
    """An expression of the arithmetic of a layer.

    >>> names = "C_in C_out H H_out K S P"
    >>> c_in, c_out, h, h_out, k, s, p = sympy.symbols(names, integer=True, positive=True)
    >>> layered(c_in * k**2 * h_out * c_out), layered(sympy.floor((h - k + 2 * p) / s) + 1)
    ('C_out·H_out·C_in·K²', '⌊(H + 2·P − K)/S⌋ + 1')
    """
    return str(Layered().doprint(expression)).replace("*", "·").replace("-", "−")


def people(expression: Symbolic) -> str:
    """An expression as textbooks write it.

    >>> n, k = sympy.symbols("n k_1", integer=True, positive=True)
    >>> print(people(25 * k * n**2 - 3), people(sympy.floor((n - 1) / sympy.Integer(2)) + 1))
    25·k₁·n² − 3 ⌊(n − 1)/2⌋ + 1
    """
    return str(People().doprint(expression)).replace("*", "·").replace("-", "−")


def in_numbers(expression: Symbolic, values: Mapping[Symbolic, int]) -> str:
    """An expression with numbers in the place of its symbols, not computed.

    >>> n, k = sympy.symbols("n k_1", integer=True, positive=True)
    >>> in_numbers(25 * k * n**2 - 3, {n: 7, k: 64})
    '25·64·7·7 − 3'
    """
    return str(Numbers(values).doprint(expression)).replace("*", "·").replace("-", "−")


def python(expression: Symbolic) -> str:
    """An expression as programs read it.

    >>> n = sympy.Symbol("n", integer=True, positive=True)
    >>> print(python(sympy.floor((n - 1) / sympy.Integer(2)) + 1))
    ((n - 1)//2) + 1
    """
    return str(Python().doprint(expression))


def in_each_form(expression: Symbolic) -> Formula:
    """An expression in each form."""
    return Formula(people(expression), python(expression), sympy.latex(expression))


@lru_cache(10_000)
def collected(expression: Symbolic) -> Formula:
    """A count in each form: sizes stand in many cells, and are written once."""
    return in_each_form(shortest_form(expression))


def relation(condition: Symbolic, write: Callable[[Symbolic], str], signs: dict[str, str]) -> str:
    """A condition in words and signs."""
    if isinstance(condition.lhs, sympy.Mod) and signs is RELATION_SIGNS:
        number, divisor = condition.lhs.args
        return f"{write(divisor)} divides {write(number)}"
    return f"{write(condition.lhs)} {signs.get(condition.rel_op, condition.rel_op)} {write(condition.rhs)}"


def in_a_sentence(parts: Sequence[str]) -> str:
    """Some things in a sentence."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
