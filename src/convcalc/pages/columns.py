"""Columns: how they are headed, what their cells hold, and how they are read off what a table lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar

from convcalc.pages.cells import AtLeast
from convcalc.pages.schema import TEXT, exactly, maybe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from convcalc.pages.cells import Cell
    from convcalc.pages.schema import Schema

T = TypeVar("T")


class Heading(NamedTuple):
    """The head and the foot of a column.

    `key` is for machines, `title` for people; `total` is None where a sum means nothing. `holds` says what cells are,
    some of which may be empty where the column is `optional`. Numbers stand on the right where it is `numeric`. Where
    room is short, columns of a higher `rank` are left out first, and one that `wraps` may take several lines. One that
    is `technical` is for machines alone.
    """

    key: str
    title: str
    holds: Schema = TEXT
    total: Cell = None
    optional: bool = False
    numeric: bool = False
    rank: int = 0
    wraps: bool = False
    technical: bool = False

    @property
    def type(self) -> str:
        """What typed tables hold in the column, by the first type that cells may have: int, float, bool or text."""
        types = self.holds.get("type")
        return TYPES.get(types if isinstance(types, str) else types[0] if types else "", "text")

    @property
    def schema(self) -> Schema:
        """The schema of a cell."""
        return maybe(self.holds) if self.optional else self.holds


TYPES = {"integer": "int", "number": "float", "boolean": "bool"}
"""The types of typed tables for those of JSON; all others are text."""


class Column(NamedTuple, Generic[T]):
    """How one column of a table is read off the things that it lists: as it is, with its sum, or as a share of it."""

    heading: Heading
    value: Callable[[T], Cell]
    shown: Literal["as it is", "sum", "share"] = "as it is"


def filled(columns: Sequence[Column[T]], items: Sequence[T]) -> tuple[list[Heading], list[tuple[Cell, ...]]]:
    """The headings, with their totals, and a row for each item."""
    headings = []
    cells: list[list[Cell]] = []
    for column in columns:
        own: list[Any] = [column.value(item) for item in items]
        total = None if column.shown == "as it is" else sum(own)
        partial = total is not None and any(isinstance(part, AtLeast) for part in own)
        if partial and isinstance(total, int):
            total = AtLeast(total)
        if column.shown == "share":
            own = [None if partial else part / (total or 1) for part in own]
        cells.append(own)
        headings.append(column.heading._replace(total=total if column.shown == "sum" else None))
    return headings, list(zip(*cells, strict=True))


def row_of(headings: Iterable[Heading]) -> Schema:
    """The schema of a row that has all of these columns."""
    return exactly(**{heading.key: heading.schema for heading in headings})


def row_of_some(headings: Iterable[Heading]) -> Schema:
    """The schema of a row that has some of these columns."""
    return exactly({heading.key: heading.schema for heading in headings})
