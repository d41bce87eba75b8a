"""How conditions are read: what Python can say and a condition cannot is one piece, so that a message can show it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from keyword import kwlist
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.amounts import AMOUNT, amount_value
from convcalc.arithmetic.expression import Expression
from convcalc.arithmetic.functions import COMPARISONS, OPERATORS, ExpressionFault, Precedence
from convcalc.arithmetic.syntax import Grammar, Parser, Token, scanned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from convcalc.arithmetic.functions import ExpressionResult

CONDITION_TOKEN = re.compile(
    rf"""(?:[^\S\n]|\#[^\n]*+)*+(?:
    (?P<number>{AMOUNT.pattern}(?![A-Za-z0-9_.]))
    |(?P<foreign>
        (?:(?:\d[\d_]*+(?:\.\d*+)?|\.\d++)[eE]\d++|\d[\d_]*+(?:\.\d*+)?[jJ]|0[xX][0-9A-Fa-f]++)(?![A-Za-z0-9_.])
        |[bBfFrRuU]?[bBfFrR]?(?:'[^'\n]*+'|"[^"\n]*+")|\.\.\.)
    |(?P<op>is\s++not\b|not\s++in\b|\*\*|//|<<|>>|<=|>=|==|!=|:=)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*+)
    |(?P<sign>\S|\n))""",
    re.ASCII | re.VERBOSE,
)
"""A number, something that is foreign, an operator, a word, or any other sign, behind blanks and remarks."""

KNOWN_OPERATORS = OPERATORS.keys() | COMPARISONS.keys() | {"and", "or"}
"""Operators that make expressions, of which a condition may have some."""

OTHERS = {
    **dict.fromkeys(("in", "not in", "is", "is not"), Precedence.COMPARISON),
    **dict.fromkeys(("|", "^", "&", "<<", ">>"), Precedence.SUM),
    **dict.fromkeys(("%", "@"), Precedence.PRODUCT),
}
"""All other operators of Python."""

CONDITION_GRAMMAR = Grammar(
    {
        "or": Precedence.OR,
        "and": Precedence.AND,
        **dict.fromkeys(COMPARISONS, Precedence.COMPARISON),
        **{sign: operator.precedence for sign, operator in OPERATORS.items()},
        **OTHERS,
    },
    {"not": Precedence.NOT, **dict.fromkeys(("+", "-", "~", "await"), Precedence.SIGN)},
)
"""The operators of Python: one that a condition does not have is refused where the whole is known."""

DEEPEST_SHOWN = 40
"""How deep a part is that a message shows, at most: in place of a deeper one, it shows the whole text."""

CONSTANTS = ("None", "True", "False")

CLOSING_BRACKETS = {"(": ")", "[": "]", "{": "}"}

MARKS = (",", ":=", "lambda", "yield", "for", "if")
"""What stands in parentheses around something foreign."""


@dataclass(frozen=True, slots=True)
class Foreign(Expression):
    """What a condition cannot say, as it was written, and how tightly it is bound."""

    written: str
    binds: Precedence = Precedence.ATOM

    @property
    def precedence(self) -> int:
        """That of Python."""
        return self.binds

    def evaluate(self, scope: Mapping[str, Any]) -> ExpressionResult:  # noqa: ARG002  # it has no meaning
        """Nothing: it has no meaning.

        Raises:
            ExpressionFault: always.
        """
        raise ExpressionFault("bad-condition", f"a condition cannot say {self.written}")

    def text(self, blank: str = "") -> str:  # noqa: ARG002  # it is one piece
        """What was written."""
        return self.written


class ConditionParser(Parser):
    """Reads a condition, or whatever Python can say in its place."""

    def __init__(self, text: str) -> None:
        super().__init__(text, pieces(text), CONDITION_GRAMMAR)

    def whole(self) -> Expression:
        """All that the text says: several expressions, or a choice between two, are foreign.

        Raises:
            ExpressionFault: it says nothing, in Python either.
        """
        found = self.expression()
        if self.next == len(self.tokens):
            return found
        if self.take(("if",)):
            self.expression()
            if not self.take(("else",)):
                raise self.unexpected()
            self.expression()
        while self.take(",") and self.next < len(self.tokens):
            self.expression()
        if self.next < len(self.tokens):
            raise self.unexpected()
        return Foreign(self.text)

    def atom(self) -> Expression:
        """A number, a name, or something foreign."""
        if self.next < len(self.tokens) and self.tokens[self.next].kind == "foreign":
            self.next += 1
            return Foreign(self.tokens[self.next - 1].text)
        return super().atom()

    def number(self, token: Token) -> int | Fraction:
        """An amount, exactly."""
        match = AMOUNT.fullmatch(token.text)
        return amount_value(match) if match else super().number(token)

    def prefixed(self, sign: str, operand: Expression) -> Expression:
        """An operand with an operator before it; a plus says nothing."""
        if sign in ("-", "not"):
            return super().prefixed(sign, operand)
        if sign == "+":
            return operand
        return Foreign(f"{sign}{' ' * sign.isalpha()}{self.shown(operand, Precedence.SIGN)}", Precedence.SIGN)

    def combined(self, signs: Sequence[str], operands: Sequence[Expression]) -> Expression:
        """Operands with operators between them, all of which are foreign if one is."""
        if KNOWN_OPERATORS.issuperset(signs):
            return super().combined(signs, operands)
        binds = CONDITION_GRAMMAR.operators[signs[0]]
        left = self.shown(operands[0], binds + (binds == Precedence.COMPARISON))
        behind = [f"{sign} {self.shown(other, binds + 1)}" for sign, other in zip(signs, operands[1:], strict=True)]
        return Foreign(" ".join([left, *behind]), binds)

    def shown(self, operand: Expression, least: int) -> str:
        """An operand as it stands within something foreign that binds so tightly."""
        return operand.within(least, " ") if operand.depth <= DEEPEST_SHOWN else self.text


def pieces(text: str) -> list[Token]:
    """The tokens of a condition, in which all that is foreign is one token each."""
    found = Pieces(text)
    for group, written, start in scanned(text, CONDITION_TOKEN):
        word = " ".join(written.split()) if group == "op" else written
        found.add(Token(kind_of(group, word), word, start))
    while found.tokens and found.tokens[-1].text == "\n":
        found.tokens.pop()
    return found.tokens


def kind_of(group: str, word: str) -> str:
    """The kind of a token: words of Python are operators, unless they are constants."""
    if word in CONSTANTS:
        return "foreign"
    return "op" if group == "sign" or word in kwlist else group


class Pieces:
    """The `tokens` of a text, of which several become one where a bracket closes around, or behind, something foreign.

    Of each token is known at which one the operand begins that it ends: a call begins with its function.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.begins: list[int] = []
        self.opened: list[int] = []
        self.foreign: list[bool] = []

    def add(self, token: Token) -> None:
        """Put a token behind the others; the end of a line says nothing at the beginning, and within brackets."""
        if token.text == "\n" and (self.opened or not self.tokens):
            return
        place = len(self.tokens)
        continues = token.text in ("(", "[", ".") and place > 0 and self.ends_operand()
        self.tokens.append(token)
        self.begins.append(self.begins[-1] if continues else place)
        if token.text in CLOSING_BRACKETS:
            self.opened.append(place)
            self.foreign.append(token.text != "(" or continues)
        elif self.opened and token.text == CLOSING_BRACKETS[self.tokens[self.opened[-1]].text]:
            self.leave(self.opened.pop(), is_foreign=self.foreign.pop())
        elif token.text in MARKS and self.foreign:
            self.foreign[-1] = True
        elif token.kind == "name" and place > 1 and self.begins[-2] < place - 1 and self.tokens[-2].text == ".":
            self.join(self.begins[-2])

    def leave(self, opening: int, *, is_foreign: bool) -> None:
        """End what began with a bracket: nothing in parentheses is foreign, too."""
        self.begins[-1] = self.begins[opening]
        if is_foreign or opening == len(self.tokens) - 2:
            self.join(self.begins[opening])

    def ends_operand(self) -> bool:
        """Whether the last token is the end of an operand."""
        return self.tokens[-1].kind != "op" or self.tokens[-1].text == ")"

    def join(self, first: int) -> None:
        """Make one of all tokens from the first on."""
        start = self.tokens[first].start
        self.tokens[first:] = [Token("foreign", self.text[start : self.tokens[-1].end], start)]
        self.begins[first:] = [first]
