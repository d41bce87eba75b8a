"""Questions that recur, and their answers: texts with figures that are computed when they are shown.

A topic is a file in YAML. Its `nets` are networks, bundled or in lines; its `figures` are measures of these, or what is
computed of other figures; its `printed` are figures of a source, which stand beside computed ones; its texts name
figures in braces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from convcalc.arithmetic.functions import OPERATORS
from convcalc.arithmetic.operations import decimal
from convcalc.arithmetic.syntax import Parser, grammar, scanned
from convcalc.errors import DescriptionError, Fault, Source, guess, in_text, quoted
from convcalc.explain.chains import chained
from convcalc.language.read.tree import parse_tree, plain
from convcalc.layers.axes import TransposedWindow
from convcalc.layers.shapes import show_shape
from convcalc.layers.window import Window
from convcalc.network.measures import countable, measured
from convcalc.network.sight import receptive_fields
from convcalc.network.terms import Terms
from convcalc.pages.page import Code, Page, Text
from convcalc.pages.schema import TEXT, PageForm, array_of, exactly, object_of
from convcalc.sources.bundled import topic_names, topic_text
from convcalc.sources.networks import NetworkArguments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from convcalc.arithmetic.expression import Expression
    from convcalc.language.read.tree import Plain
    from convcalc.network.receptive_field import ReceptiveField
    from convcalc.network.report import Report, Row

Figure: TypeAlias = Any
"""A number, or a word."""

HOLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?::([^{}]*))?\}")
"""A figure in a text, and how it is shown: as `{share:%}` or `{ratio:.1f}`."""

TOPIC_PARTS = ("answer", "formula", "numbers", "why")
"""The parts of a topic that name figures."""

TITLES = {"answer": "Answer", "formula": "Formula", "numbers": "With your numbers", "why": "Why"}

PART_SECTIONS: Mapping[str, type[Text | Code]] = {"answer": Text, "formula": Code, "numbers": Code, "why": Text}
"""What the parts are on a page."""

FIGURE_GRAMMAR = grammar(*OPERATORS)
"""What figures are computed with."""

FIGURE_TOKEN = re.compile(r"\s*(?:(?P<number>[0-9]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<op>//|\*\*|\S))", re.ASCII)
"""A number, a figure or a variable, or an operator."""


class Citation(NamedTuple):
    """A source: what it says, and how that was checked."""

    authors: str
    title: str
    year: str
    where: str
    says: str
    checked: str

    def __str__(self) -> str:
        place = f", {self.where}" if self.where else ""
        return f"{self.authors} {self.year}, {self.title}{place}: {self.says}"


@dataclass(frozen=True)
class Topic:
    """A question, with all that its answer is made of."""

    name: str
    group: str
    title: str
    variables: Mapping[str, int]
    nets: Mapping[str, Mapping[str, Any]]
    figures: Mapping[str, Any]
    texts: Mapping[str, Sequence[str]]
    evidence: Sequence[Citation]
    tries: Sequence[str]
    own: Mapping[str, Any]

    def page(self, settings: Sequence[str] = (), report: Report | None = None) -> Page:
        """The answer, with the figures of other variables, or of a network, in the place of its own.

        Raises:
            DescriptionError: a variable is none of the topic's, or a network cannot be counted.
        """
        figures = Figures(self, settings, report)
        sections = [
            PART_SECTIONS[key](key, TITLES[key], [figures.filled(line) for line in figures.lines(key)])
            for key in TOPIC_PARTS
            if self.texts[key]
        ]
        sections.append(Text("evidence", "Evidence", [str(each) for each in self.evidence]))
        known = [f"--set NAME=N, of {', '.join(self.variables)}"] if self.variables else []
        sections.append(Code("try", "Try", [*self.tries, *known]))
        about = {
            "topic": self.name,
            "group": self.group,
            "figures": {name: plain_number(figures.figure(name)) for name in figures.written},
            "citations": [each._asdict() for each in self.evidence],
        }
        return Page(self.title, [section for section in sections if section.lines], about)


TOPIC_FORM = PageForm(
    {
        "topic": TEXT,
        "group": TEXT,
        "figures": object_of({"type": ["number", "string"]}),
        "citations": array_of(exactly(**dict.fromkeys(Citation._fields, TEXT))),
    },
    told=True,
)
"""What the answer to a question is as JSON."""


class Figures:
    """The figures of a topic, each computed when it is asked for."""

    def __init__(self, topic: Topic, settings: Sequence[str] = (), report: Report | None = None) -> None:
        self.topic = topic
        self.variables = {**topic.variables, **given(topic, settings)}
        self.written = topic.figures
        self.words: dict[str, str] = {}
        self.reports: dict[str, Report] = {}
        if report:
            self.take(report)

    def take(self, report: Report) -> None:
        """Read the variables from two chained convolutions of a network, and tell of these besides.

        Raises:
            DescriptionError: it has none.
        """
        one, two = chained(report)
        self.reports["own"] = report
        self.words = {"net": report.graph.name, "one": one.node.name, "two": two.node.name}
        self.variables |= {name: self.measure(*path) for name, path in self.topic.own["vars"].items()}
        self.written = {**self.written, **self.topic.own["figures"]}

    def lines(self, key: str) -> Sequence[str]:
        """What a part says. Lines on a network of the reader's replace the answer, and follow those of other parts."""
        own = lines(self.topic.own.get(key)) if self.words else []
        return own if own and key == "answer" else [*self.topic.texts[key], *own]

    def figure(self, name: str) -> Figure:
        """A figure, or a variable.

        Raises:
            ValueError: there is none of that name.
            ExpressionFault: it cannot be computed.
        """
        if name in self.words:
            return self.words[name]
        if name in self.variables:
            return self.variables[name]
        if name not in self.written:
            raise ValueError(f"the topic {self.topic.name} has no figure {name}")
        written = self.written[name]
        if isinstance(written, list):
            return self.measure(*written)
        computed = parsed(written)
        return computed.evaluate({own: self.figure(own) for own in computed.names})

    def measure(self, net: str, *path: str) -> Figure:
        """A measure of a network, of one of its blocks, or of one of its layers."""
        *layer, key = [self.words.get(word, word) for word in path]
        if key == "reason":
            return self.reason(net)
        if key in SIGHT_FIGURES:
            return SIGHT_FIGURES[key](receptive_fields(self.report(net)).fields[layer[0]]["input"][-1])
        rows = part(self.report(net).rows, layer[0]) if layer else self.report(net).rows
        if not rows:
            raise ValueError(f"{net} has no layer {layer[0]}")
        if key in countable():
            return measured(key, rows, Terms())
        return OF_LAYERS[key](rows[-1]) if key in OF_LAYERS else option(rows[-1], key)

    def report(self, name: str) -> Report:
        """A network of the topic, counted."""
        if name not in self.reports:
            self.reports[name] = self.counted(self.topic.nets[name])
        return self.reports[name]

    def counted(self, written: Mapping[str, Any]) -> Report:
        """A network as it is written: bundled, on its own input or another, or in lines with the topic's variables."""
        if "net" in written:
            settings = [f"{key}={self.variables.get(value, value)}" for key, value in written.get("set", {}).items()]
            shapes = [written["input"]] if "input" in written else []
            arguments = NetworkArguments(nets=[written["net"]], inputs=shapes, settings=settings)
        else:
            own = [f"{name}={value}" for name, value in self.variables.items()]
            arguments = NetworkArguments(layers=[written["layers"]], inputs=[written["input"]], settings=own)
        try:
            return arguments.one().report()
        except DescriptionError as error:
            raise DescriptionError(*map(self.told, error.faults)) from None

    def told(self, fault: Fault) -> Fault:
        """A fault in a line of the topic, as one of the topic and not of the command line."""
        place = in_text(fault.place)
        if place is None:
            return fault
        source = replace(place.source, name=f"the topic {self.topic.name}")
        return fault._replace(place=place._replace(source=source))

    def reason(self, name: str) -> str:
        """Why a network is impossible.

        Raises:
            ValueError: it is possible.
        """
        try:
            self.report(name)
        except DescriptionError as error:
            return error.faults[0].message
        raise ValueError(f"the network {name} of the topic {self.topic.name} is possible")

    def filled(self, text: str) -> str:
        """A text with its figures."""
        return HOLE.sub(lambda match: formatted(self.figure(match[1]), match[2] or ""), text)


@cache
def parsed(text: str) -> Expression:
    """What a figure is computed of.

    Raises:
        ExpressionFault: the text is no expression.
    """
    return Parser(text, list(scanned(text, FIGURE_TOKEN)), FIGURE_GRAMMAR).whole()


def part(rows: Sequence[Row], name: str) -> Sequence[Row]:
    """The layer of a name, without what is attached to it, or else all layers of a block."""
    layer = [row for row in rows if row.node.name == name]
    return layer or [row for row in rows if row.node.name.startswith(f"{name}.")]


def option(row: Row, name: str) -> Figure:
    """An option of a layer, that of its last axis if it has one for each."""
    value = getattr(row.node.layer, name)
    return value[-1] if isinstance(value, tuple) else value


def last_window(row: Row) -> Window | TransposedWindow:
    """What slides along the last axis of a layer.

    Raises:
        TypeError: nothing does.
    """
    axis = (row.profile.windows or [None])[-1]
    if not isinstance(axis, Window | TransposedWindow):
        raise TypeError(f"{row.node.name} has no window")
    return axis


def beyond(window: Window | TransposedWindow, size: int) -> int:
    """How far the last window reaches beyond the end of an axis of `size`."""
    before, _ = window.pads(size)
    return max(0, (window.positions(size) - 1) * window.stride + window.extent - before - size)


OF_LAYERS: dict[str, Callable[[Row], Any]] = {
    "fan_in": lambda row: row.profile.fan_in,
    "output": lambda row: show_shape(row.profile.output),
    "channels": lambda row: row.profile.output[0],
    "size": lambda row: row.profile.output[-1],
    "in_channels": lambda row: row.inputs[0][0],
    "in_size": lambda row: row.inputs[0][-1],
    "before": lambda row: last_window(row).pads(row.inputs[0][-1])[0],
    "after": lambda row: last_window(row).pads(row.inputs[0][-1])[1],
    "dropped": lambda row: last_window(row).dropped(row.inputs[0][-1]),
    "beyond": lambda row: beyond(last_window(row), row.inputs[0][-1]),
}
"""What can be said of one layer, besides measures; of its last axis, where it has several."""

SIGHT_FIGURES: dict[str, Callable[[ReceptiveField], Any]] = {
    "field": lambda field: field.size,
    "jump": lambda field: int(field.jump),
    "start": lambda field: field.start,
}
"""What a layer sees along the last axis of the input."""


def given(topic: Topic, settings: Sequence[str]) -> dict[str, int]:
    """The values of variables that somebody has given.

    Raises:
        DescriptionError: one is no whole number, or is 0 and no padding, or is no variable of the topic.
    """
    found = {}
    for text in settings:
        name, _, value = (part.strip() for part in text.partition("="))
        if name not in topic.variables:
            known = guess(name, topic.variables) if topic.variables else "; the topic has no variables"
            raise DescriptionError(Fault("unknown-name", f"unknown variable: {quoted(name)}{known}"))
        least = 0 if name in ZERO_VARIABLES else 1
        whole = value.isascii() and value.isdecimal() and len(value) <= len(str(LARGEST_VARIABLE))
        if not whole or not least <= int(value) <= LARGEST_VARIABLE:
            kind = f"a whole number from {least} to {LARGEST_VARIABLE:,}"
            message = f"--set {quoted(name)} must be {kind}, but got {quoted(value) or 'nothing'}"
            raise DescriptionError(
                Fault("wrong-argument", message, notes=(f"try: --set {quoted(name)}={topic.variables[name]}",))
            )
        found[name] = int(value)
    return found


LARGEST_VARIABLE = 10**9 - 1
"""The largest value of a variable."""

ZERO_VARIABLES = frozenset({"p", "op"})
"""Variables that may be 0."""


def plain_number(value: Figure) -> int | float | str:
    """A figure for programs."""
    if isinstance(value, str):
        return value
    return int(value) if value.denominator == 1 else float(value)


def formatted(value: Figure, form: str) -> str:
    """A figure in a text: integers with commas; `%` is a share, `.1f` so many decimals, `M` and `G` large units.

    From a thousand `M` on, it is `G`. `>9` and `<9` fill it up with blanks, for columns; `8.1M` is a column of
    millions, whose head says so.
    """
    if form == "%":
        return f"{float(value):.1%}"
    if form in UNITS:
        form = "G" if form == "M" and value >= UNITS["G"] else form
        return f"{float(value) / UNITS[form]:.2f} {form}"
    if form[-1:] in UNITS:
        return format(float(value) / UNITS[form[-1]], f"{form[:-1]}f")
    if form[:1] in ("<", ">"):
        return format(figure_text(value), form)
    return format(float(value), form) if form else figure_text(value)


UNITS = {"K": 2**10, "M": 10**6, "G": 10**9}
"""What units of figures are; K is 1024, as papers count parameters."""


def figure_text(value: Figure) -> str:
    """A figure as it is."""
    if isinstance(value, str):
        return value
    return f"{int(value):,}" if value.denominator == 1 else decimal(value, 4)


def topics() -> Iterator[Topic]:
    """All topics."""
    return map(topic, topic_names())


@cache
def topic(name: str) -> Topic:
    """A topic by its name."""
    tree = parse_tree(Source(f"{name}.yaml", topic_text(name)))
    held: Plain = plain(tree)
    return Topic(
        name,
        held["group"],
        held["title"],
        {key: int(value) for key, value in held.get("vars", {}).items()},
        held.get("nets", {}),
        {**held.get("printed", {}), **held.get("figures", {})},
        {key: lines(held.get(key)) for key in TOPIC_PARTS},
        [Citation(**each) for each in held.get("evidence", [])],
        lines(held.get("try")),
        held.get("own", {}),
    )


def lines(held: str | list[str] | None) -> list[str]:
    """A text, or several."""
    return [] if held is None else held if isinstance(held, list) else [held]
