"""`convcalc nets` and `convcalc kinds`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcalc.cli import completion
from convcalc.cli.options import Output, TableFormat
from convcalc.cli.output import publish


def list_nets(format_: TableFormat = "", output: Output = None) -> None:
    """List the bundled networks, their totals and their sources.

    \b
    convcalc nets
    convcalc nets -f json
    """
    from convcalc.pages.catalogue import nets
    from convcalc.pages.listing import nets_page

    publish([nets_page(list(nets()))], format_, output)


def list_kinds(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="[KIND]",
            help="One of them, to see more of.",
            show_default=False,
            autocompletion=completion.complete_kinds,
        ),
    ] = "",
    format_: TableFormat = "",
    output: Output = None,
) -> None:
    """List the kinds of layers, their options, and their names in PyTorch.

    \b
    convcalc kinds
    convcalc kinds conv
    """
    from convcalc.pages.catalogue import kind_details, kind_entry, kinds, known_kind, option_entries
    from convcalc.pages.listing import kind_page, kinds_page

    if kind:
        name = known_kind(kind)
        page = kind_page(kind_entry(name), kind_details(name), list(option_entries(name)))
    else:
        page = kinds_page(list(kinds()))
    publish([page], format_, output)
