"""A number in terms of symbols, in each form in which it is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Formula:
    """A number in terms of symbols: for people, for programs, and for papers."""

    text: str
    formula: str
    latex: str

    def __str__(self) -> str:
        return self.formula
