"""Batches, bytes, and weights that layers share: closed forms, and networks that differ in nothing else."""

from fractions import Fraction
from math import prod

import pytest
from command_line import counted, uncoded
from descriptions import layers, line, network, refused
from hypothesis import assume, given
from hypothesis import strategies as st

from convcalc.errors import DescriptionError
from convcalc.network.measures import measured
from convcalc.network.profiling import profiled
from convcalc.network.terms import DTYPES, Terms
from convcalc.pages.count import COLUMN_KEYS
from convcalc.questions.doubts import warnings_about

BITS = {"fp32": 32, "fp16": 16, "bf16": 16, "int8": 8, "int4": 4}
"""Of each type."""

LAYERS = (
    "conv 4 3 same bn relu", "conv 3 3/2 -bias", "dwconv 3 same", "maxpool 2", "avgpool 3/1", "conv 5 1", "bn",
    "upconv 2 2/2", "linear 7", "gap", "lrn", "dropout", "flatten", "attention 1", "sepconv 4 3", "upsample 2",
    "residual(conv C 3 same bn relu, conv C 1)", "concat(conv 3 1 | maxpool 3/1 p=1 | pass)", "ln gelu", "prelu",
    "add(pass | (conv C 1 share=w) *2)", "mul(pass | gap, conv C 1)", "local_conv 2 3", "gn groups=1", "scale bias",
)  # fmt: skip  # a list reads better in lines


@st.composite
def networks(draw):
    """Some layers that fit behind each other, on a small image."""
    shape = f"{draw(st.integers(1, 3))}x{draw(st.integers(3, 9))}x{draw(st.integers(3, 9))}"
    kept = []
    for step in draw(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=5, unique=True)):
        try:
            line(", ".join([*kept, step]), shape=shape)
        except DescriptionError:
            continue
        kept.append(step)
    assume(kept)
    return line(", ".join(kept), shape=shape)


def taken(numbers, dtype):
    """The least whole bytes that hold so many numbers."""
    return -(-numbers * BITS[dtype] // 8)


OF_WORK = ("macs", "operations", "activations", "activation_bytes", "parameter_bytes", "moved_bytes")


def measured_all(report, terms, keys=OF_WORK):
    """Some measures of a network on some terms."""
    return {key: measured(key, report.rows, terms) for key in keys}


@given(networks(), st.integers(1, 300), st.sampled_from(sorted(BITS)))
def test_measures_are_sums_over_layers(report, batch, dtype):
    """Each tensor takes whole bytes of its own; a layer reads its inputs and parameters once, and writes its output."""
    made = [batch * prod(row.profile.output) for row in report.rows]
    read = [batch * prod(shape) for row in report.rows for shape in row.inputs]
    own = [number for row in report.rows for number in (row.profile.weights, row.profile.biases)]
    once = [number for row in report.rows if not row.repeated for number in (row.profile.weights, row.profile.biases)]

    assert measured_all(report, Terms(batch, dtype)) == {
        "macs": batch * report.macs,
        "operations": batch * sum(row.profile.operations for row in report.rows),
        "activations": sum(made),
        "activation_bytes": sum(taken(numbers, dtype) for numbers in made),
        "parameter_bytes": sum(taken(numbers, dtype) for numbers in once),
        "moved_bytes": sum(taken(numbers, dtype) for numbers in (*made, *read, *own)),
    }
    assert sum(once) == report.params


@pytest.mark.parametrize(
    ("dtype", "batch", "parameter_bytes", "activation_bytes", "moved_bytes"),
    [
        ("fp32", 1, 4 * (27 * 5 + 5), 4 * 5 * 49, 4 * (3 * 81 + 27 * 5 + 5 + 5 * 49)),
        ("fp16", 1, 2 * (27 * 5 + 5), 2 * 5 * 49, 2 * (3 * 81 + 27 * 5 + 5 + 5 * 49)),
        ("bf16", 3, 2 * (27 * 5 + 5), 3 * 2 * 5 * 49, 2 * (3 * 3 * 81 + 27 * 5 + 5 + 3 * 5 * 49)),
        ("int8", 2, 27 * 5 + 5, 2 * 5 * 49, 2 * 3 * 81 + 27 * 5 + 5 + 2 * 5 * 49),
        # 135 weights are 67 bytes and a half, 5 biases are 2 and a half, 245 numbers 122 and a half, 243 121 and a half
        ("int4", 1, 68 + 3, 123, 122 + 68 + 3 + 123),
        ("int4", 2, 68 + 3, 245, 243 + 68 + 3 + 245),
    ],
)
def test_bytes_of_a_convolution(dtype, batch, parameter_bytes, activation_bytes, moved_bytes):
    """Of five 3x3 filters on a 3x9x9 image: weights and biases are tensors of their own, rounded up to whole bytes."""
    found = measured_all(line("conv 5 3", shape="3x9x9"), Terms(batch, dtype))

    assert found["parameter_bytes"] == parameter_bytes
    assert found["activation_bytes"] == activation_bytes
    assert found["moved_bytes"] == moved_bytes


@pytest.mark.parametrize("dtype", DTYPES)
def test_each_type_has_its_bits(dtype):
    """Two numbers of 4 bits share a byte; no other type shares any."""
    assert DTYPES.keys() == BITS.keys()
    assert [Terms(dtype=dtype).bytes(numbers) for numbers in range(4)] == [
        taken(numbers, dtype) for numbers in range(4)
    ]
    assert Terms(dtype="int4").bytes(3) == 2


SCALED = {"macs", "operations", "activations", "activation_bytes"}
CHANGED = SCALED | {"moved_bytes", "intensity"}


@pytest.mark.parametrize("net", ["alexnet", "resnet18", "c3d"])
def test_a_batch_multiplies_what_is_done_for_each_sample(net):
    """MACs, operations and activations, and no parameter, no statistic, no shape, no share and no receptive field."""
    columns = ",".join(COLUMN_KEYS)
    one, many = (counted(net, "--columns", columns, "--batch", str(batch)) for batch in (1, 7))

    for row, other in zip(one["layers"], many["layers"], strict=True):
        assert {key: 7 * row[key] for key in SCALED} == {key: other[key] for key in SCALED}
        assert {key: row[key] for key in row.keys() - CHANGED} == {key: other[key] for key in row.keys() - CHANGED}
        parameters = other["moved_bytes"] - 7 * (other["moved_bytes"] - row["moved_bytes"]) // 6
        assert parameters == row["parameter_bytes"]
    assert (one["batch"], many["batch"]) == (1, 7)
    assert {key for key in one["totals"] if one["totals"][key] != many["totals"][key]} == SCALED | {"moved_bytes"}


@pytest.mark.parametrize(("dtype", "bits"), BITS.items())
def test_a_type_changes_bytes_alone(dtype, bits):
    """Nothing but bytes hangs on it; of even numbers, they are as many as the bits say."""
    plain, typed = (counted("vgg16", "--columns", ",".join(COLUMN_KEYS), *given) for given in ((), ("--dtype", dtype)))
    sizes = {"parameter_bytes", "activation_bytes", "moved_bytes"}

    for row, other in zip(plain["layers"], typed["layers"], strict=True):
        assert {key: row[key] * bits // 32 for key in sizes} == {key: other[key] for key in sizes}
        unchanged = row.keys() - sizes - {"intensity"}
        assert {key: row[key] for key in unchanged} == {key: other[key] for key in unchanged}
    assert typed["dtype"] == dtype


@pytest.mark.parametrize("net", ["alexnet", "mobilenet_v2"])
def test_intensity_is_macs_for_each_byte_that_is_moved(net):
    """As a ratio, of each row by itself."""
    for row in counted(net, "--columns", "name,macs,moved_bytes,intensity", "--batch", "3")["layers"]:
        assert row["intensity"] == float(Fraction(row["macs"], row["moved_bytes"]))


def test_a_map_that_is_read_twice_is_moved_twice():
    """Each layer reads its inputs for itself: of a residual, the input is read by two, and written by none."""
    report = line("residual(conv 3 1 -bias)", shape="3x4x4")

    assert measured("moved_bytes", report.rows, Terms(dtype="int8")) == (48 + 9 + 48) + (48 + 48 + 48)


LEARNING = (
    "conv 4 3 same", "conv 4 3 same bn relu", "conv 4 5 same -bias d=2", "dwconv 3 same bn", "sepconv 4 3 same ln",
    "upconv 4 3 p=1", "bn", "prelu C", "gn groups=2", "scale bias", "attention 2", "window_attention 2 3",
    "local_conv 4 1", "deform_conv 4 3 p=1", "position_embedding", "rmsnorm", "concat(conv 2 1 | conv 2 3 same bn)",
    "residual(conv 4 1 bn relu, conv 4 3 same)", "linear 4*36, reshape 4x6x6",
)  # fmt: skip  # a list reads better in lines
"""Layers that learn something of a 4x6x6 map, and leave its shape as it is."""


def compared(shared, apart, times):
    """Compare a network whose items have their weights in common with the same network without, of `times` items."""
    assert [row.profile for row in shared.rows] == [row.profile for row in apart.rows]
    for one in ("weights", "biases"):
        assert times * getattr(shared, one) == getattr(apart, one)
    assert times * sum(row.statistics for row in shared.rows) == sum(row.statistics for row in apart.rows)
    found, other = (measured_all(report, Terms()) for report in (shared, apart))
    assert times * found.pop("parameter_bytes") == other.pop("parameter_bytes")
    assert found == other
    assert profiled(shared.graph) == shared
    assert any(row.repeated for row in shared.rows) == (times > 1)


@pytest.mark.parametrize("layer", LEARNING)
@pytest.mark.parametrize("times", [1, 2, 5])
def test_shared_weights_count_once(layer, times):
    """A layer, or several, used n times: parameters and statistics count where they are first used, work each time."""
    items = [f'"{part}"' for part in layer.split(", ")] if layer.startswith("linear") else [f'"{layer}"']
    item = f"[{', '.join(items)}]"
    shared = layers([f"{{share: w, do: {item}}}"] * times, "4x6x6")

    compared(shared, layers([item] * times, "4x6x6"), times)


@pytest.mark.parametrize("times", [1, 3])
def test_weights_are_shared_in_many_ways(times):
    """Behind a layer, a join or a block, around any item, in the long form, and in whatever repeats."""
    blocks = 'blocks:\n  tower(c): ["conv c 3 same bn relu", {residual: [conv c 1, conv c 1 bn]}]\n'

    def built(item):
        return network(f"input: 4x6x6\n{blocks}layers:\n  - {item}\n")

    pairs = [
        ("conv 4 3 same bn share=w *{n}", "conv 4 3 same bn *{n}"),
        ("conv: {{out_channels: 4, kernel_size: 1, share: w}}", "conv: {{out_channels: 4, kernel_size: 1}}"),
        ("tower 4 share=w *{n}", "tower 4 *{n}"),
        ("{{repeat: {n}, do: {{share: w, do: tower 4}}}}", "{{repeat: {n}, do: tower 4}}"),
        ("{{for: {{c: {cs}}}, do: tower c share=w}}", "{{for: {{c: {cs}}}, do: tower c}}"),
        ('"(residual(conv 4 1 bn) share=w) *{n}"', '"(residual(conv 4 1 bn)) *{n}"'),
        ('"(concat(conv 2 1 | conv 2 1) share=w) *{n}"', '"(concat(conv 2 1 | conv 2 1)) *{n}"'),
    ]
    for shared, apart in pairs:
        own = times if "{n}" in shared or "{cs}" in shared else 1
        values = {"n": times, "cs": [4] * times}
        compared(built(shared.format(**values)), built(apart.format(**values)), own)


def test_a_shared_layer_counts_where_it_is_first_used():
    """Later rows have no parameters of their own, and all else as before."""
    report = line("conv 4 3 same share=w bn, conv 4 3 same share=w bn, gap", shape="4x6x6")

    assert [(row.node.name, row.repeated, row.weights, row.biases, row.statistics) for row in report.rows] == [
        ("conv1", False, 4 * 4 * 9, 0, 0),
        ("bn1", False, 4, 4, 8),
        ("conv2", True, 0, 0, 0),
        ("bn2", True, 0, 0, 0),
        ("gap1", False, 0, 0, 0),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "conv 4 3 same share=w, conv 4 3/2 share=w, conv 4 3 d=2 p=2 share=w, conv 4 3x3/1x2 half share=w",
        "dwconv 3 same share=w, dwconv 3/2 d=2 p=2 share=w",
        "upconv 4 3 share=w, upconv 4 3/2 p=1 output_padding=1 share=w",
        "window_attention 2 3 share=w, maxpool 2, window_attention 2 3 share=w",
        "linear 4 share=w, reshape 4x1x1, upsample 8, linear 4 share=w",
        "conv 4 1 share=w, conv 4 1x1 share=w",
    ],
)
def test_how_a_window_steps_is_no_weight(text):
    """Stride, padding, dilation and rounding may differ between layers that share; so may the size of the map."""
    report = line(text, shape="4x8x8")
    shared = [row for row in report.rows if row.node.share]

    assert [row.repeated for row in shared] == [False] + [True] * (len(shared) - 1)
    assert report.params == shared[0].profile.params
    assert profiled(report.graph) == report
    assert warnings_about(report) == []


REFUSED = [
    (
        "conv 4 3 share=w, conv 8 3 share=w",
        (
            "conv1 has the weights of share=w, which are those of conv 3x3 out_channels=4 with 144 weights and 4 "
            "biases, and not of conv 3x3 out_channels=8 with 288 weights and 8 biases\n"
            " --> --layer:1:19   conv2\n"
            "  |\n"
            "1 | conv 4 3 share=w, conv 8 3 share=w\n"
            "  |                   ^^^^\n"
            "  | the input of conv2 is 4x6x6 (from conv1, line 1)"
        ),
    ),
    (
        "conv 4 1x9 p=0x4 share=w, conv 4 3 share=w",
        (
            "conv1 has the weights of share=w, which are those of conv 1x9 with 144 weights and 4 biases, "
            "and not of conv 3x3 with 144 weights and 4 biases\n"
            " --> --layer:1:27   conv2\n"
            "  |\n"
            "1 | conv 4 1x9 p=0x4 share=w, conv 4 3 share=w\n"
            "  |                           ^^^^\n"
            "  | the input of conv2 is 4x8x8 (from conv1, line 1)"
        ),
    ),
    (
        "concat(conv 4 3 share=w | conv 2 3), conv 4 3 share=w",
        (
            "conv1 has the weights of share=w, which are those of conv 3x3 with 144 weights and 4 biases, "
            "and not of conv 3x3 with 216 weights and 4 biases\n"
            " --> --layer:1:38   conv3\n"
            "  |\n"
            "1 | concat(conv 4 3 share=w | conv 2 3), conv 4 3 share=w\n"
            "  |                                      ^^^^\n"
            "  | the input of conv3 is 6x6x6 (from concat1, line 1)"
        ),
    ),
    (
        "conv 4 3 share=w bn, conv 4 3 share=w -bias",
        (
            "share=w is for 2 layers that learn, but here is 1\n"
            " --> --layer:1:37\n"
            "  |\n"
            "1 | conv 4 3 share=w bn, conv 4 3 share=w -bias\n"
            "  |                                     ^"
        ),
    ),
    (
        "bn share=w, gn groups=4 share=w",
        (
            "bn1 has the weights of share=w, which are those of bn with 4 weights and 4 biases, "
            "and not of gn groups=4 with 4 weights and 4 biases\n"
            " --> --layer:1:13   gn1\n"
            "  |\n"
            "1 | bn share=w, gn groups=4 share=w\n"
            "  |             ^^\n"
            "  | the input of gn1 is 4x8x8 (from bn1, line 1)"
        ),
    ),
    (
        "w: conv 4 3 share=w, conv 4 3 share=w",
        (
            "w is both a label and the name of shared weights\n"
            " --> --layer:1:19\n"
            "  |\n"
            "1 | w: conv 4 3 share=w, conv 4 3 share=w\n"
            "  |                   ^\n"
            "  | w is a label at --layer:1:1\n"
            "  | try: another name behind share=, the same on each item that has the same weights"
        ),
    ),
    (
        "conv 4 3 share=relu",
        (
            "relu cannot be the name of shared weights: it is the name of a kind of layer\n"
            " --> --layer:1:16\n"
            "  |\n"
            "1 | conv 4 3 share=relu\n"
            "  |                ^^^^"
        ),
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_weights_that_cannot_be_shared(text, message):
    """Layers of another kind, with other channels, another kernel, or with a norm have weights of their own."""
    assert uncoded(refused(line, text, shape="4x8x8")) == f"error: {message}"


def test_weights_of_blocks_that_differ():
    """Something of other layers, or of more, cannot have the same weights."""
    text = "input: 4x8x8\nlayers:\n  - {share: w, do: [conv 4 3 same, conv 4 1]}\n  - {share: w, do: [%s]}\n"

    assert refused(network, text % "conv 4 3 same, conv 4 1, conv 4 1") == (
        "error[shared-weights]: share=w is for 2 layers that learn, but here are 3\n"
        " --> net.yaml:4:13\n"
        "  |\n"
        "4 |   - {share: w, do: [conv 4 3 same, conv 4 1, conv 4 1]}\n"
        "  |             ^"
    )
    assert refused(network, text % "conv 4 1, conv 4 3 same").startswith(
        "error[shared-weights]: conv1 has the weights of share=w, which are those of conv 3x3 "
        "with 144 weights and 4 biases, "
        "and not of conv 1x1 with 16 weights and 4 biases\n"
        " --> net.yaml:4:21   conv3\n"
    )
    assert network(text % "conv 4 3 same, relu, conv 4 1, dropout").params == 4 * 4 * 9 + 4 + 4 * 4 + 4


@pytest.mark.parametrize("value", ["[a, b]", "{a: b}", ""])
def test_weights_have_one_name(value):
    """Two names would be two sets of weights, none would be nothing to share."""
    message = refused(network, f"input: 4x8x8\nlayers:\n  - share: {value}\n    do: conv 4 3\n")

    assert message.splitlines()[:2] == [
        "error[wrong-form]: share takes a name",
        f" --> net.yaml:3:{12 if value else 11}",
    ]


def test_a_mismatch_in_a_finished_graph_is_told_as_well():
    """A graph that was changed after it was built is looked at again."""
    one, other = (line(text, shape="4x8x8").graph for text in ("conv 4 3 share=w *2", "conv 4 3 share=w, conv 4 5"))
    broken = type(one)(one.name, one.inputs, (one.nodes[0], other.nodes[1]._replace(share="w")), one.outputs)

    assert refused(profiled, broken).startswith(
        "error[shared-weights]: conv1 has the weights of share=w, which are those of conv 3x3 "
        "with 144 weights and 4 biases, "
        "and not of conv 5x5 with 400 weights and 4 biases"
    )


def test_the_names_of_further_layers_take_nobody_elses():
    """The second layer under share=w has weights of its own name, which share=w_2 is not, if somebody writes that."""
    text = "concat(conv 2 3 same | conv 2 3 same) share=w"
    report = line(f"{text}, conv 2 3 same share=w_2, conv 4 1, {text}, conv 2 3 same share=w_2", shape="4x6x6")
    shares = [(row.node.share, row.repeated) for row in report.rows if row.node.share]

    assert shares == [
        ("w", False), ("w_3", False), ("w_2", False), ("w", True), ("w_3", True), ("w_2", True),
    ]  # fmt: skip  # two rounds
    assert report.params == 3 * (2 * 4 * 9 + 2) + 4 * 2 + 4


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("conv 4 3 share=w", ["--layer:1:1: conv1: nothing else has share=w, so that nothing is shared"]),
        ("conv 4 3 share=w_2", ["--layer:1:1: conv1: nothing else has share=w_2, so that nothing is shared"]),
        ("conv 4 3 share=w bn", ["--layer:1:1: conv1: nothing else has share=w, so that nothing is shared"]),
        (
            "conv 4 3 share=v, conv 4 3 share=w *2, conv 4 1 share=u",
            [
                "--layer:1:1: conv1: nothing else has share=v, so that nothing is shared",
                "--layer:1:40: conv4: nothing else has share=u, so that nothing is shared",
            ],
        ),
        ("conv 4 3 share=w *2", []),
        ("relu share=w", []),
    ],
)
def test_weights_that_nobody_shares_are_warned_of(text, warnings):
    """A name that stands only once is likely misspelt."""
    assert warnings_about(line(text, shape="4x9x9")) == warnings
