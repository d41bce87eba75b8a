"""The budgets of a project, in convcalc.toml or pyproject.toml."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, Source, quoted
from convcalc.sources.files import CONFIGURATION_FILE, STANDARD_INPUT, decode, first_bytes, read_file, text_of
from convcalc.sources.references import parted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from convcalc.network.limits import Limit

CONFIGS = {"convcalc.toml": ("budget",), "pyproject.toml": ("tool", "convcalc", "budget")}
"""Files that may have a budget, and the keys that lead to it."""

ROOTS = (".git", ".hg")
"""What the root of a project has: no configuration is looked for above it."""


def configured(net: str, config: str | None = None) -> list[Limit]:
    """The budget in a configuration, or else in the nearest, from the folder of a network up to the project's root.

    Raises:
        DescriptionError: it cannot be read, or the one that is named has no budget.
    """
    from convcalc.language.read.budget import parse_config  # what is only counted has no budget

    if config is None:
        found = (limits for folder in folders(net) if (limits := limits_of(folder)) is not None)
        return next(found, [])
    source = Source("<stdin>" if config == STANDARD_INPUT else config, text_of(config, CONFIGURATION_FILE))
    for keys in CONFIGS.values():
        limits = parse_config(source, keys)
        if limits is not None:
            return limits
    tables = " and no table ".join(f"[{'.'.join(keys)}]" for keys in CONFIGS.values())
    raise DescriptionError(Fault("missing-argument", f"{quoted(source.name)} has no table {tables}"))


def folders(net: str) -> Iterator[Path]:
    """The folder of a network or the current one, and those above, up to the root of the project if there is one."""
    here = parted(net).folder
    try:
        real = here.resolve()
    except OSError:  # the current folder is deleted
        return
    for folder in (real, *real.parents):
        yield here if folder == real else folder
        if any((folder / root).exists() for root in ROOTS):
            return


def limits_of(folder: Path) -> list[Limit] | None:
    """The budget that a folder has; none if those further up count.

    Raises:
        DescriptionError: what it has cannot be read.
    """
    from convcalc.language.read.budget import parse_config

    path = folder / "convcalc.toml"
    if path.is_file():
        shown = from_here(path)
        limits = parse_config(Source(shown, read_file(path, shown, CONFIGURATION_FILE)), CONFIGS[path.name])
        if limits is None:
            ways = ("try: [budget], and below it lines such as params = '5M'",)
            raise DescriptionError(Fault("missing-argument", f"{quoted(shown)} has no table [budget]", notes=ways))
        return limits
    path = folder / "pyproject.toml"
    return project_limits(path) if path.is_file() else None


def project_limits(path: Path) -> list[Limit] | None:
    """The budget in a pyproject.toml; none if that has no table [tool.convcalc], be it broken or not.

    Raises:
        DescriptionError: it has one, and cannot be read.
    """
    from convcalc.language.read.budget import parse_config
    from convcalc.language.read.toml import parse_table

    shown = from_here(path)
    try:
        content = first_bytes(path, CONFIGURATION_FILE)
    except OSError:
        return None
    if b"convcalc" not in content:
        return None
    *above, _ = keys = CONFIGS["pyproject.toml"]
    try:
        source = Source(shown, decode(content, shown, CONFIGURATION_FILE))
        limits = parse_config(source, keys)
        return [] if limits is None and parse_table(source, tuple(above)) is not None else limits
    except DescriptionError:
        if ".".join(above).encode() in content:
            raise
        return None


def from_here(path: Path) -> str:
    """A path as it is shown: from the current folder, if there is one."""
    try:
        return os.path.relpath(path)
    except OSError:
        return str(path)
