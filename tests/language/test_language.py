"""Whichever way a network is written, it is the same network."""

from itertools import permutations

import pytest
from descriptions import costs, layers, line, names, network, refused
from hypothesis import given
from hypothesis import strategies as st

from convcalc.language.assemble.network import build
from convcalc.language.plan.plans import LayerPlan
from convcalc.language.read.document import parse_lines
from convcalc.language.read.settings import parse_inputs, parse_settings
from convcalc.language.words import numbered
from convcalc.questions.doubts import warnings_about
from convcalc.sources.networks import NetworkArguments

SAME = {
    "a key and a position": (["conv 16 3"], ["conv kernel_size=3 out_channels=16"]),
    "a stride behind the kernel": (["conv 16 3x3/2"], ["conv 16 3 s=2"]),
    "a stride for each axis": (["conv 16 3x5/2x1"], ["conv 16 k=3x5 stride=2x1"]),
    "blanks around x": (["conv 16 3 x 5"], ["conv 16 3x5"]),
    "one pair of paddings for all axes": (["conv 16 3 p=0:1"], ["conv 16 3 padding=0:1x0:1"]),
    "valid is no padding": (["conv 16 3 valid"], ["conv 16 3 p=0"]),
    "the long form": (
        ["conv: {out_channels: 16, kernel_size: [3, 5], stride: 2, padding: [[0, 1], 2], groups: 1, bias: false}"],
        ["conv 16 3x5/2 p=0:1x2 -bias"],
    ),
    "the long form with a norm": (
        ["conv: {out_channels: 16, kernel_size: 3, padding: same, norm: bn, activation: relu, fixed: true}"],
        ["conv 16 3 same bn relu fixed"],
    ),
    "a list for a line": (["[conv 16 3, [maxpool 2]]"], ["conv 16 3, maxpool 2"]),
    "second names": (
        ["conv 16 3 batchnorm swish", "depthwise 3", "identity", "global_avgpool", "fc 10"],
        ["conv 16 3 bn silu", "dwconv 3", "pass", "gap", "linear 10"],
    ),
    "a norm takes the bias": (["conv 16 3 bn"], ["conv 16 3 bn -bias"]),
    "a norm of its own": (["conv 16 3 -bias", "bn", "relu"], ["conv 16 3 bn relu"]),
    "repetition": (["conv 16 3 *3"], ["conv 16 3", "conv 16 3", "conv 16 3"]),
    "repetition zero times": (["conv 16 3", "conv 8 3 *0"], ["conv 16 3"]),
    "repeat and do": (["{repeat: 1+1, do: [conv 16 3, relu]}"], ["conv 16 3", "relu", "conv 16 3", "relu"]),
    "repetition evaluates anew": (["conv 2*C 3 *3"], ["conv 6 3", "conv 12 3", "conv 24 3"]),
    "for": (["{for: {c: [8, 16], s: [1, 2]}, do: conv c 3 s=s}"], ["conv 8 3", "conv 16 3/2"]),
    "for and between": (
        ["{for: {c: [8, 9, 10]}, do: conv c 3, between: relu}"],
        ["conv 8 3, relu, conv 9 3, relu, conv 10 3"],
    ),
    "between with the variables of the round before": (
        ["{for: {c: [8, 16]}, do: conv c 3, between: conv 2*c 1}"],
        ["conv 8 3", "conv 16 1", "conv 16 3"],
    ),
    "loops within loops": (
        ["{for: {c: [8, 16]}, do: {repeat: 2, do: conv c 3}}"],
        ["conv 8 3", "conv 8 3", "conv 16 3", "conv 16 3"],
    ),
    "branches of one tensor": (
        ["concat: [conv 4 1, [conv 4 3 same, relu], pass]"],
        ["'concat(conv 4 1 | conv 4 3 same, relu | pass)'"],
    ),
    "branches by labels": (
        ["concat: [conv 4 1, conv 4 3 same]"],
        ["a: conv 4 1", "from: input", "b: conv 4 3 same", "from: [a, b]", "concat"],
    ),
    "a join of the current tensor and a label": (
        ["a: conv 4 1", "conv 4 3 same", "add @a"],
        ["a: conv 4 1", "b: conv 4 3 same", "from: [b, a]", "add"],
    ),
    "a residual": (["residual: conv 3 3 same"], ["conv 3 3 same", "add @input"]),
    "a residual and its activation": (
        ["{residual: [conv 3 3 same bn relu, conv 3 3 same bn], act: relu}"],
        ["'residual(conv 3 3 same bn relu, conv 3 3 same bn) relu'"],
    ),
    "a projection that is needed": (
        ["{residual: conv 8 3/2 same, project: conv 8 1/2}"],
        ["concat: [conv 8 3/2 same, conv 8 1/2]"],
    ),
    "a projection that is not": (["{residual: conv 3 3 same, project: conv 3 1}"], ["residual: conv 3 3 same"]),
    "a group that is repeated": (["'(conv 8 3, relu) *2'"], ["conv 8 3, relu, conv 8 3, relu"]),
}


def kinds_apart(report, *kinds):
    """The costs of all nodes but joins, whose kind two ways may differ in."""
    return [cost for cost in costs(report) if cost[0] not in kinds]


@pytest.mark.parametrize("case", SAME)
def test_two_ways_to_write_one_network(case):
    """Both ways give the same layers, which read each other alike and cost the same."""
    one, other = SAME[case]
    apart = ("concat", "add") if case == "a projection that is needed" else ()

    assert kinds_apart(layers(one), *apart) == kinds_apart(layers(other), *apart)


@pytest.mark.parametrize("words", list(permutations(["same", "bn", "relu", "d=2", "bias"])))
def test_the_order_of_words_does_not_matter(words):
    """A line says the same in any order of what stands behind its arguments."""
    assert costs(line(f"conv 16 3 {' '.join(words)}")) == costs(line("conv 16 3 d=2 same bias bn relu"))


@pytest.mark.parametrize(
    ("defaults", "written", "meant"),
    [
        ("{conv: same bn relu}", "conv 8 3", "conv 8 3 same bn relu"),
        ("{conv: same bn relu}", "conv 8 3 valid", "conv 8 3 valid bn relu"),
        ("{conv: same bn relu}", "conv 8 3 p=2 tanh", "conv 8 3 p=2 bn tanh"),
        ("{conv: same bn relu}", "conv 8 3 -relu", "conv 8 3 same bn"),
        ("{conv: same bn relu}", "conv 8 3 -bn", "conv 8 3 same relu"),
        ("{conv: same bn relu}", "conv 8 3 -bn -bias -same", "conv 8 3 relu -bias"),
        ("{conv: same bn relu}", "conv 8 3 bias", "conv 8 3 same bn relu bias"),
        ("{conv: same -bias}", "conv 8 3", "conv 8 3 same -bias"),
        ("{conv: same -bias}", "conv 8 3 bias", "conv 8 3 same bias"),
        ("{conv: p=1 s=2}", "conv 8 3", "conv 8 3/2 p=1"),
        ("{conv: p=1 s=2}", "conv 8 3/1 half", "conv 8 3 half"),
        ("{conv: same bn relu}", "dwconv 3", "dwconv 3 valid"),
        ("{fc: tanh}", "linear 10", "linear 10 tanh"),
        ("{maxpool: ceil}", "maxpool 3/2", "maxpool 3/2 ceil"),
        ("{maxpool: ceil}", "maxpool 3/2 floor", "maxpool 3/2"),
        ("{conv: same bn relu}", "conv: {out_channels: 8, kernel_size: 3, padding: 0}", "conv 8 3 bn relu"),
    ],
)
def test_defaults_merge_by_group(defaults, written, meant):
    """A line wins over the defaults of its kind group by group, and takes away with a minus."""
    assert costs(layers([written], defaults=defaults)) == costs(layers([meant]))


def test_a_block_sees_its_parameters_and_the_file_but_not_its_caller():
    """Scope is lexical: the loop variable c of the caller is no variable in a block."""
    text = """
        input: 3x8x8
        vars: {width: 8}
        blocks:
          wide(k, c=width): [conv c k]
        layers:
          - for: {c: [1, 2]}
            do: wide 3
          - wide 1 c=C//2
        """

    assert costs(network(text)) == costs(layers(["conv 8 3", "conv 8 3", "conv 4 1"], "3x8x8"))
    assert "unknown word or variable: c" in refused(network, text.replace("(k, c=width)", "(k)"))


def test_defaults_read_the_names_of_the_file():
    """A variable in the defaults is the file's, whatever a block calls its parameter."""
    text = """
        input: 4x8x8
        vars: {c: 2}
        defaults: {conv: g=c}
        blocks: {"b(c)": [conv c 3]}
        layers: [b 4, b 8]
        """

    assert costs(network(text)) == costs(layers(["conv 4 3 g=2", "conv 8 3 g=2"], "4x8x8"))


def test_what_is_attached_gives_way_to_labels():
    """A norm or an activation is numbered past a label of its name."""
    assert names(layers(["conv 4 3 relu", "relu1: conv 4 3"])) == ["conv1", "relu2", "relu1"]


def test_line_breaks_divide_layers():
    """In a text of several lines each line is a layer, with a comma or without."""
    text = "input: 3x8x8\nlayers: |\n  conv 4 3\n  relu,\n  bn\n"

    assert costs(network(text)) == costs(layers(["conv 4 3", "relu", "bn"], "3x8x8"))
    assert costs(line("conv 4 3\nbn")) == costs(line("conv 4 3, bn"))


def test_blocks_call_blocks_and_take_labels():
    """A parameter may hold a label, of whatever scope it was passed from."""
    text = """
        input: 3x8x8
        blocks:
          join(skip): [concat @skip]
          up(c, skip): [conv c 3 same, join skip]
        layers:
          - a: conv 4 3 same
          - b: conv 5 3 same
          - for: {c: [6, 7], skip: [b, a]}
            do: up c skip
        """
    flat = ["a: conv 4 3 same", "b: conv 5 3 same", "conv 6 3 same", "concat @b", "conv 7 3 same", "concat @a"]

    assert costs(network(text)) == costs(layers(flat, "3x8x8"))


def test_a_label_in_a_block_is_local():
    """Each call has its own label; the file's label of that name is looked up only where the block has none."""
    text = """
        input: 3x8x8
        blocks:
          own: [top: conv 3 3 same, conv 3 3 same, add @top]
          outer: [conv 3 3 same, add @first]
        layers: [first: conv 3 3 same, own, own, outer]
        """
    flat = ["f: conv 3 3 same", "a: conv 3 3 same", "conv 3 3 same", "add @a", "b: conv 3 3 same", "conv 3 3 same"]

    assert costs(network(text)) == costs(layers([*flat, "add @b", "conv 3 3 same", "add @f"], "3x8x8"))


def test_several_inputs_and_outputs():
    """All inputs are current at the start; outputs are what is listed."""
    report = network("""
        inputs: {left: 3x8x8, right: 1x8x8}
        outputs: [sides, top]
        layers:
          - concat
          - top: conv 2 3
          - from: left
          - sides: conv 4 1
        """)

    assert report.graph.inputs == {"left": (3, 8, 8), "right": (1, 8, 8)}
    assert report.graph.outputs == ("sides", "top")
    assert [row.profile.output for row in report.rows] == [(4, 8, 8), (2, 6, 6), (4, 8, 8)]


@pytest.mark.parametrize("shape", ["3x8x9", "3 x 8 x 9", "3, 8, 9", "[3, 8, 9]", "[3, n, n+1]", "3 x n x (n+1)"])
def test_ways_to_write_an_input(shape):
    """A shape is sizes divided by x or commas, or a list, and may hold variables."""
    report = network(f"input: {shape}\nvars: {{n: 8}}\nlayers: [relu]")

    assert report.graph.inputs == {"input": (3, 8, 9)}


@pytest.mark.parametrize(
    ("shape", "kernel", "output"),
    [("4x10", "3", (8, 8)), ("4x10x11", "3x5", (8, 8, 7)), ("4x10x11x12", "1x3x5/1x2x1", (8, 10, 5, 8))],
)
def test_the_axes_of_the_input_make_the_dimensions(shape, kernel, output):
    """One kind is a convolution in one, two and three dimensions."""
    assert line(f"conv 8 {kernel}", shape=shape).rows[0].profile.output == output


def test_names_are_labels_or_kinds_with_numbers_within_their_block():
    """What is attached to a labelled layer is named after it."""
    report = network("""
        input: 3x8x8
        blocks: {basic: [conv 3 3 same relu]}
        layers:
          - conv 3 3 same bn relu
          - e1: conv 3 3 same relu
          - e2: conv 3 3 same relu *2
          - basic *2
          - last: basic
          - stage: [conv 3 1, conv 3 1]
          - conv 3 1
          - repeat: 2
            do: {in_loop: conv 3 1}
        """)

    assert names(report) == [
        *("conv1", "bn1", "relu1", "e1", "e1.relu", "e2.conv1", "e2.relu1", "e2.conv2", "e2.relu2"),
        *("basic1.conv1", "basic1.relu1", "basic2.conv1", "basic2.relu1", "last.conv1", "last.relu1"),
        *("stage.conv1", "stage.conv2", "conv2", "in_loop1", "in_loop2"),
    ]


def test_a_number_gives_way_to_a_label():
    """Where a label is called like the second convolution, that one is the third."""
    assert names(layers(["conv 3 3", "conv 3 3", "conv2: conv 3 3"])) == ["conv1", "conv3", "conv2"]


@pytest.mark.parametrize(
    ("items", "found"),
    [
        (["relu6", "relu6", "relu"], ["relu6_1", "relu6_2", "relu1"]),
        (["conv 3 1 relu6", "relu6"], ["conv1", "relu6_1", "relu6_2"]),
        (["relu6_1: relu6", "relu6"], ["relu6_1", "relu6_2"]),
        (["{repeat: 2, do: {up3: pass}}", "{repeat: 2, do: {up: pass}}"], ["up3_1", "up3_2", "up1", "up2"]),
        (["stage *2", "stage2 *2"], ["stage1.pass1", "stage2.pass1", "stage2_1.pass1", "stage2_2.pass1"]),
        (["stage2_", "stage_"], ["stage2__1.pass1", "stage_1.pass1"]),
    ],
)
def test_a_number_does_not_run_into_a_digit(items, found):
    """D7: a word that ends in a digit has a _ before its number: the first relu6 is no sixty-first relu."""
    blocks = "{stage: [pass], stage2: [pass], stage2_: [pass], stage_: [pass]}"

    assert names(layers(items, blocks=blocks)) == found


@given(*[st.tuples(st.from_regex(r"[a-c][a12_]{0,3}", fullmatch=True), st.integers(1, 30))] * 2)
def test_a_name_is_of_one_word_and_number(one, other):
    """D7: no two words make the same name, whatever their numbers."""
    assert (numbered(*one) == numbered(*other)) == (one == other)


def test_settings_take_the_place_of_variables():
    """A variable that hangs on another follows it."""
    text = "input: 3x8x8\nvars: {k: 4, wide: 2*k, depth: [1, 2]}\nlayers: [{for: {n: depth}, do: conv wide 1 *n}]"

    assert len(network(text).rows) == 3
    assert [row.profile.output[0] for row in network(text, "k=8", "depth=1,0,1").rows] == [16, 16]
    assert [row.profile.output[0] for row in network(text, "wide=5", "depth=[1]").rows] == [5]


def test_settings_are_the_variables_of_a_command_line():
    """A line has the variables that --set gives, in its input as well."""
    given = parse_settings(["k=8", "wide=2*k"])
    report = build(parse_lines(["conv wide 3"], given, parse_inputs(["3 x k x k"])))

    assert report.rows[0].profile.output == (16, 6, 6)


@pytest.mark.parametrize(
    ("shape", "warnings"),
    [
        ("3x224x224", []),
        ("1x28x28", []),
        ("3x16x112x112", []),
        ("1x16x64x64", []),
        ("64x7x1", []),
        (
            "1x3x224x224",
            ["the input 1x3x224x224 reads as 1 channel of 3x224x224; of an image, its batch is not written: 3x224x224"],
        ),
        (
            "224x224x3",
            ["the input 224x224x3 reads as 224 channels of 224x3; of an image, channels come first: 3x224x224"],
        ),
    ],
)
def test_a_doubtful_input_is_warned_of(shape, warnings):
    """A batch, or channels that come last, are read as what they are not."""
    assert warnings_about(line("relu", shape=shape)) == warnings


GREY = "the input {0}x{0} reads as {0} channels of {0}; of a grey image, its one channel is written: 1x{0}x{0}"
BATCH = "the input {0}x{1} reads as {0} channels of {1}; of an image, its batch is not written: {1}"


@pytest.mark.parametrize(
    ("shape", "text", "warnings"),
    [
        ("28x28", "conv 8 3, maxpool 2", [GREY.format(28)]),
        ("64x64", "bn, conv 64 1, relu, conv 64 3", [GREY.format(64)]),
        ("16x16", "maxpool 2", [GREY.format(16)]),
        ("28x32", "conv 8 3", []),
        ("8x8", "conv 8 3", []),
        ("64x64", "conv 64 1, attention 8", []),
        ("64x64", "lstm 8", []),
        ("64x64", "flatten, linear 8", []),
        ("64x64", "reshape 1x64x64, conv 8 3", []),
        ("28x28", "avgpool 7/7, conv 8 2", [GREY.format(28)]),
        ("32x3x32x32", "conv 8 3", [BATCH.format(32, "3x32x32")]),
        ("16x1x8x8", "relu, conv 8 1, conv 8 3 same", [BATCH.format(16, "1x8x8")]),
        ("8x4x16x16", "conv 8 3", [BATCH.format(8, "4x16x16")]),
        ("8x3x16x112x112", "conv 8 3", [BATCH.format(8, "3x16x112x112")]),
        ("64x4x28x28", "conv 64 3x3x3", []),
        ("64x4x28x28", "conv 64 1x3x3", []),
        ("64x4x28x14", "conv 64 3", []),
        ("64x3x7x7", "conv 64 3", []),
        ("3x8x112x112", "conv 64 3", []),
        ("32x3x32x32", "conv 8 1 relu", []),
        ("n,n", "conv 8 3", []),
    ],
)
def test_an_input_that_lacks_its_channel_or_has_its_batch_is_warned_of(shape, text, warnings):
    """D5: where a kernel of one number slides over it: kernels with a number for each axis know what they are for."""
    variant = NetworkArguments(layers=[text], inputs=[shape]).one()

    with variant.computing():
        assert warnings_about(variant.report()) == warnings


@pytest.mark.parametrize(
    ("shape", "text", "way"),
    [
        ("28x28", "conv 8 3x3", "try: 1x28x28, if that is an image of one channel: 28x28 is 28 channels of 28"),
        ("28x28", "relu, maxpool 2x2", "try: 1x28x28, if that is an image of one channel: 28x28 is 28 channels of 28"),
        ("32x3x32x32", "conv 8 3x3", "try: 3x32x32, if 32 is a batch, which is not written"),
    ],
)
def test_a_kernel_with_more_numbers_or_fewer_than_axes_asks_about_the_input(shape, text, way):
    """D5: what the input may be is told, and works."""
    message = refused(lambda: line(text, shape=shape))

    assert message.endswith(f"  | {way}")
    assert line(text, shape=way.removeprefix("try: ").partition(",")[0]).rows


def test_a_needless_bias_is_warned_of():
    """A norm right behind a layer takes its bias away again, but not where it is asked for or read elsewhere, too."""
    biased = layers(["conv 4 3", "bn", "conv 4 3", "instancenorm", "conv 4 3 bn bias", "conv 4 3", "gn 2"])

    assert warnings_about(biased) == [
        "net.yaml:3:5: conv1: bn1 takes its bias away again; write -bias",
        "net.yaml:5:5: conv2: instancenorm1 takes its bias away again; write -bias",
    ]
    assert warnings_about(layers(["a: conv 4 3", "bn", "add @a"])) == []


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("conv 8 3 same", {"3x8x8": (8, 8, 8)}),
        ("conv 8 4 same", {"3x8x8": (8, 8, 8), "3x7x7": (8, 7, 7)}),
        ("conv 8 4 half", {"3x8x8": (8, 9, 9), "3x7x7": (8, 8, 8)}),
        ("conv 8 3 same d=2", {"3x8x8": (8, 8, 8)}),
        ("conv 8 3 half d=2", {"3x8x8": (8, 8, 8)}),
        ("conv 8 3/2 same", {"3x8x8": (8, 4, 4), "3x7x7": (8, 4, 4)}),
        ("conv 8 3/2 half", {"3x8x8": (8, 4, 4), "3x7x7": (8, 4, 4)}),
    ],
)
def test_same_and_half(text, inputs):
    """`same` keeps ceil(size / stride); `half` adds half of the extent, which agrees for odd extents only."""
    for shape, output in inputs.items():
        assert line(text, shape=shape).rows[0].profile.output == output


WORDS = st.lists(st.sampled_from(["conv 4 3", "conv 4 1 bn", "pass", "relu", "maxpool 1", "dwconv 3 same"]), min_size=1)


@given(st.lists(WORDS, min_size=2, max_size=4))
def test_branches_cost_what_they_cost_alone(branches):
    """The weights of branches add up, and each branch reads what the join's own input is."""
    alone = [line(", ".join(branch)) for branch in branches]
    sizes = {report.rows[-1].profile.output[1:] for report in alone}
    text = f"concat({' | '.join(', '.join(branch) for branch in branches)})"
    if len(sizes) > 1:
        assert "concat needs tensors that agree in all but channels" in refused(line, text)
    else:
        joined = line(text)
        assert joined.params == sum(report.params for report in alone)
        assert joined.macs == sum(report.macs for report in alone)
        assert joined.rows[-1].profile.output[0] == sum(report.rows[-1].profile.output[0] for report in alone)


@pytest.mark.parametrize(
    ("line", "made", "last"),
    [
        ("conv k 1 *1000", 1, (4, 8, 8)),
        ("'(conv k 1, conv 2*k 1) *500'", 2, (8, 8, 8)),
        ("conv C+k 1 *10", 10, (43, 8, 8)),
        ("{for: {i: [1, 2, 3]}, do: conv k+i 1}", 3, (7, 8, 8)),
    ],
)
def test_a_repetition_makes_a_layer_once(line, made, last, monkeypatch):
    """A2: what reads variables alone is evaluated once, and what reads the current channels each time."""
    usual, calls = LayerPlan.layer, []
    monkeypatch.setattr(LayerPlan, "layer", lambda plan, *given: calls.append(plan) or usual(plan, *given))
    report = network(f"input: 3x8x8\nvars: {{k: 4}}\nlayers: [{line}]")

    assert len(calls) == made
    assert report.rows[-1].profile.output == last
