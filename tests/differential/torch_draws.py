"""What is drawn for a kind: its options, the shapes that reach it, and the module of PyTorch that they describe."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from frameworks import nn, torch


class Case(NamedTuple):
    """Options of a kind, the shapes that reach it, and what makes the same module of PyTorch."""

    options: dict[str, Any]
    inputs: tuple[tuple[int, ...], ...]
    module: Callable[[], nn.Module]
    dtype: torch.dtype | None = None


AXES = st.integers(1, 3)
CHANNELS = st.integers(1, 12)
FEW = st.integers(1, 3)
SIDES = {0: 14, 1: 14, 2: 14, 3: 9}
"""The largest size, for each number of axes."""


def now_and_then(draw):
    """True once in six times: what is usual is what can be applied, and what is not should still be met.

    Of few values hypothesis draws some far more often than others, of many it does not.
    """
    return draw(st.integers(0, 599)) % 6 == 5


def image(draw, axes=None, channels=CHANNELS):
    """A shape (C, *sizes)."""
    axes = draw(AXES) if axes is None else axes
    return (draw(channels), *(draw(st.integers(1, SIDES[axes])) for _ in range(axes)))


def tensor(draw, most=3):
    """A shape of one to four numbers."""
    return image(draw, draw(st.integers(0, most)))


def per_axis(draw, axes, values):
    """One value for all axes, or one for each."""
    return tuple(draw(values) for _ in range(axes)) if draw(st.booleans()) else draw(values)


def spread(value, axes):
    """One value for each axis."""
    return value if isinstance(value, tuple) else (value,) * axes


def halves(kernel_size, dilation, axes):
    """Half of the extent of each axis: the padding that descriptions call "half"."""
    return tuple(extent // 2 for extent in extents(kernel_size, dilation, axes))


def extents(kernel_size, dilation, axes):
    """The positions from the first tap to the last, on each axis."""
    return [(k - 1) * d + 1 for k, d in zip(spread(kernel_size, axes), spread(dilation, axes), strict=False)]


def pairs(padding, axes):
    """(before, after) of each axis."""
    return [pad if isinstance(pad, tuple) else (pad, pad) for pad in spread(padding, axes)]


def innermost_first(pads):
    """The order in which PyTorch pads: the last axis first."""
    return [side for pad in reversed(pads) for side in pad]


WRONG = {"kernel_size": [-1], "stride": [0, -1], "padding": [-1], "dilation": [0]}
"""Numbers that are out of the range of an option, in PyTorch, too."""


def spoilt(draw, options, axes, names):
    """The options with one that is out of range, or that has a number too many."""
    name = draw(st.sampled_from(sorted(options.keys() & set(names))))
    right = 0 if name == "padding" else 1
    return options | {name: draw(st.sampled_from([*WRONG[name], (right,) * (axes + 1)]))}


def window(draw, axes, *, words=(), pads=3, dilations=True, pooling=False):
    """The options of a window; of a pool, whose stride may be left out, padding is mostly within half of the kernel."""
    options = {"kernel_size": per_axis(draw, axes, st.integers(1, 5 if axes < 3 else 3))}
    options["stride"] = per_axis(draw, axes, st.integers(1, 4))
    if draw(st.booleans()):
        options["stride"] = None if pooling else 1
    if dilations:
        options["dilation"] = draw(st.just(1)) if draw(st.booleans()) else per_axis(draw, axes, st.integers(1, 3))
    if pads is not None:
        within = min(spread(options["kernel_size"], axes)) // 2 if pooling and not now_and_then(draw) else pads
        word = draw(st.sampled_from([None, None, *words]))
        options["padding"] = word or per_axis(draw, axes, st.integers(0, within))
    return options


def room(draw, axes, options):
    """Sizes on which the window mostly fits."""
    kernels, dilations = spread(options["kernel_size"], axes), spread(options.get("dilation", 1), axes)
    if now_and_then(draw):
        return tuple(draw(st.integers(1, 4)) for _ in range(axes))
    least = [(k - 1) * d + 1 for k, d in zip(kernels, dilations, strict=True)]
    return tuple(draw(st.integers(extent, max(extent, SIDES[axes]))) for extent in least)


def slid(draw, *, spoil=tuple(WRONG), **rules):
    """The sizes of one to three axes, and the options of a window on them, once in a while with a wrong number."""
    axes = draw(AXES)
    options = window(draw, axes, **rules)
    sizes = room(draw, axes, options)
    if spoil and now_and_then(draw):
        options = spoilt(draw, options, axes, spoil)
    return sizes, options
