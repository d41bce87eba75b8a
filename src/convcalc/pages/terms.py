"""On which terms counts are, and what they lack: what is told beside all of them, in words and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.errors import printable
from convcalc.layers.base import COSTS
from convcalc.network.measures import DTYPES, MEASURES, lacking, lacks_in_words
from convcalc.pages.cells import AtLeast
from convcalc.pages.schema import TEXT, exactly, listed, named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.network.measures import Terms
    from convcalc.network.report import Row
    from convcalc.pages.schema import Schema

FOOT = (
    "A MAC is one multiply and one add, in convolutions, linear layers and matrix products. Not counted: adding "
    "biases, norms, activations, pooling, element-wise operations."
)
"""What is counted, for people."""

TERMS: Mapping[str, Schema] = {
    "batch": {"type": "integer", "minimum": 1},
    "dtype": {"enum": [*DTYPES]},
    "conventions": exactly(mac=TEXT, params=TEXT, not_counted=TEXT),
}
"""On which terms counts are, as a schema."""


def counted_for(terms: Terms) -> dict[str, Any]:
    """The same, for machines."""
    return {"batch": terms.batch, "dtype": terms.dtype, "conventions": conventions(terms)}


def conventions(terms: Terms) -> dict[str, str]:
    """What is counted, for machines."""
    samples = "one sample" if terms.batch == 1 else f"a batch of {terms.batch}"
    return {
        "mac": f"one multiply and one add; counted in convolutions, linear layers and matrix products, for {samples}",
        "params": "learnable numbers: weights and biases, the scales and shifts of norms among them",
        "not_counted": "MACs leave out adding biases, norms, activations, pooling and element-wise operations",
    }


STATUS: Schema = {"enum": ["complete", "partial"]}
LACKS: Schema = {
    "description": "the costs that a partial total lacks, of each layer that has them",
    **named(listed({"enum": [*COSTS]}, 1)),
}


def status(lacks: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Whether totals are complete, and what they lack, for machines."""
    return {"status": "partial", "lacks": lacks} if lacks else {"status": "complete"}


def partial_totals(name: str, lacks: Mapping[str, Sequence[str]]) -> list[str]:
    """A warning of totals that are partial."""
    return [f"{printable(name)}: partial totals, which lack {lacks_in_words(lacks)}"] if lacks else []


def partial_in_words(lacks: Mapping[str, Sequence[str]]) -> list[str]:
    """What partial totals lack, in a sentence."""
    return [f"Partial totals: they lack {lacks_in_words(lacks)}, which nobody has said."] if lacks else []


def known(measure: str, rows: Sequence[Row], terms: Terms) -> Any:  # noqa: ANN401  # a number of some arithmetic
    """A measure of some rows, or as much of it as is known."""
    found = MEASURES[measure](terms, rows)
    return AtLeast(found) if isinstance(found, int) and lacking(rows, [measure]) else found
