"""What PyTorch does not have, against the shape inference of ONNX: `same` with strides, uneven padding, Caffe's pools.

Only windows that fit are drawn, and each must be applied: a kernel that does not fit is no mistake to that inference,
which divides negative numbers towards zero, and so finds one position for a kernel of 3 on an axis of 2, with stride 2.
"""

from math import prod

import pytest
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from onnx_shapes import CLIPPING, Windows, inferred

from convcalc.layers.kinds import kind_class

FEW = st.integers(1, 3)
EXAMPLES = examples(200)
POOLS = pytest.mark.parametrize(("kind", "operator"), [("maxpool", "MaxPool"), ("avgpool", "AveragePool")])


@st.composite
def slid(draw, pads, words=("same", "same_lower"), dilations=FEW):
    """A window for each of one to three axes, and sizes on which it fits.

    Padding is one of `words`, or numbers up to what `pads` makes of a kernel, the ends of an axis each by itself.
    """
    axes = draw(FEW)
    kernels = [draw(st.integers(1, 5)) for _ in range(axes)]
    strides = [draw(st.integers(1, 4)) for _ in range(axes)]
    steps = [draw(dilations) for _ in range(axes)]
    extents = [(kernel - 1) * step + 1 for kernel, step in zip(kernels, steps, strict=True)]
    word = draw(st.sampled_from([*words, None]))
    sides = [st.integers(0, pads(kernel, extent)) for kernel, extent in zip(kernels, extents, strict=True)]
    around = [(draw(side), draw(side)) for side in sides]
    least = [1 if word else extent - before - after for extent, (before, after) in zip(extents, around, strict=True)]
    sizes = tuple(draw(st.integers(max(1, size), max(1, size) + 9)) for size in least)
    return sizes, Windows(kernels, strides, word or tuple(around), steps)


def applied(kind, windows, x, **more):
    """The profile of a layer with these windows."""
    options = windows.options() | more
    if kind == "avgpool":
        del options["dilation"]
    return kind_class(kind)(**options)(x)


@given(slid(lambda _, extent: extent), FEW, FEW, FEW)
@EXAMPLES
def test_a_convolution_is_as_large_as_that_of_onnx(case, groups, fan_in, filters):
    """`same` and `same_lower` with any stride, and uneven padding; each weight is used once at each position."""
    sizes, windows = case
    x, out_channels = (groups * fan_in, *sizes), groups * filters
    weight = (out_channels, fan_in, *windows.kernels)
    expected = inferred("Conv", x, weight, group=groups, **windows.attributes())
    profile = applied("conv", windows, x, out_channels=out_channels, groups=groups)

    assert (expected, prod(weight) * prod(expected[1:])) == (profile.output, profile.macs)


@given(slid(lambda _, extent: (extent - 1) // 2), FEW, FEW, FEW, st.data())
@EXAMPLES
def test_a_transposed_convolution_is_as_large_as_that_of_onnx(case, groups, fan_in, filters, data):
    """`same` is the size times the stride, and uneven padding takes away; a weight is used at each input position.

    Where a kernel spans less than its stride, onnx leaves out what no tap reaches, though its own words are
    "output_shape[i] = input_shape[i] * strides[i]"; ours is that size, which Keras has, too.
    """
    sizes, windows = case
    added = 0
    if isinstance(windows.padding, str):
        spans = zip(windows.kernels, windows.dilations, windows.strides, strict=True)
        assume(all((kernel - 1) * step + 1 >= stride for kernel, step, stride in spans))
    else:
        added = data.draw(st.integers(0, min(map(max, windows.strides, windows.dilations)) - 1))
    x, out_channels = (groups * fan_in, *sizes), groups * filters
    weight = (groups * fan_in, filters, *windows.kernels)
    ends = {"output_padding": [added] * len(sizes)}
    expected = inferred("ConvTranspose", x, weight, group=groups, **ends, **windows.attributes())
    profile = applied("upconv", windows, x, out_channels=out_channels, groups=groups, output_padding=added)

    assert (expected, prod(weight) * prod(sizes)) == (profile.output, profile.macs)


def half(kernel, _):
    """What a pool may pad: PyTorch and ours refuse more, ONNX does not ask."""
    return kernel // 2


@POOLS
@pytest.mark.parametrize("rounding", ["floor", "ceil"])
def test_a_pool_is_as_large_as_that_of_onnx(kind, operator, rounding):
    """`same` and `same_lower` with any stride, and uneven padding, rounded down or up."""

    @given(slid(half, dilations=FEW if kind == "maxpool" else st.just(1)), FEW)
    @EXAMPLES
    def agree(case, channels):
        sizes, windows = case
        x = (channels, *sizes)
        expected = inferred(operator, x, **windows.attributes(), ceil_mode=int(rounding == "ceil"))
        assert expected == applied(kind, windows, x, rounding=rounding).output

    agree()


@POOLS
def test_a_pool_of_caffe_rounds_up_and_clips_only_where_it_pads(kind, operator):
    """Without padding it keeps a window that starts behind the axis, as ONNX did before opset 22; with it, it does not.

    github.com/BVLC/caffe, src/caffe/layers/pooling_layer.cpp: `if (pad_h_ || pad_w_)`, "ensure that the last pooling
    starts strictly inside the image".
    """

    @given(slid(half, words=(), dilations=st.just(1)) | slid(lambda *_: 0, words=(), dilations=st.just(1)), FEW)
    @EXAMPLES
    def agree(case, channels):
        sizes, windows = case
        x = (channels, *sizes)
        opset = CLIPPING if any(map(any, windows.padding)) else CLIPPING - 1
        attributes = windows.attributes()
        if kind == "avgpool":
            del attributes["dilations"]
        expected = inferred(operator, x, opset=opset, **attributes, ceil_mode=1)
        assert expected == applied(kind, windows, x, rounding="caffe").output

    agree()


@POOLS
def test_onnx_clips_since_opset_22(kind, operator):
    """A kernel of 1 with stride 3 on an axis of 3: a second window would start at 3, behind the axis.

    PyTorch leaves it out, and so does ours; ONNX kept it up to opset 21, and Caffe keeps it.
    """
    said = {"kernel_shape": [1], "strides": [3], "ceil_mode": 1}

    assert inferred(operator, (1, 3), opset=CLIPPING - 1, **said) == (1, 2)
    assert inferred(operator, (1, 3), opset=CLIPPING, **said) == (1, 1)
    assert kind_class(kind)(1, 3, rounding="ceil")((1, 3)).output == (1, 1)
    assert kind_class(kind)(1, 3, rounding="caffe")((1, 3)).output == (1, 2)
