"""An earlier count as a budget: what each network was, and how much more it may be."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.budget import Limit
from convcalc.errors import DescriptionError, Fault, quoted
from convcalc.measures import MEASURES, Terms
from convcalc.spec.amount import share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcalc.errors import Source

PLAIN = Terms()
"""What counts are for that do not say it."""

WAY = "try: convcalc count NET -f json > old.json"


class Earlier(NamedTuple):
    """The limits of a network that was counted before, and the inputs that it had."""

    limits: Sequence[Limit]
    inputs: object


def parse_baseline(source: Source, increase: str, terms: Terms) -> dict[str, Earlier]:
    """The limits of each network: its totals in `convcalc count -f json`, and `increase` more, such as `2%`.

    Raises:
        DescriptionError: it is no such count, or one on other terms, or of two networks of one name, or in symbols, or
            the increase is no share.
    """
    more = allowed(increase)
    found: dict[str, Earlier] = {}
    for held in documents(source):
        totals = held.get("totals") if isinstance(held, dict) else None
        if not isinstance(totals, dict) or not isinstance(held.get("network"), str):
            raise not_counted(source)
        name = held["network"]
        if name in found:
            raise DescriptionError(Fault("bad-baseline", f"{quoted(source.name)} tells twice of {quoted(name)}"))
        if any(isinstance(totals.get(key), dict) for key in MEASURES):
            message = f"{quoted(source.name)} must be counted in numbers, but {quoted(name)} is in symbols"
            raise DescriptionError(Fault("bad-baseline", message))
        if totals.get("status") == "partial":
            message = f"{quoted(source.name)} must have complete totals, but those of {quoted(name)} are partial"
            raise DescriptionError(Fault("bad-baseline", message))
        own = (held.get("batch", PLAIN.batch), held.get("dtype", PLAIN.dtype))
        if own != (terms.batch, terms.dtype):
            rule = f"{quoted(source.name)} must be counted for a batch of {terms.batch} in {terms.dtype}"
            raise DescriptionError(Fault("bad-baseline", f"{rule}, but is for {own[0]} in {own[1]}"))
        limits = [
            Limit(
                key,
                Fraction(value * (1 + more) // 1),
                origin=f"{source.name}{f' + {increase.strip()}' if more else ''}",
            )
            for key, value in totals.items()
            if key in MEASURES and type(value) is int
        ]
        if not limits:
            raise not_counted(source)
        found[name] = Earlier(limits, held.get("input"))
    return found


def documents(source: Source) -> Iterator[Any]:
    """All values in JSON of a text, one behind another."""
    decoder = json.JSONDecoder()
    text, at = source.text.strip(), 0
    if not text:
        raise not_counted(source)
    while at < len(text):
        try:
            held, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            raise not_counted(source) from None
        at = len(text) - len(text[at:].lstrip())
        yield held


def not_counted(source: Source) -> DescriptionError:
    """The error about what is no count."""
    return DescriptionError(Fault("bad-baseline", f"{quoted(source.name)} is no count in JSON", notes=(WAY,)))


def allowed(increase: str) -> Fraction:
    """How much more is allowed, as a share.

    Raises:
        DescriptionError: the text is none.
    """
    found = share(increase.strip())
    if found is None:
        got = quoted(increase.strip()) or "nothing"
        message = f"--max-increase must be a share such as 2% or 0.5%, but got {got}"
        raise DescriptionError(Fault("wrong-argument", message))
    return found
