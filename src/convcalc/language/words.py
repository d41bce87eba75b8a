"""The words of the language, the words of other frameworks, and guesses at what somebody meant."""

from __future__ import annotations

import re
from keyword import kwlist
from typing import TYPE_CHECKING

from convcalc.arithmetic.functions import FUNCTIONS
from convcalc.errors import guess, quoted
from convcalc.layers import ALIASES, KINDS
from convcalc.layers.words import BOOLEANS, GROUPS, WORDED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.errors import Place

JOINS = ("concat", "add", "mul", "matmul")
NAMING = (*JOINS, "center_crop", "attention", "custom")
STRUCTURES = ("residual", "project", "shortcut", "act", "repeat", "do", "for", "between", "from", "share")
CHANNELS = "C"


MEANINGS = (
    dict.fromkeys(kwlist, "a keyword of Python")
    | dict.fromkeys(GROUPS, "a word of the language")
    | dict.fromkeys((*STRUCTURES, *WORDED, *BOOLEANS, "x"), "a word of the language")
    | dict.fromkeys(FUNCTIONS, "a function")
    | dict.fromkeys((*KINDS, *ALIASES), "the name of a kind of layer")
    | {CHANNELS: "the current number of channels", "input": "the name of the input"}
)
"""All that has a meaning of its own, and what it is."""

LATER = frozenset({"shortcut"})
"""What got its meaning after 0.1: where a file has a name of its own like that, its name goes before the meaning."""

TAKEN = {word: what for word, what in MEANINGS.items() if word not in LATER}
"""Names that no block, variable or label may have, and what they are."""

FOREIGN_KINDS = {
    "conv1d": "conv", "conv2d": "conv", "conv3d": "conv", "convolution": "conv", "convolution2d": "conv",
    "depthwiseconv2d": "dwconv", "depthwise_conv": "dwconv", "convolutiondepthwise": "dwconv",
    "maxpool1d": "maxpool", "maxpool2d": "maxpool", "maxpool3d": "maxpool", "maxpooling2d": "maxpool",
    "max_pool": "maxpool", "max_pool2d": "maxpool", "max_pooling2d": "maxpool", "pool": "maxpool",
    "avgpool1d": "avgpool", "avgpool2d": "avgpool", "avgpool3d": "avgpool", "averagepooling2d": "avgpool",
    "averagepool": "avgpool", "avg_pool": "avgpool", "avg_pool2d": "avgpool",
    "globalaveragepooling2d": "gap", "globalaveragepool": "gap", "global_avg_pool": "gap", "global_pool": "gap",
    "adaptiveavgpool2d": "adaptive_avgpool", "adaptive_avg_pool": "adaptive_avgpool",
    "adaptive_max_pool": "adaptive_maxpool",
    "dense": "linear", "innerproduct": "linear", "inner_product": "linear", "gemm": "linear",
    "fully_connected": "linear",
    "batchnorm1d": "bn", "batchnorm2d": "bn", "batchnorm3d": "bn", "batchnormalization": "bn",
    "batch_norm": "bn", "batch_normalization": "bn",
    "localresponsenorm": "lrn", "local_response_norm": "lrn",
    "leakyrelu": "leaky_relu", "hard_swish": "hardswish", "h_swish": "hardswish", "hard_sigmoid": "hardsigmoid",
    "logsoftmax": "log_softmax", "skip": "pass", "nop": "pass", "noop": "pass",
    "convtranspose1d": "upconv", "convtranspose2d": "upconv", "convtranspose3d": "upconv",
    "conv2dtranspose": "upconv", "deconv": "upconv", "deconvolution": "upconv",
    "convt": "upconv", "tconv": "upconv", "transposed_conv": "upconv",
    "separableconv2d": "sepconv", "separable_conv": "sepconv", "layer_norm": "ln", "group_norm": "gn",
    "groupnormalization": "gn", "layernormalization": "ln", "instancenorm2d": "instancenorm",
    "upsampling2d": "upsample", "interpolate": "upsample", "resize": "upsample", "zeropad2d": "pad",
    "zeropadding2d": "pad", "adaptivemaxpool2d": "adaptive_maxpool", "multiheadattention": "attention",
    "globalmaxpooling2d": "gmp", "pixelshuffle": "pixel_shuffle", "cropping2d": "crop",
    "lppool2d": "lppool", "maxunpool2d": "maxunpool", "unpool": "maxunpool", "locallyconnected2d": "local_conv",
    "locally_connected": "local_conv", "deformconv2d": "deform_conv", "deformable_conv": "deform_conv",
    "reflectionpad2d": "pad", "replicationpad2d": "pad", "zero_pad": "pad", "centercrop": "center_crop",
    "pixelunshuffle": "pixel_unshuffle", "subpixel": "pixel_shuffle", "channelshuffle": "channel_shuffle",
    "shuffle": "channel_shuffle", "transpose": "permute", "view": "reshape", "unflatten": "reshape",
    "rms_norm": "rmsnorm", "instance_norm": "instancenorm", "layerscale": "scale", "layer_scale": "scale",
    "mha": "attention", "self_attention": "attention", "swin": "window_attention", "cls_token": "class_token",
    "positional_embedding": "position_embedding", "pos_embedding": "position_embedding",
    "eltwise": "add", "sum": "add", "concatenate": "concat", "cat": "concat", "multiply": "mul",
}  # fmt: skip  # a table reads better in columns
"""What other frameworks call our kinds, in lower case."""

FOREIGN_OPTIONS = {
    "filters": "out_channels", "num_output": "out_channels", "num_filters": "out_channels", "nb_filter": "out_channels",
    "channels": "out_channels", "out_planes": "out_channels", "features": "out_channels",
    "kernel": "kernel_size", "kernel_shape": "kernel_size", "ksize": "kernel_size", "pool_size": "kernel_size",
    "filter_size": "kernel_size", "size": "kernel_size",
    "strides": "stride", "stride_size": "stride", "subsample": "stride",
    "pads": "padding", "pad": "padding", "border_mode": "padding",
    "dilations": "dilation", "dilation_rate": "dilation", "atrous_rate": "dilation", "rate": "dilation",
    "group": "groups", "num_groups": "groups", "cardinality": "groups",
    "use_bias": "bias", "bias_term": "bias", "ceil_mode": "rounding", "round_mode": "rounding",
    "depth_multiplier": "multiplier", "channel_multiplier": "multiplier",
    "units": "out_features", "hidden_size": "out_features", "act": "activation", "local_size": "size",
}  # fmt: skip  # a table reads better in columns
"""What other frameworks call our options. `in_channels` and its like are answered for themselves."""

NEEDLESS_OPTIONS = frozenset({"in_channels", "in_features", "input_dim", "in_planes", "input_shape"})
"""Options of other frameworks that follow from what a layer reads."""

NEEDLESS_OF_KIND = {
    "bn": "num_features", "instancenorm": "num_features", "ln": "normalized_shape", "rmsnorm": "normalized_shape",
    "gn": "num_channels", "attention": "embed_dim", "window_attention": "embed_dim", "lstm": "input_size",
    "gru": "input_size",
}  # fmt: skip  # a table reads better in columns
"""An option that follows from what a layer of this kind reads."""


EXAMPLES = {
    "conv": "conv 64 3x3",
    "dwconv": "dwconv 3x3",
    "sepconv": "sepconv 64 3x3",
    "upconv": "upconv 64 2x2/2",
    "table_conv": "table_conv 0:1x1:2x0:2 5x5",
    "local_conv": "local_conv 64 3x3",
    "deform_conv": "deform_conv 64 3x3",
    "maxpool": "maxpool 2x2",
    "avgpool": "avgpool 2x2",
    "lppool": "lppool 2x2",
    "adaptive_avgpool": "adaptive_avgpool 7x7",
    "adaptive_maxpool": "adaptive_maxpool 7x7",
    "maxunpool": "maxunpool 2x2",
    "upsample": "upsample 2",
    "pixel_shuffle": "pixel_shuffle 2",
    "pixel_unshuffle": "pixel_unshuffle 2",
    "pad": "pad 1",
    "crop": "crop 1",
    "linear": "linear 1000",
    "embedding": "embedding 256 64",
    "reshape": "reshape 256x7x7",
    "permute": "permute 1x2x0",
    "slice": "slice 0 64",
    "split": "split 2 0",
    "channel_shuffle": "channel_shuffle 4",
    "maxout": "maxout 2",
    "attention": "attention 8",
    "custom": "custom 100x4 macs=0",
    "window_attention": "window_attention 4 7x7",
    "lstm": "lstm 128",
    "gru": "gru 128",
}
"""Of each kind that needs an argument, a line."""


DIGIT_LAST = re.compile(r"[0-9]_*$", re.ASCII)
"""The end of a word that a number behind it would run into, or that looks as if it had one."""


def canonical(kind: str) -> str:
    """The first name of a kind.

    >>> canonical("fc")
    'linear'
    """
    return ALIASES.get(kind, kind)


def numbered(word: str, number: object) -> str:
    """The name of the layer or block of this number; no other word and number have the same.

    >>> numbered("conv", 2), numbered("relu6", 1), numbered("stage2_", 1)
    ('conv2', 'relu6_1', 'stage2__1')
    """
    return f"{word}_{number}" if DIGIT_LAST.search(word) else f"{word}{number}"


def mentioned(place: Place, names: Iterable[str]) -> bool:
    """Whether a place lies in a mention of one of these names, of whatever letters they are."""
    text, at = place.source.line(place.line), place.column - 1
    return any(is_mention(text, at, name) for name in names)


def is_mention(text: str, at: int, name: str) -> bool:
    """Whether a name, or @ and the name, stands around a place of a text, and is no part of a longer one."""
    start = text.find(name, max(0, at - len(name)), at + len(name) + 1)
    while start >= 0:
        begin, end = start - text.startswith("@", max(0, start - 1), start), start + len(name)
        apart = (
            not is_letter(text[begin - 1 : begin])
            and text[begin - 1 : begin] != "@"
            and not is_letter(text[end : end + 1])
        )
        if apart and begin <= at < end:
            return True
        start = text.find(name, start + 1, at + len(name) + 1)
    return False


def is_letter(char: str) -> bool:
    """Whether a character may stand in a word."""
    return char.isalnum() or char == "_"


def unknown_kind(name: str, blocks: Iterable[str]) -> tuple[str, list[str]]:
    """What to say of a kind that is none, and the way out where nothing is like it."""
    meant = guess(name, (*KINDS, *ALIASES, "residual", *blocks), FOREIGN_KINDS)
    ways = [] if meant else ["an operation that no kind describes is custom: custom 64x28x28"]
    return f"unknown kind of layer: {quoted(name)}{meant}", ways
