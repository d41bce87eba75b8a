"""Convolutions: against a run on numbers, then one row per claim."""

from functools import partial

import brute_force
import brute_layers
import pytest
from brute_force import Counted, claimed, counted, measured, options, slid, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.conv import Conv, DepthwiseConv

RGB = (3, 224, 224)
VALUES = st.integers(1, 2)


@given(slid(), st.integers(1, 3), VALUES, VALUES, st.booleans())
@examples(250)
def test_conv_comes_to_what_a_run_comes_to(case, groups, fan_in, filters, bias):
    """Shape, weights, biases and MACs are those of a run; where no window fits, the layer refuses."""
    sizes, slides = case
    x, out_channels = (groups * fan_in, *sizes), groups * filters
    layer = Conv(out_channels, **options(slides), groups=groups, bias=bias)

    assert measured(brute_layers.conv, tensor(x), slides, out_channels, groups, bias=bias) == claimed(layer, x)


@given(*[st.integers(1, 8)] * 3)
@examples(200)
def test_channels_are_dealt_out_to_groups_or_refused(in_channels, out_channels, groups):
    """Each group has equally many input channels and equally many filters, or there is no such layer."""
    x = (in_channels, 2)
    ran = measured(brute_layers.conv, tensor(x), [brute_force.Slide(2)], out_channels, groups)

    assert ran == claimed(Conv(out_channels, 2, groups=groups), x)


@given(slid(), VALUES, VALUES, st.booleans())
@examples(250)
def test_depthwise_conv_comes_to_what_a_run_comes_to(case, channels, multiplier, bias):
    """Each channel has its own filters; shape, weights, biases and MACs are those of a run."""
    sizes, slides = case
    x = (channels, *sizes)
    layer = DepthwiseConv(**options(slides), multiplier=multiplier, bias=bias)

    assert measured(brute_layers.depthwise, tensor(x), slides, multiplier, bias=bias) == claimed(layer, x)


@given(slid())
@examples(200)
def test_conv_has_a_window_for_each_axis(case):
    """The windows of the profile stand where those of a run stand."""
    sizes, slides = case
    try:
        profile = Conv(1, **options(slides))((1, *sizes))
    except RuleError:
        return

    walks = [
        brute_force.Slide(window.kernel, window.stride, window.padding, window.dilation, window.rounding)
        for window in profile.windows
    ]
    for walk, slide, size in zip(walks, slides, sizes, strict=True):
        assert walk.places(size) == slide.places(size)


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [
        # padding of half of an odd kernel keeps the size; (n + 2p - k) // s + 1 halves it at stride 2
        (Conv(64, 3, padding=1), RGB, Counted((64, 224, 224), 64 * 3 * 3 * 3, 64, 64 * 3 * 3 * 3 * 224 * 224)),
        (
            Conv(64, 7, stride=2, padding=3),
            RGB,
            Counted((64, 112, 112), 64 * 3 * 7 * 7, 64, 64 * 3 * 7 * 7 * 112 * 112),
        ),
        (Conv(64, 7, 2, 3, bias=False), RGB, Counted((64, 112, 112), 64 * 3 * 7 * 7, 0, 64 * 3 * 7 * 7 * 112 * 112)),
        # AlexNet's first: (227 - 11) / 4 + 1
        (
            Conv(96, 11, stride=4),
            (3, 227, 227),
            Counted((96, 55, 55), 96 * 3 * 11 * 11, 96, 96 * 3 * 11 * 11 * 55 * 55),
        ),
        (Conv(256, 1), (64, 56, 56), Counted((256, 56, 56), 256 * 64, 256, 256 * 64 * 56 * 56)),
        (Conv(120, 5), (16, 5, 5), Counted((120, 1, 1), 120 * 16 * 5 * 5, 120, 120 * 16 * 5 * 5)),
        # dilation stretches the kernel to (3 - 1) * 2 + 1 = 5, without weights of its own
        (Conv(16, 3, dilation=2), (3, 32, 32), Counted((16, 28, 28), 16 * 3 * 9, 16, 16 * 3 * 9 * 28 * 28)),
        (
            Conv(16, 3, padding="half", dilation=2),
            (3, 32, 32),
            Counted((16, 32, 32), 16 * 3 * 9, 16, 16 * 3 * 9 * 32 * 32),
        ),
        # one number per axis
        (Conv(16, (1, 3), padding=(0, 1)), (8, 5, 7), Counted((16, 5, 7), 16 * 8 * 3, 16, 16 * 8 * 3 * 5 * 7)),
        (Conv(16, 3, stride=(2, 1)), (8, 9, 9), Counted((16, 4, 7), 16 * 8 * 9, 16, 16 * 8 * 9 * 4 * 7)),
        (Conv(16, 3, dilation=(1, 2)), (8, 9, 9), Counted((16, 7, 5), 16 * 8 * 9, 16, 16 * 8 * 9 * 7 * 5)),
        # before and after, per axis; one pair alone is for all axes
        (Conv(4, 2, padding=((0, 1), (1, 2))), (1, 5, 5), Counted((4, 5, 7), 4 * 2 * 2, 4, 4 * 2 * 2 * 5 * 7)),
        (Conv(4, 2, padding=((0, 1),)), (1, 5, 6), Counted((4, 5, 6), 4 * 2 * 2, 4, 4 * 2 * 2 * 5 * 6)),
        (Conv(4, 2, padding=((0, 1), 3)), (1, 5, 6), Counted((4, 5, 11), 4 * 2 * 2, 4, 4 * 2 * 2 * 5 * 11)),
        # padding beyond the kernel is allowed: windows there read zeros only, but are computed
        (Conv(4, 1, padding=2), (1, 3), Counted((4, 7), 4, 4, 4 * 7)),
        # "same" gives ceil(n / s), "half" floor((n + 2 (e // 2) - e) / s) + 1: they part at even kernels
        (Conv(8, 5, stride=2, padding="same"), (4, 11), Counted((8, 6), 8 * 4 * 5, 8, 8 * 4 * 5 * 6)),
        (Conv(8, 4, padding="same"), (4, 11), Counted((8, 11), 8 * 4 * 4, 8, 8 * 4 * 4 * 11)),
        (Conv(8, 4, padding="half"), (4, 11), Counted((8, 12), 8 * 4 * 4, 8, 8 * 4 * 4 * 12)),
        (Conv(8, 4, padding="valid"), (4, 11), Counted((8, 8), 8 * 4 * 4, 8, 8 * 4 * 4 * 8)),
        # "same_lower" pads before rather than after; "causal" before only
        (Conv(8, 4, padding="same_lower"), (4, 11), Counted((8, 11), 8 * 4 * 4, 8, 8 * 4 * 4 * 11)),
        (Conv(8, 3, padding="causal", dilation=4), (4, 11), Counted((8, 11), 8 * 4 * 3, 8, 8 * 4 * 3 * 11)),
        # in g groups, each filter spans a g-th of the input channels
        (Conv(128, 3, padding=1, groups=32), (128, 8, 8), Counted((128, 8, 8), 128 * 4 * 9, 128, 128 * 4 * 9 * 8 * 8)),
        (Conv(6, 3, groups=3), (3, 5, 5), Counted((6, 3, 3), 6 * 9, 6, 6 * 9 * 3 * 3)),
        # sequences and volumes
        (Conv(32, 9, padding=4), (1, 16000), Counted((32, 16000), 32 * 9, 32, 32 * 9 * 16000)),
        (
            Conv(64, 3, padding=1),
            (3, 16, 112, 112),
            Counted((64, 16, 112, 112), 64 * 3 * 27, 64, 64 * 3 * 27 * 16 * 112**2),
        ),
        # MobileNet's depthwise layers; twice as many with a multiplier of 2
        (DepthwiseConv(3, padding=1), (32, 112, 112), Counted((32, 112, 112), 32 * 9, 32, 32 * 9 * 112 * 112)),
        (DepthwiseConv(3, 2, "half"), (64, 112, 112), Counted((64, 56, 56), 64 * 9, 64, 64 * 9 * 56 * 56)),
        (DepthwiseConv(3, multiplier=2, bias=False), (5, 9), Counted((10, 7), 2 * 5 * 3, 0, 2 * 5 * 3 * 7)),
        (DepthwiseConv(3, padding="same", dilation=2), (4, 6, 6), Counted((4, 6, 6), 4 * 9, 4, 4 * 9 * 6 * 6)),
    ],
    ids=str,
)
def test_conv_profile(layer, x, expected):
    """A weight for each tap of each filter in each channel it spans, used once at each output position."""
    assert expected == counted(layer, x)
    assert expected.weights + expected.biases == layer(x).params


@pytest.mark.parametrize(
    ("layer", "x", "option", "message"),
    [
        (Conv(16, 11), (3, 8, 8), "kernel_size", "kernel_size (11) does not fit an axis of 8 with padding 0"),
        (
            Conv(16, 11, padding=1),
            (3, 8, 8),
            "kernel_size",
            "kernel_size (11) does not fit an axis of 8 with padding 1",
        ),
        (
            Conv(16, 11, padding=((0, 1),)),
            (3, 8, 8),
            "kernel_size",
            "kernel_size (11) does not fit an axis of 8 with padding 0:1",
        ),
        (
            Conv(16, 3, dilation=4),
            (3, 8, 8),
            "kernel_size",
            "kernel_size (3, spanning 9) does not fit an axis of 8 with padding 0",
        ),
        (Conv(16, (3, 5)), (3, 4, 4), "kernel_size", "kernel_size (5) does not fit an axis of 4 with padding 0"),
        (Conv(16, 3, groups=2), RGB, "groups", "in_channels (3) must be divisible by groups (2)"),
        (Conv(16, 3, groups=3), RGB, "groups", "out_channels (16) must be divisible by groups (3)"),
        (Conv(16, 3, groups=6), RGB, "groups", "in_channels (3) must be divisible by groups (6)"),
        (
            Conv(16, (3, 3, 3)),
            RGB,
            "kernel_size",
            "kernel_size (3x3x3) must be one number or 2, one for each axis of the input",
        ),
        (
            Conv(16, 3, stride=(2, 2)),
            (3, 9),
            "stride",
            "stride (2x2) must be one number, as the input has one axis",
        ),
        (
            Conv(16, 3, dilation=(1, 2)),
            (3, 9, 9, 9),
            "dilation",
            "dilation (1x2) must be one number or 3, one for each axis of the input",
        ),
        (
            Conv(16, 3, padding=((0, 1), 1, 2)),
            RGB,
            "padding",
            "padding (0:1x1x2) must be one number or 2, one for each axis of the input",
        ),
        (
            Conv(16, 3),
            (4096,),
            "",
            "the input must have an axis to slide along besides its channels, such as CxHxW",
        ),
        (
            Conv(16, 3, padding="causal"),
            (3, 8, 8),
            "padding",
            "padding causal is for one axis, as in CxL, but the input has 2",
        ),
        (DepthwiseConv(5), (3, 4, 4), "kernel_size", "kernel_size (5) does not fit an axis of 4 with padding 0"),
        (
            DepthwiseConv(3),
            (4096,),
            "",
            "the input must have an axis to slide along besides its channels, such as CxHxW",
        ),
    ],
    ids=str,
)
def test_conv_misfit(layer, x, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        layer(x)

    assert (option, message) == (caught.value.option, str(caught.value))


@pytest.mark.parametrize(
    ("layer", "x", "fan_in", "operations"),
    [
        (Conv(64, 7, stride=2, padding=3), RGB, 3 * 7 * 7, 64 * 112 * 112),
        (Conv(64, 7, 2, 3, bias=False), RGB, 3 * 7 * 7, 0),
        (Conv(32, 5, padding="same"), (20, 28, 28), 25 * 20, 32 * 28 * 28),
        (Conv(128, 3, padding=1, groups=32), (128, 8, 8), 4 * 9, 128 * 8 * 8),
        (Conv(4, 1, padding=2), (1, 3), 1, 4 * 7),
        (DepthwiseConv(3, 2, "half"), (64, 112, 112), 9, 64 * 56 * 56),
        (DepthwiseConv(3, multiplier=2, bias=False), (5, 9), 3, 0),
    ],
    ids=str,
)
def test_what_a_conv_reads_and_does(layer, x, fan_in, operations):
    """A value reads its taps in each channel of its group, on padding or not, and adds a bias."""
    assert (fan_in, operations) == (layer(x).fan_in, layer(x).operations)


def test_same_and_half_agree_only_for_odd_extents():
    """They give every axis as many positions for odd extents, and part on some axis for every even one."""
    for kernel in range(1, 9):
        part = [
            size
            for size in range(1, 30)
            if Conv(1, kernel, padding="same")((1, size)).output != Conv(1, kernel, padding="half")((1, size)).output
        ]

        assert bool(part) == (kernel % 2 == 0)


@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (partial(Conv, 16, 3, groups=0), "groups", "groups (0) must be at least 1"),
        (partial(Conv, 0, 3), "out_channels", "out_channels (0) must be at least 1"),
        (partial(Conv, 16, 0), "kernel_size", "kernel_size (0) must be at least 1"),
        (partial(Conv, 16, (3, -1)), "kernel_size", "kernel_size (-1) must be at least 1"),
        (partial(Conv, 16, 3, stride=0), "stride", "stride (0) must be at least 1"),
        (partial(Conv, 16, 3, dilation=0), "dilation", "dilation (0) must be at least 1"),
        (partial(Conv, 16, 3, padding=-1), "padding", "padding (-1) must be at least 0"),
        (partial(Conv, 16, 3, padding=((0, 1), (1, -2))), "padding", "padding (-2) must be at least 0"),
        (
            partial(Conv, 16, 3, padding="full"),
            "padding",
            "padding must be same, same_lower, half, valid, causal or numbers, but got full",
        ),
        (partial(DepthwiseConv, 3, stride=-2), "stride", "stride (-2) must be at least 1"),
        (partial(DepthwiseConv, 3, multiplier=0), "multiplier", "multiplier (0) must be at least 1"),
    ],
    ids=str,
)
def test_conv_out_of_range(make, option, message):
    """A layer whose numbers are right for no input cannot be made."""
    with pytest.raises(RuleError) as caught:
        make()

    assert (option, message) == (caught.value.option, str(caught.value))
