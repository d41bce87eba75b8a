"""Columns that there are not: what other tools call ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, Place, Source, guess, quoted
from convcalc.network.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Sequence

FOREIGN_COLUMNS = {
    **{key: measure.foreign for key, measure in MEASURES.items() if measure.title},
    **{f"{key}_share": measure.share.foreign for key, measure in MEASURES.items() if measure.share},
    "output": ("output_size", "output_shape", "out", "shape"),
    "input": ("input_size", "input_shape"),
    "receptive_field": ("rf", "receptive", "field"),
    "jump": ("stride", "strides", "effective_stride"),
    "kind": ("type", "layer_type", "op"),
    "name": ("layer", "layers"),
}
"""What other tools call our columns."""

FLOPS = "a MAC is one multiply and one add, which others count as two FLOPs, or as one"
"""What to say to those who ask for FLOPs."""


def column_start(wanted: str, key: str) -> int:
    """Where a key first stands among others, as a whole."""
    start = 0
    for part in wanted.split(","):
        if part.strip().lstrip("+-") == key:
            return start + part.index(key)
        start += len(part) + len(",")
    return 0


def foreign(known: Sequence[str]) -> dict[str, str]:
    """Names of other tools, and the column that is meant, of those that are known."""
    return {name: key for key, names in FOREIGN_COLUMNS.items() if key in known for name in names}


def unknown_column(wanted: str, key: str, known: Sequence[str]) -> DescriptionError:
    """The error about a key, among those that somebody wants, that no column has."""
    hint = guess(key, known, foreign(known)) or f"; known: {', '.join(sorted(known))}"
    place = Place(Source("--columns", wanted), 1, column_start(wanted, key) + 1, max(1, len(key)))
    notes = (FLOPS,) if "flop" in key.lower() else ()
    return DescriptionError(Fault("unknown-choice", f"unknown column: {quoted(key)}{hint}", place, notes=notes))
