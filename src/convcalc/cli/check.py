"""`convcalc check`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

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
    is_given,
    named,
    numeric,
    read,
)
from convcalc.cli.output import NO, chosen_format, publish, put
from convcalc.errors import DescriptionError, Fault, Source, quoted
from convcalc.shapes import show_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.analysis import Report
    from convcalc.budget import Checked, Limit
    from convcalc.finding import Finding
    from convcalc.measures import Terms
    from convcalc.spec.baseline import Earlier
    from convcalc.spec.variant import Variant

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
    """Check networks against a budget.

    The exit status is 0 within it, 1 over it, and 2 for what cannot be read.

    \b
    convcalc check net.yaml
    convcalc check net.yaml --max-params 5M --max-macs 300M -f github
    convcalc check alexnet --max-layer-share 40%
    convcalc check net.yaml --baseline old.json --max-increase 2%

    Limits also stand in a description, as budget: {params: 5M}, or in pyproject.toml, below [tool.convcalc.budget].
    """  # noqa: D301  # typer reads \b as: keep these lines
    from convcalc.views.findings import SUFFIXES, VIEWS

    form = format_ or SUFFIXES.get(output.suffix if output else "", "")
    form = form if form in VIEWS else chosen_format(form, output, others=tuple(VIEWS))
    options = {
        "max_params": max_params,
        "max_macs": max_macs,
        "max_activations": max_activations,
        "max_parameter_bytes": max_parameter_bytes,
        "max_activation_bytes": max_activation_bytes,
        "max_activation": max_activation,
        "max_layer_share": max_layer_share,
        "min_receptive_field": min_receptive_field,
    }
    terms = chosen_terms(batch, dtype)
    before = earlier(context, baseline, max_increase, terms)
    sources = Sources(asked(context, options), config if is_given(context, "config") else None, before)
    names = named(context, nets or [], layers or [])
    results: list[Result] = []
    faults: list[Fault] = []
    for name, make in zip(names or ["the network"], read(context, nets, layers, inputs, settings), strict=True):
        try:
            variant = numeric(context, make())
            report = variant.network()
            results.append(Result(name, report, judged(report, sources.limits(variant, name, report), terms)))
        except DescriptionError as error:
            faults += error.faults
            results.append(Result(name, None, [], error.faults))
    if form in VIEWS or not faults:
        show(results, terms, form, output)
    if faults:
        raise DescriptionError(*faults)
    if not all(each.within for result in results for each in result.checks):
        raise typer.Exit(NO)


class Result(NamedTuple):
    """A network by the word for it on the command line, and what was found; or its faults."""

    net: str
    report: Report | None
    checks: Sequence[Checked]
    faults: Sequence[Fault] = ()


@dataclass(frozen=True)
class Sources:
    """Where limits are from, besides descriptions: options, a configuration, and an earlier count."""

    given: Sequence[Limit]
    config: str | None
    before: Mapping[str, Earlier] | None

    def limits(self, variant: Variant, net: str, report: Report) -> list[Limit]:
        """All limits of a network: options go before the description, and this before the configuration.

        Raises:
            DescriptionError: there are none, or they cannot be read.
        """
        from convcalc.spec.load import configured

        name = variant.description.name
        limits = ruled(self.given, variant.description.budget, configured(net, self.config))
        limits += previous(name, report, self.before)
        if not limits:
            raise DescriptionError(Fault("missing-argument", f"what is the budget of {quoted(name)}?", notes=WAYS))
        return limits


def asked(context: typer.Context, options: Mapping[str, str]) -> list[Limit]:
    """The limits of options."""
    from convcalc.spec.budget import parse_option

    return [
        parse_option(f"--{name.replace('_', '-')}", name.partition("_")[2], text)
        for name, text in options.items()
        if is_given(context, name)
    ]


def earlier(context: typer.Context, baseline: str, increase: str, terms: Terms) -> Mapping[str, Earlier] | None:
    """The limits of each network in an earlier count, if there is one.

    Raises:
        DescriptionError: it cannot be read, or there is an increase of nothing.
    """
    from convcalc.spec.baseline import parse_baseline
    from convcalc.spec.load import COUNT, text_of

    increased = is_given(context, "max_increase")
    if not is_given(context, "baseline"):
        if increased:
            raise DescriptionError(Fault("conflicting-options", "--max-increase is of --baseline FILE"))
        return None
    return parse_baseline(Source(baseline, text_of(baseline, COUNT)), increase if increased else "0%", terms)


def previous(name: str, report: Report, before: Mapping[str, Earlier] | None) -> Sequence[Limit]:
    """The limits that an earlier count sets a network.

    Raises:
        DescriptionError: it does not have the network, or had another input.
    """
    if before is None:
        return []
    if name not in before:
        known = ", ".join(map(quoted, before))
        raise DescriptionError(Fault("bad-baseline", f"the baseline has no {quoted(name)}, but {known}"))
    inputs = {key: list(shape) for key, shape in report.graph.inputs.items()}
    if before[name].inputs != inputs:
        shapes = show_all(report.graph.inputs.values())
        message = f"the baseline of {quoted(name)} is for another input than {shapes}"
        raise DescriptionError(Fault("bad-baseline", message))
    return before[name].limits


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
        Fault(
            "unknown-layer",
            f"unknown layer or block: {quoted(limit.part)}{guess(limit.part, known)}",
            limit.named,
            notes=(f"it is to be a part of {quoted(report.graph.name)}",),
        )
        for limit in limits
        if not part(report.rows, limit.part)
    ]
    if faults:
        raise DescriptionError(*faults)
    return checked(report, limits, terms)


def show(results: Sequence[Result], terms: Terms, form: str, output: Path | None) -> None:
    """Write what was found, as tables or as findings."""
    from convcalc.columns.check import check_sheet, findings, mistakes
    from convcalc.views.findings import VIEWS

    if form in VIEWS:
        found = [
            in_file(each)
            for net, report, checks, faults in results
            for each in (findings(net, report, checks) if report else mistakes(net, faults))
        ]
        put(VIEWS[form](found), output)
    else:
        publish([check_sheet(net, report, checks, terms) for net, report, checks, _ in results if report], form, output)


def in_file(finding: Finding) -> Finding:
    """A finding without its place if this is in no file that others could open."""
    place = finding.place
    return finding if place is None or os.path.isfile(place.source.name) else finding._replace(place=None)  # noqa: PTH113  # pathlib's raises on names too long
