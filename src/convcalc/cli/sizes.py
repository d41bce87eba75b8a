"""The questions of `convcalc fit` that are about sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from convcalc.cli.options import read_one
from convcalc.errors import DescriptionError, Fault, quoted
from convcalc.layers.shapes import show_shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import typer

    from convcalc.layers.shapes import Shape
    from convcalc.network.input_sizes import InputSizes, Point
    from convcalc.network.network import Network
    from convcalc.network.report import Report, Row
    from convcalc.network.terms import Terms
    from convcalc.pages.page import Page
    from convcalc.sources.networks import NetworkArguments

MOST_SIZES_ASKED = 1_000_000
"""Sizes that are asked about at once, at most."""

MOST_SIZES_WORK = 10_000_000
"""The work of a search for input sizes: some seconds."""


def layer_options(context: typer.Context, networks: NetworkArguments, wanted: str) -> Page:
    """The options with which one layer makes some sizes: the layer that --layer names, or else the last.

    Raises:
        DescriptionError: there is no such layer, it has no kernel, or the sizes are not one for each of its axes.
    """
    from convcalc.pages.sizes import choices_page
    from convcalc.questions.sizing import choices

    nets, layers = networks.nets, networks.layers
    if nets and len(layers) > 1:
        message = f"--layer names one layer of {quoted(nets[0])}, but got {len(layers)}"
        raise DescriptionError(Fault("conflicting-options", message))
    report = read_one(context, replace(networks, layers=()) if nets else networks).report()
    row = layer_named(report, layers[0] if nets and layers else "")
    sizes = [int(size) for size in wanted.split("x")]
    axes = len(row.inputs[0]) - 1
    if len(sizes) != axes or 0 in sizes:
        message = f"--output must be {axes} sizes of at least 1, one for each axis of {row.node.name}, but got {wanted}"
        raise DescriptionError(
            Fault("wrong-argument", message, notes=(f"{row.node.name} makes {show_shape(row.profile.output[1:])}",))
        )
    return choices_page(report.graph.name, row, sizes, *choices(row, sizes))


def layer_named(report: Report, name: str) -> Row:
    """The layer of a name, or the last that has a kernel.

    Raises:
        DescriptionError: there is none.
    """
    from convcalc.errors import guess
    from convcalc.layers.options import has_window

    with_kernel = [row for row in report.rows if has_window(row.node.layer)]
    if not with_kernel:
        raise DescriptionError(Fault("nothing-found", "no layer of the network has a kernel, a stride and a padding"))
    if not name:
        return with_kernel[-1]
    for row in report.rows:
        if row.node.name == name:
            if not has_window(row.node.layer):
                raise DescriptionError(
                    Fault("nothing-found", f"{name} is a {row.node.kind}, which has no kernel, stride and padding")
                )
            return row
    raise DescriptionError(
        Fault("unknown-layer", f"unknown layer: {quoted(name)}{guess(name, [row.node.name for row in with_kernel])}")
    )


def input_sizes(network: Network, between: str, terms: Terms) -> Page:
    """The least input that a network accepts, or all between two sizes at which no border is lost.

    The declared input need not be accepted itself. Each axis is asked about by itself.

    Raises:
        DescriptionError: there is nothing to vary, no size that is asked for, no input is accepted, or that takes long.
    """
    from convcalc.arithmetic.recording import OutOfWork, Work
    from convcalc.network.input_sizes import INPUT_MEASURES, InputSizes
    from convcalc.network.measures import lacking

    network.require_sound()
    shapes, work = require_input_sizes(network.input_shapes()), Work(MOST_SIZES_WORK)
    sizes = InputSizes(lambda shapes: network.resized(shapes).varied({}), shapes, terms, work)
    try:
        start = sizes.start()
        if start is None:
            raise nothing_accepted(network)
        lacks = lacking(network.resized(sizes.shapes_at(start)).report().rows, INPUT_MEASURES)
        return sizes_page(network.name, sizes, start, between, terms, lacks)
    except OutOfWork:
        message = "to find these sizes takes more than a few seconds"
        raise DescriptionError(
            Fault("beyond-limits", message, notes=("try: --valid-inputs with fewer sizes, or a smaller network",))
        ) from None


def sizes_page(
    name: str, sizes: InputSizes, start: Point, between: str, terms: Terms, lacks: Mapping[str, Sequence[str]]
) -> Page:
    """What is told of the input sizes of a network, from an accepted input on."""
    from convcalc.pages.sizes import least_page, valid_page, without

    if between:
        return without(valid_page(name, sizes, start, limits(between), terms), lacks)
    return without(least_page(name, sizes, sizes.least(start), terms), lacks)


def nothing_accepted(network: Network) -> DescriptionError:
    """The error of a network that accepts none of the inputs that were tried."""
    from convcalc.network.input_sizes import REACHES

    tried = f"no other input was found that is accepted: each axis, and all together, were tried up to {REACHES[-1]:,}"
    try:
        network.varied({})
    except DescriptionError as error:
        return DescriptionError(*[fault._replace(notes=(*fault.notes, tried)) for fault in error.faults])
    raise AssertionError(network)


def require_input_sizes(shapes: Mapping[str, Shape]) -> Mapping[str, Shape]:
    """State that a network has one input, and that it has sizes.

    Raises:
        DescriptionError: it does not.
    """
    if len(shapes) != 1:
        raise DescriptionError(
            Fault("nothing-found", f"sizes are told of networks with one input, and here are {len(shapes)}")
        )
    if all(len(shape) == 1 for shape in shapes.values()):
        raise DescriptionError(Fault("wrong-input", "the input has no sizes besides its channels"))
    return shapes


def limits(between: str) -> tuple[int, int]:
    """Two sizes, `1:512`.

    Raises:
        DescriptionError: they are none.
    """
    first, _, last = between.partition(":")
    texts = first.strip(), last.strip()
    if all(text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_SIZES_ASKED)) for text in texts):
        low, high = map(int, texts)
        if 1 <= low <= high <= MOST_SIZES_ASKED:
            return low, high
    message = (
        f"--valid-inputs must be two sizes from 1 to {MOST_SIZES_ASKED:,}, such as 1:512, but got {quoted(between)}"
    )
    raise DescriptionError(Fault("wrong-argument", message))
