"""What convcalc raises: faults, each with the place in a text or a file that it is about.

Here is also what all messages have in common: excerpts of a text, quoted words, and guesses at what was meant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SHOWN_WIDTH = 100
"""Characters of a source line that an excerpt shows; a longer line is shown around its fault."""

LONGEST_MESSAGE = 400
"""Characters of a message, at most: it may repeat somebody's text."""

MOST_FAULTS = 20
"""Faults that are told in one run."""

MOST_GATHERED = 100
"""Faults after which no more are looked for."""

OF_NAMES = ("unknown-kind", "unknown-name")
"""Codes of faults of a name: such a fault is told once, and lists the other places of the name."""

MOST_PLACES_LISTED = 8
"""Other places of a name that are listed."""

SHOWN_NAME = 60
"""Characters of somebody's word that a message repeats."""


@dataclass(frozen=True, eq=False)
class Source:
    """A text that describes a network, and the name by which messages call it."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> list[str]:
        """The text line by line, each without its end."""
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """Line `number`, counted from 1; empty past the end."""
        return self.lines[number - 1].rstrip("\r") if number <= len(self.lines) else ""


class Place(NamedTuple):
    """Where something is written: `line` and `column` count from 1, `width` in characters.

    It is not `divisible` where its text stands otherwise than it reads: quoted with escapes, or on several lines.
    """

    source: Source
    line: int
    column: int
    width: int = 1
    divisible: bool = True

    def __str__(self) -> str:
        return f"{printable(self.source.name)}:{self.line}:{self.column}"

    def part(self, start: int, width: int) -> Place:
        """The place of `width` characters, `start` characters into this one, on the same line."""
        return Place(self.source, self.line, self.column + start, width) if self.divisible else self


NOWHERE = Place(Source("", ""), 1, 1)
"""The place of what has none of its own."""


class Origin(NamedTuple):
    """Where something is in a file that is no text: `layer1.0.conv2 of model.onnx`."""

    path: str
    file: str

    def __str__(self) -> str:
        return printable(f"{self.path} of {self.file}")


def in_text(place: Place | Origin | None) -> Place | None:
    """A place in a text; none of what is elsewhere."""
    return place if isinstance(place, Place) else None


class Fault(NamedTuple):
    """One thing that is wrong; `layer` is the one it is about, `notes` are causes and ways out.

    `code` is the name of what is wrong, by which `convcalc explain` knows it; empty where a fault only counts others.
    """

    code: str
    message: str
    place: Place | Origin | None = None
    layer: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        message = printable(shortened(self.message, LONGEST_MESSAGE))
        head = f"error[{self.code}]: {message}" if self.code else f"error: {message}"
        if self.place is None:
            return "\n".join([head, *(f"  | {note}" for note in self.notes)])
        text = in_text(self.place)
        margin = " " * (len(str(text.line)) if text else 1)
        where = f"{margin}--> {self.place}" + (f"   {self.layer}" if self.layer else "")
        notes = (f"{margin} | {note}" for note in self.notes)
        return "\n".join([head, where, *(excerpt(text) if text else ()), *notes])


class ConvcalcError(Exception):
    """The base of all that convcalc raises on purpose, so that a caller needs one `except`."""


class RuleError(ConvcalcError):
    """A layer cannot be applied to the shapes that reach it; `option` is the field to blame, if one is."""

    def __init__(self, code: str, message: str, option: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.option = option


class DescriptionError(ConvcalcError):
    """What was asked for cannot be read as a network: all faults that were found, in reading order."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n\n".join(map(str, faults)))
        self.faults: Sequence[Fault] = faults


class Faults:
    """Gathers what is wrong, each thing once, so that one run tells all of it; if `hasty`, the first stops it."""

    def __init__(self, *, hasty: bool = False) -> None:
        self.found: dict[tuple[Place | Origin | None, str], Fault] = {}
        self.hasty = hasty
        self.names: dict[str, dict[Place, Fault]] = {}
        self.most = 1 if hasty else MOST_GATHERED

    def __len__(self) -> int:
        return len(self.found)

    def tell(self, *faults: Fault) -> None:
        """Remember what is wrong, and go on, unless it is more than anybody would read.

        Raises:
            DescriptionError: it is.
        """
        for fault in faults:
            if fault.code in OF_NAMES and (place := in_text(fault.place)):
                places = self.names.setdefault(fault.message, {})
                places.setdefault(place, fault)
                if len(places) > 1:
                    continue
            self.found.setdefault((fault.place, fault.message), fault)
            if len(self.found) >= self.most:
                self.stop()

    def each(self) -> tuple[Fault, ...]:
        """All faults, those of a name at each of its places."""
        others = (fault for places in self.names.values() for fault in list(places.values())[1:])
        return (*self.found.values(), *others)

    def once(self) -> Iterator[Fault]:
        """All faults, those of a name at its first place, with the others in a note."""
        for fault in self.found.values():
            first, *others = sorted(self.names.get(fault.message, {}).values(), key=position) or [fault]
            at = in_text(first.place)
            places = list(filter(None, [in_text(each.place) for each in others]))
            notes = (*first.notes, elsewhere(at, places)) if at and places else first.notes
            yield first._replace(notes=notes)

    def restate(self, told: Fault, better: Fault) -> None:
        """Put a fault that says more in the place of one that has been told."""
        if self.found.pop((told.place, told.message), None):
            self.tell(better)

    def stop(self) -> None:
        """Go no further if anything is wrong.

        Raises:
            DescriptionError: with the faults in reading order, as many as anybody would read.
        """
        if not self.found:
            return
        faults = sorted(self.once(), key=position)
        more = len(faults) - MOST_FAULTS
        if more > 0:
            faults = [*faults[:MOST_FAULTS], Fault("", f"and {more} more")]
        raise DescriptionError(*faults)


def position(fault: Fault) -> tuple[str, int, int]:
    """Where a fault is told among others."""
    if isinstance(fault.place, Origin):
        return fault.place.file, 0, 0
    return (fault.place.source.name, fault.place.line, fault.place.column) if fault.place else ("", 0, 0)


def elsewhere(first: Place, others: Sequence[Place]) -> str:
    """Where a name stands besides its first place: `and in 3 other places: lines 7, 9, 12`."""
    apart = all(place.source is first.source and place.line != first.line for place in others)
    listed = list(dict.fromkeys(str(place.line) if apart else str(place) for place in others))
    shown = ", ".join(listed[:MOST_PLACES_LISTED]) + (", …" if len(listed) > MOST_PLACES_LISTED else "")
    what = "" if not apart else "line " if len(listed) == 1 else "lines "
    return f"and in {len(others)} other place{'s' if len(others) > 1 else ''}: {what}{shown}"


def excerpt(place: Place) -> list[str]:
    """The line of `place` with a caret below it; nothing of an empty line."""
    text = place.source.line(place.line)
    if not text.strip():
        return []
    start = place.column - 1
    cut = max(0, start - SHOWN_WIDTH // 2) if len(text) > SHOWN_WIDTH else 0
    before = printable(("…" if cut else "") + text[cut:start])
    after = printable(text[start : cut + SHOWN_WIDTH]) + ("…" if len(text) > cut + SHOWN_WIDTH else "")
    width = max(1, min(place.width, len(after)))
    margin = " " * len(str(place.line))
    return [f"{margin} |", f"{place.line} | {before}{after}", f"{margin} | {' ' * len(before)}{'^' * width}"]


def printable(text: str) -> str:
    r"""`text` with what does not print (control characters, marks of direction) escaped.

    >>> print(printable("a\tb\x1b"))
    a b\x1b
    """
    if text.isprintable():
        return text
    return "".join(
        " " if char == "\t" else char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def one_per_axis(axes: int) -> str:
    """How many numbers an option may have, for a message; the input has so many `axes`."""
    if axes == 1:
        return "one number, as the input has one axis"
    return f"one number or {axes}, one for each axis of the input"


def quoted(text: str) -> str:
    """Somebody's word as a message repeats it: printable, and no longer than it needs to be."""
    return printable(shortened(text, SHOWN_NAME))


def shortened(text: str, most: int) -> str:
    """`text`, cut if it is longer than any that a person would write."""
    return text if len(text) <= most else f"{text[:most]}…"


def reason(error: OSError | ValueError) -> str:
    """What the system says against a file."""
    return str(getattr(error, "strerror", None) or error).lower()


SHORT = 3
"""Names of up to so many letters must be more alike for one to be taken for the other, misspelt."""

LONGEST_LIKE = 60
"""Letters of a name that are compared with others."""

MOST_NAMES_LISTED = 16
"""Known names that a message lists; of more, it lists none."""


def guess(name: str, known: Iterable[str], foreign: dict[str, str] | None = None) -> str:
    """What to say behind an unknown name: `; did you mean conv?`, or all that is known, if it is not too much.

    >>> guess("cnov", ["conv", "linear"]), guess("zzz", ["conv", "linear"]), guess("zzz", [])
    ('; did you mean conv?', '; known: conv, linear', '')
    """
    choices = tuple(sorted(set(known)))
    if foreign and (meant := foreign.get(name.lower())) in choices:
        return f"; did you mean {meant}?"
    if like := nearest_choice(name.lower()[:LONGEST_LIKE], choices):
        return f"; did you mean {like}?"
    return f"; known: {', '.join(choices)}" if 0 < len(choices) <= MOST_NAMES_LISTED else ""


@lru_cache(maxsize=256)
def nearest_choice(name: str, choices: tuple[str, ...]) -> str:
    """The choice that is most like a name in lower case, empty if none is. The same mistake may stand in many lines."""
    lowered = {choice.lower(): choice for choice in choices}
    if name in lowered:
        return lowered[name]
    from difflib import get_close_matches  # only a mistake needs it

    close = get_close_matches(name, lowered, n=1, cutoff=0.7 if len(name) > SHORT else 0.76)
    return lowered[close[0]] if close else ""
