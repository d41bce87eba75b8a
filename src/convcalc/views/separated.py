"""A sheet as comma- or tab-separated values: keys, then rows; no totals, so that a column adds up to its sum."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING

from convcalc.sheet import Decimal, bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import TextIO

    from convcalc.sheet import Sheet

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
        writer.writerows([[cell if type(cell) in PLAIN else bare(cell) for cell in row] for row in sheet.rows])
        if out.tell():
            file.write(out.getvalue())

    yield append
