"""What `convcalc check` tells of a network and its budget: limit by limit, as a table or as findings."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from convcalc.errors import in_text, printable
from convcalc.layers.shapes import show_all
from convcalc.network.measures import MEASURES
from convcalc.pages.cells import AtLeast, AtMost, number_cell, text
from convcalc.pages.columns import Column, Heading, filled, row_of
from convcalc.pages.count import STATUS, TERMS, counted_for
from convcalc.pages.finding import Finding
from convcalc.pages.page import Findings, Page, Table
from convcalc.pages.schema import DECIMAL, INPUTS, TEXT, TEXTS, TRUTH, PageForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.errors import Fault
    from convcalc.network.limits import Limit
    from convcalc.network.report import Report
    from convcalc.network.terms import Terms
    from convcalc.pages.cells import Cell
    from convcalc.questions.budget import Checked, WeighedLayer


def found_or_more(each: Checked) -> Cell:
    """What there is, or a bound of it where costs are not known."""
    return AtLeast(int(each.found)) if each.partial else amount_cell(each.limit.measure, each.found)


def margin_or_less(each: Checked) -> Cell:
    """What is left of a limit, or a bound of it where costs are not known; negative where the limit is exceeded."""
    return AtMost(floor(margin(each))) if each.partial else amount_cell(each.limit.measure, margin(each))


def status_word(partial: bool) -> str:  # noqa: FBT001  # it has no other meaning
    """Whether numbers are known in full, in the word that machines read."""
    return "partial" if partial else "complete"


AT_MOST, AT_LEAST = "at most", "at least"


def bound_in_words(limit: Limit) -> str:
    """Which way a limit bounds what there is."""
    return AT_LEAST if limit.at_least else AT_MOST


CHECK_COLUMNS: tuple[Column[Checked], ...] = (
    Column(Heading("measure", "Measure"), lambda each: each.limit.measure),
    Column(Heading("part", "Of", optional=True, rank=1), lambda each: each.limit.part or None),
    Column(Heading("at", "Must be", {"enum": [AT_MOST, AT_LEAST]}, rank=1), lambda each: bound_in_words(each.limit)),
    Column(
        Heading("limit", "Limit", DECIMAL, numeric=True),
        lambda each: amount_cell(each.limit.measure, each.limit.bound),
    ),
    Column(Heading("found", "Found", DECIMAL, optional=True, numeric=True), found_or_more),
    Column(Heading("margin", "Margin", DECIMAL, optional=True, numeric=True, rank=2), margin_or_less),
    Column(Heading("within", "Within", TRUTH), lambda each: each.within),
    Column(
        Heading("heaviest", "Heaviest", TEXTS, optional=True, rank=3, wraps=True),
        lambda each: tuple(map(weight, layers_to_blame(each))) or None,
    ),
    Column(Heading("origin", "Limit from", rank=4), lambda each: printable(each.limit.origin)),
    Column(Heading("status", "Status", STATUS, technical=True), lambda each: status_word(each.partial)),
)
"""What is told of each limit."""

CHECK_FORM = PageForm(
    {"network": TEXT, "net": TEXT, "input": INPUTS, "within": TRUTH, "status": STATUS, **TERMS},
    {"limits": row_of(column.heading for column in CHECK_COLUMNS)},
)
"""What a check is as JSON."""


def amount_cell(measure: str, value: int | Fraction) -> Cell:
    """An amount of a measure; a share is one of 1."""
    return float(value) if MEASURES[measure].share_of else number_cell(Fraction(value))


def margin(each: Checked) -> Fraction:
    """What is left of a limit; negative where it is exceeded."""
    left = each.limit.bound - each.found
    return Fraction(-left if each.limit.at_least else left)


def layers_to_blame(each: Checked) -> Sequence[WeighedLayer]:
    """The layers to blame: none where a limit is kept."""
    return () if each.within else each.heaviest


def weight(weighed: WeighedLayer) -> str:
    """A layer, in a word."""
    return weighed.row.node.name


def check_page(net: str, report: Report, found: Sequence[Checked], terms: Terms) -> Page:
    """All limits of a network, each with what there is."""
    headings, rows = filled(CHECK_COLUMNS, found)
    name = printable(report.graph.name)
    broken = [each for each in found if not each.within]
    about = {
        "network": report.graph.name,
        "net": net,
        "input": report.graph.inputs,
        "within": not broken,
        "status": status_word(any(each.partial for each in found)),
        **counted_for(terms),
    }
    shapes = show_all(report.graph.inputs.values())
    verdict = f"{len(broken)} of {len(found)} limits not kept" if broken else f"limits kept: {len(found)}"
    measures = {each.limit.measure for each in found}
    meanings = [measure.about for key, measure in MEASURES.items() if measure.about and key in measures]
    foot = [*map(limit_sentence, broken), f"Input {shapes}: {verdict}.", *meanings]
    title = f"{name}: {'over budget' if broken else 'within budget'}"
    return Page(title, [Table("limits", headings, rows)], about, foot=foot)


def limit_sentence(each: Checked) -> str:
    """What exceeds which limit by how much, and which layers weigh most."""
    limit = each.limit
    of = f" of {limit.part}" if limit.part else ""
    at, how = ("at least {} is required", "too little") if limit.at_least else ("at most {} is allowed", "too much")
    wanted, found, over = (
        text(amount_cell(limit.measure, value)) for value in (limit.bound, each.found, abs(margin(each)))
    )
    blamed = "; ".join(f"{weighed.row.node.name} {weighed.amount:,}" for weighed in each.heaviest)
    sees = MEASURES[limit.measure].seen is not None
    who = "Seen by" if sees else "Heaviest"
    over = f"{over[:-1]} percentage points" if over.endswith("%") else over
    least = "at least " if each.partial else ""
    told = f"{limit.measure}{of} is {least}{found}, {at.format(wanted)} ({limit.origin}): {least}{over} {how}"
    heaviest = blamed and (sees or not limit.at_least)
    return f"{told}. {who}: {blamed}." if heaviest else f"{told}."


def kept(each: Checked) -> str:
    """What is within which limit."""
    found, wanted = (text(amount_cell(each.limit.measure, value)) for value in (each.found, each.limit.bound))
    return f"{found}, of {bound_in_words(each.limit)} {wanted} ({each.limit.origin})"


def findings_page(found: Sequence[Finding]) -> Page:
    """What was found in all networks, for the tools that run a check."""
    return Page("convcalc check", [Findings(found)])


def mistakes(net: str, faults: Sequence[Fault]) -> list[Finding]:
    """What keeps a network from being checked."""
    return [
        Finding(
            fault.code,
            net,
            passed=False,
            message=fault.message,
            place=in_text(fault.place),
            broken=True,
            layer=fault.layer,
        )
        for fault in faults
    ]


def findings(net: str, report: Report, found: Sequence[Checked]) -> list[Finding]:
    """Each limit as something that is kept or not, at the layer that weighs most, or else where it is written."""
    return [
        Finding(
            limit_name(each.limit),
            net if report.graph.name == net else f"{net}: {report.graph.name}",
            each.within,
            kept(each) if each.within else limit_sentence(each),
            in_text(each.heaviest[0].row.node.place) if each.heaviest else each.limit.place,
            layer=each.heaviest[0].row.node.name if each.heaviest else each.limit.part,
        )
        for each in found
    ]


def limit_name(limit: Limit) -> str:
    """What a limit is of."""
    name = f"{limit.part}.{limit.measure}" if limit.part else limit.measure
    return f"{name}-at-least" if limit.at_least else name
