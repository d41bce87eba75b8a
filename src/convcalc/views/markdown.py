"""A page in Markdown: tables, lists, and lines of code, each below its title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.pages.cells import Prose
from convcalc.pages.page import Code, Table, Text
from convcalc.views.grid import grid, has_totals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convcalc.pages.page import Page, Section

PUNCTUATION = r"""!-/:-@\[-`{-~"""
"""The characters that a backslash escapes (CommonMark 0.31), as a class of a pattern holds them."""

ACTIVE = re.compile(rf"\\(?=[{PUNCTUATION}]|$)|`|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
"""What means something wherever it stands: escapes and breaks, code, tags, entities."""

RUNS = re.compile(r"\*+|~+|_+")
"""What may begin or end emphasis."""

CODE = re.compile("(`[^`]+`)")
"""What prose marks as code."""

LINKED = re.compile(r"\][(\[:]|\[\^|\[[ xX]\]")
"""What makes brackets a link, a definition, a footnote or a box to tick."""

LEADING = re.compile(r"(#{1,6}(?=\s|$)|~{3}|>|\||[+*-](?=\s|$)|[=-]+$)|(\d{1,9})([.)])(?=\s|$)")
"""What makes a line a heading, code, a quotation, a table, an item or a rule."""

TICKS = re.compile("`++")
"""What begins and ends code."""


def write(page: Page) -> str:
    """Write the title, the sections, and the sentences of the foot; an empty line stands below a table in any case.

    A page whose sections have titles begins with a heading of the first level, and one without of the third.
    """
    level = "#" if any(section.title for section in page.sections) else "###"
    blocks = [f"{level} {titled(page.title)}"]
    for section in page.sections:
        blocks += [f"## {titled(section.title)}"] if section.title else []
        blocks.append("\n".join(SECTIONS[type(section)](section)))
    blocks += ["\n".join(f"{line(each)}  " for each in page.foot)] if page.foot else []
    return "\n\n".join(blocks) + ("\n\n" if page.tables and not page.foot else "\n")


def table_lines(table: Table) -> list[str]:
    """A table as GitHub reads it; the totals are bold."""
    head, *rows = zip(*[[cell_of(cell) for cell in column] for column in grid(table)], strict=True)
    if has_totals(table):
        rows[-1] = tuple(f"**{cell}**" if cell else "" for cell in rows[-1])
    rule = ["---:" if heading.numeric else "---" for heading in table.headings]
    return [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]


def text_lines(text: Text) -> list[str]:
    """A sentence, or a list of several."""
    lines = list(map(line, text.lines))
    return [f"- {each}" for each in lines] if len(lines) > 1 else lines


def code_lines(code: Code) -> list[str]:
    """Lines within a fence that is longer than any in them."""
    longest = max((len(ticks) for each in code.lines for ticks in TICKS.findall(each)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *code.lines, fence]


SECTIONS: Mapping[type[Section], Callable[[Any], list[str]]] = {
    Table: table_lines,
    Text: text_lines,
    Code: code_lines,
}
"""What writes each section."""


def cell_of(text: str) -> str:
    """A cell in which nothing divides columns."""
    return escaped(text).replace("|", "\\|")


def titled(text: str) -> str:
    """A text as a heading: hashes at its end would be left out."""
    found = escaped(text).rstrip()
    kept = found.rstrip("#")
    return kept + "\\#" * (len(found) - len(kept))


def line(text: str) -> str:
    """A text as a line of its own, which is only a sentence."""
    text = escaped(text).strip()
    found = LEADING.match(text)
    if found is None:
        return text
    mark = found.start(3) if found[3] else 0
    return f"{text[:mark]}\\{text[mark:]}"


def escaped(text: str) -> str:
    r"""A text on one line, in which nothing but words is meant: only what has an effect is escaped.

    >>> print(escaped("conv_1 is conv 2*k, 5 * 3 <b> [0, 1] _x_"), escaped("[a](b)"))
    conv_1 is conv 2\*k, 5 * 3 \<b> [0, 1] \_x\_ \[a](b)
    """
    if isinstance(text, Prose):
        return "".join(part if part.startswith("`") else escaped(part) for part in CODE.split(text))
    text = ACTIVE.sub(r"\\\g<0>", on_one_line(text))
    text = RUNS.sub(emphasis, text)
    return text.replace("[", "\\[") if LINKED.search(text) else text


def on_one_line(text: str) -> str:
    r"""A text without line breaks, and without blanks around them.

    >>> on_one_line("a \n\n b")
    'a b'
    """
    lines = text.splitlines()
    return text if lines in ([], [text]) else " ".join([line.strip() for line in lines if line.strip()])


def emphasis(found: re.Match[str]) -> str:
    """A run of stars, tildes or underscores: escaped, unless blanks are around, or, of underscores, a word."""
    run, before, after = found[0], found.string[: found.start()][-1:], found.string[found.end() :][:1]
    alone = not before.strip() and not after.strip()
    inside = run[0] == "_" and before.isalnum() and after.isalnum()
    return run if alone or inside else "".join(f"\\{mark}" for mark in run)
