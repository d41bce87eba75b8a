"""`convcalc explain`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from convcalc.cli import completion
from convcalc.cli.options import Inputs, LayerLines, Output, Settings, described, read_one
from convcalc.cli.output import publish
from convcalc.errors import DescriptionError, Fault, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.network.report import Report
    from convcalc.pages.page import Page
    from convcalc.sources.networks import NetworkArguments


MOST_NAMED = 8
"""Layers that a message names, at most: a line of them."""

TRACE = "trace"
"""What is no topic, but runs a network."""

ERRORS = "errors"
"""What is no topic, but lists the codes of errors."""


def subjects(incomplete: str) -> list[str]:
    """Topics, codes of errors and bundled networks that begin so."""
    from convcalc.explain.error_codes import error_codes
    from convcalc.sources.bundled import bundled, topic_names

    known = (*topic_names(), TRACE, ERRORS, *bundled(), *error_codes())
    return [name for name in known if name.startswith(incomplete)]


def explain(
    context: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="[TOPIC|CODE|NET]",
            help="A topic, the code of an error, or a network.",
            show_default=False,
            autocompletion=subjects,
        ),
    ] = "",
    layer: Annotated[
        str,
        typer.Argument(
            metavar="[LAYER]",
            help="A layer of the network.",
            show_default=False,
            autocompletion=completion.complete_layers,
        ),
    ] = "",
    inputs: Inputs = None,
    layers: LayerLines = None,
    settings: Settings = None,
    pixel: Annotated[
        str,
        typer.Option(metavar="C,Y,X", help="Of explain trace: which value of the last layer.", show_default=False),
    ] = "",
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Of explain trace: which random numbers.")] = 0,
    values: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Of explain trace: tensors of your own, as nested lists.", show_default=False
        ),
    ] = "",
    format_: Annotated[
        str,
        typer.Option("--format", "-f", metavar="FORMAT", help="text, markdown or json.", show_default=False),
    ] = "",
    output: Output = None,
) -> None:
    """Say how a number comes about, and what an error means.

    A number comes about by the arithmetic of a layer, and there are answers to questions that recur.

    \b
    convcalc explain
    convcalc explain types --set k1=96 --set k2=256
    convcalc explain types alexnet
    convcalc explain resnet50 conv1
    convcalc explain -i 3x32x32 -l 'conv 16 5/2 p=2' conv1
    convcalc explain trace -i 2x5x5 -l 'conv 3 3 relu' --pixel 0,1,1
    convcalc explain does-not-fit
    """
    from convcalc.explain.contents import topics_page

    subject = bare_code(subject)
    given = described(inputs=inputs, layers=layers, settings=settings)
    if subject == TRACE:
        network = read_one(context, replace(given, nets=[layer] if layer else []))
        page = of_value(network.report(), pixel, seed, values)
    elif pixel or seed or values:
        message = "--pixel, --seed and --values are options of convcalc explain trace"
        raise DescriptionError(Fault("conflicting-options", message))
    elif (layer or inputs or layers) and takes_network(subject):
        page = of_network(context, subject, replace(given, nets=[layer] if layer else []))
    elif layers or (layer and not is_question(subject)):
        page = of_layer(context, replace(given, nets=[subject] if layer else []), layer or subject)
    elif subject:
        page = of_question(subject, given.settings, [*given.inputs, *filter(None, [layer])])
    elif settings or inputs:
        ways = ("try: convcalc explain, which lists it",)
        raise DescriptionError(Fault("missing-argument", "what is to be explained?", notes=ways))
    else:
        page = topics_page()
    publish([page], format_, output)


def bare_code(subject: str) -> str:
    """A word without what stands around the code of an error: `error[usage]` is `usage`."""
    return subject.removeprefix("error[").removesuffix("]") if subject.startswith("error[") else subject


def takes_network(subject: str) -> bool:
    """Whether a word is a topic that answers for a network of the reader's, too."""
    from convcalc.explain.topics import topic
    from convcalc.sources.bundled import topic_names

    return subject in topic_names() and bool(topic(subject).own)


def of_network(context: typer.Context, name: str, network: NetworkArguments) -> Page:
    """The answer to a question, with the figures of a network."""
    from convcalc.explain.topics import topic

    return topic(name).page((), read_one(context, network).report())


def is_question(name: str) -> bool:
    """Whether a word is a topic, or about errors, and no network."""
    from convcalc.explain.error_codes import error_codes
    from convcalc.sources.bundled import topic_names

    return name in (*topic_names(), ERRORS) or name in error_codes()


def of_question(name: str, settings: Sequence[str], more: Sequence[str]) -> Page:
    """The answer to a question, or what an error means; `more` is what else has been given.

    Raises:
        DescriptionError: there is none of that name, or it takes less.
    """
    from convcalc.explain.contents import codes_page
    from convcalc.explain.error_codes import error_codes
    from convcalc.explain.topics import topic
    from convcalc.sources.bundled import topic_names

    if name in topic_names():
        require_nothing(f"the topic {name} is about networks of its own, and takes --set alone", more)
        return topic(name).page(settings)
    if name == ERRORS or name in error_codes():
        require_nothing(f"{name} takes no network and no --set", [*settings, *more])
        return codes_page() if name == ERRORS else error_codes()[name].page()
    raise unknown_question(name)


def require_nothing(rule: str, more: Sequence[str]) -> None:
    """State that a question is told by its name.

    Raises:
        DescriptionError: something else is given.
    """
    if more:
        raise DescriptionError(Fault("conflicting-options", f"{rule}, but got {quoted(more[0])}"))


def unknown_question(name: str) -> DescriptionError:
    """The error about what is no topic, no error, and no network and one of its layers."""
    from convcalc.errors import guess
    from convcalc.explain.error_codes import error_codes
    from convcalc.sources.bundled import bundled, topic_names
    from convcalc.sources.formats import is_network_file

    if name in bundled() or is_network_file(name):
        notes = (f"try: convcalc count {name}, which lists them",)
        return DescriptionError(Fault("unknown-layer", f"which layer of {quoted(name)}?", notes=notes))
    hint = guess(name, [*topic_names(), *bundled(), *error_codes()]) or "; convcalc explain lists the topics"
    message = f"there is no topic, no error and no bundled network {quoted(name)}{hint}"
    return DescriptionError(Fault("unknown-topic", message))


def of_layer(context: typer.Context, network: NetworkArguments, name: str) -> Page:
    """The arithmetic of one layer.

    Raises:
        DescriptionError: there is no such layer.
    """
    from convcalc.errors import guess
    from convcalc.explain.layer import explained_layer

    report = read_one(context, network).report()
    names = [row.node.name for row in report.rows]
    if not name and len(names) == 1:
        name = names[0]
    for row in report.rows:
        if row.node.name == name:
            return explained_layer(report, row)
    shown = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    inside = [each for each in names if each.startswith(f"{name}.")]
    message = f"unknown layer: {quoted(name)}{guess(name, names)}" if name else "which layer?"
    if inside:
        message, shown = f"{name} is a block; which of its layers?", ", ".join(inside)
    raise DescriptionError(Fault("unknown-layer", message, notes=(f"the layers are {shown}",)))


def of_value(report: Report, pixel: str, seed: int, values: str) -> Page:
    """One value of a small network, on numbers."""
    from convcalc.errors import Source
    from convcalc.explain.tracing import traced
    from convcalc.sources.files import STANDARD_INPUT, TENSORS_FILE, text_of

    name = "<stdin>" if values == STANDARD_INPUT else values
    return traced(report, pixel, seed, Source(name, text_of(values, TENSORS_FILE)) if values else None)
