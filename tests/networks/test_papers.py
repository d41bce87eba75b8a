"""Figures that papers print of their networks, row by row; see tests/reference/README.md."""

import re
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

import pytest
from published import network, numbers, read
from widenings import bundled, widen

from convcalc.layers.kinds import NORMS
from convcalc.layers.shapes import show_shape
from convcalc.network.sight import receptive_fields

FIGURES = read("papers.csv")

UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "%": Fraction(1, 100)}

CONVOLUTIONS = {"conv", "dwconv", "upconv"}


def params(net):
    return network(net).params


def macs(net):
    return network(net).macs


def weights_of(net, *without):
    """Weights of all layers but norms and those of some kinds."""
    return sum(row.weights for row in network(net).rows if row.node.kind not in {*NORMS, *without})


def params_without_norms(net):
    return sum(row.weights + row.biases for row in network(net).rows if row.node.kind not in NORMS)


def macs_of(net, *kinds):
    return sum(row.profile.macs for row in network(net).rows if row.node.kind in kinds)


def tensorflow_flops(net):
    """What TensorFlow's profiler counts: two for a MAC, one for a bias and for a tap of a pool, and sums."""
    total = 0
    for row in network(net).rows:
        if row.node.kind in CONVOLUTIONS:
            total += 2 * row.profile.macs + (numbers(row) if row.profile.biases else 0)
        elif row.node.kind in {"maxpool", "avgpool"}:
            total += row.profile.operations + (numbers(row) if row.node.kind == "maxpool" else 0)
        elif row.node.kind in {"add", "gap"}:
            total += row.profile.operations
    return total


def inside(net, *names):
    """The rows of layers, or of blocks, that have these names."""
    return [row for row in network(net).rows if row.node.name.split(".")[0] in names]


def params_of(net, *names):
    return sum(row.weights + row.biases for row in inside(net, *names))


def field(net, name=None):
    """What a node sees along the last axis; the last one if none is named."""
    found = network(net)
    fields = receptive_fields(found).fields
    return fields[name or found.rows[-1].node.name]["input"][-1]


MEASURES = {
    "parameters": params,
    "params": params,
    "mult-adds": macs,
    "MAdds": macs,
    "FLOPs": macs,
    "FLOPs (multiply-adds)": macs,
    "FLOPs (MACs)": macs,
    "params of the conv2 template": params,
    "multiply-adds at inference (budget)": macs,
}
"""What a field of a table is called, and what it counts."""

RESNET50, RESNET101, RESNET152 = "resnet50", "resnet50 depth=[3,4,23,3]", "resnet50 depth=[3,8,36,3]"
V1_50, V1_101, V1_152 = "resnet50-v1", "resnet50-v1 depth=[3,4,23,3]", "resnet50-v1 depth=[3,8,36,3]"
RESNEXT101 = "resnext50_32x4d depth=[3,4,23,3] groups=64"

NETWORKS = {
    "GoogLeNet": {"GoogLeNet": "googlenet"},
    "AlexNet": {"AlexNet": "alexnet"},
    "MobileNetV1": {
        "Convolution": "full",
        "Depthwise Separable Conv": "separable",
        "alpha=0.75": "separable c=384",
        "rho=0.714": "separable c=384 size=10",
        "Conv MobileNet": "mobilenet_v1-conv",
        "MobileNet": "mobilenet_v1",
        "0.75 MobileNet": "mobilenet_v1 alpha=0.75",
        "Shallow MobileNet": "mobilenet_v1-shallow",
        "1.0 MobileNet-224": "mobilenet_v1",
        "0.75 MobileNet-224": "mobilenet_v1 alpha=0.75",
        "0.5 MobileNet-224": "mobilenet_v1 alpha=0.5",
        "0.25 MobileNet-224": "mobilenet_v1 alpha=0.25",
        "1.0 MobileNet-192": "mobilenet_v1 size=192",
        "1.0 MobileNet-160": "mobilenet_v1 size=160",
        "1.0 MobileNet-128": "mobilenet_v1 size=128",
        "GoogleNet": "googlenet",
        "VGG 16": "vgg16",
        "0.50 MobileNet-160": "mobilenet_v1 alpha=0.5 size=160",
        "Squeezenet": "squeezenet1_0-padded size=227",
        "AlexNet": "alexnet",
    },
    "MobileNetV2": {
        "MobileNetV2 (1.0)": "mobilenet_v2",
        "MobileNetV2 (1.4)": "mobilenet_v2 alpha=1.4",
        "MobileNetV1": "mobilenet_v1",
        "ShuffleNet (1.5)": "shufflenet_v1 c=360",
        "ShuffleNet (x2)": "shufflenet_v1-x2",
    },
    "MobileNetV3": {"V3-Large 1.0": "mobilenet_v3_large"},
    "VGG": {
        "configuration A (and A-LRN)": "vgg11",
        "configuration B": "vgg13",
        "configuration C": "vgg-c",
        "configuration D": "vgg16",
        "configuration E": "vgg16 depth=[2,2,4,4,4]",
    },
    "ResNet": {
        "18-layer": "resnet18-a",
        "34-layer": "resnet18-a depth=[3,4,6,3]",
        "50-layer": V1_50,
        "101-layer": V1_101,
        "152-layer": V1_152,
        "VGG-19": "vgg19",
    }
    | {f"ResNet-{6 * n + 2}": f"resnet-cifar n={n}" for n in (3, 5, 7, 9, 18, 200)},
    "Wide ResNet": {
        "ResNet-50": RESNET50,
        "ResNet-101": RESNET101,
        "ResNet-152": RESNET152,
        "WRN-50-2-bottleneck": "wide_resnet50_2",
    }
    | {
        f"WRN-{6 * n + 4}-{k}": f"wrn_28_10 n={n} k={k}"
        for n, ks in {6: (1, 2, 4, 8, 10), 4: (10, 12), 3: (8, 10), 2: (8, 10)}.items()
        for k in ks
    },
    "DenseNet": {
        f"DenseNet L={3 * n + 4} k={k}": f"densenet-cifar n={n} k={k}" for n, k in [(12, 12), (32, 12), (32, 24)]
    }
    | {f"DenseNet-BC L={6 * n + 4} k={k}": f"densenet-bc-cifar n={n} k={k}" for n, k in [(16, 12), (41, 24), (31, 40)]},
    "SqueezeNet": {"total before pruning": "squeezenet1_0"},
    "EfficientNet": {
        "EfficientNet-B0": "efficientnet_b0",
        "EfficientNet-B1": "efficientnet_b0 depth=1.1 size=240",
        "EfficientNet-B2": "efficientnet_b0 width=1.1 depth=1.2 size=260",
        "EfficientNet-B3": "efficientnet_b0 width=1.2 depth=1.4 size=300",
        "EfficientNet-B4": "efficientnet_b0 width=1.4 depth=1.8 size=380",
        "EfficientNet-B5": "efficientnet_b0 width=1.6 depth=2.2 size=456",
        "EfficientNet-B6": "efficientnet_b0 width=1.8 depth=2.6 size=528",
        "EfficientNet-B7": "efficientnet_b0 width=2.0 depth=3.1 size=600",
        "ResNet-50": RESNET50,
        "ResNet-152": RESNET152,
        "DenseNet-169": "densenet121 depth=[6,12,32,32]",
        "DenseNet-264": "densenet121 depth=[6,12,64,48]",
        "Xception": "xception",
        "ResNeXt-101": RESNEXT101,
    },
    "ResNeXt": {"ResNet-50": RESNET50, "ResNeXt-50 32x4d": "resnext50_32x4d"}
    | {
        f"C={c} d={d} (group conv width {c * d})": f"bottleneck c={c} d={d}"
        for c, d in [(1, 64), (2, 40), (4, 24), (8, 14), (32, 4)]
    },
    "C3D": {"architecture-search net, depth-3": "c3d-search"},
    "ConvNeXt": {
        "ConvNeXt-T 224": "convnext_tiny",
        "ConvNeXt-S 224": "convnext_tiny depth=[3,3,27,3]",
        "ConvNeXt-B 224": "convnext_tiny depth=[3,3,27,3] width=128",
        "ConvNeXt-B 384": "convnext_tiny depth=[3,3,27,3] width=128 on 3x384x384",
        "ConvNeXt-L 224": "convnext_tiny depth=[3,3,27,3] width=192",
        "ConvNeXt-L 384": "convnext_tiny depth=[3,3,27,3] width=192 on 3x384x384",
    },
}
"""What a network is called in a paper, and which of ours it is."""


def share(kinds, measure):
    """A row of MobileNet v1's Table 2: the part of the weights, or of the MACs, that these layers have."""
    rows = network("mobilenet_v1").rows
    count = {"weights": lambda row: row.weights, "macs": lambda row: row.profile.macs}[measure]
    own = sum(count(row) for row in rows if kinds(row))
    return Fraction(own, sum(count(row) for row in rows if row.node.kind not in NORMS))


SHARES = {
    "Conv 1x1": lambda row: row.node.kind == "conv" and row.node.layer.kernel_size == (1, 1),
    "Conv DW 3x3": lambda row: row.node.kind == "dwconv",
    "Conv 3x3": lambda row: row.node.name == "conv1",
    "Fully Connected": lambda row: row.node.kind == "linear",
}


def kernels(net, name):
    """A layer as Krizhevsky et al. describe it."""
    (row,) = [row for row in network(net).rows if row.node.name == name]
    layer, (channels, *_) = row.node.layer, row.inputs[0]
    filters = f"{layer.out_channels} kernels {show_shape(layer.kernel_size)}x{channels // layer.groups}"
    stride = f" stride {layer.stride}" if layer.stride > 1 else ""
    return filters + stride + (f" ({layer.groups} groups)" if layer.groups > 1 else "")


def connections(name):
    """Of a layer of LeNet-5: its MACs and biases; and where it pools, the sums and the product of each number."""
    total = 0
    for row in inside("lenet5", name):
        values = numbers(row)
        total += row.profile.macs
        total += values if row.profile.biases else row.profile.operations if row.node.kind == "avgpool" else 0
    return total


LENET5 = ("C1", "S2", "C3", "S4", "C5", "F6")
CODES = 84 * 10
"""Numbers of the ten fixed codes of LeNet-5's output, which are among its connections."""

FIRES = {f"fire{number + 1}": f"fire{number}" for number in range(1, 9)} | {"conv1": "conv1", "conv10": "conv2"}
"""The paper counts conv1 among the fire modules."""

END_POINTS = {
    "alexnet_v2": ("alexnet-slim", "maxpool3"),
    "vgg_16": ("vgg16", "maxpool5"),
    "mobilenet_v1": ("mobilenet_v1", "separable13.conv1"),
    "mobilenet_v1_075": ("mobilenet_v1 alpha=0.75", "separable13.conv1"),
    "resnet_v1_50": ("resnet50-slim", "last4.add1"),
    "resnet_v1_101": ("resnet50-slim depth=[3,4,23,3]", "last4.add1"),
    "resnet_v1_152": ("resnet50-slim depth=[3,8,36,3]", "last4.add1"),
    "resnet_v1_200": ("resnet50-slim depth=[3,24,36,3]", "last4.add1"),
    "inception_v2": ("inception-bn", "concat1"),
}
"""Networks of TF-slim, and the layer behind which they pool the whole map."""


def searched(frames):
    """Parameters of C3D's search network with kernels of so many frames."""
    return network(f"c3d-search d={frames}").params


def wide_basic(net, factor):
    """Parameters of a ResNet whose filters are widened, but for the first 64."""
    return widen(bundled(net), factor, keep=("conv1",)).after.params


def narrow_mobilenet_v3():
    """MobileNet v3 as torchvision makes it narrower: all widths in multiples of 8."""
    return widen(bundled("mobilenet_v3_large"), "0.75", divisor=8, linear=True).after


OTHERS = {
    ("GoogLeNet", "GoogLeNet", "times fewer parameters than AlexNet"): lambda: Fraction(
        params("alexnet"), params("googlenet")
    ),
    ("AlexNet", "AlexNet", "neurons"): lambda: sum(
        numbers(row) for row in network("alexnet").rows if row.node.kind in {"conv", "linear"}
    ),
    ("AlexNet", "input dimension", "count"): lambda: 3 * 224 * 224,
    ("MobileNetV1", "MobileNet", "layers (dw and pw counted separately)"): lambda: sum(
        row.node.kind in {"conv", "dwconv", "linear"} for row in network("mobilenet_v1").rows
    ),
    ("MobileNetV1", "0.50 MobileNet-160", "parameters"): lambda: params_without_norms("mobilenet_v1 alpha=0.5"),
    ("MobileNetV3", "V3-Large 0.75", "MAdds"): lambda: narrow_mobilenet_v3().macs,
    ("MobileNetV3", "V3-Large 0.75", "params"): lambda: narrow_mobilenet_v3().params,
    ("VGG", "three stacked 3x3 layers", "effective receptive field"): lambda: field("stack").size,
    ("VGG", "two stacked 3x3 layers", "effective receptive field"): lambda: field("stack n=2").size,
    ("VGG", "7x7 vs three 3x3, C channels", "extra parameters of 7x7"): lambda: (
        Fraction(params("stack k=7 n=1"), params("stack")) - 1
    ),
    ("ResNet", "VGG-16", "FLOPs (multiply-adds)"): lambda: macs_of("vgg16", "conv"),
    ("ResNeXt", "ResNet-50", "params"): lambda: params_without_norms(RESNET50),
    ("C3D", "consecutive temporal depths (e.g. depth-1 vs depth-3)", "parameter difference"): lambda: (
        searched(3) - searched(1)
    ),
    ("C3D", "depth-1 vs depth-7", "parameter difference"): lambda: searched(7) - searched(1),
    ("LeNet-5", "total", "trainable parameters"): lambda: params("lenet5"),
    ("LeNet-5", "total", "connections"): lambda: sum(connections(name) for name in LENET5) + CODES,
    ("U-Net", "input", "size"): lambda: network("unet").graph.inputs["input"][-1],
    ("U-Net", "output", "size"): lambda: network("unet").rows[-1].profile.output[-1],
    ("U-Net", "network", "convolutional layers"): lambda: sum(
        row.node.kind in CONVOLUTIONS for row in network("unet").rows
    ),
}
OTHERS |= {
    ("AlexNet", f"{name} neurons", "count"): lambda layer=layer: numbers(inside("alexnet", layer)[0])
    for name, layer in zip(
        ["conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"],
        ["conv1", "conv2", "conv3", "conv4", "conv5", "linear1", "linear2", "linear3"],
        strict=True,
    )
}
OTHERS |= {
    ("AlexNet", name, "kernels"): lambda name=name: kernels("alexnet", name)
    for name in ("conv1", "conv2", "conv3", "conv4", "conv5")
}
OTHERS |= {
    ("MobileNetV1", item, f"share of {field}"): lambda kinds=kinds, measure=measure: share(kinds, measure)
    for item, kinds in SHARES.items()
    for field, measure in {"mult-adds": "macs", "parameters": "weights"}.items()
}
for width in ("1", "0.75"):
    for size in (224, 192):
        item, net = f"{width} MobileNet-{size}", f"mobilenet_v1 alpha={width} size={size}"
        # the MACs are printed for 1000 classes, the parameters for the 120 of Stanford Dogs
        OTHERS |= {
            ("MobileNetV1", f"{item} (120 classes)", "mult-adds"): lambda net=net: macs(net),
            ("MobileNetV1", f"{item} (120 classes)", "parameters"): lambda net=net: params(f"{net} classes=120"),
        }
OTHERS |= {
    ("Wide ResNet", f"WRN-{net.removeprefix('resnet')} width {factor}", "params"): lambda net=net, factor=factor: (
        wide_basic(net, factor)
    )
    for net, factors in {"resnet18": ("1.0", "1.5", "2.0", "3.0"), "resnet34": ("1.0", "1.5", "2.0")}.items()
    for factor in factors
}
OTHERS |= {
    ("SqueezeNet", fire, "params"): lambda name=name: params_of("squeezenet1_0", name) for fire, name in FIRES.items()
}
OTHERS |= {
    # the paper counts convolutions alone
    ("ShuffleNetV1", f"1x, g={g}", "FLOPs (multiply-adds)"): lambda g=g, c=c: macs_of(
        f"shufflenet_v1 g={g} c={c}", "conv", "dwconv"
    )
    for g, c in [(1, 144), (2, 200), (3, 240), (4, 272), (8, 384)]
}
OTHERS |= {
    ("LeNet-5", name, "trainable parameters"): lambda name=name: params_of("lenet5", name) for name in LENET5
} | {("LeNet-5", name, "connections"): lambda name=name: connections(name) for name in LENET5}
ARAUJO = "Receptive fields (Araujo et al.)"
for item, (net, layer) in END_POINTS.items():
    OTHERS |= {
        (ARAUJO, item, "receptive field"): lambda net=net, layer=layer: field(net, layer).size,
        (ARAUJO, item, "effective stride"): lambda net=net, layer=layer: field(net, layer).jump,
        (ARAUJO, item, "effective padding"): lambda net=net, layer=layer: -field(net, layer).start,
    }
    if item not in {"mobilenet_v1_075", "resnet_v1_200"}:  # they have none
        OTHERS[ARAUJO, item, "FLOPs (2 x MAC)"] = lambda net=net: tensorflow_flops(net)
"""What is no total of a network, or not of all of it."""


DIFFERENCES = {
    ("GoogLeNet", "GoogLeNet", "times fewer parameters than AlexNet"): (
        "9",
        "60 million by 12 are 5 million, but even the paper's Table 1 sums up to 6.8 million",
    ),
    ("AlexNet", "AlexNet", "neurons"): ("659272", "the paper gives a round number"),
    ("AlexNet", "conv1 neurons", "count"): ("290400", "there are 55x55x96; what is printed is 55x48x96"),
    ("MobileNetV1", "Conv 3x3", "share of mult-adds"): ("1.91", "its digits are swapped"),
    ("MobileNetV1", "Conv MobileNet", "mult-adds"): ("4867", "printed without the linear layer, unlike the others"),
    ("MobileNetV1", "GoogleNet", "mult-adds"): ("1583", "not known what the paper took; Table 1 of GoogLeNet has 1502"),
    ("MobileNetV1", "GoogleNet", "parameters"): ("7.0", "printed is the sum of GoogLeNet's Table 1"),
    ("MobileNetV1", "VGG 16", "mult-adds"): ("15470", "printed in hundreds, and without the linear layers"),
    ("MobileNetV1", "Squeezenet", "mult-adds"): ("861", "printed in hundreds, and multiplies and adds apart"),
    ("MobileNetV1", "AlexNet", "mult-adds"): ("724", "printed in tens"),
    ("MobileNetV2", "MobileNetV2 (1.0)", "params"): ("3.5", "printed without norms, and cut off"),
    ("MobileNetV2", "MobileNetV2 (1.4)", "MAdds"): ("582", "the authors' checkpoint has 582, too"),
    ("MobileNetV2", "MobileNetV2 (1.4)", "params"): ("6.1", "the authors' checkpoint has 6.06 without norms"),
    ("MobileNetV2", "MobileNetV1", "MAdds"): ("569", "the paper of MobileNet v1 prints 569, too"),
    ("MobileNetV3", "V3-Large 1.0", "MAdds"): ("217", "not known what the paper counts beside convolutions"),
    ("MobileNetV3", "V3-Large 0.75", "MAdds"): ("140", "this is torchvision's; the paper does not tell its widths"),
    ("MobileNetV3", "V3-Large 0.75", "params"): (
        "3.4",
        "torchvision narrows the linear layer, too; with 1280 it has 3.9",
    ),
    ("EfficientNet", "EfficientNet-B1", "FLOPs (multiply-adds)"): ("0.69", "torchvision publishes 0.687"),
    ("EfficientNet", "EfficientNet-B2", "params"): ("9.1", "printed with running statistics, unlike B1"),
    ("EfficientNet", "EfficientNet-B4", "FLOPs (multiply-adds)"): ("4.4", "torchvision publishes 4.394"),
    ("EfficientNet", "EfficientNet-B5", "FLOPs (multiply-adds)"): ("10.3", "torchvision publishes 10.266"),
    ("EfficientNet", "DenseNet-169", "FLOPs (multiply-adds)"): ("3.4", "torchvision publishes 3.36"),
    ("EfficientNet", "DenseNet-264", "params"): ("33", "not known what the paper counts: for DenseNet-169 it agrees"),
    ("EfficientNet", "DenseNet-264", "FLOPs (multiply-adds)"): ("5.8", "more by the same factor as DenseNet-169's"),
    ("EfficientNet", "ResNeXt-101", "params"): ("83", "83.5 was rounded once more"),
    ("EfficientNet", "ResNeXt-101", "FLOPs"): ("15", "printed for an image of 320x320"),
    ("ResNeXt", "C=8 d=14 (group conv width 112)", "params of the conv2 template"): ("71", "the paper says about 70"),
    ("C3D", "architecture-search net, depth-3", "parameters"): ("17.4", "the paper gives one number for all its nets"),
    ("C3D", "consecutive temporal depths (e.g. depth-1 vs depth-3)", "parameter difference"): (
        "3100",
        "input channels are forgotten",
    ),
    ("C3D", "depth-1 vs depth-7", "parameter difference"): ("9300", "input channels are forgotten"),
    ("ConvNeXt", "ConvNeXt-B 384", "FLOPs (MACs)"): ("45.1", "not known; all others of the table agree"),
}
"""What should be printed, to the same place, and why something else is."""

FILTERS_OF_C3D = 64 + 128 + 256 + 256 + 256

EXPLANATIONS = {
    ("AlexNet", "conv1 neurons", "count"): lambda: 55 * 48 * 96,
    ("MobileNetV1", "Conv MobileNet", "mult-adds"): lambda: macs_of("mobilenet_v1-conv", "conv"),
    ("MobileNetV1", "GoogleNet", "parameters"): lambda: sum(Fraction(row["params"]) * 1000 for row in GOOGLENET),
    ("MobileNetV1", "VGG 16", "mult-adds"): lambda: round(macs_of("vgg16", "conv"), -8),
    ("MobileNetV1", "Squeezenet", "mult-adds"): lambda: round(2 * macs("squeezenet1_0-padded size=227"), -8),
    ("MobileNetV1", "AlexNet", "mult-adds"): lambda: round(macs("alexnet"), -7),
    ("MobileNetV2", "MobileNetV2 (1.0)", "params"): lambda: params_without_norms("mobilenet_v2"),
    ("EfficientNet", "EfficientNet-B2", "params"): lambda: sum(
        row.weights + row.biases + row.statistics for row in network("efficientnet_b0 width=1.1 depth=1.2").rows
    ),
    ("EfficientNet", "ResNeXt-101", "params"): lambda: round(round(params(RESNEXT101), -5) + 1, -6),
    ("EfficientNet", "ResNeXt-101", "FLOPs"): lambda: macs(f"{RESNEXT101} on 3x320x320"),
    ("ResNeXt", "C=8 d=14 (group conv width 112)", "params of the conv2 template"): lambda: round(
        params("bottleneck c=8 d=14"), -4
    ),
    ("C3D", "consecutive temporal depths (e.g. depth-1 vs depth-3)", "parameter difference"): lambda: (
        2 * 3 * 3 * FILTERS_OF_C3D
    ),
    ("C3D", "depth-1 vs depth-7", "parameter difference"): lambda: 6 * 3 * 3 * FILTERS_OF_C3D,
}
"""What the printed figure is of."""

NOT_BUNDLED = "another network, which is not bundled"
LEFT_OUT = {
    ("MobileNetV2", r"NasNet-A|SSD|SSDLite"): NOT_BUNDLED,
    ("MobileNetV3", r"V3-Small 1\.0"): NOT_BUNDLED,
    ("Wide ResNet", r"pre-ResNet-200"): NOT_BUNDLED,
    ("EfficientNet", r"Inception-.*"): NOT_BUNDLED,
    (ARAUJO, r"inception_v3|inception_v4|inception_resnet_v2"): NOT_BUNDLED,
    ("SqueezeNet", r"total after pruning"): "pruning looks at values, not at shapes",
}
"""Rows of the file that nothing is compared with, and why."""


def key(row):
    return row["paper"], row["item"], row["field"]


def named(row):
    return " | ".join([row["paper"], row["location"], row["item"], row["field"]])


def left_out(row):
    return any(paper == row["paper"] and re.fullmatch(item, row["item"]) for paper, item in LEFT_OUT)


COMPARED = [row for row in FIGURES if not left_out(row)]
DIFFERENT = [row for row in COMPARED if row["agreement"] == "differs"]


@cache
def counted(*key):
    """Our figure."""
    if key in OTHERS:
        return OTHERS[key]()
    paper, item, field = key
    return MEASURES[field](NETWORKS[paper][item])


def agreement(printed, value, unit=1):
    """How a printed figure agrees with a number: exactly, rounded at its last digit, or cut off there."""
    if isinstance(value, str):
        return "exact" if value == printed else "differs"
    figure, scaled = Decimal(printed), Fraction(value) / unit
    if scaled == Fraction(figure):
        return "exact"
    decimal = Decimal(scaled.numerator) / Decimal(scaled.denominator)
    roundings = {"rounds": ROUND_HALF_UP, "truncates": ROUND_FLOOR}
    found = [name for name, rounding in roundings.items() if decimal.quantize(figure, rounding) == figure]
    return found[0] if found else "differs"


@pytest.mark.parametrize("row", COMPARED, ids=named)
def test_figures(row):
    """What a paper prints is our figure, exactly, rounded or cut off as the file says; or it is known to differ."""
    value = counted(*key(row))

    assert agreement(row["printed"], value, UNITS[row["unit"]]) == row["agreement"]
    assert row["exact"] in {"", str(value)}


@pytest.mark.parametrize("row", DIFFERENT, ids=named)
def test_differences(row):
    """A figure that differs should be another one, to the same place, and has a reason."""
    expected, reason = DIFFERENCES[key(row)]

    assert agreement(expected, counted(*key(row)), UNITS[row["unit"]]) in {"exact", "rounds"}, reason
    assert Decimal(expected).as_tuple().exponent == Decimal(row["printed"]).as_tuple().exponent


@pytest.mark.parametrize("row", [row for row in DIFFERENT if key(row) in EXPLANATIONS], ids=named)
def test_explanations(row):
    """Where the reason is a number, the printed figure is that number, exact, rounded or cut off."""
    assert agreement(row["printed"], EXPLANATIONS[key(row)](), UNITS[row["unit"]]) != "differs"


def test_each_figure_is_compared_or_left_out():
    """No row is skipped without a reason, no reason is without a row, and no figure of ours is without a use."""
    rows = {key(row) for row in FIGURES}

    assert all(key(row) in OTHERS or row["item"] in NETWORKS[row["paper"]] for row in COMPARED)
    assert {key(row) for row in DIFFERENT} == DIFFERENCES.keys()
    assert DIFFERENCES.keys() >= EXPLANATIONS.keys()
    assert rows >= OTHERS.keys()
    assert {(paper, item) for paper, items in NETWORKS.items() for item in items} <= {name[:2] for name in rows}
    for paper, item in LEFT_OUT:
        assert any(name[0] == paper and re.fullmatch(item, name[1]) for name in rows)


GOOGLENET = [row for row in read("googlenet_table1.csv") if row["params"]]
"""The layers of GoogLeNet's Table 1 that have parameters."""

INCEPTIONS = [f"inception{number}" for number in range(1, 10)]
LAYERS_OF_GOOGLENET = [("conv1",), ("conv2", "conv3"), *[(name,) for name in INCEPTIONS], ("linear1",)]
"""The layers that a row of the table stands for; that of the second convolution has the 1x1 before it, too."""

MILLION, KIBI = 10**6, 1024

OPERATIONS = dict.fromkeys([row["layer"] for row in GOOGLENET], "rounds") | {
    "inception (4a)": "truncates",
    # 54 million are printed, and it has 51: what other widths the authors had is not known
    "inception (5a)": "differs",
    # 34 million are printed, and it has 118: see below
    "convolution 7x7/2": "differs",
}
"""How the operations agree that the table prints."""

PARAMETERS = dict.fromkeys([row["layer"] for row in GOOGLENET], "differs") | {
    "convolution 3x3/1": "exact",
    "inception (3a)": "truncates",
    "linear": "exact",
}
"""How the parameters agree, in units of 1024: those of most Inceptions are others than their filters have."""


@pytest.mark.parametrize(("row", "names"), list(zip(GOOGLENET, LAYERS_OF_GOOGLENET, strict=True)))
def test_table_of_googlenet(row, names):
    """Weights, biases and MACs are those of Caffe's definition, and the printed operations those MACs."""
    found = inside("googlenet", *names)
    weights, biases = sum(layer.weights for layer in found), sum(layer.biases for layer in found)
    spent = sum(layer.profile.macs for layer in found)

    assert (weights, biases, spent) == tuple(int(row[column]) for column in ("weights", "biases", "macs"))
    assert agreement(row["ops"], spent, MILLION) == OPERATIONS[row["layer"]]
    assert agreement(row["params"], weights, KIBI) == PARAMETERS[row["layer"]]
    if row["layer"] != "convolution 7x7/2":
        assert abs(Fraction(row["params"]) * KIBI / weights - 1) < Fraction(8, 100)


def test_first_convolution_in_the_table_of_googlenet():
    """2.7K parameters and 34M operations are those of a 7x1 and a 1x7 beside each other, not of the 7x7."""
    filters = (7 + 7) * 3 * 64

    assert agreement("2.7", filters, 1000) == "rounds"
    assert agreement("34", filters * 112 * 112, MILLION) == "rounds"


def test_sums_of_the_table_of_googlenet():
    """They are what other papers print: 1.5 billion operations, 6.8 million parameters."""
    assert sum(Fraction(row["ops"]) for row in GOOGLENET) == 1502
    assert sum(Fraction(row["params"]) for row in GOOGLENET) == Fraction("6797.7")


def test_sizes_in_the_table_of_googlenet():
    """The output of each row, in its order."""
    found = [row for row in network("googlenet").rows if not row.node.host]
    ends = {name.split(".")[0]: row for row in found for name in [row.node.name]}
    kept = [row for name, row in ends.items() if row.node.kind != "lrn" and name != "conv2"]
    sizes = [(*row.profile.output, 1, 1)[:3] for row in kept]
    printed = [row["output"] for row in read("googlenet_table1.csv") if row["layer"] != "softmax"]

    assert [show_shape((height, width, channels)) for channels, height, width in sizes] == printed
