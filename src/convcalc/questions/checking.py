"""A network held against limits: which of several sources count, and whether they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, Faults, guess, quoted
from convcalc.layers.shapes import show_all
from convcalc.questions.baseline import Earlier
from convcalc.questions.budget import checked, parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.network.limits import Limit
    from convcalc.network.report import Report
    from convcalc.network.terms import Terms
    from convcalc.questions.budget import Checked


def previous(name: str, report: Report, before: Mapping[str, Earlier] | Earlier | None) -> Sequence[Limit]:
    """The limits that a baseline sets a network.

    Raises:
        DescriptionError: it does not have the network, or had another input.
    """
    if before is None:
        return []
    if isinstance(before, Earlier):
        own = before
    elif name in before:
        own = before[name]
    else:
        known = ", ".join(map(quoted, before))
        raise DescriptionError(Fault("bad-baseline", f"the baseline has no {quoted(name)}, but {known}"))
    if own.inputs != {key: list(shape) for key, shape in report.graph.inputs.items()}:
        shapes = show_all(report.graph.inputs.values())
        message = f"the baseline of {quoted(name)} is for another input than {shapes}"
        raise DescriptionError(Fault("bad-baseline", message))
    return own.limits


def prevailing_limits(*sources: Sequence[Limit]) -> list[Limit]:
    """Limits of several sources: what an earlier one says of a measure, no later one says otherwise."""
    found: list[Limit] = []
    for limits in sources:
        taken = {(limit.measure, limit.part, limit.at_least) for limit in found}
        found += [limit for limit in limits if (limit.measure, limit.part, limit.at_least) not in taken]
    return found


def judged(report: Report, limits: Sequence[Limit], terms: Terms) -> list[Checked]:
    """What a network has of each measure that is limited.

    Raises:
        DescriptionError: a limit is of a layer or a block that the network does not have.
    """
    names = [row.node.name for row in report.rows]
    known = dict.fromkeys([*names, *(name.rpartition(".")[0] for name in names if "." in name)])
    rows_of = parts(report, {limit.part for limit in limits})
    faults = Faults()
    for limit in limits:
        if not rows_of[limit.part]:
            message = f"unknown layer or block: {quoted(limit.part)}{guess(limit.part, known)}"
            notes = (f"it is to be a part of {quoted(report.graph.name)}",)
            faults.tell(Fault("unknown-layer", message, limit.named, notes=notes))
    faults.stop()
    return checked(report, limits, terms)
