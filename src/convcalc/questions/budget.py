"""Budgets: what a network, or a part of it, may cost at most, and must see at least."""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING, NamedTuple

from convcalc.network.measures import MEASURES, lacking, measured, require_known

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from fractions import Fraction

    from convcalc.network.limits import Limit
    from convcalc.network.report import Report, Row
    from convcalc.network.terms import Terms

HEAVIEST = 3
"""Layers that are named where a limit is exceeded, at most."""


class WeighedLayer(NamedTuple):
    """A layer, and what it has of a measure."""

    row: Row
    amount: int | Fraction


class Checked(NamedTuple):
    """A limit, what there is, and the layers that weigh most in it, first the heaviest.

    Where it is `partial`, there is more than was found, as the costs of some layers are not known.
    """

    limit: Limit
    found: int | Fraction
    heaviest: Sequence[WeighedLayer]
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
    limited = dict.fromkeys(limit.measure for limit in limits)
    seen = {key: see(report) for key in limited if (see := MEASURES[key].seen)}
    rows_of = parts(report, {limit.part for limit in limits})
    known: dict[tuple[str, str], Amount] = {}
    for limit in limits:
        rows = rows_of[limit.part]
        if limit.measure in seen:
            looking = rows[-1:] if limit.part else results(report)
            found.append(Checked(limit, *nearest_to_limit(seen[limit.measure], looking, limit)))
            continue
        key = (limit.measure, limit.part)
        amount = known.get(key) or known.setdefault(key, weighed_amount(rows, limit.measure, terms))
        if MEASURES[limit.measure].share_of or limit.at_least or limit.holds(amount.total):
            require_known(rows, [limit.measure])
        found.append(Checked(limit, *amount))
    return found


class Amount(NamedTuple):
    """What some rows have of a measure, the heaviest of them, and whether there is more than is known."""

    total: int | Fraction
    heaviest: Sequence[WeighedLayer]
    partial: bool


def weighed_amount(rows: Sequence[Row], key: str, terms: Terms) -> Amount:
    """What some rows have of a measure."""
    measure = MEASURES[key]
    each = [WeighedLayer(row, measured(measure.share_of or key, [row], terms)) for row in rows]
    heaviest = nsmallest(HEAVIEST, (own for own in each if own.amount), key=lambda own: -own.amount)
    total = sum(own.amount for own in each) if measure.adds else measure.measured(terms, rows)
    return Amount(total, heaviest, bool(lacking(rows, [key])))


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


def nearest_to_limit(
    sizes: Callable[[Row], Sequence[int]], rows: Sequence[Row], limit: Limit
) -> tuple[int, Sequence[WeighedLayer]]:
    """What rows have along the axis in which they are nearest to breaking a limit; 0 where they have nothing."""
    each = [WeighedLayer(row, size) for row in rows for size in sizes(row)]
    choose = min if limit.at_least else max
    found = choose(each, key=lambda own: own.amount, default=None)
    return (int(found.amount), [found]) if found else (0, [])
