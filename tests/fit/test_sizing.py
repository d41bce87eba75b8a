"""Options that make a size, against trying them all."""

from dataclasses import replace
from itertools import product

import pytest
from widenings import bundled, lines

from convcalc.cli.sizes import named
from convcalc.errors import RuleError
from convcalc.sizing import choices

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
    report = lines(line, shape=shape).network()
    row = named(report, "")
    found = choices(row, wanted)
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

    assert len(listed) == len(found)
    assert {each for each in listed if isinstance(each[1], int)} == expected
    assert all(each.profile.output[1:] == wanted for each in found)


def test_what_a_layer_is_comes_first():
    """Options that make the size that a layer makes in any case begin with its own."""
    row = named(bundled("alexnet").network(), "conv3")
    first = choices(row, row.profile.output[1:])[0]

    assert (first.kernel_size, first.stride, first.padding) == (3, 1, 1)
    assert first.profile.weights == 256 * 384 * 3 * 3


def test_axes_that_need_different_options():
    """Where no stride does for all axes, each has one of its own."""
    row = named(lines("conv 4 3 same", shape="3x32x8").network(), "")
    found = choices(row, (8, 8))

    assert found
    assert all(each.profile.output == (4, 8, 8) for each in found)
    assert all(isinstance(each.stride, tuple) for each in found)
