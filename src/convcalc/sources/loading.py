"""What the word for a network stands for, loaded: a description, or the text of an earlier count."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, Source, guess, quoted
from convcalc.language.read.document import parse_description
from convcalc.layers.kinds import KINDS, canonical
from convcalc.sources.bundled import bundled
from convcalc.sources.files import (
    COUNT_FILE,
    DESCRIPTION_FILE,
    STANDARD_INPUT,
    FileForm,
    MissingFileError,
    read_file,
    text_of,
)
from convcalc.sources.references import parted

if TYPE_CHECKING:
    from convcalc.language.description import Description

LINE = re.compile(r"[\s(]*+(?:[A-Za-z_]\w*+:\s++)?([A-Za-z_]\w*+)(?![./-])", re.ASCII)
"""How a line of the language begins: with a kind, which may have a label."""


def load(net: str, form: FileForm = DESCRIPTION_FILE) -> Description:
    """The description that a word of the command line stands for: a path, `-`, or the name of a bundled network.

    Raises:
        DescriptionError: there is no such thing, or it cannot be read.
    """
    word = parted(net)
    if word.revision is not None:
        from convcalc.sources.revisions import revised  # few networks are of another time

        return parse_description(Source(net, revised(word, net, form)), Path(word.path).stem)
    if word.settings:
        raise missing(net)
    if net == STANDARD_INPUT:
        text = text_of(net, form)
        if not text.strip():
            way = "try: a file, a bundled network such as alexnet, or a description on standard input"
            raise DescriptionError(Fault("missing-argument", "which network? Standard input is empty", notes=(way,)))
        return parse_description(Source("<stdin>", text), "stdin")
    path = Path(net)
    if not os.path.isfile(net) and net in (own := bundled()):
        path = own[net]
    try:
        text = read_file(path, net, form)
    except MissingFileError:
        raise missing(net) from None
    return parse_description(Source(net if path == Path(net) else f"{net}.yaml", text), path.stem)


def count_text(word: str) -> str:
    """The text of an earlier count: in a file, a revision of one, or standard input.

    Raises:
        DescriptionError: it cannot be read.
    """
    reference = parted(word)
    if reference.revision is None:
        return text_of(word, COUNT_FILE)
    from convcalc.sources.revisions import revised

    return revised(reference, word, COUNT_FILE)


def missing(net: str) -> DescriptionError:
    """The error about a network that is neither a file nor bundled."""
    if not net:
        return DescriptionError(Fault("no-such-file", "the name of a network is empty"))
    ways = (f"try: -i 3x32x32 -l {shlex.quote(net)}, for layers in place of a NET",) if begins_a_layer(net) else ()
    hint = guess(net.partition("@")[0], bundled()) or "; convcalc nets lists those that there are"
    message = f"there is no file and no bundled network {quoted(net)}{'' if ways else hint}"
    return DescriptionError(Fault("no-such-file", message, notes=ways))


def begins_a_layer(text: str) -> bool:
    """Whether a text is a line of the language rather than the name of a network."""
    match = LINE.match(text)
    return match is not None and canonical(match[1]) in (*KINDS, "residual")
