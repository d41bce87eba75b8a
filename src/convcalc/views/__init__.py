"""How pages are written: each format is one function from a page to text, in a module imported when it is used.

Not here: what a page says (`pages`), and where it is written to (`cli.output`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.pages.page import Code, Findings, Table, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO, TextIO

    from convcalc.pages.page import Page, Section
    from convcalc.views.screen import Screen

ALL: tuple[type[Section], ...] = (Table, Text, Code)
"""The sections that people read, and programs, too."""


class OutputFormat(NamedTuple):
    """A format of pages.

    `writer` names the function that writes a page, and `stream` the one that begins a file to which pages are written
    behind each other, both below this package. A name of a file that ends in one of its `suffixes` tells it. `shows`
    are the sections that it can write. It is for `machines` if programs read it: they get all nodes, and no words
    around. Several pages are `joined` to one table. A `binary` one is no text; what is `escaped` is JSON, which can say
    all characters in ASCII. One for a `terminal` has characters of one width, and its function is told of the screen;
    where it is `cut`, what does not fit is left out.

    A format of whole networks shows no page: its `target` names the function that writes a report, below `targets`.
    """

    name: str
    writer: str = ""
    suffixes: tuple[str, ...] = ()
    shows: tuple[type[Section], ...] = (Table,)
    stream: str = ""
    aliases: tuple[str, ...] = ()
    machines: bool = False
    joined: bool = False
    binary: bool = False
    escaped: bool = False
    terminal: bool = False
    cut: bool = False
    target: str = ""

    def write(self, pages: Sequence[Page], *screen: Screen) -> str:
        """Pages as a text that ends with a line break, an empty line between two, unless a line is a row.

        A format for a terminal is told of its screen.
        """
        writer: Callable[..., str] = view_function(self.writer)
        return ("" if self.stream else "\n").join([writer(page, *screen) for page in pages])

    def begin(self, file: TextIO | BinaryIO) -> AbstractContextManager[Callable[[Page], None]]:
        """Begin a file of a format that streams, and give what writes a page to it."""
        begin: Callable[..., AbstractContextManager[Callable[[Page], None]]] = view_function(self.stream)
        return begin(file)


TABLE_FORMAT = OutputFormat("table", "table.write", shows=ALL, terminal=True, cut=True)
"""What tables are written in on a terminal."""

PLAIN_FORMAT = OutputFormat("plain", "plain.write", shows=ALL, aliases=("text",), terminal=True)
"""What pages are written in elsewhere, unless something is said."""

FORMATS = (
    TABLE_FORMAT,
    PLAIN_FORMAT,
    OutputFormat("json", "json.write", (".json",), shows=ALL, machines=True, escaped=True),
    OutputFormat("jsonl", "json.write_lines", (".jsonl",), stream="json.begin_lines", machines=True, escaped=True),
    OutputFormat("csv", "separated.write_csv", (".csv",), stream="separated.begin_csv", machines=True, joined=True),
    OutputFormat("tsv", "separated.write_tsv", (".tsv",), stream="separated.begin_tsv", machines=True, joined=True),
    OutputFormat("markdown", "markdown.write", (".md",), shows=ALL),
    OutputFormat("latex", "latex.write", (".tex",)),
    OutputFormat("yaml", suffixes=(".yaml", ".yml"), target="description.description_text"),
    OutputFormat("parquet", suffixes=(".parquet",), stream="parquet.begin", machines=True, joined=True, binary=True),
    OutputFormat("github", "findings.write_github", shows=(Findings,)),
    OutputFormat("junit", "findings.write_junit", (".xml",), shows=(Findings,)),
    OutputFormat("sarif", "findings.write_sarif", (".sarif",), shows=(Findings,), escaped=True),
)
"""All formats."""


def formats_of(sections: Sequence[type[Section]]) -> list[OutputFormat]:
    """The formats that can show one of these sections."""
    return [form for form in FORMATS if any(section in form.shows for section in sections)]


def known_format(name: str) -> OutputFormat | None:
    """The format of a name, of another name, or of a suffix without its dot, if there is one."""
    names = {each: form for form in FORMATS for each in (form.name, *form.aliases)}
    return names.get(name) or suffix_format(f".{name}", FORMATS)


def suffix_format(suffix: str, formats: Sequence[OutputFormat]) -> OutputFormat | None:
    """The format, of some, that the name of a file tells."""
    return {each: form for form in formats for each in form.suffixes}.get(suffix)


def view_function(path: str) -> Callable[..., Any]:
    """A function of a module of this package."""
    module, _, function = path.partition(".")
    found: Callable[..., Any] = getattr(import_module(f"convcalc.views.{module}"), function)
    return found
