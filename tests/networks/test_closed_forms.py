"""Bundled networks that nobody defines layer by layer, against formulas, and against the sizes that papers print."""

from itertools import pairwise
from math import prod

import pytest

from convcalc.language.assemble.network import build
from convcalc.language.read.settings import parse_settings
from convcalc.layers.shapes import show_shape
from convcalc.network.sight import receptive_fields
from convcalc.sources.loading import load

LENET5 = {
    "C1": (6 * (25 + 1), 6 * (25 + 1) * 28 * 28),
    "S2": (6 * 2, 6 * (4 + 1) * 14 * 14),
    "C3": (1_516, 1_516 * 10 * 10),
    "S4": (16 * 2, 16 * (4 + 1) * 5 * 5),
    "C5": (120 * (16 * 25 + 1), 120 * (16 * 25 + 1)),
    "F6": (84 * (120 + 1), 84 * (120 + 1)),
}
"""Trainable parameters and connections of each layer (LeCun et al. 1998, Section II.B)."""

TABLE_I = [
    *[{first, (first + 1) % 6, (first + 2) % 6} for first in range(6)],
    *[{first, (first + 1) % 6, (first + 2) % 6, (first + 3) % 6} for first in range(6)],
    *[{first, first + 1, first + 3, (first + 4) % 6} for first in range(3)],
    set(range(6)),
]
"""The maps of S2 that each map of C3 reads: three and four neighbours, four that are not all neighbours, all six."""

UNET = """
    1x572 64x570 64x568 64x284 128x282 128x280 128x140 256x138 256x136 256x68 512x66 512x64 512x32 1024x30 1024x28
    1024x56 512x54 512x52 512x104 256x102 256x100 256x200 128x198 128x196 128x392 64x390 64x388 2x388
"""
"""Channels and size of each map in Figure 1 of U-Net, those of a skip and an upconv together."""

FCN8S = """
    64x698 64x698 64x349 128x349 128x349 128x175 256x175 256x175 256x175 256x88 512x88 512x88 512x88 512x44
    512x44 512x44 512x44 512x22 4096x16 4096x16 21x16 21x34 21x44 21x34 21x70 21x88 21x70 21x560 21x500
"""
"""Channels and size of each map of FCN-8s, by Caffe's arithmetic; the last upconv would make 568, of which 500 stay."""


def report(network, settings=""):
    return build(load(network), parse_settings(settings.split()))


def totals(found):
    return found.params, found.macs


def layers(found, *without):
    """The rows of layers, without what their lines attach to them."""
    return [row for row in found.rows if not row.node.host and row.node.kind not in without]


def squares(found, *without):
    """The maps of a network on square images, as `64x570`."""
    shapes = [row.profile.output for row in layers(found, *without)]
    assert all(height == width for _, height, width in shapes)
    return [show_shape(shape[:2]) for shape in shapes]


def seen(found, name):
    """Receptive field and jump of a node along the last axis of the input."""
    field = receptive_fields(found).fields[name]["input"][-1]
    return field.size, field.jump


def test_layers_of_lenet5():
    """Each layer has the trainable parameters and connections that the paper prints; scaling is no MAC.

    The paper's 340,908 connections have those of the output, too: 84 for each of ten fixed codes.
    """
    assert [LENET5[name] for name in ("C1", "S2", "C5", "F6")] == [
        (156, 122_304),
        (12, 5_880),
        (48_120,) * 2,
        (10_164,) * 2,
    ]
    assert sum(connections for _, connections in LENET5.values()) + 84 * 10 == 340_908

    found = {name: [0, 0, 0] for name in LENET5}
    for row in report("lenet5").rows:
        if (name := row.node.name.partition(".")[0]) in found:
            values = prod(row.profile.output)
            found[name][0] += row.profile.params
            found[name][1] += row.profile.macs
            found[name][2] += values if row.profile.biases else 4 * values if row.node.kind == "avgpool" else 0

    assert {name: (params, macs + added) for name, (params, macs, added) in found.items()} == LENET5


def test_connections_of_lenet5():
    """C3 reads the maps of S2 that Table I marks, which make 60 filters of 5x5 and 16 biases."""
    c3 = next(row for row in report("lenet5").rows if row.node.name == "C3")

    assert list(map(set, c3.node.layer.connections)) == TABLE_I
    assert c3.profile.params == (6 * 3 + 9 * 4 + 6) * 25 + 16 == 1_516


def test_sizes_of_unet():
    """They are those of Figure 1: 572 becomes 28, and then 388."""
    assert squares(report("unet"), "upconv", "dropout") == UNET.split()[1:]


def test_totals_of_unet():
    """18 convolutions of 3x3, four upconvs of 2x2 that halve the channels, and one of 1x1: 23, as Section 2 says."""
    maps = [tuple(map(int, text.split("x"))) for text in UNET.split()]
    steps = [(before, after) for before, after in pairwise(maps) if before[1] - after[1] == 2]
    ups = [before for before, after in pairwise(maps) if after[1] == 2 * before[1]]
    weights = [9 * a * b for (a, _), (b, _) in steps] + [4 * a * (a // 2) for a, _ in ups] + [64 * 2]
    positions = [size**2 for _, (_, size) in steps] + [size**2 for _, size in ups] + [388**2]
    biases = sum(channels for _, (channels, _) in steps) + sum(channels // 2 for channels, _ in ups) + 2

    assert len(weights) == 23
    assert totals(report("unet")) == (
        sum(weights) + biases,
        sum(weight * places for weight, places in zip(weights, positions, strict=True)),
    )


def test_padded_unet():
    """A margin of 1 keeps the size of each map, and so that of the image; it has no other parameters."""
    found = report("unet", "margin=1 size=512")

    assert show_shape(found.rows[-1].profile.output) == "2x512x512"
    assert found.params == report("unet").params


def test_sizes_of_fcn8s():
    """They are those of Caffe: it pads by 100, its pools round up, and what is coarser crops what is finer."""
    assert squares(report("fcn8s"), "dropout") == FCN8S.split()


def test_receptive_field_of_fcn8s():
    """The scores before the upsampling see 404 positions and step by 32, as Table 1 of the paper says."""
    assert seen(report("fcn8s"), "conv16") == (404, 32)


def test_branches_of_fcn8s_and_unet_are_aligned():
    """A crop in the middle puts the fine maps where the coarse ones look: Caffe crops at 5 and 9 as well."""
    assert receptive_fields(report("fcn8s")).misaligned == []
    assert receptive_fields(report("unet")).misaligned == []


def test_classes_of_fcn8s():
    """A class more has a 1x1 filter on three maps, and in both upconvs 4x4 for each pair with another class."""
    filters = 4096 + 512 + 256 + 3
    difference = report("fcn8s", "classes=60").params - report("fcn8s").params

    assert difference == (60 - 21) * filters + 2 * 16 * (60**2 - 21**2)


def test_biases_that_segnet_has_in_caffe():
    """25 of its 26 convolutions have norms behind them, which take away the biases of 7,936 filters."""
    filters = [row.profile.output[0] for row in report("segnet").rows if row.node.kind == "conv"]

    assert (len(filters), sum(filters[:-1])) == (26, 7_936)


def test_unpooled_sizes_of_segnet():
    """They are those that Caffe's file states, and elsewhere twice what is unpooled: 23 rows become 45."""
    assert [show_shape(row.profile.output) for row in report("segnet").rows if row.node.kind == "maxunpool"] == [
        "512x23x30",
        "512x45x60",
        "256x90x120",
        "128x180x240",
        "64x360x480",
    ]


@pytest.mark.parametrize("k", [128, 64])
def test_totals_of_dcgan(k):
    """Its norms have a scale and a shift for each filter, and that of the linear layer for each of its numbers."""
    widths = [8 * k, 4 * k, 2 * k, k, 3]
    upconvs = [25 * a * b for a, b in pairwise(widths)]
    numbers = 8 * k * 4 * 4
    found = report("dcgan", f"k={k}")

    assert found.params == 100 * numbers + 2 * numbers + sum(upconvs) + 2 * sum(widths[1:-1])
    assert found.macs == 100 * numbers + sum(u * (4 * 2**n) ** 2 for n, u in enumerate(upconvs))
    assert show_shape(found.rows[-1].profile.output) == "3x64x64"


def test_layers_of_the_autoencoder():
    """Keras shows these sizes and parameters for each of its layers, 4,385 together."""
    rows = layers(report("autoencoder"))

    assert [(show_shape(row.profile.output), row.profile.params) for row in rows] == [
        ("16x28x28", 9 * 16 + 16),
        ("16x14x14", 0),
        ("8x14x14", 9 * 16 * 8 + 8),
        ("8x7x7", 0),
        ("8x7x7", 9 * 8 * 8 + 8),
        ("8x4x4", 0),
        ("8x4x4", 9 * 8 * 8 + 8),
        ("8x8x8", 0),
        ("8x8x8", 9 * 8 * 8 + 8),
        ("8x16x16", 0),
        ("16x14x14", 9 * 8 * 16 + 16),
        ("16x28x28", 0),
        ("1x28x28", 9 * 16 + 1),
    ]
    assert totals(report("autoencoder")) == (
        4_385,
        9 * (16 * 28**2 + 128 * 14**2 + 64 * 7**2 + 64 * 4**2 + 64 * 8**2 + 128 * 14**2 + 16 * 28**2),
    )


def wavenet(layers, r=32, s=512, levels=256, samples=16_000):
    """Parameters and MACs of a WaveNet: all but the first convolution have biases, and one residual fewer is read."""
    gates, skip, residual = 2 * 2 * r * r, r * s, r * r
    weights = 2 * levels * r + layers * (gates + skip) + (layers - 1) * residual + s * s + s * levels
    return weights + layers * (2 * r + s) + (layers - 1) * r + s + levels, weights * samples


def stacks(count):
    """The setting for so many stacks of ten layers."""
    stack = [2**n for n in range(10)]
    return "dilations=" + str((stack * count)[1:]).replace(" ", "")


@pytest.mark.parametrize("count", [1, 3, 5])
def test_totals_of_wavenet(count):
    """Each layer has a filter and a gate of two taps, a residual and a skip."""
    assert totals(report("wavenet", stacks(count))) == wavenet(10 * count)


def test_wavenet_has_five_stacks():
    """As wavenet_params.json of ibab/tensorflow-wavenet has it, whose unread residual has 32 * 32 + 32 parameters."""
    assert totals(report("wavenet")) == wavenet(50)
    assert report("wavenet").params + 32 * 32 + 32 == 1_515_968


@pytest.mark.parametrize("count", [1, 5])
def test_receptive_field_of_wavenet(count):
    """A stack sees 1024 samples (Section 2.1), each further one 1023 more, and the first convolution one more."""
    found = report("wavenet", stacks(count))

    assert seen(found, found.rows[-1].node.name) == (1024 + 1023 * (count - 1) + 1, 1)


def test_wavenet_is_causal():
    """The last sample that an output sees is its own."""
    found = report("wavenet", stacks(1))
    field = receptive_fields(found).fields[found.rows[-1].node.name]["input"][0]

    assert field.at(0) == (-1024, 0)


def transformer(width, tokens, window):
    """Parameters and MACs of a block on tokens of a width that attend within windows of so many."""
    attention, perceptron = 4 * width * width, 2 * 4 * width * width
    biases = 4 * width + 5 * width
    return attention + perceptron + biases + 4 * width, tokens * (attention + perceptron + 2 * window * width)


def vision_transformer(patch=16, width=768, depth=12, size=224):
    """Parameters and MACs of torchvision's vit_*: patches, a class token, positions, blocks, a norm, 1000 classes."""
    patches, filters = (size // patch) ** 2, 3 * patch * patch * width
    params, macs = transformer(width, patches + 1, patches + 1)
    ends = filters + width + width + (patches + 1) * width + 2 * width + 1000 * width + 1000
    return ends + depth * params, filters * patches + depth * macs + 1000 * width


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ("", {}),
        ("patch=32", {"patch": 32}),
        ("width=1024 heads=16 depth=24", {"width": 1024, "depth": 24}),
        ("size=384", {"size": 384}),
    ],
)
def test_totals_of_vit(settings, options):
    """A token costs 12 products of its width squared, and two of its width with each token; heads change nothing."""
    assert totals(report("vit_b_16", settings)) == vision_transformer(**options)


def swin(width, depth):
    """Parameters and MACs of torchvision's swin_*: windows of 49, whose heads have 13 * 13 relative positions."""
    params, macs = 3 * 16 * width + 3 * width, 3 * 16 * width * 56**2
    for stage, blocks in enumerate(depth):
        channels, tokens = width * 2**stage, (56 // 2**stage) ** 2
        if stage:
            params, macs = params + 2 * channels * channels + 4 * channels, macs + 2 * channels * channels * tokens
        block, spent = transformer(channels, tokens, 49)
        params, macs = params + blocks * (block + 13 * 13 * (channels // 32)), macs + blocks * spent
    return params + 2 * channels + 1000 * channels + 1000, macs + 1000 * channels


@pytest.mark.parametrize(
    ("width", "depth"), [(96, [2, 2, 6, 2]), (96, [2, 2, 18, 2]), (128, [2, 2, 18, 2])], ids=["tiny", "small", "base"]
)
def test_totals_of_swin(width, depth):
    """A merge makes twice the width of four neighbours, which have it four times; its norm is over all four."""
    settings = f"width={width} depth={depth}".replace(", ", ",")

    assert totals(report("swin_t", settings)) == swin(width, depth)
