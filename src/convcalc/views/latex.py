"""A page as tables in LaTeX, for the package booktabs: formulas are set as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.arithmetic.formula import Formula
from convcalc.pages.cells import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.pages.cells import Cell
    from convcalc.pages.page import Page, Table

TIMES = r" \times "
"""What stands between sizes."""

ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{char: rf"\{char}" for char in "&%$#_{}"},
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "×": r"$\times$",
        "→": r"$\to$",
        "·": r"$\cdot$",
        "≥": r"$\geq$",
        "−": "$-$",
        "Δ": r"$\Delta$",
    }
)
"""What means something in LaTeX."""


def write(page: Page) -> str:
    """Write each table with its totals; what stands below them follows in comments."""
    tables = [line for table in page.tables for line in table_lines(table)]
    foot = [f"% {' '.join(sentence.splitlines())}" for sentence in page.foot]
    return "\n".join([*tables, *foot]) + "\n"


def table_lines(table: Table) -> list[str]:
    """The lines of a table."""
    kinds = "".join("r" if heading.numeric else "l" for heading in table.headings)
    head = [heading.title.translate(ESCAPED) for heading in table.headings]
    totals = [set_cell(heading.total) for heading in table.headings]
    lines = [rf"\begin{{tabular}}{{{kinds}}}", r"\toprule", line(head), r"\midrule"]
    lines += [line([set_cell(cell) for cell in row]) for row in table.rows]
    if any(totals):
        lines += [r"\midrule", line([totals[0] or "total", *totals[1:]])]
    return [*lines, r"\bottomrule", r"\end{tabular}"]


def line(cells: Sequence[str]) -> str:
    """One line of the table; a bracket or a star at its beginning would belong to the line above."""
    guard = "{}" if cells[0].startswith(("[", "*")) else ""
    return guard + " & ".join(cells) + r" \\"


def set_cell(cell: Cell) -> str:
    """A cell as LaTeX sets it: formulas in mathematics."""
    if isinstance(cell, Formula):
        return f"${cell.latex}$"
    if isinstance(cell, tuple) and any(isinstance(part, tuple) for part in cell):
        return " ".join(map(set_cell, cell))
    if isinstance(cell, tuple) and any(isinstance(part, Formula) for part in cell):
        return f"${TIMES.join(map(factor, cell))}$"
    return " ".join(text(cell).splitlines()).translate(ESCAPED)


def factor(part: Cell) -> str:
    """A size as one of several: sums stand in parentheses."""
    shown = part.latex if isinstance(part, Formula) else text(part)
    return rf"\left({shown}\right)" if " - " in shown or " + " in shown else shown
