"""The layer kinds. A new kind is one class in a module here, and its line in `KINDS`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from convcalc.layers.base import Layer, Profile

if TYPE_CHECKING:
    from typing import Any

__all__ = ["ACTIVATIONS", "ALIASES", "KINDS", "NORMS", "RESERVED", "Layer", "Profile", "kind_class"]

KINDS = {
    "conv": "conv.Conv",
    "dwconv": "conv.DepthwiseConv",
    "maxpool": "pool.MaxPool",
    "avgpool": "pool.AvgPool",
    "gap": "pool.GlobalAvgPool",
    "linear": "dense.Linear",
    "flatten": "dense.Flatten",
    "bn": "norm.BatchNorm",
    "lrn": "norm.LocalResponseNorm",
    "celu": "pointwise.Activation",
    "elu": "pointwise.Activation",
    "gelu": "pointwise.Activation",
    "hardsigmoid": "pointwise.Activation",
    "hardswish": "pointwise.Activation",
    "hardtanh": "pointwise.Activation",
    "leaky_relu": "pointwise.Activation",
    "log_softmax": "pointwise.Activation",
    "mish": "pointwise.Activation",
    "relu": "pointwise.Activation",
    "relu6": "pointwise.Activation",
    "selu": "pointwise.Activation",
    "sigmoid": "pointwise.Activation",
    "silu": "pointwise.Activation",
    "softmax": "pointwise.Activation",
    "softplus": "pointwise.Activation",
    "softsign": "pointwise.Activation",
    "tanh": "pointwise.Activation",
    "dropout": "pointwise.Dropout",
    "pass": "pointwise.Identity",
    "add": "join.Add",
    "concat": "join.Concat",
    "mul": "join.Mul",
}
"""Each kind, and the class below this package that it is: imported only when it is first used."""

ALIASES = {
    "batchnorm": "bn",
    "depthwise": "dwconv",
    "fc": "linear",
    "global_avgpool": "gap",
    "identity": "pass",
    "swish": "silu",
}
"""Second names that the field uses: understood, but printed as the first."""

NORMS = ("bn",)
"""The kinds that a line may attach to its layer as its norm."""

ACTIVATIONS = tuple(kind for kind, path in KINDS.items() if path == "pointwise.Activation")
"""The kinds that a line may attach to its layer as its activation."""

RESERVED = frozenset(
    {
        "adaptive_avgpool", "adaptive_maxpool", "attention", "center_crop", "channel_shuffle", "chunk",
        "conv_transpose", "crop", "deform_conv", "depth_to_space", "embedding", "global_maxpool", "gmp", "gn",
        "groupnorm", "gru", "instancenorm", "layernorm", "ln", "local_conv", "lppool", "lstm", "matmul", "maxout",
        "pad", "permute", "pixel_shuffle", "pixel_unshuffle", "position_embedding", "prelu", "reshape", "rmsnorm",
        "scale", "sepconv", "slice", "space_to_depth", "split", "table_conv", "upconv", "upsample", "window_attention",
    }
)  # fmt: skip  # a list reads better in lines
"""Names of kinds to come, which nothing else may take."""


@cache
def kind_class(name: str) -> type[Layer]:
    """The class of a kind in `KINDS`."""
    module, _, cls = KINDS[name].partition(".")
    found: Any = getattr(import_module(f"convcalc.layers.{module}"), cls)
    return found  # type: ignore[no-any-return]  # read from a table of names
