"""A page as text: tables complete, without colour or box, whatever the width of the terminal; sentences wrapped."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from convcalc.pages.page import Code, Table, Text
from convcalc.views.grid import grid, has_totals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.pages.page import Page, Section
    from convcalc.views.screen import Screen

COLUMN_GAP = "  "
"""What stands between two columns."""

MARGIN = "  "
"""What stands before a line of a text."""

USUAL_LINE, WIDEST_LINE = 80, 100
"""Characters of a line of text where nothing tells, and at most: longer lines are hard to read."""


def write(page: Page, screen: Screen) -> str:
    """Write the title, the sections, and the sentences of the foot; an empty line stands below a table in any case.

    Sentences of texts are wrapped, and the title, too, unless there is a table, which has a width of its own.
    """
    width = line_width(screen)
    blocks = [page.title if page.tables else "\n".join(wrap(page.title, width))]
    blocks += ["\n".join(SECTIONS[type(section)](section, width)) for section in page.sections]
    blocks += ["\n".join(page.foot)] if page.foot else []
    return "\n\n".join(blocks) + ("\n\n" if page.tables and not page.foot else "\n")


def line_width(screen: Screen) -> int:
    """Characters of a line of text."""
    return min(screen.width or USUAL_LINE, WIDEST_LINE)


def table_lines(table: Table, _: int) -> list[str]:
    """A line for each row, below the heads of the columns and a rule."""
    columns = grid(table)
    aligned = [align(cells, numeric=heading.numeric) for cells, heading in zip(columns, table.headings, strict=True)]
    head, *rows = [COLUMN_GAP.join(cells).rstrip() for cells in zip(*aligned, strict=True)]
    rule = COLUMN_GAP.join("-" * len(cells[0]) for cells in aligned)
    if has_totals(table):
        rows.insert(-1, rule)
    return [*titled(table.title), head, rule, *rows]


def text_lines(text: Text, width: int) -> list[str]:
    """Sentences, wrapped."""
    lines = [line for sentence in text.lines for line in wrapped(sentence, width, text.hang)]
    return [*titled(text.title), *indented(lines)]


def code_lines(code: Code, _: int) -> list[str]:
    """Lines as they are."""
    return [*titled(code.title), *indented(code.lines)]


SECTIONS: Mapping[type[Section], Callable[[Any, int], list[str]]] = {
    Table: table_lines,
    Text: text_lines,
    Code: code_lines,
}
"""What writes each section in lines of so many characters."""


def titled(title: str) -> list[str]:
    """The title of a section, if it has one."""
    return [title.upper()] if title else []


def indented(lines: Sequence[str]) -> list[str]:
    """Lines that stand further in than titles."""
    return [f"{MARGIN}{line}".rstrip() for line in lines]


def wrapped(sentence: str, width: int, hang: int) -> list[str]:
    """A sentence in lines; those behind its first stand further in."""
    inside = " " * (hang - len(MARGIN))
    return wrap(sentence, width - len(MARGIN), subsequent_indent=inside, break_on_hyphens=False) or [""]


def align(cells: list[str], *, numeric: bool) -> list[str]:
    """Cells of one width; numbers stand on the right."""
    width = max(map(len, cells))
    return [cell.rjust(width) for cell in cells] if numeric else [cell.ljust(width) for cell in cells]
