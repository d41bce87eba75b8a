"""An answer to a question: titled parts of sentences, figures and citations, however these are to look."""

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Answer:
    """A titled answer; `about` is what a machine should know of it besides."""

    title: str
    parts: Sequence[Part]
    about: Mapping[str, Any] = field(default_factory=dict)
