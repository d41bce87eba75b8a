"""Sheets as a file of Parquet, for which pyarrow must be installed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from convcalc.errors import DescriptionError, Fault
from convcalc.sheet import Decimal, bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from convcalc.sheet import Cell, Heading, Sheet

LARGEST = 2**63 - 1
"""The largest whole number that a column holds."""


@contextmanager
def appending(file: BinaryIO) -> Iterator[Callable[[Sheet], None]]:
    """Write sheets of the same columns behind each other, each as a group of rows.

    Raises:
        DescriptionError: pyarrow is not installed, or a number is too large for a column.
    """
    try:
        import pyarrow as pa  # only this format needs it
        from pyarrow.parquet import ParquetWriter
    except ImportError:
        ways = ("try: pip install 'convcalc[parquet]', or -f csv",)
        raise DescriptionError(Fault("parquet needs pyarrow, which is not installed", notes=ways)) from None
    writer: Any = None

    def append(sheet: Sheet) -> None:
        nonlocal writer
        if not sheet.rows:
            return
        columns = [list(column) for column in zip(*sheet.rows, strict=True)]
        if writer is None:
            types = {"int": pa.int64(), "float": pa.float64(), "text": pa.string()}
            fields = [
                pa.field(heading.key, types[kind(heading, column)])
                for heading, column in zip(sheet.headings, columns, strict=True)
            ]
            writer = ParquetWriter(file, pa.schema(fields))
        schema = writer.schema
        arrays = [
            pa.array(converted(heading, column, pa.types.is_string(field.type)), field.type)
            for heading, column, field in zip(sheet.headings, columns, schema, strict=True)
        ]
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))

    yield append
    if writer is None:
        raise DescriptionError(Fault("there is no row to write"))
    writer.close()


def kind(heading: Heading, column: Sequence[Cell]) -> str:
    """What a column holds."""
    types = {type(cell) for cell in column} - {type(None)}
    if types and types <= {int, Decimal}:
        return "int" if types == {int} else "float"
    return "int" if heading.numeric and not types else "text"


def converted(heading: Heading, column: Sequence[Cell], texts: bool) -> list[Any]:  # noqa: FBT001  # what the column holds
    """Cells as pyarrow takes them.

    Raises:
        DescriptionError: a number is too large.
    """
    if texts:
        return [None if cell is None else bare(cell) for cell in column]
    if any(isinstance(cell, int) and abs(cell) > LARGEST for cell in column):
        message = f"{heading.key} has numbers beyond 2^63, which Parquet cannot hold exactly"
        raise DescriptionError(Fault(message, notes=("try: -f csv",)))
    return list(column)
