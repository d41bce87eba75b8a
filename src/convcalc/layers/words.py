"""The words by which a line sets options."""

from __future__ import annotations

from convcalc.layers.kinds import ACTIVATIONS, ALIASES, KINDS, NORMS
from convcalc.layers.window import PADDINGS, ROUNDINGS

FLAGS = tuple(dict.fromkeys(flag for kind in KINDS.values() for flag in kind.flags))
"""The options that are set by their names."""

WORDED = (*dict.fromkeys(option for kind in KINDS.values() for option in kind.words), "share")
"""The options that are set to a word."""

BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
"""What is written for true and false."""

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
    **{word: option for kind in KINDS.values() for option, words in kind.words.items() for word in words},
    **{flag: flag for flag in FLAGS},
    "fixed": "fixed",
}
"""The group of each word of a line: a layer has at most one word of each group."""

SHORT_KEYS = {"k": "kernel_size", "s": "stride", "p": "padding", "d": "dilation", "g": "groups"}
"""Keys of lines, beside the full names of options."""

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
