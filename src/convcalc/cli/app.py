"""The command line: its commands, and what becomes of errors."""

from __future__ import annotations

import os
from errno import EACCES, ENOENT, ENOTDIR, ESTALE
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from convcalc.cli.helping import Command
from convcalc.cli.output import BAD_INPUT, OUR_BUG, complain, unwritable, write_out
from convcalc.errors import ConvcalcError, Fault, quoted, reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


COMMANDS = {
    "count": "count.count",
    "compare": "compare.compare",
    "check": "check.check",
    "widen": "widen.widen",
    "sweep": "sweep.sweep",
    "fit": "fit.fit",
    "explain": "explain.explain",
    "nets": "lists.list_nets",
    "kinds": "lists.list_kinds",
    "schema": "schemas.print_schema",
    "man": "manual.print_manual",
}
"""The module and the function of each command, imported where the command is asked for."""

UNREADABLE = (ENOENT, ENOTDIR, EACCES, ESTALE)
"""Errors of the system where a file or the current folder is not there; those of output streams are others."""


def run(arguments: Sequence[str]) -> int:
    """Run a command line, and tell its exit status."""
    try:
        return int(
            parser(needed_commands(arguments))(list(arguments), prog_name="convcalc", standalone_mode=False) or 0
        )
    except ConvcalcError as error:
        complain(str(error))
        return BAD_INPUT
    except typer.TyperException as error:
        complain(str(misused(error, arguments)))
        return BAD_INPUT
    except OSError as error:
        if error.errno in UNREADABLE or error.filename is not None:
            about = f" {quoted(str(error.filename))}" if error.filename is not None else ""
            complain(str(Fault("cannot-read", f"cannot read{about}: {reason(error)}")))
            return BAD_INPUT
        return unwritable(error)
    except Exception as error:  # whatever it is, it is our fault and no traceback for a user
        if os.environ.get("CONVCALC_TRACEBACK"):
            raise
        name = type(error).__name__
        complain(
            f"error: this is a bug in convcalc: {name}: {error}\n  | CONVCALC_TRACEBACK=1 shows where; please report it"
        )
        return OUR_BUG


def misused(error: typer.TyperException, arguments: Sequence[str]) -> Fault:
    """What is wrong with a command line, and what may have been meant."""
    from convcalc.cli.hinting import meant_by  # only a mistake needs it

    option: str = getattr(error, "option_name", None) or ""
    ways = meant_by(option, arguments) if hasattr(error, "possibilities") else []
    message = error.message if ways else error.format_message()
    return Fault("usage", message.rstrip("."), notes=(*ways, f"try: convcalc {command(arguments)}--help"))


def needed_commands(arguments: Sequence[str]) -> Iterable[str]:
    """The one command that a command line begins with, or all: to import and build all takes a fifth of a short run."""
    return arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS


def parser(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """What parses a command line of some commands."""
    made = typer.Typer(
        no_args_is_help=False,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(start)
    for name in commands:
        module, _, function = COMMANDS[name].rpartition(".")
        made.command(name, cls=Command)(getattr(import_module(f"convcalc.cli.{module}"), function))
    return made


def command(arguments: Sequence[str]) -> str:
    """The command of a command line, and a blank, for hints; empty if it has none."""
    return f"{arguments[0]} " if arguments and arguments[0] in COMMANDS else ""


def show_version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it with the value of a flag
    """Print the version, and leave."""
    if wanted:
        from importlib.metadata import version  # only this option needs it

        write_out(f"convcalc {version('convcalc')}\n")
        raise typer.Exit


def start(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", "-V", callback=show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """What a convolutional network costs, before you write it: output sizes, weights, biases and MACs, exactly."""
    if context.invoked_subcommand is None:
        write_out(context.get_help() + "\n")
