"""What layers see of the input: against sets of input positions, carried through a network value by value."""

from fractions import Fraction
from functools import partial
from math import prod

import pytest
from dependencies import everything
from descriptions import layers, line, network
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st

from convcalc.errors import DescriptionError
from convcalc.language.assemble.network import build
from convcalc.layers.reach import MOST_POSITIONS_KEPT
from convcalc.network import receptive_field
from convcalc.network.receptive_field import ReceptiveField, reduced
from convcalc.network.sight import receptive_fields
from convcalc.sources.bundled import bundled
from convcalc.sources.loading import load
from convcalc.sources.networks import NetworkArguments

FEW = st.integers(0, 3)


def fields(report, name=None):
    """What a layer sees, or the last one, of the one input that there is."""
    seen = receptive_fields(report).fields[name or report.rows[-1].node.name]
    (own,) = seen.values()
    return own


def warnings(report):
    """What is said of branches that are misaligned."""
    return list(receptive_fields(report).misaligned)


def hull(positions):
    """The first and the last of some positions, if there are any."""
    return (min(positions), max(positions)) if positions else None


def within(inner, outer):
    """Whether one span lies in another."""
    return inner is None or (outer is not None and outer[0] <= inner[0] and inner[1] <= outer[1])


def compare(report):
    """Compare what each position sees with what it is made of, and tell how many positions were compared exactly.

    Where something of it was padding, what it is made of lies within what it sees; elsewhere, the two are the same.
    The size of a field is what the position spans that sees most.
    """
    tensors, sight = everything(report), receptive_fields(report)
    compared = 0
    for row in report.rows:
        tensor = tensors[row.node.name]
        assert len(tensor) == prod(row.profile.output[1:])
        for name, own in sight.fields[row.node.name].items():
            for at, value in tensor.items():
                places = [place for source, place in value.seen if source == name]
                real = [hull([place[axis] for place in places]) for axis in range(len(own))]
                told = [field.at(at[axis] if len(at) == len(own) else 0) for axis, field in enumerate(own)]
                assert all(map(within, real, told)), (row.node.name, name, at)
                if value.pure:
                    compared += 1
                    assert real == (told if None not in told else [None] * len(own)), (row.node.name, name, at)
            for axis, field in enumerate(own):
                positions = row.profile.output[1:][axis] if len(row.profile.output) > axis + 1 else 1
                spans = filter(None, map(field.at, range(positions)))
                assert field.size == max((last - first + 1 for first, last in spans), default=0), (row.node.name, name)
    return compared


def fitting(steps, shape):
    """The network of those steps that fit behind each other, of which there must be one."""
    kept = []
    for step in steps:
        try:
            line(", ".join([*kept, step]), shape=shape)
        except DescriptionError:
            continue
        kept.append(step)
    assume(kept)
    return ", ".join(kept)


@st.composite
def windows(draw, kind, rules, axes=1):
    """A window of a kind: its kernel and stride, padding by number or by rule, and what else it takes."""

    def numbers(most, divider="x", least=1):
        return divider.join(str(draw(st.integers(least, most))) for _ in range(axes))

    words = [f"{numbers(4)}/{numbers(3)}"]
    words += [draw(st.sampled_from([*rules, "p=" + "x".join(f"{draw(FEW)}:{draw(FEW)}" for _ in range(axes))]))]
    words += [f"d={numbers(3)}"] if kind not in {"avgpool", "lppool"} else []
    words += draw(st.sampled_from([[], ["ceil"], ["caffe"]])) if "pool" in kind else []
    return " ".join([kind, *words])


RULES = ("same", "same_lower", "half", "valid")


def sliding(axes=1):
    """Layers with windows."""
    rules = (*RULES, "causal") if axes == 1 else RULES
    pools = st.sampled_from(["maxpool", "avgpool"]).flatmap(partial(windows, rules=["valid", "same"], axes=axes))
    convs = st.sampled_from(["conv 2", "dwconv", "sepconv 2"]).flatmap(partial(windows, rules=rules, axes=axes))
    return st.one_of(convs, convs, pools)


def spreading(axes=1):
    """Transposed convolutions, also such as leave gaps, and unpooling."""
    added = st.sampled_from(["", " output_padding=1", " output_padding=2"])
    convs = windows("upconv 2", ["same", "valid"], axes=axes)
    return st.one_of(
        st.builds("{}{}".format, convs, added),
        st.builds("maxunpool {}/{}".format, st.integers(1, 4), st.integers(1, 4)),
    )


def stretching(mode):
    """Upsampling, and downsampling, by factors and to sizes."""
    factors = st.fractions(Fraction(1, 3), 3, max_denominator=10).map(lambda factor: f"{float(factor):.2g}")
    ways = st.one_of(st.sampled_from(["1", "2", "3", "1.5", "0.5"]), factors, st.integers(3, 30).map("size={}".format))
    return st.builds("upsample {}{}".format, ways, st.sampled_from(["", f" mode={mode}"]))


MOVING = st.one_of(
    st.builds("pad {}:{}".format, FEW, FEW),
    st.builds("crop {}:{}".format, FEW, FEW),
    st.builds("center_crop {}".format, st.integers(5, 20)),
)
SEQUENCES = st.one_of(
    sliding(),
    sliding(),
    spreading(),
    stretching("linear"),
    MOVING,
    st.builds("slice {} {} axis=1".format, FEW, st.integers(5, 20)),
    st.builds("adaptive_avgpool {}".format, st.integers(1, 12)),
    st.builds("window_attention 1 {}".format, st.integers(1, 6)),
    st.sampled_from(["lstm 2", "gru 2 num_layers=2", "bn, relu, dropout", "class_token"]),
    st.sampled_from(["gap", "gmp", "attention 2", "lstm 2 bidirectional", "flatten", "linear 3"]),
)
"""Layers of all kinds for one axis."""

IMAGES = st.one_of(
    sliding(2),
    sliding(2),
    spreading(2),
    stretching("bilinear"),
    stretching("bicubic"),
    st.sampled_from(["upsample 2x1.5 mode=bicubic", "pad 0:1x2", "crop 1x0:1", "slice 1 5 axis=2", "center_crop 5x6"]),
    st.sampled_from(["conv 8 1, pixel_shuffle 2", "pixel_unshuffle 2, conv 2 1", "pixel_unshuffle 3, conv 2 1"]),
    st.sampled_from(["adaptive_maxpool 3x4", "window_attention 1 2x3", "channel_shuffle 2", "deform_conv 2 3x2"]),
)
"""Layers of many kinds for two axes."""


@examples(150)
@given(st.lists(SEQUENCES, min_size=1, max_size=5), st.integers(1, 30))
def test_a_chain_sees_what_it_is_made_of(steps, size):
    """Any layers one behind another, along one axis."""
    shape = f"2x{size}"

    compare(line(fitting(steps, shape), shape=shape))


@examples(60)
@given(st.lists(IMAGES, min_size=1, max_size=4), st.integers(4, 9), st.integers(4, 9))
def test_axes_are_apart(steps, height, width):
    """Any layers one behind another, with options of their own for each of two axes."""
    shape = f"2x{height}x{width}"

    compare(line(fitting(steps, shape), shape=shape))


@examples(100)
@given(
    st.lists(SEQUENCES, max_size=2),
    st.lists(st.lists(SEQUENCES, max_size=3), min_size=2, max_size=3),
    st.lists(SEQUENCES, max_size=2),
    st.integers(6, 30),
    st.sampled_from(["concat", "add"]),
)
def test_branches_see_what_all_of_them_are_made_of(before, branches, after, size, join):
    """Two or three ways from one tensor, the larger ones cropped, with layers before them and behind."""
    shape = f"2x{size}"
    trunk = fitting([*before, "pass"], shape)
    ways = [fitting([trunk, *branch, "pass"], shape).removeprefix(f"{trunk}, ") for branch in branches]
    sizes = [line(f"{trunk}, {way}", shape=shape).rows[-1].profile.output[1:] for way in ways]
    assume(all(len(each) == 1 for each in sizes))
    ordered = [way for _, way in sorted(zip(sizes, ways, strict=True))]
    met = fitting([trunk, f"{join}({' | '.join(ordered)}) crop", *after], shape)
    assume(join in met)

    compare(line(met, shape=shape))


@pytest.mark.parametrize(
    ("text", "shape", "pure"),
    [
        ("conv 4 3 same", "3x40", 38),
        ("conv 4 3 d=2, maxpool 3/2", "3x40", 36 + 17),
        ("conv 4 5 causal d=3", "3x40", 40 - 12),
        ("upconv 4 2/3, conv 4 2", "3x8", 23 + 22),
        ("upconv 4 4/2 p=1", "3x8", 16),
        ("maxpool 3/2 ceil", "3x40", 19),
        ("upsample 2 mode=linear", "3x8", 16),
        ("upsample 3 mode=linear, upsample 0.2", "3x8", 24 + 4),
        ("upsample 1.6", "3x3", 4),
        ("adaptive_avgpool 7, adaptive_maxpool 5", "3x40", 7 + 5),
        ("pad 2:1, crop 2:1", "3x8", 8 + 8),
        ("lstm 4, conv 3 3, gru 2 bidirectional", "3x9", 9 + 7 + 7),
        ("window_attention 1 4, conv 3 2", "3x10", 10 + 9),
        ("conv 8 2, attention 2, flatten, linear 10", "3x10", 9 + 9 + 1 + 1),
        ("conv 4 3x2/1x2, pixel_shuffle 2, upconv 2 2x3/3x2", "3x6x6", 4 * 3 + 8 * 6 + 23 * 13),
        ("concat(conv 4 3 | conv 4 1, crop 1), conv 2 3", "3x12", 10 + 12 + 10 + 10 + 8),
    ],
)
def test_a_field_inside_the_input_is_exact(text, shape, pure):
    """So many positions of all layers together are made of no padding: each sees exactly what it is made of."""
    assert compare(line(text, shape=shape)) == pure


@examples(60)
@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.integers(0, 4), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_windows_follow_the_recurrence(chain):
    """Of windows one behind another: r' = r + d·(k − 1)·j, j' = j·s, and each padding p moves the start by −p·j."""
    size, jump, start = 1, 1, 0
    steps = []
    for kernel, stride, dilation, wanted, pool in chain:
        padding = min(wanted, kernel // 2) if pool else wanted
        size += dilation * (kernel - 1) * jump
        start -= padding * jump
        jump *= stride
        steps.append(f"{'maxpool' if pool else 'conv 2'} {kernel}/{stride} d={dilation} p={padding}")
    report = line(", ".join(steps), shape="2x10000000000")
    (field,) = fields(report)

    assert (field.size, field.jump, field.start) == (size, jump, start)
    assert field.at(5) == (start + 5 * jump, start + 5 * jump + size - 1)
    assert field.centre == start + Fraction(size - 1, 2)


def test_one_value_is_seen_at_the_start():
    """The input sees itself."""
    field = ReceptiveField()

    assert (field.size, field.jump, field.start, field.centre, field.at(7)) == (1, 1, 0, 0, (7, 7))


@examples(200)
@given(
    st.lists(st.none() | st.tuples(st.integers(-5, 5), st.integers(0, 5)), min_size=1, max_size=6),
    st.integers(0, 6),
    st.integers(1, 4),
)
def test_a_reduced_pattern_is_the_same_pattern(pattern, moved, turns):
    """Written out several times, a pattern comes down to one that is no longer, and tells the same everywhere."""
    jump = Fraction(moved, len(pattern))
    once = ReceptiveField(tuple(part and (part[0], part[0] + part[1]) for part in pattern), jump)
    often = tuple(once.at(position) for position in range(turns * len(pattern)))
    short = ReceptiveField(reduced(often, jump), jump)

    assert len(short.spans) <= len(pattern)
    assert [short.at(position) for position in range(-20, 40)] == [once.at(position) for position in range(-20, 40)]
    assert reduced(short.spans, jump) == short.spans


@pytest.mark.parametrize(
    ("text", "shape", "size", "jump", "start"),
    [
        ("gap", "3x7", 7, 0, 0),
        ("conv 4 3 same, gap", "3x7", 9, 0, -1),
        ("conv 4 3 same, gap, upsample size=7, conv 4 3 same, conv 4 3 same", "3x7", 9, 0, -1),
        ("conv 4 3 same, adaptive_avgpool 1, upsample size=7 mode=linear, conv 4 3 same", "3x7", 9, 0, -1),
        ("linear 10, relu, linear 3", "3x7", 7, 0, 0),
        ("conv 4 3 same, flatten, linear 10", "3x7", 9, 0, -1),
        ("linear 12, reshape 3x4, conv 4 3", "3x7", 7, 0, 0),
        ("attention 1, conv 4 3", "3x7", 7, 0, 0),
        ("conv 4 3 same, permute 1x0, conv 4 3", "3x7", 9, 0, -1),
        ("upconv 4 2/3, slice 2 3 axis=1", "3x7", 0, 0, None),
        ("upconv 4 2/3", "3x7", 1, Fraction(1, 3), 0),
        ("lstm 4", "3x7", 7, 1, 0),
        ("lstm 4, slice 3 4 axis=1", "3x7", 4, 0, 0),
        ("upsample 1.6", "3x3", 1, Fraction(5, 8), 0),
        ("upsample size=4", "3x3", 1, Fraction(3, 4), 0),
    ],
)
def test_size_jump_and_start(text, shape, size, jump, start):
    """What is told of a field: 0 to jump where all positions see the same, and no start where nothing is seen."""
    (field,) = fields(line(text, shape=shape))

    assert (field.size, field.jump, field.start) == (size, jump, start)


@pytest.mark.parametrize(
    "text",
    [
        "linear 12, reshape 3x2x2, conv 4 1",
        "flatten start_dim=1, conv 4 3",
        "conv 2 3, permute 2x0x1, conv 4 1",
        "reshape 6x8, conv 4 3, linear 2",
        "a: conv 4 3 same, from input, gap, attention 1 @a",
        "a: permute 0x2x1, from input, matmul @a",
    ],
)
def test_axes_that_are_mixed_see_everything(text):
    """Behind a change of axes, each position may see all of each axis of the input."""
    report = line(text, shape="2x4x6")

    assert [field.size >= size for field, size in zip(fields(report), (4, 6), strict=True)] == [True, True]
    assert [field.jump for field in fields(report)] == [0, 0]


@pytest.mark.parametrize(
    ("text", "shape", "size", "start"),
    [
        # windows from 0 to 7, 7 to 14 and on by 7: two windows that are 3 apart span 8 + 21; a third would span 30
        ("adaptive_avgpool 5, conv 2 2 d=3", "1x36", 29, 0),
        # neighbours beyond the border are the border
        ("upsample 2 mode=linear, gap", "1x49", 49, 0),
        ("upsample 4 mode=bicubic, gap", "1x9x9", 9, 0),
        ("conv 2 3 same, upsample 2 mode=linear, gap", "1x49", 49 + 2, -1),
        ("upsample 2 mode=linear, conv 2 3 same", "1x49", 3, -1),
        # no position is spread from beyond the border
        ("upconv 2 4/2 p=1, gap", "1x49", 49, 0),
        ("upconv 2 3/2, slice 0 1 axis=1", "1x49", 1, 0),
        ("window_attention 1 4, gap", "4x10", 10, 0),
        ("class_token, attention 1", "4x10", 10, 0),
        # one position that sees 11 to 20, beside others that see only themselves: the last sees from 11 to 31
        ("concat(slice 11 21 axis=1, gap, upsample size=32 | pass)", "4x32", 31 - 11 + 1, 0),
        ("a: slice 3 4 axis=1, from input, attention 1 @a", "4x10", 10, 0),
    ],
)
def test_only_positions_that_there_are_see_and_are_seen(text, shape, size, start):
    """C2: no output position beyond the last counts, and no interpolation reads beyond the border of its input."""
    for field in fields(line(text, shape=shape)):
        assert (field.size, field.start) == (size, start)


@pytest.mark.parametrize(
    ("text", "shape", "size"),
    [
        ("upsample 2 mode=linear, (conv 4 3 same) *20, gap", "3x1000000000", 10**9 + 2 * 11),
        ("upsample 3 mode=bicubic, conv 4 3 same, gap", "3x1000000000x1000000000", 10**9 + 2 * 2),
        ("upconv 4 5/3, upsample 1.5 mode=linear, gap", "3x1000000000", 10**9),
        ("concat(conv 4 5 p=2 | attention 1)", "4x1000000000", 10**9 + 2),
        ("adaptive_avgpool 3, upsample size=1000000000 mode=linear", "3x999999999", None),
    ],
)
def test_long_axes_with_borders(text, shape, size):
    """C2: what sees otherwise near a border is told by itself, however far the border is; or refused, not walked."""
    maker = NetworkArguments(layers=[text], inputs=[shape]).one
    if size is None:
        with pytest.raises(DescriptionError, match="must repeat within 100,000 of them"):
            receptive_fields(maker().report())
    else:
        assert {field.size for field in fields(maker().report())} == {size}


def test_what_is_seen_is_told_in_bounded_work(monkeypatch):
    """C2: a network whose layers each have a long pattern is refused at the layer where that becomes too much."""
    maker = NetworkArguments(layers=["upsample size=1009", "(conv 4 3 same) *100"], inputs=["4x1000"]).one
    monkeypatch.setattr(receptive_field, "MOST_LOOKS", 50_000)
    message = "what positions see must be told by looking at 50,000 of them, but here that is not enough"

    with pytest.raises(DescriptionError) as raised:
        receptive_fields(maker().report())

    assert [(fault.code, fault.message) for fault in raised.value.faults] == [("beyond-limits", message)]
    assert raised.value.faults[0].layer == "conv25"


def test_what_is_repeated_over_an_axis_does_not_move():
    """C2: of an input that gates another, all positions see the one that there is."""
    report = network("""
        inputs: {left: 2x5, gate: 2x1}
        layers:
          - mul
    """)
    seen = receptive_fields(report).fields["mul1"]

    assert [(field.size, field.jump, field.at(4)) for field in (*seen["left"], *seen["gate"])] == [
        (1, 1, (4, 4)),
        (1, 0, (0, 0)),
    ]


def test_several_inputs_are_told_apart():
    """Each layer sees of each input what reaches it from there, and nothing of the others."""
    report = network("""
        inputs: {left: 2x20x20, right: 2x9x9}
        layers:
          - from: left
          - near: conv 2 3x5/2
          - from: right
          - far: conv 2 1x2
          - concat: [pass, [from: near, center_crop: {output_size: [9, 8]}]]
          - conv 2 2
    """)
    seen = receptive_fields(report).fields
    told = {name: {of: [(f.size, f.jump, f.start) for f in own] for of, own in seen[name].items()} for name in seen}

    assert told["near"] == {"left": [(3, 2, 0), (5, 2, 0)]}
    assert told["far"] == {"right": [(1, 1, 0), (2, 1, 0)]}
    assert told["concat1"] == {"right": [(1, 1, 0), (2, 1, 0)], "left": [(3, 2, 0), (5, 2, 0)]}
    assert told["conv1"] == {"right": [(2, 1, 0), (3, 1, 0)], "left": [(5, 2, 0), (7, 2, 0)]}
    assert compare(report) > 0


def test_inputs_without_axes_have_no_field():
    """A flat input has no axes along which to see: its fields are empty."""
    report = line("linear 10, relu", shape="784")

    assert fields(report) == ()


@pytest.mark.parametrize("gate", ["gap, conv 4 1 sigmoid", "maxpool 4, conv 4 2 sigmoid", "adaptive_avgpool 1"])
def test_a_gate_leaves_the_field_of_the_other_side(gate):
    """A squeeze-and-excitation, whichever side it stands on, does not widen what is seen; neither does it warn."""
    for branches in (f"pass | {gate}", f"{gate} | pass"):
        report = line(f"conv 4 3, mul({branches}), conv 4 3", shape="4x10x10")

        assert [(f.size, f.jump, f.start) for f in fields(report)] == [(5, 1, 0), (5, 1, 0)]
        assert warnings(report) == []


def test_a_gate_on_one_axis_widens_the_other():
    """Coordinate attention: each factor is a gate along the axis that it has 1 of, and sees along the other."""
    report = line("mul(conv 4 3x1 p=1x0, avgpool 1x9 | conv 4 1x5 p=0x2, avgpool 9x1)", shape="4x9x9")

    assert [(f.size, f.jump, f.start) for f in fields(report)] == [(3, 1, -1), (5, 1, -2)]


def test_a_product_of_equal_maps_sees_both():
    """Only an axis of 1 is a gate."""
    report = line("mul(conv 4 3 same | conv 4 5 same sigmoid)", shape="4x9x9")

    assert [f.size for f in fields(report)] == [5, 5]


def test_center_crop_does_not_see_the_tensor_that_it_takes_the_size_of():
    """Only its sizes are read."""
    report = line("a: conv 4 7, from input, center_crop @a", shape="4x9x9")

    assert [(f.size, f.start) for f in fields(report)] == [(1, 3), (1, 3)]


MISALIGNED = [
    (
        "concat(conv 4 3 same | conv 4 2 same)",
        "4x32x32",
        (
            "1:1: concat1: its branches are misaligned: "
            "conv2 is centred 1/2 input positions after conv1, in height and width"
        ),
    ),
    (
        "add(conv 4 3/2 same | conv 4 1/2)",
        "4x32x31",
        "1:1: add1: its branches are misaligned: conv2 is centred 1 input position before conv1, in height",
    ),
    (
        "conv 4 3/2 same, residual(conv 8 3/2 same | conv 8 1/2)",
        "4x16",
        "1:18: add1: its branches are misaligned: conv3 is centred 2 input positions before conv2, in axis 1",
    ),
    (
        "concat(conv 4 1 | conv 4 1x1x2 p=0x0x0:1 | conv 4 1)",
        "4x8x8x8",
        "1:1: concat1: its branches are misaligned: conv2 is centred 1/2 input positions after conv1, in width",
    ),
    (
        "concat(conv 4 1x2x1x1 p=0x0:1x0x0 | pass)",
        "4x8x8x8x8",
        "1:1: concat1: its branches are misaligned: pass1 is centred 1/2 input positions before conv1, in axis 2",
    ),
    (
        "top: conv 4 3, maxpool 2, upsample size=31, concat @top",
        "4x33",
        (
            "1:45: concat1: its branches are misaligned: "
            "top steps by 1 and not 30/31 input positions, as does upsample1, in axis 1"
        ),
    ),
    (
        "concat(conv 4 3 same | pass) crop, concat(conv 4 3 | pass) crop, concat(pad 2 | pad 1:3)",
        "4x32",
        "1:66: concat3: its branches are misaligned: pad2 is centred 1 input position after pad1, in axis 1",
    ),
    (
        "conv 4 3 causal, residual(conv 4 2 p=0:1)",
        "4x32",
        "1:18: add1: its branches are misaligned: conv1 is centred 1/2 input positions before conv2, in axis 1",
    ),
]


@pytest.mark.parametrize(("text", "shape", "expected"), MISALIGNED)
def test_misaligned_branches_are_warned_of(text, shape, expected):
    """Branches that step apart, or are not centred alike: each is told once, against the first of them."""
    assert warnings(line(text, shape=shape)) == [f"--layer:{expected}"]


@pytest.mark.parametrize(
    "text",
    [
        "concat(conv 4 3 same | conv 4 5 same | maxpool 3/1 p=1, conv 4 1 | conv 4 1)",
        "add(conv 4 3/2 p=1 | conv 4 1/2)",
        "residual(conv 8 3/2 half bn relu, conv 8 3 same bn | conv 8 1/2 bn)",
        "residual(conv 4 3 p=1:0x1:0, conv 4 3 p=1:2x1:2)",
        "concat(upconv 4 2/2 | upsample 2 | upsample 2 bilinear | upconv 4 4/2 p=1)",
        "top: conv 4 3, conv 4 3, maxpool 2, conv 4 3, conv 4 3, upconv 4 2/2, concat @top crop",
        "top: conv 4 3 same, maxpool 2, conv 4 3 same, upconv 4 2/2, concat @top",
        "concat(conv 4 1 | gap, conv 4 1, upsample size=32 bilinear)",
        "concat(adaptive_avgpool 4, upsample size=32 bilinear | conv 4 1)",
        "mul(conv 4 3 same | gap, linear 4, reshape 4x1x1)",
        "attention 1, add @input",
    ],
)
def test_branches_that_are_centred_alike_are_not_warned_of(text):
    """Odd kernels padded alike; what goes down and up again; and what sees everything, which has no centre."""
    assert warnings(line(text, shape="4x32x32")) == []


@pytest.mark.parametrize(
    "text",
    [
        "conv 4 3 causal, residual(conv 4 2 causal d=4, conv 4 1)",
        "concat(conv 4 3 causal | conv 4 2 causal)",
        "residual(pad 2:0, conv 4 3), conv 4 2 causal",
    ],
)
def test_causal_branches_are_not_warned_of(text):
    """They have the last position that they see in common, not the middle; then that is what counts."""
    assert warnings(line(text, shape="4x32")) == []


@pytest.mark.parametrize("net", sorted({*bundled()} - {"xception"}))
def test_branches_of_bundled_networks_are_aligned(net):
    """Where they meet, they look at the same places."""
    assert warnings(build(load(net))) == []


def test_branches_of_xception_are_misaligned():
    """As in Keras: where a size is even, `same` of a 3x3 pool of stride 2 adds a position at the end only."""
    if "xception" in bundled():
        assert warnings(build(load("xception"))) == [
            (
                "xception.yaml:11:7: shrink1.add1: its branches are misaligned: "
                "shrink1.bn1 is centred 4 input positions before shrink1.maxpool1, in height and width"
            )
        ]


def test_a_branch_is_warned_of_for_each_input():
    """What is wrong is told for each input that is looked at in different places."""
    report = network("""
        inputs: {left: 2x20, right: 2x20}
        layers:
          - concat
          - concat: [conv 4 3 same, conv 4 2 same]
    """)

    warning = "net.yaml:4:5: concat2: its branches are misaligned: conv2 is centred 1/2 input positions after conv1"

    assert warnings(report) == [f"{warning}, in axis 1"] * 2


@pytest.mark.parametrize("times", [4, 8, 30])
def test_long_patterns_do_not_grow_for_ever(times):
    """Fractions of steps multiply; a pattern that is longer than its axis is cut off."""
    report = line(f"(conv 4 3, upsample 1.1) *{times}", shape="4x100")
    (field,) = fields(report)

    assert field.jump == Fraction(10, 11) ** times
    assert len(field.spans) <= MOST_POSITIONS_KEPT


def test_recurrence_over_a_long_axis_is_told_at_once():
    """What sees all before it is found by the ends of what it reads."""
    (field,) = fields(line("lstm 4, lstm 4", shape="4x20000"))

    assert [field.at(position) for position in (0, 9_999, 19_999)] == [(0, 0), (0, 9_999), (0, 19_999)]


def test_each_network_of_the_language_has_fields():
    """Each layer sees something of each input that reaches it: one field for each axis."""
    report = layers(["conv 4 3", "gap", "linear 4"], "3x9x9")

    assert {name: len(own["input"]) for name, own in receptive_fields(report).fields.items() if name != "input"} == {
        "conv1": 2,
        "gap1": 2,
        "linear1": 2,
    }


@pytest.mark.parametrize(
    ("line", "shape", "positions"),
    [
        ("upconv 8 3/999999", "3x8x8", 999_999),
        ("lstm 8", "8x999999", 999_999),
        ("adaptive_avgpool 999983", "3x9999991x9", 999_983),
        ("window_attention 1 200000", "8x200001x4", 200_000),
        ("upsample size=1000003", "3x999x999", 1_000_003),
    ],
)
def test_patterns_that_nobody_would_read(line, shape, positions):
    """What repeats only after too many positions is refused, where it would take all memory."""
    maker = NetworkArguments(layers=[line], inputs=[shape]).one
    message = f"what positions see must repeat within 100,000 of them, but here it does so after {positions:,}"

    with pytest.raises(DescriptionError) as raised:
        receptive_fields(maker().report())

    assert [(fault.code, fault.message) for fault in raised.value.faults] == [("beyond-limits", message)]


def test_long_axes_with_a_pattern():
    """All positions of a long axis together see what the first and the last turn of its pattern see."""
    maker = NetworkArguments(layers=["upconv 8 2/3, gap"], inputs=["3x5000000"]).one
    (axis,) = receptive_fields(maker().report()).fields["gap1"]["input"]

    assert axis.spans == ((0, 4_999_999),)
