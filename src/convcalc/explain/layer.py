"""How the numbers of one layer come about: its rule in symbols, the same in numbers, and what would change them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.formulas import RELATION_SIGNS, in_numbers, layered, people, python, relation
from convcalc.arithmetic.operations import decimal
from convcalc.errors import RuleError
from convcalc.explain.rules import AXIS_LETTERS, rule_of, unrounded
from convcalc.layers.axes import TransposedWindow
from convcalc.layers.describe import describe
from convcalc.layers.options import KNOWN_OPTIONS, schema, show_value
from convcalc.layers.shapes import show_all, show_shape
from convcalc.layers.window import Window, show_pads
from convcalc.network.folding import cut_long_words
from convcalc.network.measures import lacking
from convcalc.network.profiling import apply
from convcalc.network.sight import receptive_fields
from convcalc.network.terms import Terms
from convcalc.pages.catalogue import kind_entry
from convcalc.pages.page import Code, Page, Text
from convcalc.pages.schema import NATURAL, SHAPE, TEXT, WHOLE, PageForm, array_of, exactly, object_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from convcalc.arithmetic.bounds import Symbolic
    from convcalc.arithmetic.operations import Held
    from convcalc.explain.rules import LayerRule, Step
    from convcalc.layers.base import Profile
    from convcalc.network.report import Report, Row

WORDS = {
    "output": "output",
    "weights": "weights",
    "biases": "biases",
    "macs": "MACs",
    "statistics": "running statistics",
    "operations": "other operations",
    "fan_in": "input values that one output value reads, at most",
}
"""What steps are called."""


def explained_layer(report: Report, row: Row) -> Page:
    """The arithmetic of one layer of a network."""
    kind, layer = row.node.kind, row.node.layer
    rule = rule_of(row)
    line = cut_long_words(describe(kind, layer, row.profile, row.inputs))
    read = show_all(row.inputs)
    sections: list[Text | Code] = [
        Text("answer", "What it does", [kind_entry(kind).summary]),
        Text("output", "Output", list(output_lines(rule))),
        Text(
            "counts",
            "Counts",
            [
                *(step_in_words(step, rule) for step in rule.counts),
                *(f"{WORDS[cost]}: not known" for cost in row.profile.unknown),
            ]
            or ["it learns nothing, and computes nothing"],
        ),
        Text("symbols", "Where", list(symbol_lines(rule))),
        Text("sees", "Sees and takes", list(sight_lines(report, row))),
        Text("changes", "What would change it", list(other_option_lines(row))),
        Code("try", "Try", [f"convcalc kinds {kind}"]),
    ]
    about = {
        "network": report.graph.name,
        "layer": row.node.name,
        "kind": kind,
        "input": [list(shape) for shape in row.inputs],
        "output_shape": list(row.profile.output),
        "steps": [
            *({**stepped(step), "axis": axis} for axis, step in enumerate(rule.output)),
            *map(stepped, rule.counts),
        ],
        "values": {str(symbol): value for symbol, value in rule.values.items()},
        "definitions": {str(name): python(meant) for name, meant in rule.definitions.items()},
    }
    title = f"{row.node.name} of {report.graph.name}: {line} on {read} makes {show_shape(row.profile.output)}"
    return Page(title, [section for section in sections if section.lines], about)


STEP = exactly({"axis": NATURAL}, key=TEXT, formula=TEXT, value=NATURAL)
LAYER_FORM = PageForm(
    {
        "network": TEXT,
        "layer": TEXT,
        "kind": TEXT,
        "input": array_of(SHAPE),
        "output_shape": SHAPE,
        "steps": array_of(STEP),
        "values": object_of(WHOLE),
        "definitions": object_of(TEXT),
    },
    told=True,
)
"""What the arithmetic of a layer is as JSON."""


def stepped(step: Step) -> dict[str, Any]:
    """A step, for machines."""
    return {"key": step.key, "formula": python(step.formula), "value": step.value}


def output_lines(rule: LayerRule) -> Iterator[str]:
    """The sizes that a layer makes, each with its rounding; axes that are computed alike are told once."""
    names = {meant: name for name, meant in rule.definitions.items()}
    told: set[tuple[Any, int]] = set()
    for at, step in enumerate(rule.output):
        alike = (first_axis(step.formula, rule), step.value) if at else (at, step.value)
        if alike in told:
            continue
        told.add(alike)
        same = at and all((first_axis(each.formula, rule), each.value) == alike for each in rule.output[at + 1 :])
        kind = "size" if at else "features" if len(rule.output) == 1 else "channels"
        name, written = layered(names.get(step.formula, step.formula)), layered(step.formula)
        left = name if name == written else f"{name} = {written}"
        right = step_in_words(step, rule).partition(": ")[2].removeprefix(written).removeprefix(" = ")
        rest = ", and so on each axis" if same and at + 1 < len(rule.output) else ""
        yield f"{kind}: {left}" + (f" = {right}" if right else "") + rest


def first_axis(expression: Symbolic, rule: LayerRule) -> Symbolic:
    """An expression in which all axes of the input have the name of the first."""
    axes = {name for names in AXIS_LETTERS.values() for name in names}
    own = [symbol for symbol in rule.values if symbol.name in axes]
    return expression.subs(dict.fromkeys(own, own[0])) if own and hasattr(expression, "subs") else expression


def step_in_words(step: Step, rule: LayerRule) -> str:
    """A step: its formula, the same in numbers, and its value."""
    written, computed, value = layered(step.formula), in_numbers(step.formula, rule.values), f"{step.value:,}"
    exact = unrounded(step.formula, rule.values)
    if exact is not None and exact != step.value:
        shown = decimal(exact) if exact.denominator in (1, 2, 4, 5, 8) else f"{float(exact):.3f}…"
        computed, value = computed.translate(ROUNDING), f"{shown} → {value}"
    chain = dict.fromkeys([written, computed, value])
    return f"{WORDS[step.key]}: {' = '.join(chain)}"


ROUNDING = str.maketrans(dict.fromkeys("⌊⌋⌈⌉"))
"""What stands around a quotient that is rounded: not where it is shown as it is before."""


def symbol_lines(rule: LayerRule) -> Iterator[str]:
    """What symbols are here, and what must hold of them."""
    options = [
        f"{people(symbol)} = {value:,}" for symbol, value in rule.values.items() if symbol not in rule.definitions
    ]
    if options:
        yield ", ".join(options)
    divisions = [each for each in rule.assumptions if "Mod" in str(each)]
    if divisions:
        yield "; ".join(relation(each, people, RELATION_SIGNS) for each in divisions)


def sight_lines(report: Report, row: Row) -> Iterator[str]:
    """What a layer sees of each input, and what it takes in memory."""
    fields = receptive_fields(report).fields[row.node.name]
    for name, axes in fields.items():
        if axes:
            of = "" if name == "input" else f" of {name}"
            sizes, jumps = (show_shape(tuple(getattr(axis, key) for axis in axes)) for key in ("size", "jump"))
            yield f"receptive field {sizes}{of}, jump {jumps}"
    terms = Terms()
    parameters = "not known" if lacking([row], ["parameter_bytes"]) else f"{terms.parameter_bytes([row]):,} bytes"
    yield f"in {terms.dtype}: parameters {parameters}, output {terms.activation_bytes([row]):,} bytes"


def other_option_lines(row: Row) -> Iterator[str]:
    """What becomes of a layer with other options, a line for each."""
    layer = row.node.layer
    for name in schema(row.node.kind):
        value = getattr(layer, name)
        if name == "bias" and isinstance(value, bool):
            yield change(row, "without a bias" if value else "with a bias", {"bias": not value})
        elif name in KNOWN_OPTIONS and KNOWN_OPTIONS[name].times and not isinstance(value, str) and value is not None:
            _, times, more = KNOWN_OPTIONS[name]
            other = (
                tuple(times * each + more for each in value) if is_sizes(value) else changed_number(value, times, more)
            )
            if other != value:
                yield change(row, f"{name} {show_value(value)} → {show_value(other)}", {name: other})


def is_sizes(value: object) -> bool:
    """Whether an option has a number for each axis."""
    return isinstance(value, tuple) and all(isinstance(each, int) for each in value)


def changed_number(value: Held, times: int, more: int) -> Held:
    """A number changed; anything else as it is."""
    return times * value + more if isinstance(value, int) else value


def change(row: Row, what: str, options: dict[str, Any]) -> str:
    """What becomes of a layer with other options."""
    try:
        layer = replace(row.node.layer, **options)
        profile = apply(row.node.kind, layer, row.inputs)
    except RuleError as error:
        return f"{what}: impossible: {error}"
    told = [show_shape(profile.output)] if profile.output != row.profile.output else []
    for key, noun in (("params", "parameters"), ("macs", "MACs")):
        before, after = getattr(row.profile, key), getattr(profile, key)
        if before != after:
            times = f" (× {float(Fraction(after, before)):.3g})" if before and not 0.99 < after / before < 1.01 else ""  # noqa: PLR2004  # a tenth of a bias is no factor
            told.append(f"{after:,} {noun}{times or f' ({after - before:+,})'}")
    told += [f"{noun} {after} in place of {before}" for noun, before, after in spanned(row.profile, profile, options)]
    return f"{what}: {', '.join(told) or 'the same size and counts'}"


def spanned(before: Profile, after: Profile, options: Container[str]) -> Iterator[tuple[str, str, str]]:
    """What windows span, and what pads them, where that is another, though it is none of the options."""
    pairs = [
        (one, other)
        for one, other in zip(before.windows or (), after.windows or (), strict=True)
        if isinstance(one, Window | TransposedWindow) and isinstance(other, Window | TransposedWindow)
    ]
    extents = [tuple(each.extent for each in own) for own in zip(*pairs, strict=True)]
    if extents and extents[0] != extents[1] and "kernel_size" not in options:
        yield "a window spans", show_shape(extents[0]), show_shape(extents[1])
    pads = [[each.padding for each in own] for own in zip(*pairs, strict=True)]
    if (
        pads
        and pads[0] != pads[1]
        and "padding" not in options
        and not any(isinstance(each, str) for own in pads for each in own)
    ):
        old, new = ["x".join(show_pads(each) for each in own) for own in pads]
        yield "padding", old, new
