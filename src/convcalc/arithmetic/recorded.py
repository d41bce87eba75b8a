"""Numbers that remember how they are computed: whole numbers, truths, and ratios of them.

An operation is here with what it makes of bounds, and with what it comes to without being computed. Not here: the
recording that keeps the steps, and what is decided by them (`recording`).
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, prod
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from convcalc.arithmetic.operations import decimal

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.arithmetic.operations import AnyNumber, Truth

    Bounds: TypeAlias = tuple[int, int]
    Operand: TypeAlias = "Recorded | int"


class Steps(Protocol):
    """What numbers need of the recording that they are steps of."""

    def add(self, step: Recorded) -> int:
        """Keep a step, and tell its number among all of them."""

    def step(self, operation: str, one: Operand, other: Operand) -> Operand:
        """The result of an operation."""

    def settled(self, number: Recorded) -> int:
        """A number as it is here: from now on, only configurations count in which it is the same."""

    def in_text(self, number: Recorded) -> int:
        """A number as the text has it that is being written."""


class Recorded:
    """A whole number, or the truth of a condition as 1 or 0: what it is here, and within which bounds it always is.

    Python may ask for its truth, for the number itself, or for its digits: what is recorded then holds only where that
    is the same. Only messages may have it in digits for any configuration: see `Recording.write`.
    """

    __slots__ = ("arguments", "factor", "high", "index", "low", "operation", "recording", "value")

    def __init__(
        self, recording: Steps, operation: str, arguments: tuple[Any, ...], value: int, bounds: Bounds
    ) -> None:
        self.recording = recording
        self.operation = operation
        self.arguments = arguments
        self.value = value
        self.low, self.high = bounds
        self.factor = common_factor(operation, arguments)
        self.index = recording.add(self)

    def __add__(self, other: AnyNumber) -> AnyNumber:
        return operate("add", self, other)

    def __radd__(self, other: AnyNumber) -> AnyNumber:
        return operate("add", self, other)

    def __sub__(self, other: AnyNumber) -> AnyNumber:
        return operate("sub", self, other)

    def __rsub__(self, other: AnyNumber) -> AnyNumber:
        return operate("sub", other, self)

    def __neg__(self) -> AnyNumber:
        return operate("sub", 0, self)

    def __mul__(self, other: AnyNumber) -> AnyNumber:
        return operate("mul", self, other)

    def __rmul__(self, other: AnyNumber) -> AnyNumber:
        return operate("mul", self, other)

    def __floordiv__(self, other: AnyNumber) -> AnyNumber:
        return operate("floordiv", self, other)

    def __rfloordiv__(self, other: AnyNumber) -> AnyNumber:
        return operate("floordiv", other, self)

    def __mod__(self, other: AnyNumber) -> AnyNumber:
        return operate("mod", self, other)

    def __rmod__(self, other: AnyNumber) -> AnyNumber:
        return operate("mod", other, self)

    def __lt__(self, other: AnyNumber) -> Truth:
        return operate("lt", self, other)

    def __le__(self, other: AnyNumber) -> Truth:
        return operate("le", self, other)

    def __gt__(self, other: AnyNumber) -> Truth:
        return operate("lt", other, self)

    def __ge__(self, other: AnyNumber) -> Truth:
        return operate("le", other, self)

    def __eq__(self, other: object) -> Truth:
        return operate("eq", self, other) if isinstance(other, NUMBERS) else NotImplemented

    __hash__ = object.__hash__

    def __and__(self, other: Truth) -> Truth:
        return operate_whole("and", self, other)

    __rand__ = __and__

    def __or__(self, other: Truth) -> Truth:
        return operate_whole("or", self, other)

    __ror__ = __or__

    def __bool__(self) -> bool:
        return bool(self.recording.settled(self)) if self.operation in TRUTHS else self != 0

    def __index__(self) -> int:
        return self.recording.settled(self)

    def __str__(self) -> str:
        return str(self.recording.in_text(self))

    def __format__(self, form: str) -> str:
        return format(self.recording.in_text(self), form)


def common_factor(operation: str, arguments: tuple[Any, ...]) -> int:
    """A whole number by which what is computed is divisible, as can be told from how it is computed."""
    factors = [each.factor if isinstance(each, Recorded) else each for each in arguments]
    if operation == "mul":
        return prod(factors)
    return gcd(*factors) if operation in ("add", "sub") else 1


class RecordedRatio:
    """A recorded number divided by an integer above 1."""

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: Recorded, denominator: int) -> None:
        self.numerator = numerator
        self.denominator = denominator

    __add__, __radd__ = Recorded.__add__, Recorded.__radd__
    __sub__, __rsub__, __neg__ = Recorded.__sub__, Recorded.__rsub__, Recorded.__neg__
    __mul__, __rmul__ = Recorded.__mul__, Recorded.__rmul__
    __floordiv__, __rfloordiv__ = Recorded.__floordiv__, Recorded.__rfloordiv__
    __mod__, __rmod__ = Recorded.__mod__, Recorded.__rmod__
    __lt__, __le__, __gt__, __ge__, __eq__ = (
        Recorded.__lt__, Recorded.__le__, Recorded.__gt__, Recorded.__ge__, Recorded.__eq__,
    )  # fmt: skip
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return bool(self.numerator)

    def __round__(self) -> AnyNumber:
        """The nearest whole number, halves to even."""
        doubled = 2 * self.numerator + self.denominator
        nearest, rest = doubled // (2 * self.denominator), doubled % (2 * self.denominator)
        halfway = 1 - operate("min", rest, 1)
        return nearest - halfway * (nearest % 2)

    def __str__(self) -> str:
        return format(self)

    def __format__(self, form: str) -> str:
        value = Fraction(self.numerator.recording.in_text(self.numerator), self.denominator)
        return format(int(value), form) if value.denominator == 1 else decimal(value)


NUMBERS = (int, Fraction, Recorded, RecordedRatio)
"""What recorded numbers compute with."""


def exact_ratio(numerator: AnyNumber, denominator: int) -> AnyNumber:
    """A quotient, which is no ratio where it is whole whatever the configuration."""
    if isinstance(numerator, int):
        return Fraction(numerator, denominator) if numerator % denominator else numerator // denominator
    common = gcd(numerator.factor, denominator)
    numerator, denominator = divided_exactly(numerator, common), denominator // common
    return numerator if denominator == 1 else RecordedRatio(numerator, denominator)


def divided_exactly(number: Recorded, common: int) -> Operand:
    """A number divided by one that divides it whatever the configuration."""
    if common == 1:
        return number
    one, other = number.arguments if number.operation == "mul" else (number, 1)
    if isinstance(other, int) and other % common == 0:
        return operate_whole("mul", one, other // common)
    return number.recording.step("floordiv", number, common)


def fraction_parts(number: AnyNumber) -> tuple[AnyNumber, int]:
    """A numerator and a denominator."""
    return (number, 1) if isinstance(number, Recorded) else (number.numerator, number.denominator)


def operate(operation: str, one: AnyNumber, other: AnyNumber) -> AnyNumber:
    """What an operation makes of two numbers, one of which is recorded, or both are integers."""
    if not isinstance(one, NUMBERS) or not isinstance(other, NUMBERS):
        return NotImplemented
    (above, below), (other_above, other_below) = fraction_parts(one), fraction_parts(other)
    if below == other_below == 1:
        return operate_whole(operation, above, other_above)
    if operation == "mul":
        return exact_ratio(above * other_above, below * other_below)
    common = below * other_below // gcd(below, other_below)
    above, other_above = above * (common // below), other_above * (common // other_below)
    found = operate_whole(operation, above, other_above)
    return exact_ratio(found, common) if operation in ("add", "sub", "mod", "min", "max") else found


def operate_whole(operation: str, one: Operand, other: Operand) -> Operand:
    """What an operation makes of two whole numbers: a step of the recording, unless it can be said at once."""
    if isinstance(one, Recorded):
        recording = one.recording
    elif isinstance(other, Recorded):
        recording = other.recording
    else:
        return OPERATIONS[operation].compute(one, other)
    if operation in SYMMETRIC and (isinstance(one, int) or (isinstance(other, Recorded) and other.index < one.index)):
        one, other = other, one
    simple = simplified(operation, one, other)
    return recording.step(operation, one, other) if simple is None else simple


def simplified(operation: str, one: Operand, other: Operand) -> Operand | None:
    """The result of an operation where it is known without a new step; otherwise None."""
    if isinstance(other, int):
        return None if isinstance(one, int) else with_constant(operation, one, other)
    if isinstance(one, int):
        return operate_whole("mul", other, -1) if operation == "sub" and one == 0 else None
    if one is other:
        return of_itself(operation, one)
    if operation == "sub" and one.operation == "add" and one.arguments[0] is other:
        rest: Operand = one.arguments[1]
        return rest
    return hoisted(one, other) if operation == "mul" else None


def of_itself(operation: str, number: Recorded) -> Operand | None:
    """The result of an operation on a number and itself where it needs no new step; otherwise None."""
    if operation in ("min", "max"):
        return number
    if operation in DIVIDED:
        return DIVIDED[operation] if number.low > 0 else None
    return hoisted(number, number) if operation == "mul" else ALIKE.get(operation)


def with_constant(operation: str, number: Recorded, constant: int) -> Operand | None:
    """What an operation makes of a number and a constant behind it, none if it must be computed."""
    if operation in ("add", "sub") and constant == 0:
        return number
    if operation == "mul" and constant in (0, 1):
        return number if constant else 0
    if operation in ("add", "mul") and number.operation == operation and isinstance(number.arguments[1], int):
        inner, own = number.arguments
        return operate_whole(operation, inner, own + constant if operation == "add" else own * constant)
    if operation in DIVIDED and constant > 0 and number.factor % constant == 0:
        return divided_exactly(number, constant) if operation == "floordiv" else 0
    return None


def hoisted(one: Recorded, other: Recorded) -> Operand | None:
    """A product whose factors have constants, with these multiplied; none if neither has one."""
    (base, own), (other_base, other_own) = term(one), term(other)
    constant = own * other_own
    return operate_whole("mul", operate_whole("mul", base, other_base), constant) if constant != 1 else None


def term(number: Recorded) -> tuple[Recorded, int]:
    """A number as another one, times a constant."""
    if number.operation == "mul" and isinstance(number.arguments[1], int):
        return number.arguments
    return number, 1


DIVIDED = {"floordiv": 1, "mod": 0}
"""What divisions make of a number above 0 and itself."""


ALIKE = {"sub": 0, "le": True, "eq": True, "lt": False}
"""What other operations make of a number and itself."""


SYMMETRIC = ("add", "mul", "min", "max", "gcd", "eq", "and", "or")
"""Operations in which the order of the numbers means nothing: a constant is the second."""


class Operation(NamedTuple):
    """What an operation makes of two integers, and of the bounds between which these are."""

    compute: Callable[[int, int], int]
    bounds: Callable[[Bounds, Bounds], Bounds]


def corners(compute: Callable[[int, int], int]) -> Callable[[Bounds, Bounds], Bounds]:
    """The bounds of an operation that has its extremes where its numbers have theirs."""

    def bounds(one: Bounds, other: Bounds) -> Bounds:
        found = [compute(a, b) for a in one for b in other]
        return min(found), max(found)

    return bounds


def quotient_bounds(one: Bounds, other: Bounds) -> Bounds:
    """The bounds of a quotient that is rounded down; of a divisor 0, it is the number itself or less."""
    if other[0] > 0 or other[1] < 0:
        return corners(int.__floordiv__)(one, other)
    most = max(map(abs, one))
    return -most, most


def rest_bounds(one: Bounds, other: Bounds) -> Bounds:
    """The bounds of what a division leaves over; of a divisor 0, it is 0."""
    if other[0] > 0 and one[0] >= 0:
        return (one[0] if one[1] < other[0] else 0), min(one[1], other[1] - 1)
    return min(0, other[0] + 1), max(0, other[1] - 1)


def divisor_bounds(one: Bounds, other: Bounds) -> Bounds:
    """The bounds of a greatest common divisor."""
    high = max(map(abs, (*one, *other)))
    for low, most in one, other:
        high = min(high, most) if low > 0 else high
    return int(one[0] > 0 or other[0] > 0), high


OPERATIONS = {
    "add": Operation(int.__add__, lambda one, other: (one[0] + other[0], one[1] + other[1])),
    "sub": Operation(int.__sub__, lambda one, other: (one[0] - other[1], one[1] - other[0])),
    "mul": Operation(int.__mul__, corners(int.__mul__)),
    "floordiv": Operation(int.__floordiv__, quotient_bounds),
    "mod": Operation(int.__mod__, rest_bounds),
    "min": Operation(min, lambda one, other: (min(one[0], other[0]), min(one[1], other[1]))),
    "max": Operation(max, lambda one, other: (max(one[0], other[0]), max(one[1], other[1]))),
    "gcd": Operation(gcd, divisor_bounds),
    "lt": Operation(int.__lt__, lambda one, other: (int(one[1] < other[0]), int(one[0] < other[1]))),
    "le": Operation(int.__le__, lambda one, other: (int(one[1] <= other[0]), int(one[0] <= other[1]))),
    "eq": Operation(
        int.__eq__,
        lambda one, other: (
            int(one[0] == one[1] == other[0] == other[1]),
            int(one[0] <= other[1] and other[0] <= one[1]),
        ),
    ),
    "and": Operation(int.__and__, lambda one, other: (min(one[0], other[0]), min(one[1], other[1]))),
    "or": Operation(int.__or__, lambda one, other: (max(one[0], other[0]), max(one[1], other[1]))),
}
"""What is done with two whole numbers."""


VARIABLE_STEP = "variable"
"""The operation of what a configuration gives."""


TRUTHS = ("lt", "le", "eq", "and", "or")
"""Operations that make a truth of their numbers."""


def bounds(number: Operand) -> Bounds:
    """Between what a number always is."""
    return (number.low, number.high) if isinstance(number, Recorded) else (number, number)
