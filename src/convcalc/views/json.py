"""A page as JSON: one object, or a line for each row of its tables."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from convcalc.pages.page import Page, Table


def write(page: Page) -> str:
    """Write one object. Each value takes a line, and so does each row; where there is no table, each part of a value.

    What is told in texts comes with its title.
    """
    known = {**page.known, **({"title": page.title} if page.texts else {})}
    texts = {section.key: list(section.lines) for section in page.texts}
    if not page.tables:
        return INDENTING.encode({**known, **texts}) + "\n"
    parts = {key: dumped(value) for key, value in known.items()}
    parts |= {table.key: rows_of(table) for table in page.tables}
    parts |= {key: dumped(lines) for key, lines in texts.items()}
    if page.totals:
        parts |= {"totals": dumped(page.totals), "warnings": dumped(page.warnings)}
    return "{\n  " + ",\n  ".join([f"{dumped(key)}: {value}" for key, value in parts.items()]) + "\n}\n"


def rows_of(table: Table) -> str:
    """The rows of a table, a line each."""
    return "[\n    " + ",\n    ".join(map(dumped, records(table))) + "\n  ]" if table.rows else "[]"


def write_lines(page: Page) -> str:
    """Write an object for each row, with the name of the network in it if the page is of one."""
    network = {"network": page.about["network"]} if "network" in page.about else {}
    return "".join(f"{dumped({**network, **record})}\n" for table in page.tables for record in records(table))


@contextmanager
def begin_lines(file: TextIO) -> Iterator[Callable[[Page], None]]:
    """Write the rows of pages behind each other."""

    def append(page: Page) -> None:
        if any(table.rows for table in page.tables):
            file.write(write_lines(page))

    yield append


def records(table: Table) -> Iterator[dict[str, Any]]:
    """Each row by key."""
    keys = [heading.key for heading in table.headings]
    return (dict(zip(keys, row, strict=True)) for row in table.rows)


def formula(value: object) -> dict[str, str]:
    """A formula, for programs and for papers.

    Raises:
        TypeError: the value is none.
    """
    from convcalc.arithmetic.formula import Formula  # of numbers, there are none

    if isinstance(value, Formula):
        return {"formula": value.formula, "latex": value.latex}
    raise TypeError(type(value))


ENCODER = json.JSONEncoder(ensure_ascii=False, default=formula)
INDENTING = json.JSONEncoder(ensure_ascii=False, default=formula, indent=2)
"""Text stays as it is written. One for all values: json.dumps would make one for each."""


def dumped(value: object) -> str:
    """A value as JSON, on one line."""
    return ENCODER.encode(value)
