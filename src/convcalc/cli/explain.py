"""`convcalc explain`."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from convcalc.cli.options import Inputs, Layers, Output, Settings, read_one
from convcalc.cli.output import put, screen
from convcalc.errors import DescriptionError, Fault, quoted

if TYPE_CHECKING:
    from pathlib import Path

    from convcalc.answer import Answer


TRACE = "trace"
"""What is no topic, but runs a network."""


def subjects(incomplete: str) -> list[str]:
    """Topics and bundled networks that begin so."""
    from convcalc.spec.load import bundled, topic_names

    return [name for name in (*topic_names(), TRACE, *bundled()) if name.startswith(incomplete)]


def layers_of_subject(context: typer.Context, incomplete: str) -> list[str]:
    """Layers that begin so, of the network before; none if that cannot be read."""
    from convcalc.errors import ConvcalcError
    from convcalc.spec.variant import variants

    try:
        (maker,) = variants([context.params.get("subject") or ""], [], [], [])
        rows = maker().network().rows
    except ConvcalcError:
        return []
    return [row.node.name for row in rows if row.node.name.startswith(incomplete)]


def explain(
    context: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="[TOPIC|NET]", help="A topic, or a network.", show_default=False, autocompletion=subjects
        ),
    ] = "",
    layer: Annotated[
        str,
        typer.Argument(
            metavar="[LAYER]", help="A layer of the network.", show_default=False, autocompletion=layers_of_subject
        ),
    ] = "",
    inputs: Inputs = None,
    layers: Layers = None,
    settings: Settings = None,
    pixel: Annotated[
        str,
        typer.Option(metavar="C,Y,X", help="Of explain trace: which value of the last layer.", show_default=False),
    ] = "",
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Of explain trace: which random numbers.")] = 0,
    format_: Annotated[
        Literal["", "text", "markdown", "json"],
        typer.Option("--format", "-f", metavar="FORMAT", help="text, markdown or json.", show_default=False),
    ] = "",
    output: Output = None,
) -> None:
    """Say how a number comes about: the arithmetic of a layer, or the answer to a question.

    \b
    convcalc explain
    convcalc explain types --set k1=96 --set k2=256
    convcalc explain resnet50 conv1
    convcalc explain -i 3x32x32 -l 'conv 16 5/2 p=2' conv1
    convcalc explain trace -i 2x5x5 -l 'conv 3 3 relu' --pixel 0,1,1
    """  # noqa: D301  # typer reads \b as: keep these lines
    from convcalc.spec.load import topic_names

    if subject == TRACE:
        publish(of_value(context, layer, inputs, layers, settings, pixel, seed), format_, output)
        return
    if pixel or seed:
        raise DescriptionError(Fault("--pixel and --seed are options of convcalc explain trace"))
    if layers:
        if layer:
            raise DescriptionError(
                Fault(f"a network is a NET or --layer, not both, but got {quoted(subject)} and --layer")
            )
        publish(of_layer(context, [], inputs, layers, settings, subject), format_, output)
    elif not subject:
        if settings or inputs:
            raise DescriptionError(Fault("what is to be explained?", notes=("try: convcalc explain, which lists it",)))
        publish(contents(), format_, output)
    elif layer and subject not in topic_names():
        publish(of_layer(context, [subject], inputs, layers, settings, layer), format_, output)
    else:
        publish(of_topic(subject, settings or [], inputs or [], layer), format_, output)


def of_topic(name: str, settings: list[str], inputs: list[str], more: str) -> Answer:
    """The answer to a question.

    Raises:
        DescriptionError: there is none of that name.
    """
    from convcalc.spec.load import bundled, topic_names
    from convcalc.spec.names import guess
    from convcalc.topics import topic

    known = topic_names()
    if name not in known:
        if name in bundled() or name.endswith((".yaml", ".yml")):
            raise DescriptionError(
                Fault(f"which layer of {quoted(name)}?", notes=(f"try: convcalc count {name}, which lists them",))
            )
        hint = guess(name, [*known, *bundled()]) or "; convcalc explain lists the topics"
        raise DescriptionError(Fault(f"there is no topic and no bundled network {quoted(name)}{hint}"))
    if more or inputs:
        got = quoted(more or inputs[0])
        message = f"the topic {name} is about networks of its own, and takes --set alone, but got {got}"
        raise DescriptionError(Fault(message))
    return topic(name).answer(settings)


def of_layer(
    context: typer.Context,
    nets: list[str],
    inputs: list[str] | None,
    layers: list[str] | None,
    settings: list[str] | None,
    name: str,
) -> Answer:
    """The arithmetic of one layer.

    Raises:
        DescriptionError: there is no such layer.
    """
    from convcalc.explaining import explained_layer
    from convcalc.spec.names import guess

    report = read_one(context, nets, layers, inputs, settings).network()
    names = [row.node.name for row in report.rows]
    if not name and len(names) == 1:
        name = names[0]
    for row in report.rows:
        if row.node.name == name:
            return explained_layer(report, row)
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")  # noqa: PLR2004  # a line of them
    message = f"unknown layer: {quoted(name)}{guess(name, names)}" if name else "which layer?"
    raise DescriptionError(Fault(message, notes=(f"the layers are {shown}",)))


def of_value(  # what a network is made of, and a place
    context: typer.Context,
    net: str,
    inputs: list[str] | None,
    layers: list[str] | None,
    settings: list[str] | None,
    pixel: str,
    seed: int,
) -> Answer:
    """One value of a small network, on numbers."""
    from convcalc.tracing import traced

    report = read_one(context, [net] if net else [], layers, inputs, settings).network()
    return traced(report, pixel, seed)


def contents() -> Answer:
    """All topics, in groups."""
    from convcalc.answer import Answer, Part
    from convcalc.topics import topics

    listed = sorted(topics(), key=lambda topic: (topic.group, topic.name))
    width = max((len(topic.name) for topic in listed), default=0)
    parts = [
        Part(group.lower(), group, [f"{topic.name:{width}}  {topic.title}" for topic in each], hang=width + 4)
        for group, each in groupby(listed, key=lambda topic: topic.group)
    ]
    usage = [
        "convcalc explain TOPIC",
        "convcalc explain NET LAYER",
        "convcalc explain trace -i 2x5x5 -l 'conv 3 3 relu' --pixel 0,1,1",
    ]
    about = {"topics": [{"name": topic.name, "group": topic.group, "question": topic.title} for topic in listed]}
    return Answer("What convcalc can explain", [*parts, Part("usage", "Usage", usage, literal=True)], about)


def publish(answer: Answer, form: str, output: Path | None) -> None:
    """Write an answer, in the format that is asked for or that the name of a file tells."""
    from convcalc.views.answers import SUFFIXES, VIEWS, render_text

    form = form or SUFFIXES.get(output.suffix if output else "", "text")
    width = screen()["width"]
    text = render_text(answer, width) if form == "text" and width else VIEWS[form](answer)
    put(text, output)
