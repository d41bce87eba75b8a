"""What somebody may have meant by an option that no command has."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from convcalc.errors import ConvcalcError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def meant_by(option: str, arguments: Sequence[str]) -> list[str]:
    """Ways out for those who wrote an unknown `option`: a variable of a network on the command line, or a kind."""
    name = option.lstrip("-").replace("-", "_")
    value = value_of(option, arguments)
    if name in ("kind", "kinds"):
        return [f"try: convcalc kinds {shlex.quote(value)}" if value else "try: convcalc kinds conv"]
    if name in network_variables(arguments):
        setting = shlex.quote(f"{name}={value}") if value else f"{name}=VALUE"
        return [f"try: --set {setting}, as {name} is a variable of the network"]
    return []


def value_of(option: str, arguments: Sequence[str]) -> str:
    """What stands behind an option; empty if nothing does."""
    for argument, following in zip(arguments, (*arguments[1:], ""), strict=True):
        own, equals, value = argument.partition("=")
        if own == option:
            return value if equals else "" if following.startswith("-") else following
    return ""


def network_variables(nets: Iterable[str]) -> list[str]:
    """The variables of all networks among some words, those that are no networks left out."""
    from convcalc.sources.bundled import bundled
    from convcalc.sources.loading import load

    known = bundled()
    found: dict[str, None] = {}
    for net in nets:
        if net in known or os.path.isfile(net):
            try:
                found |= dict.fromkeys(load(net).variables)
            except ConvcalcError:
                continue
    return list(found)
