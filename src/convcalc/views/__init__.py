"""How pages are written: each format is one function from a page to text, in a module imported when it is used.

Not here: what a page says (`pages`), and where it is written to (`cli.output`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from convcalc.pages.sheet import Sheet

__all__ = ["CURVES", "DESCRIPTION", "MACHINE_FORMATS", "STREAMS", "SUFFIXES", "VIEWS", "appender", "view"]

VIEWS = {
    "table": "table.render",
    "plain": "plain.render",
    "json": "json.render",
    "jsonl": "json.render_lines",
    "csv": "separated.render_csv",
    "tsv": "separated.render_tsv",
    "markdown": "markdown.render",
    "latex": "latex.render",
}
"""Each format, and the function below this package that writes it."""

STREAMS = {
    "csv": "separated.appending_csv",
    "tsv": "separated.appending_tsv",
    "jsonl": "json.appending_lines",
    "parquet": "parquet.appending",
}
"""The formats that are written sheet by sheet, rows behind rows, and the function that begins a file."""

MACHINE_FORMATS = ("json", "jsonl", "csv", "tsv", "parquet")
"""The formats that programs read: they have all nodes and no words around."""

DESCRIPTION = "yaml"
"""The format that a network is described in: it is no view, as convcalc reads it again."""

CURVES = ("table", "plain")
"""The formats in which a curve can be drawn."""

SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".md": "markdown",
    ".tex": "latex",
    ".parquet": "parquet",
    ".yaml": DESCRIPTION,
    ".yml": DESCRIPTION,
}
"""The formats that the name of a file tells."""


def view(name: str) -> Callable[[Sheet], str]:
    """The function that writes a format of `VIEWS`: the text ends with a line break."""
    return named(VIEWS[name])  # type: ignore[no-any-return]  # read from a table of names


def appender(name: str) -> Callable[[Any], AbstractContextManager[Callable[[Sheet], None]]]:
    """The function that begins a file of a format of `STREAMS`, and gives one that writes sheets to it."""
    return named(STREAMS[name])  # type: ignore[no-any-return]  # as above


def named(path: str) -> Any:  # noqa: ANN401  # whatever it names
    """A function of a module of this package."""
    module, _, function = path.partition(".")
    return getattr(import_module(f"convcalc.views.{module}"), function)
