"""Counts in terms of symbols, as a page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from convcalc.arithmetic.formulas import (
    RELATION_SIGNS,
    collected,
    in_a_sentence,
    in_each_form,
    people,
    python,
    relation,
)
from convcalc.arithmetic.symbols import Symbols
from convcalc.pages.schema import FORMULA

if TYPE_CHECKING:
    from convcalc.arithmetic.bounds import Symbolic
    from convcalc.arithmetic.operations import Domain
    from convcalc.pages.cells import Cell
    from convcalc.pages.page import Page, Table


def presented(cell: Cell | Symbolic) -> Cell:
    """A cell with formulas in the place of expressions."""
    if isinstance(cell, sympy.Integer):
        return int(cell)
    if isinstance(cell, sympy.Expr):
        return collected(cell)
    if isinstance(cell, tuple) and any(isinstance(part, sympy.Expr | tuple) for part in cell):
        return tuple([presented(part) for part in cell])
    return cell


def formulated(page: Page, symbols: Domain) -> Page:
    """A page with formulas in the place of expressions, and what their symbols are; it has no shares."""
    return page.with_tables(with_formulas)._replace(
        about={
            **page.about,
            "input": {name: presented(shape) for name, shape in page.about["input"].items()},
            **definitions(symbols),
        },
        totals={key: presented(total) for key, total in page.totals.items()},
        foot=in_words(symbols),
    )


def with_formulas(table: Table) -> Table:
    """A table with formulas: where numbers may be such, columns hold text."""
    shares = [heading.key.endswith("_share") for heading in table.headings]
    headings = [
        heading._replace(total=presented(heading.total), holds=FORMULA if heading.type == "int" else heading.holds)
        for heading in table.headings
    ]
    rows = [[None if share else presented(cell) for cell, share in zip(row, shares, strict=True)] for row in table.rows]
    return table._replace(headings=headings, rows=rows)


def definitions(symbols: Domain) -> dict[str, Any]:
    """What symbols and names stand for, and what is assumed of them, for programs."""
    if not isinstance(symbols, Symbols):
        return {}
    return {
        "symbols": list(symbols.symbols),
        "definitions": {str(name): in_each_form(meant) for name, meant in symbols.definitions.items()},
        "assumptions": [relation(each, python, {"==": "=="}) for each in symbols.assumptions()],
    }


def in_words(symbols: Domain) -> list[str]:
    """The same, for people."""
    if not isinstance(symbols, Symbols):
        return []
    meant = [f"{people(name)} = {people(expression)}" for name, expression in symbols.definitions.items()]
    assumed = [relation(each, people, RELATION_SIGNS) for each in symbols.assumptions()]
    names = ", ".join(map(str, symbols.symbols))
    told = [f"Where {'; '.join(meant)}."] if meant else []
    told.append(f"{names}: whole numbers of at least 1" + (f", assuming {in_a_sentence(assumed)}." if assumed else "."))
    return told
