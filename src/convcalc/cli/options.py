"""Options that several commands have, and the networks that they describe."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from convcalc.cli import completion
from convcalc.errors import DescriptionError, Fault, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convcalc.language.variant import Variant
    from convcalc.network.report import Report
    from convcalc.network.terms import Terms


Nets: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NET]...",
        help="A file, - for standard input, or a bundled network.",
        show_default=False,
        autocompletion=completion.nets,
    ),
]

Inputs: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--input", "-i", metavar="CxHxW", help="The input's shape, channels first; NAME=CxHxW of several."),
]

Layers: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--layer", "-l", metavar="LINE", help="Layers, in place of a NET; may be given again."),
]

Settings: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Set a variable of the network.", autocompletion=completion.variables
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
        autocompletion=completion.dtypes,
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
        autocompletion=completion.formats,
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
        autocompletion=completion.formats,
    ),
]

Output: TypeAlias = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file; its suffix tells the format."),
]


def piped() -> bool:
    """Whether standard input is there, and no terminal."""
    return sys.stdin is not None and not sys.stdin.isatty()


def named(context: typer.Context, nets: list[str], layers: list[str]) -> list[str]:
    """The networks to read; none if the layers are on the command line.

    Raises:
        DescriptionError: there are both, or neither.
    """
    if nets and layers:
        raise DescriptionError(
            Fault(
                "conflicting-options", f"a network is a NET or --layer, not both, but got {quoted(nets[0])} and --layer"
            )
        )
    if nets or layers:
        return nets
    if piped():
        return ["-"]
    command = f"convcalc {context.info_name}"
    hint = f"try: {command} alexnet, or {command} -i 3x32x32 -l 'conv 16 3 same, linear 10'"
    usage = " ".join(context.get_usage().split()).removeprefix("Usage: ")
    raise DescriptionError(Fault("missing-argument", "which network?", notes=(f"usage: {usage}", hint)))


def read(
    context: typer.Context,
    nets: list[str] | None,
    layers: list[str] | None,
    inputs: list[str] | None,
    settings: list[str] | None,
    most: int | None = None,
    symbolic: str = "",
    varied: Mapping[str, Any] | None = None,
) -> list[Callable[[], Variant]]:
    """The networks that a command line describes, each to be read when it is called.

    Variables that are `varied` hold a value each to begin with.

    Raises:
        DescriptionError: there are none or too many.
    """
    from convcalc.sources.networks import variants

    names = named(context, nets or [], layers or [])
    if most is not None and len(names) > most:
        raise DescriptionError(
            Fault("conflicting-options", f"{context.info_name} takes one network, but got {len(names)}")
        )
    wanted = [name.strip() for name in symbolic.split(",") if name.strip()]
    return variants(names, layers or [], inputs or [], settings or [], wanted, varied)


def built(variants: list[Callable[[], Variant]]) -> list[tuple[Variant, Report]]:
    """Each network, profiled.

    Raises:
        DescriptionError: with the faults of all networks.
    """
    found: list[tuple[Variant, Report]] = []
    faults: list[Fault] = []
    for variant in variants:
        try:
            own = variant()
            found.append((own, own.network()))
        except DescriptionError as error:
            faults.extend(error.faults)
    if faults:
        raise DescriptionError(*faults)
    return found


def read_one(  # what describes a network
    context: typer.Context,
    nets: list[str] | None,
    layers: list[str] | None,
    inputs: list[str] | None,
    settings: list[str] | None,
    varied: Mapping[str, Any] | None = None,
) -> Variant:
    """The one network that a command line describes, in numbers.

    Raises:
        DescriptionError: there are several, it cannot be read, or it has symbols.
    """
    (make,) = read(context, nets, layers, inputs, settings, most=1, varied=varied)
    return numeric(context, make())


def numeric(context: typer.Context, variant: Variant) -> Variant:
    """A network that has no symbols.

    Raises:
        DescriptionError: it has.
    """
    if variant.symbols is not None:
        names = ", ".join(variant.symbols.symbols)
        message = f"{context.info_name} takes numbers, and here are symbols: {names}"
        way = f"try: --set {next(iter(variant.symbols.symbols))}=32"
        raise DescriptionError(Fault("needs-numbers", message, notes=(way,)))
    return variant


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
