"""YAML as the language uses it: scalars, sequences and mappings, each with its place.

It goes through the events of PyYAML, and does not load the text. So numbers stay text: a decimal must not become a
float, and `010` is ten. A key that stands twice is a fault, and no depth and no alias can exhaust the machine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import yaml

from convcalc.errors import DescriptionError, Fault, Place, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.errors import Source

DEEPEST_DESCRIPTION = 100
"""Levels of nesting that a description may have."""

TOO_DEEP = f"a description must be nested at most {DEEPEST_DESCRIPTION} levels deep"

MOST_NODES = 400_000
"""Words, lists and mappings that a description may have."""

MOST_ALIASED = 100_000
"""Nodes that the aliases of a description may stand for."""


class Scalar(NamedTuple):
    """A text, as it reads; `null` where nothing is written."""

    text: str
    place: Place
    null: bool = False


class List(NamedTuple):
    """A sequence."""

    items: tuple[Tree, ...]
    place: Place


class Map(NamedTuple):
    """A mapping with distinct keys, in their order."""

    pairs: tuple[tuple[Scalar, Tree], ...]
    place: Place

    def get(self, key: str) -> Tree | None:
        """The value of a key."""
        return next((value for name, value in self.pairs if name.text == key), None)


COLON = re.compile(r"\s*(?:- )?\w+:[^\s]")
"""A line in which a blank is missing behind a colon."""

NULLS = ("", "~", "null", "Null", "NULL")

Tree: TypeAlias = Scalar | List | Map

Plain: TypeAlias = Any
"""A tree as Python's own: texts, lists, mappings with texts as keys, and nothing."""

Event: TypeAlias = Any
"""An event of PyYAML: they have no common type."""


def parse_tree(source: Source) -> Tree | None:
    """The tree of a YAML document, none of an empty one.

    Raises:
        DescriptionError: the text is no YAML, or uses a part of YAML that descriptions do without.
    """
    try:
        return Composer(source).document()
    except yaml.MarkedYAMLError as error:
        raise DescriptionError(beyond_limits(error, source) or unreadable(error, source)) from None
    except yaml.reader.ReaderError as error:
        before = source.text[: error.position]
        line = before.count("\n") + 1
        place = Place(source, line, error.position - before.rfind("\n"))
        message = "a description must not hold control characters"
        raise DescriptionError(Fault("not-text", message, place)) from None
    except yaml.YAMLError as error:
        raise DescriptionError(Fault("not-yaml", f"this is not YAML: {error}")) from None


def events(source: Source, end: int | None = None) -> Iterator[Event]:
    """The events of a YAML text up to character `end`, from libyaml where it is installed."""
    text = source.text[:end]
    parser: Any = yaml.CLoader(text) if yaml.__with_libyaml__ else yaml.Loader(text)
    event = None
    while True:
        try:
            event = parser.get_event()
        except RecursionError:
            place = Place(source, event.start_mark.line + 1, event.start_mark.column + 1) if event else None
            raise DescriptionError(Fault("beyond-limits", TOO_DEEP, place)) from None
        if isinstance(event, yaml.StreamEndEvent):
            return
        yield event


class Composer:
    """Builds the tree from events."""

    def __init__(self, source: Source, end: int | None = None) -> None:
        self.source = source
        self.events = events(source, end)
        self.anchors: dict[str, tuple[Tree, int] | None] = {}
        self.aliased = 0
        self.count = 0

    def document(self) -> Tree | None:
        """The one document of the stream."""
        found: Tree | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.refused(
                        event, "not-yaml", "a description is one YAML document, but here a second begins"
                    )
                if event.version or event.tags:
                    raise self.refused(event, "not-yaml", "a description has no % directives")
                found = self.node(next(self.events), 0)
        return found

    def node(self, event: Event, depth: int) -> Tree:
        """The node that begins with an event."""
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if depth > DEEPEST_DESCRIPTION:
            raise self.refused(event, "beyond-limits", TOO_DEEP)
        if event.tag is not None and event.tag != "!":
            raise self.refused(event, "not-yaml", f"a description has no tags, but here is {quoted(event.tag)}")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        first = self.count
        self.count += 1
        if self.count > MOST_NODES:
            raise self.refused(event, "beyond-limits", f"a description must have at most {MOST_NODES:,} items")
        if isinstance(event, yaml.ScalarEvent):
            found: Tree = self.scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            found = self.list(event, depth)
        else:
            found = self.map(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = found, self.count - first
        return found

    def alias(self, event: Event) -> Tree:
        """The node that an alias stands for; how much they all stand for is bounded."""
        if event.anchor not in self.anchors:
            star = f"*{quoted(event.anchor)}"
            raise self.refused(
                event,
                "not-yaml",
                f"{star} is an alias of YAML, but nothing is marked &{quoted(event.anchor)}",
                "try: quotes around an item that begins with *",
            )
        known = self.anchors[event.anchor]
        if known is None:
            raise self.refused(event, "not-yaml", f"*{quoted(event.anchor)} stands within what it stands for")
        found, size = known
        self.aliased += size
        self.count += size
        if self.aliased > MOST_ALIASED:
            raise self.refused(
                event, "beyond-limits", f"the aliases of a description must stand for at most {MOST_ALIASED:,} nodes"
            )
        return found

    def scalar(self, event: Event) -> Scalar:
        """A text; words in it have places of their own if it stands on one line as it is."""
        start, end = event.start_mark, event.end_mark
        plain = not event.style
        quote = 0 if plain else 1
        one_line = start.line == end.line and end.column - start.column - 2 * quote == len(event.value)
        column = start.column + 1 + (quote if one_line else 0)
        width = len(event.value) if one_line else 1
        place = Place(self.source, start.line + 1, column, max(1, width), one_line)
        return Scalar(event.value, place, null=plain and event.value in NULLS)

    def list(self, event: Event, depth: int) -> List:
        """The items up to the end of a sequence."""
        place = self.place(event)
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return List(tuple(items), place)

    def map(self, event: Event, depth: int) -> Map:
        """The pairs up to the end of a mapping."""
        place = self.place(event)
        pairs: dict[str, tuple[Scalar, Tree]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise DescriptionError(
                    Fault("wrong-form", "a key must be a word, but here is a list or a mapping", key.place)
                )
            if key.text == "<<":
                raise DescriptionError(Fault("not-yaml", "a description has no << merge keys", key.place))
            if key.text in pairs:
                first = pairs[key.text][0].place
                message = f"the key {quoted(key.text)} stands twice"
                raise DescriptionError(Fault("given-twice", message, key.place, notes=(f"it stands first at {first}",)))
            pairs[key.text] = key, self.node(next(self.events), depth + 1)
        return Map(tuple(pairs.values()), place)

    def place(self, event: Event) -> Place:
        """Where an event begins."""
        return Place(self.source, event.start_mark.line + 1, event.start_mark.column + 1)

    def refused(self, event: Event, code: str, message: str, *notes: str) -> DescriptionError:
        """The error about an event."""
        return DescriptionError(Fault(code, message, self.place(event), notes=notes))


def plain(tree: Tree | None) -> Plain:
    """A tree as Python's own."""
    match tree:
        case Scalar():
            return tree.text
        case List():
            return [plain(each) for each in tree.items]
        case Map():
            return {key.text: plain(value) for key, value in tree.pairs}
    return None


def beyond_limits(error: yaml.MarkedYAMLError, source: Source) -> Fault | None:
    """The limit of ours that a text breaks before the place at which the parser refused it.

    A parser may have limits of its own, and it reads ahead: it can refuse a text before it gives the events from which
    we see that the text breaks ours. Up to that place it gives them all.
    """
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return None
    try:
        Composer(source, mark.index).document()
    except DescriptionError as refused:
        return next((fault for fault in refused.faults if fault.code == "beyond-limits"), None)
    except yaml.YAMLError:
        pass  # the text ends too soon
    return None


def unreadable(error: yaml.MarkedYAMLError, source: Source) -> Fault:
    """What is wrong with a text that is no YAML, in the words of this language where they are plainer."""
    problem = error.problem or str(error)
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Fault("not-yaml", f"this is not YAML: {problem}")
    place = Place(source, mark.line + 1, mark.column + 1)
    context = error.context_mark and Place(source, error.context_mark.line + 1, error.context_mark.column + 1)
    char = source.line(place.line)[mark.column : mark.column + 1]
    above = COLON.match(source.line(place.line - 1)) if mark.line else None
    if context and isinstance(error, yaml.parser.ParserError):
        bracket = source.line(context.line)[context.column - 1 : context.column]
        if bracket in ("[", "{"):
            return Fault("unclosed", f"this {bracket} is not closed, or its items are not divided by commas", context)
    notes = []
    if char == "\t":
        notes.append("try: blanks in place of the tab")
    elif char and char in "@%`*&!":
        notes.append(f"try: quotes around an item that begins with {char}")
    elif char == ":" and not context and above:
        notes.append(f"try: a blank behind the colon in line {place.line - 1}")
    elif char == ":" and not context:
        notes.append("try: what is under a label on the lines below it, or quotes around a text that holds a colon")
    elif context and error.context and context.line != place.line:
        notes.append(f"{error.context} that began at {context}")
    return Fault("not-yaml", f"this is not YAML: {problem}", place, notes=tuple(notes))
