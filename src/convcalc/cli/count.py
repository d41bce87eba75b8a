"""`convcalc count`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcalc.cli.completion import columns as column_keys
from convcalc.cli.options import (
    Batch,
    Depth,
    Dtype,
    Format,
    Inputs,
    Layers,
    Nets,
    Output,
    Quiet,
    Settings,
    built,
    chosen_terms,
    read,
)
from convcalc.cli.output import chosen_format, complain, publish, publish_description, write
from convcalc.errors import DescriptionError, Fault, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.network.receptive_field import Fields
    from convcalc.network.report import Report
    from convcalc.pages.page import Page

MOST_DOUBLE = 2**53
"""The largest number up to which all are exact as doubles."""


def count(
    context: typer.Context,
    nets: Nets = None,
    inputs: Inputs = None,
    layers: Layers = None,
    settings: Settings = None,
    format_: Format = "",
    output: Output = None,
    columns: Annotated[
        str,
        typer.Option(
            metavar="KEYS",
            help="Which columns, in which order: name,macs; or +params,-biases.",
            show_default=False,
            autocompletion=column_keys,
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
    """  # noqa: D301  # typer reads \b as: keep these lines
    from convcalc.network.folding import folded
    from convcalc.pages.count import BYTES, MACHINES, PEOPLE, SIGHT, chosen, count_page
    from convcalc.questions.doubts import warnings_about
    from convcalc.views import DESCRIPTION

    form = chosen_format(format_, output)
    machine = form.machines
    keys = chosen(columns, (*(MACHINES if machine else PEOPLE), *(BYTES if dtype else ())))
    terms = chosen_terms(batch, dtype)

    def recount() -> list[Report]:
        most = 1 if form == DESCRIPTION else None
        found = built(read(context, nets, layers, inputs, settings, most=most, symbolic=symbolic))
        reports = [report for _, report in found]
        if form == DESCRIPTION:
            if found[0][0].symbols is not None:
                message = "symbols cannot be written as yaml, which has numbers"
                raise DescriptionError(Fault("format-does-not-apply", message, notes=("try: -f json",)))
            publish_description(reports[0], output)
            return reports
        pages = []
        for variant, report in found:
            with variant.computing():
                warnings = warnings_about(report, strict_edges=strict_edges)
                fields = seen(report, warnings) if set(SIGHT) & set(keys) else None
                lines = folded(report, depth, expand=expand or machine, bare=machine, fields=fields)
                page = count_page(report, lines, keys, warnings, terms)
                more = beyond_doubles(page) if machine else []
                pages.append(page._replace(warnings=[*page.warnings, *more]))
        if not quiet:
            complain("".join(f"warning: {warning}\n" for page in pages for warning in page.warnings))
        publish(pages, format_, output)
        return reports

    if watch:
        from convcalc.cli.watching import watch as watch_files

        watch_files(nets or [], recount, terms, complain if machine else write)
    else:
        recount()


def beyond_doubles(page: Page) -> list[str]:
    """A warning of totals that programs may round which read numbers as doubles: none up to 2^53."""
    large = [key for key, total in page.totals.items() if isinstance(total, int) and total > MOST_DOUBLE]
    if not large:
        return []
    name = printable(str(page.about["network"]))
    return [f"{name}: {' and '.join(large)} beyond 2^53: exact here, but not in programs that read numbers as doubles"]


def seen(report: Report, warnings: list[str]) -> Mapping[str, Fields]:
    """What each layer sees; branches that are misaligned are added to the warnings."""
    from convcalc.arithmetic.operations import current_domain
    from convcalc.network.receptive_field import receptive_fields

    if current_domain() is not None:
        raise DescriptionError(Fault("needs-numbers", "receptive fields are told of numbers, and not of symbols"))

    sight = receptive_fields(report)
    warnings += sight.misaligned
    return sight.fields
