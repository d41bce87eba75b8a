"""What the shell completes: networks, the layers and variables of the one before, columns and words of options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.network.network import Network


def complete_nets(context: typer.Context, incomplete: str) -> list[str]:
    """Bundled networks, descriptions and folders that begin so; behind `NET@`, the variables of a network."""
    from convcalc.sources.bundled import bundled
    from convcalc.sources.formats import SOURCES

    before = list(context.params.get("nets") or [])
    if before[-1:] == ["@"]:  # bash divides words there, and others do not
        return set_in(before[-2:-1], incomplete)
    net, at, begun = incomplete.rpartition("@")  # what is being completed is no setting yet
    if at:
        return [f"{net}@{name}" for name in set_in([net], begun)]
    folder, _, begun = incomplete.rpartition("/")
    here = sorted(Path(f"{folder}/" if folder else ".").glob(f"{glob_escaped(begun)}*"))
    shown = [f"{folder}/{path.name}" if folder else path.name for path in here]
    files = [
        f"{name}/" if path.is_dir() else name
        for name, path in zip(shown, here, strict=True)
        if (path.is_dir() and not path.name.startswith(".")) or path.suffix in SOURCES
    ]
    return [*(name for name in bundled() if name.startswith(incomplete)), *files]


def set_in(nets: list[str], incomplete: str) -> list[str]:
    """Variables of a network that begin so, each with what follows it."""
    return [f"{name}=" for name in names_of(read_net(nets), incomplete)]


def glob_escaped(text: str) -> str:
    """A text that a pattern of file names takes as it is."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)


def network_before(context: typer.Context) -> Network | None:
    """The network that stands before, if it can be read."""
    held: Any = context.params.get("nets") or context.params.get("subject") or ()
    behind = [word for word in context.args if not word.startswith("-")]  # an option without its value stops parsing
    names = [held] if isinstance(held, str) else [*held, *behind]
    return read_net(names)


def read_net(names: list[str]) -> Network | None:
    """The first network of some, if it can be read while a shell waits: from no stream, and from no large file."""
    from convcalc.errors import ConvcalcError
    from convcalc.language.read.settings import parse_settings
    from convcalc.sources.description import Given, variant
    from convcalc.sources.files import COMPLETED_FILE
    from convcalc.sources.loading import load
    from convcalc.sources.references import is_at_rest, with_settings

    if not names or not is_at_rest(names[0]):
        return None
    try:
        net, settings = with_settings(names[0])
        return variant(load(net, COMPLETED_FILE), Given(parse_settings(settings), {}))
    except ConvcalcError:
        return None


def complete_layers(context: typer.Context, incomplete: str) -> list[str]:
    """Layers that begin so, of the network before; none if that cannot be read."""
    from convcalc.errors import ConvcalcError

    network = network_before(context)
    try:
        rows = network.report().rows if network else ()
    except ConvcalcError:
        return []
    return [row.node.name for row in rows if row.node.name.startswith(incomplete)]


def complete_settings(context: typer.Context, incomplete: str) -> list[str]:
    """Variables that begin so, of the network before, each with what follows it."""
    return [f"{name}=" for name in complete_variables(context, incomplete)]


def complete_variables(context: typer.Context, incomplete: str) -> list[str]:
    """Variables that begin so, of the network before."""
    return names_of(network_before(context), incomplete)


def names_of(network: Network | None, incomplete: str) -> list[str]:
    """Variables of a network that begin so; none if it cannot be read."""
    return [name for name in (network.variables if network else ()) if name.startswith(incomplete)]


def complete_kinds(incomplete: str) -> list[str]:
    """Kinds of layers that begin so."""
    from convcalc.layers.kinds import KINDS

    return [name for name in KINDS if name.startswith(incomplete)]


def complete_measures(incomplete: str) -> list[str]:
    """Lists of measures whose last one begins so."""
    from convcalc.network.measures import countable

    return complete_last(incomplete, countable())


def complete_columns(incomplete: str) -> list[str]:
    """Lists of columns whose last one begins so."""
    from convcalc.pages.count import COLUMN_KEYS

    return complete_last(incomplete, COLUMN_KEYS)


def complete_last(incomplete: str, known: Iterable[str]) -> list[str]:
    """Lists of words whose last word begins so."""
    before, comma, last = incomplete.rpartition(",")
    sign = last[:1] if last[:1] in ("+", "-") else ""
    return [f"{before}{comma}{sign}{key}" for key in known if key.startswith(last.removeprefix(sign))]


def complete_formats(incomplete: str) -> list[str]:
    """Formats of tables that begin so."""
    from convcalc.pages.page import Table
    from convcalc.views import formats_of

    names = [form.name for form in formats_of((Table,)) if not form.binary]  # these are for files, whose names tell
    return [name for name in names if name.startswith(incomplete)]


def complete_dtypes(incomplete: str) -> list[str]:
    """Types of numbers that begin so."""
    from convcalc.network.terms import DTYPES

    return [name for name in DTYPES if name.startswith(incomplete)]
