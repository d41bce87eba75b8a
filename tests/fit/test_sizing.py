"""Sizes the other way round: options that make a size, and inputs that a network takes, against trying them all."""

from dataclasses import replace
from itertools import product

import pytest
from widenings import bundled, lines

from convcalc.cli.sizes import input_sizes, named
from convcalc.errors import DescriptionError, RuleError
from convcalc.measures import Terms
from convcalc.sizing import Inputs, choices
from convcalc.window import Window

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


def dropped(report):
    """The positions that no window reaches, layer by layer."""
    return [
        axis.dropped(size)
        for row in report.rows
        for axis, size in zip(row.profile.windows or (), row.inputs[0][1:], strict=False)
        if isinstance(axis, Window)
    ]


@pytest.mark.parametrize("net", ["unet", "alexnet", "vgg16", "googlenet", "squeezenet1_1", "autoencoder", "segnet"])
def test_inputs_that_a_network_takes(net):
    """Size by size: the network can be built, and no window leaves out the end, or why it cannot."""
    variant = bundled(net)
    shape = variant.network().graph.inputs["input"]
    most = 260 if net == "unet" else 80
    asked = Inputs(lambda own: variant.resized({"input": own}).varied({}), shape, shape[1], Terms())
    taken = {each.size: each for each in asked.taken(1, most)}
    for size in range(1, most + 1):
        try:
            report = variant.resized({"input": (shape[0], size, size)}).network()
        except DescriptionError:
            assert size not in taken
        else:
            assert taken[size].measures == {"params": report.params, "macs": report.macs}
            assert (taken[size].lost == 0) == (not any(dropped(report)))


@pytest.mark.parametrize(
    ("net", "least"), [("unet", 188), ("alexnet", 67), ("vgg16", 32), ("lenet5", 32), ("resnet18", 1)]
)
def test_the_smallest_input(net, least):
    """The least size that is accepted: one less is refused, in the words of the sheet."""
    variant = bundled(net)
    channels = variant.network().graph.inputs["input"][0]
    sheet = input_sizes(variant, "", Terms())

    assert [row[0] for row in sheet.rows] == [(channels, least, least)]
    if least > 1:
        with pytest.raises(DescriptionError) as caught:
            variant.resized({"input": (channels, least - 1, least - 1)}).varied({})
        (fault,) = caught.value.faults
        assert sheet.foot[0] == f"{channels}x{least - 1}x{least - 1} is refused: {fault.layer}: {fault.message}."
