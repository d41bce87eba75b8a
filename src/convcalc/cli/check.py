"""`convcalc check`."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from convcalc.cli.options import (
    Batch,
    Dtype,
    Inputs,
    LayerLines,
    Most,
    MostBytes,
    Nets,
    Output,
    Settings,
    chosen_terms,
    described,
    is_given,
    network_makers,
    numeric,
    with_networks,
)
from convcalc.cli.output import NO, chosen_format, complain, write_pages
from convcalc.errors import DescriptionError, Fault, Source, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.network.limits import Limit
    from convcalc.network.network import Network
    from convcalc.network.report import Report
    from convcalc.network.terms import Terms
    from convcalc.pages.finding import Finding
    from convcalc.pages.page import Page
    from convcalc.questions.baseline import Earlier
    from convcalc.questions.budget import Checked
    from convcalc.sources.networks import NetworkArguments
    from convcalc.views import OutputFormat

WAYS = (
    "try: --max-params 5M --max-macs 300M, budget: {params: 5M} in the description,",
    "[tool.convcalc.budget] in pyproject.toml, or --baseline FILE",
)
"""Where limits may be from."""


def check(
    context: typer.Context,
    nets: Nets = None,
    inputs: Inputs = None,
    layers: LayerLines = None,
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
        str,
        typer.Option(metavar="FILE|NET", help="A count -f json, or a network, not to be exceeded.", show_default=False),
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
    convcalc check net.yaml --baseline net.yaml@main

    Limits also stand in a description, as budget: {params: 5M}, or in pyproject.toml, below [tool.convcalc.budget].
    """
    from convcalc.pages.page import Findings, Table

    form = chosen_format(format_, output, (Table, Findings))
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
    networks = described(nets=nets, inputs=inputs, layers=layers, settings=settings)
    before = earlier(context, replace(networks, nets=[baseline], layers=()), max_increase, terms)
    sources = Sources(option_limits(context, options), config if is_given(context, "config") else None, before)
    names = with_networks(context, networks).nets or ["the network"]
    makers = zip(names, network_makers(context, networks), strict=True)
    results = [check_result(context, name, make, sources, terms) for name, make in makers]
    if not any(each.checks for each in results):
        results = [each if each.faults else no_budget(each) for each in results]
    faults = [fault for each in results for fault in each.faults]
    if Findings in form.shows or not faults:
        write_results(results, terms, form, output)
    if faults:
        raise DescriptionError(*faults)
    if not all(each.within for result in results for each in result.checks):
        raise typer.Exit(NO)


class CheckResult(NamedTuple):
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
    before: Mapping[str, Earlier] | Earlier | None

    def limits(self, network: Network, net: str, report: Report) -> list[Limit]:
        """All limits of a network: options go before the description, and this before the configuration.

        Raises:
            DescriptionError: they cannot be read.
        """
        from convcalc.questions.checking import prevailing_limits, previous
        from convcalc.sources.configuration import configured

        limits = prevailing_limits(self.given, network.budget, configured(net, self.config))
        return [*limits, *previous(network.name, report, self.before)]


def check_result(
    context: typer.Context, name: str, make: Callable[[], Network], sources: Sources, terms: Terms
) -> CheckResult:
    """What was found of a network, or its faults."""
    from convcalc.questions.checking import judged

    try:
        network = numeric(context, make())
        report = network.report()
        limits = sources.limits(network, name, report)
        return CheckResult(name, report, judged(report, limits, terms))
    except DescriptionError as error:
        return CheckResult(name, None, [], error.faults)


def no_budget(result: CheckResult) -> CheckResult:
    """What is wrong where no network has a limit."""
    name = result.report.graph.name if result.report else result.net
    return CheckResult(
        result.net, None, [], [Fault("missing-argument", f"what is the budget of {quoted(name)}?", notes=WAYS)]
    )


def option_limits(context: typer.Context, options: Mapping[str, str]) -> list[Limit]:
    """The limits of options."""
    from convcalc.language.read.budget import parse_option

    return [
        parse_option(f"--{name.replace('_', '-')}", name.partition("_")[2], text)
        for name, text in options.items()
        if is_given(context, name)
    ]


def earlier(
    context: typer.Context, baseline: NetworkArguments, increase: str, terms: Terms
) -> Mapping[str, Earlier] | Earlier | None:
    """The limits of each network in an earlier count, or those that a network sets to all, if a baseline is given.

    Raises:
        DescriptionError: it cannot be read, or there is an increase of nothing.
    """
    from convcalc.questions.baseline import Allowance, allowed, counted_network, parse_baseline
    from convcalc.sources.loading import count_text
    from convcalc.sources.networks import names_network

    increased = is_given(context, "max_increase")
    if not is_given(context, "baseline"):
        if increased:
            raise DescriptionError(Fault("conflicting-options", "--max-increase is of --baseline FILE"))
        return None
    (word,) = baseline.nets
    more = allowed(increase if increased else "0%")
    allowance = Allowance(more, f"{word}{f' + {increase.strip()}' if more else ''}")
    if names_network(word):
        return counted_network(numeric(context, baseline.one()).report(), allowance, terms)
    return parse_baseline(Source(word, count_text(word)), allowance, terms)


def write_results(results: Sequence[CheckResult], terms: Terms, form: OutputFormat, output: Path | None) -> None:
    """Write what was found, as tables or as findings, and warn of networks that have no limit."""
    from convcalc.pages.page import Findings

    complain("".join(unlimited(each.net) for each in results if not each.checks and not each.faults))
    pages = [found_in(results)] if Findings in form.shows else tables_of(results, terms)
    write_pages(pages, form, output)


def tables_of(results: Sequence[CheckResult], terms: Terms) -> list[Page]:
    """What was found, a table for each network that has limits."""
    from convcalc.pages.check import check_page

    return [check_page(net, report, checks, terms) for net, report, checks, _ in results if report and checks]


def found_in(results: Sequence[CheckResult]) -> Page:
    """What was found, and what kept networks from being checked, as findings."""
    from convcalc.pages.check import findings, findings_page, mistakes

    return findings_page(
        [
            in_file(each)
            for net, report, checks, faults in results
            for each in (findings(net, report, checks) if report else mistakes(net, faults))
        ]
    )


def unlimited(net: str) -> str:
    """The warning of a network that has no limit, beside others that have."""
    return f"warning: {quoted(net)} has no limit, so nothing is checked\n"


def in_file(finding: Finding) -> Finding:
    """A finding without its place if this is in no file that others could open."""
    place = finding.place
    return finding if place is None or os.path.isfile(place.source.name) else finding._replace(place=None)
