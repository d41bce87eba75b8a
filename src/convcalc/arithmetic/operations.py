"""The few operations beyond `+ - * //` in which the rules of the kinds are written.

A rule that uses only these runs on integers, symbols and recordings alike. A rule has no `if` on a number: a condition
on a symbol may be undecided, and a recorded number stands for many numbers. A `Domain` says how symbols or recordings
are computed. It is in use within `computing`.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from math import gcd
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from convcalc.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Number: TypeAlias = int
"""What a rule computes with."""

RuleCondition: TypeAlias = bool
"""What comparing two numbers gives."""

AnyNumber: TypeAlias = Any
"""A number of any arithmetic: an integer, a fraction, or what a domain computes with."""

Truth: TypeAlias = Any
"""What a condition is in any arithmetic: a bool, or what a domain has in its place."""

Held: TypeAlias = Any
"""What a variable or an option holds: a number of any arithmetic, a text, a list, or nothing."""


class Domain(Protocol):
    """What the helpers do with numbers that are no integers."""

    def require(self, condition: Truth, code: str, option: str, message: str, values: Mapping[str, object]) -> None:
        """State what must hold."""

    def write(self, template: str, values: Mapping[str, object]) -> str:
        """A message about numbers."""

    def explains(self) -> bool:
        """Whether anybody reads notes: what a value came from, and ways out."""

    def decide(self, condition: Truth) -> bool:
        """The truth of a condition that chooses structure."""

    def choose(self, condition: Truth, one: AnyNumber, other: AnyNumber) -> AnyNumber:
        """One of two numbers."""

    def equal(self, one: AnyNumber, other: AnyNumber) -> Truth:
        """Whether two numbers are the same."""

    def negated(self, condition: Truth) -> Truth:
        """Whether a condition does not hold."""

    def different(self, numbers: Sequence[AnyNumber]) -> Truth:
        """Whether no two numbers are the same."""

    def divisible(self, number: AnyNumber, divisor: AnyNumber) -> Truth:
        """Whether nothing is left over."""

    def quotient(self, number: AnyNumber, divisor: AnyNumber) -> AnyNumber:
        """What a number is divided by one that divides it."""

    def ceil_div(self, number: AnyNumber, divisor: AnyNumber) -> AnyNumber:
        """The quotient, rounded up."""

    def largest(self, *numbers: AnyNumber) -> AnyNumber:
        """The largest of some numbers."""

    def smallest(self, *numbers: AnyNumber) -> AnyNumber:
        """The smallest of some numbers."""

    def common_divisor(self, one: AnyNumber, other: AnyNumber) -> AnyNumber:
        """The greatest number that divides both."""

    def holds(self, value: object) -> bool:
        """Whether a value is a number of this domain."""

    def is_formula(self, value: object) -> bool:
        """Whether a value is written as a formula, and not in digits."""

    def whole(self, value: Held) -> Held:
        """A number as a whole one, none where it is not."""

    def rounded(self, value: AnyNumber) -> AnyNumber:
        """The nearest whole number."""

    def within(self, value: AnyNumber, most: int) -> AnyNumber:
        """A number; where it may be more than `most`, an integer or a fraction in its place."""

    def structural(self, value: Held) -> Held:
        """A number that decides which layers there are: an integer in its place, if there can be one."""

    def total(self, numbers: Sequence[AnyNumber]) -> AnyNumber:
        """All numbers added."""

    def placed(self) -> None:
        """An item of a description is about to be placed."""

    def size(self, number: AnyNumber) -> AnyNumber:
        """A size that a layer makes, as the layers below read it."""

    def swapped(self, number: AnyNumber, names: Mapping[Any, Any]) -> AnyNumber:
        """A number with other names in it."""


CURRENT: ContextVar[Domain | None] = ContextVar("CURRENT", default=None)
"""The domain in use; None means integers. Each thread and each task has its own."""

current_domain = CURRENT.get
"""The domain in use, None for integers."""


@contextmanager
def computing(domain: Domain) -> Iterator[None]:
    """Use a domain in this thread or task."""
    token = CURRENT.set(domain)
    try:
        yield
    finally:
        CURRENT.reset(token)


def broken(code: str, option: str, message: str, values: Mapping[str, object]) -> RuleError:
    """The error of a condition that does not hold."""
    return RuleError(code, write_message(message, **values), option)


def write_message(template: str, /, **values: object) -> str:
    """A message about numbers, which a recording can write again for each of its configurations.

    A value that is costly to show, or shows several numbers, is a function without arguments: it may be called again.
    """
    return fill_in(template, values) if (domain := current_domain()) is None else domain.write(template, values)


def fill_in(template: str, values: Mapping[str, object]) -> str:
    """A template with its values filled in."""
    shown = {name: value() if callable(value) else value for name, value in values.items()}
    return template.format(**{name: as_written(value) for name, value in shown.items()})


def explains() -> bool:
    """Whether anybody reads notes about what is wrong."""
    return True if (domain := current_domain()) is None else domain.explains()


def as_written(value: object) -> object:
    """A fraction in decimals, and anything else as it is."""
    return value if isinstance(value, int | str) or not hasattr(value, "denominator") else decimal(value)


def require(condition: RuleCondition, code: str, option: str, message: str, /, **values: object) -> None:
    """State what must hold; `code` names the error, `option` the field to blame, `message` is a template for `values`.

    A value that is costly to show is a function without arguments: it is called only where the condition fails, and, in
    a recording, once for each configuration.

    Raises:
        RuleError: the condition is false.
    """
    if condition is True:
        return
    if (domain := current_domain()) is not None:
        domain.require(condition, code, option, message, values)
    elif not condition:
        raise broken(code, option, message, values)


def require_at_least(least: Number, option: str, value: Number) -> None:
    """State that the number of an option is in its range."""
    message = "{option} ({value}) must be at least {least}"
    require(value >= least, "too-small", option, message, option=option, value=value, least=least)


def require_divisible(option: str, number: Number, divisor_option: str, divisor: Number) -> Number:
    """The exact quotient of two options; the divisor is the one to blame."""
    message = "{option} ({number}) must be divisible by {divisor_option} ({divisor})"
    values = {"option": option, "number": number, "divisor_option": divisor_option, "divisor": divisor}
    require(divisible(number, divisor), "not-divisible", divisor_option, message, **values)
    return number // divisor if (domain := current_domain()) is None else domain.quotient(number, divisor)


def equal(one: Number, other: Number) -> RuleCondition:
    """Whether two numbers are the same: `==` of symbols would only tell whether they are written alike."""
    return one == other if (domain := current_domain()) is None else domain.equal(one, other)


def negated(condition: RuleCondition) -> RuleCondition:
    """Whether a condition does not hold: `not` of symbols would ask for a truth that they may not have."""
    return not condition if (domain := current_domain()) is None else domain.negated(condition)


def different(numbers: Sequence[Number]) -> RuleCondition:
    """Whether no two of some numbers are the same."""
    return len(set(numbers)) == len(numbers) if (domain := current_domain()) is None else domain.different(numbers)


def divisible(number: Number, divisor: Number) -> RuleCondition:
    """Whether nothing is left over."""
    return equal(number % divisor, 0) if (domain := current_domain()) is None else domain.divisible(number, divisor)


def decide(condition: RuleCondition) -> bool:
    """The truth of a condition that chooses structure: which layers there are, which branch is taken."""
    return condition if (domain := current_domain()) is None else domain.decide(condition)


def choose(condition: RuleCondition, one: Number, other: Number) -> Number:
    """One of two numbers, as a condition says."""
    if (domain := current_domain()) is None:
        return one if condition else other
    chosen: Number = domain.choose(condition, one, other)
    return chosen


def ceil_div(number: Number, divisor: Number) -> Number:
    """`number / divisor`, rounded up.

    >>> ceil_div(7, 2), ceil_div(-1, 2)
    (4, 0)
    """
    return -(-number // divisor) if (domain := current_domain()) is None else domain.ceil_div(number, divisor)


def largest(*numbers: Number) -> Number:
    """The largest of some numbers."""
    return max(numbers) if (domain := current_domain()) is None else domain.largest(*numbers)


def smallest(*numbers: Number) -> Number:
    """The smallest of some numbers."""
    return min(numbers) if (domain := current_domain()) is None else domain.smallest(*numbers)


def common_divisor(one: Number, other: Number) -> Number:
    """The greatest number that divides both."""
    return gcd(one, other) if (domain := current_domain()) is None else domain.common_divisor(one, other)


def product(numbers: Iterable[Number]) -> Number:
    """All numbers multiplied; 1 for none."""
    result = 1
    for number in numbers:
        result = result * number
    return result


def total(numbers: Sequence[Number]) -> Number:
    """All numbers added; 0 for none."""
    return sum(numbers) if (domain := current_domain()) is None else domain.total(numbers)


def symbolic(value: object) -> bool:
    """Whether a value is a number of the domain in use, and no integer."""
    return (domain := current_domain()) is not None and domain.holds(value)


def unspaced(number: object) -> str:
    """A number or a formula without blanks, as it stands in a line of the language."""
    return str(number).replace(" ", "") if symbolic(number) else str(number)


def apart(number: object) -> str:
    """A number among several: a formula stands in parentheses, unless it is a name in which nothing looks like an x."""
    text = unspaced(number)
    if (domain := current_domain()) is None or not domain.is_formula(number):
        return text
    return text if text.isdecimal() or (text.isidentifier() and "x" not in text) else f"({text})"


def whole_number(value: Held) -> Held:
    """A value as a whole number, none if it is not one."""
    if (domain := current_domain()) is not None and domain.holds(value):
        return domain.whole(value)
    return value if type(value) is int else None


def structural(value: Held) -> Held:
    """A value that decides which layers there are: an integer in the place of a number of the domain, if possible."""
    return value if (domain := current_domain()) is None else domain.structural(value)


def placed() -> None:
    """Tell the domain in use that an item of a description is about to be placed: some bound the work that they do."""
    if (domain := current_domain()) is not None:
        domain.placed()


MOST_DECIMAL_PLACES = 40
"""Decimal places that are written; a number of the language has at most 18 digits."""


def decimal(value: AnyNumber, most: int = MOST_DECIMAL_PLACES) -> str:
    """A fraction in at most so many decimals, exactly, or as it is where these are not exact.

    >>> from fractions import Fraction
    >>> decimal(Fraction("0.0000001")), decimal(Fraction("-1.2345678")), decimal(Fraction(24)), decimal(Fraction(1, 3))
    ('0.0000001', '-1.2345678', '24', '1/3')
    """
    if symbolic(value):
        return str(value)
    for places in range(most + 1):
        tens = 10**places
        if tens % value.denominator == 0:
            whole, part = divmod(abs(value.numerator) * (tens // value.denominator), tens)
            sign = "-" if value.numerator < 0 else ""
            return f"{sign}{whole}.{part:0{places}d}" if places else f"{sign}{whole}"
    return str(value)
