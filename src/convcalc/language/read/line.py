"""Lines: `conv 64 7x7/2 same bn relu, maxpool 3x3/2 p=1`, and what a command line adds to them.

There, `|` divides branches and parentheses group: `concat(conv 64 1 | conv 64 3 same)`, `(conv 16 3 same) *9`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from convcalc.language.items import Broken, Entry, From, Labelled, Sequence, Word
from convcalc.language.value import ValueFault, parse_value
from convcalc.layers.kinds import EXAMPLES, FOREIGN_KINDS, JOINS, KINDS, canonical
from convcalc.layers.words import BOOLEANS, GROUPS, WORDED

if TYPE_CHECKING:
    from convcalc.language.items import Item
    from convcalc.language.value import Value

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
LABEL_PREFIX = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*:(?=\s)", re.ASCII)
OPTION = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=", re.ASCII)
NEGATION = re.compile(r"-(?=[A-Za-z])", re.ASCII)
PLAIN_WORD = re.compile(r"[^\s,|()]*")
ALONE_X = re.compile(r"\s+x\s+(?=[^\s,|)])")
BLANKS = re.compile(r"\s*")
BRANCHING = (*JOINS, "residual")
CALL = re.compile(rf"(?!(?:{'|'.join(BRANCHING)})\()([A-Za-z_][A-Za-z0-9_.]*)\(", re.ASCII)

LONGEST_LINE = 10_000
DEEPEST_BRANCHES = 50


class ParsedLine(NamedTuple):
    """A line, read: its item, all faults found in it, the labels that it sets, and the names of shared weights."""

    item: Item
    faults: tuple[ValueFault, ...]
    labels: tuple[Word, ...]
    shares: tuple[Word, ...] = ()


@lru_cache(maxsize=4096)
def parse_line(text: str, names: frozenset[str] = frozenset()) -> ParsedLine:
    """Read a line. What cannot be read is `Broken`, and a fault says why; `names` are no words of the language here."""
    if len(text) > LONGEST_LINE:
        fault = ValueFault(
            "beyond-limits",
            f"a line must have at most {LONGEST_LINE:,} characters, but has {len(text):,}",
            0,
            LONGEST_LINE,
        )
        return ParsedLine(Broken(), (fault,), ())
    reader = LineReader(in_one_line(text) if "\n" in text else text, names)
    item = reader.read()
    return ParsedLine(item, tuple(reader.faults), tuple(reader.labels), tuple(reader.shares))


def in_one_line(text: str) -> str:
    r"""A text on several lines as one line: a line break divides layers as a comma does.

    >>> in_one_line("conv 8 3,\n\n  relu\nlinear 10\n")
    'conv 8 3, relu, linear 10'
    """
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    last = lines.pop() if lines else ""
    return ", ".join([*(line.removesuffix(",").rstrip() for line in lines), last])


def parse_words(kind: Word, text: str) -> tuple[Entry, tuple[ValueFault, ...]]:
    """Read what would stand behind `kind` in a line."""
    reader = LineReader(text)
    try:
        entry = reader.entry(kind, ())
    except ValueFault as fault:
        return Entry(kind), (fault,)
    rest = text[reader.position :]
    return entry, (ValueFault("unexpected-text", f"unexpected {rest[0]}", reader.position),) if rest else ()


class LineReader:
    """Reads one line from left to right; what it could not read is in `faults`. Its `own` names are no words."""

    def __init__(self, text: str, own: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.own = own
        self.position = 0
        self.depth = 0
        self.faults: list[ValueFault] = []
        self.labels: list[Word] = []
        self.shares: list[Word] = []

    def read(self) -> Item:
        """The whole line."""
        item = self.sequence()
        if self.position < len(self.text):
            char = self.text[self.position]
            notes = (
                unbalanced_notes() if char == ")" else ("try: branches stand in parentheses: concat(conv 8 1 | pass)",)
            )
            self.faults.append(ValueFault("unexpected-text", f"unexpected {char}", self.position, 1, *notes))
            return Broken()
        return item

    def sequence(self) -> Item:
        """Elements divided by commas."""
        items = [self.recovering()]
        while self.take(","):
            items.append(self.recovering())
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def recovering(self) -> Item:
        """One element; where it has a fault, the rest of it is passed over."""
        try:
            return self.element()
        except ValueFault as fault:
            self.faults.append(fault)
            self.skip()
            return Broken()

    def skip(self) -> None:
        """Go to the end of the element."""
        depth = 0
        while self.position < len(self.text):
            char = self.text[self.position]
            if depth == 0 and char in ",|)":
                return
            depth += (char == "(") - (char == ")")
            self.position += 1

    def element(self) -> Item:
        """A layer, a group, branches, or `from`, with its label before it."""
        self.blanks()
        if match := LABEL_PREFIX.match(self.text, self.position):
            return self.labelled(match)
        if self.peek() == "(":
            (item,) = self.branches("")
            return self.group(item)
        match = NAME.match(self.text, self.position)
        if match is None:
            raise self.no_kind()
        if call := CALL.match(self.text, self.position):
            raise self.no_call(call)
        kind = Word(match[0], self.position)
        self.position = match.end()
        if kind.text == "from":
            return From(tuple(self.names()))
        return self.entry(kind, self.branches(kind.text) if self.peek() == "(" else ())

    def labelled(self, match: re.Match[str]) -> Item:
        """A word with a colon: a label and its layer, or `from`."""
        label = Word(match[1], match.start())
        self.position = match.end()
        if label.text == "from":
            return From(tuple(self.names()))
        if label.text in BRANCHING:
            way = f"try: {label.text}(conv 64 1 | conv 64 3 same)"
            raise ValueFault("wrong-branches", "branches stand in parentheses in a line", label.start, label.width, way)
        self.labels.append(label)
        return Labelled(label, self.element())

    def no_kind(self) -> ValueFault:
        """What to raise where a layer should begin and does not."""
        start = self.position
        token = self.token()
        if token is None:
            return ValueFault("incomplete-item", "a layer is missing here", min(start, max(0, len(self.text) - 1)))
        ways: tuple[str, ...] = ()
        if token.text.startswith("-") and canonical(token.text[1:]) in KINDS:
            ways = (f"try: a blank behind the dash, as in - {token.text[1:]}",)
        elif token.text.startswith("@"):
            ways = (f"try: concat {token.text}, or, to go on from it, from {token.text[1:]}",)
        message = f"a layer begins with its kind, such as conv, but got {token.text}"
        return ValueFault("unexpected-text", message, token.start, token.width, *ways)

    def no_call(self, call: re.Match[str]) -> ValueFault:
        """What to raise where something is called as in Python."""
        self.position = call.end() - 1
        opening = self.position
        self.parenthesis()
        inside = self.text[opening + 1 : self.position - 1]
        name = call[1].rpartition(".")[2]
        own = name.lower() if canonical(name.lower()) in KINDS else name
        kind = FOREIGN_KINDS.get(name.lower(), canonical(own))
        words = [] if kind in KINDS else inside.replace(",", " ").split()
        written = " ".join([kind if kind in JOINS else EXAMPLES.get(kind, kind), *words])
        return ValueFault(
            "unexpected-text", f"{call[1]} takes no parentheses here", call.start(), len(call[1]), f"try: {written}"
        )

    def branches(self, kind: str) -> tuple[Item, ...]:
        """Sequences in parentheses, divided by `|`."""
        opening = self.position
        self.depth += 1
        if self.depth > DEEPEST_BRANCHES:
            raise ValueFault("beyond-limits", f"parentheses must be at most {DEEPEST_BRANCHES} deep", opening)
        self.position += 1
        found = [self.sequence()]
        while kind and self.take("|"):
            found.append(self.sequence())
        if not self.take(")"):
            raise ValueFault("unclosed", "this parenthesis is not closed", opening, 1, *unbalanced_notes())
        self.depth -= 1
        return tuple(found)

    def group(self, item: Item) -> Item:
        """What stands behind a group: only how often it is repeated."""
        times = None
        while token := self.token():
            if times or not token.text.startswith("*"):
                message = f"only a repetition such as *2 follows a group, but got {token.text}"
                raise ValueFault("unexpected-text", message, token.start, token.width)
            times = self.times(token)
        return Sequence((item,), times)

    def entry(self, kind: Word, branches: tuple[Item, ...]) -> Entry:
        """The words behind a kind."""
        arguments: list[Value | Word] = []
        options: list[tuple[Word, Value | Word]] = []
        words: list[Word] = []
        negated: list[Word] = []
        labels: list[Word] = []
        share = times = None
        while token := self.token():
            text, start = token.text, token.start
            if times:
                raise ValueFault(
                    "unexpected-text",
                    f"a repetition such as {times.text} comes last, but {text} follows it",
                    start,
                    len(text),
                )
            if text[0] == "*":
                times = self.times(token)
            elif text[0] == "@":
                labels.append(self.label(token))
            elif NEGATION.match(text):
                negated.append(Word(text[1:], start + 1))
            elif match := OPTION.match(text):
                key = Word(match[1], start)
                held = self.given(key.text, text[match.end() :], start + match.end())
                if key.text == "share":
                    share = self.shared(held, share)
                else:
                    options.append((key, held))
            elif text in GROUPS and text not in self.own:
                words.append(token)
            elif text in KINDS and text not in self.own:
                message = f"{text} is a kind of layer: a comma divides layers in a line"
                raise ValueFault("unexpected-text", message, start, len(text), f"try: {kind.text} …, {text} …")
            else:
                arguments.append(self.given("", text, start))
        named = tuple(arguments), tuple(options), tuple(words), tuple(negated), tuple(labels)
        return Entry(kind, *named, times, branches, share)

    def given(self, key: str, text: str, start: int) -> Value | Word:
        """An argument, or what stands behind a key: no word of the language where the file has a name like it."""
        return value(text, start) if text in self.own else keyed(key, text, start)

    def shared(self, held: Value | Word, before: Word | None) -> Word:
        """The name behind `share=`."""
        if before or not isinstance(held, Word):
            raise ValueFault("given-twice", "share comes once", held.start, held.width)
        self.shares.append(held)
        return held

    def times(self, token: Word) -> Value:
        """How often: the expression behind a star."""
        if not token.text[1:]:
            raise ValueFault(
                "incomplete-item", "a number is missing after *", token.start, 1, "try: *2, without a blank"
            )
        return value(token.text[1:], token.start + 1)

    def label(self, token: Word) -> Word:
        """The name behind an @."""
        if not NAME.fullmatch(token.text[1:]):
            raise ValueFault(
                "unexpected-text", f"@ comes before a label, but got {token.text}", token.start, token.width
            )
        return Word(token.text[1:], token.start + 1)

    def names(self) -> list[Word]:
        """The labels behind `from`."""
        found = []
        while token := self.token():
            if not NAME.fullmatch(token.text):
                raise ValueFault("wrong-form", f"from takes labels, but got {token.text}", token.start, token.width)
            found.append(token)
        if not found:
            raise ValueFault("incomplete-item", "from needs a label", self.position - 1)
        return found

    def token(self) -> Word | None:
        """The next word of an element, none at its end. Parentheses hold together what is in them."""
        self.blanks()
        start = self.position
        while True:
            if plain := PLAIN_WORD.match(self.text, self.position):
                self.position = plain.end()
            if self.peek() == "(":
                self.parenthesis()
            elif self.position > start and (alone := ALONE_X.match(self.text, self.position)):
                self.position = alone.end()
            else:
                return Word(self.text[start : self.position], start) if self.position > start else None

    def parenthesis(self) -> None:
        """Pass over a parenthesis and all that is in it."""
        opening, depth = self.position, 0
        while self.position < len(self.text):
            depth += (self.text[self.position] == "(") - (self.text[self.position] == ")")
            self.position += 1
            if depth == 0:
                return
        raise ValueFault("unclosed", "this parenthesis is not closed", opening, 1, *unbalanced_notes())

    def blanks(self) -> None:
        """Pass over blanks."""
        if blanks := BLANKS.match(self.text, self.position):
            self.position = blanks.end()

    def peek(self) -> str:
        """The next character, empty at the end."""
        return self.text[self.position : self.position + 1]

    def take(self, char: str) -> bool:
        """Whether `char` is next; it is passed over."""
        self.blanks()
        if self.peek() != char:
            return False
        self.position += 1
        return True


def value(text: str, start: int) -> Value:
    """A value in a line; faults in it are told from the start of the line.

    Raises:
        ValueFault: the text is none.
    """
    try:
        return parse_value(text, start)
    except ValueFault as fault:
        raise ValueFault(fault.code, fault.message, start + fault.start, fault.width, *fault.notes) from None


def atom(text: str, start: int) -> Value | Word:
    """A value, or one of the words that stand where values do."""
    if text == "-":
        raise ValueFault(
            "incomplete-item", "a dash stands alone", start, 1, "try: the same indentation for all items of a list"
        )
    if text in BOOLEANS or text in GROUPS:
        return Word(text, start)
    return value(text, start)


def keyed(key: str, text: str, start: int) -> Value | Word:
    """What stands behind a key: of some keys, a word that means something only there.

    Raises:
        ValueFault: it is no value, or no name behind `share`.
    """
    if key == "share" and not NAME.fullmatch(text):
        way = "try: share=tower, on each layer that has the same weights"
        raise ValueFault(
            "wrong-form", f"share takes a name, but got {text or 'nothing'}", start, max(1, len(text)), way
        )
    return Word(text, start) if key in WORDED and NAME.fullmatch(text) else atom(text, start)


def unbalanced_notes() -> tuple[str, ...]:
    """What to say of a parenthesis without its other half."""
    return ("try: quotes around the item, if its parentheses hold a comma: YAML divides a [list] at commas",)
