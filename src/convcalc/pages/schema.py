"""JSON Schema (draft 2020-12): the values that pages hold, and a page as its parts declare it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Schema: TypeAlias = "dict[str, Any]"

SCHEMA = "convcalc/1"
"""The version of what machines read."""

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


def array_of(items: Schema, least: int = 0) -> Schema:
    """An array."""
    return {"type": "array", "items": items, **({"minItems": least} if least else {})}


def object_of(values: Schema) -> Schema:
    """An object with any keys."""
    return {"type": "object", "additionalProperties": values}


def maybe(schema: Schema) -> Schema:
    """Something, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


TEXTS = array_of(TEXT)
FORMULA = exactly(formula=TEXT, latex=TEXT)
COUNT: Schema = {
    "description": "a count, exactly; of a network with symbols, a formula",
    "type": ["integer", "object"],
    "anyOf": [NATURAL, FORMULA],
}
SIZE: Schema = {"anyOf": [{"type": "integer", "minimum": 1}, FORMULA]}
SHAPE = array_of(SIZE, 1)
"""A shape, channels first, without a batch."""

SHAPES = array_of(SHAPE, 1)
ONE_OR_MORE_SHAPES: Schema = {"anyOf": [SHAPE, SHAPES]}
"""The shape of one tensor, or those of several."""

INPUTS = object_of(SHAPE)
"""The shapes of a network's inputs, by their names."""


class PageForm(NamedTuple):
    """What pages of one sort are as JSON.

    `about` stands on all of them, and what is `optional` only where there is something to tell. `tables` has the schema
    of a row for the key of each table. Where there are `totals`, there are warnings. A page that is `told` has a title,
    and texts and code under keys of their own.
    """

    about: Mapping[str, Schema]
    tables: Mapping[str, Schema] = MappingProxyType({})
    totals: Schema | None = None
    optional: Mapping[str, Schema] = MappingProxyType({})
    told: bool = False

    @property
    def page(self) -> Schema:
        """The schema of a page."""
        known = {"schema": {"const": SCHEMA}, **self.about, **{key: array_of(row) for key, row in self.tables.items()}}
        known |= {"title": TEXT} if self.told else {}
        known |= {"totals": self.totals, "warnings": TEXTS} if self.totals else {}
        made = exactly(self.optional, **known)
        return {**made, "additionalProperties": TEXTS} if self.told else made

    @property
    def rows(self) -> list[Schema]:
        """The schemas of rows that stand alone: where there is a network, it is named first."""
        if "network" not in self.about:
            return [*self.tables.values()]
        return [
            {**row, "properties": {"network": TEXT, **row["properties"]}, "required": ["network", *row["required"]]}
            for row in self.tables.values()
        ]


def standalone_schema(title: str, schemas: Iterable[Schema]) -> Schema:
    """A schema that stands alone: of what is as one of these says."""
    own = [*schemas]
    return {"$schema": DIALECT, "title": f"{title}, {SCHEMA}", **(own[0] if len(own) == 1 else {"anyOf": own})}
