"""A network as a description: what is written is read as the same network."""

from textwrap import dedent

import pytest
from descriptions import costs
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from widenings import alike, bundled, descriptions, lines, read_again, variant, widened_net

from convcalc.errors import DescriptionError
from convcalc.language.words import TAKEN
from convcalc.layers.base import COSTS
from convcalc.layers.kinds import ACTIVATIONS, KINDS, NORMS, kind_class
from convcalc.layers.options import schema
from convcalc.sources.bundled import bundled as nets
from convcalc.targets.description import description_text

NETS = list(nets())

STRIDES = ["", "/2", "/1", "/2x1"]
KERNELS = ["3", "3x2", "1x1", "(2+1)"]
PADDINGS = ["", "same", "half", "valid", "same_lower", "p=1", "p=1x2", "p=0:1", "p=0:1x2:0", "p=0"]
DILATIONS = ["", "d=2", "d=1x2"]
BIAS = ["", "bias", "-bias"]
AFFINE = ["", "affine=false", "affine=true", "-affine"]
NORM = ["", *NORMS]
ACTIVATION = ["", *ACTIVATIONS]

WINDOW = {"kernel_size": [f"{kernel}{stride}" for kernel in KERNELS for stride in STRIDES], "padding": PADDINGS}
CONV = {"out_channels": ["6", "8"], **WINDOW, "dilation": DILATIONS, "bias": BIAS, "norm": NORM, "act": ACTIVATION}
GROUPED = {**CONV, "groups": ["", "g=2"]}
POOL = {**WINDOW, "rounding": ["", "ceil", "floor", "caffe"]}
RECURRENT = {
    "hidden_size": ["5"],
    "num_layers": ["", "num_layers=2"],
    "bidirectional": ["", "bidirectional"],
    "bias": BIAS,
}
HEADS = {
    "head_dim": ["", "head_dim=3"],
    "bias": BIAS,
    "relative_position": ["", "relative_position", "relative_position=false"],
}
TEXTS = {
    "conv": GROUPED,
    "dwconv": {**{key: CONV[key] for key in CONV if key != "out_channels"}, "multiplier": ["", "multiplier=2"]},
    "sepconv": {**CONV, "multiplier": ["", "multiplier=3"]},
    "upconv": {**GROUPED, "output_padding": ["", "output_padding=1", "output_padding=0x1"]},
    "table_conv": {
        "connections": ["0:1x1:2:3x7", "0x1", "5"],
        **{key: CONV[key] for key in CONV if key != "out_channels"},
    },
    "local_conv": {key: CONV[key] for key in CONV if key != "dilation"},
    "deform_conv": {**GROUPED, "offset_groups": ["", "offset_groups=2"], "modulated": ["", "modulated"]},
    "maxpool": {**POOL, "dilation": DILATIONS},
    "avgpool": POOL,
    "lppool": {"kernel_size": POOL["kernel_size"], "rounding": ["", "ceil"], "norm_type": ["", "norm_type=3"]},
    "adaptive_avgpool": {"output_size": ["3", "3x2"]},
    "adaptive_maxpool": {"output_size": ["3", "3x2"]},
    "maxunpool": {**WINDOW, "output_size": ["", "output_size=24", "output_size=24x25"]},
    "upsample": {
        "factor": ["2", "1.5", "2x1.5", "1.2345678", "size=24x30", "size=7"],
        "mode": ["", "bilinear", "mode=bicubic", "nearest"],
    },
    "pixel_shuffle": {"upscale_factor": ["2"]},
    "pixel_unshuffle": {"downscale_factor": ["2", "3"]},
    "pad": {
        "padding": ["1", "0:1x2", "1x0:3"],
        "mode": ["", "mode=reflect", "mode=circular"],
        "channels": ["", "channels=1", "channels=0:3"],
    },
    "crop": {"cropping": ["1", "0:1x2"]},
    "center_crop": {"output_size": ["5", "5x7"]},
    "linear": {
        "out_features": ["5"],
        "over": ["", "over=all", "over=channels"],
        "bias": BIAS,
        "norm": ["", "bn"],
        "act": ACTIVATION,
    },
    "embedding": {"num_embeddings": ["100"], "embedding_dim": ["6"]},
    "flatten": {"start_dim": ["", "0", "1"]},
    "reshape": {"shape": ["4x24x12", "-1", "-1x8"]},
    "permute": {"dims": ["1x2x0", "0x2x1"]},
    "slice": {"start": ["0", "1"], "stop": ["3"], "axis": ["", "axis=2"]},
    "split": {"sections": ["2"], "index": ["0", "1"], "axis": ["", "axis=1"]},
    "channel_shuffle": {"groups": ["4"]},
    "bn": {"affine": AFFINE},
    "ln": {"affine": AFFINE, "over": ["", "over=all", "over=channels"]},
    "gn": {"groups": ["2", "groups=4"], "affine": AFFINE},
    "instancenorm": {"affine": AFFINE},
    "rmsnorm": {"affine": AFFINE},
    "lrn": {"size": ["", "3"]},
    "prelu": {"num_parameters": ["", "C", "num_parameters=8"]},
    "maxout": {"pieces": ["2"]},
    "scale": {"bias": BIAS[:2]},
    "dropout": {"p": ["", "0.5", "0.25", "p=0.1", "0", "0.123456789", "0.0000001"]},
    "attention": {"num_heads": ["2"], **HEADS},
    "window_attention": {"num_heads": ["2"], "window_size": ["3", "2x3"], **HEADS},
    "custom": {"shape": ["100x4", "7"], **{cost: ["", f"{cost}=0", f"{cost}=12"] for cost in COSTS}},
    "lstm": RECURRENT,
    "gru": RECURRENT,
}
"""What may be written behind a kind, for each of its options."""

SHAPES = {"embedding": "20", "lstm": "8x20", "gru": "8x20", "class_token": "8x20"}
JOINS = {"add", "mul", "concat", "matmul"}


def stable(report):
    """The text that a network is written as, which is what the network that is read from it is written as."""
    again = read_again(report)
    assert alike(again) == alike(report)
    assert (again.graph.name, again.params, again.macs) == (report.graph.name, report.params, report.macs)
    text = description_text(report)
    assert description_text(again) == text
    return text


def text_of(layers, **head):
    """The lines of a written description below its head."""
    keys = "".join(f"{key}: {value}\n" for key, value in head.items())
    report = variant(f"{keys}layers: [{', '.join(layers)}]" if isinstance(layers, list) else f"{keys}{dedent(layers)}")
    return stable(report.report()).partition("layers:\n")[2].rstrip("\n").split("\n")


def test_every_option_is_tried():
    """Each kind, and each of its options, is among those that are written below."""
    options = {kind: set(schema(kind)) - {"stride"} for kind in KINDS if schema(kind) and kind not in JOINS}
    options["upsample"] = {"factor", "mode"}

    assert {kind: set(tried) - {"norm", "act"} for kind, tried in TEXTS.items()} == options


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in JOINS])
@examples(12)
@given(data=st.data())
def test_every_kind_with_its_options(kind, data):
    """A line of any kind is written as a line that is read as the same layer."""
    words = [data.draw(st.sampled_from(texts)) for texts in TEXTS.get(kind, {}).values()]
    try:
        report = lines(" ".join([kind, *filter(None, words)]), shape=SHAPES.get(kind, "8x12x12")).report()
    except DescriptionError:
        report = None  # options that do not fit each other
    assume(report)

    stable(report)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written(kind):
    """At least once for each kind, with the first of its options."""
    words = [texts[0] for texts in TEXTS.get(kind, {}).values()]
    line = f"{kind}(conv 12 1 | conv 12 1)" if kind in JOINS else " ".join([kind, *filter(None, words)])
    report = lines(line, shape="12x12" if kind == "matmul" else SHAPES.get(kind, "8x12x12")).report()

    assert kind in [word for text in stable(report).split("\n") for word in text.replace(":", "").split()]


@pytest.mark.parametrize("net", NETS)
def test_bundled_networks(net):
    """Each is written as a description that gives it again, and which is written as it is."""
    stable(bundled(net).report())


@pytest.mark.parametrize("net", NETS)
def test_names_of_layers(net):
    """A layer is called as before, with _ for the dots of its blocks, if it may be: relu6 is a kind, too."""
    report = bundled(net).report()
    found, again = ([row.node.name for row in each.rows if not row.node.host] for each in (report, read_again(report)))

    assert again == [f"layer_{name}" if name in TAKEN else name.replace(".", "_") for name in found]


@pytest.mark.parametrize("net", [net for net in NETS if net != "lenet5"])  # its table names the channels that it reads
def test_widened_networks(net):
    """The description of a widened network counts the same as the widened network, row by row."""
    after = widened_net(net, 2).after

    assert alike(read_again(after)) == alike(after)


@examples(60)
@given(descriptions())
def test_any_network(text):
    """A network with variables, blocks and loops is written as one without, which is the same."""
    stable(variant(text).report())


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (["conv 8 3", "relu"], ["  - conv 8 3", "  - relu"]),
        (["conv 8 3 relu bn"], ["  - conv 8 3 bn relu"]),
        (["conv 8 3 bn bias"], ["  - conv 8 3 bias bn"]),
        (["conv 8 3 -bias"], ["  - conv 8 3 -bias"]),
        (["conv 8 3 -bias bn"], ["  - conv 8 3 bn"]),
        (["conv 8 3 same -bias", "bn"], ["  - conv 8 3 same -bias", "  - bn"]),
        (["conv 8 k=3 s=2 p=1"], ["  - conv 8 3/2 p=1"]),
        (["maxpool 2/2", "maxpool 2", "maxpool 2/1"], ["  - maxpool 2/2", "  - maxpool 2", "  - maxpool 2/1"]),
        (["conv 2*C 3 *2"], ["  - conv 6 3", "  - conv 12 3"]),
        (["conv 8 3 fixed"], ["  - conv 8 3 fixed"]),
        (["conv 8 3", "gn 4"], ["  - conv 8 3", "  - gn 4"]),
        (["top: conv 8 3"], ["  - top: conv 8 3"]),
        (["conv1: conv 8 3"], ["  - conv 8 3"]),
        (["conv2: conv 8 3"], ["  - conv2: conv 8 3"]),
        (["pool: [conv 8 3, relu]"], ["  - pool_conv1: conv 8 3", "  - pool_relu1: relu"]),
    ],
)
def test_lines(layers, expected):
    """A line says what its layer has: options that are not what they are unless said, and a name if it must."""
    assert text_of(layers, input="3x16x16") == expected


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (
            """
            layers:
              - e1: conv 4 3 same bn relu
              - conv 4 3 same
              - concat @e1
            """,
            ["  - e1: conv 4 3 same bn relu", "  - conv 4 3 same", "  - concat @e1"],
        ),
        (
            """
            layers:
              - a: conv 4 1
              - b: conv 4 1
              - from: a
              - c: conv 4 1
              - from: input
              - conv 4 1
              - s: add @c @a @b
              - from: b
              - add @s crop relu
            """,
            [
                "  - a: conv 4 1",
                "  - b: conv 4 1",
                "  - from: a",
                "  - c: conv 4 1",
                "  - from: input",
                "  - conv 4 1",
                "  - s: add @c @a @b",
                "  - from: b",
                "  - add crop relu @s",
            ],
        ),
        (
            """
            layers:
              - concat: [conv 4 1, [conv 5 1 relu, conv 6 1], pass]
            """,
            [
                "  - conv1: conv 4 1",
                "  - from: input",
                "  - conv2: conv 5 1 relu",
                "  - conv3: conv 6 1",
                "  - from: input",
                "  - pass1: pass",
                "  - from: conv1",
                "  - concat @conv3 @pass1",
            ],
        ),
        (
            """
            layers:
              - residual: [conv 3 3 same]
                act: relu
            """,
            ["  - conv 3 3 same", "  - add relu @input"],
        ),
    ],
)
def test_joins(layers, expected):
    """The current tensor is not named; `from` is written where another one is first."""
    assert text_of(layers, input="3x8x8") == expected


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("[concat, conv 4 1]", ["  - concat", "  - conv 4 1"]),
        ("[{from: a}, concat @c @b]", ["  - from: a", "  - concat @c @b"]),
        ("[{from: c}, concat @b, concat @a]", ["  - from: c", "  - concat @b", "  - concat @a"]),
        ("[{from: [a, c]}, concat, concat @b]", ["  - from: a", "  - concat @c", "  - concat @b"]),
    ],
)
def test_several_inputs(layers, expected):
    """All that are current at the start are joined without a word, in this order, and otherwise they are named."""
    assert text_of(f"layers: {layers}", inputs="{a: 3x8x8, b: 4x8x8, c: 5x8x8}") == expected


def test_several_outputs():
    """What the network is for is listed, by its labels."""
    text = stable(
        variant("""
            name: Two heads
            input: 3x8x8
            outputs: [left, right]
            layers:
              - conv 4 3 bn relu
              - body: relu
              - left: [conv 2 1, softmax]
              - from: body
              - right: conv 3 1 sigmoid
        """).report()
    )

    assert text == dedent("""\
        name: Two heads
        input: 3x8x8
        outputs: [left_softmax1, right]
        layers:
          - conv 4 3 bn relu
          - body: relu
          - left_conv1: conv 2 1
          - left_softmax1: softmax
          - from: body
          - right: conv 3 1 sigmoid
    """)


def test_an_output_that_is_read_again():
    """A result in the middle may be an output, and what a line attaches behind it is a layer of its own then."""
    text = stable(
        variant("""
            input: 3x8x8
            outputs: [a, b]
            layers: [a: conv 4 3, relu, b: conv 2 1]
        """).report()
    )

    assert "outputs: [a, b]" in text


def test_shared_weights():
    """Layers that share weights do so again: they count once."""
    report = variant("""
        inputs: {left: 1x28x28, right: 1x28x28}
        blocks:
          tower: [conv 16 3 bn relu, maxpool 2, conv 32 3 bn relu, gap]
        layers:
          - from: left
          - one: tower share=tower
          - from: right
          - tower share=tower
          - concat @one
          - linear 1
          - share: last
            do: [linear 1, linear 1]
          - share: last
            do: [linear 1, linear 1]
    """).report()

    assert read_again(report).params == report.params
    assert costs(read_again(report)) == costs(report)
    stable(report)


NAMES = [
    *("yes", "null", "12", "1e5", "a: b", "a #b", " x", "x ", "!x", "&a", "*a", "%a", "@a", "- a", "[a]", "{a}", "'"),
    *('"', "a\\b", "é", "2×2", "tab\there", "~", "|", ">", "?", "`", "🦆 net", "\u2028"),
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_networks(name):
    """Whatever a network is called, it is called so again."""
    quoted = name.replace("'", "''")
    text = stable(variant(f"name: '{quoted}'\ninput: 3x8x8\nlayers: [gap]").report())

    assert text.endswith("\ninput: 3x8x8\nlayers:\n  - gap\n")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=12))
def test_any_name(name):
    """As above."""
    found = variant("name: '{}'\ninput: 3x8x8\nlayers: [gap]".format(name.replace("'", "''"))).report()

    assert read_again(found).graph.name == found.graph.name


@pytest.mark.parametrize(
    ("layers", "labels"),
    [
        ("[{for: {c: [4, 5]}, do: {b: [conv c 1, relu]}}]", ["b1_conv1", "b1_relu1", "b2_conv1", "b2_relu1"]),
        ("[b1: [conv 4 1], b1_conv1: conv 5 1]", ["b1_conv1_2", "b1_conv1"]),
        ("[relu1: conv 4 1, relu, conv 5 1]", ["relu1", "relu2"]),
        ("[relu6, relu, relu6]", []),
    ],
)
def test_labels_are_distinct(layers, labels):
    """A label is the layer's name with _ for dots, and another number where that is taken."""
    found = [line.split(":")[0].strip(" -") for line in text_of(f"layers: {layers}", input="3x8x8") if ":" in line]

    assert sorted(found) == sorted(labels)


def test_all_activations_and_norms_attach():
    """Whatever a line may attach is written in the line of its layer."""
    for norm in NORMS:
        for activation in ACTIVATIONS[:: len(ACTIVATIONS) // 3]:
            line = f"conv 32 3 {norm} {activation}"
            assert stable(lines(line).report()).endswith(f"  - {line}\n")
    assert all(kind_class(kind).reads == (1, 1) for kind in (*NORMS, *ACTIVATIONS))
