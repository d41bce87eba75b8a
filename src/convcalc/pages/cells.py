"""Cells: what stands in a table, as people read it and as programs read it that know only text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from convcalc.arithmetic.operations import decimal

if TYPE_CHECKING:
    from fractions import Fraction

    from convcalc.arithmetic.formula import Formula

Cell: TypeAlias = "str | bool | int | float | Formula | tuple[Any, ...] | None"
"""A text, a truth, a number, or a tuple: a shape, some names, some shapes. None is an empty cell."""


class Ratio(float):
    """A number that is no share of anything."""

    __slots__ = ()


class Signed(int):
    """How much more a number is than another: it is shown with its sign."""

    __slots__ = ()


class AtLeast(int):
    """The part of a number that is known: people see a bound, and machines an empty cell."""

    __slots__ = ()


class AtMost(int):
    """An upper bound of a number that is known in part: people see it as such, and machines an empty cell."""

    __slots__ = ()


class Label(int):
    """A number that is a name, such as a year: its digits stay together."""

    __slots__ = ()


class Exact(str):
    """A number that no decimal is exact for, such as 2/3."""

    __slots__ = ()


class Prose(str):
    """A text of our own, in which what stands between backticks is code."""

    __slots__ = ()


class Decimal(float):
    """A number with decimals that are shown as they are."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self:.17f}".rstrip("0") if "e" in repr(self) else repr(self)


class Marked(tuple[Any, ...]):
    """A shape that people see with a star."""

    __slots__ = ()


def number_cell(amount: Fraction | None) -> Cell:
    """An amount, which may have decimals where somebody has given it so."""
    if amount is None:
        return None
    return int(amount) if amount.denominator == 1 else Exact(decimal(amount))


def text(cell: Cell) -> str:  # noqa: PLR0911  # one for each kind of cell
    """A cell for people; a float is a share, unless it is a ratio.

    >>> text(1_792), text(0.309), text((64, 56, 56)), text(("conv1", "conv2")), text(((3, 8, 8), (1, 8, 8))), text(None)
    ('1,792', '30.9%', '64x56x56', 'conv1 conv2', '3x8x8 1x8x8', '')
    >>> text(Ratio(112.504)), text(Marked((427, 427))), text((Exact("2/3"), 1)), text((None, 0)), text(True)
    ('112.50', '427x427*', '2/3x1', '?x0', 'true')
    >>> text(Decimal(0.25)), text(Decimal(1e-7)), text(Signed(1200)), text(Signed(-3))
    ('0.25', '0.0000001', '+1,200', '−3')
    >>> text(AtLeast(0)), text(AtLeast(1200)), text(AtMost(-1200))
    ('?', '≥ 1,200', '≤ -1,200')
    """
    if type(cell) is int:
        return f"{cell:,}"
    if isinstance(cell, Signed):
        return f"{cell:+,}".replace("-", "−") if cell else "0"
    if isinstance(cell, AtLeast):
        return f"≥ {cell:,}" if cell else "?"
    if isinstance(cell, AtMost):
        return f"≤ {cell:,}"
    if type(cell) is str:
        return cell
    if isinstance(cell, tuple):
        return tuple_text(cell)
    if isinstance(cell, Decimal):
        return str(cell)
    if isinstance(cell, float):
        return f"{cell:,.2f}" if isinstance(cell, Ratio) else f"{cell:.1%}"
    return cell.text if is_formula(cell) else bare_text(cell)


def is_formula(cell: Cell) -> TypeGuard[Formula]:
    """Whether a cell is a formula: where all are numbers, nobody asks."""
    from convcalc.arithmetic.formula import Formula

    return isinstance(cell, Formula)


def tuple_text(cell: tuple[Any, ...]) -> str:
    """A tuple for people: sizes that are formulas stand apart."""
    types = set(map(type, cell))
    if types == {int}:
        shown = "x".join(map(str, cell))
        return f"{shown}*" if type(cell) is Marked else shown
    if tuple in types:
        return " ".join(map(text, cell))
    if not any(map(is_formula, cell)):
        return f"{bare_text(cell)}*" if type(cell) is Marked else bare_text(cell)
    parts = [text(part) if is_formula(part) else bare_text(part) for part in cell]
    return "×".join(f"({part})" if " " in part else part for part in parts)


def bare_text(cell: Cell) -> str:
    """A cell for machines that know only text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, tuple):
        if set(map(type, cell)) == {int}:
            return "x".join(map(str, cell))
        listed = any(isinstance(each, tuple) or type(each) is str for each in cell)
        return (" " if listed else "x").join("?" if each is None else one_of_several(each) for each in cell)
    if isinstance(cell, bool):
        return str(cell).lower()
    return "" if cell is None else str(cell)


def one_of_several(cell: Cell) -> str:
    """One of several cells for machines: a formula has no blanks, and stands in parentheses unless it is a plain name.

    >>> from convcalc.arithmetic.formula import Formula
    >>> [one_of_several(Formula(text, text, text)) for text in ("k", "n - 2", "2*n", "tax")]
    ['k', '(n-2)', '(2*n)', '(tax)']
    """
    if not is_formula(cell):
        return bare_text(cell)
    name = cell.formula.isidentifier() and "x" not in cell.formula
    return cell.formula if name else f"({cell.formula.replace(' ', '')})"
