"""A sheet as a table in Markdown, with its title above and its sentences below."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.pages.sheet import Prose, grid

if TYPE_CHECKING:
    from convcalc.pages.sheet import Sheet

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


def render(sheet: Sheet) -> str:
    """Write a table as GitHub reads it; the totals are bold."""
    columns = [[cell_of(cell) for cell in column] for column in grid(sheet)]
    summed = len(columns[0]) > len(sheet.rows) + 1
    head, *rows = zip(*columns, strict=True)
    if summed:
        rows[-1] = tuple(f"**{cell}**" if cell else "" for cell in rows[-1])
    rule = ["---:" if heading.numeric else "---" for heading in sheet.headings]
    table = [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]
    return "\n".join([f"### {titled(sheet.title)}", "", *table, "", *(f"{line(each)}  " for each in sheet.foot)]) + "\n"


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
