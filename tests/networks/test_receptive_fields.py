"""What layers of bundled networks see, against published figures; see tests/reference/README.md."""

import csv
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from convcalc.errors import Source
from convcalc.language.assemble.network import build
from convcalc.language.read.document import parse_description
from convcalc.language.read.settings import parse_inputs, parse_settings
from convcalc.layers.shapes import show_shape
from convcalc.network.sight import receptive_fields
from convcalc.sources.bundled import bundled
from convcalc.sources.loading import load

REFERENCE = Path(__file__).parent.parent / "reference"
SPECS = Path(__file__).parents[2] / "src" / "convcalc" / "networks"
SLIDING = {"conv", "dwconv", "maxpool", "avgpool"}


def read(name):
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


DEFINED = {key: list(rows) for key, rows in groupby(read("receptive_fields.csv"), lambda row: row["definition"])}
"""The layers that slide windows, in their order, by the definition that they are of."""

SETTINGS = {
    "caffe/resnet101-v1": ("resnet50-v1", "depth=[3,4,23,3]"),
    "caffe/resnet152-v1": ("resnet50-v1", "depth=[3,8,36,3]"),
}
"""Definitions of a bundled network under settings; each other one is named after the network."""

NOT_BUNDLED_YET = ()
"""Definitions whose networks are still to come."""

WITHOUT_FIGURES = {
    "autoencoder", "dcgan", "m5", "seed", "segnet", "shufflenet_v1", "swin_t", "unet", "vgg13", "vit_b_16", "zfnet",
}  # fmt: skip  # a list reads better in lines
"""Bundled networks of which nobody has printed a receptive field, as far as we know."""

ALIKE = {"vgg11_bn": "vgg11", "vgg13_bn": "vgg13", "vgg19_bn": "vgg19", "se_resnet50": "resnet50-v1"}
"""Networks that see what another one sees, with norms or gates between."""

FOLLOWED = {"fcn8s", "lenet5", "resnet101", "resnet152", "wavenet", "wrn_28_10"}
"""Networks that are compared with a single figure, or with a closed form."""


@cache
def seen(network, *settings, size=None):
    """The report of a network, and what its layers see."""
    shapes = parse_inputs([f"3x{size}x{size}"]) if size else None
    report = build(load(network), parse_settings(list(settings)), shapes)
    return report, receptive_fields(report).fields


def told(fields, name):
    """The sizes and the jumps of a layer's field."""
    (own,) = fields[name].values()
    return show_shape([field.size for field in own]), show_shape([field.jump for field in own])


def sliding(network, *settings):
    """What each layer sees that slides windows."""
    report, fields = seen(network, *settings)
    return [told(fields, row.node.name) for row in report.rows if row.node.kind in SLIDING]


def covers(report, fields, row):
    """Whether each position of a layer sees all of the input."""
    (shape,) = report.graph.inputs.values()
    (own,) = fields[row.node.name].values()
    return all(field.jump == 0 and field.size >= size for field, size in zip(own, shape[1:], strict=True))


@pytest.mark.parametrize("definition", sorted(DEFINED.keys() - NOT_BUNDLED_YET))
def test_each_window_sees_what_its_definition_says(definition):
    """Sizes and effective strides of all convolutions and pools, to the last digit, in their order.

    Behind a pool over the whole map a field is global: each position sees all of the input.
    """
    network, *settings = SETTINGS.get(definition, (definition.split("/")[1],))
    report, fields = seen(network, *settings)
    rows = [row for row in report.rows if row.node.kind in SLIDING]
    differences = DIFFERENCES.get(definition, {})

    assert len(rows) == len(DEFINED[definition])
    for row, expected in zip(rows, DEFINED[definition], strict=True):
        if differences.get(expected["name"], expected["receptive_field"]) == "global":
            assert covers(report, fields, row), expected["name"]
        else:
            jump = differences.get(expected["name"], expected["jump"])
            assert told(fields, row.node.name) == (expected["receptive_field"], jump), expected["name"]


HEAD = dict.fromkeys(("classifier.0.project.0", "classifier.1", "classifier.4"), "global")
DIFFERENCES = {
    # of a single frame there is no next one to step to
    "caffe/c3d": {"pool5": "0x32x32"},
    # the tracer leaves the branch out that pools the whole map: it is joined to the others here
    "torchvision/deeplabv3": HEAD,
    "torchvision/deeplabv3-aux": HEAD,
}
"""Fields that are another one here, and why."""


def separable(number):
    return f"separable{number}.conv1"


INCEPTION_V2 = {
    "Conv2d_1a_7x7": "conv1", "MaxPool_2a_3x3": "maxpool1", "Conv2d_2b_1x1": "one1.conv1",
    "Conv2d_2c_3x3": "one1.conv2", "MaxPool_3a_3x3": "maxpool2", "Mixed_3b": "inception1.concat1",
    "Mixed_3c": "inception2.concat1", "Mixed_4a": "reduction1.concat1", "Mixed_4b": "inception3.concat1",
    "Mixed_4c": "inception4.concat1", "Mixed_4d": "inception5.concat1", "Mixed_4e": "inception6.concat1",
    "Mixed_5a": "reduction2.concat1", "Mixed_5b": "inception7.concat1", "Mixed_5c": "concat1",
}  # fmt: skip  # a table reads better in columns
MOBILENET = {"Conv2d_0": "conv1"} | {f"Conv2d_{number}_pointwise": separable(number) for number in range(1, 14)}
VGG = {f"pool{number}": f"maxpool{number}" for number in range(1, 6)}
TFSLIM = {
    "alexnet_v2": (
        "alexnet",
        "",
        {f"conv{number}": f"conv{number}" for number in range(1, 6)} | {"pool1": "maxpool1", "pool5": "maxpool3"},
    ),
    "vgg_a": (
        "vgg11",
        "",
        VGG
        | {"conv1/conv1_1": "conv1", "conv2/conv2_1": "conv2", "conv3/conv3_1": "conv3", "conv3/conv3_2": "conv4"}
        | {"conv4/conv4_1": "conv5", "conv4/conv4_2": "conv6", "conv5/conv5_1": "conv7", "conv5/conv5_2": "conv8"},
    ),
    "vgg_16": (
        "vgg16",
        "",
        VGG
        | {"conv1/conv1_1": "conv1", "conv2/conv2_1": "conv3", "conv3/conv3_1": "conv5", "conv3/conv3_2": "conv6"}
        | {"conv4/conv4_1": "conv8", "conv4/conv4_2": "conv9", "conv5/conv5_1": "conv11", "conv5/conv5_2": "conv12"},
    ),
    "mobilenet_v1": ("mobilenet_v1", "", MOBILENET),
    "mobilenet_v1_075": ("mobilenet_v1", "alpha=0.75", MOBILENET),
    "inception_v2": ("inception-bn", "", INCEPTION_V2),
}
"""Networks of TF-slim: as which network of ours, under which settings, and what their end points are called there."""

POINTS = read("receptive_fields_tfslim.csv")


@pytest.mark.parametrize("network", TFSLIM)
def test_end_points_of_tfslim(network):
    """Sizes, effective strides and effective paddings of all end points, whatever the size of the image."""
    ours, settings, names = TFSLIM[network]
    points = [point for point in POINTS if point["network"] == network]

    assert {point["end_point"].removeprefix(f"{network}/") for point in points} == names.keys()
    for point in points:
        _, fields = seen(ours, *settings.split(), size=point["size"])
        (field, other) = fields[names[point["end_point"].removeprefix(f"{network}/")]]["input"]

        assert field == other
        assert (field.size, field.jump) == (int(point["receptive_field"]), int(point["jump"]))
        assert point["padding"] in {"", str(-field.start)}


RESNETS = {
    "resnet_v1_50": (3, 4, 6, 3),
    "resnet_v1_101": (3, 4, 23, 3),
    "resnet_v1_152": (3, 8, 36, 3),
    "resnet_v1_200": (3, 24, 36, 3),
}


@pytest.mark.parametrize("network", RESNETS)
def test_blocks_of_residual_networks_of_tfslim(network):
    """Sizes are the same; TF-slim takes the stride of a stage at the end of the one before it, not at its beginning.

    Of an image of 321, it pads the first pool at the start, too, whose input has 161 rows; Caffe does at the end only.
    """
    depths = RESNETS[network]
    points = [point for point in POINTS if point["network"] == network]

    assert len(points) == 4 * 3
    for point in points:
        stage = int(point["end_point"][-1])
        report, fields = seen("resnet50-v1", f"depth={list(depths)}".replace(" ", ""), size=point["size"])
        block = f"bottleneck{sum(depths[:stage])}."
        (*_, last) = [row.node.name for row in report.rows if row.node.name.startswith(block)]
        (field, _) = fields[last]["input"]

        assert field.size == int(point["receptive_field"])
        assert field.jump * (1 if stage == 4 else 2) == int(point["jump"])
        assert point["padding"] in {"", str(-field.start + (2 if point["size"] == "321" else 0))}


def test_each_row_of_tfslim_is_compared():
    """No network of the table is left out."""
    assert {point["network"] for point in POINTS} == TFSLIM.keys() | RESNETS.keys()


@pytest.mark.parametrize(
    ("network", "layer", "size", "jump"),
    [
        # Long, Shelhamer, Darrell 2015, arXiv:1411.4038, Table 1: the fields of the layers that give scores
        ("alexnet", "linear1", 355, 0),
        ("vgg16", "linear1", 404, 0),
        ("googlenet", "gap1", 907, 0),
        ("fcn8s", "conv16", 404, 32),
        # github.com/BVLC/caffe, examples/mnist/lenet.prototxt, whose windows are those of LeNet-5: pool2
        ("lenet5", "S4.avgpool1", 16, 4),
        # torchlens 2.36.1 on torchvision's models
        ("alexnet-torchvision", "maxpool3", 195, 32),
        ("vgg16", "maxpool5", 212, 32),
        ("resnet18", "basic8.add1", 435, 32),
        ("resnet50", "bottleneck16.add1", 427, 32),
        ("mobilenet_v2", "conv3", 491, 32),
        ("densenet121", "relu2", 2071, 32),
        # Szegedy et al. 2014, as Caffe has it: before the last pool, 907 - 6 * 32
        ("googlenet", "inception9.concat1", 715, 32),
    ],
)
def test_published_fields(network, layer, size, jump):
    """Single figures from papers and from other tools."""
    _, fields = seen(network)

    assert told(fields, layer) == (f"{size}x{size}", f"{jump}x{jump}")


def test_googlenet_of_torchvision_sees_less():
    """Its branches of 5x5 are of 3x3 in fact, and its last pool between stages is of 2x2: 379 instead of 715."""
    text = (SPECS / "googlenet.yaml").read_text(encoding="utf-8").replace("conv c5 5x5", "conv c5 3x3")
    head, pool, tail = text.rpartition("  - maxpool 3x3/2\n")
    text = head + pool.replace("3x3", "2x2") + tail
    fields = receptive_fields(build(parse_description(Source("net.yaml", text), "net"))).fields

    assert told(fields, "inception9.concat1") == ("379x379", "32x32")


@pytest.mark.parametrize(
    ("network", "depths", "size"),
    [
        ("resnet50", (3, 4, 6, 3), 427),
        ("resnet101", (3, 4, 23, 3), 971),
        ("resnet152", (3, 8, 36, 3), 1451),
    ],
)
def test_residual_networks_follow_a_closed_form(network, depths, size):
    """11 for the stem; in each stage, the first 3x3 adds 2 of its input's steps, and each other 2 of its output's."""
    steps = (4, 4), (4, 8), (8, 16), (16, 32)
    expected = 11 + sum(
        2 * (before + (depth - 1) * after) for depth, (before, after) in zip(depths, steps, strict=True)
    )

    assert expected == size
    assert sliding(network)[-1] == (f"{size}x{size}", "32x32")


def test_wide_residual_network_follows_a_closed_form():
    """3 for the first convolution, then 2 for each, and twice and four times that in the stages behind a stride."""
    size = 3 + 8 * 2 + (2 + 7 * 4) + (4 + 7 * 8)

    assert sliding("wrn_28_10")[-1] == (f"{size}x{size}", "4x4")


def test_vgg_of_small_kernels_sees_as_far_as_one_of_large_ones():
    """Two 3x3 see 5x5, three 7x7 (Simonyan, Zisserman 2014, arXiv:1409.1556, Section 2.3)."""
    vgg = [size for size, _ in sliding("vgg16")]

    assert (vgg[0], vgg[1]) == ("3x3", "5x5")
    before, after = int(vgg[5].split("x")[0]), int(vgg[8].split("x")[0])
    assert (after - before) // 4 + 1 == 7


def test_a_stack_of_wavenet_sees_1024_samples():
    """As the paper says of dilations from 1 to 512 (arXiv:1609.03499, Section 2.1); the first layer sees one more.

    All five stacks: calculate_receptive_field of github.com/ibab/tensorflow-wavenet, wavenet/model.py.
    """
    stack = f"dilations={[2**power for power in range(1, 10)]}".replace(" ", "")
    for settings, size in ([stack], 1023 + 1 + 1), ([], 5 * 1023 + 1 + 1):
        report, fields = seen("wavenet", *settings)
        (field,) = fields[report.rows[-1].node.name]["input"]

        assert (field.size, field.jump, field.start) == (size, 1, 1 - size)


@pytest.mark.parametrize("network", ALIKE)
def test_norms_and_gates_change_no_field(network):
    """VGG with norms sees what VGG sees; SE-ResNet what ResNet sees, but for the gates, which see all."""
    ours = [field for field in sliding(network) if field[1] != "0x0"]

    assert ours == sliding(ALIKE[network])


def test_each_bundled_network_is_compared():
    """Each has figures, a closed form, or one that it is like, but for those that are listed as having none."""
    defined = {SETTINGS.get(definition, (definition.split("/")[1],))[0] for definition in DEFINED}

    assert not NOT_BUNDLED_YET
    assert set(bundled()) == defined | FOLLOWED | ALIKE.keys() | WITHOUT_FIGURES
    assert not WITHOUT_FIGURES & (defined | FOLLOWED | ALIKE.keys())
