"""The words for networks: a path or a name, a revision, and what is set in it."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from convcalc.sources.bundled import bundled
from convcalc.sources.files import STANDARD_INPUT
from convcalc.sources.formats import SOURCES

LONGEST_PATH = 4096
"""Characters of a path, at most: systems have none that is longer."""


class Reference(NamedTuple):
    """A word for a network: `net.yaml@HEAD~3@width=64` has a path, a revision and a setting.

    `path` is that of a file, `-`, or the name of a bundled network; `revision` is None where the word has none.
    """

    path: str
    revision: str | None = None
    settings: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether its path stands for something today."""
        return is_there(self.path)

    @property
    def folder(self) -> Path:
        """The folder of its file, or else the current one."""
        folder, _ = os.path.split(self.path)
        isdir = self.revision is not None and os.path.isdir(folder or ".")
        return Path(self.path).parent if isdir or os.path.isfile(self.path) else Path()


def parted(net: str) -> Reference:
    """A word for a network in its parts. What exists as it stands is a path, whatever is in its name.

    >>> parted("net.yaml@HEAD@{1}@width=64")
    Reference(path='net.yaml', revision='HEAD@{1}', settings=('width=64',))
    """
    if "@" not in net or is_there(net):
        return Reference(net)
    _, *parts = net.split("@")
    end, settings = len(net), 0
    while settings < len(parts) and is_setting(parts[-1 - settings]):
        settings += 1
        end -= len(parts[-settings]) + 1
        if is_there(net[:end]):
            return Reference(net[:end], None, tuple(parts[-settings:]))
    own = tuple(parts[len(parts) - settings :])
    path = revised_path(net[:end])
    if settings == len(parts) or not path:
        return Reference(net[:end], None, own)
    earlier, revision = leading_settings(net[len(path) + 1 : end])
    return Reference(path, f"@{revision}" if revision.startswith("{") else revision, (*earlier, *own))


def is_setting(text: str) -> bool:
    """Whether a text looks like `width=64`."""
    name, equals, _ = text.partition("=")
    return bool(equals) and name.strip().isidentifier()


def is_there(net: str) -> bool:
    """Whether a word is a path that exists, `-`, or the name of a bundled network."""
    return len(net) <= LONGEST_PATH and (net == STANDARD_INPUT or os.path.exists(net) or net in bundled())


def is_at_rest(net: str) -> bool:
    """Whether a word is a file, also in a revision, or a bundled network: no stream, such as a pipe or a terminal."""
    reference = parted(net)
    path = reference.path
    return os.path.isfile(path) or (not os.path.exists(path) and (reference.revision is not None or path in bundled()))


def revised_path(net: str) -> str:
    """The path before a revision, which may have an @ itself: a file if there is one, or else what is called like one.

    >>> revised_path("gone@2/net.yaml@HEAD@{1}"), revised_path("@HEAD")
    ('gone@2/net.yaml', '')
    """
    paths = [net[:at] for at, char in enumerate(net[: LONGEST_PATH + 1]) if at and char == "@"]
    files = filter(os.path.isfile, paths)
    named = (path for path in paths if path.endswith((*SOURCES, ".json")))
    return next(chain(files, named, paths), "")


def leading_settings(text: str) -> tuple[tuple[str, ...], str]:
    """The settings that stand before a revision, and the revision."""
    parts = text.split("@")
    count = next(number for number, part in enumerate([*parts, ""]) if not is_setting(part))
    return tuple(parts[:count]), "@".join(parts[count:])


def with_settings(net: str) -> tuple[str, list[str]]:
    """A word such as `net.yaml@width=64` without its settings, and these; one that names nothing stays whole."""
    path, revision, settings = word = parted(net)
    if revision is not None:
        return f"{path}@{revision}", [*settings]
    return (path, [*settings]) if word.exists else (net, [])
