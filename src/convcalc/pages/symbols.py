"""Counts in terms of symbols, as a page shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy

from convcalc.arithmetic.formulas import SIGNS, collected, in_a_sentence, in_each_form, people, python, relation
from convcalc.arithmetic.symbols import Symbols

if TYPE_CHECKING:
    from convcalc.pages.sheet import Sheet


def presented(cell: Any) -> Any:  # noqa: ANN401  # any cell of a sheet
    """A cell with formulas in the place of expressions."""
    if isinstance(cell, sympy.Integer):
        return int(cell)
    if isinstance(cell, sympy.Expr):
        return collected(cell)
    if isinstance(cell, tuple) and any(isinstance(part, sympy.Expr | tuple) for part in cell):
        return tuple([presented(part) for part in cell])
    return cell


def formulated(sheet: Sheet, symbols: Any) -> Sheet:  # noqa: ANN401  # a domain
    """A sheet with formulas in the place of expressions, and what their symbols are; it has no shares.

    Where numbers may be formulas, columns hold text.
    """
    shares = [heading.key.endswith("_share") for heading in sheet.headings]
    return replace(
        sheet,
        headings=[
            heading._replace(total=presented(heading.total), holds="text" if heading.type == "int" else heading.holds)
            for heading in sheet.headings
        ],
        rows=[
            [None if share else presented(cell) for cell, share in zip(row, shares, strict=True)] for row in sheet.rows
        ],
        about={
            **sheet.about,
            "input": {name: presented(shape) for name, shape in sheet.about["input"].items()},
            **definitions(symbols),
        },
        totals={key: presented(total) for key, total in sheet.totals.items()},
        foot=in_words(symbols),
    )


def definitions(symbols: Any) -> dict[str, Any]:  # noqa: ANN401  # a domain
    """What symbols and names stand for, and what is assumed of them, for programs."""
    if not isinstance(symbols, Symbols):
        return {}
    return {
        "symbols": list(symbols.symbols),
        "definitions": {str(name): in_each_form(meant) for name, meant in symbols.definitions.items()},
        "assumptions": [relation(each, python, {"==": "=="}) for each in symbols.assumptions()],
    }


def in_words(symbols: Any) -> list[str]:  # noqa: ANN401  # a domain
    """The same, for people."""
    if not isinstance(symbols, Symbols):
        return []
    meant = [f"{people(name)} = {people(expression)}" for name, expression in symbols.definitions.items()]
    assumed = [relation(each, people, SIGNS) for each in symbols.assumptions()]
    names = ", ".join(map(str, symbols.symbols))
    told = [f"Where {'; '.join(meant)}."] if meant else []
    told.append(f"{names}: whole numbers of at least 1" + (f", assuming {in_a_sentence(assumed)}." if assumed else "."))
    return told
