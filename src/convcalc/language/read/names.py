"""The names in a description: which can be given, and what each stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import quoted
from convcalc.language.read.line import NAME
from convcalc.language.words import LATER, MEANINGS, TAKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.errors import Place
    from convcalc.language.read.faults import ReadingFaults
    from convcalc.language.read.tree import Scalar

VARIABLE, BLOCK, INPUT, LABEL, SHARED = (
    "a variable",
    "a block",
    "an input",
    "a label",
    "the name of shared weights",
)
"""What a name can be the name of, as messages call it."""

THINGS = (VARIABLE, BLOCK, INPUT, LABEL)
"""A name can be at most one of these."""


class GivenNames:
    """The names of one description, while it is read.

    `labels` and `shares` are those of results and of shared weights, `misnamed` what cannot be a name. `doubts` are
    warnings of names that have become words of the language, by name. `given` has where a name got each of its meanings
    first.
    """

    def __init__(self, faults: ReadingFaults) -> None:
        self.faults = faults
        self.labels: set[str] = set()
        self.shares: set[str] = set()
        self.doubts: dict[str, str] = {}
        self.misnamed: set[str] = set()
        self.given: dict[str, dict[str, Place]] = {}

    def allowed(self, word: Scalar, what: str) -> bool:
        """Whether a name can be given; a fault says why not."""
        if not NAME.fullmatch(word.text):
            self.faults.tell_of(
                "bad-name", f"{what} is letters, digits and _, no digit first, but got {quoted(word.text)}", word.place
            )
        elif word.text in TAKEN:
            self.faults.tell_of("name-taken", f"{word.text} cannot be {what}: it is {TAKEN[word.text]}", word.place)
        else:
            if word.text in LATER:
                meaning = f"{word.text} has become {MEANINGS[word.text]}; as {what} it still works in this file"
                self.doubts.setdefault(word.text, f"{word.place}: {meaning}, but another name is clearer")
            return True
        self.misnamed.update([word.text] if word.text else [])
        return False

    def give(self, name: str, what: str, place: Place) -> None:
        """Remember what has a name, and where it got it first."""
        self.given.setdefault(name, {}).setdefault(what, place)

    def give_label(self, word: Scalar) -> None:
        """Remember a label."""
        self.allowed(word, LABEL)
        self.give(word.text, LABEL, word.place)
        self.labels.add(word.text)

    def give_share(self, word: Scalar) -> None:
        """Remember the name of shared weights."""
        self.allowed(word, SHARED)
        self.give(word.text, SHARED, word.place)
        self.shares.add(word.text)

    def distinct(self) -> None:
        """One name is one thing: a variable, a block, an input or a label; nor are labels names of shared weights."""
        for name, places in self.given.items():
            first, *others = [what for what in THINGS if what in places] or [SHARED]
            for other in others:
                self.both(name, first, other, places)
            if SHARED in places and LABEL in places:
                way = "try: another name behind share=, the same on each item that has the same weights"
                self.both(name, LABEL, SHARED, places, way)

    def both(self, name: str, one: str, other: str, places: Mapping[str, Place], *ways: str) -> None:
        """Tell of a name that is two things, where it is the second of them."""
        first, second = one, other
        if places[one].source is places[other].source and places[one][1:] > places[other][1:]:
            first, second = other, one
        there = f"{name} is {first} at {places[first]}"
        self.faults.tell_of("name-taken", f"{name} is both {one} and {other}", places[second], there, *ways)
