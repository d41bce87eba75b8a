"""Two convolutions, one after the other: what the question of how they work is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, quoted
from convcalc.layers.conv import Conv

if TYPE_CHECKING:
    from convcalc.network.report import Report, Row


def chained(report: Report) -> tuple[Row, Row]:
    """The first two convolutions with square kernels of which one reads what the other makes.

    Between them there may be what multiplies nothing: norms, activations, pools.

    Raises:
        DescriptionError: there are none.
    """
    rows = {row.node.name: row for row in report.rows}
    for row in report.rows:
        above = rows.get(row.node.inputs[0])
        while above and above.profile.macs == 0 and len(above.node.inputs) == 1:
            above = rows.get(above.node.inputs[0])
        if above and is_square(above) and is_square(row):
            return above, row
    message = f"{quoted(report.graph.name)} has no two convolutions with square kernels, one after the other"
    notes = (
        "those of one axis or three, and depthwise and transposed ones, are others",
        "try: convcalc explain types vgg16",
    )
    raise DescriptionError(Fault("nothing-found", message, notes=notes))


def is_square(row: Row) -> bool:
    """Whether a row is a convolution of two axes with one kernel size for both."""
    kernels = {getattr(window, "kernel", 0) for window in row.profile.windows or ()}
    return type(row.node.layer) is Conv and len(row.inputs[0]) == len("CHW") and len(kernels) == 1
