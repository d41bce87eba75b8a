"""A sweep of one option builds the network a few times, however many values there are, and however many are refused."""

from dataclasses import fields

import numpy as np
import pytest
from sweeps import PLAIN, alone, described

from convcalc.arithmetic.arrays import Family, VariableRange
from convcalc.layers.kinds import KINDS, kind_class
from convcalc.network.measures import countable, measured

VALUES = 3000
"""Values of `k`: from 1 on."""

MOST = 4
"""Networks that are built for all of them: one that is possible, and one for each way to be impossible."""

IMAGE, ROW = "24,12,12", "24,64"

LINES = {
    "conv": [
        "conv k 3", "conv 24 k", "conv 24 3xk", "conv 24 3 s=k", "conv 24 3 p=k", "conv 24 3 d=k", "conv 24 3 g=k",
    ],
    "dwconv": ["dwconv k", "dwconv 3 s=k", "dwconv 3 p=k", "dwconv 3 d=k", "dwconv 3 multiplier=k"],
    "sepconv": ["sepconv k 3", "sepconv 24 k", "sepconv 24 3 s=k", "sepconv 24 3 p=k", "sepconv 24 3 d=k"],
    "upconv": [
        "upconv k 3", "upconv 24 k", "upconv 24 3 s=k", "upconv 24 3 p=k", "upconv 24 3 d=k", "upconv 24 3 g=k",
        "upconv 24 3 s=9 output_padding=k",
    ],
    "table_conv": [f"table_conv {option}" for option in ("0:1x1:2x0:2 k", "0:1x1:2 3 s=k", "0:1x1:2 3 p=k")],
    "local_conv": ["local_conv k 3", "local_conv 24 k", "local_conv 24 3 s=k", "local_conv 24 3 p=k"],
    "deform_conv": [
        "deform_conv k 3", "deform_conv 24 k", "deform_conv 24 3 s=k", "deform_conv 24 3 p=k", "deform_conv 24 3 d=k",
        "deform_conv 24 3 g=k", "deform_conv 24 3 offset_groups=k",
    ],
    "maxpool": ["maxpool k", "maxpool k ceil", "maxpool 3 s=k", "maxpool 3 p=k", "maxpool 3 d=k"],
    "avgpool": ["avgpool k", "avgpool k caffe", "avgpool 3 s=k", "avgpool 3 p=k"],
    "lppool": ["lppool k", "lppool 3 s=k"],
    "adaptive_avgpool": ["adaptive_avgpool k", "adaptive_avgpool 5xk"],
    "adaptive_maxpool": ["adaptive_maxpool k"],
    "maxunpool": ["maxunpool k", "maxunpool 3 s=k", "maxunpool 3 p=k", "maxunpool 3 output_size=k"],
    "upsample": ["upsample k", "upsample size=k"],
    "pixel_shuffle": ["pixel_shuffle k"],
    "pixel_unshuffle": ["pixel_unshuffle k"],
    "pad": ["pad k", "pad k:1", "pad k mode=reflect", "pad 1 channels=k"],
    "crop": ["crop k", "crop k:1"],
    "center_crop": ["center_crop k"],
    "linear": ["linear k"],
    "flatten": ["flatten k"],
    "reshape": ["reshape 24xk", "reshape kx144", "reshape k x -1"],
    "slice": ["slice 0 k", "slice k 9", "slice 0 2 axis=k"],
    "split": ["split k 0", "split 24 k", "split 2 0 axis=k"],
    "channel_shuffle": ["channel_shuffle k"],
    "gn": ["gn k"],
    "lrn": ["lrn k"],
    "maxout": ["maxout k"],
    "prelu": ["prelu num_parameters=k"],
    "window_attention": ["window_attention k 4", "window_attention 4 k", "window_attention 4 4 head_dim=k"],
    "custom": ["custom 4x4 macs=k", "custom 24 x k macs=1"],
    "add": ["add(conv 24 3 p=k | pass)"],
    "mul": ["mul(conv 24 3 p=k | pass)"],
    "concat": ["concat(conv 24 3 p=k | pass)"],
    "residual": ["residual(conv 24 k)", "residual(conv k 3 same)", "residual(conv k 3 same | conv k 1)"],
    "shared weights": ["conv 24 k share=a, conv 24 3 share=a"],
    "a chain": ["conv 24 k, relu, maxpool 2, conv 8 3, linear 10"],
}  # fmt: skip  # a list reads better in lines

SEQUENCES = ["attention k", "attention 4 head_dim=k", "lstm k", "lstm 8 num_layers=k", "gru k", "gru 8 num_layers=k"]
"""Of rows of vectors."""


NUMBERS = ("int", "int | None", "Dim", "Size", "Size | None", "Sizes", "Margin", "Padding", "ScaleFactor | None")
"""How kinds annotate options that take numbers."""


def swept(line, shape):
    """What a sweep of `k` runs, and what comes out."""
    network = described([line], shape, {"k": 1})

    def compute(values):
        rows = network.varied(dict(values)).rows
        return {key: measured(key, rows, PLAIN) for key in countable()}

    family = Family(compute, {"k": VariableRange(1, 1, VALUES)})
    return family, family.run({"k": np.arange(1, VALUES + 1)}, VALUES)


@pytest.mark.parametrize(
    ("line", "shape"),
    [*((line, IMAGE) for lines in LINES.values() for line in lines), *((line, ROW) for line in SEQUENCES)],
)
def test_few_networks_are_built(line, shape):
    """B1: all refused values share a network or two, and each has the reason that its own build gives."""
    family, results = swept(line, shape)
    reasons = results.reasons()
    lanes = sorted(reasons)

    assert family.recorded_so_far <= MOST
    assert lanes == np.flatnonzero(results.failed).tolist()
    for lane in lanes[:3] + lanes[-3:]:
        assert reasons[lane] == alone(described([line], shape, {"k": 1}), {"k": lane + 1}, PLAIN)


def test_each_kind_is_swept():
    """B1: a kind with an option that is a number has its lines above; those of indices read no image."""
    numeric = {kind for kind in KINDS if any(field.type in NUMBERS for field in fields(kind_class(kind)))}

    assert numeric - {*LINES, *(line.split()[0] for line in SEQUENCES)} == {"embedding", "permute"}


def test_no_advice_is_sought_in_a_sweep(monkeypatch):
    """B1: ways out of a misfit are for people who read them, and not for the values of a sweep that are refused."""
    asked = []
    monkeypatch.setattr("convcalc.language.assemble.misfits.hints", lambda *given: asked.append(given) or [])
    family, results = swept("conv 24 k", IMAGE)

    assert results.failed.sum() == VALUES - 12
    assert (family.recorded_so_far, asked) == (2, [])


def test_rounds_of_a_repetition():
    """B1: a fault in the third round is recorded once, for all numbers of rounds above two."""
    family, results = swept("(conv 24 5) *k", IMAGE)

    assert results.failed.tolist() == [False, False, *[True] * (VALUES - 2)]
    assert set(results.reasons().values()) == {"conv3: kernel_size (5) does not fit an axis of 4 with padding 0"}
    assert family.recorded_so_far == 3
