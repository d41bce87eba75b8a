"""Faults that are found while a description is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import Fault, Faults

if TYPE_CHECKING:
    from convcalc.errors import Place
    from convcalc.language.value import ValueFault


class ReadingFaults(Faults):
    """Gathers what is wrong with a description while it is read."""

    def tell_of(self, code: str, message: str, place: Place, *notes: str) -> None:
        """Remember what is wrong, and go on."""
        self.tell(Fault(code, message, place, notes=notes))

    def tell_in(self, place: Place, fault: ValueFault, *notes: str) -> None:
        """Remember a fault in a text that begins at `place`."""
        self.tell_of(fault.code, fault.message, place.part(fault.start, fault.width), *fault.notes, *notes)
