"""A sheet as JSON: one object, or a line for each row."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.formula import Formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from convcalc.pages.sheet import Sheet


def render(sheet: Sheet) -> str:
    """Write one object; a row takes a line."""
    parts = [f"{dumped(key)}: {dumped(value)}" for key, value in sheet.about.items()]
    listed = ",\n    ".join(map(dumped, records(sheet)))
    parts.append(f"{dumped(sheet.rows_key)}: [\n    {listed}\n  ]" if sheet.rows else f"{dumped(sheet.rows_key)}: []")
    if sheet.totals:
        parts.append(f'"totals": {dumped(sheet.totals)}')
        parts.append(f'"warnings": {dumped(sheet.warnings)}')
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


def render_lines(sheet: Sheet) -> str:
    """Write an object for each row, with the name of the network in it if the sheet is of one."""
    network = {"network": sheet.about["network"]} if "network" in sheet.about else {}
    return "".join(f"{dumped({**network, **record})}\n" for record in records(sheet))


@contextmanager
def appending_lines(file: TextIO) -> Iterator[Callable[[Sheet], None]]:
    """Write the rows of sheets behind each other."""

    def append(sheet: Sheet) -> None:
        if sheet.rows:
            file.write(render_lines(sheet))

    yield append


def records(sheet: Sheet) -> Iterator[dict[str, Any]]:
    """Each row by key."""
    keys = [heading.key for heading in sheet.headings]
    return (dict(zip(keys, row, strict=True)) for row in sheet.rows)


def formula(value: Any) -> dict[str, str]:  # noqa: ANN401  # what JSON has no form for
    """A formula, for programs and for papers.

    Raises:
        TypeError: the value is none.
    """
    if isinstance(value, Formula):
        return {"formula": value.formula, "latex": value.latex}
    raise TypeError(type(value))


ENCODER = json.JSONEncoder(ensure_ascii=False, default=formula)
"""Text stays as it is written. One for all values: json.dumps would make one for each."""


def dumped(value: Any) -> str:  # noqa: ANN401  # whatever a sheet holds
    """A value as JSON."""
    return ENCODER.encode(value)
