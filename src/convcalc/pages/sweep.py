"""What `convcalc sweep` tells of each configuration."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from convcalc.errors import printable
from convcalc.layers.options import show
from convcalc.network.measures import countable
from convcalc.pages.count import FOOT, count_columns, counted_for
from convcalc.pages.sheet import SCHEMA, Decimal, Exact, Heading, Sheet
from convcalc.questions.sweep import REASON

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from convcalc.pages.sheet import Cell
    from convcalc.questions.configurations import Axis
    from convcalc.questions.sweep import Sweep

USUAL = ("params", "macs", "activation_bytes")
"""The measures that are shown unless others are asked for."""


def headings(keys: Sequence[str], sweep: Sweep) -> list[Heading]:
    """The heads of columns: variables, measures, and why there are none."""
    columns = count_columns(sweep.terms, {}).items()
    known = {key: column.heading._replace(holds="int") for key, column in columns if key in countable()}
    remark = "Remark" if sweep.partial else "Impossible because"
    known[REASON] = Heading(REASON, remark, rank=3, wraps=True, holds="text")
    return [known.get(key) or variable(sweep.axes[key]) for key in keys]


def variable(axis: Axis) -> Heading:
    """The head of the column of a variable, or of one that was joined."""
    holds: Literal["int", "float", "text"] = "text" if not axis.numeric else "int" if axis.denominator == 1 else "float"
    return Heading(axis.name, printable(axis.name), numeric=True, holds=holds)


def sweep_sheet(  # noqa: PLR0913  # what is to be said around the rows
    sweep: Sweep,
    keys: Sequence[str],
    rows: Iterable[Sequence[Any]],
    name: str,
    *,
    about: Mapping[str, Any] | None = None,
    foot: Sequence[str] = (),
) -> Sheet:
    """Configurations, a row each."""
    shown = list(rows)
    known = {"schema": SCHEMA, "network": name, **(about or {}), **counted_for(sweep.terms)}
    title = f"{printable(name)}: {'1 configuration' if len(shown) == 1 else f'{len(shown):,} configurations'}"
    sentences = [*foot, *([FOOT] if "macs" in keys else [])]
    return Sheet(title, headings(keys, sweep), shown, known, rows_key="configurations", foot=sentences)


def present(axis: Axis, value: Any) -> Cell:  # noqa: ANN401  # whatever a variable holds
    """A value as a cell: of an axis that has decimals, all values are such."""
    if not axis.numeric:
        return value if isinstance(value, str) else Exact(show(value))
    return in_decimals(value)


def in_decimals(value: Fraction | int) -> Cell:
    """A number with decimals, or as it is where these are not exact."""
    near = Decimal(value)
    return near if Fraction(str(near)) == value else Exact(show(value))


def told(sweep: Sweep, number: int, kept: int, *, narrowed: bool) -> tuple[dict[str, Any], list[str]]:
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
