"""Answers as text for a terminal, as Markdown, and as JSON."""

from __future__ import annotations

import json
import re
from textwrap import wrap
from typing import TYPE_CHECKING

from convcalc.pages.sheet import SCHEMA
from convcalc.views.markdown import line, titled

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.pages.answer import Answer, Part

TICKS = re.compile("`++")
"""What begins and ends code."""

MARGIN = "  "
WIDEST = 100
"""Characters of a line of text, at most: longer lines are hard to read."""


def render_text(answer: Answer, width: int = 80) -> str:
    """Write titles, and what stands below them, wrapped."""
    width = min(width, WIDEST)
    blocks = ["\n".join(wrap(answer.title, width))]
    for part in answer.parts:
        lines = (
            [*part.lines] if part.literal else [line for each in part.lines for line in wrapped(each, width, part.hang)]
        )
        blocks.append("\n".join([part.title.upper(), *[f"{MARGIN}{line}".rstrip() for line in lines]]))
    return "\n\n".join(blocks) + "\n"


def wrapped(line: str, width: int, hang: int) -> list[str]:
    """A sentence in lines; those behind its first stand further in."""
    inside = " " * (hang - len(MARGIN))
    return wrap(line, width - len(MARGIN), subsequent_indent=inside, break_on_hyphens=False) or [""]


def render_markdown(answer: Answer) -> str:
    """Write headings, lists, and what is literal as code."""
    blocks = [f"# {titled(answer.title)}", *[f"## {titled(part.title)}\n\n{markdown(part)}" for part in answer.parts]]
    return "\n\n".join(blocks) + "\n"


def markdown(part: Part) -> str:
    """What stands below a heading."""
    if part.literal:
        longest = max((len(ticks) for each in part.lines for ticks in TICKS.findall(each)), default=0)
        fence = "`" * max(3, longest + 1)
        return "\n".join([fence, *part.lines, fence])
    lines = list(map(line, part.lines))
    return "\n".join([f"- {each}" for each in lines] if len(lines) > 1 else lines)


def render_json(answer: Answer) -> str:
    """Write one object: what a machine should know, and the parts."""
    parts = {part.key: list(part.lines) for part in answer.parts}
    return (
        json.dumps({"schema": SCHEMA, **answer.about, "title": answer.title, **parts}, ensure_ascii=False, indent=2)
        + "\n"
    )


VIEWS: dict[str, Callable[[Answer], str]] = {"text": render_text, "markdown": render_markdown, "json": render_json}
"""The formats of answers."""

SUFFIXES = {".md": "markdown", ".json": "json"}
"""The formats that the name of a file tells."""
