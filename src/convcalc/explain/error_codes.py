"""What errors mean: for each code a sentence, its reason, an example with its message, and the example repaired."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from convcalc.errors import Source, printable
from convcalc.language.read.tree import parse_tree, plain
from convcalc.pages.page import Code, Page, Text
from convcalc.pages.schema import TEXT, PageForm
from convcalc.sources.bundled import errors_text

if TYPE_CHECKING:
    from collections.abc import Mapping

PROMPT = "$ "
"""What stands before a command."""


@dataclass(frozen=True)
class Example:
    """A command, and the file that it reads from standard input, if it reads one."""

    command: str
    file: str = ""
    text: str = ""

    @property
    def lines(self) -> list[str]:
        """The file, as far as there is one, and the command."""
        shown = [self.file, *(f"  {printable(line)}" for line in self.text.splitlines())] if self.file else []
        return [*shown, f"{PROMPT}{self.command}"]


@dataclass(frozen=True)
class ErrorCode:
    """A kind of error: what it says, why it is one, an example with its `message`, and the example repaired."""

    name: str
    group: str
    says: str
    why: str
    broken: Example
    message: str
    repaired: Example
    see: str

    def page(self) -> Page:
        """What the error means."""
        sections: list[Text | Code] = [
            Text("answer", "What it means", [self.says]),
            Text("why", "Why", [self.why]),
            Code("broken", "Broken", [*self.broken.lines, *self.message.splitlines()]),
            Code("repaired", "Repaired", self.repaired.lines),
            *([Code("see", "See", [self.see])] if self.see else []),
        ]
        return Page(f"error[{self.name}]", sections, {"code": self.name, "group": self.group})


CODE_FORM = PageForm({"code": TEXT, "group": TEXT}, told=True)
"""What the meaning of an error is as JSON."""


@cache
def error_codes() -> Mapping[str, ErrorCode]:
    """All codes, by name, in groups."""
    held = plain(parse_tree(Source("errors.yaml", errors_text())))
    return {name: error_code(name, each) for name, each in held.items()}


def error_code(name: str, held: Mapping[str, Any]) -> ErrorCode:
    """A code as the file of codes has it."""
    broken, repaired = example(held["broken"]), example(held["repaired"])
    group, says, why, message, see = (held.get(key, "") for key in ("group", "says", "why", "message", "see"))
    return ErrorCode(name, group, says, why, broken, message, repaired, see)


def example(held: str | Mapping[str, str]) -> Example:
    """A command, or a network to be counted, or a file of another name and the command that reads it."""
    if isinstance(held, str):
        is_command = held.startswith("convcalc ")
        return Example(held) if is_command else Example("convcalc count - < net.yaml", "net.yaml", held)
    (file, text), (_, command) = held.items()
    return Example(command, file, text)
