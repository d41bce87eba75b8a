"""Memory of networks, and what one counter adds to their MACs; see tests/reference/README.md."""

from math import prod

import pytest
from published import network, numbers, read

BURDENS = read("convnet_burden.csv")

BYTES = 4

V1, X = "resnet50-v1", "resnext50_32x4d"
D101, D152 = "depth=[3,4,23,3]", "depth=[3,8,36,3]"

NETWORKS = {
    "SE-ResNet-50": "se_resnet50",
    "SE-ResNet-101": f"se_resnet50 {D101}",
    "SE-ResNet-152": f"se_resnet50 {D152}",
    "alexnet": "alexnet-plain",
    "densenet121": "densenet121-pool",
    "densenet161": "densenet121-pool depth=[6,12,36,24] k=48",
    "densenet169": "densenet121-pool depth=[6,12,32,32]",
    "densenet201": "densenet121-pool depth=[6,12,48,32]",
    "googlenet": "googlenet-aux",
    "mcn-mobilenet": "mobilenet_v1",
    "pascal-fcn8s": "fcn8s",
    "resnet-50": V1,
    "resnet-101": f"{V1} {D101}",
    "resnet-152": f"{V1} {D152}",
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50": "resnet50",
    "resnext-50-32x4d": X,
    "resnext-101-32x4d": f"{X} {D101}",
    "resnext-101-64x4d": f"{X} {D101} groups=64",
    "squeezenet1-0": "squeezenet1_0",
    "squeezenet1-1": "squeezenet1_1",
    "vgg-vd-16": "vgg16-ceil",
    "vgg-vd-19": "vgg19-ceil",
}
"""What convnet-burden calls a network, and which of ours it is."""

LAST = {
    "conv5_3": "relu",
    "fc7": "linear",
    "features_12_cat": "concat",
    "features_2": "avgpool",
    "features_7_1_id_relu": "relu",
    "features_7_2_id_relu": "relu",
    "icp9_out": "concat",
    "pool5": "maxpool",
    "res5c_relu": "relu",
    "score_fr": "conv16",
}
"""The layer that the features end in: the last one of its kind, or one by its name."""

WORK = {"conv", "dwconv", "linear", "upconv"}
POOLS = {"maxpool", "avgpool"}

KEPT = WORK | POOLS | {"bn", "lrn", "gap", "concat", "add", "upsample", "crop", "sigmoid"}
"""Layers whose outputs take memory: others work in place, as all gates do."""


def trunk(row):
    """The network of a row, and its layers as far as the features that the row is about."""
    name = NETWORKS[row["network"]]
    # the features lie before the auxiliary heads' ends
    found = network(f"{name.removesuffix('-aux') if row['features'] else name} on 3x{row['input']}")
    rows = list(found.rows)
    if row["features"]:
        last = LAST[row["features"]]
        rows = rows[: max(n for n, layer in enumerate(rows) if last in {layer.node.kind, layer.node.name}) + 1]
    return found, rows


def flops(row):
    """Operations as convnet-burden counts them: a MAC, a bias and a sum are one, an activation two, norms none.

    A pool costs two for each position of its input that its windows step over, and one over the whole map one; a
    local response norm one for each number, and twice one for each channel and each position; scaling by a gate one.
    """
    kind, profile, values = row.node.kind, row.profile, numbers(row)
    if kind in WORK:
        return profile.macs + (values if profile.biases else 0)
    if kind in POOLS:
        return 2 * values * prod(window.stride for window in profile.windows)
    if kind == "lrn":
        return values + (2 + 2 * profile.output[0]) * prod(profile.output[1:])
    if kind == "gap":
        return prod(row.inputs[0])
    return {"relu": 2, "add": 1, "mul": 1}.get(kind, 0) * values


def shown(value, base, units):
    """A number as convnet-burden prints it: the greatest unit that fits, and no decimals."""
    power = next(power for power in reversed(range(len(units))) if value >= base**power)
    return f"{value / base**power:.0f} {units[power]}"


def memory(values):
    return shown(BYTES * values, 1024, ["B", "KB", "MB", "GB", "TB"])


def size(row):
    """Height, width and channels, as convnet-burden prints them; a linear layer is a 1x1 convolution there."""
    channels, height, width = (*row.profile.output, 1, 1)[:3]
    return f"{height}x{width}x{channels}"


def named(row):
    return "-".join([row["network"], row["input"], row["features"]])


@pytest.mark.parametrize("row", [row for row in BURDENS if row["parameters"]], ids=named)
def test_memory_of_parameters(row):
    """Learnable numbers and running statistics, of four bytes each."""
    found, _ = trunk(row)

    assert memory(found.params + found.statistics) == row["parameters"]


MEMORY = {
    # 30 MB are printed; not known what is kept besides, as all its features up to the last convolution agree
    "squeezenet1-0-224x224-": "29 MB",
}
"""Where we count other memory than is printed, and how much."""


@pytest.mark.parametrize("row", BURDENS, ids=named)
def test_memory_of_features(row):
    """The outputs of all layers that do not work in place, for a batch; units are of 1024, and rounded."""
    _, rows = trunk(row)
    kept = sum(numbers(layer) for layer in rows if layer.node.kind in KEPT)

    assert memory(int(row["batch"]) * kept) == MEMORY.get(named(row), row["memory"])


@pytest.mark.parametrize("row", BURDENS, ids=named)
def test_operations(row):
    """What convnet-burden counts for a batch, from our MACs, biases, outputs and strides; rounded."""
    _, rows = trunk(row)
    units = ["FLOPs", "KFLOPs", "MFLOPs", "GFLOPs", "TFLOPs"]

    assert shown(int(row["batch"]) * sum(map(flops, rows)), 1000, units) == row["flops"].replace("FLOPS", "FLOPs")


@pytest.mark.parametrize("row", [row for row in BURDENS if row["output"]], ids=named)
def test_sizes_of_features(row):
    """The features have the printed size, for images of half the size to three times the size."""
    _, rows = trunk(row)

    assert size(rows[-1]) == row["output"]


def test_each_burden_is_compared():
    """No network of the file is left out, and each end of features has a layer."""
    assert {row["network"] for row in BURDENS} == NETWORKS.keys()
    assert {row["features"] for row in BURDENS} == LAST.keys() | {""}


CS231N = read("cs231n_vgg16.csv")


def cs231n_rows():
    """The layers of VGG-16 that the course's notes list."""
    return [row for row in network("vgg16").rows if row.node.kind in {"conv", "maxpool", "linear"}]


def test_table_of_cs231n():
    """Sizes, numbers and weights of each layer of VGG-16, the first row being the image."""
    image, *table = CS231N

    assert size_of_image() == (image["output"], image["memory"])
    assert [(size(row), str(numbers(row)), str(row.weights)) for row in cs231n_rows()] == [
        (row["output"], row["memory"], row["weights"]) for row in table
    ]


def size_of_image():
    channels, height, width = network("vgg16").graph.inputs["input"]
    return f"{height}x{width}x{channels}", str(channels * height * width)


def test_printed_memory_of_cs231n():
    """What is printed is that number, rounded down to one or two places: 150K, 3.2M, 800K."""
    units = {"K": 10**3, "M": 10**6}

    for row in CS231N:
        value, printed = int(row["memory"]), row["printed"]
        if printed[-1] in units:
            number = float(printed[:-1]) * units[printed[-1]]
            assert 0 <= value - number < value * 0.005
        else:
            assert value == int(printed)


def test_totals_of_cs231n():
    """138M parameters, which are the weights; but the rows add up to 15.2M numbers, not to the 24M that it prints."""
    numbers_of_all = sum(int(row["memory"]) for row in CS231N)
    weights = sum(row.weights for row in cs231n_rows())

    assert (weights, numbers_of_all) == (138_344_128, 15_237_608)
    assert f"{numbers_of_all * BYTES / 2**20:.1f}" == "58.1"  # MiB, and not 93
