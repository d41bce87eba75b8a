"""What comes of profiling a network: a row for each node, and sums over rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic.operations import Number, total

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.layers.base import Profile
    from convcalc.layers.shapes import Shape
    from convcalc.network.graph import Graph, Node


class Row(NamedTuple):
    """One node of a graph, the shapes that reach it, and what it makes of them.

    Where `repeated`, its weights are those of a row above, which counts them.
    """

    node: Node
    inputs: tuple[Shape, ...]
    profile: Profile
    repeated: bool = False

    @property
    def weights(self) -> Number:
        """Weights that no row above has counted."""
        return 0 if self.repeated else self.profile.weights

    @property
    def biases(self) -> Number:
        """Biases that no row above has counted."""
        return 0 if self.repeated else self.profile.biases

    @property
    def statistics(self) -> Number:
        """Running statistics that no row above has counted."""
        return 0 if self.repeated else self.profile.statistics


def weights(rows: Iterable[Row]) -> Number:
    """Weights of some rows."""
    return total([row.weights for row in rows])


def biases(rows: Iterable[Row]) -> Number:
    """Biases of some rows."""
    return total([row.biases for row in rows])


def statistics(rows: Iterable[Row]) -> Number:
    """Running statistics of some rows."""
    return total([row.statistics for row in rows])


def macs(rows: Iterable[Row]) -> Number:
    """Multiply-accumulates of some rows, for one sample."""
    return total([row.profile.macs for row in rows])


class Rows:
    """Rows of a report, and their sums."""

    rows: tuple[Row, ...]

    @property
    def weights(self) -> Number:
        """Weights of all rows."""
        return weights(self.rows)

    @property
    def biases(self) -> Number:
        """Biases of all rows."""
        return biases(self.rows)

    @property
    def statistics(self) -> Number:
        """Running statistics of all rows."""
        return statistics(self.rows)

    @property
    def params(self) -> Number:
        """Learnable numbers of all rows."""
        return self.weights + self.biases

    @property
    def macs(self) -> Number:
        """Multiply-accumulates of all rows, for one sample."""
        return macs(self.rows)


@dataclass(frozen=True)
class Report(Rows):
    """A row for each node of a graph; totals are sums over rows.

    `doubts` are warnings about how the network is described, which its layers do not show.
    """

    graph: Graph
    rows: tuple[Row, ...]
    doubts: tuple[str, ...] = field(default=(), compare=False)


def flattens(row: Row) -> bool:
    """Whether a layer is a linear one that lays out several axes on one."""
    return row.node.layer.flattens and bool(row.profile.windows)
