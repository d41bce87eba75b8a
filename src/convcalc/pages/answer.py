"""An answer to a question: titled parts of sentences, figures and citations, however these are to look."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Part:
    """One part of an answer: lines that stay as they are where they are `literal`, and otherwise are wrapped.

    What does not fit into the first line of one stands `hang` characters further in than the titles.
    """

    key: str
    title: str
    lines: Sequence[str]
    literal: bool = False
    hang: int = 4


def grouped(entries: Sequence[tuple[str, str, str]]) -> list[Part]:
    """A part for each group of entries, which are groups, names and what is said of these, one group after another."""
    width = max((len(name) for _, name, _ in entries), default=0)
    return [
        Part(group.lower(), group, [f"{name:{width}}  {says}" for _, name, says in each], hang=width + 4)
        for group, each in groupby(entries, key=lambda entry: entry[0])
    ]


@dataclass(frozen=True)
class Answer:
    """A titled answer; `about` is what a machine should know of it besides."""

    title: str
    parts: Sequence[Part]
    about: Mapping[str, Any] = field(default_factory=dict)
