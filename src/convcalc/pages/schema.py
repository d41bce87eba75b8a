"""What machines read: the JSON Schema of what each command writes with `-f json` (draft 2020-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.layers.base import COSTS
from convcalc.network.measures import TOTALS, countable
from convcalc.network.terms import DTYPES
from convcalc.pages.sheet import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema: TypeAlias = "dict[str, Any]"

DIALECT = "https://json-schema.org/draft/2020-12/schema"

TEXT: Schema = {"type": "string"}
TRUTH: Schema = {"type": "boolean"}
NATURAL: Schema = {"type": "integer", "minimum": 0}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
DECIMAL: Schema = {"description": "a number; as a text where no float is exact", "type": ["number", "string"]}


def exactly(optional: Mapping[str, Schema] | None = None, /, **required: Schema) -> Schema:
    """An object with these keys, of which some are optional, and no others."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": [*required], "additionalProperties": False}


def listed(items: Schema, least: int = 0) -> Schema:
    """An array."""
    return {"type": "array", "items": items, **({"minItems": least} if least else {})}


def named(values: Schema) -> Schema:
    """An object with any keys."""
    return {"type": "object", "additionalProperties": values}


def maybe(schema: Schema) -> Schema:
    """Something, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


FORMULA = exactly(formula=TEXT, latex=TEXT)
COUNT: Schema = {"description": "a count, exactly; of a network with symbols, a formula", "anyOf": [NATURAL, FORMULA]}
SIZE: Schema = {"anyOf": [{"type": "integer", "minimum": 1}, FORMULA]}
SHAPE = listed(SIZE, 1)
"""A shape, channels first, without a batch."""

INPUTS = named(SHAPE)
VERSION: Schema = {"const": SCHEMA}
STATUS: Schema = {"enum": ["complete", "partial"]}
LACKS: Schema = {
    "description": "the costs that a partial total lacks, of each layer that has them",
    **named(listed({"enum": [*COSTS]}, 1)),
}
CONVENTIONS = exactly(mac=TEXT, params=TEXT, not_counted=TEXT)
BEGUN: Mapping[str, Schema] = {"schema": VERSION, "network": TEXT}
TERMS: Mapping[str, Schema] = {
    "batch": {"type": "integer", "minimum": 1},
    "dtype": {"enum": [*DTYPES]},
    "conventions": CONVENTIONS,
}
WARNINGS = listed(TEXT)
RATIO = maybe(NUMBER)
MEASURED: Mapping[str, Schema] = dict.fromkeys(countable(), COUNT)
KNOWN: Mapping[str, Schema] = {key: maybe(COUNT) for key in countable()}

SIDES = ("before", "after")

SEEN = listed(maybe({"anyOf": [NUMBER, TEXT]}))
LAYER = exactly(
    {
        **dict.fromkeys(("name", "kind", "description"), TEXT),
        "inputs": listed(TEXT, 1),
        "input": listed(SHAPE, 1),
        "output": SHAPE,
        **KNOWN,
        **{f"{key}_share": RATIO for key in ("macs", "params")},
        "fan_in": COUNT,
        "intensity": RATIO,
        **{key: maybe(SEEN) for key in ("receptive_field", "jump", "start")},
        "covers_input": maybe(TRUTH),
    }
)
COUNTED = exactly(
    {"symbols": listed(TEXT), "definitions": named(FORMULA), "assumptions": listed(TEXT)},
    **BEGUN,
    **TERMS,
    input=INPUTS,
    layers=listed(LAYER),
    totals={"type": "object", "properties": {**MEASURED, "status": STATUS, "lacks": LACKS}, "required": ["status"]},
    warnings=WARNINGS,
)

GROWTH = exactly(f2=DECIMAL, f1=DECIMAL, f0=DECIMAL)
WIDENED = exactly(
    **BEGUN,
    input=INPUTS,
    factor=TEXT,
    divisor=NATURAL,
    steps=listed(exactly(step=TEXT, params=NATURAL, macs=NATURAL)),
    growth=maybe(exactly(params=GROWTH, macs=GROWTH)),
    layers=listed(
        exactly(
            name=TEXT,
            kind=TEXT,
            **{f"out_channels_{side}": maybe(NATURAL) for side in SIDES},
            **{f"{cost}_{side}": NATURAL for cost in ("weights", "biases", "macs") for side in SIDES},
            ratio=RATIO,
            grows=TEXT,
        )
    ),
    totals=exactly(
        **{f"{cost}_{side}": NATURAL for cost in TOTALS for side in SIDES},
        **dict.fromkeys(("params_ratio", "macs_ratio", "params_exponent", "macs_exponent"), RATIO),
        status=STATUS,
    ),
    warnings=WARNINGS,
)
CURVE = exactly(
    **BEGUN,
    input=INPUTS,
    factors=listed(
        exactly(factor=TEXT, params=NATURAL, params_ratio=RATIO, macs=NATURAL, macs_ratio=RATIO, exponent=RATIO)
    ),
)

CONFIGURATION: Schema = {
    "description": "the value of each variable by its name, measures, and why it is impossible, if it is",
    "type": "object",
    "properties": {**dict.fromkeys(countable(), maybe(NATURAL)), "reason": maybe(TEXT)},
    "additionalProperties": {"type": ["number", "string", "null"]},
    "minProperties": 2,
}
SWEPT = exactly(
    {"partial": NATURAL, "undecided": NATURAL},
    **BEGUN,
    **TERMS,
    of=NATURAL,
    computed=NATURAL,
    impossible=NATURAL,
    configurations=listed(CONFIGURATION),
)

FITTED = exactly(
    {"widths": listed(exactly(name=TEXT, before=NATURAL, after=NATURAL))},
    **BEGUN,
    **TERMS,
    input=INPUTS,
    vary=TEXT,
    value=DECIMAL,
    next=maybe(DECIMAL),
    searched=listed(DECIMAL),
    proved={"description": "whether it is certain that no larger value fits, of all that there are", **TRUTH},
    binding=listed(TEXT),
    measures=listed(
        exactly(
            measure=TEXT,
            limit=maybe(DECIMAL),
            found=NATURAL,
            margin=maybe(DECIMAL),
            used=RATIO,
            beyond=maybe(NATURAL),
            binds=maybe(TEXT),
        )
    ),
)
SIZED = exactly(
    {"from": NATURAL, "to": NATURAL},
    **BEGUN,
    **TERMS,
    inputs=listed(
        exactly(input=SHAPE, output={"anyOf": [SHAPE, listed(SHAPE)]}, params=maybe(NATURAL), macs=maybe(NATURAL))
    ),
)
PER_AXIS: Schema = {"anyOf": [NATURAL, listed({}, 1)]}
CHOICES = exactly(
    **BEGUN,
    layer=TEXT,
    input=SHAPE,
    output=SHAPE,
    ways=NATURAL,
    choices=listed(
        exactly(
            **dict.fromkeys(("kernel_size", "stride", "padding"), PER_AXIS), line=TEXT, weights=NATURAL, macs=NATURAL
        )
    ),
)

CHECKED = exactly(
    **BEGUN,
    net=TEXT,
    **TERMS,
    input=INPUTS,
    within=TRUTH,
    status=STATUS,
    limits=listed(
        exactly(
            measure=TEXT,
            part=maybe(TEXT),
            at={"enum": ["at most", "at least"]},
            limit=DECIMAL,
            found=maybe(DECIMAL),
            margin=maybe(DECIMAL),
            within=TRUTH,
            heaviest=maybe(listed(TEXT)),
            origin=TEXT,
            status=STATUS,
        )
    ),
)

COMPARED = exactly(
    **BEGUN,
    **TERMS,
    before=TEXT,
    after=TEXT,
    same=NATURAL,
    differences=listed(
        exactly(
            change={"enum": ["changed", "added", "removed"]},
            name=TEXT,
            changes=TEXT,
            **{f"output_{side}": maybe(SHAPE) for side in SIDES},
            **{f"{cost}_{side}": maybe(NATURAL) for cost in ("params", "macs") for side in SIDES},
            **{f"{cost}_delta": maybe(WHOLE) for cost in ("params", "macs")},
        )
    ),
    totals=exactly(
        {"lacks": LACKS},
        **{f"{key}_{side}": NATURAL for key in countable() for side in SIDES},
        **{f"{key}_delta": WHOLE for key in countable()},
        status=STATUS,
    ),
    warnings=WARNINGS,
)

LINES = listed(TEXT)


def answered(**about: Schema) -> Schema:
    """An answer: what is told for machines, its title, and its parts, which are lines under their keys."""
    known = {"schema": VERSION, "title": TEXT, **about}
    return {"type": "object", "properties": known, "required": [*known], "additionalProperties": LINES}


CITATION = exactly(authors=TEXT, title=TEXT, year=TEXT, where=TEXT, says=TEXT, checked=TEXT)
STEP = exactly({"axis": NATURAL}, key=TEXT, formula=TEXT, value=NATURAL)
TAP = exactly(input=TEXT, index=listed(NATURAL), value=TEXT, weight=TEXT)
ANSWERS = (
    answered(topic=TEXT, group=TEXT, figures=named({"type": ["number", "string"]}), citations=listed(CITATION)),
    answered(code=TEXT, group=TEXT),
    answered(
        network=TEXT,
        layer=TEXT,
        kind=TEXT,
        input=listed(SHAPE),
        output_shape=SHAPE,
        steps=listed(STEP),
        values=named(WHOLE),
        definitions=named(TEXT),
    ),
    answered(seed=NATURAL, layer=TEXT, index=listed(NATURAL), sum=TEXT, output=TEXT, products=listed(TAP)),
    answered(topics=listed(exactly(name=TEXT, group=TEXT, question=TEXT))),
    answered(errors=listed(exactly(code=TEXT, group=TEXT, says=TEXT))),
)

NET = exactly(name=TEXT, year=maybe(NATURAL), input=maybe({}), params=NATURAL, macs=NATURAL, source=TEXT)
KIND = exactly(kind=TEXT, aliases=maybe(LINES), options=maybe(TEXT), torch=maybe(TEXT), summary=TEXT)
OPTION = exactly(option=TEXT, default=maybe(TEXT), required=TRUTH, takes=TEXT, written=maybe(TEXT), torch=maybe(TEXT))

SCHEMAS: Mapping[str, tuple[Schema, ...]] = {
    "count": (COUNTED,),
    "compare": (COMPARED,),
    "check": (CHECKED,),
    "widen": (WIDENED, CURVE),
    "sweep": (SWEPT,),
    "fit": (FITTED, SIZED, CHOICES),
    "explain": ANSWERS,
    "nets": (exactly(schema=VERSION, networks=listed(NET)),),
    "kinds": (
        exactly(schema=VERSION, kinds=listed(KIND)),
        exactly(
            schema=VERSION, kind=TEXT, aliases=maybe(LINES), torch=maybe(TEXT), shapes=LINES, options=listed(OPTION)
        ),
    ),
}
"""What each command writes: one of these."""


ROWS = (
    "layers",
    "factors",
    "differences",
    "limits",
    "configurations",
    "measures",
    "choices",
    "networks",
    "kinds",
    "options",
    "inputs",
)
"""What commands call their rows."""

FORMATS = ("json", "jsonl")


def schema_of(command: str, form: str = "json") -> Schema:
    """The schema of all that a command writes, or of each of its rows in JSON lines."""
    forms = SCHEMAS[command] if form == "json" else [row_of(each) for each in SCHEMAS[command] if rows_key(each)]
    about = {"$schema": DIALECT, "title": f"convcalc {command} -f {form}, {SCHEMA}"}
    return {**about, **(forms[0] if len(forms) == 1 else {"anyOf": [*forms]})}


def rows_key(form: Schema) -> str:
    """What the rows of an object are called; empty if it has none."""
    return next((key for key in ROWS if form["properties"].get(key, {}).get("type") == "array"), "")


def row_of(form: Schema) -> Schema:
    """A row that stands alone: where there is a network, it is named first."""
    known = form["properties"]
    row: Schema = known[rows_key(form)]["items"]
    if "network" not in known:
        return row
    required = ["network", *row.get("required", ())]
    return {**row, "properties": {"network": TEXT, **row["properties"]}, "required": required}


def in_lines() -> list[str]:
    """The commands that write JSON lines."""
    return [command for command, forms in SCHEMAS.items() if any(map(rows_key, forms))]
