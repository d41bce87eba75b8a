"""Networks worked out from their layers' options alone, without the rules of the program: an oracle for topics.

A size is how many windows there is room for, weights are the numbers of a tensor laid out as in PyTorch, and a
multiplication is one weight at one place.
"""

from math import ceil, prod
from typing import NamedTuple


class ImpossibleError(Exception):
    """A layer that cannot be."""


class Worked(NamedTuple):
    """What a layer makes, what it learns, and what its first output position sees along the last axis of the input."""

    inputs: list
    output: tuple
    weights: int = 0
    biases: int = 0
    macs: int = 0
    fan_in: int = 1
    statistics: int = 0
    pads: tuple = (0, 0)
    extent: int = 1
    stride: int = 1
    sees: tuple = (0, 0, 1)


def each(option, axes):
    """An option, for each axis."""
    return list(option) if isinstance(option, tuple) else [option] * axes


def margins(layer, sizes, extents, strides):
    """What is added before and after each axis."""
    padding = getattr(layer, "padding", 0)
    found = []
    for index, (size, extent, stride) in enumerate(zip(sizes, extents, strides, strict=True)):
        own = padding[index if len(padding) > 1 else 0] if isinstance(padding, tuple) else padding
        if own in ("same", "same_lower"):
            zeros = max(0, (ceil(size / stride) - 1) * stride + extent - size)
            small, large = zeros // 2, zeros - zeros // 2
            found.append((small, large) if own == "same" else (large, small))
        elif own == "half":
            found.append((extent // 2, extent // 2))
        elif own == "causal":
            found.append((extent - 1, 0))
        elif own == "valid":
            found.append((0, 0))
        else:
            found.append(own if isinstance(own, tuple) else (own, own))
    return found


def windows(layer, sizes):
    """For each axis: kernel, extent, stride, margins, and how many windows there are."""
    kernels = each(layer.kernel_size, len(sizes))
    strides = each(getattr(layer, "stride", None) or layer.kernel_size, len(sizes))
    dilations = each(getattr(layer, "dilation", 1), len(sizes))
    extents = [dilation * (kernel - 1) + 1 for kernel, dilation in zip(kernels, dilations, strict=True)]
    pads = margins(layer, sizes, extents, strides)
    counts = []
    for size, extent, stride, (before, after) in zip(sizes, extents, strides, pads, strict=True):
        starts = range(-before, size + after - extent + 1, stride)
        number = len(starts)
        rounding = getattr(layer, "rounding", "floor")
        if rounding != "floor":
            number = len([start for start in range(-before, size + (after if rounding == "caffe" else 0), stride)
                          if start < size or rounding == "caffe"][: number + 1])  # fmt: skip
            last = -before + (number - 1) * stride
            number -= last + extent - 1 - (size + after - 1) >= stride
        if number < 1:
            raise ImpossibleError(f"kernel_size {layer.kernel_size} on {size}")
        counts.append(number)
    return kernels, extents, strides, pads, counts


def divided(number, parts):
    """Equal parts."""
    if number % parts:
        raise ImpossibleError(f"{number} in {parts} parts")
    return number // parts


def slid(row, read, before):
    """A layer that slides along the axes of its one input."""
    layer, kind = row.node.layer, row.node.kind
    channels, *sizes = read
    kernels, extents, strides, pads, counts = windows(layer, sizes)
    taps, places = prod(kernels), prod(counts)
    first, last, jump = before
    sees = (first - jump * pads[-1][0], last + jump * (extents[-1] - 1 - pads[-1][0]), jump * strides[-1])
    told = {"pads": pads[-1], "extent": extents[-1], "stride": strides[-1], "sees": sees}
    has_bias = getattr(layer, "bias", False)
    if kind == "conv":
        own = divided(channels, layer.groups)
        divided(layer.out_channels, layer.groups)
        weight = (layer.out_channels, own, *kernels)
        return Worked(
            [read], (layer.out_channels, *counts), prod(weight), layer.out_channels * has_bias, prod(weight) * places,
            own * taps, **told,
        )  # fmt: skip
    if kind == "dwconv":
        maps = channels * layer.multiplier
        return Worked([read], (maps, *counts), maps * taps, maps * has_bias, maps * taps * places, taps, **told)
    if kind == "local_conv":
        weight = (layer.out_channels, channels, *kernels, *counts)
        return Worked(
            [read], (layer.out_channels, *counts), prod(weight), layer.out_channels * places * has_bias, prod(weight),
            channels * taps, **told,
        )  # fmt: skip
    if kind == "table_conv":
        links = sum(map(len, layer.connections))
        filters = len(layer.connections)
        reads = max(map(len, layer.connections)) * taps
        return Worked(
            [read], (filters, *counts), links * taps, filters * has_bias, links * taps * places, reads, **told
        )  # fmt: skip
    if kind == "sepconv":
        maps = channels * layer.multiplier
        weights = maps * taps + layer.out_channels * maps
        macs = (maps * taps + layer.out_channels * maps) * places
        return Worked(
            [read], (layer.out_channels, *counts), weights, layer.out_channels * has_bias, macs, channels * taps, **told
        )
    return Worked([read], (channels, *counts), fan_in=taps, **told)


def spread(row, read, before):
    """A transposed convolution: each input value adds its filter to the output, from which the padding is cut."""
    layer = row.node.layer
    channels, *sizes = read
    axes = len(sizes)
    kernels, strides = each(layer.kernel_size, axes), each(layer.stride, axes)
    dilations, extra = each(layer.dilation, axes), each(layer.output_padding, axes)
    pads = [own if isinstance(own, tuple) else (own, own) for own in each(layer.padding, axes)]
    counts = []
    for size, kernel, stride, dilation, more, pad in zip(sizes, kernels, strides, dilations, extra, pads, strict=True):
        reached = {place * stride + tap * dilation for place in range(size) for tap in range(kernel)}
        counts.append(max(reached) + 1 + more - sum(pad))
    weight = (channels, divided(layer.out_channels, layer.groups), *kernels)
    biases = layer.out_channels * layer.bias
    fan_in = (
        channels // layer.groups * prod(ceil(kernel / stride) for kernel, stride in zip(kernels, strides, strict=True))
    )
    return Worked(
        [read], (layer.out_channels, *counts), prod(weight), biases, prod(weight) * prod(sizes), fan_in, sees=before
    )


def attended(row, read, before):
    """Attention: four matrices, scores, and means by them."""
    layer = row.node.layer
    channels, tokens = read[0], prod(read[1:])
    inner = layer.num_heads * (layer.head_dim or divided(channels, layer.num_heads))
    matrices = [(channels, inner)] * 3 + [(inner, channels)]
    weights = sum(map(prod, matrices))
    scores = layer.num_heads * tokens * tokens * (inner // layer.num_heads)
    biases = (3 * inner + channels) * layer.bias
    return Worked([read], read, weights, biases, weights * tokens + 2 * scores, prod(read), sees=before)


def worked(report):
    """All layers of a network, by name."""
    shapes = {name: (shape, (0, 0, 1)) for name, shape in report.graph.inputs.items()}
    found = {}
    for row in report.rows:
        reads = [shapes[name] for name in row.node.inputs]
        found[row.node.name] = own = one(row, [shape for shape, _ in reads], [sees for _, sees in reads])
        shapes[row.node.name] = own.output, own.sees
    return found


def flat(row, read, before):
    """A linear layer weighs all numbers that it reads."""
    layer = row.node.layer
    assert layer.over == "all"
    weight = (layer.out_features, prod(read))
    biases = layer.out_features * layer.bias
    return Worked([read], (layer.out_features,), prod(weight), biases, prod(weight), prod(read), sees=before)


def pooled(_row, read, before):
    """One number for each channel."""
    return Worked([read], (read[0], *[1] * (len(read) - 1)), fan_in=prod(read[1:]), sees=before)


def normed(_row, read, before):
    """Two learnt numbers and two measured ones for each channel."""
    return Worked([read], read, read[0], read[0], statistics=2 * read[0], sees=before)


def scaled(row, read, before):
    """A learnt number or two for each channel."""
    return Worked([read], read, read[0], read[0] * row.node.layer.bias, sees=before)


def cut(row, read, before):
    """A part of an axis."""
    layer, sizes = row.node.layer, list(read)
    sizes[layer.axis] = len(range(read[layer.axis])[layer.start : layer.stop])
    return Worked([read], tuple(sizes), sees=before)


def same(_row, read, before):
    """Each number for itself."""
    return Worked([read], read, sees=before)


KINDS = {
    **dict.fromkeys(("conv", "dwconv", "sepconv", "local_conv", "table_conv", "maxpool", "avgpool"), slid),
    **dict.fromkeys(("relu", "lrn", "dropout", "tanh", "sigmoid"), same),
    "upconv": spread,
    "attention": attended,
    "linear": flat,
    "gap": pooled,
    "bn": normed,
    "scale": scaled,
    "slice": cut,
}
"""How a kind of one input is worked out."""


def one(row, reads, sees):
    """A layer on what it reads."""
    kind, read = row.node.kind, reads[0]
    if kind in KINDS:
        return KINDS[kind](row, read, sees[0])
    both = min(first for first, _, _ in sees), max(last for _, last, _ in sees), sees[0][2]
    if kind == "concat":
        return Worked(reads, (sum(shape[0] for shape in reads), *read[1:]), sees=both)
    assert kind in ("add", "mul"), kind
    return Worked(reads, read, fan_in=len(reads), sees=both)
