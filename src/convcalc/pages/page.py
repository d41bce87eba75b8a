"""A page: what a command tells, in sections that views write, each in its way."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from convcalc.pages.cells import AtLeast, AtMost
from convcalc.pages.columns import Heading
from convcalc.pages.schema import SCHEMA, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.pages.cells import Cell
    from convcalc.pages.finding import Finding


class Table(NamedTuple):
    """Cells under headings; `key` is what machines call the rows."""

    key: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    title: str = ""


class Text(NamedTuple):
    """Sentences that are wrapped where lines have an end.

    What does not fit into the first line of one stands `hang` characters further in than the titles.
    """

    key: str
    title: str
    lines: Sequence[str]
    hang: int = 4


class Code(NamedTuple):
    """Lines that stay as they are."""

    key: str
    title: str
    lines: Sequence[str]


class Findings(NamedTuple):
    """What a check has found, for the tools that run it."""

    found: Sequence[Finding]
    title: str = ""


Section: TypeAlias = Table | Text | Code | Findings

NOUNS: Mapping[type[Section], str] = {Table: "tables", Text: "texts", Code: "code", Findings: "findings"}
"""What sections are called."""


class Page(NamedTuple):
    """What is to be told of one thing.

    `about` is what a machine should know of the whole, besides the version of what it reads; `totals` are sums, which
    `warnings` come with; `foot` has sentences for people.
    """

    title: str
    sections: Sequence[Section]
    about: Mapping[str, Any] = MappingProxyType({})
    totals: Mapping[str, Any] = MappingProxyType({})
    warnings: Sequence[str] = ()
    foot: Sequence[str] = ()

    @property
    def known(self) -> dict[str, Any]:
        """What a machine reads first."""
        return {"schema": SCHEMA, **self.about}

    @property
    def tables(self) -> list[Table]:
        """The sections that are tables."""
        return [section for section in self.sections if isinstance(section, Table)]

    @property
    def texts(self) -> list[Text | Code]:
        """The sections that are read line by line."""
        return [section for section in self.sections if isinstance(section, Text | Code)]

    @property
    def is_partial(self) -> bool:
        """Whether it has numbers that are not known in full."""
        return "partial" in (self.totals.get("status"), self.about.get("status"))

    def with_tables(self, change: Callable[[Table], Table]) -> Page:
        """The same with tables that are changed."""
        sections = [change(section) if isinstance(section, Table) else section for section in self.sections]
        return self._replace(sections=sections)


def for_machines(page: Page) -> Page:
    """A page whose cells are empty where a number is not known in full."""
    return page.with_tables(only_known) if page.is_partial else page


def for_people(page: Page) -> Page:
    """A page without the columns that are for machines alone."""
    return page.with_tables(without_technical)


def only_known(table: Table) -> Table:
    """A table whose cells are empty where a number is a bound."""
    rows = [tuple([None if isinstance(cell, AtLeast | AtMost) else cell for cell in row]) for row in table.rows]
    return table._replace(rows=rows)


def without_technical(table: Table) -> Table:
    """A table without technical columns."""
    kept = [index for index, heading in enumerate(table.headings) if not heading.technical]
    if len(kept) == len(table.headings):
        return table
    rows = [tuple([row[index] for index in kept]) for row in table.rows]
    return table._replace(headings=[table.headings[index] for index in kept], rows=rows)


def merged(pages: Sequence[Page]) -> Page:
    """Pages as one with one table, whose first column is the network.

    It has the columns of all tables, and those that hold different things hold text.
    """
    headings = {"network": Heading("network", "Network")}
    tables = [(page.about.get("network"), table) for page in pages for table in page.tables]
    for heading in [heading for _, table in tables for heading in table.headings]:
        known = headings.setdefault(heading.key, heading)
        if known.type != heading.type:
            headings[heading.key] = known._replace(holds=TEXT)
    rows = [row for network, table in tables for row in rows_under(list(headings), network, table)]
    return pages[0]._replace(sections=[Table(tables[0][1].key, list(headings.values()), rows)])


def rows_under(keys: Sequence[str], network: str | None, table: Table) -> list[tuple[Cell, ...]]:
    """The rows of a table, its network first, under other columns: what it does not have is empty."""
    own = {heading.key: number for number, heading in enumerate(table.headings, 1)}
    places = [own.get(key, -1) for key in keys[1:]]
    cells = [(network, *row, None) for row in table.rows]
    return [(row[0], *[row[place] for place in places]) for row in cells]
