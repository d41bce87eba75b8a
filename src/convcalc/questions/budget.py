"""Budgets: what a network, or a part of it, may cost at most, and must see at least."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from heapq import nsmallest
from typing import TYPE_CHECKING, NamedTuple

from convcalc.arithmetic.operations import product
from convcalc.network.limits import ACTIVATION, LAYER_SHARE, RECEPTIVE_FIELD, Limit
from convcalc.network.measures import MEASURES, lacking, require_known
from convcalc.network.sight import receptive_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from convcalc.network.measures import Terms
    from convcalc.network.report import Report, Row
    from convcalc.network.sight import Fields

HEAVIEST = 3
"""Layers that are named where a limit is exceeded, at most."""


class Weighed(NamedTuple):
    """A layer, and what it has of a measure."""

    row: Row
    amount: int | Fraction


class Checked(NamedTuple):
    """A limit, what there is, and the layers that weigh most in it, first the heaviest.

    Where it is `partial`, there is more than was found, as the costs of some layers are not known.
    """

    limit: Limit
    found: int | Fraction
    heaviest: Sequence[Weighed]
    partial: bool = False

    @property
    def within(self) -> bool:
        """Whether the limit is kept."""
        return self.limit.holds(self.found)


def checked(report: Report, limits: Sequence[Limit], terms: Terms) -> list[Checked]:
    """What a network has of each measure that is limited.

    Raises:
        DescriptionError: whether a limit is kept depends on costs that are not known.
    """
    found = []
    sees = any(limit.measure == RECEPTIVE_FIELD for limit in limits)
    fields = receptive_fields(report).fields if sees else {}
    rows_of = parts(report, {limit.part for limit in limits})
    known: dict[tuple[str, str], Amount] = {}
    for limit in limits:
        rows = rows_of[limit.part]
        if limit.measure == RECEPTIVE_FIELD:
            found.append(Checked(limit, *seen(fields, rows[-1:] if limit.part else results(report), limit)))
            continue
        key = (limit.measure, limit.part)
        amount = known.get(key) or known.setdefault(key, weighed(rows, limit.measure, terms))
        if limit.measure in NEEDED or limit.at_least or limit.holds(amount.total):
            require_known(rows, [NEEDED.get(limit.measure, limit.measure)])
        found.append(Checked(limit, *amount))
    return found


class Amount(NamedTuple):
    """What some rows have of a measure, the heaviest of them, and whether there is more than is known."""

    total: int | Fraction
    heaviest: Sequence[Weighed]
    partial: bool


def weighed(rows: Sequence[Row], measure: str, terms: Terms) -> Amount:
    """What some rows have of a measure."""
    each = [Weighed(row, AMOUNTS[measure](row, terms)) for row in rows]
    heaviest = nsmallest(HEAVIEST, (own for own in each if own.amount), key=lambda own: -own.amount)
    return Amount(TOTALS.get(measure, summed)(each), heaviest, bool(lacking(rows, [NEEDED.get(measure, measure)])))


def parts(report: Report, names: Collection[str]) -> Mapping[str, Sequence[Row]]:
    """The rows of each part of some names: a layer with what is attached to it, or a block; all rows for no name.

    A name that no part has has no rows.
    """
    layers: dict[str, list[Row]] = {name: [] for name in names}
    blocks: dict[str, list[Row]] = {name: [] for name in names}
    for row in report.rows:
        own = row.node.name
        for name in {own, row.node.host} & layers.keys():
            layers[name].append(row)
        for at, char in enumerate(own):
            if char == "." and own[:at] in blocks:
                blocks[own[:at]].append(row)
    return {name: (layers[name] or blocks[name]) if name else report.rows for name in names}


def results(report: Report) -> Sequence[Row]:
    """The rows that make what the network gives."""
    return [row for row in report.rows if row.node.name in report.graph.outputs]


def working_set(row: Row, terms: Terms) -> int:
    """Bytes of what a layer reads and of what it makes.

    Where each value is made of those at its own place, as by an activation, it is written over one of them.
    """
    in_place = row.profile.fan_in <= len(row.inputs) and all(x == row.profile.output for x in row.inputs)
    tensors = row.inputs if in_place else [*row.inputs, row.profile.output]
    return sum(terms.bytes(terms.batch * product(shape)) for shape in tensors)


def seen(fields: Mapping[str, Fields], rows: Sequence[Row], limit: Limit) -> tuple[int, Sequence[Weighed]]:
    """The receptive field, along the axis in which it is nearest to breaking a limit; 0 where nothing is seen."""
    sizes = [Weighed(row, axis.size) for row in rows for axes in fields[row.node.name].values() for axis in axes]
    choose = min if limit.at_least else max
    nearest = choose(sizes, key=lambda each: each.amount, default=None)
    return (int(nearest.amount), [nearest]) if nearest else (0, [])


def summed(weighed: Sequence[Weighed]) -> int | Fraction:
    """All layers together."""
    return sum(each.amount for each in weighed)


def largest(weighed: Sequence[Weighed]) -> int | Fraction:
    """The largest of all layers."""
    return max((each.amount for each in weighed), default=0)


def largest_share(weighed: Sequence[Weighed]) -> Fraction:
    """The share that the largest layer has of all."""
    total = summed(weighed)
    return Fraction(largest(weighed)) / total if total else Fraction(0)


def counted(count: Callable[[Terms, Sequence[Row]], int], row: Row, terms: Terms) -> int:
    """A measure of one layer."""
    return count(terms, [row])


AMOUNTS: dict[str, Callable[[Row, Terms], int]] = {
    **{key: partial(counted, count) for key, count in MEASURES.items()},
    ACTIVATION: working_set,
    LAYER_SHARE: lambda row, terms: terms.macs([row]),
}
"""What one layer has of each measure; a share is one of MACs."""

TOTALS: dict[str, Callable[[Sequence[Weighed]], int | Fraction]] = {ACTIVATION: largest, LAYER_SHARE: largest_share}
"""What layers have together, where that is no sum."""

NEEDED = {LAYER_SHARE: "macs"}
"""What else than itself a measure is made of."""
