"""The values and shapes that a command line gives: `width=64`, `3x224x224`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, Place, Source, quoted
from convcalc.language.value import Value, ValueFault, parse_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LIST = re.compile(r"\s*+\[[^\[\]]*+\]\s*+|[^(),\[\]]*+,[^()\[\]]*+")
"""A value of --set that is a list: `[3,4,23,3]`, or without the brackets, which shells treat in their own way."""

OUTER_BRACKETS = re.compile(r"^\s*\[|\]\s*$")
"""The brackets around such a list."""


def parse_settings(settings: Sequence[str]) -> dict[str, Value | tuple[Value, ...]]:
    """Variables from `name=value`, where a value may be a list: `depth=3,4,23,3`. The last of a name wins.

    Raises:
        DescriptionError: a setting has another form.
    """
    found: dict[str, Value | tuple[Value, ...]] = {}
    for text, name, written, place in assignments(settings, "--set"):
        if not name:
            message = f"--set takes name=value, but got {quoted(text)}"
            raise DescriptionError(Fault("wrong-argument", message, place, notes=("try: --set width=64",)))
        if LIST.fullmatch(written):
            found[name] = tuple(value_at(item.strip(), place) for item in OUTER_BRACKETS.sub("", written).split(","))
        else:
            found[name] = value_at(written, place)
    return found


def parse_inputs(inputs: Sequence[str]) -> dict[str, Value]:
    """Shapes of inputs from `3x224x224` or `name=3x224x224`.

    Raises:
        DescriptionError: an input has another form.
    """
    found: dict[str, Value] = {}
    for _, name, written, place in assignments(inputs, "--input"):
        if (name or "input") in found:
            raise DescriptionError(Fault("given-twice", f"--input gives {quoted(name or 'the input')} twice", place))
        found[name or "input"] = value_at(written, place, ("x", ","))
    return found


def assignments(texts: Sequence[str], option: str) -> Iterator[tuple[str, str, str, Place]]:
    """Each text, its name (empty if it has none), what stands behind the name, and where that is."""
    for text in texts:
        name, equals, written = text.rpartition("=")
        place = Place(Source(option, text), 1, len(name) + len(equals) + 1, max(1, len(written)))
        yield text, name.strip(), written, place


def value_at(text: str, place: Place, separators: tuple[str, ...] = ("x",)) -> Value:
    """A value that stands at a place.

    Raises:
        DescriptionError: the text is none.
    """
    try:
        return parse_value(text, 0, place, separators)
    except ValueFault as fault:
        raise DescriptionError(
            Fault(fault.code, fault.message, place.part(fault.start, fault.width), notes=fault.notes)
        ) from None
