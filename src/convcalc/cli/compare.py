"""`convcalc compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcalc.cli import completion
from convcalc.cli.options import (
    Batch,
    Depth,
    Dtype,
    Inputs,
    Output,
    Quiet,
    Settings,
    TableFormat,
    built,
    chosen_terms,
    described,
    network_makers,
    numeric,
)
from convcalc.cli.output import NO, chosen_format, warn, write_pages
from convcalc.errors import DescriptionError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcalc.network.report import Report
    from convcalc.network.terms import Terms
    from convcalc.pages.page import Page


def compare(
    context: typer.Context,
    nets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="A B...",
            help="Networks; of one, NET@name=value or NET@REVISION.",
            show_default=False,
            autocompletion=completion.complete_nets,
        ),
    ] = None,
    inputs: Inputs = None,
    settings: Settings = None,
    depth: Depth = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit status 1 if anything differs.")] = False,
    batch: Batch = 1,
    dtype: Dtype = "",
    format_: TableFormat = "",
    output: Output = None,
    quiet: Quiet = False,
) -> None:
    """Tell which layers of networks differ, in what, and what it costs.

    \b
    convcalc compare resnet50 resnext50_32x4d
    convcalc compare mobilenet_v1 mobilenet_v1@alpha=0.5
    convcalc compare net.yaml@HEAD~3 net.yaml --exit-code
    convcalc compare mobilenet_v1 --set alpha=0.75 --set alpha=0.5

    Layers are paired by what they are, so that a new one shifts no other. All others are compared with the first.
    """
    form = chosen_format(format_, output)
    names, common = variants_of(nets or [], settings or [])
    terms = chosen_terms(batch, dtype)
    pairs = built(network_makers(context, described(nets=names, inputs=inputs, settings=common)))
    for variant, _ in pairs:
        numeric(context, variant)
    pages = list(comparison_pages([report for _, report in pairs], names, depth, terms))
    if not quiet:
        warn(pages)
    write_pages(pages, form, output)
    if exit_code and any(map(differs, pages)):
        raise typer.Exit(NO)


def comparison_pages(
    reports: Sequence[Report], names: Sequence[str], depth: int | None, terms: Terms
) -> Iterator[Page]:
    """What differs between the first network and each of the others; those with the same name are called by `names`."""
    from convcalc.network.folding import folded
    from convcalc.pages.compare import compare_page
    from convcalc.questions.comparing import differences

    first, *others = [folded(report, depth, bare=True) for report in reports]
    own = [report.graph.name for report in reports]
    titles = own if len(set(own)) == len(own) else names
    for report, title, lines in zip(reports[1:], titles[1:], others, strict=True):
        yield compare_page([reports[0], report], [titles[0], title], differences(first, lines), terms)


def differs(page: Page) -> bool:
    """Whether a comparison has found anything."""
    return any(table.rows for table in page.tables) or any(
        value for key, value in page.totals.items() if key.endswith("_delta")
    )


def variants_of(nets: list[str], settings: list[str]) -> tuple[list[str], list[str]]:
    """The networks to compare, and what is set in all of them: of one network alone, each setting is a variant.

    Raises:
        DescriptionError: there is nothing to compare with.
    """
    if len(nets) > 1:
        return nets, settings
    if nets and settings:
        first = nets if len(settings) == 1 else []
        return [*first, *(f"{nets[0]}@{setting}" for setting in settings)], []
    ways = ("try: convcalc compare resnet50 resnext50_32x4d, or NET --set NAME=1 --set NAME=2",)
    raise DescriptionError(Fault("missing-argument", "compare takes two networks", notes=ways))
