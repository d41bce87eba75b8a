"""The networks that a command line names, whatever they are written in."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from convcalc.errors import DescriptionError, Fault, quoted
from convcalc.language.read.settings import parse_inputs, parse_settings
from convcalc.language.value import option_place
from convcalc.language.variant import valued
from convcalc.sources.bundled import bundled
from convcalc.sources.description import Given, of_lines
from convcalc.sources.formats import DESCRIPTION_MODULE, SOURCES
from convcalc.sources.references import parted, with_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.network.network import Network


@dataclass(frozen=True, kw_only=True)
class NetworkArguments:
    """What a command line says of networks: words for them or lines of layers, shapes of inputs, and settings.

    Variables that are `symbolic` have no value. Those that are to be `varied` have a value each to begin with.
    """

    nets: Sequence[str] = ()
    layers: Sequence[str] = ()
    inputs: Sequence[str] = ()
    settings: Sequence[str] = ()
    symbolic: Sequence[str] = ()
    varied: Mapping[str, Any] = field(default_factory=dict)

    def each(self) -> Sequence[Callable[[], Network]]:
        """What is described, each to be read when it is called: networks by name, or one in lines.

        Raises:
            DescriptionError: an input or a setting cannot be read, or a variable is both set and varied.
        """
        shapes, variables = parse_inputs(self.inputs), parse_settings(self.settings)
        begun = {name: valued(name, value) for name, value in self.varied.items()}
        if both := sorted(begun.keys() & variables.keys()):
            place = option_place(both[0], variables[both[0]])
            raise DescriptionError(Fault("given-twice", f"{quoted(both[0])} is both set and varied", place))
        given = Given({**variables, **begun}, shapes, self.symbolic)
        if not self.nets:
            return [partial(of_lines, self.layers, given)]
        split = [(word, {**given.variables, **parse_settings(own)}) for word, own in map(with_settings, self.nets)]
        return [partial(read_network, word, given._replace(variables=own)) for word, own in split]

    def one(self) -> Network:
        """The one network that is described.

        Raises:
            DescriptionError: it cannot be read.
        """
        (make,) = self.each()
        return make()


def names_network(word: str) -> bool:
    """Whether a word names a network, and no file of another form."""
    path = parted(word).path
    return PurePath(path).suffix in SOURCES or (not os.path.isfile(path) and path in bundled())


def read_network(word: str, given: Given) -> Network:
    """The network that a word of the command line names, read by the module for its suffix.

    Raises:
        DescriptionError: it cannot be read, or what is given does not fit it.
    """
    suffix = PurePath(parted(word).path).suffix
    found: Network = import_module(f"convcalc.sources.{SOURCES.get(suffix, DESCRIPTION_MODULE)}").read(word, given)
    return found
