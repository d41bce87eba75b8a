"""What each option of a kind holds.

The fields of the dataclass of a kind are its options. `RULES` says what each annotation of a field means.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.arithmetic.operations import apart, decimal, symbolic, unspaced, whole_number, write_message
from convcalc.errors import quoted
from convcalc.layers.kinds import kind_class
from convcalc.layers.window import PADDINGS, ROUNDINGS
from convcalc.layers.words import BOOLEANS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from convcalc.arithmetic.operations import AnyNumber, Held
    from convcalc.layers.base import Layer
    from convcalc.layers.shapes import Size
    from convcalc.layers.window import Margin


class Option(NamedTuple):
    """One field of a kind: the text of its annotation, and whether it must be given."""

    name: str
    type: str
    required: bool


@cache
def schema(kind: str) -> dict[str, Option]:
    """The options of a kind, in the order of its fields."""
    return options_of(kind_class(kind))


def options_of(cls: type[Layer]) -> dict[str, Option]:
    """The options of the class of a kind, in the order of its fields."""
    return {field.name: Option(field.name, str(field.type), field.default is MISSING) for field in fields(cls)}


def has_window(layer: Layer) -> bool:
    """Whether a layer has a kernel, a stride and a padding."""
    return {"kernel_size", "stride", "padding"} <= options_of(type(layer)).keys()


def positional_options(kind: str) -> list[str]:
    """The options that are written by position: those that must be given, or else the first, unless it is a word."""
    options = schema(kind).values()
    required = [option.name for option in options if option.required]
    first = [option.name for option in options if not RULES[option.type].spoken]
    return required or first[:1]


class Rule(NamedTuple):
    """What the fields of one annotation hold, and how an evaluated value becomes it.

    They may hold one of some `words`; if they are `spoken`, they hold nothing else, and are never written by position.
    If they are `structural`, several numbers in them are not one for each axis.
    """

    says: str
    accept: Callable[[Held], Held]
    words: tuple[str, ...] = ()
    spoken: bool = False
    structural: bool = False

    @property
    def takes(self) -> str:
        """What they hold, in words: the words themselves, where a message only says that it is one."""
        return ", ".join(self.words) if self.accept is word else self.says

    def read(self, name: str, value: Held) -> Held:
        """The value of option `name`.

        Raises:
            WrongOption: the value is not of the type.
        """
        try:
            return self.accept(value)
        except NotWhole as fraction:
            way = "try: int(…), round(…), div8(…) or ceil8(…) around the expression"
            shown = partial(show_value, fraction.value)
            message = write_message("{name} ({value}) must be a whole number", name=name, value=shown)
            raise WrongOption("not-whole", message, way) from None
        except NotAccepted:
            template = "{name} must be {says}, but got {value}"
            message = write_message(template, name=name, says=self.says, value=partial(show_value, value))
            raise WrongOption("wrong-value", message) from None


class WrongOption(Exception):  # it becomes a Fault once its place is known
    """What is wrong with the value of an option, and the ways out."""

    def __init__(self, code: str, message: str, *notes: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.notes = notes


class NotAccepted(Exception):  # never leaves this module
    """A value is not of the type of its option."""


class NotWhole(Exception):  # never leaves this module
    """A number should be whole, and is not."""

    def __init__(self, value: AnyNumber) -> None:
        super().__init__()
        self.value = value


def whole(value: Held) -> int:
    """A whole number."""
    found: int | None = whole_number(value)
    if found is not None:
        return found
    if symbolic(value) or (hasattr(value, "denominator") and not isinstance(value, bool)):
        raise NotWhole(value)
    raise NotAccepted


def axis(value: Held) -> int:
    """The number of an axis: no symbol."""
    found = whole(value)
    if not hasattr(found, "__index__"):
        raise NotAccepted
    return found


def sizes(value: Held) -> Size:
    """A whole number, or several."""
    return tuple([whole(part) for part in value]) if isinstance(value, tuple) and value else whole(value)


def shape(value: Held) -> tuple[int, ...]:
    """A whole number for each of some axes."""
    return tuple([whole(part) for part in (value if isinstance(value, tuple) else (value,))])


def connections(value: Held) -> tuple[tuple[int, ...], ...]:
    """For each filter, the channels that it reads."""
    filters = value if isinstance(value, tuple) else (value,)
    return tuple([shape(part) for part in filters])


def word(value: Held) -> str:
    """A word: which words there are, the kind says."""
    if isinstance(value, str):
        return value
    raise NotAccepted


def paddings(value: Held) -> str | Margin:
    """A rule of padding, a whole number, or for each axis a number or a pair."""
    if isinstance(value, str):
        return one_of(PADDINGS)(value)
    return margins(value)


def margins(value: Held) -> Margin:
    """A whole number, or for each axis a number or a pair."""
    if isinstance(value, tuple) and value:
        return tuple([pair(part) if isinstance(part, tuple) else whole(part) for part in value])
    return whole(value)


def pair(value: tuple[Any, ...]) -> tuple[int, int]:
    """What is added before an axis, and after it."""
    if len(value) != len(("before", "after")):
        raise NotAccepted
    return whole(value[0]), whole(value[1])


def fraction(value: Held) -> AnyNumber:
    """Any number."""
    if hasattr(value, "denominator") or symbolic(value):
        return value
    raise NotAccepted


def factors(value: Held) -> AnyNumber | tuple[AnyNumber, ...]:
    """Any number, or one for each axis."""
    return tuple([fraction(part) for part in value]) if isinstance(value, tuple) and value else fraction(value)


def one_of(words: Iterable[str]) -> Callable[[Held], str | bool]:
    """One of some words."""

    def accept(value: Held) -> str | bool:
        if isinstance(value, str) and value in words:
            return BOOLEANS.get(value, value)
        raise NotAccepted

    return accept


def one_word(*words: str) -> Rule:
    """The rule of an option that holds one of some words."""
    return Rule("a word", word, words, spoken=True)


RULES = {
    "int": Rule("a whole number", whole),
    "int | None": Rule("a whole number", whole),
    "Dim": Rule("the number of an axis", axis),
    "Size": Rule("a whole number, or one for each axis as in 3x5", sizes),
    "Size | None": Rule("a whole number, or one for each axis as in 3x5", sizes),
    "ScaleFactor | None": Rule("a number, or one for each axis as in 2x1.5", factors),
    "Sizes": Rule("whole numbers, one for each axis, channels first, as in 256x7x7", shape, structural=True),
    "Margin": Rule("a whole number, one for each axis as in 1x2, or 0:1 for its two ends", margins),
    "Connections": Rule("for each filter the channels that it reads, as in 0:1x1:2", connections, structural=True),
    "Mode": one_word("nearest", "linear", "bilinear", "trilinear", "bicubic"),
    "PadMode": one_word("constant", "reflect", "replicate", "circular"),
    "Normalized": one_word("channels", "all"),
    "WeighedTogether": one_word("all", "channels"),
    "Padding": Rule(
        f"{', '.join(PADDINGS)}, a whole number, one for each axis as in 1x2, or 0:1 for its two ends",
        paddings,
        PADDINGS,
    ),
    "Rounding": Rule("floor, ceil or caffe", one_of(ROUNDINGS), ROUNDINGS, spoken=True),
    "bool": Rule("true or false", one_of(BOOLEANS), spoken=True),
    "Fraction | float": Rule("a number", fraction),
}
"""What the fields of each annotation hold."""


class Known(NamedTuple):
    """What is known of an option by its name: its letter in formulas, and what is tried in its place.

    That is `times` as much, and `more`; nothing is tried where both are 0.
    """

    letter: str
    times: int = 0
    more: int = 0


KNOWN_OPTIONS = {
    "out_channels": Known("C_out", times=2),
    "out_features": Known("F_out", times=2),
    "hidden_size": Known("H_out", times=2),
    "multiplier": Known("M", times=2),
    "kernel_size": Known("K", times=1, more=2),
    "stride": Known("S", times=2),
    "padding": Known("P", times=1, more=1),
    "dilation": Known("D", times=2),
    "groups": Known("G", times=2),
    "num_heads": Known("N", times=2),
    "output_padding": Known("P_out", times=1, more=1),
    "num_embeddings": Known("V"),
    "embedding_dim": Known("E"),
}
"""Options that several kinds have, or that formulas call by a letter; others go by their own names."""


def show_value(value: Held) -> str:
    """A value as its author would write it.

    >>> from fractions import Fraction
    >>> show_value(Fraction(45, 2)), show_value((3, (0, 1))), show_value([3, 4])
    ('22.5', '3x0:1', '[3, 4]')
    """
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(show_value, value))}]"
    if isinstance(value, tuple):
        return "x".join(
            ":".join(map(part_shown, part)) if isinstance(part, tuple) else part_shown(part) for part in value
        )
    if isinstance(value, int) or symbolic(value):
        return unspaced(value)
    if hasattr(value, "denominator"):
        return decimal(value)
    return str(value.name)


def part_shown(value: Held) -> str:
    """One of several parts of a value."""
    return apart(value) if symbolic(value) else show_value(value)
