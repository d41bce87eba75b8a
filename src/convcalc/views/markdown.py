"""A sheet as a table in Markdown, with its title above and its sentences below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.sheet import grid

if TYPE_CHECKING:
    from convcalc.sheet import Sheet


def render(sheet: Sheet) -> str:
    """Write a table as GitHub reads it; the totals are bold."""
    columns = grid(sheet)
    summed = len(columns[0]) > len(sheet.rows) + 1
    head, *rows = zip(*columns, strict=True)
    if summed:
        rows[-1] = tuple(f"**{cell}**" if cell else "" for cell in rows[-1])
    rule = ["---:" if heading.numeric else "---" for heading in sheet.headings]
    table = [f"| {' | '.join(map(escaped, row))} |" for row in (head, rule, *rows)]
    return "\n".join([f"### {sheet.title}", "", *table, "", *(f"{sentence}  " for sentence in sheet.foot)]) + "\n"


def escaped(cell: str) -> str:
    """A cell in which nothing divides columns."""
    return cell.replace("|", "\\|")
