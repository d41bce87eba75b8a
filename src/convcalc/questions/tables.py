"""Tables of configurations, in CSV or JSON: what a sweep counts, and what is joined to it."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.arithmetic.amounts import SIGNED_NUMBER
from convcalc.arithmetic.operations import decimal
from convcalc.errors import DescriptionError, Fault, Place, Source, quoted
from convcalc.layers.options import show_value
from convcalc.network.measures import countable
from convcalc.questions.configurations import Listed, SweepAxis, hashable, integers
from convcalc.questions.sweep import REASON, Joined
from convcalc.questions.vary import value_or_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from convcalc.arithmetic.operations import Held


class TextTable(NamedTuple):
    """A table of texts: its columns, and the place of each row."""

    columns: dict[str, list[str]]
    places: list[Place]


def parse_rows(text: str, name: str) -> TextTable:
    """A table in CSV, with its names in the first line, or in JSON, an object a line.

    Raises:
        DescriptionError: it is neither, is empty, or a row has too few or too many values.
    """
    rows = json_rows(text, name) if text.lstrip().startswith(("{", "[")) else csv_rows(text, name)
    columns: dict[str, list[str]] = {}
    places = []
    for place, row in rows:
        places.append(place)
        if not row:
            raise DescriptionError(Fault("bad-table", "a row must have a value for each variable, but is empty", place))
        if not columns:
            columns = {key: [] for key in row}
        if row.keys() != columns.keys():
            message = f"a row has {', '.join(row)}, and those above have {', '.join(columns)}"
            raise DescriptionError(Fault("bad-table", message, place))
        for key, cell in row.items():
            columns[key].append(cell)
    if not columns:
        ways = ("try: a line of names, and lines of values",)
        raise DescriptionError(Fault("bad-table", f"{quoted(name)} has no rows", top(text, name), notes=ways))
    return TextTable(columns, places)


def top(text: str, name: str) -> Place:
    """The first line of a table, which says what its columns are."""
    return Place(Source(name, text), 1, 1, max(1, len(text.partition("\n")[0])))


def csv_rows(text: str, name: str) -> Iterator[tuple[Place, dict[str, str]]]:
    """The rows of a table in CSV, each with its place."""
    source = Source(name, text)
    line = text.partition("\n")[0]
    delimiter = next((each for each in "\t;" if each in line and "," not in line), ",")
    reader = csv.reader(StringIO(text), delimiter=delimiter)
    head: list[str] = []
    try:
        for cells in reader:
            place = Place(source, reader.line_num, 1, max(1, len(source.line(reader.line_num))))
            if not cells:
                continue
            if not head:
                head = [cell.strip() for cell in cells]
                if len(set(head)) < len(head) or "" in head:
                    raise DescriptionError(Fault("bad-table", "the first line must be names, each once", place))
            elif len(cells) != len(head):
                message = f"a row must have {len(head)} values, as the first line has, but got {len(cells)}"
                raise DescriptionError(Fault("bad-table", message, place))
            else:
                yield place, dict(zip(head, cells, strict=True))
    except csv.Error as error:
        message = f"{quoted(name)} cannot be read as CSV: {error}"
        raise DescriptionError(Fault("bad-table", message, Place(source, max(1, reader.line_num), 1))) from None


def json_rows(text: str, name: str) -> Iterator[tuple[Place, dict[str, str]]]:
    """The rows of a table in JSON, a list of objects or an object a line, each with its place."""
    source = Source(name, text)
    if text.lstrip().startswith("["):
        yield from listed_rows(source)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = Place(source, number, 1, max(1, len(line)))
        try:
            row = json.loads(line, parse_int=str, parse_float=plain_decimal)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise DescriptionError(Fault("bad-table", "a row must be an object in JSON, on a line of its own", place))
        yield place, cells_of(row, place)


def listed_rows(source: Source) -> Iterator[tuple[Place, dict[str, str]]]:
    """The rows of a list in JSON."""
    place = Place(source, 1, 1, max(1, len(source.line(1))))
    try:
        rows = json.loads(source.text, parse_int=str, parse_float=plain_decimal)
    except (ValueError, RecursionError) as error:
        message = f"{quoted(source.name)} cannot be read as JSON: {error}"
        at = Place(source, getattr(error, "lineno", 1), getattr(error, "colno", 1))
        raise DescriptionError(Fault("bad-table", message, at)) from None
    for row in rows:
        if not isinstance(row, dict):
            raise DescriptionError(Fault("bad-table", "a row must be an object in JSON", place))
        yield place, cells_of(row, place)


def cells_of(row: Mapping[str, Any], place: Place) -> dict[str, str]:
    """What stands in a row of JSON, as a row of CSV would have it.

    Raises:
        DescriptionError: a value is nested deeper than any can be.
    """
    try:
        return {key: cell_text(each) for key, each in row.items()}
    except RecursionError:
        raise DescriptionError(Fault("bad-table", "a value must be a number, sizes or a list", place)) from None


def plain_decimal(text: str) -> str:
    """A number of JSON without an exponent, if that is not too large to write."""
    return decimal(Fraction(text)) if SIGNED_NUMBER.fullmatch(text) else text


def cell_text(cell: object) -> str:
    """A value of JSON, as a cell of CSV would have it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, list):
        return f"[{', '.join(map(cell_text, cell))}]"
    return "" if cell is None else str(cell)


def parse_listed(text: str, name: str) -> Listed:
    """The configurations of a table: a column for each variable.

    Raises:
        DescriptionError: it is no table, or a value cannot be read.
    """
    table = parse_rows(text, name)
    if results := [key for key in table.columns if key in (*countable(), REASON, "network")]:
        message = f"{quoted(name)} has columns of results, {', '.join(results)}, and takes variables alone"
        ways = ("try: --join for what was measured elsewhere",)
        raise DescriptionError(Fault("bad-table", message, top(text, name), notes=ways))
    return Listed.of(parse_cells(table, list(table.columns)))


def parse_cells(table: TextTable, keys: Sequence[str]) -> dict[str, list[Any]]:
    """The values of variables, from columns of texts.

    Raises:
        DescriptionError: one cannot be read.
    """
    found = {}
    for key in keys:
        known: dict[str, Any] = {}
        for cell, place in zip(table.columns[key], table.places, strict=True):
            if cell not in known:
                known[cell] = cell_value(key, cell, place)
        found[key] = [known[cell] for cell in table.columns[key]]
    return found


def cell_value(key: str, cell: str, place: Place) -> Held:
    """The value of a variable in a row.

    Raises:
        DescriptionError: it cannot be read.
    """
    try:
        return value_or_list(cell, Place(Source("", cell), 1, 1))
    except DescriptionError as error:
        fault = error.faults[0]
        raise DescriptionError(Fault(fault.code, f"{quoted(key)}: {fault.message}", place, notes=fault.notes)) from None


def parse_joined(text: str, name: str, axes: Sequence[SweepAxis]) -> Joined:
    """A table that tells more of configurations: columns with the names of variables, and others.

    Raises:
        DescriptionError: it is no table, has no column of either kind, or tells of one configuration twice.
    """
    table = parse_rows(text, name)
    columns = table.columns
    names = [axis.name for axis in axes]
    keys = tuple([key for key in columns if key in names])
    extra = [key for key in columns if key not in names]
    if not keys or not extra:
        which = "no variable" if not keys else "nothing but variables"
        message = f"{quoted(name)} has {which} among its columns, {', '.join(map(quoted, columns))}"
        ways = (f"the variables are {', '.join(names)}",)
        raise DescriptionError(Fault("bad-table", message, top(text, name), notes=ways))
    if taken := [key for key in extra if key in countable()]:
        message = f"{quoted(name)} has a column {taken[0]}, which is what a sweep counts"
        raise DescriptionError(Fault("bad-table", message, top(text, name)))
    listed_keys = parse_cells(table, keys)
    rows: dict[tuple[Any, ...], int] = {}
    for number, key in enumerate(zip(*[map(hashable, listed_keys[key]) for key in keys], strict=True)):
        if rows.setdefault(key, number) != number:
            again = ", ".join(f"{key} = {show_value(listed_keys[key][number])}" for key in keys)
            message = f"{quoted(name)} tells twice of {again}"
            raise DescriptionError(Fault("given-twice", message, table.places[number]))
    found = [joined_axis(key, columns[key], top(text, name)) for key in extra]
    return Joined(keys, rows, tuple(axis for axis, _ in found), {axis.name: places for axis, places in found})


def joined_axis(key: str, cells: Sequence[str], head: Place) -> tuple[SweepAxis, Any]:
    """What stands in a column: numbers if all that stands there is one, and texts otherwise.

    Raises:
        DescriptionError: nothing does.
    """
    known = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))
    if not known:
        message = f"the column {quoted(key)} of {quoted(head.source.name)} is empty"
        raise DescriptionError(Fault("bad-table", message, head))
    numbers = [Fraction(cell) for cell in known if SIGNED_NUMBER.fullmatch(cell)]
    axis = SweepAxis.of(key, numbers if len(numbers) == len(known) else known)
    codes = {cell: code for code, cell in enumerate(known)}
    return axis, integers([codes.get(cell.strip(), -1) for cell in cells])
