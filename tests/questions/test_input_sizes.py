"""Which inputs a network accepts, against trying them all."""

from itertools import product

import numpy as np
import pytest
from command_line import called, uncoded
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from widenings import bundled, lines

from convcalc.cli.sizes import input_sizes
from convcalc.errors import DescriptionError
from convcalc.layers.window import Window
from convcalc.network.input_sizes import InputSizes
from convcalc.network.terms import Terms

MOST = 14
"""Sizes up to which all inputs of two axes are tried one by one."""


def sizes_of(variant):
    """The inputs of a network, to be asked about."""
    return InputSizes(lambda shapes: variant.resized(shapes).varied({}), variant.input_shapes(), Terms())


def accepted(variant, *sizes):
    """Whether a network can be built on an input of these sizes."""
    (shape,) = variant.input_shapes().values()
    try:
        variant.resized({"input": (shape[0], *sizes)}).varied({})
    except DescriptionError:
        return False
    return True


def dropped(report):
    """The positions that no window reaches, layer by layer."""
    return [
        axis.dropped(size)
        for row in report.rows
        for axis, size in zip(row.profile.windows or (), row.inputs[0][1:], strict=False)
        if isinstance(axis, Window)
    ]


@pytest.mark.parametrize("net", ["unet", "alexnet", "vgg16", "googlenet", "squeezenet1_1", "autoencoder", "segnet"])
def test_inputs_that_a_network_accepts(net):
    """Size by size: the network can be built, and no window leaves out the end, or why it cannot."""
    variant = bundled(net)
    sizes = sizes_of(variant)
    shape = variant.input_shapes()["input"]
    most = 200 if net == "unet" else 80
    points = np.array([(size, size) for size in range(1, most + 1)])
    kept = points[~sizes.results(points).failed].tolist()
    found = {each.point[0]: each for each in sizes.taken([tuple(point) for point in kept])}
    lost = sizes.results(np.array(kept)).values["lost0"].tolist() if kept else []
    whole = {size for (size, _), positions in zip(kept, lost, strict=True) if positions == 0}
    for size in range(1, most + 1):
        try:
            report = variant.resized({"input": (shape[0], size, size)}).varied({})
        except DescriptionError:
            assert size not in found
        else:
            assert found[size].measures == {"params": report.params, "macs": report.macs}
            assert found[size].outputs == (report.rows[-1].profile.output,)
            assert (size in whole) == (not any(dropped(report)))


@pytest.mark.parametrize(
    ("net", "least"), [("unet", 188), ("alexnet", 67), ("vgg16", 32), ("lenet5", 32), ("resnet18", 1)]
)
def test_the_smallest_input(net, least):
    """The least size that is accepted: one less is refused, in the words of the page."""
    variant = bundled(net)
    channels = variant.report().graph.inputs["input"][0]
    page = input_sizes(variant, "", Terms())

    assert [row[0] for row in page.tables[0].rows] == [(channels, least, least)]
    if least > 1:
        with pytest.raises(DescriptionError) as caught:
            variant.resized({"input": (channels, least - 1, least - 1)}).varied({})
        (fault,) = caught.value.faults
        assert page.foot[0] == f"{channels}x{least - 1}x{least - 1} is refused: {fault.layer}: {fault.message}."


LAYERS = st.sampled_from(
    [
        "conv 2 3", "conv 2 1x3", "conv 2 5x1", "conv 2 3/2", "conv 2 3 same", "maxpool 2", "maxpool 3/2 ceil",
        "pixel_unshuffle 2", "upsample 2", "crop 1x0", "upconv 2 2/2", "upconv 2 3/2 same",
    ]
)  # fmt: skip  # a list reads better in lines
"""Layers of which each axis has a rule of its own."""


@given(st.lists(LAYERS, min_size=1, max_size=4), st.booleans(), st.tuples(st.integers(1, MOST), st.integers(1, MOST)))
@examples(60)
def test_each_axis_by_itself(layers, joined, declared):
    """E3: from any declared input, accepted or not, the least of each axis is found, if there is one within reach."""
    text = ", ".join(["a: conv 2 1", *layers, *(["concat @a"] if joined else [])])
    variant = lines(text, shape=f"1x{declared[0]}x{declared[1]}")
    grid = list(product(range(1, MOST + 1), repeat=2))
    all_accepted = {point for point in grid if accepted(variant, *point)}
    sizes = sizes_of(variant)
    start = sizes.start()

    failed = sizes.results(np.array(grid)).failed.tolist()
    assert all_accepted == {point for point, refused in zip(grid, failed, strict=True) if not refused}
    if all_accepted:
        assert start is not None
    if start is not None:
        assert accepted(variant, *start)
        least = sizes.least(start)
        assert accepted(variant, *least)
        if all_accepted:
            assert least == tuple(map(min, zip(*all_accepted, strict=True)))


def test_inputs_are_told_where_the_declared_one_is_refused():
    """E3: the declared input need not be accepted, and the output is told of each one that is."""
    net = "a: conv 1 3 same, maxpool 2, maxpool 2, upsample 4, concat @a"
    done = called("fit", "-i", "1x10x10", "-l", net, "--valid-inputs", "8:16", "-f", "csv")

    assert done.out == (
        "input,output,params,macs\n1x8x8,2x8x8,10,576\n1x12x12,2x12x12,10,1296\n1x16x16,2x16x16,10,2304\n"
    )
    assert called("fit", "-i", "1x10x10", "-l", net, "--smallest-input", "-f", "csv").out.split()[1] == (
        f"1x4x4,2x4x4,10,{9 * 16}"
    )


def test_axes_are_asked_about_apart():
    """E3: a kernel that spans one axis alone does not make the other one larger."""
    done = called("fit", "-i", "3x3x50", "-l", "conv 8 22x1, conv 8 1x30/1x3", "--smallest-input")

    assert done.out.splitlines()[0] == "network: the smallest input is 3x22x30"
    assert "3x21x30 is refused: conv1: kernel_size (22) does not fit an axis of 21 with padding 0." in done.out
    assert "3x22x29 is refused: conv2: kernel_size (30) does not fit an axis of 29 with padding 0." in done.out


def test_a_network_that_accepts_no_input():
    """E3: what is wrong whatever the input is told, and that others were tried."""
    done = called("fit", "-i", "3x3x50", "-l", "conv 8 22x1, conv 8 3 g=3", "--smallest-input")

    assert done.status == 2
    assert uncoded(done.err).splitlines()[0] == "error: kernel_size (22) does not fit an axis of 3 with padding 0"
    assert done.err.splitlines()[-1] == (
        "  | no other input was found that is accepted: each axis, and all together, were tried up to 65,536"
    )


def test_the_search_is_bounded():
    """E3: there is one recording for each layer and axis that refuses sizes, and one for what is accepted."""
    sizes = sizes_of(bundled("vgg16"))
    sizes.least(sizes.start())

    assert sizes.family.recorded_so_far == 1 + 2 * 5
