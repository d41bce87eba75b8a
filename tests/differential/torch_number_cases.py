"""Kinds that work on the numbers of channels: dense layers, norms and their like."""

from __future__ import annotations

from functools import partial
from math import prod

from frameworks import nn, torch
from hypothesis import assume
from hypothesis import strategies as st
from torch_draws import CHANNELS, FEW, Case, image, now_and_then, tensor
from torch_modules import Added, ChannelsLast, Function, ranked


@st.composite
def linear(draw):
    """On all numbers, flattened, or on the channels of each position, which PyTorch has last."""
    x, out_features, bias = tensor(draw, most=2), draw(CHANNELS), draw(st.booleans())
    over = draw(st.sampled_from(["all", "channels"]))
    whole = lambda: nn.Sequential(nn.Flatten(), nn.Linear(prod(x), out_features, bias=bias))  # noqa: E731  # as short as its fellows
    make = whole if over == "all" else lambda: ChannelsLast(nn.Linear(x[0], out_features, bias=bias))
    return Case({"out_features": out_features, "bias": bias, "over": over}, (x,), make)


@st.composite
def custom(draw):
    """An operation that is described by what PyTorch's linear layer takes."""
    x, out_features = tensor(draw, most=2), draw(CHANNELS)
    options = {"shape": (out_features,), "weights": prod(x) * out_features, "biases": out_features, "statistics": 0}
    options |= {"macs": prod(x) * out_features, "operations": out_features}
    return Case(options, (x,), lambda: nn.Sequential(nn.Flatten(), nn.Linear(prod(x), out_features)))


@st.composite
def embedding(draw):
    numbers, dim, length = draw(CHANNELS), draw(CHANNELS), draw(st.integers(1, 14))
    options = {"num_embeddings": numbers, "embedding_dim": dim}
    make = lambda: nn.Sequential(nn.Embedding(numbers, dim), Function(lambda y: y.movedim(-1, 1)))  # noqa: E731  # as short as its fellows
    return Case(options, ((length,),), make, dtype=torch.int64)


@st.composite
def batch_norm(draw):
    x, affine = tensor(draw), draw(st.booleans())
    return Case({"affine": affine}, (x,), partial(ranked("BatchNorm", max(1, len(x) - 1)), x[0], affine=affine))


@st.composite
def layer_norm(draw):
    x, affine, over = tensor(draw), draw(st.booleans()), draw(st.sampled_from(["channels", "all"]))
    whole = partial(nn.LayerNorm, x, elementwise_affine=affine)
    make = whole if over == "all" else lambda: ChannelsLast(nn.LayerNorm(x[0], elementwise_affine=affine))
    return Case({"affine": affine, "over": over}, (x,), make)


@st.composite
def group_norm(draw):
    """Of more than one number a group: PyTorch refuses one, whose variance is 0, unless the batch holds several."""
    groups, affine = draw(st.integers(1, 4)), draw(st.booleans())
    channels = groups * draw(FEW) + now_and_then(draw)
    x = image(draw, draw(st.integers(0, 3)), st.just(channels))
    assume(prod(x) > groups)
    return Case({"groups": groups, "affine": affine}, (x,), partial(nn.GroupNorm, groups, channels, affine=affine))


@st.composite
def instance_norm(draw):
    """Of more than one position: PyTorch refuses one, whose variance is 0, at inference, too."""
    x, affine = image(draw), draw(st.booleans())
    assume(prod(x[1:]) > 1)
    return Case({"affine": affine}, (x,), partial(ranked("InstanceNorm", len(x) - 1), x[0], affine=affine))


@st.composite
def rms_norm(draw):
    x, affine = tensor(draw), draw(st.booleans())
    return Case({"affine": affine}, (x,), lambda: ChannelsLast(nn.RMSNorm(x[0], elementwise_affine=affine)))


@st.composite
def local_response(draw):
    x, size = image(draw, draw(st.sampled_from([0, 1, 2, 2, 3]))), draw(st.integers(1, 7))
    return Case({"size": size}, (x,), partial(nn.LocalResponseNorm, size))


@st.composite
def pointwise(draw, make):
    return Case({}, (tensor(draw),), make)


@st.composite
def dropout(draw):
    p = draw(st.fractions(-1 if now_and_then(draw) else 0, 2 if now_and_then(draw) else 1, max_denominator=20))
    return Case({"p": p}, (tensor(draw),), partial(nn.Dropout, float(p)))


@st.composite
def prelu(draw):
    x = tensor(draw)
    number = draw(CHANNELS if now_and_then(draw) else st.sampled_from([1, x[0]]))
    return Case({"num_parameters": number}, (x,), partial(nn.PReLU, number))


@st.composite
def scale(draw):
    x, bias = tensor(draw), draw(st.booleans())
    per_channel = (x[0], *(1 for _ in x[1:]))
    shapes = {"weight": per_channel} | ({"bias": per_channel} if bias else {})
    return Case({"bias": bias}, (x,), partial(Added, lambda x, weight, bias=0: x * weight + bias, **shapes))


@st.composite
def maxout(draw):
    pieces = draw(FEW)
    channels = pieces * draw(FEW) + now_and_then(draw)
    x = image(draw, draw(st.integers(0, 3)), st.just(channels))
    return Case({"pieces": pieces}, (x,), partial(Function, lambda x: x.unflatten(1, (-1, pieces)).amax(2)))


@st.composite
def gated(draw):
    channels = 2 * draw(FEW) + now_and_then(draw)
    return Case({}, (image(draw, draw(st.integers(0, 3)), st.just(channels)),), partial(nn.GLU, 1))
