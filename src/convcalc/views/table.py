"""A sheet as a table on a terminal. A number is never cut: columns that do not fit are left out, and named below."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from convcalc.pages.sheet import Signed, grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.pages.sheet import Cell, Heading, Sheet

UNLIMITED = 10_000
"""The width of what is no terminal."""

GAP = 2
"""Blanks between two columns."""

NARROWEST = 18
"""The width down to which a column is wrapped before others are left out for it."""


def render(sheet: Sheet, width: int | None = None, *, styled: bool = False) -> str:
    """Draw the table, no wider than `width` if there is one."""
    out = StringIO()
    console = Console(file=out, width=width or UNLIMITED, highlight=False, force_terminal=styled)
    known = width is not None
    width = width or UNLIMITED
    columns = grid(sheet)
    widths = [max(map(cell_len, cells)) for cells in columns]
    narrow = [
        narrowest(cells) if heading.wraps else max(map(cell_len, cells))
        for heading, cells in zip(sheet.headings, columns, strict=True)
    ]
    kept = fitting(sheet.headings, narrow, width)
    for index in kept:
        excess = max(0, room_for(kept, widths) - width)
        widths[index] = max(narrow[index], widths[index] - excess)
    foot = [*sheet.foot]
    if left := [heading.title for index, heading in enumerate(sheet.headings) if index not in kept]:
        foot.append(f"Left out, as the terminal is {width} wide: {', '.join(left)}; -f plain has all.")
    console.print(Text(sheet.title, style="bold"))
    console.print()
    console.print(drawn(sheet, columns, widths, kept))
    console.print()
    for sentence in foot:
        console.print(Text(sentence, style="dim"), soft_wrap=not known)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def narrowest(cells: list[str]) -> int:
    """The least width of a column that wraps at blanks: no word is cut."""
    longest = max((cell_len(word) for cell in cells for word in cell.split()), default=0)
    return max(longest, min(NARROWEST, max(map(cell_len, cells))))


def fitting(headings: Sequence[Heading], narrow: list[int], width: int) -> list[int]:
    """The columns that fit, in their order: those of the least rank, the first at all events."""
    kept: list[int] = []
    for index in sorted(range(len(headings)), key=lambda index: (headings[index].rank, index)):
        if kept and room_for([*kept, index], narrow) > width:
            break
        kept.append(index)
    return sorted(kept)


def room_for(kept: list[int], widths: list[int]) -> int:
    """The width that columns take side by side."""
    return sum(widths[index] for index in kept) + GAP * (len(kept) - 1)


def drawn(sheet: Sheet, columns: list[list[str]], widths: list[int], kept: list[int]) -> Table:
    """The table of the kept columns."""
    summed = len(columns[0]) > len(sheet.rows) + 1
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0), show_footer=summed)
    for index in kept:
        heading, cells = sheet.headings[index], columns[index]
        table.add_column(
            heading.title,
            cells[-1] if summed else "",
            justify="right" if heading.numeric else "left",
            width=widths[index],
            no_wrap=not heading.wraps,
            overflow="fold",
            footer_style="bold",
        )
    cells_of_rows = (columns[index][1 : len(sheet.rows) + 1] for index in kept)
    for held, row in zip(sheet.rows, zip(*cells_of_rows, strict=True), strict=True):
        table.add_row(*(Text(shown, style(held[index])) for index, shown in zip(kept, row, strict=True)))
    return table


def style(cell: Cell) -> str:
    """The colour of a cell: more is red, less is green."""
    if not isinstance(cell, Signed) or not cell:
        return ""
    return "red" if cell > 0 else "green"
