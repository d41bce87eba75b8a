"""More or fewer positions: against a run on numbers, then one row per claim."""

from fractions import Fraction
from functools import partial

import brute_layers
import pytest
from brute_force import Measured, claimed, holds, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.axes import Stretched
from convcalc.layers.resize import CenterCrop, Crop, Pad, PixelShuffle, PixelUnshuffle, Upsample
from convcalc.layers.window import Window

FACTORS = st.sampled_from([1, 2, 3, Fraction(1, 2), Fraction(3, 2), Fraction(2, 3), Fraction(7, 3)])
MODES = ["nearest", "linear", "bilinear", "trilinear", "bicubic"]


@st.composite
def stretched(draw, values):
    """A shape, a mode that is mostly for as many axes, and a value for each axis."""
    x = draw(shapes())
    fitting = {1: ["nearest", "linear"], 2: ["bilinear", "bicubic"], 3: ["trilinear"]}.get(len(x) - 1, MODES)
    mode = draw(st.sampled_from([*fitting * 3, *MODES]))
    return x, mode, tuple(draw(values) for _ in x[1:])


def per_axis(values, shape):
    """As many values as the shape has axes besides the channels."""
    return tuple(values[: len(shape) - 1])


@given(stretched(st.integers(1, 6)))
@examples(200)
def test_upsample_to_a_size_comes_to_what_a_run_comes_to(case):
    """Each value is one neighbour, or made of some on each axis, of which there are fewer at the borders."""
    x, mode, sizes = case

    assert holds(measured(brute_layers.upsampled, tensor(x), sizes, mode), claimed(Upsample(size=sizes, mode=mode), x))


@given(stretched(FACTORS))
@examples(200)
def test_upsample_by_a_factor_comes_to_what_a_run_comes_to(case):
    """There are as many positions as wholly fit on the stretched axis, and one at least."""
    x, mode, factors = case
    sizes = tuple(sum(1 for _ in range(1, 100) if _ <= size * by) for size, by in zip(x[1:], factors, strict=True))
    said = claimed(Upsample(factors, mode=mode), x)

    assert holds(measured(brute_layers.upsampled, tensor(x), sizes, mode), said)
    if len(set(factors)) == 1:
        assert said == claimed(Upsample(factors[0], mode=mode), x)


@pytest.mark.parametrize(
    ("mode", "axes", "taps"), [("linear", 1, 2), ("bilinear", 2, 2), ("trilinear", 3, 2), ("bicubic", 2, 4)]
)
def test_where_an_axis_grows_some_value_is_made_of_all_neighbours(mode, axes, taps):
    """If it has that many, and does not get shorter."""
    for size in range(taps, taps + 3):
        for output in range(size, 2 * size + 2):
            x, sizes = (1, *[size] * axes), (output,) * axes
            if output**axes < 400:
                assert measured(brute_layers.upsampled, tensor(x), sizes, mode) == claimed(
                    Upsample(size=sizes, mode=mode), x
                )


IMAGES = st.tuples(*[st.integers(1, 3)] * 3)


@given(st.one_of(IMAGES, shapes(most=6)), st.integers(1, 3), st.booleans())
@examples(150)
def test_pixel_shuffle_comes_to_what_a_run_comes_to(x, factor, blocks):
    """The channels of an image must be so many blocks."""
    x = (x[0] * factor * factor, *x[1:]) if blocks else x

    assert measured(brute_layers.pixels_spread, tensor(x), factor) == claimed(PixelShuffle(factor), x)


@given(st.one_of(IMAGES, shapes(most=6)), st.integers(1, 3), st.booleans())
@examples(150)
def test_pixel_unshuffle_comes_to_what_a_run_comes_to(x, factor, blocks):
    """The positions of an image must be so many blocks; shuffled, they are what they were."""
    x = (x[0], *[size * factor for size in x[1:]]) if blocks else x
    ran = measured(brute_layers.pixels_gathered, tensor(x), factor)

    assert ran == claimed(PixelUnshuffle(factor), x)
    assert ran is None or PixelShuffle(factor)(ran.output).output == x


MARGINS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=3)
PAD_MODES = st.sampled_from(["constant", "replicate", "reflect", "circular"])


@given(shapes(), MARGINS, PAD_MODES, st.tuples(st.integers(0, 2), st.integers(0, 2)))
@examples(300)
def test_pad_comes_to_what_a_run_comes_to(x, margins, mode, channels):
    """A mirror needs a position more than it shows, a ring as many."""
    margins = per_axis(margins, x)
    ran = measured(brute_layers.bordered, tensor(x), margins, mode, channels)

    assert ran == claimed(Pad(margins, mode, (channels,)), x)


@given(shapes(), MARGINS)
@examples(200)
def test_crop_comes_to_what_a_run_comes_to(x, margins):
    """Something must be left; padding brings back what was taken."""
    margins = per_axis(margins, x)
    ran = measured(brute_layers.cropped, tensor(x), margins)

    assert ran == claimed(Crop(margins), x)
    assert ran is None or Pad(margins)(ran.output).output == x


@given(shapes(), shapes())
@examples(300)
def test_center_crop_comes_to_what_a_run_comes_to(x, other):
    """To the sizes that are given, or to those of a second tensor, whatever its channels are; there must be axes."""
    ran = measured(brute_layers.cropped_centrally, tensor(x), other[1:]) if len(x) > 1 else None

    assert ran == claimed(CenterCrop(), x, other)
    if len(x) > 1 < len(other):
        assert ran == claimed(CenterCrop(other[1:]), x)


@pytest.mark.parametrize(
    ("layer", "inputs", "expected"),
    [
        (Upsample(2), [(256, 13, 13)], Measured((256, 26, 26))),
        (Upsample(Fraction(3, 2)), [(8, 5)], Measured((8, 7))),  # 7.5 rounded down
        (Upsample((1, 2, 2)), [(8, 4, 7, 7)], Measured((8, 4, 14, 14))),
        (Upsample(size=(20, 30)), [(8, 5, 7)], Measured((8, 20, 30))),
        (
            Upsample(8, mode="bilinear"),
            [(21, 28, 28)],
            Measured((21, 224, 224), fan_in=4, operations=7 * 21 * 224 * 224),  # four times a weight, three sums
        ),
        (Upsample(2, mode="linear"), [(8, 5)], Measured((8, 10), fan_in=2, operations=3 * 8 * 10)),
        (Upsample(2, mode="trilinear"), [(1, 3, 3, 3)], Measured((1, 6, 6, 6), fan_in=8, operations=15 * 6**3)),
        (Upsample(2, mode="bicubic"), [(1, 8, 8)], Measured((1, 16, 16), fan_in=16, operations=31 * 16 * 16)),
        (PixelShuffle(3), [(27, 64, 64)], Measured((3, 192, 192))),  # ESPCN's last
        (PixelUnshuffle(2), [(64, 26, 26)], Measured((256, 13, 13))),  # YOLOv2's passthrough
        (Pad(3), [(3, 224, 224)], Measured((3, 230, 230))),
        (Pad((1, (0, 2))), [(3, 5, 5)], Measured((3, 7, 7))),
        (Pad(((0, 1),)), [(3, 5, 6)], Measured((3, 6, 7))),
        (Pad(0, channels=16), [(32, 16, 16)], Measured((64, 16, 16))),  # ResNet's option A
        (Pad(4, "reflect"), [(3, 5)], Measured((3, 13))),
        (Pad(5, "circular"), [(3, 5)], Measured((3, 15))),
        (Pad(9, "replicate"), [(3, 1)], Measured((3, 19))),
        (Crop(4), [(64, 64, 64)], Measured((64, 56, 56))),
        (Crop(((0, 1), 2)), [(64, 8, 8)], Measured((64, 7, 4))),
        (CenterCrop(224), [(3, 256, 256)], Measured((3, 224, 224))),
        (CenterCrop(), [(512, 64, 64), (1024, 56, 56)], Measured((512, 56, 56))),  # U-Net's first skip
    ],
    ids=str,
)
def test_resize_profile(layer, inputs, expected):
    """Nothing is learnt; only values between positions are calculated."""
    assert expected == claimed(layer, *inputs)


def test_what_is_read_of_each_axis():
    """Padding and cropping are a window of one position, an odd one taken away behind; the rest is stretched."""
    assert Pad((1, (0, 2)))((3, 5, 5)).windows == (Window(1, padding=(1, 1)), Window(1, padding=(0, 2)))
    assert Crop((1, (0, 2)))((3, 5, 5)).windows == (Window(1, padding=(-1, -1)), Window(1, padding=(0, -2)))
    assert CenterCrop(4)((3, 7, 6)).windows == (Window(1, padding=(-1, -2)), Window(1, padding=(-1, -1)))
    assert PixelUnshuffle(2)((3, 6, 6)).windows == (Window(2, 2), Window(2, 2))
    assert PixelShuffle(2)((8, 5, 6)).windows == (Stretched(5, 10), Stretched(6, 12))
    assert Upsample(3)((8, 5)).windows == (Stretched(5, 15, 1, 3),)
    assert Upsample(size=(4, 9), mode="bicubic")((8, 5, 6)).windows == (Stretched(5, 4, 4), Stretched(6, 9, 4))


CxHxW = "the input must be CxHxW, but is 3x8"


@pytest.mark.parametrize(
    ("layer", "inputs", "option", "message"),
    [
        (
            Upsample(2),
            [(4096,)],
            "",
            "the input must have an axis to stretch besides its channels, such as CxHxW",
        ),
        (
            Upsample(2, mode="bilinear"),
            [(3, 8)],
            "mode",
            "mode bilinear is for inputs with 2 axes besides channels, but here are 1",
        ),
        (
            Upsample(size=(8, 8)),
            [(3, 8)],
            "size",
            "size (8x8) must be one number, as the input has one axis",
        ),
        (
            Upsample((2, 2)),
            [(3, 8)],
            "scale_factor",
            "scale_factor (2x2) must be one number, as the input has one axis",
        ),
        (
            Upsample(Fraction(1, 9)),
            [(3, 8, 8)],
            "scale_factor",
            "scale_factor (1/9) leaves nothing of 3x8x8",
        ),
        (
            Upsample((1, Fraction(1, 9))),
            [(3, 8, 8)],
            "scale_factor",
            "scale_factor (1x1/9) leaves nothing of 3x8x8",
        ),
        (PixelShuffle(2), [(3, 8)], "", CxHxW),
        (PixelUnshuffle(2), [(3, 8)], "", CxHxW),
        (
            PixelShuffle(2),
            [(6, 8, 8)],
            "upscale_factor",
            "in_channels (6) must be divisible by the square of upscale_factor (2)",
        ),
        (
            PixelUnshuffle(3),
            [(6, 9, 8)],
            "downscale_factor",
            "a size of the input (8) must be divisible by downscale_factor (3)",
        ),
        (
            Pad(8, "reflect"),
            [(3, 8)],
            "padding",
            "padding (8) must be less than the size of an axis of 8, where mode is reflect",
        ),
        (
            Pad(((0, 9), 1), "circular"),
            [(3, 8, 9)],
            "padding",
            "padding (9) must be at most the size of an axis of 8, where mode is circular",
        ),
        (
            Pad((1, 1)),
            [(3, 8)],
            "padding",
            "padding (1x1) must be one number, as the input has one axis",
        ),
        (Crop(4), [(3, 8)], "cropping", "cropping (4) leaves nothing of an axis of 8"),
        (Crop((1, (0, 8))), [(3, 8, 8)], "cropping", "cropping (0:8) leaves nothing of an axis of 8"),
        (
            Crop((1, 1, 1)),
            [(3, 8, 8)],
            "cropping",
            "cropping (1x1x1) must be one number or 2, one for each axis of the input",
        ),
        (
            CenterCrop(),
            [(3, 8, 8)],
            "",
            "center_crop takes either output_size or a second tensor, as in center_crop @x",
        ),
        (
            CenterCrop(4),
            [(3, 8, 8), (3, 4, 4)],
            "",
            "center_crop takes either output_size or a second tensor, as in center_crop @x",
        ),
        (CenterCrop((8, 9)), [(3, 8, 8)], "", "an axis of 8 cannot be cropped to 9, in 3x8x8"),
        (CenterCrop(), [(3, 8, 8), (3, 9, 8)], "", "an axis of 8 cannot be cropped to 9, in 3x8x8"),
        (
            CenterCrop(),
            [(3, 8, 8), (3, 8)],
            "",
            "cropping needs tensors with equally many axes, but got 3x8x8 and sizes 8",
        ),
        (
            CenterCrop((4, 4)),
            [(3, 8)],
            "output_size",
            "output_size (4x4) must be one number, as the input has one axis",
        ),
    ],
    ids=str,
)
def test_resize_misfit(layer, inputs, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        layer(*inputs)

    assert (option, message) == (caught.value.option, str(caught.value))


@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (partial(Upsample), "", "upsample takes either scale_factor or size"),
        (partial(Upsample, 2, 3), "", "upsample takes either scale_factor or size"),
        (partial(Upsample, 0), "scale_factor", "scale_factor (0) must be more than 0"),
        (partial(Upsample, (2, Fraction(-1, 2))), "scale_factor", "scale_factor (-0.5) must be more than 0"),
        (partial(Upsample, size=(8, 0)), "size", "size (0) must be at least 1"),
        (
            partial(Upsample, 2, mode="cubic"),
            "mode",
            "mode must be nearest, linear, bilinear, trilinear, bicubic, but got cubic",
        ),
        (partial(PixelShuffle, 0), "upscale_factor", "upscale_factor (0) must be at least 1"),
        (partial(PixelUnshuffle, 0), "downscale_factor", "downscale_factor (0) must be at least 1"),
        (partial(Pad, -1), "padding", "padding (-1) must be at least 0"),
        (partial(Pad, (1, (0, -2))), "padding", "padding (-2) must be at least 0"),
        (partial(Pad, 1, channels=((0, -2),)), "channels", "channels (-2) must be at least 0"),
        (partial(Pad, 1, "same"), "mode", "mode must be constant, reflect, replicate, circular, but got same"),
        (partial(Crop, ((0, -1),)), "cropping", "cropping (-1) must be at least 0"),
        (partial(CenterCrop, (8, 0)), "output_size", "output_size (0) must be at least 1"),
    ],
    ids=str,
)
def test_resize_out_of_range(make, option, message):
    """A layer whose numbers are right for no input cannot be made."""
    with pytest.raises(RuleError) as caught:
        make()

    assert (option, message) == (caught.value.option, str(caught.value))
