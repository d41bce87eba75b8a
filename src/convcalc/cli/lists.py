"""`convcalc nets` and `convcalc kinds`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcalc.cli import completion
from convcalc.cli.options import Output, TableFormat
from convcalc.cli.output import publish, put
from convcalc.errors import DescriptionError, Fault, quoted


def list_nets(format_: TableFormat = "", output: Output = None) -> None:
    """List the bundled networks, their totals and their sources.

    \b
    convcalc nets
    convcalc nets -f json
    """  # noqa: D301  # typer reads \b as: keep these lines
    from convcalc.pages.catalogue import nets
    from convcalc.pages.listing import nets_sheet

    publish([nets_sheet(list(nets()))], format_, output)


def list_kinds(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="[KIND]", help="One of them, to see more of.", show_default=False, autocompletion=completion.kinds
        ),
    ] = "",
    format_: TableFormat = "",
    output: Output = None,
) -> None:
    """List the kinds of layers, their options, and their names in PyTorch.

    \b
    convcalc kinds
    convcalc kinds conv
    """  # noqa: D301  # as above
    from convcalc.pages.catalogue import explained, kind_entry, kinds, known_kind, option_entries
    from convcalc.pages.listing import kind_sheet, kinds_sheet

    if kind:
        name = known_kind(kind)
        sheet = kind_sheet(kind_entry(name), explained(name), list(option_entries(name)))
    else:
        sheet = kinds_sheet(list(kinds()))
    publish([sheet], format_, output)


def commands_with_schema(incomplete: str) -> list[str]:
    """Commands that begin so, of those that write JSON."""
    from convcalc.pages.schema import SCHEMAS

    return [name for name in SCHEMAS if name.startswith(incomplete)]


def print_schema(
    command: Annotated[
        str,
        typer.Argument(
            metavar="COMMAND",
            help="A command that writes JSON.",
            show_default=False,
            autocompletion=commands_with_schema,
        ),
    ],
    form: Annotated[
        str,
        typer.Option("--format", "-f", metavar="FORMAT", help="Of json, or of each line of jsonl.", show_default=False),
    ] = "json",
    output: Output = None,
) -> None:
    """Print the JSON Schema of what a command writes with -f json or jsonl.

    \b
    convcalc schema count
    convcalc schema count -f jsonl
    convcalc schema check -o check.schema.json
    """  # noqa: D301  # typer reads \b as: keep these lines
    import json

    from convcalc.errors import guess
    from convcalc.pages.schema import FORMATS, SCHEMAS, in_lines, schema_of

    if command not in SCHEMAS:
        known = guess(command, SCHEMAS)
        raise DescriptionError(Fault("unknown-choice", f"no command {quoted(command)} writes JSON{known}"))
    if form not in FORMATS:
        message = f"a schema is of json or jsonl, but got {quoted(form)}"
        raise DescriptionError(Fault("unknown-choice", message))
    if form == "jsonl" and command not in in_lines():
        raise DescriptionError(Fault("format-does-not-apply", f"convcalc {command} writes no JSON lines"))
    put(json.dumps(schema_of(command, form), indent=2) + "\n", output)
