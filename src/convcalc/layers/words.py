"""The words by which a line sets options."""

from __future__ import annotations

from convcalc.layers import ACTIVATIONS, ALIASES, NORMS
from convcalc.layers.window import PADDINGS, ROUNDINGS

FLAGS = ("bias", "affine", "crop", "bidirectional", "modulated", "relative_position")


WORDED = ("mode", "over", "share")


BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


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
    **dict.fromkeys(("nearest", "bilinear", "trilinear", "bicubic", "reflect", "replicate", "circular"), "mode"),
    **{flag: flag for flag in FLAGS},
    "fixed": "fixed",
}
"""What each word of a line is about: of each group, a layer has at most one."""


SHORT_KEYS = {"k": "kernel_size", "s": "stride", "p": "padding", "d": "dilation", "g": "groups"}
"""Keys of lines, beside the full names of options."""
