"""The command line: read, compute, show. Only this module writes to standard output and standard error.

A command imports what it needs when it runs: a start is what a user waits for.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from convcalc.errors import ConvcalcError, DescriptionError, Fault, printable, quoted, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.analysis import Report
    from convcalc.measures import Terms
    from convcalc.receptive_field import Fields
    from convcalc.sheet import Sheet
    from convcalc.spec.variant import Variant

BAD_INPUT, OUR_BUG, BROKEN_PIPE = 2, 3, 141
"""Exit statuses besides 0, and 130 for an interrupt."""

STANDARD_OUTPUT = (None, Path("-"))
"""What --output is where it is no file."""

ASCII = {"→": "->", "…": "..."}
"""What to write where the encoding of standard output lacks a character."""


def readable(char: str) -> str:
    """A character for people whose terminal does not have it."""
    return ASCII.get(char, "?")


def escaped(char: str) -> str:
    """A character for readers of JSON, which can say all of them in ASCII."""
    return json.dumps(char)[1:-1]


app = typer.Typer(
    no_args_is_help=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def run(arguments: Sequence[str]) -> int:
    """Run a command line, and tell its exit status."""
    try:
        return int(app(list(arguments), prog_name="convcalc", standalone_mode=False) or 0)
    except ConvcalcError as error:
        complain(str(error))
        return BAD_INPUT
    except typer.TyperException as error:
        complain(
            f"error: {printable(error.format_message()).rstrip('.')}\n  | try: convcalc {command(arguments)}--help"
        )
        return BAD_INPUT
    except OSError as error:
        return unwritable(error)
    except Exception as error:  # whatever it is, it is our fault and no traceback for a user
        if os.environ.get("CONVCALC_TRACEBACK"):
            raise
        name = type(error).__name__
        complain(
            f"error: this is a bug in convcalc: {name}: {error}\n  | CONVCALC_TRACEBACK=1 shows where; please report it"
        )
        return OUR_BUG


def command(arguments: Sequence[str]) -> str:
    """The command of a command line, and a blank, for hints; empty if it has none."""
    names = {each.name for each in app.registered_commands}
    return f"{arguments[0]} " if arguments and arguments[0] in names else ""


def complain(text: str) -> None:
    """Write to standard error, if there is one."""
    if text and sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(text.rstrip("\n"), file=sys.stderr, flush=True)


def show_version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it with the value of a flag
    """Print the version, and leave."""
    if wanted:
        from importlib.metadata import version  # only this option needs it

        write(f"convcalc {version('convcalc')}\n")
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", "-V", callback=show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """What a convolutional network costs, before you write it: output sizes, weights, biases and MACs, exactly."""
    if context.invoked_subcommand is None:
        write(context.get_help() + "\n")


Nets: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NET]...", help="A file, - for standard input, or a bundled network.", show_default=False),
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
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a variable of the network.")
]
Depth: TypeAlias = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, help="Show blocks that are nested deeper than N as one row; 0 for totals."),
]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings on standard error.")]
Format: TypeAlias = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="table, plain, json, jsonl, csv, tsv, markdown, or yaml: a description.",
        show_default=False,
    ),
]
Output: TypeAlias = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file; its suffix tells the format."),
]


@app.command("count")
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
            metavar="KEYS", help="Which columns, in which order: name,macs; or +params,-biases.", show_default=False
        ),
    ] = "",
    depth: Depth = None,
    expand: Annotated[bool, typer.Option("--expand", help="Show norms and activations in rows of their own.")] = False,
    batch: Annotated[
        int, typer.Option(metavar="N", min=1, help="Count MACs and activations for a batch of N.", show_default=False)
    ] = 1,
    dtype: Annotated[
        str,
        typer.Option(
            metavar="TYPE", help="What bytes are counted in: fp32, fp16, bf16, int8 or int4.", show_default=False
        ),
    ] = "",
    strict_edges: Annotated[
        bool, typer.Option("--strict-edges", help="Warn of each window that does not reach the end of its input.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Count what each layer of a network costs.

    \b
    convcalc count alexnet
    convcalc count net.yaml --depth 1
    convcalc count mobilenet_v1 --set alpha=0.5 --set size=160 -f json
    convcalc count -i 3x32x32 -l 'conv 16 3 same bn relu, maxpool 2, linear 10'

    convcalc nets lists the bundled networks, convcalc kinds what a line can say.
    """  # noqa: D301  # typer reads \b as: keep these lines
    from convcalc.analysis import warnings_about
    from convcalc.columns import BYTES, MACHINES, PEOPLE, SIGHT, chosen, count_sheet
    from convcalc.folding import folded
    from convcalc.views import DESCRIPTION, MACHINE_FORMATS

    form = chosen_format(format_, output)
    machine = form in MACHINE_FORMATS
    keys = chosen(columns, (*(MACHINES if machine else PEOPLE), *(BYTES if dtype else ())))
    terms = chosen_terms(batch, dtype)
    found = built(read(context, nets, layers, inputs, settings, most=1 if form == DESCRIPTION else None))
    if form == DESCRIPTION:
        publish_description(found[0], output)
        return
    sheets = []
    for report in found:
        warnings = warnings_about(report, strict_edges=strict_edges)
        fields = seen(report, warnings) if set(SIGHT) & set(keys) else None
        lines = folded(report, depth, expand=expand or machine, bare=machine, fields=fields)
        sheets.append(count_sheet(report, lines, keys, warnings, terms))
    if not quiet:
        complain("".join(f"warning: {warning}\n" for sheet in sheets for warning in sheet.warnings))
    publish(sheets, format_, output)


@app.command("widen")
def widen(
    context: typer.Context,
    nets: Nets = None,
    inputs: Inputs = None,
    layers: Layers = None,
    settings: Settings = None,
    factor: Annotated[
        str, typer.Option(metavar="F", help="How many times as wide: 2, 0.75, 1/2.", show_default=False)
    ] = "",
    factors: Annotated[
        str, typer.Option(metavar="F,F,…", help="A row for each of these factors, and a curve.", show_default=False)
    ] = "",
    keep: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Layers to leave as they are, such as 'stem*'.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Widen these alone, such as '*.conv2'.")
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
    """Show what f times as many filters cost, layer by layer, and how that grows with f.

    \b
    convcalc widen seed --factor 2
    convcalc widen resnet50 --factors 0.5,1,2,4
    convcalc widen mobilenet_v1 --factor 0.5 -f yaml | convcalc count
    """  # noqa: D301  # typer reads \b as: keep these lines
    from convcalc.spec.rewrite import rewritten
    from convcalc.spec.variant import positive
    from convcalc.views import CURVES, DESCRIPTION, MACHINE_FORMATS
    from convcalc.widen_columns import points_sheet, widened_sheet
    from convcalc.widening import Widening, shown, widened

    form = chosen_format(format_, output)
    (variant,) = read(context, nets, layers, inputs, settings, most=1)
    steps = [("", variant)]
    if depth_factor:
        deeper = positive("--depth-factor", depth_factor)
        steps.append((f"{shown(deeper)} times as deep", steps[-1][1].deeper(deeper)))
    if resolution:
        larger = positive("--resolution", resolution)
        steps.append((f"{shown(larger)} times as large", steps[-1][1].larger(larger)))
    if rewrite is not None and (factors or layers or len(steps) > 1):
        message = "--write changes the widths in a file by one factor, and nothing else"
        raise DescriptionError(Fault(message, notes=("try: -f yaml, which writes the whole network",)))
    network = steps[-1][1].network
    if not (factor or factors or len(steps) > 1):
        raise DescriptionError(Fault("by how much?", notes=("try: --factor 2, or --factors 0.5,1,2,4",)))
    plan = Widening(positive("--factor", factor or "1"), divisor, tuple(keep or ()), tuple(only or ()), scale_groups)
    if factors:
        plans = [replace(plan, factor=positive("--factors", each), widths={}) for each in factors.split(",")]
        results = [widened(network, each, hidden=linear) for each in plans]
        publish([points_sheet(results, curve=form in CURVES)], format_, output)
        return
    result = widened(network, plan, hidden=linear)
    if rewrite is not None:
        save(rewrite, rewritten(variant, result))
    if form == DESCRIPTION:
        publish_description(result.after, output)
        return
    reports = [(name, each.network()) for name, each in steps]
    publish([widened_sheet(result, depth, reports, machine=form in MACHINE_FORMATS)], format_, output)


@app.command("nets")
def list_nets(format_: Format = "", output: Output = None) -> None:
    """List the bundled networks: year, input, parameters, MACs, and where each is described.

    \b
    convcalc nets
    convcalc nets -f json
    """  # noqa: D301  # typer reads \b as: keep these lines
    from convcalc.catalogue import nets
    from convcalc.listing import nets_sheet

    publish([nets_sheet(list(nets()))], format_, output)


@app.command("kinds")
def list_kinds(
    kind: Annotated[
        str, typer.Argument(metavar="[KIND]", help="One of them, to see more of.", show_default=False)
    ] = "",
    format_: Format = "",
    output: Output = None,
) -> None:
    """List the kinds of layers that a line can name, their options, and what PyTorch calls them.

    \b
    convcalc kinds
    convcalc kinds conv
    """  # noqa: D301  # as above
    from convcalc.catalogue import explained, kind_entry, kinds, known_kind, option_entries
    from convcalc.listing import kind_sheet, kinds_sheet

    if kind:
        name = known_kind(kind)
        sheet = kind_sheet(kind_entry(name), explained(name), list(option_entries(name)))
    else:
        sheet = kinds_sheet(list(kinds()))
    publish([sheet], format_, output)


def seen(report: Report, warnings: list[str]) -> Mapping[str, Fields]:
    """What each layer sees; branches that are misaligned are added to the warnings."""
    from convcalc.receptive_field import receptive_fields

    sight = receptive_fields(report)
    warnings += sight.misaligned
    return sight.fields


def chosen_terms(batch: int, dtype: str) -> Terms:
    """What costs are counted for.

    Raises:
        DescriptionError: there is no such type.
    """
    from convcalc.measures import DTYPES, Terms

    if dtype and dtype not in DTYPES:
        from convcalc.spec.names import guess

        raise DescriptionError(Fault(f"unknown dtype: {quoted(dtype)}{guess(dtype, DTYPES)}"))
    return Terms(batch, dtype or Terms().dtype)


def named(context: typer.Context, nets: list[str], layers: list[str]) -> list[str]:
    """The networks to read; none if the layers are on the command line.

    Raises:
        DescriptionError: there are both, or neither.
    """
    if nets and layers:
        raise DescriptionError(Fault(f"a network is a NET or --layer, not both, but got {quoted(nets[0])} and --layer"))
    if nets or layers:
        return nets
    if sys.stdin is not None and not sys.stdin.isatty():
        return ["-"]
    hint = "try: convcalc count alexnet, or convcalc count -i 3x32x32 -l 'conv 16 3 same, linear 10'"
    usage = " ".join(context.get_usage().split()).removeprefix("Usage: ")
    raise DescriptionError(Fault("which network?", notes=(f"usage: {usage}", hint)))


def read(
    context: typer.Context,
    nets: list[str] | None,
    layers: list[str] | None,
    inputs: list[str] | None,
    settings: list[str] | None,
    most: int | None = None,
) -> list[Variant]:
    """The networks that a command line describes, not built yet.

    Raises:
        DescriptionError: they cannot be read, or there are too many.
    """
    from convcalc.spec.variant import variants

    names = named(context, nets or [], layers or [])
    if most is not None and len(names) > most:
        raise DescriptionError(Fault(f"{context.info_name} takes one network, but got {len(names)}"))
    return variants(names, layers or [], inputs or [], settings or [])


def built(variants: list[Variant]) -> list[Report]:
    """Each network, profiled.

    Raises:
        DescriptionError: with the faults of all networks.
    """
    found: list[Report] = []
    faults: list[Fault] = []
    for variant in variants:
        try:
            found.append(variant.network())
        except DescriptionError as error:
            faults.extend(error.faults)
    if faults:
        raise DescriptionError(*faults)
    return found


def chosen_format(wanted: str, output: Path | None) -> str:
    """The format that was asked for, or that fits where the result goes.

    Raises:
        DescriptionError: there is no such format.
    """
    from convcalc.views import DESCRIPTION, SUFFIXES, VIEWS

    if wanted:
        wanted = SUFFIXES.get(f".{wanted}", wanted)
        if wanted in (*VIEWS, DESCRIPTION):
            return wanted
        from convcalc.spec.names import guess

        raise DescriptionError(Fault(f"unknown format: {quoted(wanted)}{guess(wanted, (*VIEWS, DESCRIPTION))}"))
    if output not in STANDARD_OUTPUT:
        return SUFFIXES.get(output.suffix, "plain")
    return "table" if sys.stdout is not None and sys.stdout.isatty() else "plain"


def publish(sheets: list[Sheet], wanted: str, output: Path | None) -> None:
    """Write all sheets in one format, to standard output or to a file."""
    from convcalc.sheet import merged
    from convcalc.views import DESCRIPTION, view

    chosen = chosen_format(wanted, output)
    if chosen == DESCRIPTION:
        raise DescriptionError(Fault(f"only networks can be written as {chosen}"))
    output = None if output in STANDARD_OUTPUT else output
    if chosen in ("csv", "tsv") and len(sheets) > 1:
        sheets = [merged(sheets)]
    between = "" if chosen == "jsonl" else "\n"
    render = partial(view(chosen), **screen()) if chosen == "table" and output is None else view(chosen)
    text = between.join(map(render, sheets))
    if output is None:
        write(text, escaped if chosen in ("json", "jsonl") else readable)
    else:
        save(output, text)


def publish_description(report: Report, output: Path | None) -> None:
    """Write a network as a description, to standard output or to a file."""
    from convcalc.spec.written import written

    text = written(report.graph)
    if output in STANDARD_OUTPUT or output is None:
        write(text)
    else:
        save(output, text)


def save(path: Path, text: str) -> None:
    """Write to a file.

    Raises:
        DescriptionError: it cannot be written to.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DescriptionError(Fault(f"cannot write {quoted(str(path))}: {reason(error)}")) from None


def screen() -> dict[str, Any]:
    """How wide a table may be, and whether it is bold in places: as standard output and the environment say."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    width = get_terminal_size().columns if terminal or "COLUMNS" in os.environ else None
    styled = bool(os.environ.get("FORCE_COLOR")) or (terminal and os.environ.get("TERM") != "dumb")
    return {"width": width, "styled": styled}


def write(text: str, lacking: Callable[[str], str] = readable) -> None:
    """Write to standard output; `lacking` writes characters that its encoding does not have.

    Raises:
        DescriptionError: there is no standard output.
        typer.Exit: it cannot be written to, which has been told.
    """
    stream = sys.stdout
    if stream is None:
        raise DescriptionError(Fault("cannot write: standard output is closed"))
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = "".join(char if char.isascii() else lacking(char) for char in text)
    try:
        stream.flush()
        with open(stream.fileno(), "w", encoding=encoding, closefd=False) as out:  # it writes all that it is given
            out.write(text)
    except io.UnsupportedOperation:
        stream.write(text)
    except OSError as error:
        raise typer.Exit(unwritable(error)) from None


def unwritable(error: OSError) -> int:
    """The exit status where standard output cannot be written to: silent if only its reader has gone."""
    with contextlib.suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that nothing fails again at exit
    if isinstance(error, BrokenPipeError):
        return BROKEN_PIPE
    complain(f"error: cannot write: {reason(error)}")
    return BAD_INPUT
