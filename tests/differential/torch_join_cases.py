"""Joins, attention and what goes along with it."""

from __future__ import annotations

from functools import partial, reduce

from frameworks import torch
from hypothesis import strategies as st
from torch_draws import AXES, CHANNELS, FEW, Case, image, now_and_then, per_axis, spread, tensor
from torch_modules import Added, Attention, Function, HeadedAttention, Recurrent, WindowAttention, centred

# ------------------------------------------------------------------------------------------------------------- joins


def joined(draw, change):
    """Two or three shapes that are alike but for what `change` makes of some; now and then one has an axis more."""
    first = tensor(draw)
    others = [tuple(change(first)) for _ in range(draw(st.integers(1, 2)))]
    if now_and_then(draw):
        others[0] = (*others[0], draw(FEW))
    return (first, *others)


@st.composite
def add(draw):
    """Of tensors of one shape: PyTorch repeats axes of 1, which hides mistakes, but not where it stacks."""
    options = {"crop": draw(st.booleans())}
    grow = 2 if options["crop"] else 0
    inputs = joined(draw, lambda x: [x[0], *(n + draw(st.integers(0, grow)) + wrong(draw) for n in x[1:])])
    own = middles if options["crop"] else tuple
    return Case(options, inputs, partial(Function, lambda *xs: torch.stack(own(xs)).sum(0)))


@st.composite
def concat(draw):
    options = {"crop": draw(st.booleans())}
    grow = 2 if options["crop"] else 0
    inputs = joined(draw, lambda x: [draw(CHANNELS), *(n + draw(st.integers(0, grow)) + wrong(draw) for n in x[1:])])
    own = middles if options["crop"] else tuple
    return Case(options, inputs, partial(Function, lambda *xs: torch.cat(own(xs), dim=1)))


def wrong(draw):
    """One less or one more, rarely."""
    return draw(st.sampled_from([-1, 1])) if now_and_then(draw) and now_and_then(draw) else 0


def middles(tensors):
    """All tensors, the others cropped to the sizes of the first."""
    first, *others = tensors
    return (first, *(centred(other, first.shape[2:]) for other in others))


@st.composite
def mul(draw):
    """Of equally many axes: PyTorch would add axes in front, where there is the batch here."""
    inputs = joined(draw, lambda x: [draw(st.sampled_from([n, n, n, n, 1, n + now_and_then(draw)])) for n in x])

    def own(*tensors):
        if len({tensor.dim() for tensor in tensors}) > 1:
            raise ValueError
        return reduce(torch.mul, tensors)

    return Case({}, inputs, partial(Function, own))


@st.composite
def matmul(draw):
    """Of equal leading axes: PyTorch repeats those that are 1, or missing."""
    leading = [draw(FEW) for _ in range(draw(st.integers(0, 2)))]
    m, k, n = draw(CHANNELS), draw(CHANNELS), draw(CHANNELS)
    others, rows = leading, k
    if now_and_then(draw):
        others, rows = [size + draw(st.booleans()) for size in leading], k + draw(st.booleans())
    one, other = (*leading, m, k), (*others, rows, n)
    inputs = (one[1:] if now_and_then(draw) else one, other)

    def own(one, other):
        if one.dim() < 3 or one.shape[:-2] != other.shape[:-2]:
            raise ValueError
        return torch.matmul(one, other)

    return Case({}, inputs, partial(Function, own))


# ------------------------------------------------------------------------------------- attention and what goes along


def heads(draw):
    """Options of attention, and the channels that it reads: mostly a multiple of its heads."""
    num_heads, bias = draw(FEW), draw(st.booleans())
    channels = num_heads * draw(FEW) + now_and_then(draw)
    head_dim = draw(st.none() | st.integers(1, 5))
    return {"num_heads": num_heads, "head_dim": head_dim, "bias": bias}, channels


@st.composite
def attention(draw):
    options, channels = heads(draw)
    x = (channels, *(draw(st.integers(1, 4)) for _ in range(draw(AXES))))
    memory = (draw(CHANNELS), *(draw(st.integers(1, 4)) for _ in range(draw(AXES)))) if draw(st.booleans()) else x
    inputs = (x,) if memory == x else (x, memory)
    relative = options["relative_position"] = draw(st.booleans()) and (memory == x or now_and_then(draw))

    def make():
        if options["head_dim"] is None and not relative:
            return Attention(channels, options["num_heads"], memory[0], bias=options["bias"])
        distances = [2 * size - 1 for size in x[1:]] if relative else None
        return HeadedAttention(channels, *headed(options, channels), memory[0], distances, bias=options["bias"])

    return Case(options, inputs, make)


def headed(options, channels):
    """How many heads there are, and how wide they are."""
    num_heads, head_dim = options["num_heads"], options["head_dim"]
    if head_dim is None and channels % num_heads:
        raise ValueError
    return num_heads, channels // num_heads if head_dim is None else head_dim


@st.composite
def window_attention(draw):
    options, channels = heads(draw)
    x = (channels, *(draw(st.integers(1, 7)) for _ in range(draw(AXES))))
    axes = len(x) - 1
    options["window_size"] = per_axis(draw, axes + now_and_then(draw), st.integers(1, 4))
    relative = options["relative_position"] = draw(st.booleans())

    def make():
        sides = spread(options["window_size"], axes)
        return WindowAttention(channels, *headed(options, channels), sides, bias=options["bias"], relative=relative)

    return Case(options, (x,), make)


@st.composite
def position_embedding(draw):
    x = tensor(draw)
    return Case({}, (x,), partial(Added, lambda x, weight: x + weight, weight=x))


@st.composite
def class_token(draw):
    x = image(draw, draw(st.sampled_from([0, *[1] * 8, 2])))
    return Case({}, (x,), partial(Added, lambda x, weight: torch.cat([weight, x], dim=2), weight=(1, x[0], 1)))


@st.composite
def recurrent(draw, module):
    x = (draw(CHANNELS), *(draw(st.integers(1, 5)) for _ in range(draw(st.sampled_from([0, *[1] * 8, 2])))))
    options = {name: draw(st.booleans()) for name in ("bidirectional", "bias")}
    options |= {"hidden_size": draw(st.integers(1, 8)), "num_layers": 0 if now_and_then(draw) else draw(FEW)}
    return Case(options, (x,), lambda: Recurrent(module(x[0], **options, batch_first=True)))
