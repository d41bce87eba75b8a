"""The command line: its commands, and what becomes of errors."""

from __future__ import annotations

import os
from copy import copy
from typing import TYPE_CHECKING, Annotated

import typer

from convcalc.cli.check import check
from convcalc.cli.compare import compare
from convcalc.cli.count import count
from convcalc.cli.explain import explain
from convcalc.cli.fit import fit
from convcalc.cli.lists import list_kinds, list_nets, print_schema
from convcalc.cli.manual import print_manual
from convcalc.cli.output import BAD_INPUT, OUR_BUG, complain, unwritable, write
from convcalc.cli.sweep import sweep
from convcalc.cli.widen import widen
from convcalc.errors import ConvcalcError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence


app = typer.Typer(
    no_args_is_help=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("count")(count)
app.command("compare")(compare)
app.command("check")(check)
app.command("widen")(widen)
app.command("sweep")(sweep)
app.command("fit")(fit)
app.command("explain")(explain)
app.command("nets")(list_nets)
app.command("kinds")(list_kinds)
app.command("schema")(print_schema)
app.command("man")(print_manual)


def run(arguments: Sequence[str]) -> int:
    """Run a command line, and tell its exit status."""
    try:
        return int(asked(arguments)(list(arguments), prog_name="convcalc", standalone_mode=False) or 0)
    except ConvcalcError as error:
        complain(str(error))
        return BAD_INPUT
    except typer.TyperException as error:
        message = error.format_message().rstrip(".")
        complain(str(Fault("usage", message, notes=(f"try: convcalc {command(arguments)}--help",))))
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


def asked(arguments: Sequence[str]) -> typer.Typer:
    """The one command that a command line begins with, or all: to build all parsers takes a sixth of a short run."""
    own = [each for each in app.registered_commands if [each.name] == list(arguments[:1])]
    if not own:
        return app
    alone = copy(app)
    alone.registered_commands = own
    return alone


def command(arguments: Sequence[str]) -> str:
    """The command of a command line, and a blank, for hints; empty if it has none."""
    names = {each.name for each in app.registered_commands}
    return f"{arguments[0]} " if arguments and arguments[0] in names else ""


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
