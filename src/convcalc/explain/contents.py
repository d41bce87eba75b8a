"""What can be explained: all topics, and all errors, in groups."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from convcalc.explain.error_codes import error_codes
from convcalc.explain.topics import topics
from convcalc.pages.page import Code, Page, Text
from convcalc.pages.schema import TEXT, PageForm, array_of, exactly

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = (
    "convcalc explain TOPIC",
    "convcalc explain NET LAYER",
    "convcalc explain CODE, as in error[CODE]; convcalc explain errors lists them",
    "convcalc explain trace -i 2x5x5 -l 'conv 3 3 relu' --pixel 0,1,1",
)
"""How to ask."""

TOPICS_FORM = PageForm({"topics": array_of(exactly(name=TEXT, group=TEXT, question=TEXT))}, told=True)
"""What the list of topics is as JSON."""


def topics_page() -> Page:
    """All topics, in groups."""
    known = sorted(topics(), key=lambda topic: (topic.group, topic.name))
    sections = grouped_sections([(topic.group, topic.name, topic.title) for topic in known])
    about = {"topics": [{"name": topic.name, "group": topic.group, "question": topic.title} for topic in known]}
    return Page("What convcalc can explain", [*sections, Code("usage", "Usage", USAGE)], about)


CODES_FORM = PageForm({"errors": array_of(exactly(code=TEXT, group=TEXT, says=TEXT))}, told=True)
"""What the list of errors is as JSON."""


def codes_page() -> Page:
    """All errors, in groups."""
    codes = error_codes().values()
    sections = grouped_sections([(code.group, code.name, code.says) for code in codes])
    about = {"errors": [{"code": code.name, "group": code.group, "says": code.says} for code in codes]}
    return Page("What an error means", [*sections, Code("usage", "Usage", ["convcalc explain CODE"])], about)


def grouped_sections(entries: Sequence[tuple[str, str, str]]) -> list[Text]:
    """A section for each group of entries, which are groups, names and what is said of these, group by group."""
    width = max((len(name) for _, name, _ in entries), default=0)
    return [
        Text(group.lower(), group, [f"{name:{width}}  {says}" for _, name, says in each], hang=width + 4)
        for group, each in groupby(entries, key=lambda entry: entry[0])
    ]
