"""What there is to choose from: the bundled networks, and the kinds of layers that a line can name."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import TYPE_CHECKING, NamedTuple

from convcalc.errors import DescriptionError, Fault, guess, quoted
from convcalc.language.assemble.network import build
from convcalc.language.words import STRUCTURES
from convcalc.layers.kinds import EXAMPLES, FOREIGN_KINDS, KINDS, canonical, kind_class
from convcalc.layers.options import RULES, positional_options, schema, show_value
from convcalc.layers.words import GROUPS, SHORT_KEYS
from convcalc.sources.bundled import bundled
from convcalc.sources.loading import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.base import Layer
    from convcalc.layers.options import Option
    from convcalc.layers.shapes import Shape

YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class Net(NamedTuple):
    """A bundled network, what it costs, and where it is described."""

    name: str
    year: Number
    input: tuple[Shape, ...]
    params: Number
    macs: Number
    source: str


def nets() -> Iterator[Net]:
    """The bundled networks, counted."""
    for name in bundled():
        description = load(name)
        report = build(description)
        (year, *_) = YEAR.findall(description.source)
        shapes = tuple(report.graph.inputs.values())
        yield Net(name, int(year), shapes, report.params, report.macs, description.source)


class KindEntry(NamedTuple):
    """A kind of layer, and how a line says it."""

    name: str
    aliases: tuple[str, ...]
    options: str
    shapes: tuple[str, ...]
    torch: str
    summary: str
    example: str


class OptionEntry(NamedTuple):
    """An option of a kind, and how a line says it."""

    name: str
    required: bool
    written: str
    default: str
    takes: str
    torch: str


def kinds() -> Iterator[KindEntry]:
    """All kinds of layers."""
    return map(kind_entry, KINDS)


def kind_entry(name: str) -> KindEntry:
    """One kind of layer."""
    text = cleandoc(kind_class(name).__doc__ or "")
    summary, *others = text.split("\n\n")
    shapes = tuple(line for part in others for line in part.splitlines() if line.startswith("(") and "->" in line)
    options = [default_shown(name, option) for option in schema(name).values()]
    tensors = ["@LABEL"] if kind_class(name).reads[1] > 1 else []
    return KindEntry(
        name,
        KINDS[name].aliases,
        " ".join([*options, *tensors]),
        shapes or ("(C, H, W) -> (C, H, W)",),
        KINDS[name].torch,
        " ".join(summary.split()),
        EXAMPLES[name],
    )


def kind_details(name: str) -> str:
    """All that the class of a kind says of itself, below its first sentence."""
    return "\n".join(cleandoc(kind_class(name).__doc__ or "").splitlines()[1:]).strip()


def default_shown(kind: str, option: Option) -> str:
    """An option as the list of kinds has it: its name, and what it is unless given."""
    default = default_of(kind, option)
    return f"{option.name}={default}" if default else option.name


def default_of(kind: str, option: Option) -> str:
    """What an option is unless given; empty if there is nothing."""
    if option.required:
        return ""
    cls = kind_class(kind)
    value = cls.__dataclass_fields__[option.name].default
    if value is None:
        return cls.unless_given.get(option.name, "")
    if isinstance(value, bool | str):
        return str(value).lower()
    return str(value) if isinstance(value, float) else show_value(value)


def option_entries(word: str) -> Iterator[OptionEntry]:
    """The options of a kind.

    Raises:
        DescriptionError: there is no such kind.
    """
    kind = known_kind(word)
    cls = kind_class(kind)
    short = {name: key for key, name in SHORT_KEYS.items()}
    for option in schema(kind).values():
        ways = ["by position"] if option.name in positional_options(kind) else []
        ways += [f"{short.get(option.name, option.name)}=…"] if option.type != "bool" else []
        ways += ["/ behind the kernel"] if option.name == "stride" else []
        ways += [word for word, about in GROUPS.items() if about == option.name and sets(word, option, cls)]
        ways += [f"-{option.name}"] if option.type == "bool" and default_of(kind, option) == "true" else []
        takes = RULES[option.type].takes
        for refused in cls.refused:
            takes = takes.replace(f"{refused}, ", "")
        torch = cls.torch_options.get(option.name, option.name if KINDS[kind].torch else "")
        yield OptionEntry(option.name, option.required, ", ".join(ways), default_of(kind, option), takes, torch)


def sets(word: str, option: Option, cls: type[Layer]) -> bool:
    """Whether a word alone sets an option of a kind that it is about."""
    return option.type == "bool" or (word in RULES[option.type].words and word not in cls.refused)


def known_kind(word: str) -> str:
    """The kind that a word names.

    Raises:
        DescriptionError: it names none.
    """
    kind = canonical(word.removeprefix("torch.").removeprefix("nn."))
    if kind in STRUCTURES:
        raise DescriptionError(
            Fault("unknown-kind", f"{kind} is no kind of layer, but a structure; docs/language.md tells of it")
        )
    if kind not in KINDS:
        known = (*KINDS, *(alias for each in KINDS.values() for alias in each.aliases))
        raise DescriptionError(
            Fault("unknown-kind", f"unknown kind of layer: {quoted(word)}{guess(kind, known, FOREIGN_KINDS)}")
        )
    return kind
