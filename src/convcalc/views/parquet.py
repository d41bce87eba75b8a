"""Sheets as a file of Parquet, for which pyarrow must be installed."""

from __future__ import annotations

from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convcalc.errors import DescriptionError, Fault
from convcalc.sheet import bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from convcalc.sheet import Cell, Sheet

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
        raise DescriptionError(
            Fault("format-does-not-apply", "parquet needs pyarrow, which is not installed", notes=ways)
        ) from None
    types = {"int": pa.int64(), "float": pa.float64(), "text": pa.string()}
    writer: Any = None

    def append(sheet: Sheet) -> None:
        nonlocal writer
        columns = list(zip(*sheet.rows, strict=True)) or [()] * len(sheet.headings)
        if writer is None:
            held = [heading.holds or kind(column) for heading, column in zip(sheet.headings, columns, strict=True)]
            keys = [heading.key for heading in sheet.headings]
            writer = ParquetWriter(file, pa.schema([(key, types[each]) for key, each in zip(keys, held, strict=True)]))
        if sheet.rows:
            pairs = zip(columns, writer.schema, strict=True)
            arrays = [pa.array(converted(field.name, column, str(field.type)), field.type) for column, field in pairs]
            writer.write_table(pa.Table.from_arrays(arrays, schema=writer.schema))

    try:
        yield append
    finally:
        if writer is not None:
            writer.close()


def kind(column: Sequence[Cell]) -> str:
    """What a column holds, as far as its cells tell."""
    found = {type(cell) for cell in column} - {type(None)}
    if found == {int}:
        return "int"
    return "float" if found and all(issubclass(each, float) for each in found) else "text"


def converted(key: str, column: Sequence[Cell], type_: str) -> list[Any]:
    """Cells as pyarrow takes them.

    Raises:
        DescriptionError: a number is too large.
    """
    if type_ == "string":
        return [None if cell is None else bare(cell) for cell in column]
    if type_ == "double":
        return [None if cell is None else float(Fraction(str(cell))) for cell in column]
    if any(isinstance(cell, int) and abs(cell) > LARGEST for cell in column):
        message = f"{key} has numbers beyond 2^63, which Parquet cannot hold exactly"
        raise DescriptionError(Fault("format-does-not-apply", message, notes=("try: -f csv",)))
    return list(column)
