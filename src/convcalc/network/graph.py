"""A graph: layers, each with the names of the tensors that it reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from convcalc.errors import DescriptionError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from convcalc.errors import Origin, Place
    from convcalc.layers.base import Layer
    from convcalc.layers.shapes import Shape


class Node(NamedTuple):
    """A layer at its place in a graph.

    Dots in `name` lead through blocks: `bottleneck3.conv2`. `host` names the layer whose line attached this one
    (its norm, its activation), and is empty otherwise. The width of a `fixed` layer is dictated from outside.
    Nodes with the same `share` have the same weights. `place` says where the node came from: a place in a text, or a
    path in another file. Nodes are equal wherever they came from.
    """

    name: str
    kind: str
    layer: Layer
    inputs: tuple[str, ...]
    host: str = ""
    fixed: bool = False
    share: str = ""
    place: Place | Origin | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self[:-1] == other[:-1]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:-1])

    @property
    def located(self) -> str:
        """Its name, behind where it came from: `net.yaml:7:5: conv2`."""
        return self.name if self.place is None else f"{self.place}: {self.name}"


@dataclass(frozen=True)
class Graph:
    """Inputs by name, and nodes in reading order: each reads only inputs and nodes before it.

    Names that are `numbered`, of nodes and blocks, end in a number that nobody gave.

    Raises:
        DescriptionError: a name is taken twice, or what a node or an output names does not exist.
    """

    name: str
    inputs: Mapping[str, Shape]
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    numbered: AbstractSet[str] = field(default=frozenset(), compare=False, repr=False)

    def __post_init__(self) -> None:
        known = set(self.inputs)
        for node in self.nodes:
            if node.name in known:
                raise DescriptionError(Fault("name-taken", f"the name {node.name} is taken", node.place))
            if not known.issuperset(node.inputs):
                unknown = min(set(node.inputs) - known)
                raise DescriptionError(
                    Fault("unknown-label", f"{node.name} reads {unknown}, which is not above it", node.place)
                )
            known.add(node.name)
        if unknown_outputs := set(self.outputs) - known:
            raise DescriptionError(Fault("unknown-label", f"the output {min(unknown_outputs)} does not exist"))
