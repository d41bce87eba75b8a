"""A layer, written as a line of the language says it: `conv 64 7x7/2 p=3`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import apart, symbolic
from convcalc.layers.options import positional_options, schema, show_value
from convcalc.layers.shapes import show_shape
from convcalc.layers.window import show_pads
from convcalc.layers.words import GROUPS, SHORT_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcalc.arithmetic.operations import Held
    from convcalc.layers.base import Layer, Profile
    from convcalc.layers.options import Option
    from convcalc.layers.shapes import Shape

LONG_TO_SHORT = {name: key for key, name in SHORT_KEYS.items()}
"""The short key of each option that has one."""


def describe(kind: str, layer: Layer, profile: Profile, inputs: Sequence[Shape]) -> str:
    """The words for a layer on its inputs: the padding that it has there, and not the rule that gave it."""
    return " ".join([kind, *words(kind, layer, profile, inputs)])


def words(kind: str, layer: Layer, profile: Profile, inputs: Sequence[Shape]) -> Iterator[str]:
    """What stands behind the kind. A bias is left out, as tables have a column for it."""
    for option in schema(kind).values():
        value: Any = getattr(layer, option.name)
        if option.name == "kernel_size":
            yield kernel(layer, profile.windows or ())
        elif option.name == "padding" and not option.required:
            yield from padding(layer, profile, inputs[0])
        elif option.name not in ("stride", "bias") and (option.required or value != default(layer, option.name)):
            yield option_shown(kind, option, value)


def option_shown(kind: str, option: Option, value: Held) -> str:
    """An option as a line has it: by position, by word, or by key."""
    if value is True or (isinstance(value, str) and value in GROUPS):
        return option.name if value is True else str(value)
    if option.name in positional_options(kind):
        return show_value(value)
    return f"{LONG_TO_SHORT.get(option.name, option.name)}={shown_option(value)}"


def kernel(layer: Layer, windows: Sequence[Any]) -> str:
    """A kernel and its stride; a pool's stride is always told, as it would be the kernel otherwise."""
    strides = tuple([window.stride for window in windows])
    shown = show_shape(tuple([window.kernel for window in windows]))
    if set(strides) == {1} and default(layer, "stride") is not None:
        return shown
    return f"{shown}/{show_shape(strides[:1] if len(set(strides)) == 1 else strides)}"


def default(layer: Layer, option: str) -> Held:
    """The value that an option has unless given."""
    return type(layer).__dataclass_fields__[option].default


def padding(layer: Layer, profile: Profile, x: Shape) -> Iterator[str]:
    """The padding of each axis, if there is any: `p=3`, `p=1x2`, `p=0:1`."""
    windows: Sequence[Any] = profile.windows or ()
    found = [window.pads(size) for window, size in zip(windows, x[1:], strict=True)]
    pads = list(map(show_pads, found))
    rule = getattr(layer, "padding", 0)
    if isinstance(rule, str) and any(symbolic(pad) for pair in found for pad in pair):
        yield rule
    elif any(not symbolic(after) and after < 0 for _, after in found):
        yield str(rule)  # it makes up for gaps, which no number says
    elif set(pads) != {"0"}:
        yield f"p={pads[0] if len(set(pads)) == 1 else 'x'.join(map(side_shown, found))}"


def shown_option(value: Held) -> str:
    """The value of an option as a line has it."""
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else show_value(value)


def side_shown(pads: Sequence[Any]) -> str:
    """The padding of one axis of several."""
    before, after = pads
    return apart(before) if before == after else show_pads((before, after))
