"""The table of kinds: each by its name, with what must be known of it before its class is imported.

Not here: what is true of one kind, which its class says.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypedDict, Unpack

    from convcalc.layers.base import Layer
    from convcalc.layers.running import Rational

    class Facts(TypedDict, total=False):
        """What else there is to say of a kind: see `Kind`."""

        aliases: tuple[str, ...]
        foreign: str
        example: str
        flags: tuple[str, ...]
        words: Mapping[str, tuple[str, ...]]
        exact: Callable[[Rational], Rational]


class Kind(NamedTuple):
    """A kind of layer: its class below this package, what PyTorch calls it, and other names that the field uses.

    A line may attach kinds of the groups `norm` and `activation` to its layer; those of the group `join` take branches.
    The `example` is a line, where the name of the kind alone is none. Options that are `flags` are set by their names.
    `words` are the options that hold a word, each with those of its words that set it without its name. What other
    frameworks call the kind, in lower case, is `foreign`, with blanks between. A function of numbers that has an
    `exact` value is run as that.
    """

    path: str
    torch: str
    group: str = ""
    aliases: tuple[str, ...] = ()
    foreign: str = ""
    example: str = ""
    flags: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = {}
    exact: Callable[[Rational], Rational] | None = None


def activation(torch: str, path: str = "pointwise.Activation", **facts: Unpack[Facts]) -> Kind:
    """A kind that a line may attach as its activation."""
    return Kind(path, torch, "activation", **facts)


def norm(path: str, torch: str, **facts: Unpack[Facts]) -> Kind:
    """A kind that a line may attach as its norm."""
    return Kind(path, torch, "norm", **facts)


def join(path: str, torch: str, **facts: Unpack[Facts]) -> Kind:
    """A kind at which branches meet."""
    return Kind(path, torch, "join", **facts)


KINDS = {
    "conv": Kind(
        "conv.Conv", "nn.Conv2d", example="conv 64 3x3", flags=("bias",),
        foreign="conv1d conv2d conv3d convolution convolution2d",
    ),
    "dwconv": Kind(
        "conv.DepthwiseConv", "nn.Conv2d(groups=in_channels)", aliases=("depthwise",), example="dwconv 3x3",
        flags=("bias",), foreign="depthwiseconv2d depthwise_conv convolutiondepthwise",
    ),
    "sepconv": Kind(
        "conv_variants.SeparableConv", "two nn.Conv2d", example="sepconv 64 3x3", flags=("bias",),
        foreign="separableconv2d separable_conv",
    ),
    "upconv": Kind(
        "transposed.TransposedConv", "nn.ConvTranspose2d", aliases=("conv_transpose",), example="upconv 64 2x2/2",
        flags=("bias",),
        foreign="convtranspose1d convtranspose2d convtranspose3d conv2dtranspose "
        "deconv deconvolution convt tconv transposed_conv",
    ),
    "table_conv": Kind("conv_variants.TableConv", "", example="table_conv 0:1x1:2x0:2 5x5", flags=("bias",)),
    "local_conv": Kind(
        "conv_variants.LocalConv", "", example="local_conv 64 3x3", flags=("bias",),
        foreign="locallyconnected2d locally_connected",
    ),
    "deform_conv": Kind(
        "conv_variants.DeformableConv", "torchvision.ops.DeformConv2d and an nn.Conv2d", example="deform_conv 64 3x3",
        flags=("modulated", "bias"), foreign="deformconv2d deformable_conv",
    ),
    "maxpool": Kind(
        "pool.MaxPool", "nn.MaxPool2d", example="maxpool 2x2",
        foreign="maxpool1d maxpool2d maxpool3d maxpooling2d max_pool max_pool2d max_pooling2d pool",
    ),
    "avgpool": Kind(
        "pool.AvgPool", "nn.AvgPool2d", example="avgpool 2x2",
        foreign="avgpool1d avgpool2d avgpool3d averagepooling2d averagepool avg_pool avg_pool2d",
    ),
    "lppool": Kind("pool.LpPool", "nn.LPPool2d", example="lppool 2x2", foreign="lppool2d"),
    "adaptive_avgpool": Kind(
        "adaptive.AdaptiveAvgPool", "nn.AdaptiveAvgPool2d", example="adaptive_avgpool 7x7",
        foreign="adaptiveavgpool2d adaptive_avg_pool",
    ),
    "adaptive_maxpool": Kind(
        "adaptive.AdaptiveMaxPool", "nn.AdaptiveMaxPool2d", example="adaptive_maxpool 7x7",
        foreign="adaptive_max_pool adaptivemaxpool2d",
    ),
    "gap": Kind(
        "pool.GlobalAvgPool", "nn.AdaptiveAvgPool2d(1)", aliases=("global_avgpool",),
        foreign="globalaveragepooling2d globalaveragepool global_avg_pool global_pool",
    ),
    "gmp": Kind(
        "pool.GlobalMaxPool", "nn.AdaptiveMaxPool2d(1)", aliases=("global_maxpool",), foreign="globalmaxpooling2d",
    ),
    "maxunpool": Kind("transposed.MaxUnpool", "nn.MaxUnpool2d", example="maxunpool 2x2", foreign="maxunpool2d unpool"),
    "upsample": Kind(
        "resize.Upsample", "nn.Upsample", example="upsample 2",
        words={"mode": ("nearest", "bilinear", "trilinear", "bicubic")}, foreign="upsampling2d interpolate resize",
    ),
    "pixel_shuffle": Kind(
        "resize.PixelShuffle", "nn.PixelShuffle", aliases=("depth_to_space",), example="pixel_shuffle 2",
        foreign="pixelshuffle subpixel",
    ),
    "pixel_unshuffle": Kind(
        "resize.PixelUnshuffle", "nn.PixelUnshuffle", aliases=("space_to_depth",), example="pixel_unshuffle 2",
        foreign="pixelunshuffle",
    ),
    "pad": Kind(
        "resize.Pad", "nn.ZeroPad2d", example="pad 1", words={"mode": ("reflect", "replicate", "circular")},
        foreign="zeropad2d zeropadding2d reflectionpad2d replicationpad2d zero_pad",
    ),
    "crop": Kind("resize.Crop", "x[:, :, a:-b, c:-d]", example="crop 1", foreign="cropping2d"),
    "center_crop": Kind(
        "resize.CenterCrop", "torchvision.transforms.CenterCrop", example="center_crop 28x28", foreign="centercrop",
    ),
    "linear": Kind(
        "dense.Linear", "nn.Flatten and nn.Linear", aliases=("fc",), example="linear 1000", flags=("bias",),
        words={"over": ()}, foreign="dense innerproduct inner_product gemm fully_connected",
    ),
    "embedding": Kind("embedding.Embedding", "nn.Embedding", example="embedding 256 64"),
    "flatten": Kind("reshape.Flatten", "nn.Flatten"),
    "reshape": Kind("reshape.Reshape", "torch.reshape", example="reshape 256x7x7", foreign="view unflatten"),
    "permute": Kind("reshape.Permute", "torch.permute", example="permute 1x2x0", foreign="transpose"),
    "slice": Kind("reshape.Slice", "x[:, start:stop]", example="slice 0 64"),
    "split": Kind("reshape.Split", "torch.chunk", aliases=("chunk",), example="split 2 0"),
    "channel_shuffle": Kind(
        "reshape.ChannelShuffle", "nn.ChannelShuffle", example="channel_shuffle 4", foreign="channelshuffle shuffle",
    ),
    "bn": norm(
        "norm.BatchNorm", "nn.BatchNorm2d", aliases=("batchnorm",), flags=("affine",),
        foreign="batchnorm1d batchnorm2d batchnorm3d batchnormalization batch_norm batch_normalization",
    ),
    "ln": norm(
        "sample_norm.LayerNorm", "nn.LayerNorm", aliases=("layernorm",), flags=("affine",), words={"over": ()},
        foreign="layer_norm layernormalization",
    ),
    "gn": norm(
        "sample_norm.GroupNorm", "nn.GroupNorm", aliases=("groupnorm",), flags=("affine",),
        foreign="group_norm groupnormalization",
    ),
    "instancenorm": norm(
        "sample_norm.InstanceNorm", "nn.InstanceNorm2d", flags=("affine",), foreign="instancenorm2d instance_norm",
    ),
    "rmsnorm": norm("sample_norm.RMSNorm", "nn.RMSNorm", flags=("affine",), foreign="rms_norm"),
    "lrn": Kind("norm.LocalResponseNorm", "nn.LocalResponseNorm", foreign="localresponsenorm local_response_norm"),
    "celu": activation("nn.CELU"),
    "elu": activation("nn.ELU"),
    "gelu": activation("nn.GELU"),
    "hardsigmoid": activation("nn.Hardsigmoid", foreign="hard_sigmoid"),
    "hardswish": activation("nn.Hardswish", foreign="hard_swish h_swish"),
    "hardtanh": activation("nn.Hardtanh"),
    "leaky_relu": activation("nn.LeakyReLU", foreign="leakyrelu"),
    "log_softmax": activation("nn.LogSoftmax(1)", path="channelwise.Softmax", foreign="logsoftmax"),
    "mish": activation("nn.Mish"),
    "prelu": activation("nn.PReLU", path="channelwise.PReLU"),
    "relu": activation("nn.ReLU", exact=lambda value: max(0, value)),
    "relu6": activation("nn.ReLU6", exact=lambda value: min(6, max(0, value))),
    "selu": activation("nn.SELU"),
    "sigmoid": activation("nn.Sigmoid"),
    "silu": activation("nn.SiLU", aliases=("swish",)),
    "softmax": activation("nn.Softmax(1)", path="channelwise.Softmax"),
    "softplus": activation("nn.Softplus"),
    "softsign": activation("nn.Softsign"),
    "tanh": activation("nn.Tanh"),
    "glu": Kind("channelwise.GatedLinearUnit", "nn.GLU(1)"),
    "maxout": Kind("channelwise.Maxout", "", example="maxout 2"),
    "scale": Kind("channelwise.Scale", "nn.Parameter", flags=("bias",), foreign="layerscale layer_scale"),
    "dropout": Kind("pointwise.Dropout", "nn.Dropout"),
    "pass": Kind("pointwise.Identity", "nn.Identity", aliases=("identity",), foreign="skip nop noop"),
    "add": join("join.Add", "+", example="add(conv 64 1 | conv 64 3 same)", flags=("crop",), foreign="eltwise sum"),
    "mul": join("join.Mul", "*", example="mul(conv 64 1 | conv 64 3 same sigmoid)", foreign="multiply"),
    "concat": join(
        "join.Concat", "torch.cat", example="concat(conv 64 1 | conv 64 3 same)", flags=("crop",),
        foreign="concatenate cat",
    ),
    "matmul": join("matmul.MatMul", "torch.matmul", example="matmul(reshape 8x-1 | reshape -1x8)"),
    "attention": Kind(
        "attention.Attention", "nn.MultiheadAttention", example="attention 8", flags=("bias", "relative_position"),
        foreign="multiheadattention mha self_attention",
    ),
    "window_attention": Kind(
        "attention.WindowAttention", "Swin's ShiftedWindowAttention", example="window_attention 4 7x7",
        flags=("bias", "relative_position"), foreign="swin",
    ),
    "position_embedding": Kind(
        "embedding.PositionEmbedding", "nn.Parameter", foreign="positional_embedding pos_embedding",
    ),
    "class_token": Kind("embedding.ClassToken", "nn.Parameter", foreign="cls_token"),
    "custom": Kind("custom.Custom", "", example="custom 100x4 macs=0"),
    "lstm": Kind("recurrent.LSTM", "nn.LSTM", example="lstm 128", flags=("bidirectional", "bias")),
    "gru": Kind("recurrent.GRU", "nn.GRU", example="gru 128", flags=("bidirectional", "bias")),
}  # fmt: skip  # a table reads better in lines
"""Each kind by its name; its class is imported only when it is first used."""

ALIASES = {alias: name for name, kind in KINDS.items() for alias in kind.aliases}
"""Second names that the field uses: understood, but printed as the first."""

FOREIGN_KINDS = {word: name for name, kind in KINDS.items() for word in kind.foreign.split()}
"""What other frameworks call our kinds, in lower case: not understood, but each leads to a kind."""

EXAMPLES = {name: kind.example or name for name, kind in KINDS.items()}
"""A line of each kind."""

NORMS = tuple(name for name, kind in KINDS.items() if kind.group == "norm")
"""The kinds that a line may attach to its layer as its norm."""

ACTIVATIONS = tuple(name for name, kind in KINDS.items() if kind.group == "activation")
"""The kinds that a line may attach to its layer as its activation."""

JOINS = tuple(name for name, kind in KINDS.items() if kind.group == "join")
"""The kinds at which branches meet."""

SUM = "add"
"""The kind by which a residual meets its shortcut."""


def canonical(kind: str) -> str:
    """The first name of a kind.

    >>> canonical("fc")
    'linear'
    """
    return ALIASES.get(kind, kind)


@cache
def kind_class(name: str) -> type[Layer]:
    """The class of a kind in `KINDS`."""
    module, _, cls = KINDS[name].path.partition(".")
    found: type[Layer] = getattr(import_module(f"convcalc.layers.{module}"), cls)
    return found
