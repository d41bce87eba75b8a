"""`convcalc check`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from convcalc.cli.options import (
    Batch,
    Dtype,
    Inputs,
    Layers,
    Most,
    MostBytes,
    Nets,
    Output,
    Settings,
    chosen_terms,
    named,
    numeric,
    read,
)
from convcalc.cli.output import NO, chosen_format, publish, put
from convcalc.errors import DescriptionError, Fault, Source, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.analysis import Report
    from convcalc.budget import Checked, Limit
    from convcalc.finding import Finding
    from convcalc.measures import Terms

WAYS = (
    "try: --max-params 5M --max-macs 300M, budget: {params: 5M} in the description,",
    "[tool.convcalc.budget] in pyproject.toml, or --baseline FILE",
)
"""Where limits may be from."""


def check(  # typer calls it by name
    context: typer.Context,
    nets: Nets = None,
    inputs: Inputs = None,
    layers: Layers = None,
    settings: Settings = None,
    max_params: Most = "",
    max_macs: Most = "",
    max_activations: Most = "",
    max_parameter_bytes: MostBytes = "",
    max_activation_bytes: MostBytes = "",
    max_activation: Annotated[
        str, typer.Option(metavar="AMOUNT", help="Bytes that any layer may read and make: 256KiB.", show_default=False)
    ] = "",
    max_layer_share: Annotated[
        str, typer.Option(metavar="SHARE", help="Of all MACs, what one layer may have: 40%.", show_default=False)
    ] = "",
    min_receptive_field: Annotated[
        str, typer.Option(metavar="N", help="Input positions that the outputs must see.", show_default=False)
    ] = "",
    baseline: Annotated[
        str, typer.Option(metavar="FILE", help="An earlier count -f json, not to be exceeded.", show_default=False)
    ] = "",
    max_increase: Annotated[
        str, typer.Option(metavar="SHARE", help="What --baseline may be exceeded by: 2%.", show_default=False)
    ] = "",
    config: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Limits in TOML, not the nearest convcalc.toml or pyproject.toml.",
            show_default=False,
        ),
    ] = "",
    batch: Batch = 1,
    dtype: Dtype = "",
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="github, junit, sarif; table, plain, json, jsonl, csv, tsv, markdown or latex.",
            show_default=False,
        ),
    ] = "",
    output: Output = None,
) -> None:
    """Check networks against a budget: exit status 0 within, 1 over it, 2 for what cannot be read.

    \b
    convcalc check net.yaml
    convcalc check net.yaml --max-params 5M --max-macs 300M -f github
    convcalc check alexnet --max-layer-share 40%
    convcalc check net.yaml --baseline old.json --max-increase 2%

    Limits also stand in a description, as budget: {params: 5M}, or in pyproject.toml, below [tool.convcalc.budget].
    """  # noqa: D301  # typer reads \b as: keep these lines
    from convcalc.spec.load import configured
    from convcalc.views.findings import VIEWS

    form = format_ if format_ in VIEWS else chosen_format(format_, output, others=tuple(VIEWS))
    options = {
        "--max-params": max_params,
        "--max-macs": max_macs,
        "--max-activations": max_activations,
        "--max-parameter-bytes": max_parameter_bytes,
        "--max-activation-bytes": max_activation_bytes,
        "--max-activation": max_activation,
        "--max-layer-share": max_layer_share,
        "--min-receptive-field": min_receptive_field,
    }
    terms = chosen_terms(batch, dtype)
    given = asked(options)
    before = earlier(baseline, max_increase, terms)
    names = named(context, nets or [], layers or [])
    reports = []
    for name, make in zip(names or [""], read(context, nets, layers, inputs, settings), strict=True):
        variant = numeric(context, make())
        report = variant.network()
        limits = ruled(given, variant.description.budget, configured(name, config))
        limits += previous(variant.description.name, before)
        if not limits:
            message = f"what is the budget of {quoted(variant.description.name)}?"
            raise DescriptionError(Fault("missing-argument", message, notes=WAYS))
        reports.append((report, judged(report, limits, terms)))
    show(reports, terms, form, output)
    if not all(each.within for _, found in reports for each in found):
        raise typer.Exit(NO)


def asked(options: Mapping[str, str]) -> list[Limit]:
    """The limits of options."""
    from convcalc.spec.budget import parse_option

    return [
        parse_option(option, option.removeprefix("--max-").removeprefix("--min-").replace("-", "_"), text)
        for option, text in options.items()
        if text
    ]


def earlier(baseline: str, increase: str, terms: Terms) -> Mapping[str, list[Limit]] | None:
    """The limits of each network in an earlier count, if there is one.

    Raises:
        DescriptionError: it cannot be read, or there is an increase of nothing.
    """
    from convcalc.spec.baseline import parse_baseline
    from convcalc.spec.load import COUNT, text_of

    if not baseline:
        if increase:
            raise DescriptionError(Fault("conflicting-options", "--max-increase is of --baseline FILE"))
        return None
    return parse_baseline(Source(baseline, text_of(baseline, COUNT)), increase or "0%", terms)


def previous(name: str, before: Mapping[str, list[Limit]] | None) -> list[Limit]:
    """The limits that an earlier count sets a network.

    Raises:
        DescriptionError: it does not have the network.
    """
    if before is None:
        return []
    if name not in before:
        known = ", ".join(map(quoted, before))
        raise DescriptionError(Fault("bad-baseline", f"the baseline has no {quoted(name)}, but {known}"))
    return before[name]


def ruled(*sources: Sequence[Limit]) -> list[Limit]:
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
    from convcalc.budget import checked, part
    from convcalc.spec.names import guess

    names = [row.node.name for row in report.rows]
    known = dict.fromkeys([*names, *(name.rpartition(".")[0] for name in names if "." in name)])
    faults = [
        Fault("unknown-layer", f"unknown layer or block: {quoted(limit.part)}{guess(limit.part, known)}", limit.place)
        for limit in limits
        if not part(report.rows, limit.part)
    ]
    if faults:
        raise DescriptionError(*faults)
    return checked(report, limits, terms)


def show(reports: Sequence[tuple[Report, Sequence[Checked]]], terms: Terms, form: str, output: Path | None) -> None:
    """Write what was found, as tables or as findings."""
    from convcalc.columns.check import check_sheet, findings
    from convcalc.views.findings import VIEWS

    if form in VIEWS:
        found = [in_file(each) for report, checks in reports for each in findings(report, checks)]
        put(VIEWS[form](found), output)
    else:
        publish([check_sheet(report, checks, terms) for report, checks in reports], form, output)


def in_file(finding: Finding) -> Finding:
    """A finding without its place if this is in no file that others could open."""
    place = finding.place
    return finding if place is None or os.path.isfile(place.source.name) else finding._replace(place=None)  # noqa: PTH113  # pathlib's raises on names too long
