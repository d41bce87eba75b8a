"""Expressions: frozen nodes that are evaluated in any arithmetic, printed, and rewritten.

An expression prints itself with no more parentheses than it needs: what is printed reads as the same tree. Nothing is
ever evaluated as Python.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.functions import FUNCTIONS, OPERATORS, Precedence, computable
from convcalc.arithmetic.operations import decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from fractions import Fraction

    from convcalc.arithmetic.functions import ExpressionResult


class Expression(ABC):
    """A number or a truth, unevaluated."""

    __slots__ = ()

    @property
    def precedence(self) -> int:
        """How tightly it is bound, as it is printed."""
        return Precedence.ATOM

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The expressions that it is made of."""
        return ()

    def of(self, *operands: Expression) -> Expression:
        """The same, made of as many other expressions."""
        return self

    @abstractmethod
    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:
        """What it comes to where names stand for the values of a scope, in the arithmetic of these.

        Raises:
            ExpressionFault: it comes to nothing.
        """

    @abstractmethod
    def text(self, blank: str = "") -> str:
        """The expression as it is written, with a `blank` around the operators of numbers."""

    def within(self, least: int, blank: str) -> str:
        """The expression as it is written where what binds less tightly stands in parentheses."""
        return self.text(blank) if self.precedence >= least else f"({self.text(blank)})"

    def __str__(self) -> str:
        return self.text()

    @property
    def is_truth(self) -> bool:
        """Whether it is true or false, and no number."""
        return self.precedence <= Precedence.COMPARISON

    @property
    def names(self) -> dict[str, None]:
        """The names that it reads, in their order."""
        return {node.name: None for node in walk(self) if isinstance(node, Name)}

    @property
    def depth(self) -> int:
        """How deep it is nested: 1 for a number or a name."""
        level: list[Expression] = [self]
        deepest = 0
        while level:
            level = [operand for node in level for operand in node.operands]
            deepest += 1
        return deepest

    def rewritten(self, change: Callable[[Expression], Expression]) -> Expression:
        """The expression with each part changed, operands before what is made of them."""
        return change(self.of(*[operand.rewritten(change) for operand in self.operands]))


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and all that it is made of, in the order of its text."""
    left = [expression]
    while left:
        node = left.pop()
        yield node
        left.extend(reversed(node.operands))


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """An exact number. A fraction that no decimals write is printed as a quotient."""

    value: int | Fraction

    @property
    def precedence(self) -> int:
        """That of digits, or of a sign or a quotient, where it is printed with one."""
        if "/" in self.text():
            return Precedence.PRODUCT
        return Precedence.SIGN if self.value < 0 else Precedence.ATOM

    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:
        """The number."""
        return self.value

    def text(self, blank: str = "") -> str:
        """The number in digits."""
        return decimal(self.value)


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """What a scope has under a name."""

    name: str

    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:
        """The value of the name."""
        return scope[self.name]

    def text(self, blank: str = "") -> str:
        """The name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Negative(Expression):
    """A number times -1."""

    operand: Expression

    @property
    def precedence(self) -> int:
        """That of signs."""
        return Precedence.SIGN

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The number."""
        return (self.operand,)

    def of(self, *operands: Expression) -> Expression:
        """The negative of another number."""
        return Negative(*operands)

    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:
        """The number, times -1."""
        return -computable(self.operand.evaluate(scope))

    def text(self, blank: str = "") -> str:
        """A sign before the number."""
        return f"-{self.operand.within(Precedence.SIGN, blank)}"


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """Two numbers, and one of `OPERATORS` between them."""

    operator: str
    left: Expression
    right: Expression

    @property
    def precedence(self) -> int:
        """That of the operator."""
        return OPERATORS[self.operator].precedence

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The two numbers."""
        return self.left, self.right

    def of(self, *operands: Expression) -> Expression:
        """The same of two other numbers."""
        return Binary(self.operator, *operands)

    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:
        """What the operator makes of the numbers."""
        compute = OPERATORS[self.operator].compute
        return compute(computable(self.left.evaluate(scope)), computable(self.right.evaluate(scope)))

    def text(self, blank: str = "") -> str:
        """The operator between the numbers: operators group from the left, and powers from the right."""
        power = self.precedence == Precedence.POWER
        left = self.left.within(self.precedence + power, blank)
        right = self.right.within(Precedence.SIGN if power else self.precedence + 1, blank)
        return f"{left}{blank}{self.operator}{blank}{right}"


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """One of `FUNCTIONS`, applied to numbers."""

    function: str
    arguments: tuple[Expression, ...]

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The numbers."""
        return self.arguments

    def of(self, *operands: Expression) -> Expression:
        """The function of as many other numbers."""
        return Call(self.function, operands)

    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:
        """What the function makes of the numbers."""
        return FUNCTIONS[self.function].compute(*[computable(argument.evaluate(scope)) for argument in self.arguments])

    def text(self, blank: str = "") -> str:
        """The function before the numbers."""
        return f"{self.function}({f',{blank}'.join([argument.text(blank) for argument in self.arguments])})"
