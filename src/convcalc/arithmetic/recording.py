"""Arithmetic that is written down: a network is computed once, and the recording can run again on many numbers.

Each number is computed for one configuration, exactly, and remembers how. Where the truth of a condition, or a number
itself, decides how the network goes on, that is a `Guard`. What is recorded holds for all configurations in which all
guards have the same values.
"""

from __future__ import annotations

from collections import Counter
from functools import partial, reduce
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.arithmetic.operations import broken, fill_in
from convcalc.arithmetic.recorded import (
    OPERATIONS,
    TRUTHS,
    VARIABLE_STEP,
    Recorded,
    RecordedRatio,
    bounds,
    exact_ratio,
    fraction_parts,
    operate,
    operate_whole,
    term,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence
    from fractions import Fraction

    from convcalc.arithmetic.operations import AnyNumber, Held, Truth
    from convcalc.arithmetic.recorded import Bounds, Operand


class Guard(NamedTuple):
    """A number that decides how a network goes on, and the value that it had."""

    number: Recorded
    value: int


class Message(NamedTuple):
    """What a message about recorded numbers is made of, its text here, and the numbers in that text."""

    template: str
    values: Mapping[str, object]
    text: str
    numbers: tuple[Recorded, ...]


class OutOfWork(Exception):  # no error: whoever bounds the work goes on without the result
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

    Guards that are `required` are false only of what is impossible. Placing items takes `work`. Of `messages`, the last
    one usually says why there is no result.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.steps: list[Recorded] = []
        self.known: dict[tuple[Any, ...], Recorded] = {}
        self.guards: list[Guard] = []
        self.kept: set[int] = set()
        self.required: set[int] = set()
        self.messages: list[Message] = []
        self.count = 0
        self.number_in_text: Callable[[Recorded], int] = self.settled

    def variable(self, name: str, value: Fraction | int, denominator: int, bounds: Bounds) -> AnyNumber:
        """What a configuration gives: a multiple of 1 / denominator, which the bounds count, too."""
        return exact_ratio(Recorded(self, VARIABLE_STEP, (name,), int(value * denominator), bounds), denominator)

    def add(self, step: Recorded) -> int:
        """Keep a step, and tell its number among all of them."""
        self.steps.append(step)
        self.count += 1
        return self.count - 1

    def forget(self, kept: Container[int] = ()) -> None:
        """Let go of what a finished recording does not need. The `kept` steps can still be found again."""
        self.known = {key: step for key, step in self.known.items() if step.index in kept} if kept else {}
        self.steps.clear()

    def step(self, operation: str, one: Operand, other: Operand) -> Operand:
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

    def write(self, template: str, values: Mapping[str, object]) -> str:
        """A message, with its numbers as they are here; what is recorded holds for other numbers, too."""
        numbers: dict[int, Recorded] = {}

        def here(number: Recorded) -> int:
            numbers[number.index] = number
            return number.value

        text = self.with_numbers(here, template, values)
        self.messages.append(Message(template, values, text, tuple(numbers.values())))
        return text

    def rewrite(self, message: Message, numbers: Mapping[int, int]) -> str:
        """A message as it is where its numbers are others, which are given by the steps that they are of."""
        return self.with_numbers(lambda number: numbers[number.index], message.template, message.values)

    def with_numbers(
        self, number_in_text: Callable[[Recorded], int], template: str, values: Mapping[str, object]
    ) -> str:
        """A message whose numbers are written as a function has them."""
        before, self.number_in_text = self.number_in_text, number_in_text
        try:
            return fill_in(template, values)
        finally:
            self.number_in_text = before

    def in_text(self, number: Recorded) -> int:
        """A number as the text has it that is being written: unless that is a message, it stays as it is here."""
        return self.number_in_text(number)

    def message(self, text: str) -> Message | None:
        """What a text is made of if it is the last message; otherwise, what is recorded holds only for this text."""
        if self.messages and self.messages[-1].text == text:
            return self.messages[-1]
        for number in [number for message in self.messages for number in message.numbers]:
            self.settled(number)
        return None

    def holds(self, value: object) -> bool:
        """Whether a value is a number of this domain."""
        return isinstance(value, Recorded | RecordedRatio)

    def is_formula(self, value: object) -> bool:
        """Recorded numbers are written in digits."""
        return False

    def explains(self) -> bool:
        """Of many configurations, nobody reads more than a reason."""
        return False

    def require(self, condition: Truth, code: str, option: str, message: str, values: Mapping[str, object]) -> None:
        """Go on only where it holds.

        Raises:
            RuleError: it does not hold here.
        """
        if isinstance(condition, Recorded) and condition.index not in self.kept:
            self.required.add(condition.index)
        if not condition:
            raise broken(code, option, message, values)

    def decide(self, condition: Truth) -> bool:
        """The truth of a condition, here."""
        return bool(condition)

    def choose(self, condition: Truth, one: AnyNumber, other: AnyNumber) -> AnyNumber:
        """One of two numbers, for each configuration."""
        return other + (one - other) * condition

    def equal(self, one: AnyNumber, other: AnyNumber) -> Truth:
        """Whether two numbers are the same."""
        return one == other

    def negated(self, condition: Truth) -> Truth:
        """Whether a condition does not hold, for each configuration."""
        return condition == 0

    def different(self, numbers: Sequence[AnyNumber]) -> Truth:
        """Whether no two numbers are the same."""
        found: Any = True
        for one, other in combinations(numbers, 2):
            found = found & self.negated(one == other)
        return found

    def divisible(self, number: AnyNumber, divisor: AnyNumber) -> Truth:
        """Whether nothing is left over."""
        return number % divisor == 0

    def quotient(self, number: AnyNumber, divisor: AnyNumber) -> AnyNumber:
        """What a number is divided by one that divides it."""
        return number // divisor

    def ceil_div(self, number: AnyNumber, divisor: AnyNumber) -> AnyNumber:
        """The quotient, rounded up."""
        return -(-number // divisor)

    def largest(self, *numbers: AnyNumber) -> AnyNumber:
        """The largest of some numbers."""
        return reduce(partial(operate, "max"), numbers)

    def smallest(self, *numbers: AnyNumber) -> AnyNumber:
        """The smallest of some numbers."""
        return reduce(partial(operate, "min"), numbers)

    def common_divisor(self, one: AnyNumber, other: AnyNumber) -> AnyNumber:
        """The greatest number that divides both."""
        return operate_whole("gcd", one, other)

    def total(self, numbers: Sequence[AnyNumber]) -> AnyNumber:
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

    def size(self, number: AnyNumber) -> AnyNumber:
        """A size as it is."""
        return number

    def swapped(self, number: AnyNumber, names: Mapping[Any, Any]) -> AnyNumber:
        """A number as it is."""
        return number

    def whole(self, value: Held) -> Held:
        """A number as a whole one, none where it is not."""
        if isinstance(value, RecordedRatio):
            return value.numerator // value.denominator if value.numerator % value.denominator == 0 else None
        return value

    def structural(self, value: Held) -> Held:
        """A number that decides which layers there are, as it is here."""
        if isinstance(value, RecordedRatio):
            return exact_ratio(int(value.numerator), value.denominator)
        return int(value) if isinstance(value, Recorded) else value

    def rounded(self, value: AnyNumber) -> AnyNumber:
        """The nearest whole number, halves to even."""
        return round(value) if isinstance(value, RecordedRatio) else value

    def within(self, value: AnyNumber, most: int) -> AnyNumber:
        """A number that is within bounds; as it is here, where that is not sure of all that it may be."""
        numerator, denominator = fraction_parts(value)
        sure = max(abs(numerator.low), abs(numerator.high)) <= most * denominator and denominator <= most
        return value if sure else self.structural(value)
