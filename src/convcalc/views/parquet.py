"""The tables of pages as a file of Parquet, for which pyarrow must be installed."""

from __future__ import annotations

from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convcalc.errors import DescriptionError, Fault
from convcalc.pages.cells import bare_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from convcalc.pages.cells import Cell
    from convcalc.pages.columns import Heading
    from convcalc.pages.page import Page

LARGEST_EXACT = {"int": (2**63 - 1, "2^63"), "float": (2**53, "2^53")}
"""The largest whole number up to which a column of numbers holds all, and how people write it."""


@contextmanager
def begin(file: BinaryIO) -> Iterator[Callable[[Page], None]]:
    """Write pages of one table each, of the same columns, behind each other, each as a group of rows.

    Raises:
        DescriptionError: pyarrow is not installed, or a number is too large for a column.
    """
    try:
        import pyarrow as pa  # only this format needs it
        from pyarrow.parquet import ParquetWriter
    except ImportError:
        ways = ("try: pip install 'convcalc[parquet]', or -f csv",)
        raise DescriptionError(
            Fault("format-does-not-apply", "parquet needs pyarrow, which is not installed", notes=ways)
        ) from None
    types = {"int": pa.int64(), "float": pa.float64(), "bool": pa.bool_(), "text": pa.string()}
    writer: Any = None

    def append(page: Page) -> None:
        nonlocal writer
        (table,) = page.tables
        columns = list(zip(*table.rows, strict=True)) or [()] * len(table.headings)
        if writer is None:
            fields = [(heading.key, types[heading.type]) for heading in table.headings]
            writer = ParquetWriter(file, pa.schema(fields))
        if table.rows:
            arrays = [
                pa.array(converted(heading, column), types[heading.type])
                for heading, column in zip(table.headings, columns, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=writer.schema))

    try:
        yield append
    finally:
        if writer is not None:
            writer.close()


def converted(heading: Heading, column: Sequence[Cell]) -> list[Any]:
    """Cells as pyarrow takes them.

    Raises:
        DescriptionError: a number is too large.
    """
    if heading.type == "text":
        return [None if cell is None else bare_text(cell) for cell in column]
    if heading.type == "bool":
        return list(column)
    largest, written = LARGEST_EXACT[heading.type]
    if any(isinstance(cell, int) and abs(cell) > largest for cell in column):
        message = f"{heading.key} has numbers beyond {written}, which Parquet cannot hold exactly"
        raise DescriptionError(Fault("format-does-not-apply", message, notes=("try: -f csv",)))
    if heading.type == "int":
        return list(column)
    return [None if cell is None else float(Fraction(str(cell))) for cell in column]
