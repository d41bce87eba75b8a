"""An earlier count as a budget: what each network was, and how much more it may be."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.arithmetic.amounts import share
from convcalc.errors import DescriptionError, Fault, Place, quoted
from convcalc.network.limits import Limit
from convcalc.network.measures import MEASURES, TOTALS, countable, lacking, measured
from convcalc.network.terms import DEFAULT_TERMS, Terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from convcalc.errors import Source
    from convcalc.network.report import Report

BASELINE_HINT = "try: convcalc count NET -f json > old.json"

JSON_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[][{}\n]', re.DOTALL)
"""A string, a bracket or the end of a line of JSON."""

NO_BLANK = re.compile(r"\S")


class Earlier(NamedTuple):
    """The limits of a network that was counted before, and the inputs that it had."""

    limits: Sequence[Limit]
    inputs: object


class Allowance(NamedTuple):
    """How much more than a baseline is allowed, as a share, and the words for where a limit is from."""

    more: Fraction
    origin: str

    def limit(self, measure: str, value: int) -> Limit:
        """The limit of a measure that was so much."""
        return Limit(measure, Fraction(value * (1 + self.more) // 1), origin=self.origin)


def counted_network(report: Report, allowance: Allowance, terms: Terms) -> Earlier:
    """The limits that a network sets to others, and the inputs that it has.

    Raises:
        DescriptionError: its totals are partial.
    """
    if lacking(report.rows, TOTALS):
        raise DescriptionError(partial(allowance.origin, report.graph.name))
    limits = [allowance.limit(key, int(measured(key, report.rows, terms))) for key in TOTALS]
    return Earlier(limits, {name: list(shape) for name, shape in report.graph.inputs.items()})


def parse_baseline(source: Source, allowance: Allowance, terms: Terms) -> dict[str, Earlier]:
    """The limits of each network: its totals in `convcalc count -f json`, and what is allowed beyond them.

    Raises:
        DescriptionError: it is no such count, or one on other terms, or of two networks of one name, or in symbols, or
            a total is no whole number.
    """
    found: dict[str, Earlier] = {}
    for start, held in documents(source):
        totals = held.get("totals") if isinstance(held, dict) else None
        if not isinstance(totals, dict) or not isinstance(held.get("network"), str):
            raise not_counted(source)
        name = held["network"]
        if name in found:
            raise DescriptionError(Fault("bad-baseline", f"{quoted(source.name)} tells twice of {quoted(name)}"))
        if any(isinstance(totals.get(key), dict) for key in countable()):
            message = f"{quoted(source.name)} must be counted in numbers, but {quoted(name)} is in symbols"
            raise DescriptionError(Fault("bad-baseline", message))
        if totals.get("status", "complete") != "complete":
            raise DescriptionError(partial(source.name, name))
        own = (held.get("batch", DEFAULT_TERMS.batch), held.get("dtype", DEFAULT_TERMS.dtype))
        if own != (terms.batch, terms.dtype):
            rule = f"{quoted(source.name)} must be counted for a batch of {terms.batch} in {terms.dtype}"
            raise DescriptionError(
                Fault("bad-baseline", f"{rule}, but is for {json_in_words(own[0])} in {json_in_words(own[1])}")
            )
        require_whole(source, start, name, totals)
        limits = [allowance.limit(key, value) for key, value in totals.items() if key in countable()]
        if not limits:
            raise not_counted(source)
        found[name] = Earlier(limits, held.get("input"))
    return found


def partial(origin: str, name: str) -> Fault:
    """What is wrong with a baseline that does not know all costs."""
    message = f"{quoted(origin)} must have complete totals, but those of {quoted(name)} are partial"
    return Fault("bad-baseline", message)


def require_whole(source: Source, start: int, name: str, totals: Mapping[str, Any]) -> None:
    """State that the totals of the count that begins at `start` are whole numbers; what is no measure may be anything.

    Raises:
        DescriptionError: one is not, or is of a measure that counts have no total of.
    """
    wrong = {}
    for key, value in totals.items():
        if key in countable() and (type(value) is not int or value < 0):
            got = f'"{json_in_words(value)}"' if isinstance(value, str) else json_in_words(value)
            wrong[key] = f"{key} of {quoted(name)} must be a whole number such as 61706, but got {got}"
        elif key in MEASURES and key not in countable():
            wrong[key] = f"{key} of {quoted(name)} is no total of a count"
    if wrong:
        places = places_of(source, start)
        faults = [
            Fault("bad-baseline", message, places.get(key), notes=(BASELINE_HINT,)) for key, message in wrong.items()
        ]
        raise DescriptionError(*faults)


def json_in_words(value: object) -> str:
    """A value of JSON, as a message repeats it."""
    import json  # a check without a baseline needs none

    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return quoted(value if isinstance(value, str) else json.dumps(value))


def places_of(source: Source, start: int) -> dict[str, Place]:
    """Where the totals of the count that begins at `start` stand."""
    found: dict[str, Place] = {}
    keys: list[str] = []
    line, begin, last = source.text.count("\n", 0, start) + 1, source.text.rfind("\n", 0, start) + 1, ""
    for match in JSON_TOKEN.finditer(source.text, start):
        mark = match[0]
        if mark == "\n":
            line, begin = line + 1, match.end()
        elif mark in ("{", "["):
            keys.append(last)
        elif mark in ("}", "]"):
            keys.pop()
        else:
            last = mark[1:-1]
            if keys == ["", "totals"]:
                found[last] = Place(source, line, match.start() - begin + 1, len(mark))
        if not keys:
            break
    return found


def documents(source: Source) -> Iterator[tuple[int, Any]]:
    """All values in JSON of a text, one behind another, each with where it begins."""
    import json  # a check without a baseline needs none

    decoder = json.JSONDecoder(object_pairs_hook=Once(source).read)
    text = source.text
    at = after_blanks(text, 0)
    if at == len(text):
        raise not_counted(source)
    while at < len(text):
        start = at
        try:
            held, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise not_counted(source, getattr(error, "pos", start)) from None
        at = after_blanks(text, at)
        yield start, held


def after_blanks(text: str, at: int) -> int:
    """Where the blanks that begin at a place end."""
    found = NO_BLANK.search(text, at)
    return found.start() if found else len(text)


class Once(NamedTuple):
    """Reads the objects of a text in JSON, each of whose keys stands once."""

    source: Source

    def read(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object from its pairs.

        Raises:
            DescriptionError: a key stands twice.
        """
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                message = f"{quoted(self.source.name)} has the key {quoted(key)} twice"
                raise DescriptionError(Fault("bad-baseline", message))
            found[key] = value
        return found


def not_counted(source: Source, at: int = 0) -> DescriptionError:
    """The error about what is no count, or at a character of it no JSON."""
    before = source.text[:at]
    place = Place(source, before.count("\n") + 1, len(before) - before.rfind("\n"))
    return DescriptionError(
        Fault("bad-baseline", f"{quoted(source.name)} is no count in JSON", place, notes=(BASELINE_HINT,))
    )


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
