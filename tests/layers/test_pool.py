"""Pools: against a run on numbers, then one row per claim."""

from functools import partial

import brute_force
import brute_layers
import pytest
from brute_force import Counted, claimed, counted, measured, options, shapes, slid, tensor
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.pool import AvgPool, GlobalAvgPool, GlobalMaxPool, LpPool, MaxPool
from convcalc.layers.window import Window

ROUNDINGS = ("floor", "ceil", "ceil", "caffe")
pools = partial(slid, roundings=ROUNDINGS, mostly_half=True)


def said(slides):
    """The options of a pool: a stride that is the kernel need not be said."""
    found = options(slides) | {"rounding": slides[0].rounding}
    return {**found, "stride": None} if found["stride"] == found["kernel_size"] else found


@given(pools(), st.integers(1, 3))
@examples(300)
@example(case=((1,), (brute_force.Slide(3, 2, rounding="ceil"),)), channels=1)  # reaches a whole stride beyond
@example(case=((2,), (brute_force.Slide(3, 2, rounding="ceil"),)), channels=1)  # less than a stride beyond
@example(case=((4,), (brute_force.Slide(2, 3, (1, 1), rounding="ceil"),)), channels=1)  # starts behind the axis
def test_maxpool_comes_to_what_a_run_comes_to(case, channels):
    """The shape is that of a run, rounded down or up; no weights and no MACs; where no window fits, it refuses."""
    sizes, slides = case
    x = (channels, *sizes)

    assert measured(brute_layers.maximum, tensor(x), slides) == claimed(MaxPool(**said(slides)), x)


@given(pools(dilations=False), st.integers(1, 3))
@examples(300)
def test_avgpool_comes_to_what_a_run_comes_to(case, channels):
    """The shape is that of a run, rounded down or up; no weights and no MACs; where no window fits, it refuses."""
    sizes, slides = case
    x = (channels, *sizes)
    layer = AvgPool(**{option: value for option, value in said(slides).items() if option != "dilation"})

    assert measured(brute_layers.average, tensor(x), slides) == claimed(layer, x)


@given(pools(dilations=False), st.integers(1, 3), st.integers(1, 3))
@examples(200)
def test_lppool_comes_to_what_a_run_comes_to(case, channels, norm_type):
    """The shape is that of a run without padding, rounded down or up; a power, a sum and a root for each value."""
    sizes, slides = case
    slides = [slide._replace(padding=(0, 0)) for slide in slides]
    x = (channels, *sizes)
    asked = {option: value for option, value in said(slides).items() if option not in {"dilation", "padding"}}

    ran = measured(brute_layers.power_average, tensor(x), slides, norm_type)
    assert ran == claimed(LpPool(**asked, norm_type=norm_type), x)


@given(shapes())
@examples(200)
def test_global_avgpool_comes_to_what_a_run_comes_to(x):
    """One number for each channel, on as many axes as before; a flat input has nothing to average over."""
    assert measured(brute_layers.global_average, tensor(x)) == claimed(GlobalAvgPool(), x)


@given(shapes())
@examples(200)
def test_global_maxpool_comes_to_what_a_run_comes_to(x):
    """One number for each channel, on as many axes as before; a flat input has nothing to compare."""
    assert measured(brute_layers.global_maximum, tensor(x)) == claimed(GlobalMaxPool(), x)


@given(pools(dilations=False, roundings=("floor", "ceil", "ceil")))
@examples(200)
def test_no_window_of_a_pool_lies_wholly_in_the_padding(case):
    """This is what the limit on padding is for: each maximum is one of numbers of the input."""
    sizes, slides = case
    try:
        windows = MaxPool(**said(slides))((1, *sizes)).windows
    except RuleError:
        return

    for window, slide, size in zip(windows, slides, sizes, strict=True):
        places = slide.places(size)
        assert window.positions(size) == len(places)
        assert all(set(taps) & set(range(size)) for taps in places)


@pytest.mark.parametrize(
    ("layer", "x", "output"),
    [
        (MaxPool(2), (64, 224, 224), (64, 112, 112)),  # VGG: the stride is the kernel
        (MaxPool(2), (64, 7, 7), (64, 3, 3)),
        (MaxPool(3, 2, 1), (64, 112, 112), (64, 56, 56)),  # ResNet
        (MaxPool(3, 2), (96, 55, 55), (96, 27, 27)),  # AlexNet
        (MaxPool(3, 2), (64, 112, 112), (64, 55, 55)),
        (MaxPool(3, 2, rounding="ceil"), (64, 112, 112), (64, 56, 56)),  # GoogLeNet
        (MaxPool(2, rounding="ceil"), (64, 7, 7), (64, 4, 4)),
        (MaxPool(2, 3, 1), (1, 4), (1, 2)),
        (MaxPool(2, 3, 1, rounding="ceil"), (1, 4), (1, 2)),  # a third would start at 5, behind the axis
        (MaxPool(2, 3, 1, rounding="ceil"), (1, 6), (1, 3)),
        (MaxPool(3, 2, rounding="ceil"), (1, 2), (1, 1)),
        (MaxPool(3, 2, padding="same"), (64, 112, 112), (64, 56, 56)),
        (MaxPool(3, 2, padding="same"), (64, 7, 7), (64, 4, 4)),
        (MaxPool(2, 2, padding="half"), (64, 7, 7), (64, 4, 4)),
        (MaxPool(3, 1, dilation=2), (8, 10), (8, 6)),
        (MaxPool((1, 2, 2)), (64, 16, 112, 112), (64, 16, 56, 56)),  # C3D: time is kept
        (MaxPool((3, 2), stride=(1, 2)), (8, 9, 9), (8, 7, 4)),
        (MaxPool(2, padding=((0, 1), (0, 0))), (8, 7, 7), (8, 4, 3)),
        (AvgPool(2), (256, 56, 56), (256, 28, 28)),
        (AvgPool(7), (1024, 7, 7), (1024, 1, 1)),
        (AvgPool(3, 1, 1), (8, 5, 6), (8, 5, 6)),
        (AvgPool(2, rounding="ceil"), (8, 5), (8, 3)),
        (MaxPool(3, 2, rounding="caffe"), (96, 55, 55), (96, 27, 27)),  # Caffe's AlexNet
        (MaxPool(2, 2, rounding="caffe"), (512, 1, 7, 7), (512, 1, 4, 4)),  # C3D's last
        (MaxPool(1, 2, rounding="caffe"), (8, 6), (8, 4)),  # the fourth starts at 6, behind the axis
        (MaxPool(1, 2, rounding="ceil"), (8, 6), (8, 3)),
        (MaxPool((1, 3), 2, (0, 1), rounding="caffe"), (8, 6, 6), (8, 3, 4)),  # a padded axis: as ceil, on both
        (MaxPool(3, 2, padding="same_lower"), (64, 7, 7), (64, 4, 4)),
        (MaxPool(2, 1, padding="causal"), (8, 9), (8, 9)),
        (LpPool(3, 2), (8, 9, 9), (8, 4, 4)),
        (LpPool(2, rounding="ceil"), (8, 9), (8, 5)),
        (GlobalMaxPool(), (2048, 7, 7), (2048, 1, 1)),
        (GlobalAvgPool(), (2048, 7, 7), (2048, 1, 1)),
        (GlobalAvgPool(), (32, 100), (32, 1)),
        (GlobalAvgPool(), (512, 2, 4, 4), (512, 1, 1, 1)),
    ],
    ids=str,
)
def test_pool_profile(layer, x, output):
    """A pool changes the axes and keeps the channels; it has no weights, and its means are no MACs."""
    assert Counted(output) == counted(layer, x)


@pytest.mark.parametrize(
    ("layer", "x", "fan_in", "operations"),
    [
        (MaxPool(3, 2, 1), (64, 112, 112), 9, 8 * 64 * 56 * 56),
        (AvgPool(3, 2, 1), (64, 112, 112), 9, 9 * 64 * 56 * 56),
        (LpPool(3, 2), (64, 113, 113), 9, 18 * 64 * 56 * 56),
        (MaxPool(2, rounding="ceil"), (8, 5), 2, 8 * 3),  # what it touches behind the axis counts, too
        (MaxPool(1, 2), (8, 5), 1, 0),
        (GlobalAvgPool(), (2048, 7, 7), 49, 49 * 2048),
        (GlobalMaxPool(), (2048, 7, 7), 49, 48 * 2048),
    ],
    ids=str,
)
def test_what_a_pool_reads_and_does(layer, x, fan_in, operations):
    """A value compares its taps, or adds and divides them, or takes powers of them, a sum and a root."""
    assert (fan_in, operations) == (layer(x).fan_in, layer(x).operations)


def test_a_pool_has_a_window_for_each_axis():
    """Its own for a pool, one from end to end for a global one."""
    assert (Window(3, 2, (1, 1)), Window(2, 2, (0, 1))) == MaxPool((3, 2), 2, (1, (0, 1)))((8, 9, 9)).windows
    assert (Window(7, 7), Window(5, 5)) == GlobalAvgPool()((8, 7, 5)).windows


@pytest.mark.parametrize(
    ("layer", "x", "option", "message"),
    [
        (MaxPool(3, 2), (8, 2, 2), "kernel_size", "kernel_size (3) does not fit an axis of 2 with padding 0"),
        (
            MaxPool(3, 2, rounding="ceil"),
            (8, 1),
            "kernel_size",
            "kernel_size (3) does not fit an axis of 1 with padding 0",
        ),
        (
            MaxPool(3, 2, 1, dilation=3),
            (8, 4),
            "kernel_size",
            "kernel_size (3, spanning 7) does not fit an axis of 4 with padding 1",
        ),
        (MaxPool(2, padding=2), (8, 9), "padding", "padding (2) must be at most half of kernel_size (2)"),
        (MaxPool(3, padding=2), (8, 9), "padding", "padding (2) must be at most half of kernel_size (3)"),
        (AvgPool(3, padding=((0, 2),)), (8, 9, 9), "padding", "padding (0:2) must be at most half of kernel_size (3)"),
        (AvgPool(1, padding=(0, 1)), (8, 9, 9), "padding", "padding (1) must be at most half of kernel_size (1)"),
        (
            AvgPool((2, 2), 2),
            (8, 9),
            "kernel_size",
            "kernel_size (2x2) must be one number, as the input has one axis",
        ),
        (
            MaxPool(2),
            (4096,),
            "",
            "the input must have an axis to slide along besides its channels, such as CxHxW",
        ),
        (
            MaxPool(3, 2, "causal"),
            (8, 9),
            "padding",
            "padding (2:0) must be at most half of kernel_size (3)",
        ),
        (LpPool(3), (8, 2), "kernel_size", "kernel_size (3) does not fit an axis of 2 with padding 0"),
        (
            LpPool(2),
            (4096,),
            "",
            "the input must have an axis to slide along besides its channels, such as CxHxW",
        ),
        (
            GlobalMaxPool(),
            (4096,),
            "",
            "the input must have an axis to pool over besides its channels, such as CxHxW",
        ),
        (
            GlobalAvgPool(),
            (4096,),
            "",
            "the input must have an axis to pool over besides its channels, such as CxHxW",
        ),
    ],
    ids=str,
)
def test_pool_misfit(layer, x, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        layer(x)

    assert (option, message) == (caught.value.option, str(caught.value))


@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (partial(MaxPool, 0), "kernel_size", "kernel_size (0) must be at least 1"),
        (partial(MaxPool, 2, stride=0), "stride", "stride (0) must be at least 1"),
        (partial(MaxPool, 2, dilation=0), "dilation", "dilation (0) must be at least 1"),
        (partial(AvgPool, 2, padding=-1), "padding", "padding (-1) must be at least 0"),
        (partial(MaxPool, 2, rounding="up"), "rounding", "rounding must be floor, ceil or caffe, but got up"),
        (partial(LpPool, 2, norm_type=0), "norm_type", "norm_type (0) must be at least 1"),
        (partial(LpPool, 2, stride=0), "stride", "stride (0) must be at least 1"),
        (partial(LpPool, 2, rounding="up"), "rounding", "rounding must be floor, ceil or caffe, but got up"),
    ],
    ids=str,
)
def test_pool_out_of_range(make, option, message):
    """A layer whose numbers are right for no input cannot be made."""
    with pytest.raises(RuleError) as caught:
        make()

    assert (option, message) == (caught.value.option, str(caught.value))
