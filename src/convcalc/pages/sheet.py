"""A titled table of cells, with what is to be said around it: the one thing that views show."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from convcalc.arithmetic.formula import Formula

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Cell: TypeAlias = "str | bool | int | float | Formula | tuple[Any, ...] | None"
"""A text, a truth, a number, or a tuple: a shape, some names, some shapes. None is an empty cell."""

T = TypeVar("T")


class Ratio(float):
    """A number that is no share of anything."""

    __slots__ = ()


SCHEMA = "convcalc/1"
"""The version of what machines read."""


class Signed(int):
    """How much more a number is than another: it is shown with its sign."""

    __slots__ = ()


class AtLeast(int):
    """As much of a number as is known: for people it is a bound, and of a cell, machines are told nothing."""

    __slots__ = ()


class AtMost(int):
    """What a number is at most, as only a part of it is known: machines are told nothing."""

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


class Heading(NamedTuple):
    """The head and the foot of a column.

    `key` is for machines, `title` for people; `total` is None where a sum means nothing. Where room is short, columns
    of a higher `rank` are left out first, and one that `wraps` may take several lines. A column `holds` whole
    numbers where it is numeric, and otherwise text, unless it says what else, whatever its cells are. One that is
    `technical` is for machines alone.
    """

    key: str
    title: str
    total: Cell = None
    numeric: bool = False
    rank: int = 0
    wraps: bool = False
    holds: Literal["", "int", "float", "bool", "text"] = ""
    technical: bool = False

    @property
    def type(self) -> str:
        """What the column holds: int, float, bool or text."""
        return self.holds or ("int" if self.numeric else "text")


class Column(NamedTuple, Generic[T]):
    """How one column of a sheet is read off the things that it lists: as it is, with its sum, or as a share of it."""

    heading: Heading
    value: Callable[[T], Cell]
    shown: Literal["as it is", "sum", "share"] = "as it is"


@dataclass(frozen=True)
class Sheet:
    """Cells under headings.

    `about` is what a machine should know of the whole, `rows_key` is what it calls the rows, `totals` are sums;
    `foot` has sentences for people.
    """

    title: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    about: Mapping[str, Any] = field(default_factory=dict)
    rows_key: str = "rows"
    totals: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    foot: Sequence[str] = ()


def filled(columns: Sequence[Column[T]], items: Sequence[T]) -> tuple[list[Heading], list[tuple[Cell, ...]]]:
    """The headings, with their totals, and a row for each item."""
    headings = []
    cells: list[list[Cell]] = []
    for column in columns:
        own: list[Any] = [column.value(item) for item in items]
        total = None if column.shown == "as it is" else sum(own)
        partial = total is not None and any(isinstance(part, AtLeast) for part in own)
        if partial and isinstance(total, int):
            total = AtLeast(total)
        if column.shown == "share":
            own = [None if partial else part / (total or 1) for part in own]
        cells.append(own)
        headings.append(column.heading._replace(total=total if column.shown == "sum" else None))
    return headings, list(zip(*cells, strict=True))


def only_known(sheet: Sheet) -> Sheet:
    """A sheet whose cells are empty where a number is not known in full."""
    rows = [tuple([None if isinstance(cell, AtLeast | AtMost) else cell for cell in row]) for row in sheet.rows]
    return replace(sheet, rows=rows)


def for_people(sheet: Sheet) -> Sheet:
    """A sheet without the columns that are for machines alone."""
    kept = [index for index, heading in enumerate(sheet.headings) if not heading.technical]
    if len(kept) == len(sheet.headings):
        return sheet
    rows = [tuple([row[index] for index in kept]) for row in sheet.rows]
    return replace(sheet, headings=[sheet.headings[index] for index in kept], rows=rows)


def merged(sheets: Sequence[Sheet]) -> Sheet:
    """Sheets as one, whose first column is the network: it has the columns of all, and those that differ hold text."""
    headings = {"network": Heading("network", "Network")}
    for heading in [heading for sheet in sheets for heading in sheet.headings]:
        known = headings.setdefault(heading.key, heading)
        if known.type != heading.type:
            headings[heading.key] = known._replace(holds="text")
    rows = [row for sheet in sheets for row in rows_under(list(headings), sheet)]
    return replace(sheets[0], headings=list(headings.values()), rows=rows)


def rows_under(keys: Sequence[str], sheet: Sheet) -> list[tuple[Cell, ...]]:
    """The rows of a sheet, its network first, under other columns: what it does not have is empty."""
    own = {heading.key: number for number, heading in enumerate(sheet.headings, 1)}
    places = [own.get(key, -1) for key in keys[1:]]
    cells = [(sheet.about["network"], *row, None) for row in sheet.rows]
    return [(row[0], *[row[place] for place in places]) for row in cells]


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
    return cell.text if isinstance(cell, Formula) else bare(cell)


def tuple_text(cell: tuple[Any, ...]) -> str:
    """A tuple for people: sizes that are formulas stand apart."""
    types = set(map(type, cell))
    if types == {int}:
        shown = "x".join(map(str, cell))
        return f"{shown}*" if type(cell) is Marked else shown
    if tuple in types:
        return " ".join(map(text, cell))
    if Formula not in types:
        return f"{bare(cell)}*" if type(cell) is Marked else bare(cell)
    parts = [text(part) if isinstance(part, Formula) else bare(part) for part in cell]
    return "×".join(f"({part})" if " " in part else part for part in parts)


def bare(cell: Cell) -> str:
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

    >>> [one_of_several(Formula(text, text, text)) for text in ("k", "n - 2", "2*n", "tax")]
    ['k', '(n-2)', '(2*n)', '(tax)']
    """
    if not isinstance(cell, Formula):
        return bare(cell)
    name = cell.formula.isidentifier() and "x" not in cell.formula
    return cell.formula if name else f"({cell.formula.replace(' ', '')})"


def grid(sheet: Sheet) -> list[list[str]]:
    """All cells for people, a list for each column: its title, its rows, and its total if any column has one."""
    summed = any(heading.total is not None for heading in sheet.headings)
    columns = []
    for index, heading in enumerate(sheet.headings):
        cells = [heading.title, *[text(row[index]) for row in sheet.rows]]
        columns.append([*cells, text(heading.total)] if summed else cells)
    if summed and columns:
        columns[0][-1] = columns[0][-1] or "total"
    return columns
