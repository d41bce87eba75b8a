"""What a measure of a network may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from convcalc.errors import Place


class Limit(NamedTuple):
    """What a `measure` may be, at most or `at_least`. It is that of the network, or of the layer or block named `part`.

    `origin` says where the limit comes from. If it is in a file, `place` is where it is written, and `named` is where
    the name of the `part` is written.
    """

    measure: str
    bound: Fraction
    at_least: bool = False
    part: str = ""
    origin: str = ""
    place: Place | None = None
    named: Place | None = None

    def holds(self, found: int | Fraction) -> bool:
        """Whether a measure is within the limit."""
        return found >= self.bound if self.at_least else found <= self.bound
