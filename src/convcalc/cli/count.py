"""`convcalc count`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from convcalc.cli.completion import complete_columns
from convcalc.cli.options import (
    Batch,
    Depth,
    Dtype,
    Format,
    Inputs,
    LayerLines,
    Nets,
    Output,
    Quiet,
    Settings,
    built,
    chosen_terms,
    described,
    network_makers,
)
from convcalc.cli.output import chosen_format, complain, publish_network, warn, write_out, write_pages
from convcalc.errors import DescriptionError, Fault, printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from convcalc.network.network import Network
    from convcalc.network.report import Report
    from convcalc.network.sight import Sight
    from convcalc.network.terms import Terms
    from convcalc.pages.page import Page
    from convcalc.views import OutputFormat

MOST_DOUBLE = 2**53
"""The largest number up to which all are exact as doubles."""


def count(
    context: typer.Context,
    nets: Nets = None,
    inputs: Inputs = None,
    layers: LayerLines = None,
    settings: Settings = None,
    format_: Format = "",
    output: Output = None,
    columns: Annotated[
        str,
        typer.Option(
            metavar="KEYS",
            help="Which columns, in which order: name,macs; or +params,-biases.",
            show_default=False,
            autocompletion=complete_columns,
        ),
    ] = "",
    depth: Depth = None,
    expand: Annotated[bool, typer.Option("--expand", help="Show norms and activations in rows of their own.")] = False,
    batch: Batch = 1,
    dtype: Dtype = "",
    symbolic: Annotated[
        str, typer.Option(metavar="NAMES", help="Variables to count in terms of: width,classes.", show_default=False)
    ] = "",
    strict_edges: Annotated[
        bool, typer.Option("--strict-edges", help="Warn of each window that does not reach the end of its input.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Count again whenever a file changes, and tell what changed.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Count what each layer of a network costs.

    \b
    convcalc count alexnet
    convcalc count net.yaml --depth 1
    convcalc count net.yaml --watch
    convcalc count mobilenet_v1 --set alpha=0.5 --set size=160 -f json
    convcalc count -i 3x32x32 -l 'conv 16 3 same bn relu, maxpool 2, linear 10'

    convcalc nets lists the bundled networks, convcalc kinds what a line can say.
    """
    from convcalc.pages.count import BYTES, MACHINE_COUNT_KEYS, PEOPLE_COUNT_KEYS, chosen_columns

    form = chosen_format(format_, output)
    machine = form.machines
    keys = chosen_columns(columns, (*(MACHINE_COUNT_KEYS if machine else PEOPLE_COUNT_KEYS), *(BYTES if dtype else ())))
    terms = chosen_terms(batch, dtype)
    networks = described(nets=nets, inputs=inputs, layers=layers, settings=settings, symbolic=symbolic)
    shown = Shown(keys, terms, depth, expand or machine, strict_edges, machine)

    def recount() -> list[Report]:
        found = built(network_makers(context, networks, most=1 if form.target else None))
        if form.target:
            publish_numbers(*found[0], form, output)
        else:
            pages = [network_page(variant, report, shown) for variant, report in found]
            if not quiet:
                warn(pages)
            write_pages(pages, form, output)
        return [report for _, report in found]

    if watch:
        from convcalc.cli.watching import watch as watch_files

        watch_files(networks.nets, recount, terms, complain if machine else write_out)
    else:
        recount()


class Shown(NamedTuple):
    """What is shown of a network: which columns, on which terms, which lines, and which warnings."""

    keys: Sequence[str]
    terms: Terms
    depth: int | None
    expand: bool
    strict_edges: bool
    machine: bool


def network_page(network: Network, report: Report, shown: Shown) -> Page:
    """What a network costs, in the arithmetic that it was built in."""
    from convcalc.network.folding import folded
    from convcalc.pages.count import SIGHT_KEYS, count_page
    from convcalc.questions.doubts import warnings_about

    with network.computing():
        warnings = warnings_about(report, strict_edges=shown.strict_edges)
        sight = sight_in_numbers(report) if set(SIGHT_KEYS) & set(shown.keys) else None
        warnings += sight.misaligned if sight else []
        fields = sight.fields if sight else None
        lines = folded(report, shown.depth, expand=shown.expand, bare=shown.machine, fields=fields)
        page = count_page(report, lines, shown.keys, warnings, shown.terms)
    return page._replace(warnings=[*page.warnings, *beyond_doubles(page)]) if shown.machine else page


def publish_numbers(network: Network, report: Report, form: OutputFormat, output: Path | None) -> None:
    """Write a whole network.

    Raises:
        DescriptionError: it has symbols, which no such format has.
    """
    if network.symbols is not None:
        message = f"symbols cannot be written as {form.name}, which has numbers"
        raise DescriptionError(Fault("format-does-not-apply", message, notes=("try: -f json",)))
    publish_network(report, form, output)


def beyond_doubles(page: Page) -> list[str]:
    """A warning of totals that programs may round which read numbers as doubles: none up to 2^53."""
    large = [key for key, total in page.totals.items() if isinstance(total, int) and total > MOST_DOUBLE]
    if not large:
        return []
    name = printable(str(page.about["network"]))
    return [f"{name}: {' and '.join(large)} beyond 2^53: exact here, but not in programs that read numbers as doubles"]


def sight_in_numbers(report: Report) -> Sight:
    """What each layer sees, and which branches are misaligned.

    Raises:
        DescriptionError: the network has symbols.
    """
    from convcalc.arithmetic.operations import current_domain
    from convcalc.network.sight import receptive_fields

    if current_domain() is not None:
        raise DescriptionError(Fault("needs-numbers", "receptive fields are told of numbers, and not of symbols"))
    return receptive_fields(report)
