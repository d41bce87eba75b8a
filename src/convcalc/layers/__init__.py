"""The kinds of layers, and all that is true of a kind.

A kind is a class in a module here, and its line in `KINDS`. `options` are what the fields of kinds hold, `words` how a
line sets them, `describe` how a layer is written as a line, and `reach` what it reads along an axis.

Not here: how layers are joined to a network (`network`), and how text is read (`language`).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from convcalc.layers.base import MANY, Layer, Profile

if TYPE_CHECKING:
    from typing import Any

__all__ = ["ACTIVATIONS", "ALIASES", "KINDS", "MANY", "NORMS", "Kind", "Layer", "Profile", "kind_class"]


class Kind(NamedTuple):
    """A kind of layer: its class below this package, what PyTorch calls it, and other names that the field uses.

    A line may attach kinds of the groups `norm` and `activation` to its layer.
    """

    path: str
    torch: str
    group: str = ""
    aliases: tuple[str, ...] = ()


def activation(torch: str, *aliases: str, path: str = "pointwise.Activation") -> Kind:
    """A kind that a line may attach as its activation."""
    return Kind(path, torch, "activation", aliases)


def norm(path: str, torch: str, *aliases: str) -> Kind:
    """A kind that a line may attach as its norm."""
    return Kind(path, torch, "norm", aliases)


KINDS = {
    "conv": Kind("conv.Conv", "nn.Conv2d"),
    "dwconv": Kind("conv.DepthwiseConv", "nn.Conv2d(groups=in_channels)", aliases=("depthwise",)),
    "sepconv": Kind("conv_variants.SeparableConv", "two nn.Conv2d"),
    "upconv": Kind("transposed.TransposedConv", "nn.ConvTranspose2d", aliases=("conv_transpose",)),
    "table_conv": Kind("conv_variants.TableConv", ""),
    "local_conv": Kind("conv_variants.LocalConv", ""),
    "deform_conv": Kind("conv_variants.DeformableConv", "torchvision.ops.DeformConv2d and an nn.Conv2d"),
    "maxpool": Kind("pool.MaxPool", "nn.MaxPool2d"),
    "avgpool": Kind("pool.AvgPool", "nn.AvgPool2d"),
    "lppool": Kind("pool.LpPool", "nn.LPPool2d"),
    "adaptive_avgpool": Kind("adaptive.AdaptiveAvgPool", "nn.AdaptiveAvgPool2d"),
    "adaptive_maxpool": Kind("adaptive.AdaptiveMaxPool", "nn.AdaptiveMaxPool2d"),
    "gap": Kind("pool.GlobalAvgPool", "nn.AdaptiveAvgPool2d(1)", aliases=("global_avgpool",)),
    "gmp": Kind("pool.GlobalMaxPool", "nn.AdaptiveMaxPool2d(1)", aliases=("global_maxpool",)),
    "maxunpool": Kind("transposed.MaxUnpool", "nn.MaxUnpool2d"),
    "upsample": Kind("resize.Upsample", "nn.Upsample"),
    "pixel_shuffle": Kind("resize.PixelShuffle", "nn.PixelShuffle", aliases=("depth_to_space",)),
    "pixel_unshuffle": Kind("resize.PixelUnshuffle", "nn.PixelUnshuffle", aliases=("space_to_depth",)),
    "pad": Kind("resize.Pad", "nn.ZeroPad2d"),
    "crop": Kind("resize.Crop", "x[:, :, a:-b, c:-d]"),
    "center_crop": Kind("resize.CenterCrop", "torchvision.transforms.CenterCrop"),
    "linear": Kind("dense.Linear", "nn.Flatten and nn.Linear", aliases=("fc",)),
    "embedding": Kind("embedding.Embedding", "nn.Embedding"),
    "flatten": Kind("reshape.Flatten", "nn.Flatten"),
    "reshape": Kind("reshape.Reshape", "torch.reshape"),
    "permute": Kind("reshape.Permute", "torch.permute"),
    "slice": Kind("reshape.Slice", "x[:, start:stop]"),
    "split": Kind("reshape.Split", "torch.chunk", aliases=("chunk",)),
    "channel_shuffle": Kind("reshape.ChannelShuffle", "nn.ChannelShuffle"),
    "bn": norm("norm.BatchNorm", "nn.BatchNorm2d", "batchnorm"),
    "ln": norm("sample_norm.LayerNorm", "nn.LayerNorm", "layernorm"),
    "gn": norm("sample_norm.GroupNorm", "nn.GroupNorm", "groupnorm"),
    "instancenorm": norm("sample_norm.InstanceNorm", "nn.InstanceNorm2d"),
    "rmsnorm": norm("sample_norm.RMSNorm", "nn.RMSNorm"),
    "lrn": Kind("norm.LocalResponseNorm", "nn.LocalResponseNorm"),
    "celu": activation("nn.CELU"),
    "elu": activation("nn.ELU"),
    "gelu": activation("nn.GELU"),
    "hardsigmoid": activation("nn.Hardsigmoid"),
    "hardswish": activation("nn.Hardswish"),
    "hardtanh": activation("nn.Hardtanh"),
    "leaky_relu": activation("nn.LeakyReLU"),
    "log_softmax": activation("nn.LogSoftmax(1)", path="channelwise.Softmax"),
    "mish": activation("nn.Mish"),
    "prelu": activation("nn.PReLU", path="channelwise.PReLU"),
    "relu": activation("nn.ReLU"),
    "relu6": activation("nn.ReLU6"),
    "selu": activation("nn.SELU"),
    "sigmoid": activation("nn.Sigmoid"),
    "silu": activation("nn.SiLU", "swish"),
    "softmax": activation("nn.Softmax(1)", path="channelwise.Softmax"),
    "softplus": activation("nn.Softplus"),
    "softsign": activation("nn.Softsign"),
    "tanh": activation("nn.Tanh"),
    "glu": Kind("channelwise.GatedLinearUnit", "nn.GLU(1)"),
    "maxout": Kind("channelwise.Maxout", ""),
    "scale": Kind("channelwise.Scale", "nn.Parameter"),
    "dropout": Kind("pointwise.Dropout", "nn.Dropout"),
    "pass": Kind("pointwise.Identity", "nn.Identity", aliases=("identity",)),
    "add": Kind("join.Add", "+"),
    "mul": Kind("join.Mul", "*"),
    "concat": Kind("join.Concat", "torch.cat"),
    "matmul": Kind("matmul.MatMul", "torch.matmul"),
    "attention": Kind("attention.Attention", "nn.MultiheadAttention"),
    "window_attention": Kind("attention.WindowAttention", "Swin's ShiftedWindowAttention"),
    "position_embedding": Kind("embedding.PositionEmbedding", "nn.Parameter"),
    "class_token": Kind("embedding.ClassToken", "nn.Parameter"),
    "custom": Kind("custom.Custom", ""),
    "lstm": Kind("recurrent.LSTM", "nn.LSTM"),
    "gru": Kind("recurrent.GRU", "nn.GRU"),
}
"""Each kind by its name; its class is imported only when it is first used."""

ALIASES = {alias: name for name, kind in KINDS.items() for alias in kind.aliases}
"""Second names that the field uses: understood, but printed as the first."""

NORMS = tuple(name for name, kind in KINDS.items() if kind.group == "norm")
"""The kinds that a line may attach to its layer as its norm."""

ACTIVATIONS = tuple(name for name, kind in KINDS.items() if kind.group == "activation")
"""The kinds that a line may attach to its layer as its activation."""


@cache
def kind_class(name: str) -> type[Layer]:
    """The class of a kind in `KINDS`."""
    module, _, cls = KINDS[name].path.partition(".")
    found: Any = getattr(import_module(f"convcalc.layers.{module}"), cls)
    return found  # type: ignore[no-any-return]  # read from a table of names
