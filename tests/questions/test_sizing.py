"""Options that make a size, against trying them all."""

from contextlib import suppress
from dataclasses import replace
from itertools import product

import pytest
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from widenings import bundled, lines

from convcalc.cli.sizes import layer_named
from convcalc.errors import DescriptionError, RuleError
from convcalc.questions.sizing import Made, choice_key, choices, distance

LAYERS = [
    ("conv 8 3 same", "3x14x14", (7, 7)),
    ("conv 9 5 d=2 g=3", "3x28x28", (14, 14)),
    ("dwconv 3/2 p=1", "4x13x13", (13, 13)),
    ("maxpool 3/2 ceil", "4x14x14", (7, 7)),
    ("avgpool 2", "4x9x9", (4, 4)),
    ("upconv 8 2/2", "4x7x7", (14, 14)),
    ("conv 8 9/2", "2x100", (10,)),
    ("conv 8 3", "2x4x8x8", (2, 4, 4)),
]


@pytest.mark.parametrize(("line", "shape", "wanted"), LAYERS, ids=[line for line, _, _ in LAYERS])
def test_all_options_that_make_a_size(line, shape, wanted):
    """Each kernel up to 11, stride without gaps and padding up to half a kernel that makes it is listed, once."""
    report = lines(line, shape=shape).report()
    row = layer_named(report, "")
    found, ways = choices(row, wanted)
    listed = {(each.kernel_size, each.stride, each.padding) for each in found}
    size, aim = row.inputs[0][1], wanted[0]
    expected = set()
    for kernel, stride, padding in product(range(1, 12), range(1, 24), range(12)):
        extent = getattr(row.node.layer, "dilation", 1) * (kernel - 1) + 1
        if padding > extent // 2 or stride > max(
            extent, row.node.layer.stride or row.node.layer.kernel_size, -(-size // aim), -(-aim // size)
        ):
            continue
        try:
            layer = replace(row.node.layer, kernel_size=kernel, stride=stride, padding=padding)
            if layer(*row.inputs).output[1:] == wanted:
                expected.add((kernel, stride, padding))
        except RuleError:
            pass

    assert len(listed) == len(found) == ways
    assert {each for each in listed if isinstance(each[1], int)} == expected
    assert all(each.profile.output[1:] == wanted for each in found)


def test_what_a_layer_is_comes_first():
    """Options that make the size that a layer makes in any case begin with its own."""
    row = layer_named(bundled("alexnet").report(), "conv3")
    (first, *_), _ = choices(row, row.profile.output[1:])

    assert (first.kernel_size, first.stride, first.padding) == (3, 1, 1)
    assert first.profile.weights == 256 * 384 * 3 * 3


def test_axes_that_need_different_options():
    """Where no stride does for all axes, each has one of its own."""
    row = layer_named(lines("conv 4 3 same", shape="3x32x8").report(), "")
    found, ways = choices(row, (8, 8))

    assert len(found) == ways > 0
    assert all(each.profile.output == (4, 8, 8) for each in found)
    assert all(isinstance(each.stride, tuple) for each in found)


RUNS = (
    "conv 8 3", "conv 8 5 d=3", "conv 8 3 d=40", "dwconv 3 d=2", "maxpool 3 ceil", "maxpool 3 caffe", "avgpool 2 ceil",
    "avgpool 4 p=1 caffe", "upconv 8 3", "upconv 8 3/4 output_padding=2", "upconv 8 2 d=5 output_padding=3",
    "maxunpool 2", "maxunpool 3 output_size=9", "maxunpool 2/5 output_size=11", "deform_conv 8 3", "local_conv 4 3",
    "sepconv 8 3",
)  # fmt: skip  # a list reads better in lines
"""Layers whose size falls with the stride, or rises, or is refused for small strides."""


def is_possible(network):
    """Whether a network can be built."""
    try:
        network.report()
    except DescriptionError:
        return False
    return True


@given(st.sampled_from(RUNS), st.integers(1, 60), st.integers(1, 60))
@examples(120)
def test_strides_and_paddings_in_runs(line, size, wanted):
    """B4: halving finds the runs of strides that trying all of them finds, for each kernel and padding."""
    network = lines(line, shape=f"4x{size}")
    assume(is_possible(network))
    row = layer_named(network.report(), "")
    dilation = getattr(row.node.layer, "dilation", 1)
    expected = set()
    for kernel in range(1, 12):
        extent = dilation * (kernel - 1) + 1
        most = max(extent, row.node.layer.stride or 0, -(-size // wanted), -(-wanted // size))
        for stride, padding in product(range(1, most + 1), range(extent // 2 + 1)):
            with suppress(RuleError):
                layer = replace(row.node.layer, kernel_size=kernel, stride=stride, padding=padding)
                if layer(*row.inputs).output[1:] == (wanted,):
                    expected.add((kernel, stride, padding))
    found, ways = choices(row, (wanted,))
    keys = [distance(choice_key(row.node.layer), (each.kernel_size, each.stride, each.padding)) for each in found]

    assert ways == len(expected)
    assert {(each.kernel_size, each.stride, each.padding) for each in found} <= expected
    assert len(found) == min(ways, 100)
    assert keys == sorted(distance(choice_key(row.node.layer), each) for each in expected)[:100]


FAR = {
    "a size that no stride makes": ("conv 8 3", "3x8", (999_999_999,)),
    "a long axis": ("conv 8 3", "3x200000", (3,)),
    "the longest": ("maxpool 3 ceil", "3x1000000000", (7,)),
    "one position": ("conv 8 3", "3x1000000000", (1,)),
    "spread far": ("upconv 8 3", "3x2", (999_999_999,)),
    "three long axes": ("conv 8 3", "3x900000x900000x900000", (7, 7, 7)),
    "axes that differ": ("conv 8 3 d=1000", "3x9000000x900000", (7, 9)),
}
"""Lines, what they read, and sizes for which few strides of very many will do."""


@pytest.mark.parametrize(("line", "shape", "wanted"), FAR.values(), ids=FAR)
def test_long_axes(line, shape, wanted, monkeypatch):
    """B4: strides are found by halving, so that the layer is asked a few hundred times and not a billion times."""
    asked = []
    run = Made.sizes
    monkeypatch.setattr(Made, "sizes", lambda *given: asked.append(1) or run(*given))
    row = layer_named(lines(line, shape=shape).report(), "")
    found, ways = choices(row, wanted)

    assert len(asked) <= 11 * len(wanted) * 100
    assert len(found) == min(ways, 100)
    assert all(each.profile.output[1:] == wanted for each in found)
    assert (ways > 0) == (shape not in ("3x8", "3x2"))
