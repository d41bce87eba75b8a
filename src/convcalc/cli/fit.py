"""`convcalc fit`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from convcalc.cli import completion
from convcalc.cli.options import (
    Batch,
    Dtype,
    Format,
    Inputs,
    LayerLines,
    Most,
    MostBytes,
    Nets,
    Settings,
    chosen_terms,
    described,
    is_given,
    read_one,
)
from convcalc.cli.output import NO, chosen_format, complain, publish, publish_network, save, write_pages
from convcalc.cli.widen import require_in_place
from convcalc.errors import DescriptionError, Fault, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcalc.network.network import Network
    from convcalc.network.terms import Terms
    from convcalc.questions.fitting import Fit, MeasureLimit
    from convcalc.questions.ways import Way
    from convcalc.questions.widening import Widening
    from convcalc.sources.networks import NetworkArguments

SIZES = re.compile(r"\d{1,9}(x\d{1,9})*", re.ASCII)
"""What --output is where it is no file: the sizes that a layer should make."""


def fit(
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
    variables: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME",
            help="Make this variable large: alpha, or alpha=0.1:2:0.05.",
            autocompletion=completion.complete_variables,
        ),
    ] = None,
    scale: Annotated[
        Literal["width", "depth", "resolution"],
        typer.Option(metavar="WHAT", help="Or scale width, depth or resolution.", show_default=True),
    ] = "width",
    divisor: Annotated[
        int, typer.Option(metavar="N", min=1, help="Round widths to multiples of N.", show_default=False)
    ] = 1,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="Layers to leave as wide as they are, such as 'stem*'.",
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
    smallest_input: Annotated[
        bool, typer.Option("--smallest-input", help="Ask for the smallest input that the network accepts.")
    ] = False,
    valid_inputs: Annotated[
        str, typer.Option(metavar="A:B", help="Ask which sizes lose no border, from A to B.", show_default=False)
    ] = "",
    rewrite: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE", help="Write the description with the widths that were found in place."),
    ] = None,
    batch: Batch = 1,
    dtype: Dtype = "",
    format_: Format = "",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write to a file; or sizes, 14x14, that --layer is to make."
        ),
    ] = None,
) -> None:
    """Find the largest network within limits.

    What is made large is its width, its depth, its input, or a variable.

    \b
    convcalc fit mobilenet_v1 --vary alpha --max-params 2M --max-macs 300M
    convcalc fit resnet18 --max-params 5M --divisor 8 -f yaml | convcalc count
    convcalc fit vgg16 -i 3,n,n --vary n --max-macs 5G

    With --output SIZES, the kernels, strides and paddings with which --layer NAME makes these sizes.

    \b
    convcalc fit alexnet --layer conv3 --output 7x7
    convcalc fit unet --smallest-input
    """
    limits = chosen_limits(
        {
            "params": max_params,
            "macs": max_macs,
            "activations": max_activations,
            "parameter_bytes": max_parameter_bytes,
            "activation_bytes": max_activation_bytes,
        }
    )
    terms = chosen_terms(batch, dtype)
    vary = one_variable(variables or [])
    networks = described(nets=nets, inputs=inputs, layers=layers, settings=settings)
    sizes = str(output) if output is not None and SIZES.fullmatch(str(output)) else ""
    shaping = divisor != 1 or bool(keep or only or linear or rewrite)
    require_one_question(sizes, valid_inputs, smallest=smallest_input, budget=bool(limits or vary or shaping))
    if sizes:
        fit_layer(context, networks, sizes, format_)
    elif smallest_input or valid_inputs:
        fit_input(context, networks, valid_inputs, terms, Where(format_, output))
    else:
        require_limits(networks, limits, output)
        if rewrite is not None:
            require_in_place(others=bool(layers or settings or inputs))
        network = read_varied(context, networks, vary)
        network.require_known([limit.key for limit in limits])
        require_one_way(vary, scale if is_given(context, "scale") else "", shaping=shaping)
        plan = width_plan(divisor, keep or (), only or ())
        way = chosen_way(network, vary, scale, plan, hidden=linear)
        fit_network(network, way, limits, terms, Where(format_, output, rewrite))


class Where(NamedTuple):
    """Where results go: in which format, to which file, and to which a description with other widths."""

    format: str
    output: Path | None
    rewrite: Path | None = None


def fit_layer(context: typer.Context, networks: NetworkArguments, sizes: str, form: str) -> None:
    """Tell the options with which a layer makes some sizes."""
    from convcalc.cli.sizes import layer_options

    page = layer_options(context, networks, sizes)
    publish([page], form, None)
    raise typer.Exit(0 if page.tables[0].rows else NO)


def fit_input(context: typer.Context, networks: NetworkArguments, valid: str, terms: Terms, where: Where) -> None:
    """Tell the smallest input that a network accepts, or those that lose no border."""
    from convcalc.cli.sizes import input_sizes

    page = input_sizes(read_one(context, networks), valid, terms)
    publish([page], where.format, where.output)


def fit_network(network: Network, way: Way, limits: list[MeasureLimit], terms: Terms, where: Where) -> None:
    """Tell the largest network within limits."""
    from convcalc.pages.fit import fit_page
    from convcalc.questions.rewrite import rewritten
    from convcalc.questions.ways import fitted

    found = fitted(way, limits, terms)
    if found.best is None:
        complain(nothing(way, found))
        raise typer.Exit(NO)
    best = way.simplest(found.scale.value(found.best.code))
    result = way.widened(best) if way.widened else None
    text = rewritten(network, result) if result and where.rewrite else ""
    report = result.after if result else way.report(best)
    if (form := chosen_format(where.format, where.output)).target:
        publish_network(report, form, where.output)
    else:
        write_pages([fit_page(report.graph, way, found, terms, result)], form, where.output)
    if where.rewrite is not None:
        save(where.rewrite, text)


def width_plan(divisor: int, keep: Sequence[str], only: Sequence[str]) -> Widening:
    """Which widths are to be scaled, before they are."""
    from fractions import Fraction  # a start is what a user waits for

    from convcalc.questions.widening import Widening

    return Widening(Fraction(1), divisor, tuple(keep), tuple(only))


def require_limits(networks: NetworkArguments, limits: Sequence[MeasureLimit], output: Path | None) -> None:
    """State that there are limits, and one network within them.

    Raises:
        DescriptionError: there are none, or a layer is named as for sizes.
    """
    if networks.nets and networks.layers and output is not None:
        message = f"--output must be the sizes that --layer is to make, but got {quoted(str(output))}"
        raise DescriptionError(Fault("wrong-argument", message, notes=("try: --output 7x7",)))
    if networks.nets and networks.layers:
        message = "--layer NAME goes with --output SIZES"
        raise DescriptionError(Fault("conflicting-options", message, notes=("try: --output 7x7",)))
    if not limits:
        ways = ("try: --max-params 5M, --max-macs 300M, --max-activation-bytes 512KiB",)
        raise DescriptionError(Fault("missing-argument", "within which limits?", notes=ways))


def read_varied(context: typer.Context, networks: NetworkArguments, vary: str) -> Network:
    """The network of a command line, in which a variable is to be made large, if one is given.

    Raises:
        DescriptionError: it has a fault, or no such variable.
    """
    from convcalc.questions.ways import require_variable

    name = vary.partition("=")[0].strip()
    network = read_one(context, replace(networks, varied={name: 1} if vary else {}))
    if vary and network.readable:
        require_variable(network, name)
    network.require_sound()
    return network


def one_variable(given: list[str]) -> str:
    """The variable that is to be made large.

    Raises:
        DescriptionError: there are several.
    """
    if len(given) > 1:
        message = f"fit makes one variable large, but got --vary {' --vary '.join(map(quoted, given))}"
        way = "try: convcalc sweep, with --where 'macs < 300M' --top 1 --by macs:max"
        raise DescriptionError(Fault("conflicting-options", message, notes=(way,)))
    return given[0] if given else ""


def require_one_question(sizes: str, valid: str, *, smallest: bool, budget: bool) -> None:
    """State that one thing is asked for.

    Raises:
        DescriptionError: there are several.
    """
    asked = {
        f"--output {sizes}": bool(sizes),
        "--smallest-input": smallest,
        "--valid-inputs": bool(valid),
        "limits, and what is to be made large": budget,
    }
    several = [question for question, yes in asked.items() if yes]
    if len(several) > 1:
        raise DescriptionError(
            Fault("conflicting-options", f"these are questions of their own: {' and '.join(several)}")
        )


def chosen_limits(given: Mapping[str, str]) -> list[MeasureLimit]:
    """The limits that are asked for.

    Raises:
        DescriptionError: one is no amount.
    """
    from convcalc.arithmetic.amounts import parse_amount
    from convcalc.questions.fitting import MeasureLimit

    return [
        MeasureLimit(key, parse_amount(f"--max-{key.replace('_', '-')}", text)) for key, text in given.items() if text
    ]


def require_one_way(vary: str, scale: str, *, shaping: bool) -> None:
    """State that one thing is to be made large: a variable, or what somebody has asked to be scaled or shaped.

    Raises:
        DescriptionError: there are several.
    """
    if vary and (scale or shaping):
        message = "--vary makes a variable large, and --scale and its options the network"
        raise DescriptionError(Fault("conflicting-options", message))
    if shaping and scale not in ("", "width"):
        message = f"--divisor, --keep, --only, --linear and --write are about width, and not {scale}"
        raise DescriptionError(Fault("conflicting-options", message))


def chosen_way(network: Network, vary: str, scale: str, plan: Widening, *, hidden: bool) -> Way:
    """What is to be made larger, widths by a plan.

    Raises:
        DescriptionError: there is no such thing.
    """
    from convcalc.questions.ways import by_depth, by_size, by_variable, by_width

    if vary:
        return by_variable(network, vary)
    if scale == "depth":
        return by_depth(network)
    if scale == "resolution":
        return by_size(network)
    return by_width(network, plan, hidden=hidden)


def nothing(way: Way, found: Fit) -> str:
    """What to say where nothing is within the limits."""
    from convcalc.pages.fit import excess, said, tried_in_words

    first = found.beyond
    if first is None:
        reason = found.between.reason if found.between else ""
        why = f"no value is possible; the first, {said(way, found.scale.value(0))}, is not: {reason}"
    else:
        over = "; ".join(excess(limit, first.measures[limit.key]) for limit in first.exceeds(found.limits))
        why = f"with {said(way, found.scale.value(first.code))}, {over}"
    return f"nothing fits: {why}\n{tried_in_words(way, found)}"
