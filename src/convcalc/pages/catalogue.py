"""What there is to choose from: the bundled networks, and the kinds of layers that a line can name."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import TYPE_CHECKING, NamedTuple

from convcalc.errors import DescriptionError, Fault, guess, quoted
from convcalc.language.build.network import build
from convcalc.language.words import EXAMPLES, FOREIGN_KINDS, NAMING, STRUCTURES, canonical
from convcalc.layers import KINDS, kind_class
from convcalc.layers.options import RULES, positions, schema, show
from convcalc.layers.words import GROUPS, SHORT_KEYS
from convcalc.sources.bundled import bundled
from convcalc.sources.loading import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.options import Option
    from convcalc.layers.shapes import Shape

YEAR = re.compile(r"\b(?:19|20)\d\d\b")

UNLESS_GIVEN = {
    ("maxpool", "stride"): "kernel_size",
    ("avgpool", "stride"): "kernel_size",
    ("lppool", "stride"): "kernel_size",
    ("maxunpool", "stride"): "kernel_size",
    ("attention", "head_dim"): "C//num_heads",
    ("window_attention", "head_dim"): "C//num_heads",
}
"""What an option is unless it is given, where that hangs on others."""

TORCH_OPTIONS = {
    ("dwconv", "multiplier"): "out_channels / in_channels",
    ("sepconv", "multiplier"): "out_channels / in_channels of the first",
    ("maxpool", "rounding"): "ceil_mode",
    ("avgpool", "rounding"): "ceil_mode",
    ("lppool", "rounding"): "ceil_mode",
    ("gn", "groups"): "num_groups",
    ("ln", "over"): "normalized_shape",
    ("ln", "affine"): "elementwise_affine",
    ("rmsnorm", "affine"): "elementwise_affine",
    ("split", "sections"): "chunks",
    ("split", "index"): "[index]",
    ("split", "axis"): "dim - 1",
    ("slice", "axis"): "dim - 1",
    ("flatten", "start_dim"): "start_dim - 1",
    ("permute", "dims"): "dims - 1",
    ("linear", "over"): "",
    ("attention", "head_dim"): "",
    ("attention", "relative_position"): "",
    ("pad", "mode"): "the class: ReflectionPad2d, ReplicationPad2d, CircularPad2d",
    ("pad", "channels"): "padding of nn.functional.pad",
    ("crop", "cropping"): "a, b, c, d",
    ("add", "crop"): "",
    ("concat", "crop"): "",
    ("scale", "bias"): "a second nn.Parameter",
}
"""What PyTorch calls an option, where it has another name for it, or none."""


JOINED = {
    "add": "add(conv 64 1 | conv 64 3 same)",
    "mul": "mul(conv 64 1 | conv 64 3 same sigmoid)",
    "concat": "concat(conv 64 1 | conv 64 3 same)",
    "matmul": "matmul(reshape 8x-1 | reshape -1x8)",
    "center_crop": "center_crop 28x28",
}
"""A line of each kind that is none by its name alone."""

SPOKEN = ("bool", "Mode", "PadMode", "Padding", "Rounding")
"""Types of options that a word alone can set."""

UNSPOKEN = {("upconv", "causal")}
"""Words that a kind does not take, though others with the same option do."""


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
    tensors = ["@LABEL"] if name in NAMING else []
    return KindEntry(
        name,
        KINDS[name].aliases,
        " ".join([*options, *tensors]),
        shapes or ("(C, H, W) -> (C, H, W)",),
        KINDS[name].torch,
        " ".join(summary.split()),
        EXAMPLES.get(name) or JOINED.get(name, name),
    )


def explained(name: str) -> str:
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
    value = kind_class(kind).__dataclass_fields__[option.name].default  # type: ignore[attr-defined]  # each kind is a dataclass
    if value is None:
        return UNLESS_GIVEN.get((kind, option.name), "")
    if isinstance(value, bool | str):
        return str(value).lower()
    return str(value) if isinstance(value, float) else show(value)


def option_entries(word: str) -> Iterator[OptionEntry]:
    """The options of a kind.

    Raises:
        DescriptionError: there is no such kind.
    """
    kind = known_kind(word)
    short = {name: key for key, name in SHORT_KEYS.items()}
    for option in schema(kind).values():
        ways = ["by position"] if option.name in positions(kind) else []
        ways += [f"{short.get(option.name, option.name)}=…"] if option.type != "bool" else []
        ways += ["/ behind the kernel"] if option.name == "stride" else []
        known = words_of(option.type)
        words = [word for word, about in GROUPS.items() if about == option.name and option.type in SPOKEN]
        ways += [word for word in words if (kind, word) not in UNSPOKEN and word in (known or words)]
        ways += [f"-{option.name}"] if option.type == "bool" and default_of(kind, option) == "true" else []
        takes = ", ".join(known) or RULES[option.type].says
        for unspoken in [word for each, word in UNSPOKEN if each == kind]:
            takes = takes.replace(f"{unspoken}, ", "")
        torch = TORCH_OPTIONS.get((kind, option.name), option.name if KINDS[kind].torch else "")
        yield OptionEntry(option.name, option.required, ", ".join(ways), default_of(kind, option), takes, torch)


def words_of(type_: str) -> tuple[str, ...]:
    """The words that options of a type take; none if they take other things."""
    from convcalc.layers.dense import WEIGHED
    from convcalc.layers.resize import MODES, PAD_MODES
    from convcalc.layers.sample_norm import NORMALIZED

    words = {"Mode": tuple(MODES), "PadMode": PAD_MODES, "Normalized": NORMALIZED, "Weighed": WEIGHED}
    return words.get(type_, ())


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
