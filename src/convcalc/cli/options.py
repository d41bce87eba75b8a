"""Options that several commands have, and the networks that they describe."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from convcalc.cli import completion
from convcalc.errors import DescriptionError, Fault, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convcalc.network.network import Network
    from convcalc.network.report import Report
    from convcalc.network.terms import Terms
    from convcalc.sources.networks import NetworkArguments


Nets: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NET]...",
        help="A file, - for standard input, or a bundled network.",
        show_default=False,
        autocompletion=completion.complete_nets,
    ),
]

Inputs: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--input", "-i", metavar="CxHxW", help="The input's shape, channels first; NAME=CxHxW of several."),
]

LayerLines: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--layer", "-l", metavar="LINE", help="Layers, in place of a NET; may be given again."),
]

Settings: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set a variable of the network.",
        autocompletion=completion.complete_settings,
    ),
]

Depth: TypeAlias = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, help="Show blocks that are nested deeper than N as one row; 0 for totals."),
]

Batch: TypeAlias = Annotated[
    int, typer.Option(metavar="N", min=1, help="Count MACs and activations for a batch of N.", show_default=False)
]

Dtype: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="TYPE",
        help="What bytes are counted in: fp32, fp16, bf16, int8 or int4.",
        show_default=False,
        autocompletion=completion.complete_dtypes,
    ),
]

Most: TypeAlias = Annotated[str, typer.Option(metavar="AMOUNT", help="At most so many: 5M, 300e6.", show_default=False)]

MostBytes: TypeAlias = Annotated[
    str, typer.Option(metavar="AMOUNT", help="At most so many bytes: 256KiB.", show_default=False)
]

Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings on standard error.")]

Format: TypeAlias = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="table, plain, json, jsonl, csv, tsv, markdown, latex, parquet, or yaml: a description.",
        show_default=False,
        autocompletion=completion.complete_formats,
    ),
]

TableFormat: TypeAlias = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="table, plain, json, jsonl, csv, tsv, markdown, latex or parquet.",
        show_default=False,
        autocompletion=completion.complete_formats,
    ),
]

Output: TypeAlias = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file; its suffix tells the format."),
]


def piped() -> bool:
    """Whether standard input is there, and no terminal."""
    return sys.stdin is not None and not sys.stdin.isatty()


def described(
    *,
    nets: list[str] | None = None,
    layers: list[str] | None = None,
    inputs: list[str] | None = None,
    settings: list[str] | None = None,
    symbolic: str = "",
) -> NetworkArguments:
    """What a command line says of networks, as one value."""
    from convcalc.sources.networks import NetworkArguments

    names = tuple([name.strip() for name in symbolic.split(",") if name.strip()])
    return NetworkArguments(
        nets=nets or (), layers=layers or (), inputs=inputs or (), settings=settings or (), symbolic=names
    )


def with_networks(context: typer.Context, arguments: NetworkArguments) -> NetworkArguments:
    """The same with the networks to read: standard input where none is named; none if the layers are in lines.

    Raises:
        DescriptionError: there are both, or neither.
    """
    nets, layers = arguments.nets, arguments.layers
    if nets and layers:
        message = f"a network is a NET or --layer, not both, but got {quoted(nets[0])} and --layer"
        raise DescriptionError(Fault("conflicting-options", message))
    if nets or layers:
        return arguments
    if piped():
        return replace(arguments, nets=["-"])
    command = f"convcalc {context.info_name}"
    hint = f"try: {command} alexnet, or {command} -i 3x32x32 -l 'conv 16 3 same, linear 10'"
    usage = " ".join(context.get_usage().split()).removeprefix("Usage: ")
    raise DescriptionError(Fault("missing-argument", "which network?", notes=(f"usage: {usage}", hint)))


def network_makers(
    context: typer.Context, arguments: NetworkArguments, most: int | None = None
) -> Sequence[Callable[[], Network]]:
    """The networks that a command line describes, each to be read when it is called.

    Raises:
        DescriptionError: there are none or too many.
    """
    known = with_networks(context, arguments)
    if most is not None and len(known.nets) > most:
        message = f"{context.info_name} takes one network, but got {len(known.nets)}"
        raise DescriptionError(Fault("conflicting-options", message))
    return known.each()


def built(makers: Sequence[Callable[[], Network]]) -> list[tuple[Network, Report]]:
    """Each network, profiled.

    Raises:
        DescriptionError: with the faults of all networks.
    """
    found: list[tuple[Network, Report]] = []
    faults: list[Fault] = []
    for make in makers:
        try:
            own = make()
            found.append((own, own.report()))
        except DescriptionError as error:
            faults.extend(error.faults)
    if faults:
        raise DescriptionError(*faults)
    return found


def read_one(context: typer.Context, arguments: NetworkArguments) -> Network:
    """The one network that a command line describes, in numbers.

    Raises:
        DescriptionError: there are several, it cannot be read, or it has symbols.
    """
    (make,) = network_makers(context, arguments, most=1)
    return numeric(context, make())


def numeric(context: typer.Context, network: Network) -> Network:
    """A network that has no symbols.

    Raises:
        DescriptionError: it has.
    """
    if network.symbols is not None:
        names = ", ".join(network.symbols.symbols)
        message = f"{context.info_name} takes numbers, and here are symbols: {names}"
        way = f"try: --set {next(iter(network.symbols.symbols))}=32"
        raise DescriptionError(Fault("needs-numbers", message, notes=(way,)))
    return network


def is_given(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line, be it with an empty value."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def chosen_terms(batch: int, dtype: str) -> Terms:
    """What costs are counted for.

    Raises:
        DescriptionError: there is no such type.
    """
    from convcalc.network.terms import DTYPES, FOREIGN_DTYPES, Terms

    if dtype and dtype not in DTYPES:
        from convcalc.errors import guess

        raise DescriptionError(
            Fault("unknown-choice", f"unknown dtype: {quoted(dtype)}{guess(dtype, DTYPES, FOREIGN_DTYPES)}")
        )
    return Terms(batch, dtype or Terms().dtype)
