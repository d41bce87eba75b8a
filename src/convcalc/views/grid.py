"""The cells of a table as people read them, a list for each column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.pages.cells import text

if TYPE_CHECKING:
    from convcalc.pages.page import Table


def grid(table: Table) -> list[list[str]]:
    """All cells of a table: for each column its title, its rows, and its total if any column has one."""
    summed = has_totals(table)
    columns = []
    for index, heading in enumerate(table.headings):
        cells = [heading.title, *[text(row[index]) for row in table.rows]]
        columns.append([*cells, text(heading.total)] if summed else cells)
    if summed and columns:
        columns[0][-1] = columns[0][-1] or "total"
    return columns


def has_totals(table: Table) -> bool:
    """Whether the last line of a table has totals."""
    return any(heading.total is not None for heading in table.headings)
