"""The text of a description with other widths in it, and everything else as its author wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault
from convcalc.spec.line import NAME
from convcalc.widening import scaled, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from convcalc.errors import Place
    from convcalc.widening import Widening, Width

EIGHT = 8
"""The divisor that the language has a function for."""


def rewritten(widening: Widening) -> str:
    """The source of a network whose widths a widening has met, with those that it scales changed.

    Numbers are changed in their place, expressions wrapped.

    Raises:
        DescriptionError: a text stands for widths that are scaled and for others, or cannot be changed.
    """
    found: dict[Place, list[Width]] = {}
    for width in widening.widths.values():
        found.setdefault(width.place, []).append(width)
    source = next(iter(found)).source
    changes = {place: changed(place, widths, widening) for place, widths in found.items()}
    lines = source.text.split("\n")
    for place in sorted(changes, key=lambda place: (place.line, place.column), reverse=True):
        line, start = lines[place.line - 1], place.column - 1
        lines[place.line - 1] = line[:start] + changes[place] + line[start + place.width :]
    return "\n".join(lines)


def changed(place: Place, widths: Sequence[Width], widening: Widening) -> str:
    """What is to be written at a place.

    Raises:
        DescriptionError: it cannot be.
    """
    text = place.source.line(place.line)[place.column - 1 :][: place.width]
    kept = [width for width in widths if widening.reason(width)]
    if len(kept) == len(widths):
        return text
    one = next(width for width in widths if width not in kept)
    way = "try: -f yaml, which writes each layer in a line of its own"
    if kept:
        what = f"{one.name} is widened, but {kept[0].name} is not ({widening.reason(kept[0])}), and both are this text"
        raise DescriptionError(Fault(what, place, one.name, (way,)))
    if not place.divisible:
        raise DescriptionError(Fault("a width in this text cannot be changed in place", place, one.name, (way,)))
    if one.literal:
        return str(widening.scaled(one.value))
    wrapped = expression(text, widening.factor, widening.divisor)
    small = any(scaled(width.value, widening.factor, 1) * 1 > width.value * widening.factor * 2 for width in widths)
    if wrapped is None or small:
        what = (
            f"no expression rounds {text} to multiples of {widening.divisor}"
            if wrapped is None
            else "a width is below 1"
        )
        raise DescriptionError(Fault(what, place, one.name, (way,)))
    return wrapped


def expression(text: str, factor: Fraction, divisor: int) -> str | None:
    """An expression times the factor, rounded; none if the language cannot say it."""
    inner = text if NAME.fullmatch(text) else f"({text})"
    if factor == 1 and divisor == 1:
        return text
    if divisor == EIGHT and "/" not in shown(factor):
        return f"div8({shown(factor)}*{inner})"
    if divisor != 1:
        return None
    if factor.denominator == 1:
        return f"{factor}*{inner}"
    if "/" not in shown(factor):
        return f"int({shown(factor)}*{inner}+0.5)"
    return f"({2 * factor.numerator}*{inner}+{factor.denominator})//{2 * factor.denominator}"
