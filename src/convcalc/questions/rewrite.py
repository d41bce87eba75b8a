"""The text of a description with other widths in it, and everything else as its author wrote it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING

from convcalc.arithmetic.expression import Binary, Call, Constant
from convcalc.errors import NOWHERE, DescriptionError, Fault, Source, in_text, quoted
from convcalc.language.read.document import parse_description
from convcalc.language.variant import Variant
from convcalc.questions.widening import factor_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.arithmetic.expression import Expression
    from convcalc.errors import Place
    from convcalc.network.network import Network
    from convcalc.network.widths import Width
    from convcalc.questions.widening import Widened, Widening

EIGHT = 8
"""The divisor that the language has a function for."""

HALF = Fraction(1, 2)
"""What is added before a width is rounded down, so that it is rounded to the nearest."""

REWRITE_HINT = "try: -f yaml, which writes each layer in a line of its own"


def rewritten(network: Network, result: Widened) -> str:
    """The source of a network that was widened, with those widths changed that were scaled.

    Numbers are changed in their place, expressions new. What comes out has been read and compared.

    Raises:
        DescriptionError: a text stands for widths that are scaled and for others, or cannot be changed.
    """
    if not isinstance(network, Variant):
        message = f"{quoted(network.name)} has no text in which a width could be changed"
        raise DescriptionError(Fault("cannot-widen", message, notes=(REWRITE_HINT,)))
    found: dict[Place, list[Width]] = {}
    for width in result.widening.widths.values():
        found.setdefault(width.place or NOWHERE, []).append(width)
    changes = {place: changed_text(place, widths, result.widening) for place, widths in found.items()}
    source = source_of(result)
    lines = source.text.split("\n")
    for place in sorted(changes, key=lambda place: (place.line, place.column), reverse=True):
        line, start = lines[place.line - 1], place.column - 1
        lines[place.line - 1] = line[:start] + changes[place] + line[start + place.width :]
    text = "\n".join(lines)
    description = parse_description(Source(source.name, text), network.name)
    again = replace(network, description=description).report()
    for one, other in zip_longest(again.rows, result.after.rows):
        if (one and (one.node.name, one.node.layer)) != (other and (other.node.name, other.node.layer)):
            at = other.node.place if other else None
            raise DescriptionError(
                Fault("cannot-widen", "this width cannot be changed in place", at, notes=(REWRITE_HINT,))
            )
    return text


def source_of(result: Widened) -> Source:
    """The text that describes a network."""
    return next(place.source for row in result.before.rows if (place := in_text(row.node.place)))


def changed_text(place: Place, widths: Sequence[Width], widening: Widening) -> str:
    """What is to be written at a place.

    Raises:
        DescriptionError: it cannot be.
    """
    text = place.source.line(place.line)[place.column - 1 :][: place.width]
    kept = [width for width in widths if widening.reason(width)]
    if all(width in kept or widening.scaled(width.value) == width.value for width in widths):
        return text
    one = next(width for width in widths if width not in kept)
    if kept:
        what = f"{one.name} is widened, but {kept[0].name} is not ({widening.reason(kept[0])}), and both are this text"
        raise DescriptionError(Fault("cannot-widen", what, place, one.name, (REWRITE_HINT,)))
    own = one.written.expression
    if own is None or not place.divisible:
        raise DescriptionError(
            Fault("cannot-widen", "a width in this text cannot be changed in place", place, one.name, (REWRITE_HINT,))
        )
    if one.written.literal:
        return str(widening.scaled(one.value))
    new = scaled_expression(own, widening.factor, widening.divisor)
    if new is None and all(width.value * widening.factor == widening.scaled(width.value) for width in widths):
        new = scaled_expression(own, widening.factor, 1)
    small = widening.divisor == 1 and any(2 * width.value * widening.factor < 1 for width in widths)
    if new is None or small:
        what = (
            f"no expression rounds {factor_text(widening.factor)} times {text} to multiples of {widening.divisor}"
            if new is None
            else "a width is below 1"
        )
        raise DescriptionError(Fault("cannot-widen", what, place, one.name, (REWRITE_HINT,)))
    return str(new)


def scaled_expression(width: Expression, factor: Fraction, divisor: int) -> Expression | None:
    """The expression of a width times the factor, rounded; none if the language cannot say it."""
    exactly = "/" not in factor_text(factor)
    times = Binary("*", Constant(factor), width)
    if factor == 1 and divisor == 1:
        return width
    if divisor == EIGHT and exactly:
        return Call("div8", (times,))
    if divisor != 1:
        return None
    if factor.denominator == 1:
        return times
    if exactly:
        return Call("int", (Binary("+", times, Constant(HALF)),))
    doubled = Binary("*", Constant(2 * factor.numerator), width)
    return Binary("//", Binary("+", doubled, Constant(factor.denominator)), Constant(2 * factor.denominator))
