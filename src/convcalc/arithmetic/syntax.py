"""How expressions are read: one parser by precedence, for whichever operators a caller allows.

It keeps what is open on stacks of its own: however deep parentheses and signs are nested, Python calls nothing deeper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic.expression import Binary, Call, Constant, Name, Negative
from convcalc.arithmetic.functions import COMPARISONS, FUNCTIONS, OPERATORS, ExpressionFault, Precedence

if TYPE_CHECKING:
    import re
    from collections.abc import Container, Iterator, Mapping, Sequence
    from fractions import Fraction

    from convcalc.arithmetic.expression import Expression

DEEPEST_PARENTHESES = 200
"""Parentheses within parentheses, at most."""

CHAINED = (Precedence.OR, Precedence.AND, Precedence.COMPARISON)
"""Where operators that follow each other make one expression of all that they stand between."""


class Token(NamedTuple):
    """A `number`, a `name`, or an operator, which is an `op`, as are parentheses; and where it stands in a text."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def scanned(text: str, pattern: re.Pattern[str]) -> Iterator[Token]:
    """The tokens of a text, each as a group of the pattern is called, up to where it matches no more."""
    position = 0
    while match := pattern.match(text, position):
        kind = match.lastgroup or ""
        yield Token(kind, match[kind], match.start(kind))
        position = match.end()


class Grammar(NamedTuple):
    """The operators behind a number, those before one, and the functions that a text may use."""

    operators: Mapping[str, Precedence]
    prefixes: Mapping[str, Precedence]
    functions: Container[str] = ()


def grammar(*operators: str, functions: Container[str] = ()) -> Grammar:
    """The grammar of numbers, with some of `OPERATORS` and a minus before a number."""
    return Grammar({each: OPERATORS[each].precedence for each in operators}, {"-": Precedence.SIGN}, functions)


class Pending(NamedTuple):
    """An operator whose right side is still being read."""

    text: str
    precedence: Precedence
    is_prefix: bool


class Opened(NamedTuple):
    """A parenthesis that is still open: the function before it, and how many operators and operands came earlier."""

    function: str
    operators: int
    operands: int


class Parser:
    """Reads expressions from tokens, one after the other; `next` is the token to be read."""

    def __init__(self, text: str, tokens: Sequence[Token], known: Grammar) -> None:
        self.text = text
        self.tokens = tokens
        self.grammar = known
        self.next = 0
        self.operands: list[Expression] = []
        self.pending: list[Pending] = []
        self.opened: list[Opened] = []

    def expression(self) -> Expression:
        """The longest expression that begins at the next token.

        Raises:
            ExpressionFault: none does.
        """
        self.operand()
        while self.goes_on():
            self.operand()
        self.reduce(Precedence.OR)
        return self.operands.pop()

    def whole(self) -> Expression:
        """The expression that all tokens are.

        Raises:
            ExpressionFault: they are none.
        """
        found = self.expression()
        if self.next < len(self.tokens):
            raise self.unexpected()
        return found

    def operand(self) -> None:
        """Read a number or a name, with all signs, functions and parentheses that open before it."""
        while (token := self.take(self.grammar.prefixes) or self.take("(") or self.function()) is not None:
            precedence = self.grammar.prefixes.get(token.text)
            if precedence is None:
                self.enter(token)
            elif precedence >= min(self.tightest(), Precedence.SIGN):
                self.pending.append(Pending(token.text, precedence, is_prefix=True))
            else:
                self.next -= 1
                raise self.unexpected()
        self.operands.append(self.atom())

    def goes_on(self) -> bool:
        """Whether another operand follows, behind parentheses that close and an operator."""
        while self.opened and self.take(")"):
            self.leave()
        if self.opened and self.opened[-1].function and self.take(","):
            self.reduce(Precedence.OR)
            return True
        if (token := self.take(self.grammar.operators)) is not None:
            precedence = self.grammar.operators[token.text]
            groups_left = precedence not in (*CHAINED, Precedence.POWER)
            self.reduce(precedence if groups_left else precedence + 1)
            self.pending.append(Pending(token.text, precedence, is_prefix=False))
            return True
        if self.opened:
            raise self.unexpected(", expected )")
        return False

    def atom(self) -> Expression:
        """The number or the name that stands here."""
        if self.next >= len(self.tokens) or self.tokens[self.next].kind == "op":
            raise self.unexpected()
        token = self.tokens[self.next]
        self.next += 1
        return Constant(self.number(token)) if token.kind == "number" else self.name(token)

    def number(self, token: Token) -> int | Fraction:
        """The number of a token."""
        return exact_number(token.text)

    def name(self, token: Token) -> Expression:
        """The name of a token."""
        return Name(token.text)

    def function(self) -> Token | None:
        """The name of a function that stands here, read with the parenthesis behind it."""
        if self.next >= len(self.tokens) or self.tokens[self.next].text not in self.grammar.functions:
            return None
        name = self.tokens[self.next]
        self.next += 1
        if not self.take("("):
            raise self.unexpected(", expected (")
        return name

    def enter(self, token: Token) -> None:
        """Begin with what is in parentheses."""
        if len(self.opened) == DEEPEST_PARENTHESES:
            raise ExpressionFault(
                "beyond-limits", f"parentheses must be at most {DEEPEST_PARENTHESES} deep", token.start
            )
        function = "" if token.text == "(" else token.text
        self.opened.append(Opened(function, len(self.pending), len(self.operands)))

    def leave(self) -> None:
        """Put what is in parentheses, or the function of it, among the operands."""
        self.reduce(Precedence.OR)
        function, _, earlier = self.opened.pop()
        if function:
            arguments = tuple(self.operands[earlier:])
            least, most = (2, len(self.text)) if FUNCTIONS[function].of_several else (1, 1)
            if not least <= len(arguments) <= most:
                expected = "at least two numbers" if FUNCTIONS[function].of_several else "one number"
                message = f"{function}() takes {expected}, but got {len(arguments)}"
                raise ExpressionFault("unexpected-text", message, 0, len(self.text))
            self.operands[earlier:] = [Call(function, arguments)]

    def reduce(self, least: int) -> None:
        """Apply the operators, since the last parenthesis that is open, that bind so tightly or more."""
        while self.tightest() >= least:
            operator = self.pending.pop()
            if operator.is_prefix:
                self.operands.append(self.prefixed(operator.text, self.operands.pop()))
                continue
            signs = [operator.text]
            while operator.precedence in CHAINED and self.tightest() == operator.precedence:
                signs.append(self.pending.pop().text)
            operands = self.operands[-len(signs) - 1 :]
            self.operands[-len(operands) :] = [self.combined(signs[::-1], operands)]

    def tightest(self) -> int:
        """How tightly the latest operator binds that is pending since the last parenthesis that is open; 0 for none."""
        earlier = self.opened[-1].operators if self.opened else 0
        return self.pending[-1].precedence if len(self.pending) > earlier else 0

    def prefixed(self, sign: str, operand: Expression) -> Expression:
        """An operand with an operator before it."""
        if sign == "-":
            return Negative(operand)
        from convcalc.arithmetic.truths import Not  # most expressions are numbers

        return Not(operand)

    def combined(self, signs: Sequence[str], operands: Sequence[Expression]) -> Expression:
        """Operands with operators between them: several that are chained, or one."""
        if signs[0] in OPERATORS:
            return Binary(signs[0], *operands)
        from convcalc.arithmetic.truths import And, Comparison, Or  # as above

        if signs[0] in COMPARISONS:
            return Comparison(tuple(signs), tuple(operands))
        return And(tuple(operands)) if signs[0] == "and" else Or(tuple(operands))

    def take(self, texts: Container[str]) -> Token | None:
        """The next token, read, if it is one of these operators."""
        if self.next < len(self.tokens):
            token = self.tokens[self.next]
            if token.kind == "op" and token.text in texts:
                self.next += 1
                return token
        return None

    def unexpected(self, expected: str = "") -> ExpressionFault:
        """What to raise where the next token cannot stand."""
        if self.next >= len(self.tokens):
            shown = self.text.strip()
            what = f"{shown} is not complete{expected}" if shown else "a value is missing here"
            return ExpressionFault("missing-value", what, 0, max(1, len(self.text)))
        token = self.tokens[self.next]
        message = f"unexpected {token.text} in {self.text.strip()}{expected}"
        return ExpressionFault("unexpected-text", message, token.start, len(token.text), *self.notes(expected))

    def notes(self, expected: str) -> Sequence[str]:
        """What else to say of a token that cannot stand where it does."""
        return ()


def exact_number(digits: str) -> int | Fraction:
    """A number from its digits.

    >>> exact_number("010"), exact_number("0.29") * 100
    (10, Fraction(29, 1))
    """
    if "." not in digits:
        return int(digits)
    from fractions import Fraction  # few descriptions have decimals

    return Fraction(digits)
