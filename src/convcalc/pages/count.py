"""What `convcalc count` tells: columns for lines, totals and their terms, which other pages have, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import current_domain, symbolic
from convcalc.errors import DescriptionError, Fault, printable
from convcalc.layers.base import COSTS
from convcalc.network.folding import Line
from convcalc.network.measures import MEASURES, TOTALS, countable, lacking, lacks_in_words, measured
from convcalc.network.terms import DEFAULT_TERMS, DTYPES, Terms
from convcalc.pages.cells import AtLeast, Exact, Marked, Ratio, text
from convcalc.pages.columns import Column, Heading, filled, row_of_some
from convcalc.pages.page import Page, Table
from convcalc.pages.schema import (
    COUNT,
    FORMULA,
    INPUTS,
    NUMBER,
    SHAPE,
    SHAPES,
    TEXT,
    TEXTS,
    TRUTH,
    PageForm,
    Schema,
    array_of,
    exactly,
    maybe,
    object_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from convcalc.arithmetic.operations import AnyNumber
    from convcalc.layers.shapes import Shape
    from convcalc.network.receptive_field import ReceptiveField
    from convcalc.network.report import Report, Row
    from convcalc.pages.cells import Cell

FOOT = (
    "A MAC is one multiply and one add, in convolutions, linear layers and matrix products. Not counted: adding "
    "biases, norms, activations, pooling, element-wise operations."
)
"""What is counted, for people."""

FOLDED = "The weights and biases of a row are those of its norm, too; --expand shows them apart."
"""What rows have, for people."""

COVERS = "* The receptive field covers the whole input."
"""What the star says."""

PEOPLE_COUNT_KEYS = ("name", "description", "output", "weights", "biases", "macs", "macs_share")
MACHINE_COUNT_KEYS = ("name", "kind", "description", "inputs", "input", "output", "weights", "biases", "params", "macs")
BYTES = ("parameter_bytes", "activation_bytes")
SIGHT_KEYS = ("receptive_field", "jump", "start", "covers_input")
"""The columns that need to know what each layer sees."""

SEEN = array_of(maybe({"anyOf": [NUMBER, TEXT]}))
"""What is told of a receptive field: for each axis, and of several inputs for each of these."""


def count_columns(terms: Terms, inputs: Mapping[str, Shape], *, partial: bool = False) -> dict[str, Column[Line]]:
    """What `count` can tell of each line, by the keys that machines and `--columns` know.

    Where costs of some lines are not known, counts are `partial`.
    """
    columns = (
        Column[Line](Heading("name", "Layer"), lambda line: line.name),
        Column[Line](Heading("kind", "Kind", rank=9), lambda line: line.kind),
        Column[Line](Heading("description", "Description", rank=5, wraps=True), lambda line: line.description),
        Column[Line](Heading("inputs", "Reads", array_of(TEXT, 1), rank=8, wraps=True), lambda line: line.inputs),
        Column[Line](Heading("input", "Input", SHAPES, rank=8, wraps=True), lambda line: line.input),
        Column[Line](Heading("output", "Output", SHAPE, rank=3), lambda line: line.output),
        *(column for key in countable() for column in measure_columns(key, terms, partial=partial)),
        Column[Line](
            Heading("intensity", "MACs/byte", NUMBER, optional=True, numeric=True, rank=5),
            lambda line: intensity(line, terms),
        ),
        Column[Line](
            Heading("fan_in", "Fan-in", COUNT, optional=True, numeric=True, rank=5),
            lambda line: line.layer.profile.fan_in if line.layer else None,
        ),
        Column[Line](
            Heading("receptive_field", "Receptive field", SEEN, optional=True, rank=4),
            lambda line: field_sizes(line, inputs),
        ),
        Column[Line](
            Heading("jump", "Jump", SEEN, optional=True, rank=6),
            lambda line: field_cell(line, inputs, lambda field: number_or_text(field.jump)) if spread(line) else None,
        ),
        Column[Line](
            Heading("start", "Start", SEEN, optional=True, rank=6),
            lambda line: field_cell(line, inputs, lambda field: field.start),
        ),
        Column[Line](
            Heading("covers_input", "Covers input", TRUTH, optional=True, rank=7), lambda line: covers(line, inputs)
        ),
    )
    return {column.heading.key: column for column in columns}


def measure_columns(key: str, terms: Terms, *, partial: bool) -> Iterator[Column[Line]]:
    """The column of a measure, and that of the shares that lines have in it."""
    measure, counted = MEASURES[key], counted_by(key, terms, partial=partial)
    heading = Heading(key, measure.title, COUNT, optional=True, numeric=True, rank=measure.rank)
    yield Column(heading, counted, "sum" if measure.adds else "as it is")
    if measure.share:
        own = measure.share
        share = Heading(f"{key}_share", own.title, NUMBER, optional=True, numeric=True, rank=own.rank)
        yield Column(share, counted, "share")


def counted_by(key: str, terms: Terms, *, partial: bool) -> Callable[[Line], AnyNumber]:
    """How a line is counted in a measure: only as far as it is known, where something is not."""
    of = MEASURES[key].of
    if partial or of is None:
        return lambda line: known(key, line.rows, terms)
    return lambda line: of(terms, line.rows)


def field_cell(line: Line, inputs: Mapping[str, Shape], of: Callable[[ReceptiveField], Cell]) -> Cell:
    """Something of the receptive field on each axis; of several inputs, for each in their order."""
    fields = line.fields or {}
    found = [tuple([of(field) for field in fields[name]]) if name in fields else () for name in inputs]
    return found[0] if len(found) == 1 else tuple(found)


def known(measure: str, rows: Sequence[Row], terms: Terms) -> AnyNumber:
    """A measure of some rows, or as much of it as is known."""
    found = measured(measure, rows, terms)
    return AtLeast(found) if isinstance(found, int) and lacking(rows, [measure]) else found


def intensity(line: Line, terms: Terms) -> Cell:
    """MACs for each byte that is moved; of formulas, and of what is not known, nothing."""
    if lacking(line.rows, ["macs", "moved_bytes"]):
        return None
    macs, moved = terms.macs(line.rows), terms.moved_bytes(line.rows)
    return None if symbolic(macs) or symbolic(moved) else Ratio(macs / moved)


def spread(line: Line) -> bool:
    """Whether a line makes more than one position: there is a next one to jump to."""
    return any(size > 1 for size in line.output[1:])


def field_sizes(line: Line, inputs: Mapping[str, Shape]) -> Cell:
    """The receptive field on each axis, marked where it covers the input."""
    sizes: Any = field_cell(line, inputs, lambda field: field.size)
    return Marked(sizes) if covers(line, inputs) else sizes


def covers(line: Line, inputs: Mapping[str, Shape]) -> bool | None:
    """Whether some position of a line sees all that there is of each input, as far as sizes can tell.

    There is nothing to tell of inputs without axes.
    """
    fields = line.fields or {}
    axes = {name: shape[1:] for name, shape in inputs.items() if len(shape) > 1}
    return (
        all(
            name in fields and all(field.size >= size for field, size in zip(fields[name], sizes, strict=True))
            for name, sizes in axes.items()
        )
        if axes
        else None
    )


def number_or_text(number: Fraction) -> Cell:
    """A whole number, or a fraction as a text: no decimal is exact for all."""
    return int(number) if number.denominator == 1 else Exact(str(number))


KNOWN_COLUMNS = count_columns(Terms(), {})
"""All columns."""

COLUMN_KEYS = tuple(KNOWN_COLUMNS)
"""The keys of all columns."""


def chosen_columns(wanted: str, default: Sequence[str], known: Sequence[str] = COLUMN_KEYS) -> list[str]:
    """The keys of columns, of those that are known, that somebody asks for: `name,macs`, or `+params,-biases`.

    Raises:
        DescriptionError: there is no such column, or none is left.
    """
    parts = [part.strip() for part in wanted.split(",") if part.strip()]
    keys = list(default) if all(part[0] in "+-" for part in parts[:1]) else []
    for part in parts:
        key = part.lstrip("+-")
        if key not in known:
            from convcalc.pages.foreign_columns import unknown_column  # only a mistake needs it

            raise unknown_column(wanted, key, known)
        if part[0] == "-":
            keys = [each for each in keys if each != key]
        elif key not in keys:
            keys.append(key)
    if not keys:
        raise DescriptionError(Fault("missing-argument", "no column is left to show"))
    return keys


def count_page(
    report: Report,
    lines: Sequence[Line],
    keys: Sequence[str],
    warnings: Sequence[str] = (),
    terms: Terms = DEFAULT_TERMS,
) -> Page:
    """The cost of each line of a network, in the columns of these keys."""
    graph, measures = report.graph, countable()
    summed = [*TOTALS, *(key for key in keys if key in measures and key not in TOTALS)]
    lacks = lacking(report.rows, summed)
    columns = count_columns(terms, graph.inputs, partial=bool(lacks))
    headings, rows = filled([asked_column(columns[key]) for key in keys], lines)
    sums = {heading.key: heading.total for heading in headings if heading.total is not None}
    totals = {key: sums[key] if key in sums else known(key, report.rows, terms) for key in summed}
    about = {"network": graph.name, "input": graph.inputs, **counted_for(terms)}
    page = Page(printable(graph.name), [Table("layers", headings, rows)], about, totals, warnings)
    if (domain := current_domain()) is not None:
        from convcalc.pages.symbols import formulated  # it takes sympy

        page = formulated(page, domain)
    marked = any(isinstance(cell, Marked) for row in rows for cell in row)
    foot = [*page.foot, totals_in_words(page, terms), *bytes_in_words(page.totals, terms)]
    foot += [FOLDED] * folds_norms(report, lines) + [COVERS] * marked + [FOOT]
    return page._replace(
        totals={**page.totals, **totals_status(lacks)},
        warnings=[*page.warnings, *partial_totals(graph.name, lacks)],
        foot=[*foot, *partial_in_words(lacks)],
    )


STATUS: Schema = {"enum": ["complete", "partial"]}
LACKS_SCHEMA: Schema = {
    "description": "the costs that a partial total lacks, of each layer that has them",
    **object_of(array_of({"enum": [*COSTS]}, 1)),
}


def totals_status(lacks: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Whether totals are complete, and what they lack, for machines."""
    return {"status": "partial", "lacks": lacks} if lacks else {"status": "complete"}


def partial_totals(name: str, lacks: Mapping[str, Sequence[str]]) -> list[str]:
    """A warning of totals that are partial."""
    return [f"{printable(name)}: partial totals, which lack {lacks_in_words(lacks)}"] if lacks else []


def partial_in_words(lacks: Mapping[str, Sequence[str]]) -> list[str]:
    """What partial totals lack, in a sentence."""
    return [f"Partial totals: they lack {lacks_in_words(lacks)}, which nobody has said."] if lacks else []


def asked_column(column: Column[Line]) -> Column[Line]:
    """A column, which is among the last to be left out where room is short if somebody asked for it."""
    heading = column.heading
    return (
        column
        if heading.key in PEOPLE_COUNT_KEYS
        else column._replace(heading=heading._replace(rank=min(heading.rank, 1)))
    )


TERMS: Mapping[str, Schema] = {
    "batch": {"type": "integer", "minimum": 1},
    "dtype": {"enum": [*DTYPES]},
    "conventions": exactly(mac=TEXT, params=TEXT, not_counted=TEXT),
}
"""On which terms counts are, as a schema."""


def counted_for(terms: Terms) -> dict[str, Any]:
    """The same, for machines."""
    return {"batch": terms.batch, "dtype": terms.dtype, "conventions": conventions(terms)}


def conventions(terms: Terms) -> dict[str, str]:
    """What is counted, for machines."""
    samples = "one sample" if terms.batch == 1 else f"a batch of {terms.batch}"
    return {
        "mac": f"one multiply and one add; counted in convolutions, linear layers and matrix products, for {samples}",
        "params": "learnable numbers: weights and biases, the scales and shifts of norms among them",
        "not_counted": "MACs leave out adding biases, norms, activations, pooling and element-wise operations",
    }


def folds_norms(report: Report, lines: Sequence[Line]) -> bool:
    """Whether the parameters of something attached stand in the line of its layer."""
    names = {line.name for line in lines}
    hosts = {row.node.host for row in report.rows if row.profile.params and row.node.name not in names}
    return bool(hosts & names)


def totals_in_words(page: Page, terms: Terms) -> str:
    """The totals in a sentence."""
    shapes = page.about["input"].items()
    inputs = " and ".join(text(shape) if name == "input" else f"{name} {text(shape)}" for name, shape in shapes)
    params, weights, biases, macs = (text(page.totals[key]) for key in ("params", "weights", "biases", "macs"))
    batch = "" if terms.batch == 1 else f" for a batch of {terms.batch:,}"
    return f"Input {inputs}: {params} parameters ({weights} weights + {biases} biases), {macs} MACs{batch}."


def bytes_in_words(totals: Mapping[str, Any], terms: Terms) -> list[str]:
    """The totals of columns that count bytes, in a sentence."""
    named = {key: measure.bytes_of for key, measure in MEASURES.items() if measure.bytes_of}
    told = [f"{name} {in_units(totals[key])}" for key, name in named.items() if type(totals.get(key)) is int]
    return [f"In {terms.dtype}: {', '.join(told)}."] if told else []


def in_units(count: int) -> str:
    """Bytes in the largest unit that there is one of, a unit being 1024 of the one below.

    >>> in_units(512), in_units(262_144), in_units(102_228_128)
    ('512 bytes', '256.00 KiB', '97.49 MiB')
    """
    for power, unit in ((3, "GiB"), (2, "MiB"), (1, "KiB")):
        if count >= 1024**power:
            return f"{count / 1024**power:,.2f} {unit}"
    return f"{count} bytes"


COUNT_FORM = PageForm(
    {"network": TEXT, "input": INPUTS, **TERMS},
    {"layers": row_of_some(column.heading for column in KNOWN_COLUMNS.values())},
    exactly({**{key: KNOWN_COLUMNS[key].heading.holds for key in countable()}, "lacks": LACKS_SCHEMA}, status=STATUS),
    {"symbols": TEXTS, "definitions": object_of(FORMULA), "assumptions": TEXTS},
)
"""What a count is as JSON."""
