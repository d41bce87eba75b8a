"""Convolutions and pools."""

from __future__ import annotations

from functools import partial
from math import prod

from frameworks import nn, torch
from hypothesis import assume
from hypothesis import strategies as st
from torch_draws import (
    AXES,
    CHANNELS,
    FEW,
    Case,
    extents,
    halves,
    image,
    innermost_first,
    now_and_then,
    pairs,
    per_axis,
    slid,
    spread,
    window,
)
from torch_modules import DeformableConv, Function, LocalConv, Separate, ranked

# ------------------------------------------------------------------------------------------------------ convolutions


def convolution(name, axes, in_channels, out_channels, options, **more):
    """A convolution of PyTorch; what it cannot pad, a module before it pads."""
    options = options | more
    padding = options.pop("padding", 0)
    make = ranked(name, axes)
    if padding in {"half", "same_lower", "causal"}:
        padding = around(padding, extents(options["kernel_size"], options.get("dilation", 1), axes))
    if any(isinstance(pad, tuple) for pad in spread(padding, axes)):
        before = ranked("ConstantPad", axes)(tuple(innermost_first(pairs(padding, axes))), 0.0)
        return nn.Sequential(before, make(in_channels, out_channels, **options))
    return make(in_channels, out_channels, padding=padding, **options)


def around(word, spans):
    """The numbers that a word of padding stands for; that of "same_lower" is for a stride of 1."""
    if word == "causal" and len(spans) != 1:
        raise ValueError
    rules = {
        "half": lambda span: span // 2,
        "same_lower": lambda span: (span // 2, (span - 1) // 2),
        "causal": lambda span: (span - 1, 0),
    }
    return tuple(map(rules[word], spans))


def convolved(draw, **rules):
    """Sizes and options of a convolution: "same" without a stride, as PyTorch has it, and at times uneven padding."""
    sizes, options = slid(draw, words=("same", "same_lower", "half", "valid", "causal"), **rules)
    axes = len(sizes)
    if options["padding"] in {"same", "same_lower"}:
        options["stride"] = 1
    if options["padding"] == "causal" and axes != 1 and not now_and_then(draw):
        options["padding"] = 0
    if options["padding"] == 0:
        side = st.integers(0, 2)
        options["padding"] = tuple(draw(st.tuples(side, side)) for _ in range(axes))
    return sizes, options


def grouped(draw):
    """Groups, and channels that are mostly multiples of them."""
    groups = draw(st.integers(1, 4))
    if now_and_then(draw):
        return groups, draw(CHANNELS), draw(CHANNELS)
    return groups, groups * draw(FEW), groups * draw(FEW)


@st.composite
def conv(draw):
    sizes, options = convolved(draw)
    groups, in_channels, out_channels = grouped(draw)
    bias = draw(st.booleans())
    make = partial(convolution, "Conv", len(sizes), in_channels, out_channels, options, groups=groups, bias=bias)
    return Case(
        {"out_channels": out_channels, **options, "groups": groups, "bias": bias}, ((in_channels, *sizes),), make
    )


@st.composite
def depthwise(draw):
    sizes, options = convolved(draw)
    channels, multiplier, bias = draw(CHANNELS), draw(FEW), draw(st.booleans())
    out_channels = multiplier * channels
    make = partial(convolution, "Conv", len(sizes), channels, out_channels, options, groups=channels, bias=bias)
    return Case({**options, "multiplier": multiplier, "bias": bias}, ((channels, *sizes),), make)


@st.composite
def transposed(draw):
    """A word of padding is never "same": PyTorch has none here."""
    sizes, options = slid(draw, words=("half", "valid"), pads=1 if draw(st.booleans()) else 3)
    axes = len(sizes)
    groups, in_channels, out_channels = grouped(draw)
    steps = zip(spread(options["stride"], axes), spread(options["dilation"], axes), strict=False)
    most = max(1, min(map(max, steps))) - 1
    usual = st.integers(-1, 3) if now_and_then(draw) else st.integers(0, most)
    more = {"output_padding": per_axis(draw, axes, usual), "groups": groups, "bias": draw(st.booleans())}
    said = options if options["padding"] != "valid" else options | {"padding": 0}
    make = partial(convolution, "ConvTranspose", axes, in_channels, out_channels, said, **more)
    return Case({"out_channels": out_channels, **options, **more}, ((in_channels, *sizes),), make)


@st.composite
def separable(draw):
    sizes, options = convolved(draw)
    axes, channels, multiplier, out_channels = len(sizes), draw(CHANNELS), draw(FEW), draw(CHANNELS)
    bias = draw(st.booleans())
    inner = multiplier * channels

    def make():
        spatial = convolution("Conv", axes, channels, inner, options, groups=channels, bias=False)
        return nn.Sequential(spatial, ranked("Conv", axes)(inner, out_channels, 1, bias=bias))

    more = {"multiplier": multiplier, "bias": bias}
    return Case({"out_channels": out_channels, **options, **more}, ((channels, *sizes),), make)


@st.composite
def table(draw):
    sizes, options = convolved(draw)
    axes, channels, bias = len(sizes), draw(CHANNELS), draw(st.booleans())
    maps = st.integers(0, channels - 1 + now_and_then(draw))
    connections = tuple(map(tuple, draw(st.lists(st.lists(maps, min_size=1, unique=True), min_size=1, max_size=5))))

    def make():
        return Separate(connections, [convolution("Conv", axes, len(m), 1, options, bias=bias) for m in connections])

    return Case({"connections": connections, **options, "bias": bias}, ((channels, *sizes),), make)


@st.composite
def local(draw):
    """A word of padding is never "same": unfolding has none."""
    sizes, options = slid(draw, words=("half", "valid"), dilations=False, pads=2, spoil=("kernel_size", "stride"))
    axes, channels, out_channels, bias = len(sizes), draw(CHANNELS), draw(CHANNELS), draw(st.booleans())
    kernel_size, stride = spread(options["kernel_size"], axes), spread(options["stride"], axes)
    words = {"half": halves(kernel_size, 1, axes), "valid": 0}
    pads = pairs(words.get(options["padding"], options["padding"]), axes)
    padded = tuple(size + before + after for size, (before, after) in zip(sizes, pads, strict=True))

    def make():
        pad = ranked("ConstantPad", axes)(tuple(innermost_first(pads)), 0.0)
        return nn.Sequential(pad, LocalConv(channels, out_channels, kernel_size, stride, padded, bias=bias))

    return Case({"out_channels": out_channels, **options, "bias": bias}, ((channels, *sizes),), make)


@st.composite
def deformable(draw):
    sizes, options = convolved(draw)
    axes, (groups, in_channels, out_channels) = len(sizes), grouped(draw)
    divisors = st.sampled_from([n for n in range(1, in_channels + 1) if in_channels % n == 0])
    offset_groups = draw(FEW if now_and_then(draw) else divisors)
    modulated, bias = draw(st.booleans()), draw(st.booleans())
    kernel_size = spread(options["kernel_size"], axes)
    offsets = (axes + modulated) * prod(kernel_size) * offset_groups

    def make():
        main = convolution("Conv", axes, in_channels, out_channels, options, groups=groups, bias=bias)
        side = convolution("Conv", axes, in_channels, offsets, options)
        return DeformableConv(in_channels, main, side, offset_groups)

    more = {"groups": groups, "offset_groups": offset_groups, "modulated": modulated, "bias": bias}
    return Case({"out_channels": out_channels, **options, **more}, ((in_channels, *sizes),), make)


# ------------------------------------------------------------------------------------------------------------- pools


def pooling(name, axes, options):
    """A pool of PyTorch."""
    options = dict(options)
    ceil_mode = options.pop("rounding") == "ceil"
    if "padding" in options:
        words = {"half": halves(options["kernel_size"], options.get("dilation", 1), axes), "valid": 0}
        options["padding"] = words.get(options["padding"], options["padding"])
    return partial(ranked(name, axes), **options, ceil_mode=ceil_mode)


@st.composite
def pool(draw, name, **rules):
    sizes, options = slid(draw, words=("half", "valid"), pooling=True, **rules)
    options["rounding"] = draw(st.sampled_from(["floor", "ceil"]))
    return Case(options, ((draw(CHANNELS), *sizes),), pooling(name, len(sizes), options))


@st.composite
def average(draw, name, **rules):
    """With three axes, kernels that fit them without padding: avg_pool3d refuses others before it pads and rounds.

    avg_pool1d and avg_pool2d do not ask that ("input image smaller than kernel size"), nor do max pools, nor does ONNX.
    """
    case = draw(pool(name, **rules))
    sizes = case.inputs[0][1:]
    kernels = spread(case.options["kernel_size"], len(sizes))
    assume(len(sizes) < 3 or all(k <= n for k, n in zip(kernels, sizes, strict=False)))
    return case


@st.composite
def power(draw):
    """PyTorch's lp_pool1d takes no tuples."""
    case = draw(average("LPPool", dilations=False, pads=None, spoil=False))
    axes, norm_type = len(case.inputs[0]) - 1, draw(st.integers(1, 3))
    alone = {"kernel_size", "stride"} if axes == 1 else ()
    said = {name: spread(value, 1)[0] if name in alone else value for name, value in case.options.items()}
    make = pooling("LPPool", axes, said | {"norm_type": norm_type})
    return case._replace(options=case.options | {"norm_type": norm_type}, module=make)


@st.composite
def adaptive(draw, name):
    x = image(draw)
    axes = len(x) - 1
    numbers = st.integers(-1 if now_and_then(draw) else 1, 9)
    output_size = per_axis(draw, axes + now_and_then(draw), numbers)
    return Case({"output_size": output_size}, (x,), partial(ranked(name, axes), output_size))


@st.composite
def overall(draw, name):
    x = image(draw)
    return Case({}, (x,), partial(ranked(name, len(x) - 1), 1))


@st.composite
def unpool(draw):
    """Strides and padding are in range: PyTorch does not ask it of them here."""
    axes = draw(AXES)
    options = window(draw, axes, dilations=False, pooling=True, pads=2)
    x = (draw(CHANNELS), *(draw(st.integers(1, 4)) for _ in range(axes)))
    kernels = spread(options["kernel_size"], axes)
    strides = kernels if options["stride"] is None else spread(options["stride"], axes)
    usual = zip(x[1:], kernels, strides, spread(options["padding"], axes), strict=True)
    least = [(size - 1) * stride + kernel - 2 * pad for size, kernel, stride, pad in usual]
    if draw(st.booleans()):
        added = st.integers(-2, 2) if draw(st.booleans()) else st.just(0)
        options["output_size"] = tuple(max(0, size + draw(added)) for size in least)

    def make():
        own = ranked("MaxUnpool", axes)(*(options[name] for name in ("kernel_size", "stride", "padding")))
        size = list(options["output_size"]) if "output_size" in options else None
        return Function(lambda x: own(x, torch.zeros_like(x, dtype=torch.int64), output_size=size))

    return Case(options, (x,), make)
