"""How the counts of a network grow with f."""

from fractions import Fraction
from types import SimpleNamespace

import pytest
from command_line import called
from descriptions import refused
from examples import examples, one_in
from hypothesis import assume, given
from hypothesis import strategies as st
from widenings import bundled, descriptions, lines, ratios, variant, widen, widened_net, widths

import convcalc.language.assemble.builder as build_module
import convcalc.questions.widening as widening_module
from convcalc.arithmetic.functions import div8
from convcalc.errors import DescriptionError
from convcalc.layers.kinds import KINDS, kind_class
from convcalc.network.widths import scaled_number
from convcalc.questions.widening import Polynomial, Widening, exponent, hidden_layers, widened, widened_by
from convcalc.sources.bundled import bundled as nets

NETS = list(nets())
BENT = {"mobilenet_v3_large", "lenet5"}
"""No multiples of f: the squeezed channels of MobileNet v3 are multiples of 8, a table of LeNet-5 names channels."""


def test_seed():
    """Of two convolutions, twice as many filters cost twice and four times as much: the question that began it."""
    result = widen(bundled("seed", "k1=32", "k2=64"), 2)

    assert ratios(result) == {"conv1": 2, "conv2": 4}
    assert result.growth.params == Polynomial(25 * 32 * 64, 9 * 32 + 32 + 64, 0)
    assert result.growth.macs == Polynomial(25 * 32 * 64 * 28 * 28, 9 * 32 * 28 * 28, 0)


@pytest.mark.parametrize(("last", "ratio"), [("conv 16 3 same", 9), ("conv 16 3 same fixed", 3)])
def test_a_chain_of_four(last, ratio):
    """The first layer grows by f and those behind it by f², but for a last one that is fixed, which grows by f."""
    result = widen(lines("(conv 16 3 same) *3", last), 3)

    assert list(ratios(result).values()) == [3, 9, 9, ratio]
    assert [polynomial.terms() for polynomial in result.growth.layers.values()] == ["f", "f²", "f²"] + (
        ["f²"] if ratio == 9 else ["f"]
    )


@given(st.integers(2, 6), st.fractions(Fraction(1, 4), 5, max_denominator=4), st.integers(1, 8))
def test_an_inner_chain_grows_by_f_squared(depth, factor, width):
    """Each layer behind the first of a chain has exactly f² times the weights, whatever f is, if f·C is whole."""
    first, *inner = ratios(widen(lines(f"(conv {4 * 3 * width} 3 same) *{depth}"), factor)).values()
    assume((4 * 3 * width * factor).denominator == 1)

    assert first == factor
    assert inner == [factor**2] * (depth - 1)


@pytest.mark.parametrize("net", one_in(3, NETS))
def test_the_polynomial_of_a_bundled_network_is_its_count(net):
    """At f = 1 … 8 the polynomial is what a re-count of the wider network comes to, and so is that of each layer."""
    growth = widened_net(net, 1).growth
    if net in BENT:
        assert growth is None
        return

    for factor in range(1, 9):
        report = bundled(net).report(Widening(Fraction(factor)))
        assert (growth.params.at(factor), growth.macs.at(factor)) == (report.params, report.macs)
        counts = {row.node.name: row.weights or row.profile.macs for row in report.rows}
        assert {name: polynomial.at(factor) for name, polynomial in growth.layers.items()} == counts


@examples(60)
@given(descriptions())
def test_the_polynomial_of_any_network_is_its_count(text):
    """At f = 1 … 8 it is a re-count, unless a projection comes or goes."""
    found = variant(text)
    growth = widen(found).growth
    assume(growth)

    for factor in range(1, 9):
        report = found.report(Widening(Fraction(factor)))
        counts = {row.node.name: row.weights or row.profile.macs for row in report.rows}
        if counts.keys() == growth.layers.keys():
            assert (growth.params.at(factor), growth.macs.at(factor)) == (report.params, report.macs)
            assert {name: polynomial.at(factor) for name, polynomial in growth.layers.items()} == counts


@pytest.mark.parametrize("net", [net for net in NETS if net not in {"seed", "lenet5"}])
def test_bundled_networks_keep_their_classes(net):
    """What a network is for is as wide as before: its scores, or an image. The two convolutions of seed have none."""
    result = widened_net(net, 2)
    outputs = [
        [row.profile.output for row in report.rows if row.node.name in report.graph.outputs]
        for report in (result.before, result.after)
    ]

    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("net", [net for net in NETS if net not in BENT])
def test_the_polynomials_of_layers_add_up(net):
    """Those of all layers with weights come together to the weights of the network."""
    result = widened_net(net, 1)
    weights = [row.node.name for row in result.before.rows if row.weights]
    parts = [result.growth.layers[name] for name in weights]

    for factor, report in (1, result.before), (2, widened_net(net, 2).after):
        assert sum(part.at(factor) for part in parts) == report.weights


@pytest.mark.parametrize(
    ("layers", "factor"),
    [
        ("conv 6 3, conv C//5 1", 5),  # 1, 2, 3 and 4 for f = 1 to 4, but 6 for 5
        ("conv 8 3, conv min(C,64) 1", 16),
        ("conv 8 3, conv max(C,24) 1", 2),
        ("conv 6 3, conv div8(C) 1", 2),
    ],
)
def test_what_is_cut_off_is_no_polynomial(layers, factor):
    """A width that is rounded or bounded by its own expression bends the curve, be it for large factors only."""
    assert widen(lines(layers), factor).growth is None


def test_a_projection_that_comes_is_no_polynomial():
    """WRN-28-1 needs no projection in its first group, and WRN-28-2 does."""
    result = widen(bundled("wrn_28_10", "k=1"), 2, keep=("conv1",))

    assert result.growth is None
    assert len(result.after.rows) == len(result.before.rows) + 1


def test_a_projection_that_goes_is_no_polynomial():
    """At f = 8, and there alone, the body makes the 32 channels of its input, so that nothing is projected."""
    found = lines("conv 32 3 same, residual(conv 4 3 same | conv 4 1), linear 3")

    assert widen(found, 7, keep=("conv1",)).growth
    assert widen(found, 8, keep=("conv1",)).growth is None


@given(st.tuples(*[st.integers(-50, 50)] * 3))
def test_a_polynomial_goes_through_its_counts(parts):
    """Three counts give the polynomial that they are of."""
    polynomial = Polynomial(*map(Fraction, parts))

    assert Polynomial.through([polynomial.at(1), polynomial.at(2), polynomial.at(3)]) == polynomial


@pytest.mark.parametrize(
    ("parts", "text", "terms"),
    [
        ((51200, 384, 0), "51,200·f² + 384·f", "f² + f"),
        ((0, 0, 7), "7", "1"),
        ((0, 2, 1), "2·f + 1", "f + 1"),
        ((1, -2, 3), "1·f² - 2·f + 3", "f² + f + 1"),
        ((-1, 0, 0), "- 1·f²", "f²"),
        ((Fraction(1, 2), Fraction(1, 2), 0), "1/2·f² + 1/2·f", "f² + f"),
        ((0, 0, 0), "0", "1"),
    ],
)
def test_a_polynomial_in_words(parts, text, terms):
    """It is written as one writes it, and the powers that it has tell how it grows."""
    polynomial = Polynomial(*map(Fraction, parts))

    assert (str(polynomial), polynomial.terms()) == (text, terms)


def make_divisible(v, divisor):
    """`_make_divisible` of github.com/pytorch/vision, torchvision/models/_utils.py, which is TF-slim's."""
    new_v = max(divisor, int(v + divisor / 2) // divisor * divisor)
    # Make sure that round down does not go down by more than 10%.
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


@given(st.integers(1, 5000), st.integers(1, 256), st.sampled_from([2, 4, 8, 16, 32, 100]))
def test_rounding_is_that_of_torchvision(width, quarters, divisor):
    """A width is rounded to multiples as torchvision does; for 8 the language has the same rule."""
    factor = Fraction(quarters, 64)
    found = scaled_number(width, factor, divisor)

    assert found == make_divisible(float(width * factor), divisor)
    assert found % divisor == 0
    if divisor == 8:
        assert found == div8(width * factor)


@given(st.integers(1, 5000), st.fractions(Fraction(1, 1000), 50))
def test_rounding_to_whole_numbers(width, factor):
    """Without a divisor a width is the nearest whole number, halves up, and at least 1."""
    found = scaled_number(width, factor, 1)

    assert found == max(1, (2 * width * factor + 1) // 2)


@pytest.mark.parametrize(
    ("width", "factor", "rounded"),
    [(33, "1", 32), (11, "1", 16), (3, "1/2", 8), (32, "1.4", 48), (24, "1.4", 32), (16, "1.4", 24)],
)
def test_rounding_to_multiples_of_8(width, factor, rounded):
    """The nearest, but never below 90 % of a width, and at least 8: 11 becomes 16, as 8 is less than 9.9."""
    assert scaled_number(width, Fraction(factor), 8) == rounded


@pytest.mark.parametrize(
    ("before", "after", "factor", "power"),
    [(3, 12, 2, 2.0), (3, 6, 2, 1.0), (8, 1, "1/2", 3.0), (5, 5, 7, 0.0), (5, 5, "1/2", 0.0)],
)
def test_the_exponent_is_the_power_of_the_factor(before, after, factor, power):
    """f to this power is the ratio."""
    found = exponent(before, after, Fraction(factor))

    assert found == pytest.approx(power)
    assert f"{found:.3f}" == f"{power:.3f}"


@pytest.mark.parametrize(("before", "after", "factor"), [(0, 0, 2), (3, 3, 1), (0, 5, 2)])
def test_there_is_no_exponent_of_nothing(before, after, factor):
    """Neither of a count of 0, nor for a factor of 1."""
    assert exponent(before, after, Fraction(factor)) is None


UNET = """
    name: U-Net
    input: 1x16x16
    defaults: {conv: same bn relu}
    layers:
      - e1: [conv 8 3, conv 8 3]
      - maxpool 2
      - [conv 16 3, conv 16 3]
      - upconv 8 2/2
      - concat @e1
      - [conv 8 3, conv 8 3]
      - classes: conv 2 1 fixed -bn -relu
"""


def test_a_u_net_keeps_its_classes():
    """Both halves of what is concatenated are widened, and the fixed scores are not."""
    result = widen(variant(UNET), 3)

    assert widths(result.after) == [24, 24, 48, 48, 24, 24, 24, 2]
    assert list(ratios(result).values()) == [3, 9, 9, 9, 9, 9, 9, 3]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [16, 32, 64, 16]),
        ({"keep": ("conv1",)}, [8, 32, 64, 16]),
        ({"keep": ("conv1", "b*")}, [8, 16, 32, 16]),
        ({"only": ("conv*",)}, [16, 16, 32, 16]),
        ({"only": ("b*.conv[2-9]", "conv2")}, [8, 16, 64, 16]),
        ({"only": ("b*",), "keep": ("*.conv1",)}, [8, 16, 64, 8]),
    ],
)
def test_patterns_choose_layers(options, expected):
    """Those that --keep names stay, and with --only all others do; a layer that both name stays."""
    text = """
        input: 3x8x8
        blocks: {b: [conv 16 1, conv 32 3]}
        layers: [conv 8 3 same, b, conv 8 1]
    """

    assert widths(widen(variant(text), 2, **options).after) == expected


@pytest.mark.parametrize(
    ("layers", "linear", "expected"),
    [
        ("conv 8 3, linear 16, relu, linear 12, dropout, linear 10", False, [16, 16, 12, 10]),
        ("conv 8 3, linear 16, relu, linear 12, dropout, linear 10", True, [16, 32, 24, 10]),
        ("conv 8 3, linear 10, softmax", True, [16, 10]),
        ("conv 8 3, linear 16 fixed, linear 10", True, [16, 16, 10]),
        ("linear 16, relu, linear 10, bn", True, [32, 10]),
        ("linear 16 over=channels, gelu, linear 12 over=channels, gap, linear 10", True, [32, 24, 10]),
    ],
)
def test_hidden_linear_layers(layers, linear, expected):
    """With --linear, those that others with weights to multiply read are widened; the last one has the classes."""
    assert widths(widen(lines(layers), 2, linear=linear).after) == expected


def test_linear_layers_of_vgg16():
    """4096 and 4096 become 2048 and 2048, and the 1000 classes stay."""
    result = widen(bundled("vgg16"), "1/2", linear=True)

    assert hidden_layers(result.before) == {"linear1", "linear2"}
    assert widths(result.after)[-3:] == [2048, 2048, 1000]


@pytest.mark.parametrize(
    ("layers", "scale_groups", "expected"),
    [
        ("conv 8 3, conv 16 3 g=4", False, [1, 4]),
        ("conv 8 3, conv 16 3 g=4", True, [1, 8]),
        ("conv 8 3, conv C 3 g=4", True, [1, 8]),  # as ResNeXt is described
        ("conv 8 3, conv C 3 g=C", True, [1, 16]),
        ("conv 8 3, conv 16 3 g=C", True, [1, 16]),
        ("conv 8 3, conv C 3 g=C//2", False, [1, 8]),
        ("conv 8 3, conv 16 3 g=4 fixed", True, [1, 4]),
        ("conv 8 3, conv 16 3", True, [1, 1]),
    ],
)
def test_groups(layers, scale_groups, expected):
    """Groups stay, unless they are asked for; those that follow from what is read are scaled by that, once."""
    rows = widen(lines(layers), 2, scale_groups=scale_groups).after.rows

    assert [row.node.layer.groups for row in rows] == expected


def test_groups_of_layers_that_are_kept():
    """A layer that --keep names has its groups, too."""
    rows = widen(
        lines("conv 8 3, conv 16 3 g=4, conv C 3 g=8"), 2, scale_groups=True, keep=("conv2", "conv3")
    ).after.rows

    assert [row.node.layer.groups for row in rows] == [1, 4, 8]


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("conv 8 3 same, mul(pass | gap, conv C//4 1 relu, conv 4*C 1 sigmoid)", [24, 6, 24]),
        ("conv 8 3 same, (conv 2*C 1) *2", [24, 48, 96]),
        ("conv 8 3 same, conv C+1 1", [24, 25]),
        ("conv 8 3 same, dwconv 3, sepconv C 3", [24, 24, 24]),
        ("conv 8 3 same, dwconv 3 multiplier=2, conv C//2 1", [24, 48, 24]),
        ("conv 8 3 fixed same, conv C 1, conv 8 1", [8, 8, 24]),
    ],
)
def test_widths_that_follow(layers, expected):
    """An expression of C is what it comes to behind the widened layer, and is not scaled again."""
    assert widths(widen(lines(layers, shape="3x9x9"), 3).after) == expected


def test_widths_that_follow_through_a_block():
    """A parameter that is given C, or a variable of a loop, follows as C itself does."""
    text = """
        input: 3x8x8
        blocks:
          se(c, r=2): {mul: [pass, [gap, conv c//r 1, conv c 1]]}
          outer(c): [se c]
        layers:
          - conv 8 3 same
          - se C
          - outer C
          - se C 4
          - for: {w: [C, 2*C]}
            do: conv w 1
    """

    assert widths(widen(variant(text), 2).after) == [16, 8, 16, 8, 16, 4, 16, 16, 32]


def test_widths_that_follow_through_a_default():
    """E9: a default follows where it reads C, or a parameter before it that follows."""
    text = """
        input: 3x8x8
        blocks:
          se(c, m=c//2, r=C//4): {mul: [pass, [gap, conv m 1, conv r 1, conv c 1]]}
        layers: [conv 8 3 same, se C, se 8]
    """

    assert widths(widen(variant(text), 2).after) == [16, *(8, 4, 16), *(8, 4, 16)]
    assert widths(widen(variant(text.replace("r=C//4", "r=c//4")), 2).after) == [16, *(8, 4, 16), *(8, 4, 16)]


def test_widths_that_are_computed_otherwise_are_scaled():
    """A squeeze-and-excitation whose width is a parameter of its own is scaled like any other layer."""
    text = """
        input: 3x8x8
        blocks:
          se(c): {mul: [pass, [gap, conv c//4 1, conv c 1]]}
        layers: [conv 8 3 same, se 8]
    """

    assert widths(widen(variant(text), 2).after) == [16, 4, 16]


def test_all_kinds_that_have_a_width():
    """Each of them is widened, but for a linear layer; a depthwise convolution, a norm or a table has none."""
    line = "conv 8 3, sepconv 8 3, upconv 8 3, local_conv 8 3, deform_conv 8 3"
    result = widen(lines(line, shape="3x16x16"), 2)

    assert tuple(row.node.kind for row in result.after.rows) == tuple(
        kind for kind in KINDS if kind_class(kind).width and kind_class(kind).widened
    )
    assert widths(result.after) == [16] * 5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: widen(lines("residual(conv 3 3 same)"), 2),
            """\
error[shapes-differ]: add needs tensors of one shape, but got 6x32x32 and 3x32x32
 --> --layer:1:1   add1
  |
1 | residual(conv 3 3 same)
  | ^^^^^^^^
  | one input of add1 is 6x32x32 (from conv1, line 1)
  | one input of add1 is 3x32x32 (the network's input)
  | try: project: an item that makes 6x32x32 of the residual's input
  | before widening by 2, it fits
  | conv1 is widened
  | input is not widened: it is an input of the network""",
        ),
        (
            lambda: widen(lines("conv 8 3 same, residual(conv 8 3 same bn)"), 2, keep=("conv1",)),
            """\
error[shapes-differ]: add needs tensors of one shape, but got 16x32x32 and 8x32x32
 --> --layer:1:16   add1
  |
1 | conv 8 3 same, residual(conv 8 3 same bn)
  |                ^^^^^^^^
  | one input of add1 is 16x32x32 (from bn1, line 1)
  | one input of add1 is 8x32x32 (from conv1, line 1)
  | try: project: an item that makes 16x32x32 of the residual's input
  | before widening by 2, it fits
  | bn1, as wide as conv2, is widened
  | conv1 is not widened: --keep conv1 names it""",
        ),
        (
            lambda: widen(lines("a: conv 8 3 same, conv 8 1, b: conv 8 3 same, add @a"), 2, only=("conv*", "b")),
            """\
error[shapes-differ]: add needs tensors of one shape, but got 16x32x32 and 8x32x32
 --> --layer:1:47   add1
  |
1 | a: conv 8 3 same, conv 8 1, b: conv 8 3 same, add @a
  |                                               ^^^
  | one input of add1 is 16x32x32 (from b, line 1)
  | one input of add1 is 8x32x32 (from a, line 1)
  | before widening by 2, it fits
  | b is widened
  | a is not widened: --only conv* --only b leaves it out""",
        ),
        (
            lambda: widen(lines("a: conv 8 3 same, slice 0 4, conv 4 1, add(pass | conv 4 1 fixed)"), 2),
            """\
error[shapes-differ]: add needs tensors of one shape, but got 8x32x32 and 4x32x32
 --> --layer:1:40   add1
  |
1 | a: conv 8 3 same, slice 0 4, conv 4 1, add(pass | conv 4 1 fixed)
  |                                        ^^^
  | one input of add1 is 8x32x32 (from pass1, line 1)
  | one input of add1 is 4x32x32 (from conv2, line 1)
  | before widening by 2, it fits
  | pass1, as wide as conv1, is widened
  | conv2 is not widened: it is fixed""",
        ),
        (
            lambda: widen(lines("a: conv 8 3 same, slice 0 4, relu, add(pass | conv 4 1)"), 2),
            """\
error[shapes-differ]: add needs tensors of one shape, but got 4x32x32 and 8x32x32
 --> --layer:1:36   add1
  |
1 | a: conv 8 3 same, slice 0 4, relu, add(pass | conv 4 1)
  |                                    ^^^
  | one input of add1 is 4x32x32 (from pass1, line 1)
  | one input of add1 is 8x32x32 (from conv1, line 1)
  | before widening by 2, it fits
  | pass1, as wide as slice1, is the slice of a
  | conv1 is widened""",
        ),
        (
            lambda: widen(lines("conv 8 3, conv 8 3 g=4"), "3/4"),
            """\
error[not-divisible]: in_channels (6) must be divisible by groups (4)
 --> --layer:1:22   conv2
  |
1 | conv 8 3, conv 8 3 g=4
  |                      ^
  | the input of conv2 is 6x30x30 (from conv1, line 1)
  | try: g=1, 2, 3 or 6
  | before widening by 0.75, it fits
  | conv1 is widened""",
        ),
        (
            lambda: widen(lines("conv 6 3, relu, table_conv 0:1:2x1:2:3 3"), 2),
            """\
error[cannot-widen]: table_conv1 names the channels that it reads, and cannot tell which it reads of more
 --> --layer:1:17   table_conv1
  |
1 | conv 6 3, relu, table_conv 0:1:2x1:2:3 3
  |                 ^^^^^^^^^^
  | relu1, as wide as conv1, is widened: try --keep conv1""",
        ),
        (
            lambda: widen(lines("concat(conv 3 1 | conv 3 1), table_conv 0:1:2x1:2:3 3"), 2),
            """\
error[cannot-widen]: table_conv1 names the channels that it reads, and cannot tell which it reads of more
 --> --layer:1:30   table_conv1
  |
1 | concat(conv 3 1 | conv 3 1), table_conv 0:1:2x1:2:3 3
  |                              ^^^^^^^^^^
  | concat1 is the concat of conv1 and conv2""",
        ),
        (
            lambda: widen(bundled("seed"), 2, keep=("conv1", "nope*")),
            "error[nothing-found]: --keep nope* names no layer that has a width\n  | those that have: conv1, conv2",
        ),
        (
            lambda: widen(bundled("resnet18"), 2, only=("basic1.bn1",)),
            """\
error[nothing-found]: --only basic1.bn1 names no layer that has a width
  | those that have: conv1, basic1.conv1, basic1.conv2, basic2.conv1, basic2.conv2, basic3.conv1, basic3.conv2, \
basic3.conv3, …""",
        ),
    ],
)
def test_what_cannot_be_widened(make, message):
    """The error names the layers that meet, what became of each, and which pattern did it."""
    assert refused(make) == message


def test_a_description_that_is_wrong_is_not_blamed_on_widening():
    """What does not fit before widening is told as it is."""
    with pytest.raises(DescriptionError) as caught:
        widen(lines("conv 8 3, residual(conv 4 1)"), 2)

    assert "before widening" not in str(caught.value)


# How much work it takes


@pytest.mark.parametrize(
    ("factor", "options", "builds"),
    [
        (1, {}, 4),
        (2, {}, 4),
        (7, {}, 4),
        (10**6, {}, 4),
        (Fraction(1, 2), {}, 4),
        (Fraction(1, 3), {}, 5),  # 16/3 is rounded, and no point of the polynomial
        (2, {"divisor": 8}, 5),
    ],
)
def test_how_often_a_network_is_built(factor, options, builds):
    """B8: four counts give the polynomials, and what is told anyway is among them."""
    found = lines("conv 16 3 same, conv 16 3 same")
    factors = []

    def network(adapt):
        factors.append(adapt.factor)
        return found.report(adapt)

    result = widened(SimpleNamespace(report=network), Widening(Fraction(factor), **options))

    assert result.growth.macs == Polynomial(16 * 16 * 9 * 32 * 32, 16 * 3 * 9 * 32 * 32, 0)
    assert len(factors) == builds


def test_several_factors_share_what_they_have_in_common():
    """B8: the network as it is and how it grows are the same for all factors."""
    found = lines("conv 16 3 same, conv 16 3 same")
    factors = []

    def network(adapt):
        factors.append(adapt.factor)
        return found.report(adapt)

    results = widened_by(SimpleNamespace(report=network), [Widening(Fraction(factor)) for factor in (1, 2, 3, 4)])

    assert results[0].growth.params.at(4) == results[3].after.params
    assert factors == [1, 2, 3, 4, 10**6]


@pytest.mark.parametrize("length", [10, 1000])
def test_equal_layers_are_widened_once(length, monkeypatch):
    """B8: the work is that of the layers that differ, however many there are."""
    widening = Widening(Fraction(2))
    made, through = [], []
    adapted, polynomial = Widening.adapted, widening_module.polynomial
    monkeypatch.setattr(Widening, "adapted", lambda *given: made.append(given) or adapted(*given))
    monkeypatch.setattr(widening_module, "polynomial", lambda *given: through.append(given) or polynomial(*given))

    assert widened(lines(f"(conv 16 3 same relu) *{length}"), widening).growth
    assert len(made) == 4  # one layer, at f = 1, 2, 3 and far off
    assert len(through) == 2 + 3  # params and MACs; the first layer, those behind it, and activations


@pytest.mark.parametrize("options", [["--factor", "2"], ["--depth-factor", "2"], ["--resolution", "2"]])
def test_a_description_is_checked_once(options, monkeypatch):
    """B8: what hangs on no number is looked at once for each description, however often it is built."""
    seen = []
    monkeypatch.setattr(build_module, "description_faults", lambda *given: seen.append(given) or iter(()))

    assert called("widen", "-i", "3x32x32", "-l", "(conv 16 3 same) *2", *options).status == 0
    assert len(seen) == (1 if "--factor" in options else 2)
