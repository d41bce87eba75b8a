"""The values of the language: `64`, `4*c`, `3x5/2`, `0:1x0:1`, `int(alpha*64)`.

Numbers are exact: a decimal is read from its text as a fraction. Nothing is ever evaluated as Python.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.arithmetic.functions import FUNCTIONS, ExpressionFault, computable
from convcalc.arithmetic.operations import current_domain
from convcalc.arithmetic.operations import decimal as in_decimals
from convcalc.arithmetic.syntax import Parser, Token, grammar
from convcalc.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from convcalc.arithmetic.expression import Expression
    from convcalc.arithmetic.functions import ExpressionResult

LONGEST_EXPRESSION = 200
MOST_DIGITS = 18
LARGEST_NUMBER = 10**MOST_DIGITS

VALUE_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<op>//|\S))", re.ASCII
)
SEPARATOR_AHEAD = re.compile(r"x|\s+x(?=\s)")

VALUE_GRAMMAR = grammar("+", "-", "*", "//", functions=FUNCTIONS)
"""What the expressions of a value are made of."""

ValueFault = ExpressionFault
"""What is wrong with the text of a value, or of what stands around one."""


class Mention(NamedTuple):
    """A name that a value reads, and where in its text, unless it has a `place` of its own."""

    text: str
    start: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A number or sizes, unevaluated: parts divided by `x`, each one expression, or several divided by `:`.

    `start` counts from the start of the line that the value stands in, unless it has a `place` of its own.
    """

    text: str
    start: int
    parts: tuple[tuple[Expression, ...], ...]
    stride: Value | None
    names: tuple[Mention, ...]
    place: Place | None = None
    constant: Any = None

    @property
    def expression(self) -> Expression | None:
        """The one expression that it is, none if it is several."""
        return self.parts[0][0] if len(self.parts) == 1 and len(self.parts[0]) == 1 and not self.stride else None

    @property
    def width(self) -> int:
        """How many characters it is written with."""
        return len(self.text)

    def evaluate(self, scope: Mapping[str, ExpressionResult]) -> ExpressionResult:
        """What it comes to: one number, or a tuple of numbers and pairs.

        Raises:
            ValueFault: it comes to nothing.
        """
        if self.constant is not None:
            return self.constant
        try:
            return self.compute(scope)
        except ValueFault as fault:
            raise ValueFault(fault.code, fault.message, self.start, self.width, *fault.notes) from None

    def compute(self, scope: Mapping[str, ExpressionResult]) -> ExpressionResult:
        """Evaluate, but tell faults from the start of the value."""
        if self.stride is not None:
            message = f"a single / comes only before the stride of a kernel, but here is {self.text.strip()}"
            raise ValueFault(
                "misplaced-slash", message, 0, self.width, "try: // to divide whole numbers, or a decimal such as 0.5"
            )
        found = tuple([tuple([within_bounds(part.evaluate(scope)) for part in pair]) for pair in self.parts])
        if len(found) > 1 or len(found[0]) > 1:
            for part in chain.from_iterable(found):
                computable(part)
        singles = tuple([pair[0] if len(pair) == 1 else pair for pair in found])
        return singles[0] if len(singles) == 1 and len(found[0]) == 1 else singles

    def settled(self) -> Value:
        """This value with its result, if no variable can change it."""
        return self if self.names or self.stride else replace(self, constant=self.compute({}))


def option_place(name: str, written: Value | tuple[Value, ...]) -> Place | None:
    """Where an option of the command line gives a name to a value, or just a value; none if no option says it."""
    value = written[0] if isinstance(written, tuple) and written else written
    if not isinstance(value, Value) or value.place is None:
        return None
    text = value.place.source.text
    return Place(value.place.source, 1, 1, len(name) if text.startswith(f"{name}=") else len(text))


def within_bounds(value: ExpressionResult) -> ExpressionResult:
    """A result within the bounds of the language; whole fractions become integers."""
    if type(value) is int:
        if abs(value) <= LARGEST_NUMBER:
            return value
        raise ValueFault("beyond-limits", f"a number of the description must have at most {MOST_DIGITS} digits")
    if (domain := current_domain()) is not None and domain.holds(value):
        bounded = domain.within(value, LARGEST_NUMBER)
        return bounded if bounded is value else within_bounds(bounded)
    if not hasattr(value, "denominator"):
        return value
    if value.denominator == 1:
        return within_bounds(int(value))
    if max(abs(value.numerator), value.denominator) > LARGEST_NUMBER**2:
        raise ValueFault("beyond-limits", f"a number of the description must have at most {MOST_DIGITS} digits")
    return value


def parse_value(text: str, start: int = 0, place: Place | None = None, separators: tuple[str, ...] = ("x",)) -> Value:
    """Read a value; `separators` divide its parts.

    Raises:
        ValueFault: the text is none.
    """
    return ValueParser(text, start, place, separators).value().settled()


def joined(values: Sequence[Value], place: Place) -> Value:
    """One value of several, each of which is one number, or several that belong together."""
    parts = tuple(tuple(part for pair in value.parts for part in pair) for value in values)
    names = tuple(
        name._replace(place=value.place and value.place.part(name.start, len(name.text)))
        for value in values
        for name in value.names
    )
    return Value("", 0, parts, None, names, place).settled()


def tokens(text: str) -> list[Token]:
    """The tokens of a value; `x` divides after a number or `)`, or where it stands alone."""
    found: list[Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        after_size = found and (found[-1].kind == "number" or found[-1].text == ")")
        if after_size and (ahead := SEPARATOR_AHEAD.match(text, position)):
            found.append(Token("op", "x", ahead.end() - 1))
            position = ahead.end()
            continue
        match = VALUE_TOKEN.match(text, position)
        if match is None:
            break
        kind = match.lastgroup or ""
        start = match.start(kind)
        if kind == "number" and len(match[kind].replace(".", "")) > MOST_DIGITS:
            raise ValueFault(
                "beyond-limits",
                f"a number of the description must have at most {MOST_DIGITS} digits",
                start,
                len(match[kind]),
            )
        alone = match[kind] in ("x", "×")
        found.append(Token("op", "x", start) if alone else Token(kind, match[kind], start))
        position = match.end()
    return found


class ValueParser(Parser):
    """Reads one value; each method reads what its name says."""

    def __init__(self, text: str, start: int, place: Place | None, separators: tuple[str, ...]) -> None:
        if len(text) > LONGEST_EXPRESSION:
            raise ValueFault(
                "beyond-limits", f"an expression must have at most {LONGEST_EXPRESSION} characters", 0, len(text)
            )
        super().__init__(text, tokens(text), VALUE_GRAMMAR)
        self.start = start
        self.place = place
        self.separators = separators
        self.names: list[Mention] = []

    def value(self) -> Value:
        """Sizes, and a stride after a single slash."""
        parts = self.sizes()
        stride = None
        if slash := self.take("/"):
            first = self.tokens[self.next].start if self.next < len(self.tokens) else slash.end
            earlier, self.names = self.names, []
            strides = self.sizes()
            text = self.text[first:].rstrip()
            stride = Value(text, self.start + first, strides, None, tuple(self.names), self.place).settled()
            self.names = earlier + self.names
        if self.next < len(self.tokens):
            raise self.unexpected()
        return Value(self.text, self.start, parts, stride, tuple(self.names), self.place)

    def sizes(self) -> tuple[tuple[Expression, ...], ...]:
        """Parts divided by `x`."""
        parts = [self.part()]
        while self.take(self.separators):
            parts.append(self.part())
        return tuple(parts)

    def part(self) -> tuple[Expression, ...]:
        """One expression, or several divided by `:`."""
        found = [self.expression()]
        while self.take(":"):
            found.append(self.expression())
        return tuple(found)

    def name(self, token: Token) -> Expression:
        """A name, and where it stands."""
        self.names.append(Mention(token.text, token.start))
        return super().name(token)

    def notes(self, expected: str) -> Sequence[str]:
        """What to write in place of a single slash, and of a number in another notation."""
        token = self.tokens[self.next]
        if token.text == "/":
            slash = "a single / comes only before a stride, as in 3x3/2; // divides whole numbers, rounding down"
            return slash, *(ways_around(self.text, self.tokens, self.next) if expected else ())
        if token.kind == "name" and self.next and self.tokens[self.next - 1].kind == "number":
            return ("try: numbers are decimal digits, such as 1000 or 0.25; to multiply, write *",)
        return ()


def ways_around(text: str, tokens: Sequence[Token], slash: int) -> Iterator[str]:
    """How to write what a single slash was to divide, where its divisor is a whole number."""
    behind = tokens[slash + 1 :]
    if not behind or not behind[0].text.isdecimal() or int(behind[0].text) == 0:
        return
    first = product_start(tokens, slash)
    dividend = text[tokens[first].start : tokens[slash].start].strip()
    before = [token.text for token in tokens[max(0, first - 2) : first]]
    alone = before[-1:] == ["("] and [token.text for token in behind[1:2]] == [")"]
    function = before[0] if alone and before[0] in FUNCTIONS else ""
    yield from divided(f"({dividend})" if "//" in dividend else dividend, int(behind[0].text), function)


def product_start(tokens: Sequence[Token], slash: int) -> int:
    """The first token of the product that ends before a slash."""
    depth, first = 0, slash
    while first > 0:
        text = tokens[first - 1].text
        depth += (text == ")") - (text == "(")
        binary = text in ("+", "-") and first > 1 and (tokens[first - 2].kind != "op" or tokens[first - 2].text == ")")
        if depth < 0 or (depth == 0 and (text == "," or binary)):
            break
        first -= 1
    return first


def divided(dividend: str, divisor: int, function: str) -> Iterator[str]:
    """How to write the quotient of two numbers that is all that a function is given, or a part of something else."""
    from fractions import Fraction  # only a mistake needs it

    share = in_decimals(Fraction(1, divisor))
    if function in ("int", "floor"):
        yield f"try: {dividend}//{divisor}"
    elif "/" not in share:
        written = f"{share}*{dividend}"
        yield f"try: {function}({written})" if function else f"try: {written} in place of {dividend}/{divisor}"
    elif function == "ceil":
        yield f"try: -(-{dividend}//{divisor})"
    elif function == "round":
        yield f"try: (2*{dividend} + {divisor})//{2 * divisor}, which rounds halves up"
