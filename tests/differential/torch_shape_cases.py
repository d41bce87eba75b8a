"""Kinds that change shapes: sizes, and arrangements of the same numbers."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from math import floor, prod

from frameworks import nn, torch
from hypothesis import assume
from hypothesis import strategies as st
from torch_draws import AXES, CHANNELS, FEW, Case, image, innermost_first, now_and_then, pairs, per_axis, spread, tensor
from torch_modules import Function, centred, narrowed, ranked

# ------------------------------------------------------------------------------------------------------------ sizes

SCALES = st.sampled_from([*map(Fraction, ("1/3", "0.5", "0.7", "1", "1.1", "1.5", "1.9", "7/3", "2.25")), 2, 3])
MODES = {1: "linear", 2: "bilinear", 3: "trilinear"}


@st.composite
def upsample(draw):
    """PyTorch computes sizes in floats: where 0.7 * 10 falls short of 7, it is PyTorch that is wrong."""
    x = (draw(CHANNELS), *(draw(st.integers(1 if now_and_then(draw) else 3, 12)) for _ in range(draw(AXES))))
    axes = len(x) - 1
    modes = ["nearest", MODES[axes], *(["bicubic"] if axes == 2 else [])]
    options = {"mode": draw(st.sampled_from([*MODES.values(), "bicubic"] if now_and_then(draw) else modes))}
    if draw(st.booleans()):
        options["size"] = per_axis(draw, axes, st.integers(0 if now_and_then(draw) else 1, 20))
        given = options
    else:
        scale = options["scale_factor"] = per_axis(draw, axes + now_and_then(draw), SCALES)
        for size, factor in zip(x[1:], spread(scale, axes), strict=False):
            assume(floor(size * factor) == floor(size * float(factor)))
        factors = tuple(map(float, scale)) if isinstance(scale, tuple) else float(scale)
        given = options | {"scale_factor": factors}
    if now_and_then(draw):
        neither = {"mode": options["mode"]}
        both = options | {"size": 2, "scale_factor": 2}
        options = given = draw(st.sampled_from([neither, both]))
    return Case(options, (x,), partial(nn.Upsample, **given))


@st.composite
def shuffle(draw):
    """Of two axes: PyTorch reads three numbers of a shape as an image without a batch."""
    factor = draw(FEW)
    channels = draw(FEW) * factor**2 + now_and_then(draw)
    return Case({"upscale_factor": factor}, (image(draw, 2, st.just(channels)),), partial(nn.PixelShuffle, factor))


@st.composite
def unshuffle(draw):
    factor = draw(FEW)
    sides = [draw(FEW) * factor + now_and_then(draw) for _ in range(2)]
    x = (draw(CHANNELS), *sides)
    return Case({"downscale_factor": factor}, (x,), partial(nn.PixelUnshuffle, factor))


PADDERS = {
    "constant": "ConstantPad",
    "reflect": "ReflectionPad",
    "replicate": "ReplicationPad",
    "circular": "CircularPad",
}


def margins(draw, axes, most=4):
    """Numbers to add to or take from axes: one for all, one for each, or one for each end of each."""
    sides = st.integers(0, most)
    if draw(st.booleans()):
        return per_axis(draw, axes, sides)
    return tuple(draw(st.tuples(sides, sides)) for _ in range(axes))


@st.composite
def pad(draw):
    """A padding that is none of `mode` constant is drawn around bigger images: it repeats what is there."""
    axes = draw(AXES)
    options = {"padding": margins(draw, axes), "mode": draw(st.sampled_from(list(PADDERS)))}
    x = image(draw, axes) if now_and_then(draw) else (draw(CHANNELS), *(draw(st.integers(2, 9)) for _ in range(axes)))
    more = draw(st.tuples(st.integers(0, 2), st.integers(0, 2))) if draw(st.booleans()) else (0, 0)
    if more != (0, 0):
        options["channels"] = (more,)

    def make():
        sides = tuple(innermost_first(pairs(options["padding"], axes)))
        own = ranked(PADDERS[options["mode"]], axes)(sides, *([0.0] if options["mode"] == "constant" else []))
        return Function(lambda x: nn.functional.pad(own(x), [0, 0] * axes + list(more)))

    return Case(options, (x,), make)


@st.composite
def crop(draw):
    x = image(draw) if now_and_then(draw) else (draw(CHANNELS), *(draw(st.integers(5, 9)) for _ in range(draw(AXES))))
    axes = len(x) - 1
    cropping = margins(draw, axes, most=2)
    return Case({"cropping": cropping}, (x,), partial(Function, partial(narrowed, cuts=pairs(cropping, axes))))


@st.composite
def middle(draw):
    """To a size, or to that of a second tensor."""
    x = image(draw)
    sizes = tuple(draw(st.integers(1, size + now_and_then(draw))) for size in x[1:])
    if draw(st.booleans()):
        own = partial(Function, partial(centred, sizes=sizes))
        return Case({"output_size": sizes[0] if len(set(sizes)) == 1 else sizes}, (x,), own)
    other = (draw(CHANNELS), *(sizes[1:] if now_and_then(draw) else sizes))
    return Case({}, (x, other), partial(Function, lambda x, other: centred(x, other.shape[2:])))


# ------------------------------------------------------------------------------------------------------ arrangements


@st.composite
def flatten(draw):
    x = tensor(draw)
    start_dim = draw(st.integers(0, len(x) - 1 + now_and_then(draw)))
    options = {"start_dim": start_dim} if draw(st.booleans()) else {}
    return Case(options, (x,), partial(nn.Flatten, 1 + options.get("start_dim", 0)))


@st.composite
def reshape(draw):
    """The prime factors of all numbers, dealt out anew."""
    x = tensor(draw)
    shape = [1] * draw(st.integers(1, 4))
    left, factor = prod(x), 2
    while left > 1:
        factor = next(n for n in range(factor, left + 1) if left % n == 0)
        left //= factor
        shape[draw(st.integers(0, len(shape) - 1))] *= factor
    if draw(st.booleans()):
        shape[draw(st.integers(0, len(shape) - 1))] = -1
    if now_and_then(draw):
        shape[0] = draw(st.sampled_from([-1, 2, 5, 7]))
    return Case({"shape": tuple(shape)}, (x,), partial(Function, lambda x: x.reshape(1, *shape)))


@st.composite
def permute(draw):
    x = tensor(draw)
    dims = tuple(draw(st.permutations(range(len(x)))))
    if now_and_then(draw):
        dims = draw(st.sampled_from([(*dims, len(dims)), (*dims[1:], dims[-1] + 1), dims[1:] or (1,)]))
    return Case({"dims": dims}, (x,), partial(Function, lambda x: x.permute(0, *(dim + 1 for dim in dims))))


def axis_of(draw, x):
    """The options that name an axis, and the axis that they name; now and then it does not exist."""
    if draw(st.booleans()):
        return {}, 0
    axis = draw(st.integers(0, len(x) - 1 + now_and_then(draw)))
    return {"axis": axis}, axis


@st.composite
def cut(draw):
    x = tensor(draw)
    options, axis = axis_of(draw, x)
    size = x[axis] if axis < len(x) else 3
    start = draw(st.integers(0, size - 1))
    stop = draw(st.integers(start + 1, size)) if not now_and_then(draw) else draw(st.integers(0, size + 2))
    make = partial(Function, lambda x: x.narrow(1 + axis, start, stop - start))
    return Case({"start": start, "stop": stop} | options, (x,), make)


@st.composite
def split(draw):
    """Into equal parts: torch.chunk makes the last one smaller, or leaves it out, where they cannot be."""
    x = list(tensor(draw))
    options, axis = axis_of(draw, x)
    sections = draw(FEW)
    index = draw(st.integers(0, sections - 1 + now_and_then(draw)))
    if axis < len(x) and not now_and_then(draw):
        x[axis] = sections * draw(FEW)

    def own(x):
        if x.shape[1 + axis] % sections:
            raise ValueError
        return torch.chunk(x, sections, 1 + axis)[index]

    return Case({"sections": sections, "index": index} | options, (tuple(x),), partial(Function, own))


@st.composite
def channel_shuffle(draw):
    """On an input with an axis: PyTorch shuffles no flat one, though it could."""
    groups = draw(FEW)
    channels = groups * draw(FEW) + now_and_then(draw)
    return Case({"groups": groups}, (image(draw, channels=st.just(channels)),), partial(nn.ChannelShuffle, groups))
