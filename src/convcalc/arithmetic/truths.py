"""Expressions that are true or false: comparisons, and what `and`, `or` and `not` make of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.expression import Expression
from convcalc.arithmetic.functions import COMPARISONS, Precedence, computable
from convcalc.arithmetic.operations import negated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.arithmetic.functions import ExpressionResult


@dataclass(frozen=True, slots=True)
class Comparison(Expression):
    """Numbers, each compared with the next by one of `COMPARISONS`: `0 < a <= b` asks for both."""

    signs: tuple[str, ...]
    numbers: tuple[Expression, ...]

    @property
    def precedence(self) -> int:
        """That of comparisons."""
        return Precedence.COMPARISON

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The numbers."""
        return self.numbers

    def of(self, *operands: Expression) -> Expression:
        """The same of as many other numbers."""
        return Comparison(self.signs, operands)

    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:
        """Whether each comparison holds."""
        values = [computable(each.evaluate(scope)) for each in self.numbers]
        pairs = zip(self.signs, values, values[1:], strict=False)
        return every([COMPARISONS[sign](one, other) for sign, one, other in pairs])

    def text(self, blank: str = "") -> str:
        """A sign between each number and the next."""
        first, *others = [each.within(Precedence.SUM, blank) for each in self.numbers]
        return first + "".join([f" {sign} {other}" for sign, other in zip(self.signs, others, strict=True)])


@dataclass(frozen=True, slots=True)
class And(Expression):
    """Truths, all of which are to hold."""

    truths: tuple[Expression, ...]

    @property
    def precedence(self) -> int:
        """That of `and`."""
        return Precedence.AND

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The truths."""
        return self.truths

    def of(self, *operands: Expression) -> Expression:
        """The same of as many other truths."""
        return And(operands)

    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:
        """Whether all hold."""
        return every([truth.evaluate(scope) for truth in self.truths])

    def text(self, blank: str = "") -> str:
        """The truths, joined by `and`."""
        return " and ".join([truth.within(Precedence.NOT, blank) for truth in self.truths])


@dataclass(frozen=True, slots=True)
class Or(Expression):
    """Truths, one of which is to hold."""

    truths: tuple[Expression, ...]

    @property
    def precedence(self) -> int:
        """That of `or`."""
        return Precedence.OR

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The truths."""
        return self.truths

    def of(self, *operands: Expression) -> Expression:
        """The same of as many other truths."""
        return Or(operands)

    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:
        """Whether one holds: of no arithmetic is the truth of one asked for by itself."""
        found, *others = [truth.evaluate(scope) for truth in self.truths]
        for other in others:
            found = found | other
        return found

    def text(self, blank: str = "") -> str:
        """The truths, joined by `or`."""
        return " or ".join([truth.within(Precedence.AND, blank) for truth in self.truths])


@dataclass(frozen=True, slots=True)
class Not(Expression):
    """A truth that is not to hold."""

    operand: Expression

    @property
    def precedence(self) -> int:
        """That of `not`."""
        return Precedence.NOT

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The truth."""
        return (self.operand,)

    def of(self, *operands: Expression) -> Expression:
        """The opposite of another truth."""
        return Not(*operands)

    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:
        """Whether it does not hold."""
        return negated(self.operand.evaluate(scope))

    def text(self, blank: str = "") -> str:
        """`not` before the truth."""
        return f"not {self.operand.within(Precedence.NOT, blank)}"


def every(truths: list[ExpressionResult]) -> ExpressionResult:
    """Whether all of some truths hold: of no arithmetic is the truth of one asked for by itself."""
    found, *others = truths
    for other in others:
        found = found & other
    return found
