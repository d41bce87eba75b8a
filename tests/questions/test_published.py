"""Widths, depths and sizes that papers scaled: what widening makes of one network are the published others."""

from fractions import Fraction

import pytest
from descriptions import costs, refused
from widenings import bundled, lines, variant, widen

from convcalc.layers.kinds import NORMS
from convcalc.questions.widening import Widening

MOBILENETS = [
    # Howard et al. 2017, arXiv:1704.04861, Table 6: millions of MACs, then of parameters
    ("1", 224, 569, "4.2"),
    ("0.75", 224, 325, "2.6"),
    ("0.5", 224, 149, "1.3"),
    ("0.25", 224, 41, "0.5"),
    # Table 7
    ("1", 192, 418, "4.2"),
    ("1", 160, 290, "4.2"),  # 290.7: cut off, as 76.5 below
    ("1", 128, 186, "4.2"),
    # Table 9
    ("0.5", 160, 76, "1.3"),
    # Table 10; its parameters are those of 120 classes
    ("0.75", 192, 239, "2.6"),
]
CUT_OFF = {(290, 160), (76, 160)}
"""Millions of MACs that the paper cuts off, and the sizes that have them; it rounds all others."""


@pytest.mark.parametrize(("alpha", "size", "macs", "params"), MOBILENETS)
def test_mobilenet_v1(alpha, size, macs, params):
    """Its width multiplier is a factor, its resolution multiplier a resolution: the paper's Tables 6, 7, 9 and 10."""
    after = widen(bundled("mobilenet_v1").larger(Fraction(size, 224)), alpha).after

    assert after.graph.inputs == {"input": (3, size, size)}
    assert (after.macs // 10**6 if (macs, size) in CUT_OFF else round(after.macs / 10**6)) == macs
    assert f"{after.params / 1e6:.1f}" == params


def test_mobilenet_v1_without_norms():
    """Table 9 prints 1.32 million parameters, because the paper leaves norms out."""
    after = widen(bundled("mobilenet_v1").larger(Fraction(160, 224)), "0.5").after

    assert sum(row.profile.params for row in after.rows if row.node.kind not in NORMS) == 1_320_648
    assert after.macs == 76_524_800


@pytest.mark.parametrize("alpha", ["0.75", "0.5", "0.25", "1.5", "2"])
def test_mobilenet_v1_is_described_with_its_multiplier(alpha):
    """Widening is the network that is described with this alpha, row by row."""
    after, described = widen(bundled("mobilenet_v1"), alpha).after, bundled("mobilenet_v1", f"alpha={alpha}").report()

    assert costs(after) == costs(described)
    assert [row.node.name for row in after.rows] == [row.node.name for row in described.rows]


@pytest.mark.parametrize("alpha", ["0.75", "0.5", "0.35", "1.3", "1.4"])
def test_mobilenet_v2(alpha):
    """Rounded to multiples of 8 it is torchvision's width_mult; below 1, its last convolution keeps 1280 filters."""
    keep = ("conv3",) if Fraction(alpha) < 1 else ()
    after = widen(bundled("mobilenet_v2"), alpha, divisor=8, keep=keep).after

    assert costs(after) == costs(bundled("mobilenet_v2", f"alpha={alpha}").report())


EFFICIENTNETS = [
    # torchvision, models/efficientnet.py and the weights that it publishes; w and d are those of Tan, Le 2019,
    # arXiv:1905.11946, as in github.com/tensorflow/tpu, models/official/efficientnet/efficientnet_builder.py
    ("1", "1.1", 240, 7_794_184, 686_802_832),
    ("1.1", "1.2", 288, 9_109_994, 1_087_529_456),
    ("1.2", "1.4", 300, 12_233_232, 1_827_141_392),
    ("1.4", "1.8", 380, 19_341_616, 4_393_771_024),
    ("1.6", "2.2", 456, 30_389_784, 10_266_384_752),
    ("1.8", "2.6", 528, 43_040_704, 19_067_593_536),
    ("2.0", "3.1", 600, 66_347_960, 37_745_884_192),
]
"""Width, depth and size of EfficientNet B1 to B7, their parameters and MACs."""


@pytest.mark.parametrize(
    ("width", "depth", "size", "params", "macs"), EFFICIENTNETS, ids=[f"b{n}" for n in range(1, len(EFFICIENTNETS) + 1)]
)
def test_efficientnets(width, depth, size, params, macs):
    """Compound scaling of B0: exact, with widths in multiples of 8 and depths rounded up, as they are defined."""
    found = bundled("efficientnet_b0").deeper(Fraction(depth)).larger(Fraction(size, 224))
    after = widen(found, width, divisor=8).after

    assert (after.params, after.macs) == (params, macs)


@pytest.mark.parametrize(
    ("settings", "factor", "params"),
    [
        ("n=4", 10, "36.5"),  # WRN-28-10
        ("n=4", 12, "52.5"),
        ("n=6", 2, "2.2"),  # WRN-40-2
        ("n=6", 4, "8.9"),
        ("n=6", 8, "35.7"),
        ("n=3", 8, "17.2"),  # WRN-22-8
        ("n=3", 10, "26.8"),
        ("n=2", 8, "11.0"),  # WRN-16-8
        ("n=2", 10, "17.1"),
    ],
)
def test_wide_resnets(settings, factor, params):
    """Zagoruyko, Komodakis 2016, arXiv:1605.07146, Table 4, in millions: all but the first 16 filters are widened."""
    result = widen(bundled("wrn_28_10", "k=1", *settings.split()), factor, keep=("conv1",))

    assert f"{result.after.params / 1e6:.1f}" == params
    assert costs(result.after) == costs(bundled("wrn_28_10", f"k={factor}", *settings.split()).report())


def test_wide_resnet_whose_first_filters_are_widened():
    """It has 144 filters more there, which a norm and a convolution read, and its first group needs no projection."""
    found = bundled("wrn_28_10", "k=1")
    kept, after = (widen(found, 10, keep=keep).after for keep in (("conv1",), ()))

    assert after.params == kept.params + 144 * 3 * 9 + 2 * 144 + 160 * 144 * 9 - 160 * 16


@pytest.mark.parametrize(
    ("net", "factor", "params"),
    [("resnet18", "1.5", "25.9"), ("resnet18", "2", "45.6"), ("resnet18", "3", "101.8"), ("resnet34", "1.5", "48.6"),
     ("resnet34", "2", "86.0")],
)  # fmt: skip  # a list reads better in lines
def test_wide_resnets_for_imagenet(net, factor, params):
    """The same paper's Table 7 keeps the 64 filters of the first layer."""
    assert f"{widen(bundled(net), factor, keep=('conv1',)).after.params / 1e6:.1f}" == params


def test_wide_resnet50_2():
    """Twice the filters of the inner 1x1 and 3x3 convolutions make it of ResNet-50: 68,883,240 parameters."""
    result = widen(bundled("resnet50"), 2, only=("*.conv1", "*.conv2"))

    assert (result.after.params, result.after.macs) == (68_883_240, 11_398_021_120)
    assert costs(result.after) == costs(bundled("wide_resnet50_2").report())


def test_wide_resnet101_2():
    """The same for ResNet-101: torchvision's 126,886,696 parameters and 22.753 billion MACs."""
    after = widen(bundled("resnet50", "depth=[3,4,23,3]"), 2, only=("*.conv1", "*.conv2")).after

    assert (after.params, after.macs) == (126_886_696, 22_753_050_624)


@pytest.mark.parametrize(
    ("scale_groups", "params", "macs"),
    [
        (False, 88_791_336, 16_414_015_488),  # resnext101_32x8d
        (True, 83_455_272, 15_460_270_080),  # resnext101_64x4d
    ],
)
def test_resnexts(scale_groups, params, macs):
    """Inside bottlenecks twice as wide, 32 groups are 8 wide; 64 are 4 wide: torchvision's two ResNeXt-101."""
    found = bundled("resnext50_32x4d", "depth=[3,4,23,3]")
    after = widen(found, 2, only=("*.conv1", "*.conv2"), scale_groups=scale_groups).after

    assert (after.params, after.macs) == (params, macs)


def test_m5_big():
    """Dai et al. 2016, arXiv:1610.00087, Table 4: M5 with twice the filters has 2.2 million parameters."""
    after = widen(bundled("m5"), 2).after

    assert round(after.params / 1e5) == 22
    assert costs(after) == costs(bundled("m5", "c=256").report())


@pytest.mark.parametrize(("depth", "settings"), [("4/3", "n=8"), ("1/4", "n=2"), ("1/6", "n=1"), ("2", "n=12")])
def test_a_depth_is_scaled_and_rounded_up(depth, settings):
    """WRN-40 has n = 6 blocks in each group, and 6 times 1/4 are two blocks, not one."""
    found = bundled("wrn_28_10", "n=6").deeper(Fraction(depth)).report()

    assert costs(found) == costs(bundled("wrn_28_10", settings).report())


def test_a_list_of_depths():
    """Each of ResNet-50's depths is scaled by itself: 3, 4, 6, 3 become 5, 6, 9, 5."""
    found = bundled("resnet50").deeper(Fraction(3, 2)).report()

    assert costs(found) == costs(bundled("resnet50", "depth=[5,6,9,5]").report())


def test_a_depth_of_the_command_line():
    """What --set gives is scaled, too."""
    found = bundled("resnet50", "depth=[3,4,23,3]").deeper(Fraction(2)).report()

    assert costs(found) == costs(bundled("resnet50", "depth=[6,8,46,6]").report())


DEEP = """
    vars: {n: 2, m: 3}
    widening: {depth: n}
    input: 3x8x8
    blocks:
      b(c, times=2): ["conv c 3 same *times", (relu) *2]
    layers:
      - conv 4 3 same *n
      - conv 5 3 same *m
      - conv 6 3 same *2
      - repeat: 2
        do: conv 7 3 same
      - repeat: n+1
        do: conv 8 3 same
      - b 9
      - for: {c: [10, 11]}
        do: conv c 3 same *1
        between: (gelu) *1
"""


def test_what_a_depth_factor_scales():
    """Declared variables and literal counts; neither other variables, expressions, arguments, nor lists of a loop."""
    rows = variant(DEEP).deeper(Fraction(3)).report().rows
    found = [row.profile.output[0] if row.node.kind == "conv" else row.node.kind for row in rows]
    b = [9, 9] + ["relu"] * 6

    assert found == [4] * 6 + [5] * 3 + [6] * 6 + [7] * 6 + [8] * 7 + b + [10] * 3 + ["gelu"] * 3 + [11] * 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "input: 3x8x8\nvars: {n: 2}\nlayers: [conv 4 3 *n]",
            """\
error[nothing-found]: nothing in the description is a depth
  | try: widening: {depth: [NAME]} in the description, for a variable that is a number of layers""",
        ),
        (
            "input: 3x8x8\nvars: {n: 2, d: 2*n}\nwidening: {depth: d}\nlayers: [conv 4 3 *d]",
            """\
error[nothing-found]: the depth d is an expression, which cannot be scaled for itself
 --> net.yaml:2:17
  |
2 | vars: {n: 2, d: 2*n}
  |                 ^^^""",
        ),
    ],
)
def test_what_cannot_be_deeper(text, message):
    """A description without depths, or one whose depth is computed from something else."""
    assert refused(variant(text).deeper, Fraction(2)) == message


@pytest.mark.parametrize(
    ("factor", "shape"), [("2", (3, 448, 448)), ("1/2", (3, 112, 112)), ("1.15", (3, 258, 258)), ("0.001", (3, 1, 1))]
)
def test_a_larger_input(factor, shape):
    """Sizes are scaled and rounded to the nearest, at least 1; channels are not."""
    found = bundled("resnet18").larger(Fraction(factor))

    assert found.report().graph.inputs == {"input": shape}


def test_several_inputs_become_larger():
    """Each input by itself, be it an image, a sound or a vector."""
    text = "inputs: {a: 3x8x10, b: 2x5}\nlayers: [from: a, x1: linear 4, from: b, linear 4, concat @x1]"

    assert variant(text).larger(Fraction(2)).report().graph.inputs == {"a": (3, 16, 20), "b": (2, 10)}


def test_an_input_of_the_command_line_becomes_larger():
    """What -i gives is what is scaled."""
    assert lines("conv 4 3", shape="3x10x10").larger(Fraction(3)).report().graph.inputs == {"input": (3, 30, 30)}
    found = variant("input: 3x8x8\nlayers: [conv 4 3]", shapes=["1x9x9"]).larger(Fraction(3))
    assert found.report().graph.inputs == {"input": (1, 27, 27)}


def test_the_macs_of_an_enlarged_convolution():
    """Of one that keeps the size, r times the resolution costs r² times the MACs: EfficientNet's third dimension."""
    found = lines("conv 8 3 same, conv 8 3 same")

    assert found.larger(Fraction(3)).report().macs == 9 * found.report().macs
    assert found.larger(Fraction(3)).report(Widening(Fraction(1))).params == found.report().params
