"""Arithmetic that is written down: a network is built once, and what it computes can run again on many numbers.

Each number is computed for one configuration, exactly, and remembers how. Where the truth of a condition, or a number
itself, decides how the network goes on, that is a `Guard`: what is recorded holds for all configurations that agree
in it.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import partial, reduce
from itertools import combinations
from math import gcd, inf, prod
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from convcalc.arithmetic.operations import broken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Bounds: TypeAlias = tuple[int, int]
    Operand: TypeAlias = "Recorded | int"

HOLE, END = "\ue000", "\ue001"
"""What stands around the number of a step, in a text, where that number would be."""


class Recorded:
    """A whole number, or the truth of a condition as 1 or 0: what it is here, and within which bounds it always is.

    Python may ask for its truth, or for the number itself: what is recorded then holds only where that is the same.
    """

    __slots__ = ("arguments", "factor", "high", "index", "low", "operation", "recording", "value")

    def __init__(
        self, recording: Recording, operation: str, arguments: tuple[Any, ...], value: int, bounds: Bounds
    ) -> None:
        self.recording = recording
        self.operation = operation
        self.arguments = arguments
        self.value = value
        self.low, self.high = bounds
        self.index = len(recording.steps)
        self.factor = common_factor(operation, arguments)
        recording.steps.append(self)

    def __add__(self, other: Any) -> Any:  # noqa: ANN401  # a number of any kind
        return binary("add", self, other)

    def __radd__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("add", self, other)

    def __sub__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("sub", self, other)

    def __rsub__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("sub", other, self)

    def __neg__(self) -> Any:  # noqa: ANN401  # as above
        return binary("sub", 0, self)

    def __mul__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("mul", self, other)

    def __rmul__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("mul", self, other)

    def __floordiv__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("floordiv", self, other)

    def __rfloordiv__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("floordiv", other, self)

    def __mod__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("mod", self, other)

    def __rmod__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("mod", other, self)

    def __lt__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("lt", self, other)

    def __le__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("le", self, other)

    def __gt__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("lt", other, self)

    def __ge__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return binary("le", other, self)

    def __eq__(self, other: object) -> Any:  # noqa: ANN401  # as above
        return binary("eq", self, other) if isinstance(other, NUMBERS) else NotImplemented

    __hash__ = object.__hash__

    def __and__(self, other: Any) -> Any:  # noqa: ANN401  # a truth
        return whole("and", self, other)

    __rand__ = __and__

    def __or__(self, other: Any) -> Any:  # noqa: ANN401  # as above
        return whole("or", self, other)

    __ror__ = __or__

    def __bool__(self) -> bool:
        return bool(self.recording.settled(self)) if self.operation in TRUTHS else self != 0

    def __index__(self) -> int:
        return self.recording.settled(self)

    def __str__(self) -> str:
        return self.recording.hole(self, 1, "")

    def __format__(self, form: str) -> str:
        return self.recording.hole(self, 1, form)


def common_factor(operation: str, arguments: tuple[Any, ...]) -> int:
    """A whole number by which what is computed is divisible, as can be told from how it is computed."""
    factors = [each.factor if isinstance(each, Recorded) else each for each in arguments]
    if operation == "mul":
        return prod(factors)
    return gcd(*factors) if operation in ("add", "sub") else 1


class Ratio:
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

    def __round__(self) -> Any:  # noqa: ANN401  # as above
        """The nearest whole number, halves to even."""
        doubled = 2 * self.numerator + self.denominator
        nearest, rest = doubled // (2 * self.denominator), doubled % (2 * self.denominator)
        halfway = 1 - self.numerator.recording.smallest(rest, 1)
        return nearest - halfway * (nearest % 2)

    def __str__(self) -> str:
        return self.numerator.recording.hole(self.numerator, self.denominator, "")

    def __format__(self, form: str) -> str:
        return self.numerator.recording.hole(self.numerator, self.denominator, form)


NUMBERS = (int, Fraction, Recorded, Ratio)
"""What recorded numbers compute with."""


def ratio(numerator: Any, denominator: int) -> Any:  # noqa: ANN401  # as above
    """A quotient, which is no ratio where it is whole whatever the configuration."""
    if isinstance(numerator, int):
        return Fraction(numerator, denominator) if numerator % denominator else numerator // denominator
    common = gcd(numerator.factor, denominator)
    numerator, denominator = divided(numerator, common), denominator // common
    return numerator if denominator == 1 else Ratio(numerator, denominator)


def divided(number: Recorded, common: int) -> Any:  # noqa: ANN401  # as above
    """A number divided by one that divides it whatever the configuration."""
    if common == 1:
        return number
    one, other = number.arguments if number.operation == "mul" else (number, 1)
    if isinstance(other, int) and other % common == 0:
        return whole("mul", one, other // common)
    return number.recording.step("floordiv", number, common)


def parts(number: Any) -> tuple[Any, int]:  # noqa: ANN401  # as above
    """A numerator and a denominator."""
    return (number, 1) if isinstance(number, Recorded) else (number.numerator, number.denominator)


def binary(operation: str, one: Any, other: Any) -> Any:  # noqa: ANN401  # as above
    """What an operation makes of two numbers, one of which is recorded, or both are integers."""
    if not isinstance(one, NUMBERS) or not isinstance(other, NUMBERS):
        return NotImplemented
    (above, below), (other_above, other_below) = parts(one), parts(other)
    if below == other_below == 1:
        return whole(operation, above, other_above)
    if operation == "mul":
        return ratio(above * other_above, below * other_below)
    common = below * other_below // gcd(below, other_below)
    above, other_above = above * (common // below), other_above * (common // other_below)
    found = whole(operation, above, other_above)
    return ratio(found, common) if operation in ("add", "sub", "mod", "min", "max") else found


def whole(operation: str, one: Operand, other: Operand) -> Any:  # noqa: ANN401  # as above
    """What an operation makes of two whole numbers: a step of the recording, unless it can be said at once."""
    if isinstance(one, int) and isinstance(other, int):
        return OPERATIONS[operation].compute(one, other)
    if operation in SYMMETRIC and (isinstance(one, int) or (isinstance(other, Recorded) and other.index < one.index)):
        one, other = other, one
    simple = simplified(operation, one, other)
    recorded = one if isinstance(one, Recorded) else other
    return recorded.recording.step(operation, one, other) if simple is None else simple  # type: ignore[union-attr]  # one of the two is


def simplified(operation: str, one: Operand, other: Operand) -> Any:  # noqa: ANN401  # as above
    """What an operation comes to without being computed, none if it must be."""
    if isinstance(other, int):
        return None if isinstance(one, int) else with_constant(operation, one, other)
    if isinstance(one, int):
        return whole("mul", other, -1) if operation == "sub" and one == 0 else None
    if one is other:
        return of_itself(operation, one)
    if operation == "sub" and one.operation == "add" and one.arguments[0] is other:
        return one.arguments[1]
    return hoisted(one, other) if operation == "mul" else None


def of_itself(operation: str, number: Recorded) -> Any:  # noqa: ANN401  # as above
    """What an operation makes of a number and itself, none if it must be computed."""
    if operation in ("min", "max"):
        return number
    if operation in DIVIDED:
        return DIVIDED[operation] if number.low > 0 else None
    return hoisted(number, number) if operation == "mul" else ALIKE.get(operation)


def with_constant(operation: str, number: Recorded, constant: int) -> Any:  # noqa: ANN401  # as above
    """What an operation makes of a number and a constant behind it, none if it must be computed."""
    if operation in ("add", "sub") and constant == 0:
        return number
    if operation == "mul" and constant in (0, 1):
        return number if constant else 0
    if operation in ("add", "mul") and number.operation == operation and isinstance(number.arguments[1], int):
        inner, own = number.arguments
        return whole(operation, inner, own + constant if operation == "add" else own * constant)
    if operation in DIVIDED and constant > 0 and number.factor % constant == 0:
        return divided(number, constant) if operation == "floordiv" else 0
    return None


def hoisted(one: Recorded, other: Recorded) -> Any:  # noqa: ANN401  # as above
    """A product whose factors have constants, with these multiplied; none if neither has one."""
    (base, own), (other_base, other_own) = term(one), term(other)
    return whole("mul", whole("mul", base, other_base), own * other_own) if own * other_own != 1 else None


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


class Guard(NamedTuple):
    """A number on which it hangs how a network goes on, and what it was."""

    number: Recorded
    value: int


class OutOfWork(Exception):  # noqa: N818  # no error: whoever bounds the work goes on without the result
    """A computation would take more work than it may."""


class Work:
    """The work that computations may still take, and what they have `done`: in units of a step on one number."""

    def __init__(self, left: float = inf) -> None:
        self.left = left
        self.done = 0

    def spend(self, amount: int) -> None:
        """Take some of it.

        Raises:
            OutOfWork: there is not as much left.
        """
        self.done += amount
        self.left -= amount
        if self.left < 0:
            raise OutOfWork


PLACED = 20
"""The work of placing an item of a description."""


class Recording:
    """A domain of recorded numbers: the `steps` that make them, in order, and the guards under which that holds.

    Guards that are `required` are false only of what is impossible. Placing items takes `work`.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.steps: list[Recorded] = []
        self.known: dict[tuple[Any, ...], Recorded] = {}
        self.guards: list[Guard] = []
        self.kept: set[int] = set()
        self.required: set[int] = set()
        self.holes: list[tuple[Recorded, int, str]] = []

    def variable(self, name: str, value: Fraction | int, denominator: int, bounds: Bounds) -> Any:  # noqa: ANN401  # as above
        """What a configuration gives: a multiple of 1 / denominator, which the bounds count, too."""
        return ratio(Recorded(self, VARIABLE, (name,), int(value * denominator), bounds), denominator)

    def forget(self) -> None:
        """Let go of what only a recording that goes on needs."""
        self.known.clear()
        self.steps.clear()

    def step(self, operation: str, one: Operand, other: Operand) -> Any:  # noqa: ANN401  # as above
        """The result of an operation, the same one where it is computed again; known truths are no steps."""
        key = (operation, *[(each.index,) if isinstance(each, Recorded) else each for each in (one, other)])
        found = self.known.get(key)
        if found is not None:
            return found
        rule = OPERATIONS[operation]
        low, high = rule.bounds(bounds(one), bounds(other))
        if low == high:
            return bool(low) if operation in TRUTHS else low
        a, b = (each.value if isinstance(each, Recorded) else each for each in (one, other))
        step = self.known[key] = Recorded(self, operation, (one, other), int(rule.compute(a, b)), (low, high))
        return step

    def settled(self, number: Recorded) -> int:
        """A number as it is here: from now on, this is recorded only for where it is the same."""
        if number.index not in self.kept:
            self.kept.add(number.index)
            self.guards.append(Guard(number, number.value))
        return number.value

    def hole(self, numerator: Recorded, denominator: int, form: str) -> str:
        """A number in a text, to be filled in for each configuration."""
        self.holes.append((numerator, denominator, form))
        return f"{HOLE}{len(self.holes) - 1}{END}"

    def holds(self, value: object) -> bool:
        """Whether a value is a number of this domain."""
        return isinstance(value, Recorded | Ratio)

    def is_formula(self, value: object) -> bool:  # noqa: ARG002  # as that of symbols
        """Recorded numbers are filled in as digits."""
        return False

    def require(self, condition: Any, code: str, option: str, message: str, values: Mapping[str, object]) -> None:  # noqa: ANN401  # a condition
        """Go on only where it holds.

        Raises:
            RuleError: it does not hold here.
        """
        if isinstance(condition, Recorded) and condition.index not in self.kept:
            self.required.add(condition.index)
        if not condition:
            raise broken(code, option, message, values)

    def decide(self, condition: Any) -> bool:  # noqa: ANN401  # as above
        """The truth of a condition, here."""
        return bool(condition)

    def choose(self, condition: Any, one: Any, other: Any) -> Any:  # noqa: ANN401  # as above
        """One of two numbers, for each configuration."""
        return other + (one - other) * condition

    def equal(self, one: Any, other: Any) -> Any:  # noqa: ANN401  # as above
        """Whether two numbers are the same."""
        return one == other

    def negated(self, condition: Any) -> Any:  # noqa: ANN401  # a truth
        """Whether a condition does not hold, for each configuration."""
        return condition == 0

    def different(self, numbers: Sequence[Any]) -> Any:  # noqa: ANN401  # as above
        """Whether no two numbers are the same."""
        found: Any = True
        for one, other in combinations(numbers, 2):
            found = found & self.negated(one == other)
        return found

    def divisible(self, number: Any, divisor: Any) -> Any:  # noqa: ANN401  # as above
        """Whether nothing is left over."""
        return number % divisor == 0

    def quotient(self, number: Any, divisor: Any) -> Any:  # noqa: ANN401  # as above
        """What a number is divided by one that divides it."""
        return number // divisor

    def ceil_div(self, number: Any, divisor: Any) -> Any:  # noqa: ANN401  # as above
        """The quotient, rounded up."""
        return -(-number // divisor)

    def largest(self, *numbers: Any) -> Any:  # noqa: ANN401  # as above
        """The largest of some numbers."""
        return reduce(partial(binary, "max"), numbers)

    def smallest(self, *numbers: Any) -> Any:  # noqa: ANN401  # as above
        """The smallest of some numbers."""
        return reduce(partial(binary, "min"), numbers)

    def common_divisor(self, one: Any, other: Any) -> Any:  # noqa: ANN401  # as above
        """The greatest number that divides both."""
        return whole("gcd", one, other)

    def total(self, numbers: Sequence[Any]) -> Any:  # noqa: ANN401  # as above
        """All numbers added: the same one, times constants, is multiplied by the sum of these."""
        rest = sum([number for number in numbers if not isinstance(number, Recorded)])
        times: Counter[int] = Counter()
        bases = {}
        for base, factor in (term(number) for number in numbers if isinstance(number, Recorded)):
            times[base.index] += factor
            bases[base.index] = base
        return sum([bases[index] * factor for index, factor in times.items()]) + rest

    def placed(self) -> None:
        """Count the work of an item.

        Raises:
            OutOfWork: it would be too much.
        """
        self.work.spend(PLACED)

    def size(self, number: Any) -> Any:  # noqa: ANN401  # as above
        """A size as it is."""
        return number

    def swapped(self, number: Any, names: Mapping[Any, Any]) -> Any:  # noqa: ANN401, ARG002  # as above; none has another name
        """A number as it is."""
        return number

    def whole(self, value: Any) -> Any:  # noqa: ANN401  # as above
        """A number as a whole one, none where it is not."""
        if isinstance(value, Ratio):
            return value.numerator // value.denominator if value.numerator % value.denominator == 0 else None
        return value

    def structural(self, value: Any) -> Any:  # noqa: ANN401  # as above
        """A number that decides which layers there are, as it is here."""
        if isinstance(value, Ratio):
            return ratio(int(value.numerator), value.denominator)
        return int(value) if isinstance(value, Recorded) else value

    def rounded(self, value: Any) -> Any:  # noqa: ANN401  # as above
        """The nearest whole number, halves to even."""
        return round(value) if isinstance(value, Ratio) else value

    def within(self, value: Any, most: int) -> Any:  # noqa: ANN401  # as above
        """A number that is within bounds; as it is here, where that is not sure of all that it may be."""
        numerator, denominator = parts(value)
        sure = max(abs(numerator.low), abs(numerator.high)) <= most * denominator and denominator <= most
        return value if sure else self.structural(value)


VARIABLE = "variable"
"""The operation of what a configuration gives."""

TRUTHS = ("lt", "le", "eq", "and", "or")
"""Operations that make a truth of their numbers."""


def bounds(number: Operand) -> Bounds:
    """Between what a number always is."""
    return (number.low, number.high) if isinstance(number, Recorded) else (number, number)
