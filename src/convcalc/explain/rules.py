"""The rule of a layer in symbols, and the value of each: its kind's own rule, run on symbols and on numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import chain, count
from typing import TYPE_CHECKING, Any, NamedTuple

import sympy

from convcalc.arithmetic.operations import computing
from convcalc.arithmetic.symbols import Symbols, shortest_form
from convcalc.errors import RuleError
from convcalc.layers.axes import TransposedWindow
from convcalc.layers.options import KNOWN_OPTIONS
from convcalc.layers.window import Window
from convcalc.network.profiling import apply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from convcalc.arithmetic.bounds import Symbolic
    from convcalc.arithmetic.operations import AnyNumber, Held
    from convcalc.layers.base import Layer, Profile
    from convcalc.layers.shapes import Shape
    from convcalc.network.report import Row

AXIS_LETTERS = {0: (), 1: ("L",), 2: ("H", "W"), 3: ("T", "H", "W")}
"""What the axes of a tensor are called, besides its channels."""


class Named(Symbols):
    """Symbols among which each size that is computed has a name: that of its axis."""

    def size(self, number: AnyNumber) -> AnyNumber:
        """A name for a size, unless it is a symbol or a number."""
        if not isinstance(number, sympy.Expr) or number.is_Symbol or number.is_number:
            return number
        whole = sympy.expand(number)
        for name, meant in self.definitions.items():
            if meant == whole:
                return name
        name = self.fresh(whole)
        self.definitions[name] = whole
        return name

    def fresh(self, meant: Symbolic) -> Symbolic:
        """A name for a size: that of its axis."""
        axes = {axis for names in AXIS_LETTERS.values() for axis in names}
        of = sorted({name for symbol in meant.free_symbols if (name := symbol.name.split("_")[0]) in axes})
        base = f"{of[0] if of else 'C'}_out"
        taken = {*self.symbols, *(name.name for name in self.definitions)}
        name = next(each for each in chain([base], (f"{base}{number}" for number in count(2))) if each not in taken)
        return sympy.Symbol(name, integer=True, positive=True)


class Step(NamedTuple):
    """One thing that is counted: its formula, and its value here."""

    key: str
    formula: Symbolic
    value: int


@dataclass(frozen=True)
class LayerRule:
    """The rule of one layer: what each symbol is here, what names of sizes stand for, and what is assumed.

    `output` has a step for each axis, channels first; `counts` one for each count that is not nothing.
    """

    values: Mapping[Symbolic, int]
    definitions: Mapping[Symbolic, Symbolic]
    assumptions: Sequence[Symbolic]
    output: Sequence[Step]
    counts: Sequence[Step]


COUNTS = ("weights", "biases", "macs", "statistics", "operations", "fan_in")
"""What a rule counts."""


def rule_of(row: Row) -> LayerRule:
    """The rule of a layer, with as many of its options as symbols as can be ones."""
    for options in (True, False):
        try:
            return layer_rule(row, options=options)
        except (RuleError, TypeError, ValueError, AttributeError):
            continue
    profile = row.profile
    return LayerRule({}, {}, (), output_steps(profile.output, profile.output), count_steps(profile, profile))


def layer_rule(row: Row, *, options: bool) -> LayerRule:
    """The rule of a layer whose inputs, and whose options if asked for, are symbols."""
    symbols = Named()
    namer = Namer(symbols)
    inputs = tuple(namer.shape(shape, at, row) for at, shape in enumerate(row.inputs))
    with computing(symbols):
        layer = namer.layer(padded_in_numbers(row), len(row.inputs[0]) - 1) if options else row.node.layer
        profile = apply(row.node.kind, layer, inputs)
    values = dict(namer.values)
    for name, meant in symbols.definitions.items():
        values[name] = int(meant.subs(values))
    made = [symbols.definitions.get(size, size) for size in profile.output]
    output = output_steps(made, row.profile.output)
    rule = LayerRule(values, symbols.definitions, symbols.assumptions(), output, count_steps(profile, row.profile))
    if any(substituted(step.formula, values) != step.value for step in (*rule.output, *rule.counts)):
        raise ValueError(row.node.kind)
    return rule


def padded_in_numbers(row: Row) -> Layer:
    """A layer with its padding in numbers where a word stands for one number."""
    layer = row.node.layer
    if getattr(layer, "padding", "") != "half":
        return layer
    pads = {axis.padding for axis in row.profile.windows or () if isinstance(axis, Window | TransposedWindow)}
    numbers = {pad for pair in pads if not isinstance(pair, str) for pad in pair}
    return replace(layer, padding=numbers.pop()) if len(numbers) == 1 else layer


def substituted(expression: Symbolic, values: Mapping[Symbolic, int]) -> Symbolic:
    """What an expression comes to."""
    return expression.subs(values) if isinstance(expression, sympy.Basic) else expression


def unrounded(expression: Symbolic, values: Mapping[Symbolic, int]) -> Fraction | None:
    """What an expression comes to if its one rounding is left out; none if it has none, or several."""
    if not isinstance(expression, sympy.Basic):
        return None
    roundings = expression.atoms(sympy.floor, sympy.ceiling)
    if len(roundings) != 1 or expression.has(sympy.Min, sympy.Max, sympy.Mod):
        return None
    (rounding,) = roundings
    found = expression.subs(rounding, rounding.args[0]).subs(values)
    return Fraction(int(found.p), int(found.q)) if found.is_Rational else None


def output_steps(formulas: Sequence[Symbolic], values: Sequence[int]) -> tuple[Step, ...]:
    """A step for each size of the output."""
    return tuple(Step("output", *each) for each in zip(formulas, values, strict=True))


def count_steps(symbolic: Profile, numeric: Profile) -> tuple[Step, ...]:
    """The counts that are not nothing."""
    return tuple(
        Step(key, shortest_form(getattr(symbolic, key)), getattr(numeric, key))
        for key in COUNTS
        if getattr(numeric, key)
    )


class Namer:
    """Gives symbols to the numbers of a layer; `values` tells what each is."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.values: dict[Symbolic, int] = {}
        self.known: dict[tuple[str, int], Symbolic] = {}

    def symbol(self, name: str, value: int) -> Symbolic:
        """The symbol of a name; the number itself if it is below 1, as symbols are at least 1."""
        if value < 1:
            return value
        found = self.symbols.symbol(name)
        self.values[found] = value
        return found

    def shape(self, shape: Shape, at: int, row: Row) -> Shape:
        """The shape of an input: sizes that are equal have one symbol."""
        channels, *sizes = shape
        names = AXIS_LETTERS.get(len(sizes)) or tuple(f"N_{axis}" for axis in range(len(sizes)))
        own = at and row.node.layer.own_channels
        letter = "F" if not sizes else "C"
        several = len(row.inputs) > 1 and row.node.layer.own_channels
        name = f"{letter}_{at + 1}" if several or at else f"{letter}_in"
        first = self.shared(name, f"{letter}{at if own else 0}", channels)
        rest = [
            self.shared(name if not at else f"{name}_{at + 1}", name, size)
            for name, size in zip(names, sizes, strict=True)
        ]
        return (first, *rest)

    def shared(self, name: str, kind: str, value: int) -> Symbolic:
        """The symbol of a number, the same for the same number of a kind."""
        if (kind, value) not in self.known:
            self.known[kind, value] = self.symbol(name, value)
        return self.known[kind, value]

    def layer(self, layer: Layer, axes: int) -> Layer:
        """The layer with symbols in the place of the numbers of its options, but for those that are not written."""
        changed: dict[str, Any] = {}
        for option in fields(layer):
            value = getattr(layer, option.name)
            if value != option.default:
                changed.update(self.option(option.name, value, AXIS_LETTERS.get(axes, ())))
        return replace(layer, **changed)

    def option(self, name: str, value: Held, axes: Sequence[str]) -> Iterator[tuple[str, Symbolic]]:
        """An option whose value is a number, or a number for each axis."""
        letter = KNOWN_OPTIONS[name].letter if name in KNOWN_OPTIONS else name
        if type(value) is int:
            yield name, self.symbol(letter, value)
        elif isinstance(value, tuple) and len(value) == len(axes) and all(type(each) is int for each in value):
            letters = [letter if len(set(value)) == 1 else f"{letter}_{axis}" for axis in axes]
            yield name, tuple([self.symbol(own, each) for own, each in zip(letters, value, strict=True)])
