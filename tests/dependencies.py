"""A small network run on what its numbers depend on: each value is the set of input positions that it was made of.

There are no kernels' extents here, no jumps and no rule of convcalc: taps are listed one by one, from the definitions
of the operations. Padding depends on nothing, and what was made of it remembers that it was.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import floor
from typing import NamedTuple

POINTWISE = {
    "bn", "ln", "lrn", "relu", "relu6", "sigmoid", "softmax", "prelu", "scale", "dropout", "pass", "channel_shuffle",
    "glu", "maxout", "rmsnorm", "position_embedding", "split",
}  # fmt: skip  # a list reads better in lines
"""Kinds that read one position to make one. The statistics of norms are no part of a receptive field."""


class Value(NamedTuple):
    """What one position of a tensor is made of: positions of inputs; `pure` if nothing of it was padding."""

    seen: frozenset = frozenset()
    pure: bool = True


Tensor = dict
"""The value at each position, all channels together."""


def everything(report):
    """The tensor of each input and of each node of a network."""
    shapes = {name: shape[1:] for name, shape in report.graph.inputs.items()}
    tensors = {
        name: {at: Value(frozenset([(name, at)])) for at in product(*map(range, sizes))}
        for name, sizes in shapes.items()
    }
    for row in report.rows:
        read = [tensors[name] for name in row.node.inputs]
        sizes = [shape[1:] for shape in row.inputs]
        tensors[row.node.name] = made(row.node.kind, row.node.layer, read, sizes, row.profile.output)
    return tensors


def made(kind, layer, read, sizes, output):
    """What a layer makes of the tensors that it reads."""
    if kind in POINTWISE:
        return read[0]
    if kind in {"add", "concat", "mul"}:
        return joined(read, sizes, output[1:], repeats=kind == "mul")
    if kind in {"attention", "matmul", "linear"} or (kind == "flatten" and layer.start_dim == 0):
        whole = mixed(value for tensor in read for value in tensor.values())
        return dict.fromkeys(product(*map(range, output[1:])), whole)
    if kind in {"flatten", "reshape"}:
        return reshaped(read[0], sizes[0], output)
    places = [axis_read(kind, layer, axis, sizes[0], output[1:]) for axis in range(len(sizes[0]))]
    return {
        at: mixed(read[0].get(tap, Value(pure=False)) for tap in product(*taps))
        for at, taps in zip(product(*[range(len(own)) for own in places]), product(*places), strict=True)
    }


def mixed(values):
    """A value that is made of others."""
    values = list(values)
    return Value(frozenset().union(*[value.seen for value in values]), all(value.pure for value in values))


def joined(read, sizes, wanted, *, repeats):
    """Tensors number by number: larger ones are cropped in the middle, and, for `mul`, axes of 1 are repeated."""
    result = {}
    for at in product(*map(range, wanted)):
        values = []
        for tensor, own in zip(read, sizes, strict=True):
            gate = [repeats and size == 1 < most for size, most in zip(own, wanted, strict=True)]
            if any(gate):
                continue  # a gate is left out of the receptive field
            values.append(tensor[tuple(i + (size - most) // 2 for i, size, most in zip(at, own, wanted, strict=True))])
        result[at] = mixed(values)
    return result


def reshaped(tensor, sizes, output):
    """Positions in their order, where the channels stay as they are."""
    flat = [tensor[at] for at in product(*map(range, sizes))]
    return dict(zip(product(*map(range, output[1:])), flat, strict=True))


def axis_read(kind, layer, axis, sizes, output):
    """For each output position of an axis, the positions that it reads, those outside included."""
    size = sizes[axis]
    new = output[axis] if axis < len(output) else 1
    if kind in PLACED:
        return [list(PLACED[kind](layer, axis, i, size, new)) for i in range(new)]
    return spread(layer, axis, size, new) if kind in {"upconv", "maxunpool"} else slid(layer, axis, size, new)


def of(option, axis):
    """The number of an option on one axis."""
    return option[axis] if isinstance(option, tuple) else option


def ends(margin, axis):
    """What an option adds before and after one axis."""
    if isinstance(margin, tuple) and len(margin) == 1 and isinstance(margin[0], tuple):
        return margin[0]
    own = of(margin, axis)
    return own if isinstance(own, tuple) else (own, own)


def taps(layer, axis):
    """How far each tap of a kernel is from the first."""
    return [j * of(getattr(layer, "dilation", 1), axis) for j in range(of(layer.kernel_size, axis))]


def step(layer, axis):
    """How far a window is from the next."""
    stride = layer.kernel_size if layer.stride is None else layer.stride
    return of(stride, axis)


def before(layer, axis, needed):
    """The padding before an axis, where `same` needs so many positions more than there are."""
    missing = max(needed, 0)
    rules = {
        "same": missing // 2,
        "same_lower": missing - missing // 2,
        "half": (taps(layer, axis)[-1] + 1) // 2,
        "causal": taps(layer, axis)[-1],
        "valid": 0,
    }
    padding = getattr(layer, "padding", 0)
    return rules[padding] if isinstance(padding, str) else ends(padding, axis)[0]


def slid(layer, axis, size, new):
    """A window that slides."""
    stride, reached = step(layer, axis), taps(layer, axis)
    first = before(layer, axis, (new - 1) * stride + reached[-1] + 1 - size)
    return [[i * stride + tap - first for tap in reached] for i in range(new)]


def spread(layer, axis, size, new):
    """A window that spreads each position: for each output position, what reaches it."""
    stride, reached = step(layer, axis), taps(layer, axis)
    first = before(layer, axis, (size - 1) * stride + reached[-1] + 1 - size * stride)
    places = [[] for _ in range(new)]
    for source in range(size):
        for tap in reached:
            if 0 <= source * stride + tap - first < new:
                places[source * stride + tap - first].append(source)
    return places


def interpolated(layer, axis, position, size, new):
    """The neighbours of weight above 0, by the documentation of PyTorch's interpolate, align_corners left at False.

    A scale_factor is used as it is; the size that it leads to is rounded down. Neighbours beyond the border are the
    border itself. Linear interpolation copies an axis whose size stays.
    """
    factor = Fraction(new, size) if layer.scale_factor is None else Fraction(of(layer.scale_factor, axis))
    if layer.mode == "nearest":
        return [floor(position / factor)]
    if size == new and layer.mode != "bicubic":
        return [position]
    at = (position + Fraction(1, 2)) / factor - Fraction(1, 2)
    if at == floor(at):
        return [floor(at)]
    least = {"linear": 0, "bilinear": 0, "trilinear": 0, "bicubic": -1}[layer.mode]
    return [min(max(floor(at) + k, 0), size - 1) for k in range(least, 2 - least)]


def adapted(_layer, _axis, i, size, new):
    """Windows from floor(i · size / new) to ceil((i + 1) · size / new)."""
    return range(floor(Fraction(i * size, new)), -floor(Fraction(-(i + 1) * size, new)))


def blocks(layer, axis, i, size, _new):
    """The block that a position is in, as much of it as there is."""
    side = of(layer.window_size, axis)
    return range(i - i % side, min(i - i % side + side, size))


def along(layer, _axis, i, size, _new):
    """All that is before a position, or, both ways, everything."""
    return range(size if layer.bidirectional else i + 1)


PLACED = {
    "gap": lambda _layer, _axis, _i, size, _new: range(size),
    "gmp": lambda _layer, _axis, _i, size, _new: range(size),
    "adaptive_avgpool": adapted,
    "adaptive_maxpool": adapted,
    "upsample": interpolated,
    "pixel_shuffle": lambda layer, _axis, i, *_: [i // layer.upscale_factor],
    "pixel_unshuffle": lambda layer, _axis, i, *_: [
        i * layer.downscale_factor + j for j in range(layer.downscale_factor)
    ],
    "pad": lambda layer, axis, i, *_: [i - ends(layer.padding, axis)[0]],
    "crop": lambda layer, axis, i, *_: [i + ends(layer.cropping, axis)[0]],
    "center_crop": lambda _layer, _axis, i, size, new: [i + (size - new) // 2],
    "slice": lambda layer, axis, i, *_: [i + (layer.start if layer.axis == axis + 1 else 0)],
    "class_token": lambda _layer, _axis, i, *_: [i - 1] if i else [],
    "window_attention": blocks,
    "lstm": along,
    "gru": along,
}
"""What each output position of an axis reads, where that is no window that slides or spreads."""
