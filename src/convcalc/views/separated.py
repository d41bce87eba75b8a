"""A sheet as comma- or tab-separated values: keys, then rows; no totals, so that a column adds up to its sum."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING

from convcalc.pages.sheet import Decimal, bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import TextIO

    from convcalc.pages.sheet import Cell, Sheet

EMPTY = {type(None)}
"""The types of an empty column."""

NUMERIC = ({int}, {Decimal}, EMPTY)
"""Types of the cells of columns that need no quotes."""

PLAIN = {int, str, Decimal, type(None)}
"""Types of cells that csv writes as they are."""


def render_csv(sheet: Sheet) -> str:
    """Divide by commas, quote as RFC 4180 says."""
    return render(sheet, ",")


def render_tsv(sheet: Sheet) -> str:
    """Divide by tabs."""
    return render(sheet, "\t")


def render(sheet: Sheet, delimiter: str) -> str:
    """Divide by `delimiter`."""
    out = StringIO()
    with appending(out, delimiter) as append:
        append(sheet)
    return out.getvalue()


def appending_csv(file: TextIO) -> AbstractContextManager[Callable[[Sheet], None]]:
    """Write sheets of the same columns behind each other, divided by commas."""
    return appending(file, ",")


def appending_tsv(file: TextIO) -> AbstractContextManager[Callable[[Sheet], None]]:
    """The same, divided by tabs."""
    return appending(file, "\t")


@contextmanager
def appending(file: TextIO, delimiter: str) -> Iterator[Callable[[Sheet], None]]:
    """Write the keys of the first sheet, and the rows of all."""
    begun = False

    def append(sheet: Sheet) -> None:
        nonlocal begun
        out = StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        if not begun:
            writer.writerow([heading.key for heading in sheet.headings])
        begun = True
        lines = numbers(sheet.rows, delimiter)
        if lines:
            out.write(lines)
        else:
            writer.writerows([[cell if type(cell) in PLAIN else bare(cell) for cell in row] for row in sheet.rows])
        if out.tell():
            file.write(out.getvalue())

    yield append


def numbers(rows: Sequence[Sequence[Cell]], delimiter: str) -> str:
    """Rows of which each column is integers, or decimals, or empty; nothing if they are not.

    It takes a third of the time of `csv`, as nothing needs quotes.
    """
    columns = list(zip(*rows, strict=True))
    types = [set(map(type, column)) for column in columns]
    if len(types) < 2 or not all(each in NUMERIC for each in types):  # noqa: PLR2004  # an empty row is written otherwise
        return ""
    line = delimiter.join("" if each == EMPTY else "%d" if each == {int} else "%s" for each in types) + "\n"
    filled = [column for column, each in zip(columns, types, strict=True) if each != EMPTY]
    return "".join(map(line.__mod__, zip(*filled, strict=True))) if filled else ""
