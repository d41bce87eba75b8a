"""What `convcalc compare` tells of two networks: the lines that differ, and the totals of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.errors import printable
from convcalc.network.measures import MEASURES, TOTALS, countable, lacking
from convcalc.network.terms import Terms
from convcalc.pages.cells import AtLeast, Signed, text
from convcalc.pages.columns import Column, Heading, filled, row_of
from convcalc.pages.count import (
    FOOT,
    LACKS_SCHEMA,
    STATUS,
    TERMS,
    counted_for,
    known,
    partial_in_words,
    partial_totals,
    totals_status,
)
from convcalc.pages.page import Page, Table
from convcalc.pages.schema import NATURAL, SHAPE, TEXT, WHOLE, PageForm, exactly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from convcalc.network.folding import Line
    from convcalc.network.report import Report
    from convcalc.pages.cells import Cell
    from convcalc.questions.comparing import Difference


def side(which: int, value: Callable[[Line], Cell]) -> Callable[[Difference], Cell]:
    """A cell of one of two lines; empty where it is not there."""

    def cell(difference: Difference) -> Cell:
        line = difference.pair[which]
        return None if line is None else value(line)

    return cell


def name(difference: Difference) -> Cell:
    """The name of a line, and what it is called after, if it is not the same."""
    names = dict.fromkeys(line.name for line in difference.pair if line)
    return " → ".join(names)


def counts(measure: str, title: str, rank: int, terms: Terms) -> tuple[Column[Difference], ...]:
    """A measure before and after, and the difference."""
    return (
        Column(
            Heading(f"{measure}_before", f"{title} before", NATURAL, optional=True, numeric=True, rank=rank),
            side_count(0, measure, terms),
        ),
        Column(
            Heading(f"{measure}_after", f"{title} after", NATURAL, optional=True, numeric=True, rank=rank),
            side_count(1, measure, terms),
        ),
        Column(
            Heading(f"{measure}_delta", f"Δ {title}", WHOLE, optional=True, numeric=True, rank=1),
            lambda each: delta(each, measure, terms),
            shown="sum",
        ),
    )


def side_count(which: int, measure: str, terms: Terms) -> Callable[[Difference], Cell]:
    """A count of one of two lines, as far as it is known; 0 where it is not there."""

    def cell(difference: Difference) -> Cell:
        line = difference.pair[which]
        return 0 if line is None else known(measure, line.rows, terms)

    return cell


def delta(difference: Difference, measure: str, terms: Terms) -> Cell:
    """How much more it is after; of what is not known on both sides, nothing."""
    if any(lacking(line.rows, [measure]) for line in difference.pair if line):
        return AtLeast(0)
    return Signed(difference.pair.delta(measure, terms))


MOST_LINES_TOLD = 20
"""Lines that are told of in words, at most."""

PRICES = ("params", "macs")
"""What is told of a line in words."""

CHANGES = ("changed", "added", "removed")
"""What a line may be."""

DIFFERENCE_COLUMNS: tuple[Column[Difference], ...] = (
    Column(Heading("change", "Change", {"enum": [*CHANGES]}), lambda each: each.change),
    Column(Heading("name", "Layer"), name),
    Column(Heading("changes", "What changed", wraps=True), lambda each: "; ".join(each.changes)),
    Column(Heading("output_before", "Output before", SHAPE, optional=True, rank=4), side(0, lambda line: line.output)),
    Column(Heading("output_after", "Output after", SHAPE, optional=True, rank=4), side(1, lambda line: line.output)),
)
"""What is told of a line that differs, besides its counts."""


def compare_columns(terms: Terms) -> tuple[Column[Difference], ...]:
    """All that is told of a line that differs."""
    return (*DIFFERENCE_COLUMNS, *counts("params", "params", 3, terms), *counts("macs", "MACs", 2, terms))


COMPARE_FORM = PageForm(
    {"network": TEXT, "before": TEXT, "after": TEXT, "same": NATURAL, **TERMS},
    {"differences": row_of(column.heading for column in compare_columns(Terms()))},
    exactly(
        {"lacks": LACKS_SCHEMA},
        status=STATUS,
        **{f"{key}_{side}": NATURAL for key in countable() for side in ("before", "after")},
        **{f"{key}_delta": WHOLE for key in countable()},
    ),
)
"""What a comparison is as JSON."""


def compare_page(
    reports: Sequence[Report], names: Sequence[str], found: tuple[Sequence[Difference], int], terms: Terms
) -> Page:
    """The lines that differ, and all totals before and after."""
    differing, same = found
    headings, rows = filled(compare_columns(terms), differing)
    before, after = totals_of(reports, terms)
    headings = [
        heading._replace(total=difference(before, after, heading.key.removesuffix("_delta")))
        if isinstance(heading.total, int)
        else heading
        for heading in headings
    ]
    lacks = lacking_in(reports, countable())
    totals: dict[str, Any] = totals_status(lacks)
    for key in countable():
        totals |= {f"{key}_before": before[key], f"{key}_after": after[key], f"{key}_delta": after[key] - before[key]}
    about = {
        "network": " → ".join(names),
        "before": names[0],
        "after": names[1],
        "same": same,
        **counted_for(terms),
    }
    title = f"{printable(names[0])} → {printable(names[1])}"
    foot = [*difference_sentences(before, after, found), FOOT, *partial_in_words(lacks)]
    warnings = partial_totals(title, lacking_in(reports, TOTALS))
    return Page(title, [Table("differences", headings, rows)], about, totals, warnings, foot)


def lacking_in(reports: Sequence[Report], measures: Iterable[str]) -> dict[str, list[str]]:
    """What totals of these measures lack in either of two networks."""
    return {name: costs for report in reports for name, costs in lacking(report.rows, measures).items()}


def totals_of(reports: Sequence[Report], terms: Terms) -> list[dict[str, int]]:
    """All totals of each network, as far as they are known."""
    return [{key: known(key, report.rows, terms) for key in countable()} for report in reports]


def difference(before: Mapping[str, int], after: Mapping[str, int], key: str) -> Signed | AtLeast:
    """How much more a total is after; of totals that are not known in full, nothing."""
    partial = isinstance(before[key], AtLeast) or isinstance(after[key], AtLeast)
    return AtLeast(0) if partial else Signed(after[key] - before[key])


def difference_sentences(
    before: Mapping[str, int], after: Mapping[str, int], found: tuple[Sequence[Difference], int]
) -> list[str]:
    """How many lines differ, and each total that does, in sentences."""
    differing, same = found
    kinds = [(word, sum(each.change == word for each in differing)) for word in CHANGES]
    numbers = ", ".join(f"{number:,} {word}" for word, number in kinds if number)
    summary = f"{numbers}; {same:,} the same." if differing else f"No layer differs: {same:,} are the same."
    return [summary, *(total_sentence(key, before, after) for key in countable() if before[key] != after[key])]


def change_lines(found: tuple[Sequence[Difference], int], terms: Terms) -> list[str]:
    """What changed in each line, and what that costs; of many, the first."""
    differing, _ = found
    lines = []
    for each in differing[:MOST_LINES_TOLD]:
        costs = [(text(delta(each, key, terms)), MEASURES[key].unit) for key in PRICES]
        cost = ", ".join(f"{number} {unit}" for number, unit in costs if number != "0")
        lines.append(f"{each.change} {name(each)}: {'; '.join(each.changes)}{f' ({cost})' if cost else ''}")
    more = len(differing) - len(lines)
    return [*lines, *([f"and {more:,} more"] if more else [])]


def total_sentence(key: str, before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """A total before and after."""
    one, other, more = before[key], after[key], difference(before, after, key)
    told = f"{key} {text(one)} → {text(other)}"
    if isinstance(more, AtLeast):
        return told
    share = f" ({more / one:+.1%})".replace("-", "−") if one else ""
    return f"{told}: {text(more)}{share}"
