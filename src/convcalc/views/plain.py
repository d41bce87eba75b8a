"""A sheet as aligned text: complete, no colour, no box, whatever the width of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.pages.sheet import grid

if TYPE_CHECKING:
    from convcalc.pages.sheet import Sheet

GAP = "  "


def render(sheet: Sheet) -> str:
    """Write a title, a line for each row, and the sentences of the foot."""
    columns = grid(sheet)
    aligned = [align(cells, numeric=heading.numeric) for cells, heading in zip(columns, sheet.headings, strict=True)]
    head, *rows = [GAP.join(cells).rstrip() for cells in zip(*aligned, strict=True)]
    rule = GAP.join("-" * len(cells[0]) for cells in aligned)
    if len(rows) > len(sheet.rows):
        rows.insert(-1, rule)
    return "\n".join([sheet.title, "", head, rule, *rows, "", *sheet.foot]) + "\n"


def align(cells: list[str], *, numeric: bool) -> list[str]:
    """Cells of one width; numbers stand on the right."""
    width = max(map(len, cells))
    return [cell.rjust(width) for cell in cells] if numeric else [cell.ljust(width) for cell in cells]
