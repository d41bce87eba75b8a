"""What a measure of a network may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from convcalc.errors import Place


class Limit(NamedTuple):
    """What a measure may be, at most, or at least, of a network, or of a layer or a block of that name.

    `origin` says where the limit is from, `place` where it is written, and `named` where the layer or the block is, if
    they are in a file.
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
