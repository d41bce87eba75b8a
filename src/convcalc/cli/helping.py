"""What `--help` says of a command at its end: examples, and what they print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperCommand

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter


class Command(TyperCommand):
    """A command whose help ends in examples, which are read only where somebody asks for help."""

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002  # as typer has it
        """Write the examples as they are, each line of its own."""
        from convcalc.sources.bundled import examples_text

        if self.name:
            formatter.write(f"\nExamples:\n{indented_help(examples_text(self.name))}")


def indented_help(text: str) -> str:
    """A text two columns further right, with an empty line before each command but the first."""
    lines = [f"  {line}" if line else "" for line in text.splitlines()]
    return "\n".join(f"\n{line}" if at and line.startswith("  $ ") else line for at, line in enumerate(lines)) + "\n"
