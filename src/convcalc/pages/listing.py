"""What `convcalc nets` and `convcalc kinds` tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.pages.cells import Label, Prose
from convcalc.pages.columns import Column, Heading, filled, row_of
from convcalc.pages.page import Page, Table
from convcalc.pages.schema import NATURAL, ONE_OR_MORE_SHAPES, TEXT, TEXTS, TRUTH, PageForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.pages.catalogue import KindEntry, Net, OptionEntry

NETS: tuple[Column[Net], ...] = (
    Column(Heading("name", "Network"), lambda net: net.name),
    Column(Heading("year", "Year", NATURAL, rank=3), lambda net: Label(net.year)),
    Column(
        Heading("input", "Input", ONE_OR_MORE_SHAPES, rank=2),
        lambda net: net.input[0] if len(net.input) == 1 else net.input,
    ),
    Column(Heading("params", "Params", NATURAL, numeric=True, rank=1), lambda net: net.params),
    Column(Heading("macs", "MACs", NATURAL, numeric=True, rank=1), lambda net: net.macs),
    Column(Heading("source", "Source", rank=4, wraps=True), lambda net: net.source),
)
"""What is told of each bundled network."""

KINDS_OF_LAYERS: tuple[Column[KindEntry], ...] = (
    Column(Heading("kind", "Kind"), lambda kind: kind.name),
    Column(Heading("aliases", "Or", TEXTS, rank=4, wraps=True), lambda kind: kind.aliases),
    Column(Heading("options", "Options", rank=2, wraps=True), lambda kind: kind.options),
    Column(Heading("torch", "PyTorch", rank=3, wraps=True), lambda kind: kind.torch),
    Column(Heading("summary", "What it does", rank=1, wraps=True), lambda kind: Prose(kind.summary)),
)
"""What is told of each kind of layer."""

OPTION_COLUMNS: tuple[Column[OptionEntry], ...] = (
    Column(Heading("option", "Option"), lambda option: option.name),
    Column(Heading("default", "Default", rank=1), lambda option: option.default),
    Column(Heading("required", "Required", TRUTH, rank=5), lambda option: option.required),
    Column(Heading("takes", "Takes", rank=2, wraps=True), lambda option: option.takes),
    Column(Heading("written", "In a line", rank=3, wraps=True), lambda option: option.written),
    Column(Heading("torch", "PyTorch", rank=4, wraps=True), lambda option: option.torch),
)
"""What is told of each option of a kind."""

NETS_FORM = PageForm({}, {"networks": row_of(column.heading for column in NETS)})
KINDS_FORM = PageForm({}, {"kinds": row_of(column.heading for column in KINDS_OF_LAYERS)})
KIND_FORM = PageForm(
    {"kind": TEXT, "aliases": TEXTS, "torch": TEXT, "shapes": TEXTS},
    {"options": row_of(column.heading for column in OPTION_COLUMNS)},
)
"""What these lists are as JSON."""


def nets_page(nets: Sequence[Net]) -> Page:
    """The bundled networks."""
    headings, rows = filled(NETS, nets)
    foot = ("convcalc count NAME counts one of them layer by layer, and --set changes its variables.",)
    return Page("Bundled networks", [Table("networks", headings, rows)], foot=foot)


def kinds_page(kinds: Sequence[KindEntry]) -> Page:
    """The kinds of layers."""
    headings, rows = filled(KINDS_OF_LAYERS, kinds)
    foot = ("convcalc kinds NAME tells more of one of them. The first options are written by position.",)
    return Page("Kinds of layers", [Table("kinds", headings, rows)], foot=foot)


def kind_page(kind: KindEntry, text: str, options: Sequence[OptionEntry]) -> Page:
    """One kind of layer."""
    headings, rows = filled(OPTION_COLUMNS, options)
    names = ", ".join([kind.name, *kind.aliases])
    torch = [f"PyTorch: {kind.torch}"] if kind.torch else []
    return Page(
        Prose(f"{names}: {kind.summary}"),
        [Table("options", headings, rows)],
        {"kind": kind.name, "aliases": kind.aliases, "torch": kind.torch, "shapes": kind.shapes},
        foot=[*map(Prose, text.splitlines()), *([""] if text else []), *torch, f"A line: {kind.example}"],
    )
