"""What the operators and the functions of expressions do, in any arithmetic, and how tightly operators bind."""

from __future__ import annotations

import operator
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from convcalc.arithmetic.operations import (
    ceil_div,
    choose,
    current_domain,
    equal,
    largest,
    negated,
    product,
    smallest,
    symbolic,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ExpressionResult: TypeAlias = Any
"""The value of an expression: a number, a truth, or another value that a name stands for."""


class ExpressionFault(Exception):  # it becomes a Fault once its place is known
    """What is wrong with a text, `width` characters from `start` on, and the way out."""

    def __init__(self, code: str, message: str, start: int = 0, width: int = 1, *notes: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.width = width
        self.notes = notes


class Precedence(IntEnum):
    """How tightly operators bind, loosest first: up to comparisons, they make truths."""

    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    PRODUCT = 6
    SIGN = 7
    POWER = 8
    ATOM = 9


class Operator(NamedTuple):
    """How tightly an operator binds two numbers, and what it makes of them."""

    precedence: Precedence
    compute: Callable[[ExpressionResult, ExpressionResult], ExpressionResult]


class Function(NamedTuple):
    """What a function makes of numbers, and whether it takes at least two of them in place of one."""

    compute: Callable[..., ExpressionResult]
    of_several: bool = False


def computable(value: ExpressionResult) -> ExpressionResult:
    """A value that can be computed with.

    Raises:
        ExpressionFault: it is a list or a label.
    """
    if isinstance(value, int) or hasattr(value, "denominator") or symbolic(value):
        return value
    what = "a list" if isinstance(value, list) else "sizes" if isinstance(value, tuple) else "the name of a tensor"
    raise ExpressionFault("unexpected-text", f"cannot compute with {what}")


def divide(left: ExpressionResult, right: ExpressionResult) -> ExpressionResult:
    """The quotient rounded down.

    Raises:
        ExpressionFault: the divisor is 0.
    """
    if right == 0:
        raise ExpressionFault("division-by-zero", "division by zero")
    return left // right


def exact_quotient(left: ExpressionResult, right: ExpressionResult) -> ExpressionResult:
    """The exact quotient; recorded numbers are divided by known ones alone.

    Raises:
        ExpressionFault: the divisor is 0.
    """
    from fractions import Fraction  # few expressions divide exactly

    if right == 0:
        raise ExpressionFault("division-by-zero", "division by zero")
    return left * (1 / Fraction(right)) if isinstance(right, int | Fraction) else left / right


def to_the_power(base: ExpressionResult, exponent: ExpressionResult) -> ExpressionResult:
    """A number multiplied with itself; a symbol or a recorded number as often as a whole number says.

    >>> to_the_power(2, 10)
    1024
    """
    return product([base] * exponent) if symbolic(base) else base**exponent


def unequal(one: ExpressionResult, other: ExpressionResult) -> ExpressionResult:
    """Whether two numbers are not the same."""
    return negated(equal(one, other))


def div8(width: ExpressionResult) -> ExpressionResult:
    """The nearest multiple of 8, but at least 8 and 90 % of `width`: torchvision's `_make_divisible`.

    >>> from fractions import Fraction
    >>> div8(33), div8(Fraction("11.2")), div8(1)
    (32, 16, 8)
    """
    nearest = largest(8, (width + 4) // 8 * 8)
    return choose(10 * nearest < 9 * width, nearest + 8, nearest)


def ceil8(width: ExpressionResult) -> ExpressionResult:
    """The next multiple of 8: Ultralytics' `make_divisible`.

    >>> ceil8(33)
    40
    """
    return ceil_div(width, 8) * 8


def floored(value: ExpressionResult) -> ExpressionResult:
    """The next whole number below, or the number itself."""
    return value // 1


def ceiled(value: ExpressionResult) -> ExpressionResult:
    """The next whole number above, or the number itself."""
    return ceil_div(value, 1)


def rounded(value: ExpressionResult) -> ExpressionResult:
    """The nearest whole number, halves to even; those of symbols up."""
    domain = current_domain()
    return domain.rounded(value) if domain is not None and domain.holds(value) else round(value)


OPERATORS = {
    "+": Operator(Precedence.SUM, operator.add),
    "-": Operator(Precedence.SUM, operator.sub),
    "*": Operator(Precedence.PRODUCT, operator.mul),
    "/": Operator(Precedence.PRODUCT, exact_quotient),
    "//": Operator(Precedence.PRODUCT, divide),
    "**": Operator(Precedence.POWER, to_the_power),
}
"""The operators between two numbers that make a number of them."""

COMPARISONS: dict[str, Callable[[ExpressionResult, ExpressionResult], ExpressionResult]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": equal,
    "!=": unequal,
}
"""The operators between two numbers that make a truth of them."""

FUNCTIONS = {
    "int": Function(floored),
    "round": Function(rounded),
    "min": Function(smallest, of_several=True),
    "max": Function(largest, of_several=True),
    "ceil": Function(ceiled),
    "floor": Function(floored),
    "div8": Function(div8),
    "ceil8": Function(ceil8),
}
"""The functions, by name."""
