"""TOML, read within bounds, as a tree whose keys have places.

Python's `tomllib` decides what TOML means. It tells no places, and a small text can exhaust it: it calls itself for
each bracket, takes quadratic time for a key of many parts, and cannot convert very long numbers. So a scanner goes over
the text first, in one pass: it refuses what is too deep or too long, and notes where each key stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.errors import DescriptionError, Fault, Place, quoted
from convcalc.language.read.tree import List, Map, Scalar

if TYPE_CHECKING:
    from convcalc.errors import Source
    from convcalc.language.read.tree import Tree

DEEPEST_CONFIGURATION = 40
"""Levels that a configuration may be nested, by its brackets or by the dots of its keys."""

LONGEST_TOML_WORD = 1000
"""Characters of a bare key, a number or a date, at most."""

TOML_TOKEN = re.compile(
    r"""
    [ \t\r]++ | \#[^\n]*+
    | (?P<text> "{3} (?: [^"\\]++ | \\. | "(?!"") )*+ "{3,5} | '{3} (?: [^']++ | '(?!'') )*+ '{3,5}
      | "(?!"") (?: [^"\\\n]++ | \\[^\n] )*+ " | '(?!'') [^'\n]*+ ' )
    | (?P<mark> [][{}=,.\n] )
    | (?P<word> [^][{}=,.\n\t\r "'\#]++ )
    """,
    re.VERBOSE | re.DOTALL,
)
"""A string, a mark or a word, or what may stand between them."""

REPORTED = re.compile(r" \(at line (\d{1,9}), column (\d{1,9})\)\Z", re.ASCII)
"""How a message of `tomllib` ends: with the place."""


class KeyNode:
    """Where a key stands, how deep, and the keys below it."""

    def __init__(self, place: Place, depth: int = 0) -> None:
        self.place = place
        self.depth = depth
        self.keys: dict[str, KeyNode] = {}

    def below(self, name: str, place: Place) -> KeyNode:
        """The node of a key in this table."""
        return self.keys.setdefault(name, KeyNode(place, self.depth + 1))


def parse_table(source: Source, keys: tuple[str, ...]) -> Tree | None:
    """What stands under some keys of a text in TOML, as a tree; none if nothing does.

    Raises:
        DescriptionError: it is no TOML, or is nested too deep.
    """
    import tomllib  # a configuration is rare

    node = Scanner(source).scanned()
    try:
        held: Any = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise DescriptionError(not_toml(source, str(error))) from None
    for key in keys:
        if not isinstance(held, dict) or key not in held:
            return None
        held, node = held[key], node.keys.get(key, node)
    return as_tree(held, node)


def not_toml(source: Source, said: str) -> Fault:
    """What `tomllib` says against a text, with the place that stands in its words."""
    match = REPORTED.search(said)
    place = Place(source, int(match[1]), int(match[2])) if match else Place(source, len(source.lines), 1)
    return Fault("not-toml", f"{quoted(source.name)} is not TOML: {said[: match.start()] if match else said}", place)


def as_tree(held: object, node: KeyNode) -> Tree:
    """A value as a tree; it stands where its key does."""
    if isinstance(held, dict):
        own = [(name, value, node.keys.get(name, node)) for name, value in held.items()]
        return Map(tuple([(Scalar(name, each.place), as_tree(value, each)) for name, value, each in own]), node.place)
    if isinstance(held, list):
        return List(tuple([as_tree(item, node) for item in held]), node.place)
    return Scalar(str(held), node.place)


class Scanner:
    """Goes over a text in TOML once, up to where its strings cannot be told from the rest.

    `open` has the brackets that are not closed, each with the table in it; `key` is what has been read of a key, and
    None where a value stands. `line` and `start` are those of the current line, and `span` of the current token.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.line, self.start, self.span = 1, 0, (0, 0)
        self.root = self.table = self.last = KeyNode(Place(source, 1, 1))
        self.open: list[tuple[str, KeyNode]] = []
        self.key: list[tuple[str, Place]] | None = []
        self.dotted = self.header = False

    def scanned(self) -> KeyNode:
        """The node above all keys.

        Raises:
            DescriptionError: the text is nested too deep, or has a word that is too long.
        """
        text = self.source.text
        while match := TOML_TOKEN.match(text, self.span[1]):
            self.span = match.span()
            if match.lastgroup == "mark":
                self.mark(match[0])
            elif match.lastgroup:
                self.word(match[0], quoted=match.lastgroup == "text")
        return self.root

    def word(self, text: str, *, quoted: bool) -> None:
        """Go on behind a string or a word, which may be a part of a key."""
        if not quoted and len(text) > LONGEST_TOML_WORD:
            message = f"a key or a number must have at most {LONGEST_TOML_WORD:,} characters, but got {len(text):,}"
            raise DescriptionError(Fault("beyond-limits", message, self.place()))
        if self.key is not None and (self.dotted or not self.key):
            self.key.append((text[1:-1] if quoted else text, self.place()))
            self.require(len(self.key))
        if "\n" in text:
            self.line += text.count("\n")
            self.start = self.span[0] + text.rindex("\n") + 1
        self.dotted = False

    def mark(self, mark: str) -> None:
        """Go on behind a mark."""
        self.dotted = mark == "."
        match mark:
            case "\n":
                self.line, self.start = self.line + 1, self.span[1]
                if not self.open:
                    self.key, self.header = [], False
            case "[" if not self.open and self.key == []:
                self.header = True
            case "]" if self.header:
                self.table = self.named(self.root)
            case "[" | "{":
                listed = self.open and self.open[-1][0] == "["
                self.open.append((mark, self.open[-1][1] if listed else self.last))
                self.require(len(self.open))
                self.key = [] if mark == "{" else None
            case "]" | "}":
                self.key = None
                del self.open[-1:]
            case "=":
                self.last = self.named(self.open[-1][1] if self.open else self.table)
            case "," if self.open and self.open[-1][0] == "{":
                self.key = []

    def named(self, table: KeyNode) -> KeyNode:
        """The node of the key that has been read, in a table."""
        for name, place in self.key or ():
            table = table.below(name, place)
            self.require(table.depth)
        self.key = None
        return table

    def place(self) -> Place:
        """Where the current token stands."""
        first, end = self.span
        return Place(self.source, self.line, first - self.start + 1, end - first)

    def require(self, depth: int) -> None:
        """State that the current token is not nested too deep.

        Raises:
            DescriptionError: it is.
        """
        if depth > DEEPEST_CONFIGURATION:
            message = f"a configuration must be nested at most {DEEPEST_CONFIGURATION} levels deep"
            raise DescriptionError(Fault("beyond-limits", message, self.place()))
