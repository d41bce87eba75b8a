"""Bundled networks against the definitions of their authors, layer by layer; see tests/reference/README.md."""

import csv
from functools import cache
from pathlib import Path

import pytest

from convcalc.shapes import show
from convcalc.spec.build import build
from convcalc.spec.load import bundled, load
from convcalc.window import show_pads

REFERENCE = Path(__file__).parent.parent / "reference"
DEFINITIONS = sorted(REFERENCE.glob("*/*.csv"))
KINDS = {"conv": "conv", "dwconv": "conv", "linear": "linear", "bn": "norm", "maxpool": "maxpool", "avgpool": "avgpool"}
"""What a reference file calls our kinds."""


def named(path):
    return path.relative_to(REFERENCE).with_suffix("").as_posix()


definitions = pytest.mark.parametrize("definition", DEFINITIONS, ids=named)


@cache
def described(network, *kinds):
    return [row for row in build(load(network)).rows if KINDS.get(row.node.kind) in kinds]


@cache
def defined(path, *kinds):
    with path.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["kind"] in kinds]


def cost(row):
    profile = row.profile
    return KINDS[row.node.kind], show(profile.output), profile.weights, profile.biases, profile.macs


def defined_cost(row):
    return row["kind"], row["output"], int(row["weights"]), int(row["biases"]), int(row["macs"])


def window(row):
    windows = row.profile.windows
    return KINDS[row.node.kind], show([w.kernel for w in windows]), show([w.stride for w in windows])


def padding(row):
    return "x".join(show_pads(w.pads(size)) for w, size in zip(row.profile.windows, row.inputs[0][1:], strict=True))


@definitions
def test_convolutions_and_linear_layers(definition):
    """They have the output shapes, weights, biases and MACs of the definition, in its order."""
    rows = described(definition.stem, "conv", "linear")

    assert [cost(row) for row in rows] == [defined_cost(row) for row in defined(definition, "conv", "linear")]


@definitions
def test_norms(definition):
    """They have the output shapes and parameters of the definition, in its order."""
    rows = described(definition.stem, "norm")

    assert [cost(row) for row in rows] == [defined_cost(row) for row in defined(definition, "norm")]


@definitions
def test_pools(definition):
    """They have the output shapes of the definition, in its order."""
    rows = described(definition.stem, "maxpool", "avgpool")

    assert [cost(row) for row in rows] == [defined_cost(row) for row in defined(definition, "maxpool", "avgpool")]


@definitions
def test_windows(definition):
    """Convolutions and pools have the kernels and strides of the definition."""
    kinds = "conv", "maxpool", "avgpool"
    expected = [(row["kind"], row["kernel"], row["stride"]) for row in defined(definition, *kinds)]

    assert [window(row) for row in described(definition.stem, *kinds)] == expected


@pytest.mark.parametrize("definition", [path for path in DEFINITIONS if path.stem != "mobilenet_v1"], ids=named)
def test_paddings(definition):
    """Convolutions and pools are padded as the definition pads them."""
    kinds = "conv", "maxpool", "avgpool"
    expected = [row["padding"] for row in defined(definition, *kinds)]

    assert [padding(row) for row in described(definition.stem, *kinds)] == expected


def test_paddings_of_mobilenet_v1():
    """TensorFlow's `same` pads an even map that is strided only at its end; Caffe pads it on both sides."""
    rows = described("mobilenet_v1", "conv")
    caffe = [row["padding"] for row in defined(REFERENCE / "caffe" / "mobilenet_v1.csv", "conv")]
    pairs = {(row.node.layer.stride, padding(row), other) for row, other in zip(rows, caffe, strict=True)}

    assert pairs == {(2, "0:1x0:1", "1x1"), (1, "1x1", "1x1"), (1, "0x0", "0x0")}


def test_each_network_with_a_definition_is_compared():
    """Only the two that have none are not: LeNet-5 predates frameworks, and the seed is a question."""
    assert set(bundled()) - {path.stem for path in DEFINITIONS} == {"lenet5", "seed"}
