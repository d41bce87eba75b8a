"""`convcalc widen`."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from convcalc.cli import completion
from convcalc.cli.options import Depth, Format, Inputs, LayerLines, Nets, Output, Settings, described, read_one
from convcalc.cli.output import chosen_format, publish_network, saved, screen, write_pages
from convcalc.errors import DescriptionError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.network.network import Network
    from convcalc.pages.page import Page
    from convcalc.questions.widening import Widened, Widening
    from convcalc.views import OutputFormat


def widen(
    context: typer.Context,
    nets: Nets = None,
    inputs: Inputs = None,
    layers: LayerLines = None,
    settings: Settings = None,
    factor: Annotated[
        str, typer.Option(metavar="F", help="How many times as wide: 2, 0.75, 1/2.", show_default=False)
    ] = "",
    factors: Annotated[
        str, typer.Option(metavar="F,F,…", help="A row for each of these factors, and a curve.", show_default=False)
    ] = "",
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="Layers to leave as they are, such as 'stem*'.",
            autocompletion=completion.complete_layers,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN", help="Widen these alone, such as '*.conv2'.", autocompletion=completion.complete_layers
        ),
    ] = None,
    linear: Annotated[bool, typer.Option("--linear", help="Widen hidden linear layers, too.")] = False,
    scale_groups: Annotated[
        bool, typer.Option("--scale-groups", help="Scale the groups of convolutions, too.")
    ] = False,
    divisor: Annotated[
        int, typer.Option(metavar="N", min=1, help="Round widths to multiples of N.", show_default=False)
    ] = 1,
    depth_factor: Annotated[
        str, typer.Option(metavar="F", help="How many times as deep, each depth rounded up.", show_default=False)
    ] = "",
    resolution: Annotated[
        str, typer.Option(metavar="F", help="How many times as large the input's sizes.", show_default=False)
    ] = "",
    rewrite: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE", help="Write the description with its widths changed in place."),
    ] = None,
    depth: Depth = None,
    format_: Format = "",
    output: Output = None,
) -> None:
    """Show what f times as many filters cost, and how that grows with f.

    \b
    convcalc widen seed --factor 2
    convcalc widen resnet50 --factors 0.5,1,2,4
    convcalc widen mobilenet_v1 --factor 0.5 -f yaml | convcalc count
    """
    from convcalc.arithmetic.amounts import positive
    from convcalc.questions.rewrite import rewritten
    from convcalc.questions.widening import Widening

    form = chosen_format(format_, output)
    network = read_one(context, described(nets=nets, inputs=inputs, layers=layers, settings=settings))
    steps = scaled_otherwise(network, depth_factor, resolution)
    require_sense(
        form, factor, factors, rewrite, alone=len(steps) == 1, other=bool(layers or settings or inputs), depth=depth
    )
    plan = Widening(positive("--factor", factor or "1"), divisor, tuple(keep or ()), tuple(only or ()), scale_groups)
    if factors:
        write_pages([several(steps[-1][1], plan, factors, form, output, hidden=linear)], form, output)
        return
    result = widened_network(steps[-1][1], plan, form, hidden=linear)
    with nullcontext() if rewrite is None else saved(rewrite, rewritten(steps[0][1], result)):
        if form.target:
            publish_network(result.after, form, output)
        else:
            write_pages([single(result, steps, depth, form, deeper=bool(depth_factor))], form, output)


COUNTED = ("params", "macs")
"""What is told of a network that is wider."""


def several(
    network: Network, plan: Widening, factors: str, form: OutputFormat, output: Path | None, *, hidden: bool
) -> Page:
    """A network under several factors, and a curve where the format and the terminal have room for one."""
    from convcalc.arithmetic.amounts import positive
    from convcalc.network.measures import require_known
    from convcalc.pages.widen import CURVE_WIDTH, points_page
    from convcalc.questions.widening import widened_by

    plans = [replace(plan, factor=positive("--factors", each)) for each in factors.split(",")]
    results = widened_by(network, plans, hidden=hidden)
    require_known(results[0].before.rows, COUNTED)
    return points_page(results, curve=form.terminal and (not form.cut or room(output) >= CURVE_WIDTH))


def room(output: Path | None) -> int:
    """The width of the terminal; of what is none, that of any curve."""
    from convcalc.pages.widen import CURVE_WIDTH

    return screen(output).width or CURVE_WIDTH


def widened_network(network: Network, plan: Widening, form: OutputFormat, *, hidden: bool) -> Widened:
    """The network under one factor; what is to be counted must have costs that are known.

    Raises:
        DescriptionError: it has not, or its branches no longer fit.
    """
    from convcalc.network.measures import require_known
    from convcalc.questions.widening import widened

    result = widened(network, plan, hidden=hidden)
    if not form.target:
        require_known(result.before.rows, COUNTED)
    return result


def single(
    result: Widened, steps: Sequence[tuple[str, Network]], depth: int | None, form: OutputFormat, *, deeper: bool
) -> Page:
    """What each layer costs before and after, and what each of several factors contributes."""
    from convcalc.pages.widen import widened_page

    reports = [(name, each.report()) for name, each in steps[:-1]] + [(steps[-1][0], result.before)]
    if result.widening.factor == 1 and not deeper:
        result = replace(result, before=reports[0][1])
    return widened_page(result, depth, reports, machine=form.machines)


def scaled_otherwise(network: Network, depth_factor: str, resolution: str) -> list[tuple[str, Network]]:
    """A network as it is, then deeper, then larger, as far as that is asked for, each with what it is called.

    Raises:
        DescriptionError: a factor is none, or there is nothing to make deeper.
    """
    from convcalc.arithmetic.amounts import positive
    from convcalc.questions.widening import factor_text

    steps = [("", network)]
    if depth_factor:
        deeper = positive("--depth-factor", depth_factor)
        steps.append((f"{factor_text(deeper)} times as deep", network.deeper(deeper)))
    if resolution:
        larger = positive("--resolution", resolution)
        steps.append((f"{factor_text(larger)} times as large", steps[-1][1].larger(larger)))
    return steps


def require_sense(
    form: OutputFormat, factor: str, factors: str, rewrite: Path | None, *, alone: bool, other: bool, depth: int | None
) -> None:
    """State that options go together.

    Raises:
        DescriptionError: they do not.
    """
    if factor and factors:
        raise DescriptionError(
            Fault("conflicting-options", "--factor is one factor, and --factors several: give one of the two")
        )
    if not (factor or factors) and alone:
        raise DescriptionError(
            Fault("missing-argument", "by how much?", notes=("try: --factor 2, or --factors 0.5,1,2,4",))
        )
    if factors and form.target:
        raise DescriptionError(
            Fault(
                "conflicting-options", f"--factors makes several networks, of which none can be written as {form.name}"
            )
        )
    if factors and depth is not None:
        raise DescriptionError(
            Fault("conflicting-options", "--depth folds the table of layers, and --factors has none")
        )
    if rewrite is not None:
        require_in_place(others=bool(factors) or other or not alone)


def require_in_place(*, others: bool) -> None:
    """State that nothing but widths is to be changed in a file.

    Raises:
        DescriptionError: there are other changes.
    """
    if others:
        message = "--write changes the widths in a file by one factor, and nothing else: no variable, no input"
        raise DescriptionError(
            Fault("conflicting-options", message, notes=("try: -f yaml, which writes the whole network",))
        )
