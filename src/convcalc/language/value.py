"""The values of the language: `64`, `4*c`, `3x5/2`, `0:1x0:1`, `int(alpha*64)`.

Numbers are exact: a decimal is read from its text as a fraction. Nothing is ever evaluated as Python.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from convcalc.arithmetic.operations import ceil_div, choose, current_domain, largest, smallest, symbolic
from convcalc.arithmetic.operations import decimal as in_decimals
from convcalc.errors import Place
from convcalc.language.words import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Evaluate: TypeAlias = Callable[[Mapping[str, Any]], Any]

LONGEST_EXPRESSION = 200
MOST_DIGITS = 18
LARGEST = 10**MOST_DIGITS

TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<op>//|\S))", re.ASCII)
SEPARATOR_AHEAD = re.compile(r"x|\s+x(?=\s)")


class ValueFault(Exception):  # noqa: N818  # it becomes a Fault once its place is known
    """What is wrong with a text, `width` characters from `start` on, and the way out."""

    def __init__(self, code: str, message: str, start: int = 0, width: int = 1, *notes: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.width = width
        self.notes = notes


class Name(NamedTuple):
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
    parts: tuple[tuple[Evaluate, ...], ...]
    stride: Value | None
    names: tuple[Name, ...]
    place: Place | None = None
    constant: Any = None

    @property
    def width(self) -> int:
        """How many characters it is written with."""
        return len(self.text)

    def evaluate(self, scope: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a variable may hold a list or a label
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

    def compute(self, scope: Mapping[str, Any]) -> Any:  # noqa: ANN401  # as above
        """Evaluate, but tell faults from the start of the value."""
        if self.stride is not None:
            message = f"a single / comes only before the stride of a kernel, but here is {self.text.strip()}"
            raise ValueFault(
                "misplaced-slash", message, 0, self.width, "try: // to divide whole numbers, or a decimal such as 0.5"
            )
        found = tuple([tuple([exact(part(scope)) for part in pair]) for pair in self.parts])
        if len(found) > 1 or len(found[0]) > 1:
            for part in chain.from_iterable(found):
                number(part)
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


def exact(value: Any) -> Any:  # noqa: ANN401  # as above
    """A result within the bounds of the language; whole fractions become integers."""
    if type(value) is int:
        if abs(value) <= LARGEST:
            return value
        raise ValueFault("beyond-limits", f"a number of the description must have at most {MOST_DIGITS} digits")
    if (domain := current_domain()) is not None and domain.holds(value):
        bounded = domain.within(value, LARGEST)
        return bounded if bounded is value else exact(bounded)
    if not hasattr(value, "denominator"):
        return value
    if value.denominator == 1:
        return exact(int(value))
    if max(abs(value.numerator), value.denominator) > LARGEST**2:
        raise ValueFault("beyond-limits", f"a number of the description must have at most {MOST_DIGITS} digits")
    return value


def parse_value(text: str, start: int = 0, place: Place | None = None, separators: tuple[str, ...] = ("x",)) -> Value:
    """Read a value; `separators` divide its parts.

    Raises:
        ValueFault: the text is none.
    """
    return Parser(text, start, place, separators).value().settled()


def joined(values: Sequence[Value], place: Place) -> Value:
    """One value of several, each of which is one number, or several that belong together."""
    parts = tuple(tuple(part for pair in value.parts for part in pair) for value in values)
    names = tuple(
        name._replace(place=value.place and value.place.part(name.start, len(name.text)))
        for value in values
        for name in value.names
    )
    return Value("", 0, parts, None, names, place).settled()


class Token(NamedTuple):
    """A number, a name, an operator, or the `x` that divides sizes."""

    kind: str
    text: str
    start: int


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
        match = TOKEN.match(text, position)
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


class Parser:
    """Reads one value by recursive descent; each method reads what its name says."""

    def __init__(self, text: str, start: int, place: Place | None, separators: tuple[str, ...]) -> None:
        if len(text) > LONGEST_EXPRESSION:
            raise ValueFault(
                "beyond-limits", f"an expression must have at most {LONGEST_EXPRESSION} characters", 0, len(text)
            )
        self.text = text
        self.start = start
        self.place = place
        self.separators = separators
        self.tokens = tokens(text)
        self.next = 0
        self.names: list[Name] = []
        self.dividend = 0
        self.function_name = ""

    def value(self) -> Value:
        """Sizes, and a stride after a single slash."""
        parts = self.sizes()
        stride = None
        if slash := self.take("/"):
            first = self.tokens[self.next].start if self.next < len(self.tokens) else slash.start + 1
            earlier, self.names = self.names, []
            strides = self.sizes()
            text = self.text[first:].rstrip()
            stride = Value(text, self.start + first, strides, None, tuple(self.names), self.place).settled()
            self.names = earlier + self.names
        if self.next < len(self.tokens):
            raise self.unexpected()
        return Value(self.text, self.start, parts, stride, tuple(self.names), self.place)

    def sizes(self) -> tuple[tuple[Evaluate, ...], ...]:
        """Parts divided by `x`."""
        parts = [self.part()]
        while self.take(*self.separators):
            parts.append(self.part())
        return tuple(parts)

    def part(self) -> tuple[Evaluate, ...]:
        """One expression, or several divided by `:`."""
        found = [self.sum()]
        while self.take(":"):
            found.append(self.sum())
        return tuple(found)

    def sum(self) -> Evaluate:
        """Products, added and subtracted."""
        left = self.product()
        while operator := self.take("+", "-"):
            left = binary(operator.text, left, self.product())
        return left

    def product(self) -> Evaluate:
        """Factors, multiplied and divided."""
        first = self.next
        left = self.factor()
        while operator := self.take("*", "//"):
            left = binary(operator.text, left, self.factor())
        self.dividend = first
        return left

    def factor(self) -> Evaluate:
        """A number, a name, a function of expressions, or an expression in parentheses."""
        minus = False
        while self.take("-"):
            minus = not minus
        found = self.atom()
        return binary("-", lambda _: 0, found) if minus else found

    def atom(self) -> Evaluate:
        """The smallest parts of an expression."""
        if self.take("("):
            around, self.function_name = self.function_name, ""
            inner = self.sum()
            self.expect(")")
            self.function_name = around
            return inner
        if self.next >= len(self.tokens) or self.tokens[self.next].kind == "op":
            raise self.unexpected()
        token = self.tokens[self.next]
        self.next += 1
        if token.kind == "number":
            constant = decimal(token.text)
            return lambda _: constant
        if token.text in FUNCTIONS:
            return self.function(token.text)
        self.names.append(Name(token.text, token.start))
        name = token.text
        return lambda scope: scope[name]

    def function(self, name: str) -> Evaluate:
        """The arguments of a function, applied."""
        self.expect("(")
        around, self.function_name = self.function_name, name
        arguments = [self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        self.expect(")")
        self.function_name = around
        least, most = (2, 99) if name in {"min", "max"} else (1, 1)
        if not least <= len(arguments) <= most:
            expected = "at least two numbers" if name in {"min", "max"} else "one number"
            raise ValueFault(
                "unexpected-text", f"{name}() takes {expected}, but got {len(arguments)}", 0, len(self.text)
            )
        apply = APPLY[name]
        return lambda scope: apply(*[number(argument(scope)) for argument in arguments])

    def take(self, *texts: str) -> Token | None:
        """The next token, if it is one of these operators."""
        if self.next < len(self.tokens):
            token = self.tokens[self.next]
            if token.kind == "op" and token.text in texts:
                self.next += 1
                return token
        return None

    def expect(self, text: str) -> None:
        """Read an operator that must stand here."""
        if not self.take(text):
            raise self.unexpected(f", expected {text}")

    def quotient(self) -> Iterator[str]:
        """How to write what a single slash was to divide, where its divisor is a whole number."""
        slash, *behind = self.tokens[self.next :]
        if not behind or not behind[0].text.isdecimal() or int(behind[0].text) == 0:
            return
        dividend = self.text[self.tokens[self.dividend].start : slash.start].strip()
        dividend = f"({dividend})" if "//" in dividend else dividend
        alone = self.tokens[self.dividend - 1].text == "(" and [token.text for token in behind[1:2]] == [")"]
        yield from divided(dividend, int(behind[0].text), self.function_name if alone else "")

    def unexpected(self, expected: str = "") -> ValueFault:
        """What to raise where the next token cannot stand."""
        if self.next >= len(self.tokens):
            shown = self.text.strip()
            what = f"{shown} is not complete{expected}" if shown else "a value is missing here"
            return ValueFault("missing-value", what, 0, max(1, len(self.text)))
        token = self.tokens[self.next]
        notes = []
        if token.text == "/":
            notes.append("a single / comes only before a stride, as in 3x3/2; // divides whole numbers, rounding down")
            notes += self.quotient() if expected else ()
        elif token.kind == "name" and self.next and self.tokens[self.next - 1].kind == "number":
            notes.append("try: numbers are decimal digits, such as 1000 or 0.25; to multiply, write *")
        return ValueFault(
            "unexpected-text",
            f"unexpected {token.text} in {self.text.strip()}{expected}",
            token.start,
            len(token.text),
            *notes,
        )


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


def decimal(text: str) -> Any:  # noqa: ANN401  # int or Fraction, and Fraction is not imported for nothing
    """An exact number from its digits.

    >>> decimal("010"), decimal("0.29") * 100
    (10, Fraction(29, 1))
    """
    if "." not in text:
        return int(text)
    from fractions import Fraction  # few descriptions have decimals

    return Fraction(text)


def number(value: Any) -> Any:  # noqa: ANN401  # as above
    """A value that can be computed with.

    Raises:
        ValueFault: it is a list or a label.
    """
    if isinstance(value, int) or hasattr(value, "denominator") or symbolic(value):
        return value
    what = "a list" if isinstance(value, list) else "sizes" if isinstance(value, tuple) else "the name of a tensor"
    raise ValueFault("unexpected-text", f"cannot compute with {what}")


def binary(operator: str, left: Evaluate, right: Evaluate) -> Evaluate:
    """Two expressions, and what is done with them."""
    if operator == "+":
        return lambda scope: number(left(scope)) + number(right(scope))
    if operator == "-":
        return lambda scope: number(left(scope)) - number(right(scope))
    if operator == "*":
        return lambda scope: number(left(scope)) * number(right(scope))
    return lambda scope: divide(number(left(scope)), number(right(scope)))


def divide(left: Any, right: Any) -> Any:  # noqa: ANN401  # as above
    """The quotient rounded down.

    Raises:
        ValueFault: the divisor is 0.
    """
    if right == 0:
        raise ValueFault("division-by-zero", "division by zero")
    return left // right


def div8(width: Any) -> Any:  # noqa: ANN401  # as above
    """The nearest multiple of 8, but at least 8 and 90 % of `width`: torchvision's `_make_divisible`.

    >>> div8(33), div8(decimal("11.2")), div8(1)
    (32, 16, 8)
    """
    nearest = largest(8, (width + 4) // 8 * 8)
    return choose(10 * nearest < 9 * width, nearest + 8, nearest)


def ceil8(width: Any) -> Any:  # noqa: ANN401  # as above
    """The next multiple of 8: Ultralytics' `make_divisible`.

    >>> ceil8(33)
    40
    """
    return ceil_div(width, 8) * 8


def rounded(value: Any) -> Any:  # noqa: ANN401  # as above
    """The nearest whole number, halves to even; those of symbols up."""
    domain = current_domain()
    return domain.rounded(value) if domain is not None and domain.holds(value) else round(value)


APPLY: dict[str, Callable[..., Any]] = {
    "int": lambda value: value // 1,
    "floor": lambda value: value // 1,
    "ceil": lambda value: ceil_div(value, 1),
    "round": rounded,
    "min": smallest,
    "max": largest,
    "div8": div8,
    "ceil8": ceil8,
}
"""What each of `FUNCTIONS` does."""
