"""Convolutions of other making: against a run on numbers, then one row per claim."""

from functools import partial

import brute_layers
import pytest
from brute_force import Measured, claimed, holds, made, measured, options, slid, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.conv import Conv
from convcalc.layers.conv_variants import DeformableConv, LocalConv, SeparableConv, TableConv
from convcalc.layers.window import Window

VALUES = st.integers(1, 2)
FLAGS = st.booleans()


def undilated(slides):
    return {option: value for option, value in options(slides).items() if option != "dilation"}


@given(slid(), VALUES, VALUES, VALUES, FLAGS)
@examples(150)
def test_separable_conv_comes_to_what_a_run_comes_to(case, channels, out_channels, multiplier, bias):
    """A depthwise convolution without bias, then a convolution of 1x1."""
    sizes, slides = case
    x = (channels, *sizes)
    layer = SeparableConv(out_channels, **options(slides), multiplier=multiplier, bias=bias)

    ran = measured(brute_layers.separable, tensor(x), slides, out_channels, multiplier, bias=bias)
    assert ran == claimed(layer, x)


CONNECTIONS = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3).map(tuple), min_size=1, max_size=3)


@given(slid(), st.integers(1, 4), CONNECTIONS.map(tuple), FLAGS)
@examples(150)
def test_table_conv_comes_to_what_a_run_comes_to(case, channels, connections, bias):
    """Each filter spans the channels that are listed for it; each of them is there, and is listed once."""
    sizes, slides = case
    x = (channels, *sizes)
    ran = measured(brute_layers.table, tensor(x), slides, connections, bias=bias)
    assert ran == claimed(made(TableConv, connections, **options(slides), bias=bias), x)


@given(slid(dilations=False), VALUES, VALUES, FLAGS)
@examples(150)
def test_local_conv_comes_to_what_a_run_comes_to(case, channels, out_channels, bias):
    """Each position has filters and biases of its own."""
    sizes, slides = case
    x = (channels, *sizes)
    layer = LocalConv(out_channels, **undilated(slides), bias=bias)

    assert measured(brute_layers.local, tensor(x), slides, out_channels, bias=bias) == claimed(layer, x)


@given(slid(), st.tuples(VALUES, VALUES, VALUES, VALUES), FLAGS, FLAGS)
@examples(150)
def test_deformable_conv_comes_to_what_a_run_comes_to(case, numbers, modulated, bias):
    """A convolution makes the offsets; where they are wide apart, no two taps read the same neighbour."""
    sizes, slides = case
    fan_in, filters, groups, offset_groups = numbers
    x, out_channels = (fan_in * groups * offset_groups, *sizes), filters * groups
    more = {"groups": groups, "offset_groups": offset_groups, "modulated": modulated, "bias": bias}
    said = claimed(DeformableConv(out_channels, **options(slides), **more), x)

    assert holds(measured(brute_layers.deformable, tensor(x), slides, out_channels, **more), said)
    assert said == measured(brute_layers.deformable, tensor(x), slides, out_channels, **more, far=10**7)


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [
        # Keras: SeparableConv2D(64, 3) after 32 channels; Xception's middle flow has 728 of 3x3 + 728 x 728 each
        (
            SeparableConv(64, 3, padding="same"),
            (32, 28, 28),
            Measured(
                (64, 28, 28),
                32 * 9 + 32 * 64,
                64,
                (32 * 9 + 32 * 64) * 28 * 28,
                fan_in=32 * 9,
                operations=64 * 28 * 28,
            ),
        ),
        (
            SeparableConv(728, 3, padding=1, bias=False),
            (728, 19, 19),
            Measured(
                (728, 19, 19), 728 * 9 + 728 * 728, 0, (728 * 9 + 728 * 728) * 19 * 19, fan_in=728 * 9
            ),
        ),
        (
            SeparableConv(10, 5, 2, multiplier=3),
            (4, 21),
            Measured((10, 9), 3 * 4 * 5 + 3 * 4 * 10, 10, (3 * 4 * 5 + 3 * 4 * 10) * 9, fan_in=4 * 5, operations=90),
        ),
        (
            TableConv(((0,), (1, 2)), 3, padding="causal", bias=False),
            (3, 8),
            Measured((2, 8), 3 * 3, 0, 3 * 3 * 8, fan_in=2 * 3),
        ),
        # DeepFace's L4: 16 local filters of 9x9 on 16x63x63 (Taigman et al. 2014)
        (
            LocalConv(16, 9),
            (16, 63, 63),
            Measured(
                (16, 55, 55),
                16 * 16 * 81 * 55 * 55,
                16 * 55 * 55,
                16 * 16 * 81 * 55 * 55,
                fan_in=16 * 81,
                operations=16 * 55 * 55,
            ),
        ),
        # offsets on two axes for nine taps: 18 maps more, or 27 with factors
        (
            DeformableConv(64, 3, padding=1, bias=False),
            (64, 8, 8),
            Measured(
                (64, 8, 8),
                64 * 64 * 9 + 18 * 64 * 9,
                18,
                (64 * 64 * 9 + 18 * 64 * 9) * 8 * 8,
                fan_in=64 * 9 * 4 + 64 * 9,
                operations=18 * 8 * 8 + 64 * 9 * 8 * 8 * 7,
            ),
        ),
    ],
    ids=str,
)  # fmt: skip  # a table reads better in columns
def test_conv_variant_profile(layer, x, expected):
    """Weights, biases and MACs as products of what they are for."""
    assert expected == claimed(layer, x)


LENET5_C3 = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (4, 5, 0), (5, 0, 1)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 0), (4, 5, 0, 1), (5, 0, 1, 2)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5)),
)
"""The maps of S2 that each of the 16 maps of C3 reads (LeCun, Bottou, Bengio, Haffner 1998, Table I)."""


def test_c3_of_lenet5():
    """1,516 trainable parameters and, adding biases among them, 151,600 connections, as the paper says."""
    c3 = TableConv(LENET5_C3, 5)((6, 14, 14))

    assert c3.output == (16, 10, 10)
    assert (c3.weights, c3.biases) == ((6 * 3 + 9 * 4 + 6) * 25, 16)
    assert c3.params == 1516
    assert c3.macs + c3.operations == 151_600
    assert c3.fan_in == 6 * 25


@pytest.mark.parametrize(
    "layer",
    [
        SeparableConv(8, 3, (1, 2), 1),
        TableConv(((0, 1),), 3, (1, 2), 1),
        LocalConv(8, 3, (1, 2), 1),
        DeformableConv(8, 3, (1, 2), 1),
    ],
    ids=str,
)
def test_it_has_the_windows_of_a_convolution(layer):
    """What it slides is a kernel on each axis."""
    assert layer((2, 9, 9)).windows == (Window(3, 1, (1, 1)), Window(3, 2, (1, 1)))


def test_a_table_of_all_channels_is_a_convolution():
    """Each filter spans all of them, in any order."""
    assert TableConv(((0, 1, 2), (2, 1, 0)), 3, 2, 1)((3, 9, 9)) == Conv(2, 3, 2, 1)((3, 9, 9))


CxHxW = "the input must have an axis to slide along besides its channels, such as CxHxW"


@pytest.mark.parametrize(
    ("layer", "x", "option", "message"),
    [
        (SeparableConv(8, 5), (3, 4, 4), "kernel_size", "kernel_size (5) does not fit an axis of 4 with padding 0"),
        (SeparableConv(8, 3), (4096,), "", CxHxW),
        (
            SeparableConv(8, 3, padding="causal"),
            (3, 8, 8),
            "padding",
            "padding causal is for one axis, as in CxL, but the input has 2",
        ),
        (
            TableConv(((0,), (0, 3)), 3),
            (3, 9),
            "connections",
            "connections name channel 3, but the input has 3, counted from 0",
        ),
        (TableConv(((0,),), 3), (1, 2), "kernel_size", "kernel_size (3) does not fit an axis of 2 with padding 0"),
        (TableConv(((0,),), 3), (4096,), "", CxHxW),
        (
            LocalConv(8, (3, 3)),
            (3, 9),
            "kernel_size",
            "kernel_size (3x3) must be one number, as the input has one axis",
        ),
        (LocalConv(8, 3), (4096,), "", CxHxW),
        (DeformableConv(8, 3, groups=2), (3, 9), "groups", "in_channels (3) must be divisible by groups (2)"),
        (DeformableConv(9, 3, groups=2), (4, 9), "groups", "out_channels (9) must be divisible by groups (2)"),
        (
            DeformableConv(8, 3, offset_groups=2),
            (3, 9),
            "offset_groups",
            "in_channels (3) must be divisible by offset_groups (2)",
        ),
        (DeformableConv(8, 3), (4096,), "", CxHxW),
    ],
    ids=str,
)
def test_conv_variant_misfit(layer, x, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        layer(x)

    assert (option, message) == (caught.value.option, str(caught.value))


PADDINGS = "padding must be same, same_lower, half, valid, causal or numbers, but got"


@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (partial(SeparableConv, 0, 3), "out_channels", "out_channels (0) must be at least 1"),
        (partial(SeparableConv, 8, 3, multiplier=0), "multiplier", "multiplier (0) must be at least 1"),
        (partial(SeparableConv, 8, 0), "kernel_size", "kernel_size (0) must be at least 1"),
        (partial(SeparableConv, 8, 3, padding="full"), "padding", f"{PADDINGS} full"),
        (
            partial(TableConv, ((0, 0),), 3),
            "connections",
            "connections must list each channel once for a filter, but got 0:0",
        ),
        (partial(TableConv, ((0, -1),), 3), "connections", "connections (-1) must be at least 0"),
        (partial(TableConv, (), 3), "connections", "connections must list the channels of one filter at least"),
        (
            partial(TableConv, ((0,), ()), 3),
            "connections",
            "connections must list one channel at least for each filter",
        ),
        (partial(TableConv, ((0,),), 3, stride=0), "stride", "stride (0) must be at least 1"),
        (partial(LocalConv, 0, 3), "out_channels", "out_channels (0) must be at least 1"),
        (partial(LocalConv, 8, 3, padding=-1), "padding", "padding (-1) must be at least 0"),
        (partial(DeformableConv, 0, 3), "out_channels", "out_channels (0) must be at least 1"),
        (partial(DeformableConv, 8, 3, groups=0), "groups", "groups (0) must be at least 1"),
        (partial(DeformableConv, 8, 3, offset_groups=0), "offset_groups", "offset_groups (0) must be at least 1"),
        (partial(DeformableConv, 8, 3, dilation=0), "dilation", "dilation (0) must be at least 1"),
    ],
    ids=str,
)
def test_conv_variant_out_of_range(make, option, message):
    """A layer whose numbers are right for no input cannot be made."""
    with pytest.raises(RuleError) as caught:
        make()

    assert (option, message) == (caught.value.option, str(caught.value))
