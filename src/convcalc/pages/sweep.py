"""What `convcalc sweep` tells of each configuration."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convcalc.errors import printable
from convcalc.layers.options import show_value
from convcalc.network.measures import countable
from convcalc.pages.cells import Decimal, Exact
from convcalc.pages.columns import Heading, row_of_some
from convcalc.pages.count import FOOT, KNOWN_COLUMNS, TERMS, counted_for
from convcalc.pages.page import Page, Table
from convcalc.pages.schema import DECIMAL, NATURAL, TEXT, WHOLE, PageForm
from convcalc.questions.sweep import REASON

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from convcalc.arithmetic.operations import Held
    from convcalc.pages.cells import Cell
    from convcalc.questions.configurations import SweepAxis
    from convcalc.questions.sweep import Sweep

USUAL_MEASURES = ("params", "macs", "activation_bytes")
"""The measures that are shown unless others are asked for."""

MEASURE_HEADINGS = {key: KNOWN_COLUMNS[key].heading._replace(holds=NATURAL) for key in countable()}
REMARKED = Heading(REASON, "Impossible because", optional=True, rank=3, wraps=True)
"""The heads of what is not varied: measures, and why there are none."""

SWEEP_FORM = PageForm(
    {"network": TEXT, "of": NATURAL, "computed": NATURAL, "impossible": NATURAL, **TERMS},
    {
        "configurations": {
            "description": "the value of each variable by its name, measures, and why it is impossible, if it is",
            **row_of_some([*MEASURE_HEADINGS.values(), REMARKED]),
            "additionalProperties": {"type": ["number", "string", "null"]},
            "minProperties": 2,
        }
    },
    optional={"partial": NATURAL, "undecided": NATURAL},
)
"""What a sweep is as JSON."""


def headings(keys: Sequence[str], sweep: Sweep) -> list[Heading]:
    """The heads of columns: variables, measures, and why there are none."""
    remark = REMARKED._replace(title="Remark") if sweep.partial else REMARKED
    known = {**MEASURE_HEADINGS, REASON: remark}
    return [known.get(key) or variable_heading(sweep.axes[key]) for key in keys]


def variable_heading(axis: SweepAxis) -> Heading:
    """The head of the column of a variable, or of one that was joined."""
    holds = TEXT if not axis.numeric else WHOLE if axis.denominator == 1 else DECIMAL
    return Heading(axis.name, printable(axis.name), holds, numeric=True)


def sweep_page(  # noqa: PLR0913  # what is to be said around the rows
    sweep: Sweep,
    keys: Sequence[str],
    rows: Iterable[Sequence[Any]],
    name: str,
    *,
    about: Mapping[str, Any] | None = None,
    foot: Sequence[str] = (),
) -> Page:
    """Configurations, a row each."""
    shown = list(rows)
    known = {"network": name, **(about or {}), **counted_for(sweep.terms)}
    title = f"{printable(name)}: {'1 configuration' if len(shown) == 1 else f'{len(shown):,} configurations'}"
    sentences = [*foot, *([FOOT] if "macs" in keys else [])]
    return Page(title, [Table("configurations", headings(keys, sweep), shown)], known, foot=sentences)


def present(axis: SweepAxis, value: Held) -> Cell:
    """A value as a cell: of an axis that has decimals, all values are such."""
    if not axis.numeric:
        return value if isinstance(value, str) else Exact(show_value(value))
    return in_decimals(value)


def in_decimals(value: Fraction | int) -> Cell:
    """A number with decimals, or as it is where these are not exact."""
    near = Decimal(value)
    return near if Fraction(str(near)) == value else Exact(show_value(value))


def sweep_outcome(sweep: Sweep, number: int, kept: int, *, narrowed: bool) -> tuple[dict[str, Any], list[str]]:
    """How many configurations there were, and what became of them, for programs and for people."""
    about = {"of": number, "computed": sweep.done, "impossible": sweep.impossible}
    if sweep.partial:
        about["partial"] = sweep.partial
    if sweep.undecided:
        about["undecided"] = sweep.undecided
    foot = []
    if narrowed or sweep.where or sweep.possible:
        foot.append(f"{kept:,} of {sweep.done:,} configurations.")
    if sweep.impossible:
        foot.append(f"{sweep.impossible:,} of {sweep.done:,} configurations are impossible.")
    foot += [f"{sentence[0].upper()}{sentence[1:]}." for sentence in not_known(sweep)]
    if sweep.done < number:
        foot.append(stopped(sweep.done, number))
    return about, foot


def not_known(sweep: Sweep) -> list[str]:
    """How many configurations have costs that nobody has said, and how many cannot be chosen for that reason."""
    found = []
    of = f"of {sweep.done:,} configurations"
    if sweep.partial:
        example = sweep.lacks[0].removeprefix("not known: ")
        lacks = example if len(sweep.lacks) == 1 else f"{example}, and others"
        found.append(f"{sweep.partial:,} {of} have costs that are not known: {lacks}")
    if sweep.undecided:
        found.append(f"{sweep.undecided:,} {of} are left out, as what would choose them is not known")
    return found


def stopped(done: int, number: int) -> str:
    """What to say of a sweep that was stopped."""
    return f"Stopped after {done:,} of {number:,} configurations."
