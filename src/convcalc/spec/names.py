"""The words of the language, the words of other frameworks, and guesses at what somebody meant."""

from __future__ import annotations

from keyword import kwlist
from typing import TYPE_CHECKING

from convcalc.layers import ACTIVATIONS, ALIASES, KINDS, NORMS, RESERVED
from convcalc.window import PADDINGS, ROUNDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

JOINS = ("concat", "add", "mul")
STRUCTURES = ("residual", "project", "act", "repeat", "do", "for", "between", "from")
FUNCTIONS = ("int", "round", "min", "max", "ceil", "floor", "div8", "ceil8")
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
CHANNELS = "C"

GROUPS = {
    **dict.fromkeys(PADDINGS, "padding"),
    **dict.fromkeys(ROUNDINGS, "rounding"),
    **dict.fromkeys(NORMS, "norm"),
    **dict.fromkeys(ACTIVATIONS, "activation"),
    **{
        alias: "norm" if kind in NORMS else "activation"
        for alias, kind in ALIASES.items()
        if kind in NORMS + ACTIVATIONS
    },
    "bias": "bias",
    "fixed": "fixed",
}
"""What each word of a line is about: of each group, a layer has at most one."""

SHORT_KEYS = {"k": "kernel_size", "s": "stride", "p": "padding", "d": "dilation", "g": "groups"}
"""Keys of lines, beside the full names of options."""

TAKEN = (
    dict.fromkeys(kwlist, "a keyword of Python")
    | dict.fromkeys(RESERVED, "the name of a kind of layer")
    | dict.fromkeys(GROUPS, "a word of the language")
    | dict.fromkeys((*STRUCTURES, *BOOLEANS, "x"), "a word of the language")
    | dict.fromkeys(FUNCTIONS, "a function")
    | dict.fromkeys((*KINDS, *ALIASES), "the name of a kind of layer")
    | {CHANNELS: "the current number of channels", "input": "the name of the input"}
)
"""Names that no block, variable or label may have, and what they are."""

FOREIGN_KINDS = {
    "conv1d": "conv", "conv2d": "conv", "conv3d": "conv", "convolution": "conv", "convolution2d": "conv",
    "depthwiseconv2d": "dwconv", "depthwise_conv": "dwconv", "convolutiondepthwise": "dwconv",
    "maxpool1d": "maxpool", "maxpool2d": "maxpool", "maxpool3d": "maxpool", "maxpooling2d": "maxpool",
    "max_pool": "maxpool", "max_pool2d": "maxpool", "max_pooling2d": "maxpool", "pool": "maxpool",
    "avgpool1d": "avgpool", "avgpool2d": "avgpool", "avgpool3d": "avgpool", "averagepooling2d": "avgpool",
    "averagepool": "avgpool", "avg_pool": "avgpool", "avg_pool2d": "avgpool",
    "globalaveragepooling2d": "gap", "globalaveragepool": "gap", "global_avg_pool": "gap", "global_pool": "gap",
    "adaptiveavgpool2d": "gap",
    "dense": "linear", "innerproduct": "linear", "inner_product": "linear", "gemm": "linear",
    "fully_connected": "linear",
    "batchnorm1d": "bn", "batchnorm2d": "bn", "batchnorm3d": "bn", "batchnormalization": "bn",
    "batch_norm": "bn", "batch_normalization": "bn",
    "localresponsenorm": "lrn", "local_response_norm": "lrn",
    "leakyrelu": "leaky_relu", "hard_swish": "hardswish", "h_swish": "hardswish", "hard_sigmoid": "hardsigmoid",
    "logsoftmax": "log_softmax", "skip": "pass", "nop": "pass", "noop": "pass",
    "convtranspose1d": "conv_transpose", "convtranspose2d": "conv_transpose", "convtranspose3d": "conv_transpose",
    "conv2dtranspose": "conv_transpose", "deconv": "conv_transpose", "deconvolution": "conv_transpose",
    "convt": "conv_transpose", "tconv": "conv_transpose", "transposed_conv": "conv_transpose",
    "separableconv2d": "sepconv", "separable_conv": "sepconv", "layer_norm": "layernorm", "group_norm": "groupnorm",
    "groupnormalization": "groupnorm", "layernormalization": "layernorm", "instancenorm2d": "instancenorm",
    "upsampling2d": "upsample", "interpolate": "upsample", "resize": "upsample", "zeropad2d": "pad",
    "zeropadding2d": "pad", "adaptivemaxpool2d": "adaptive_maxpool", "multiheadattention": "attention",
    "globalmaxpooling2d": "global_maxpool", "pixelshuffle": "pixel_shuffle", "cropping2d": "crop",
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


SHORT = 3
"""Letters up to which a name must be closer to be another one misspelt."""

MOST_LISTED = 16
"""Known names that a message lists; of more, it lists none."""


EXAMPLES = {
    "conv": "conv 64 3x3",
    "dwconv": "dwconv 3x3",
    "maxpool": "maxpool 2x2",
    "avgpool": "avgpool 2x2",
    "linear": "linear 1000",
}
"""Of each kind that needs an argument, a line."""


def canonical(kind: str) -> str:
    """The first name of a kind.

    >>> canonical("fc")
    'linear'
    """
    return ALIASES.get(kind, kind)


def guess(name: str, known: Iterable[str], foreign: dict[str, str] | None = None) -> str:
    """What to say behind an unknown name: `; did you mean conv?`, or all that is known, if it is not too much.

    >>> guess("cnov", ["conv", "linear"]), guess("zzz", ["conv", "linear"]), guess("zzz", [])
    ('; did you mean conv?', '; known: conv, linear', '')
    """
    choices = sorted(set(known))
    if foreign and (meant := foreign.get(name.lower())) in choices:
        return f"; did you mean {meant}?"
    lowered = {choice.lower(): choice for choice in choices}
    if name.lower() in lowered:
        return f"; did you mean {lowered[name.lower()]}?"
    from difflib import get_close_matches  # only a mistake needs it

    cutoff = 0.7 if len(name) > SHORT else 0.76
    if close := get_close_matches(name.lower()[:60], lowered, n=1, cutoff=cutoff):
        return f"; did you mean {lowered[close[0]]}?"
    return f"; known: {', '.join(choices)}" if 0 < len(choices) <= MOST_LISTED else ""
