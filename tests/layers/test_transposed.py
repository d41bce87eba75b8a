"""Transposed convolution and unpooling: against a run on numbers, then one row per claim."""

from functools import partial
from itertools import product

import brute_layers
import pytest
from brute_force import LIMITS, Measured, Spread, claimed, holds, made, measured, options, slid, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.axes import TransposedWindow
from convcalc.layers.conv import Conv
from convcalc.layers.pool import MaxPool
from convcalc.layers.transposed import MaxUnpool, TransposedConv

VALUES = st.integers(1, 2)


@st.composite
def spread(draw):
    """The sizes of one to three axes, and how a kernel spreads over each."""
    size, kernel, pad = LIMITS[axes := draw(st.integers(1, 3))]
    word = draw(st.sampled_from(["pads", "pads", "pads", "same", "same_lower", "half", "valid"]))
    adds = draw(st.sampled_from([0, 0, 1, 2]))
    sizes, spreads = [], []
    for _ in range(axes):
        padding = (draw(st.integers(0, pad)), draw(st.integers(0, pad))) if word == "pads" else word
        sizes.append(draw(st.integers(1, size - 1)))
        added = draw(st.integers(0, adds))
        spreads.append(Spread(draw(st.integers(1, kernel)), draw(VALUES), padding, draw(VALUES), added))
    return tuple(sizes), tuple(spreads)


def said(spreads):
    """The options that say how a kernel spreads."""
    return {**options(spreads), "output_padding": tuple(each.added for each in spreads)}


@given(spread(), VALUES, VALUES, VALUES, st.booleans())
@examples(250)
def test_transposed_conv_comes_to_what_a_run_comes_to(case, groups, fan_in, filters, bias):
    """Each value is spread over the output, all of it, whatever is cut off then."""
    sizes, spreads = case
    x, out_channels = (groups * fan_in, *sizes), groups * filters
    layer = TransposedConv(out_channels, **said(spreads), groups=groups, bias=bias)

    assert holds(
        measured(brute_layers.transposed, tensor(x), spreads, out_channels, groups, bias=bias), claimed(layer, x)
    )


@pytest.mark.parametrize(("kernel", "stride", "dilation"), [*product(range(1, 6), range(1, 5), range(1, 5))])
def test_what_an_output_reads_at_most_is_read_where_the_axis_is_long_enough(kernel, stride, dilation):
    """The taps that meet the stride, on as many positions, which an axis of kernel x dilation has."""
    x, spreads = (4, kernel * dilation), [Spread(kernel, stride, (0, 0), dilation)]
    layer = TransposedConv(2, kernel, stride, dilation=dilation, groups=2)

    assert claimed(layer, x) == measured(brute_layers.transposed, tensor(x), spreads, 2, groups=2)


@given(slid(), st.integers(1, 2))
@examples(150)
def test_transposed_conv_makes_what_the_convolution_reads(case, channels):
    """Of these options, the convolution of what comes out has the size that went in; its weights are as many."""
    sizes, slides = case
    if slides[0].padding in {"same", "same_lower", "causal"}:
        return
    try:
        backwards = TransposedConv(3, **options(slides))((channels, *sizes))
    except RuleError:
        return
    forwards = Conv(channels, **options(slides))(backwards.output)

    assert forwards.output == (channels, *sizes)
    assert (backwards.weights, backwards.macs) == (forwards.weights, forwards.macs)


@given(slid(dilations=False, mostly_half=True), st.integers(1, 2), st.lists(st.integers(-2, 2), min_size=3, max_size=3))
@examples(250)
def test_max_unpool_comes_to_what_a_run_comes_to(case, channels, more):
    """As large as what its windows cover, or larger or smaller by less than a stride, where that is asked for."""
    sizes, slides = case
    if "causal" in {slide.padding for slide in slides}:
        return
    x = (channels, *sizes)
    asked = {option: value for option, value in options(slides).items() if option != "dilation"}
    usual = measured(brute_layers.unpooled, tensor(x), slides)

    assert usual == claimed(MaxUnpool(**asked), x)
    if usual:
        output = tuple(size + extra for size, extra in zip(usual.output[1:], more, strict=False))
        ran = measured(brute_layers.unpooled, tensor(x), slides, output)
        assert ran == claimed(made(MaxUnpool, **asked, output_size=output), x)


@given(slid(dilations=False, mostly_half=True))
@examples(250)
def test_unpooling_is_what_its_pool_reads(case):
    """A pool of the same options makes of the output, and of no smaller one, as many positions as there were."""
    sizes, slides = case
    if slides[0].padding in {"same", "same_lower", "causal"}:
        return
    asked = {option: value for option, value in options(slides).items() if option != "dilation"}
    try:
        _, *output = MaxUnpool(**asked)((1, *sizes)).output
        pooled = MaxPool(**asked)((1, *output)).output
    except RuleError:
        return

    assert pooled == (1, *sizes)
    for slide, size, length in zip(slides, sizes, output, strict=True):
        assert len(slide.places(length - 1)) < size


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [
        # U-Net's up-convolution: each value makes a block of its own
        (
            TransposedConv(512, 2, 2),
            (1024, 28, 28),
            Measured(
                (512, 56, 56), 1024 * 512 * 4, 512, 1024 * 512 * 4 * 28 * 28, fan_in=1024, operations=512 * 56 * 56
            ),
        ),
        # DCGAN's: 4x4/2 p=1 doubles, and of each kernel's four taps on an axis two meet
        (
            TransposedConv(128, 4, 2, 1, bias=False),
            (256, 8, 8),
            Measured((128, 16, 16), 256 * 128 * 16, 0, 256 * 128 * 16 * 8 * 8, fan_in=256 * 2 * 2),
        ),
        # FCN-32s: 64x64/32 without padding
        (
            TransposedConv(21, 64, 32, bias=False),
            (21, 16, 16),
            Measured((21, 544, 544), 21 * 21 * 64 * 64, 0, 21 * 21 * 64 * 64 * 16 * 16, fan_in=21 * 2 * 2),
        ),
        (
            TransposedConv(8, 3, 2, 1, output_padding=1),
            (4, 7),
            Measured((8, 14), 4 * 8 * 3, 8, 4 * 8 * 3 * 7, fan_in=4 * 2, operations=8 * 14),
        ),
        (
            TransposedConv(8, 3, (1, 2), padding="same", groups=2),
            (4, 7, 7),
            Measured((8, 7, 14), 4 * 4 * 9, 8, 4 * 4 * 9 * 7 * 7, fan_in=2 * 3 * 2, operations=8 * 7 * 14),
        ),
        (
            TransposedConv(8, 2, 3, padding="same_lower", bias=False),
            (4, 5),
            Measured((8, 15), 4 * 8 * 2, 0, 4 * 8 * 2 * 5, fan_in=4),
        ),
        (
            TransposedConv(1, 3, 2, padding=((0, 1),), dilation=2),
            (1, 5),
            Measured((1, 12), 3, 1, 3 * 5, fan_in=3, operations=12),
        ),
        (MaxUnpool(2), (64, 7, 7), Measured((64, 14, 14))),
        (MaxUnpool(2, output_size=15), (64, 7, 7), Measured((64, 15, 15))),
        (MaxUnpool(3, 2, 1), (64, 7), Measured((64, 13))),
        (MaxUnpool(3, 2, 1, output_size=(14,)), (64, 7), Measured((64, 14))),
        (MaxUnpool((1, 2, 2)), (8, 4, 7, 7), Measured((8, 4, 14, 14))),
        (MaxUnpool(2, 3, 1, output_size=2), (8, 1), Measured((8, 2))),  # within a stride of none
    ],
    ids=str,
)
def test_transposed_profile(layer, x, expected):
    """A weight for each tap of each filter in each channel, used once at each position of the input."""
    assert expected == claimed(layer, x)


def test_what_spreads_over_each_axis():
    """Its own window for each; that of an unpooling is the one of its pool."""
    conv = TransposedConv(8, (3, 4), 2, padding=(1, (0, 1)), output_padding=(0, 1), dilation=(2, 1))
    first, second = TransposedWindow(3, 2, (1, 1), 2), TransposedWindow(4, 2, (0, 1), 1, 1)

    assert conv((3, 9, 9)).windows == (first, second)
    assert TransposedConv(8, 3, 2, "same")((3, 9)).windows == (TransposedWindow(3, 2, "same"),)
    assert MaxUnpool(3, 2, 1)((3, 9)).windows == (TransposedWindow(3, 2, (1, 1)),)
    assert MaxUnpool(3, output_size=29)((3, 9)).windows == (TransposedWindow(3, 3),)


CxHxW = "the input must have an axis to slide along besides its channels, such as CxHxW"


@pytest.mark.parametrize(
    ("layer", "x", "option", "message"),
    [
        (TransposedConv(8, 3, groups=2), (3, 9), "groups", "in_channels (3) must be divisible by groups (2)"),
        (TransposedConv(9, 3, groups=2), (4, 9), "groups", "out_channels (9) must be divisible by groups (2)"),
        (
            TransposedConv(8, 2, padding=1),
            (3, 1, 4),
            "padding",
            "padding (1) takes away all that an axis of 1 is spread to",
        ),
        (
            TransposedConv(8, 2, padding=((1, 2),)),
            (3, 2),
            "padding",
            "padding (1:2) takes away all that an axis of 2 is spread to",
        ),
        (
            TransposedConv(8, 3, 2, output_padding=2),
            (3, 9),
            "output_padding",
            "output_padding (2) must be less than stride (2) or dilation (1)",
        ),
        (
            TransposedConv(8, 3, output_padding=(0, 3), dilation=(1, 2)),
            (3, 9, 9),
            "output_padding",
            "output_padding (3) must be less than stride (1) or dilation (2)",
        ),
        (
            TransposedConv(8, 3, 2, "same", output_padding=1),
            (3, 9),
            "output_padding",
            "output_padding (1) must be 0 where padding is same, which sets the size",
        ),
        (
            TransposedConv(8, 3, 2, "same_lower", output_padding=1),
            (3, 9),
            "output_padding",
            "output_padding (1) must be 0 where padding is same_lower, which sets the size",
        ),
        (
            TransposedConv(8, 3, 2, output_padding=(1, 1)),
            (3, 9),
            "output_padding",
            "output_padding (1x1) must be one number, as the input has one axis",
        ),
        (TransposedConv(8, 3), (4096,), "", CxHxW),
        (MaxUnpool(2), (4096,), "", CxHxW),
        (
            MaxUnpool(2, output_size=4),
            (8, 3),
            "output_size",
            "output_size (4) must be within a stride (2) of 6",
        ),
        (
            MaxUnpool(2, output_size=(6, 8)),
            (8, 3, 3),
            "output_size",
            "output_size (8) must be within a stride (2) of 6",
        ),
        (
            MaxUnpool(2, output_size=(6, 8)),
            (8, 3),
            "output_size",
            "output_size (6x8) must be one number, as the input has one axis",
        ),
        (
            MaxUnpool(2, 3, 1, output_size=3),
            (8, 1),
            "output_size",
            "output_size (3) must be within a stride (3) of 0",
        ),
        (MaxUnpool(2, padding=1), (8, 1), "padding", "padding (1) takes away all that an axis of 1 is spread to"),
    ],
    ids=str,
)
def test_transposed_misfit(layer, x, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        layer(x)

    assert (option, message) == (caught.value.option, str(caught.value))


@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (partial(TransposedConv, 0, 3), "out_channels", "out_channels (0) must be at least 1"),
        (partial(TransposedConv, 8, 3, groups=0), "groups", "groups (0) must be at least 1"),
        (partial(TransposedConv, 8, 0), "kernel_size", "kernel_size (0) must be at least 1"),
        (partial(TransposedConv, 8, 3, stride=0), "stride", "stride (0) must be at least 1"),
        (partial(TransposedConv, 8, 3, dilation=0), "dilation", "dilation (0) must be at least 1"),
        (partial(TransposedConv, 8, 3, padding=-1), "padding", "padding (-1) must be at least 0"),
        (
            partial(TransposedConv, 8, 3, padding="causal"),
            "padding",
            "padding causal is for convolutions; a transposed one takes away behind, as in p=0:1",
        ),
        (partial(TransposedConv, 8, 3, output_padding=-1), "output_padding", "output_padding (-1) must be at least 0"),
        (
            partial(TransposedConv, 8, 3, output_padding=(0, -2)),
            "output_padding",
            "output_padding (-2) must be at least 0",
        ),
        (partial(MaxUnpool, 0), "kernel_size", "kernel_size (0) must be at least 1"),
        (partial(MaxUnpool, 2, stride=0), "stride", "stride (0) must be at least 1"),
        (partial(MaxUnpool, 2, padding=-1), "padding", "padding (-1) must be at least 0"),
        (partial(MaxUnpool, 2, output_size=(4, 0)), "output_size", "output_size (0) must be at least 1"),
    ],
    ids=str,
)
def test_transposed_out_of_range(make, option, message):
    """A layer whose numbers are right for no input cannot be made."""
    with pytest.raises(RuleError) as caught:
        make()

    assert (option, message) == (caught.value.option, str(caught.value))
