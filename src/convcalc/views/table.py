"""A page on a terminal. A number is never cut: columns that do not fit are left out, and named below."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as Drawing
from rich.text import Text as Styled

from convcalc.pages.cells import Signed
from convcalc.pages.page import Code, Table, Text
from convcalc.views.grid import grid, has_totals
from convcalc.views.plain import code_lines, line_width, text_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.pages.cells import Cell
    from convcalc.pages.columns import Heading
    from convcalc.pages.page import Page, Section
    from convcalc.views.screen import Screen

UNLIMITED = 10_000
"""The width of what is no terminal."""

GAP_WIDTH = 2
"""Blanks between two columns."""

NARROWEST = 18
"""The width down to which a column is wrapped before others are left out for it."""


def write(page: Page, screen: Screen) -> str:
    """Draw the sections below the title, no wider than the screen if that has an end, and the foot below them."""
    out = StringIO()
    console = Console(file=out, width=screen.width or UNLIMITED, highlight=False, force_terminal=screen.styled)
    console.print(Styled(page.title, style="bold"))
    left = []
    for section in page.sections:
        console.print()
        left += SECTIONS[type(section)](section, console, screen)
    foot = [*page.foot]
    if left:
        foot.append(f"Left out, as the terminal is {screen.width} wide: {', '.join(left)}; -f plain has all.")
    if foot or page.tables:
        console.print()
    for sentence in foot:
        console.print(Styled(sentence, style="dim"), soft_wrap=screen.width is None)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def draw_table(table: Table, console: Console, screen: Screen) -> list[str]:
    """Draw the columns that fit, and name those that do not."""
    width = screen.width or UNLIMITED
    columns = grid(table)
    widths = [max(map(cell_len, cells)) for cells in columns]
    narrow = [
        narrowest(cells) if heading.wraps else max(map(cell_len, cells))
        for heading, cells in zip(table.headings, columns, strict=True)
    ]
    kept = fitting(table.headings, narrow, width)
    for index in kept:
        excess = max(0, room_for(kept, widths) - width)
        widths[index] = max(narrow[index], widths[index] - excess)
    if table.title:
        console.print(table.title.upper())
    console.print(drawn_table(table, columns, widths, kept))
    return [heading.title for index, heading in enumerate(table.headings) if index not in kept]


def draw_text(text: Text, console: Console, screen: Screen) -> list[str]:
    """Draw sentences, wrapped; nothing of them is left out."""
    console.print(Styled("\n".join(text_lines(text, line_width(screen)))), soft_wrap=True)
    return []


def draw_code(code: Code, console: Console, screen: Screen) -> list[str]:
    """Draw lines as they are; nothing of them is left out."""
    console.print(Styled("\n".join(code_lines(code, line_width(screen)))), soft_wrap=True)
    return []


SECTIONS: Mapping[type[Section], Callable[[Any, Console, Screen], list[str]]] = {
    Table: draw_table,
    Text: draw_text,
    Code: draw_code,
}
"""What draws each section, and tells what it leaves out."""


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
    return sum(widths[index] for index in kept) + GAP_WIDTH * (len(kept) - 1)


def drawn_table(table: Table, columns: list[list[str]], widths: list[int], kept: list[int]) -> Drawing:
    """The drawing of the kept columns."""
    summed = has_totals(table)
    drawing = Drawing(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP_WIDTH - 1, 0, 0), show_footer=summed
    )
    for index in kept:
        heading, cells = table.headings[index], columns[index]
        drawing.add_column(
            heading.title,
            cells[-1] if summed else "",
            justify="right" if heading.numeric else "left",
            width=widths[index],
            no_wrap=not heading.wraps,
            overflow="fold",
            footer_style="bold",
        )
    cells_of_rows = (columns[index][1 : len(table.rows) + 1] for index in kept)
    for held, row in zip(table.rows, zip(*cells_of_rows, strict=True), strict=True):
        drawing.add_row(*(Styled(shown, style(held[index])) for index, shown in zip(kept, row, strict=True)))
    return drawing


def style(cell: Cell) -> str:
    """The colour of a cell: more is red, less is green."""
    if not isinstance(cell, Signed) or not cell:
        return ""
    return "red" if cell > 0 else "green"
