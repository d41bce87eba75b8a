"""The words of the language, and guesses at what somebody meant."""

from __future__ import annotations

import re
from keyword import kwlist
from typing import TYPE_CHECKING

from convcalc.arithmetic.functions import FUNCTIONS
from convcalc.errors import guess, quoted
from convcalc.layers.kinds import ALIASES, FOREIGN_KINDS, KINDS
from convcalc.layers.words import BOOLEANS, GROUPS, WORDED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.errors import Place

STRUCTURES = ("residual", "project", "shortcut", "act", "repeat", "do", "for", "between", "from", "share")
"""The keys of items that are no layers, and of their parts."""

CHANNELS = "C"
"""The name of the number of channels of the current tensor."""

MEANINGS = (
    dict.fromkeys(kwlist, "a keyword of Python")
    | dict.fromkeys(GROUPS, "a word of the language")
    | dict.fromkeys((*STRUCTURES, *WORDED, *BOOLEANS, "x"), "a word of the language")
    | dict.fromkeys(FUNCTIONS, "a function")
    | dict.fromkeys((*KINDS, *ALIASES), "the name of a kind of layer")
    | {CHANNELS: "the current number of channels", "input": "the name of the input"}
)
"""All that has a meaning of its own, and what it is."""

LATER = frozenset({"shortcut"})
"""Words that got their meaning after 0.1: where a file gives one as a name of its own, the name goes first."""

TAKEN = {word: what for word, what in MEANINGS.items() if word not in LATER}
"""Names that no block, variable or label may have, and what they are."""

DIGIT_LAST = re.compile(r"[0-9]_*$", re.ASCII)
"""The end of a word that a number behind it would run into, or that looks as if it had one."""


def numbered(word: str, number: object) -> str:
    """The name of the layer or block of this number; no other word and number have the same.

    >>> numbered("conv", 2), numbered("relu6", 1), numbered("stage2_", 1)
    ('conv2', 'relu6_1', 'stage2__1')
    """
    return f"{word}_{number}" if DIGIT_LAST.search(word) else f"{word}{number}"


def mentioned(place: Place, names: Iterable[str]) -> bool:
    """Whether a place lies in a mention of one of these names, of whatever letters they are."""
    text, at = place.source.line(place.line), place.column - 1
    return any(is_mention(text, at, name) for name in names)


def is_mention(text: str, at: int, name: str) -> bool:
    """Whether a name, or @ and the name, stands around a place of a text, and is no part of a longer one."""
    start = text.find(name, max(0, at - len(name)), at + len(name) + 1)
    while start >= 0:
        begin, end = start - text.startswith("@", max(0, start - 1), start), start + len(name)
        apart = (
            not is_letter(text[begin - 1 : begin])
            and text[begin - 1 : begin] != "@"
            and not is_letter(text[end : end + 1])
        )
        if apart and begin <= at < end:
            return True
        start = text.find(name, start + 1, at + len(name) + 1)
    return False


def is_letter(char: str) -> bool:
    """Whether a character may stand in a word."""
    return char.isalnum() or char == "_"


def unknown_kind(name: str, blocks: Iterable[str]) -> tuple[str, list[str]]:
    """What to say of a kind that is none, and the way out where nothing is like it."""
    meant = guess(name, (*KINDS, *ALIASES, "residual", *blocks), FOREIGN_KINDS)
    ways = [] if meant else ["an operation that no kind describes is custom: custom 64x28x28"]
    return f"unknown kind of layer: {quoted(name)}{meant}", ways
