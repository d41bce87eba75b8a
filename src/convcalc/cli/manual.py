"""`convcalc man`: a manual page of all commands, from what their parser knows."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING

import typer

from convcalc.cli.helping import indented_help
from convcalc.cli.options import Output
from convcalc.cli.output import put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.core import TyperGroup

STATUSES = (
    ("0", "fine"),
    ("1", "the answer is no: a limit exceeded, a difference found, nothing fits"),
    ("2", "bad usage or description"),
    ("3", "a bug of ours"),
    ("130", "stopped by Ctrl-C"),
    ("141", "the reader of a pipe has gone"),
)
"""How commands end."""

VARIABLES = (
    ("NO_COLOR", "no colours on a terminal"),
    ("FORCE_COLOR", "colours in a pipe, too"),
    ("COLUMNS", "the width of tables, in place of that of the terminal"),
    ("CONVCALC_TRACEBACK", "where a bug of ours is"),
)
"""What the environment changes."""


def print_manual(output: Output = None) -> None:
    """Print a manual page of all commands, for man.

    \b
    convcalc man | man -l -
    convcalc man -o convcalc.1
    """
    from convcalc.cli.app import parser  # which knows all commands, and this one among them

    put("\n".join(page(typer.main.get_group(parser()))) + "\n", output)


def page(root: TyperGroup) -> Iterator[str]:
    """The lines of the page, in the man macros of roff."""
    from importlib.metadata import version  # only this page and --version need it

    from convcalc.sources.bundled import examples_text

    yield f'.TH CONVCALC 1 "" "convcalc {version("convcalc")}" "User Commands"'
    yield from (".SH NAME", rf"convcalc \- {roff_escaped(first_sentence(root))}")
    yield from (".SH SYNOPSIS", r".B convcalc", r"\fICOMMAND\fR [\fINET\fR...] [\fIOPTIONS\fR]")
    yield ".SH COMMANDS"
    for name, command in root.commands.items():
        context = typer.Context(command, info_name=name)
        yield from (f".SS {roff_escaped(name)}", *paragraphs(command.help or ""))
        for parameter in command.params:
            record = parameter.get_help_record(context)
            if record:
                yield from (".TP", rf"\fB{roff_escaped(record[0])}\fR", roff_escaped(record[1]) or r"\&")
        yield from (
            ".PP",
            "Examples:",
            ".PP",
            ".nf",
            *map(roff_escaped, indented_help(examples_text(name)).splitlines()),
            ".fi",
        )
    yield from section("EXIT STATUS", STATUSES)
    yield from section("ENVIRONMENT", VARIABLES)


def section(title: str, entries: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """A section of words and what they mean."""
    yield f".SH {title}"
    for word, meaning in entries:
        yield from (".TP", rf"\fB{roff_escaped(word)}\fR", roff_escaped(meaning))


def first_sentence(command: TyperGroup) -> str:
    """The first sentence of a command's help."""
    return cleandoc(command.help or "").partition("\n")[0].rstrip(".")


def paragraphs(text: str) -> Iterator[str]:
    """A help text: paragraphs, and lines that are kept as they are."""
    for block in cleandoc(text).split("\n\n"):
        kept = block.startswith("\b")
        lines = [roff_escaped(line) for line in block.removeprefix("\b").strip("\n").split("\n")]
        yield from (".PP", ".nf", *lines, ".fi") if kept else (".PP", *lines)


def roff_escaped(text: str) -> str:
    """A line in which roff sees no commands, in ASCII."""
    line = text.replace("\\", r"\e").replace("-", r"\-")
    line = "".join(char if char.isascii() else rf"\[u{ord(char):04X}]" for char in line)
    return rf"\&{line}" if line[:1] in (".", "'") else line
