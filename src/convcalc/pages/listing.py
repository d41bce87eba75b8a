"""What `convcalc nets` and `convcalc kinds` tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.pages.sheet import SCHEMA, Column, Heading, Label, Prose, Sheet, filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.pages.catalogue import KindEntry, Net, OptionEntry

NETS: tuple[Column[Net], ...] = (
    Column(Heading("name", "Network"), lambda net: net.name),
    Column(Heading("year", "Year", rank=3, holds="int"), lambda net: Label(net.year)),
    Column(Heading("input", "Input", rank=2), lambda net: net.input[0] if len(net.input) == 1 else net.input),
    Column(Heading("params", "Params", numeric=True, rank=1), lambda net: net.params),
    Column(Heading("macs", "MACs", numeric=True, rank=1), lambda net: net.macs),
    Column(Heading("source", "Source", rank=4, wraps=True), lambda net: net.source),
)
"""What is told of each bundled network."""

KINDS_OF_LAYERS: tuple[Column[KindEntry], ...] = (
    Column(Heading("kind", "Kind"), lambda kind: kind.name),
    Column(Heading("aliases", "Or", rank=4, wraps=True), lambda kind: kind.aliases),
    Column(Heading("options", "Options", rank=2, wraps=True), lambda kind: kind.options),
    Column(Heading("torch", "PyTorch", rank=3, wraps=True), lambda kind: kind.torch),
    Column(Heading("summary", "What it does", rank=1, wraps=True), lambda kind: Prose(kind.summary)),
)
"""What is told of each kind of layer."""

OPTIONS: tuple[Column[OptionEntry], ...] = (
    Column(Heading("option", "Option"), lambda option: option.name),
    Column(Heading("default", "Default", rank=1), lambda option: option.default),
    Column(Heading("required", "Required", rank=5, holds="bool"), lambda option: option.required),
    Column(Heading("takes", "Takes", rank=2, wraps=True), lambda option: option.takes),
    Column(Heading("written", "In a line", rank=3, wraps=True), lambda option: option.written),
    Column(Heading("torch", "PyTorch", rank=4, wraps=True), lambda option: option.torch),
)
"""What is told of each option of a kind."""


def nets_sheet(nets: Sequence[Net]) -> Sheet:
    """The bundled networks."""
    headings, rows = filled(NETS, nets)
    foot = ("convcalc count NAME counts one of them layer by layer, and --set changes its variables.",)
    return Sheet("Bundled networks", headings, rows, about={"schema": SCHEMA}, rows_key="networks", foot=foot)


def kinds_sheet(kinds: Sequence[KindEntry]) -> Sheet:
    """The kinds of layers."""
    headings, rows = filled(KINDS_OF_LAYERS, kinds)
    foot = ("convcalc kinds NAME tells more of one of them. The first options are written by position.",)
    return Sheet("Kinds of layers", headings, rows, about={"schema": SCHEMA}, rows_key="kinds", foot=foot)


def kind_sheet(kind: KindEntry, text: str, options: Sequence[OptionEntry]) -> Sheet:
    """One kind of layer."""
    headings, rows = filled(OPTIONS, options)
    names = ", ".join([kind.name, *kind.aliases])
    torch = [f"PyTorch: {kind.torch}"] if kind.torch else []
    return Sheet(
        Prose(f"{names}: {kind.summary}"),
        headings,
        rows,
        about={
            "schema": SCHEMA,
            "kind": kind.name,
            "aliases": kind.aliases,
            "torch": kind.torch,
            "shapes": kind.shapes,
        },
        rows_key="options",
        foot=[*map(Prose, text.splitlines()), *([""] if text else []), *torch, f"A line: {kind.example}"],
    )
