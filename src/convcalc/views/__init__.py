"""Ways to show a sheet: each is one function from a sheet to text, in a module that is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.sheet import Sheet

__all__ = ["CURVES", "DESCRIPTION", "MACHINE_FORMATS", "SUFFIXES", "VIEWS", "view"]

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

MACHINE_FORMATS = ("json", "jsonl", "csv", "tsv")
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
    ".yaml": DESCRIPTION,
    ".yml": DESCRIPTION,
}
"""The formats that the name of a file tells."""


def view(name: str) -> Callable[[Sheet], str]:
    """The function that writes a format of `VIEWS`: the text ends with a line break."""
    module, _, function = VIEWS[name].partition(".")
    found: Callable[[Sheet], str] = getattr(import_module(f"convcalc.views.{module}"), function)
    return found
