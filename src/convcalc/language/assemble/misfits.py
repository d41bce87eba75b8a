"""What is said of a layer that does not fit the tensors that reach it: where these come from, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic.operations import current_domain, symbolic
from convcalc.errors import in_text
from convcalc.language.assemble.hints import hints, strided
from convcalc.layers.kinds import JOINS
from convcalc.layers.shapes import show_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.errors import RuleError
    from convcalc.language.assemble.site import Cursor, Tensor
    from convcalc.language.items import Entry
    from convcalc.layers.shapes import Shape
    from convcalc.network.graph import Node
    from convcalc.network.input_sizes import Resized
    from convcalc.network.report import Row


class Misfit(NamedTuple):
    """A layer that cannot be applied: the rule that it breaks, its node, the tensors that reach it, and its entry."""

    error: RuleError
    node: Node
    inputs: Cursor
    entry: Entry

    @property
    def numeric(self) -> bool:
        """Whether all sizes that reach the layer are numbers."""
        return not any(symbolic(size) for tensor in self.inputs for size in tensor.shape or ())


def input_origin(node: Node, tensor: Tensor, rows: Mapping[str, Row]) -> str:
    """Where an input of a node comes from."""
    row = rows.get(tensor.name)
    if row is None:
        source = "the network's input" if tensor.name == "input" else f"the network's input {tensor.name}"
    else:
        source = f"from {tensor.name}" + (f", line {place.line}" if (place := in_text(row.node.place)) else "")
    which = "the input of" if len(node.inputs) == 1 else "one input of"
    return f"{which} {node.name} is {show_shape(tensor.shape or ())} ({source})"


def ways_by_trial(
    misfit: Misfit, rows: Mapping[str, Row], inputs: Mapping[str, Shape], network: Resized | None
) -> list[str]:
    """Ways out that are found by trying; none while numbers are symbols or recorded."""
    if not misfit.numeric or current_domain() is not None:
        return []
    return hints(misfit.error, misfit.node, rows, inputs, network)


def ways_out(misfit: Misfit, rows: Mapping[str, Row]) -> Iterator[str]:
    """Ways out that follow from what the entry is."""
    node, inputs, entry = misfit.node, misfit.inputs, misfit.entry
    if node.kind in JOINS and len({len(tensor.shape or ()) for tensor in inputs}) > 1:
        yield "try: over=channels behind linear, which flattens its input otherwise"
    if len(inputs) > node.layer.reads[1]:
        yield f"try: from: {inputs[0].name} to go on from one of them, or a join such as concat"
    if entry.kind.text != "residual":
        return
    if len(entry.branches) == 1:
        yield f"try: project: an item that makes {show_shape(inputs[0].shape or ())} of the residual's input"
    elif misfit.numeric:
        yield from strided(inputs[-1].name, inputs[0].shape or (), rows)
