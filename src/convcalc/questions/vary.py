"""The values that variables take, as a command line lists them: `width=8:128:8`, `depth=[2,2],[3,4]`."""

from __future__ import annotations

import re
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.amounts import SIGNED_NUMBER
from convcalc.arithmetic.operations import decimal
from convcalc.errors import DescriptionError, Fault, Place, quoted
from convcalc.language.read.settings import OUTER_BRACKETS, assignments, value_at
from convcalc.layers.options import show_value
from convcalc.questions.configurations import SweepAxis, progressions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.arithmetic.operations import Held

MOST_VALUES_VARIED = 10_000_000
"""Values that one variable takes, at most."""

BRACKETED = re.compile(r"\[[^\[\]]*+\]")
"""A list."""

COMPUTED = re.compile(r"\s*+\d++\s*+-\s*+\d++\s*+", re.ASCII)
"""What others write for a range."""

RANGE = 3
"""Numbers of a range: first, last, step."""

VARY_HINT = "try: --vary width=8:128:8, --vary alpha=0.25,0.5,1 or --vary depth=[2,2],[3,4]"


def parse_vary(texts: Sequence[str]) -> tuple[SweepAxis, ...]:
    """The variables of a grid, from `name=first:last:step` and `name=value,value`.

    Raises:
        DescriptionError: a text is neither, a value cannot be read, or a variable is given twice.
    """
    axes: dict[str, SweepAxis] = {}
    for text, name, written, place in assignments(texts, "--vary"):
        if not name or not written.strip():
            message = f"--vary takes name=values, but got {quoted(text) or 'nothing'}"
            raise DescriptionError(Fault("wrong-argument", message, place, notes=(VARY_HINT,)))
        if name in axes:
            raise DescriptionError(Fault("given-twice", f"--vary gives {quoted(name)} twice", place))
        axes[name] = parse_axis(name, written, place)
    return tuple(axes.values())


def parse_axis(name: str, written: str, place: Place) -> SweepAxis:
    """The values of one variable.

    Raises:
        DescriptionError: they cannot be read, or there are too many.
    """
    pieces = hidden_lists(written, place).split(",")
    numerators: list[Any] = []
    values: list[Any] = []
    start = 0
    total = 0
    for piece in pieces:
        part = written[start : start + len(piece)]
        own = place.part(start, len(part))
        start += len(part) + len(",")
        if ":" in part and "[" not in part:
            first, last, step = range_limits(part, own)
            amount = (last - first) // step + 1
            total += amount
            if total > MOST_VALUES_VARIED:
                message = f"{name} takes {total:,} values, and may take {MOST_VALUES_VARIED:,}"
                raise DescriptionError(Fault("beyond-limits", message, own, notes=("try: a larger step",)))
            numerators.append((first, step, amount))
        else:
            values.append(value_or_list(part, own))
            numerators.append((values[-1], 0, 1))
    if not all(isinstance(each, int | Fraction) for each in values):
        if len(values) < len(numerators):
            raise DescriptionError(
                Fault("bad-values", f"{name} takes numbers, or lists and sizes, not both", place, notes=(VARY_HINT,))
            )
        return distinct(SweepAxis.of(name, values), place)
    return distinct(axis_of_ranges(name, numerators), place)


def hidden_lists(written: str, place: Place) -> str:
    """A text with `_` in place of each character in brackets, so that no comma there divides values.

    Raises:
        DescriptionError: a bracket stands alone, or a value is missing.
    """
    hidden = BRACKETED.sub(lambda each: "_" * len(each[0]), written)
    if "[" in hidden or "]" in hidden:
        raise DescriptionError(
            Fault("bad-values", f"a list stands in brackets, but got {quoted(written)}", place, notes=(VARY_HINT,))
        )
    if "" in hidden.split(","):
        raise DescriptionError(
            Fault("bad-values", f"a value is missing in {quoted(written)}", place, notes=(VARY_HINT,))
        )
    return hidden


def axis_of_ranges(name: str, parts: Sequence[tuple[Any, Any, int]]) -> SweepAxis:
    """The axis of the numbers of some ranges: each a first number, a step, and how many."""
    denominator = lcm(*[number.denominator for first, step, _ in parts for number in (first, step)])
    scaled = [(int(first * denominator), int(step * denominator), amount) for first, step, amount in parts]
    return SweepAxis(name, progressions(scaled), denominator)


def distinct(axis: SweepAxis, place: Place) -> SweepAxis:
    """State that no value stands twice.

    Raises:
        DescriptionError: one does.
    """
    again = axis.repeated()
    if again is not None:
        raise DescriptionError(Fault("given-twice", f"{axis.name} takes {show_value(axis.value(again))} twice", place))
    return axis


def range_limits(text: str, place: Place) -> tuple[Any, Any, Any]:
    """The first and the last number of a range, and its step, which is 1 unless given.

    Raises:
        DescriptionError: they are no numbers, or no range.
    """
    numbers = [value_or_list(part, place) for part in text.split(":")]
    if not 1 < len(numbers) <= RANGE or not all(isinstance(each, int | Fraction) for each in numbers):
        message = f"a range is first:last or first:last:step, in numbers, but got {quoted(text)}"
        raise DescriptionError(Fault("bad-values", message, place, notes=(VARY_HINT,)))
    first, last, step = numbers if len(numbers) == RANGE else (*numbers, 1)
    if step <= 0 or last < first:
        message = f"a range goes up, from its first number to its last, but got {quoted(text)}"
        raise DescriptionError(Fault("bad-values", message, place, notes=(VARY_HINT,)))
    return first, last, step


def value_or_list(text: str, place: Place) -> Held:
    """One value: a number, sizes, or a list.

    Raises:
        DescriptionError: it cannot be read, or reads a name.
    """
    stripped = text.strip()
    if stripped.startswith("["):
        return [number_or_sizes(part, place) for part in OUTER_BRACKETS.sub("", stripped).split(",")]
    return number_or_sizes(stripped, place)


def number_or_sizes(text: str, place: Place) -> Held:
    """One value that is no list."""
    if SIGNED_NUMBER.fullmatch(text.strip()) and "e" in text.lower():
        text = decimal(Fraction(text.strip()))
    if COMPUTED.fullmatch(text):
        message = f"a value must be a number, but got {quoted(text)}"
        raise DescriptionError(Fault("bad-values", message, place, notes=("try: 1:5 for all numbers from 1 to 5",)))
    found = value_at(text, place)
    if found.names or found.stride:
        raise DescriptionError(
            Fault("bad-values", f"a value must be a number, but got {quoted(text)}", place, notes=(VARY_HINT,))
        )
    return found.constant
