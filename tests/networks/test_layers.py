"""Bundled networks against the definitions of their authors, layer by layer; see tests/reference/README.md."""

import csv
from functools import cache
from pathlib import Path

import pytest

from convcalc.language.assemble.network import build
from convcalc.language.read.settings import parse_settings
from convcalc.layers.shapes import show_shape
from convcalc.layers.window import show_pads
from convcalc.sources.bundled import bundled
from convcalc.sources.loading import load

REFERENCE = Path(__file__).parent.parent / "reference"
DEFINITIONS = sorted(REFERENCE.glob("*/*.csv"))
KINDS = {"conv": "conv", "dwconv": "conv", "linear": "linear", "bn": "norm", "maxpool": "maxpool", "avgpool": "avgpool"}
KINDS |= {"ln": "norm", "scale": "scale"}
"""What a reference file calls our kinds."""

SETTINGS = {
    "caffe/inception-bn": ("inception-bn", "size=231"),
    "caffe/resnet101-v1": ("resnet50-v1", "depth=[3,4,23,3]"),
    "caffe/resnet152-v1": ("resnet50-v1", "depth=[3,8,36,3]"),
    "caffe/squeezenet1_0": ("squeezenet1_0", "size=227"),
    "caffe/squeezenet1_1": ("squeezenet1_1", "size=227"),
}
"""Definitions of a bundled network under settings; each other one is named after the network."""

DIFFERENCES = {
    "caffe/inception-bn": {
        # a bias in place of the norm that TF-slim has: this definition folds it into the first convolution
        "conv1_7x7_increase": [
            {"biases": "0"},
            {"kind": "norm", "output": "64x116x116", "weights": "64", "biases": "64", "macs": "0"},
        ],
        # the paper and TF-slim pool 5b by maxima
        "inception_c2_pool": [{"kind": "maxpool"}],
        # Caffe rounds up where TensorFlow pads an even map at its end
        "pool1_3x3_s2": [{"padding": "0:1x0:1"}],
        "pool2_3x3_s2": [{"padding": "0:1x0:1"}],
    },
    # this one of the authors' three alone has a bias before its first norm, which takes it away again
    "caffe/resnet50-v1": {"conv1": [{"biases": "0"}]},
    # the authors pad a 1x1 convolution; torchvision does not, nor does 1.1
    "caffe/squeezenet1_0": {
        "conv10": [{"padding": "0x0", "output": "1000x13x13", "macs": str(1000 * 512 * 13 * 13)}],
    },
    # Caffe rounds up where TensorFlow pads an even map at its end
    "caffe/xception": {"xception2_pool": [{"padding": "0:1x0:1"}]},
}
"""What stands in the network in place of a layer of a definition, and why."""


def named(path):
    return path.relative_to(REFERENCE).with_suffix("").as_posix()


definitions = pytest.mark.parametrize("definition", DEFINITIONS, ids=named)


@cache
def report(network, settings):
    return build(load(network), parse_settings(settings.split()))


def described(definition, *kinds):
    network, settings = SETTINGS.get(named(definition), (definition.stem, ""))
    return [row for row in report(network, settings).rows if KINDS.get(row.node.kind) in kinds]


@cache
def layers(definition):
    with definition.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def defined(definition, *kinds):
    changes = DIFFERENCES.get(named(definition), {})
    rows = [row | change for row in layers(definition) for change in changes.get(row["name"], [{}])]
    return [row for row in rows if row["kind"] in kinds]


def cost(row):
    profile = row.profile
    return KINDS[row.node.kind], show_shape(profile.output), profile.weights, profile.biases, profile.macs


def defined_cost(row):
    return row["kind"], row["output"], int(row["weights"]), int(row["biases"]), int(row["macs"])


def window(row):
    windows = row.profile.windows
    return KINDS[row.node.kind], show_shape([w.kernel for w in windows]), show_shape([w.stride for w in windows])


def padding(row):
    return "x".join(show_pads(w.pads(size)) for w, size in zip(row.profile.windows, row.inputs[0][1:], strict=True))


@definitions
def test_convolutions_and_linear_layers(definition):
    """They have the output shapes, weights, biases and MACs of the definition, in its order."""
    rows = described(definition, "conv", "linear")

    assert [cost(row) for row in rows] == [defined_cost(row) for row in defined(definition, "conv", "linear")]


@definitions
def test_norms(definition):
    """They have the output shapes and parameters of the definition, in its order."""
    rows = described(definition, "norm")

    assert [cost(row) for row in rows] == [defined_cost(row) for row in defined(definition, "norm")]


@definitions
def test_pools(definition):
    """They have the output shapes of the definition, in its order."""
    rows = described(definition, "maxpool", "avgpool")

    assert [cost(row) for row in rows] == [defined_cost(row) for row in defined(definition, "maxpool", "avgpool")]


@definitions
def test_windows(definition):
    """Convolutions and pools have the kernels and strides of the definition."""
    kinds = "conv", "maxpool", "avgpool"
    expected = [(row["kind"], row["kernel"], row["stride"]) for row in defined(definition, *kinds)]

    assert [window(row) for row in described(definition, *kinds)] == expected


@pytest.mark.parametrize("definition", [path for path in DEFINITIONS if path.stem != "mobilenet_v1"], ids=named)
def test_paddings(definition):
    """Convolutions and pools are padded as the definition pads them."""
    kinds = "conv", "maxpool", "avgpool"
    expected = [row["padding"] for row in defined(definition, *kinds)]

    assert [padding(row) for row in described(definition, *kinds)] == expected


def test_paddings_of_mobilenet_v1():
    """TensorFlow's `same` pads an even map that is strided only at its end; Caffe pads it on both sides."""
    definition = REFERENCE / "caffe" / "mobilenet_v1.csv"
    rows = described(definition, "conv")
    caffe = [row["padding"] for row in defined(definition, "conv")]
    pairs = {(row.node.layer.stride, padding(row), other) for row, other in zip(rows, caffe, strict=True)}

    assert pairs == {(2, "0:1x0:1", "1x1"), (1, "1x1", "1x1"), (1, "0x0", "0x0")}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_differences_are_there(name):
    """Each of them names a layer of its definition, which says otherwise."""
    rows = {row["name"]: row for row in layers(REFERENCE / f"{name}.csv")}

    for layer, changes in DIFFERENCES[name].items():
        assert all(rows[layer] | change != rows[layer] for change in changes), layer


def test_scales_of_convnext():
    """Each residual of ConvNeXt has a layer scale: a factor for each channel."""
    path = REFERENCE / "torchvision" / "convnext_tiny.csv"
    rows = described(path, "scale")

    assert [cost(row) for row in rows] == [defined_cost(row) for row in defined(path, "scale")]


UNDEFINED = {
    "lenet5": "it predates frameworks; test_closed_forms.py has its layers as the paper prints them",
    "seed": "it is a question",
}
UNDEFINED |= {
    "autoencoder": "seven layers, in test_closed_forms.py",
    "dcgan": "five layers, in test_closed_forms.py",
    "swin_t": "the parts of its attention are no layers here; test_closed_forms.py counts them",
    "unet": "test_closed_forms.py has all sizes that the paper prints",
    "vit_b_16": "the parts of its attention are no layers here; test_closed_forms.py counts them",
    "wavenet": "50 equal layers, in test_closed_forms.py",
}
UNDEFINED |= dict.fromkeys(
    ("m5", "se_resnet50", "shufflenet_v1", "wrn_28_10", "zfnet"), "test_totals.py derives what it costs"
)
"""Networks that are not compared layer by layer, and why."""


def test_each_network_with_a_definition_is_compared():
    """Those that are not have a reason."""
    compared = {SETTINGS.get(named(path), (path.stem,))[0] for path in DEFINITIONS}

    assert set(bundled()) - compared == set(UNDEFINED)
