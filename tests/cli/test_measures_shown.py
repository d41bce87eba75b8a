"""Columns of receptive fields, of bytes and of other operations, on the terms that a command asks for."""

import json

import pytest
from command_line import called, counted, plain, shown, uncoded, values

from convcalc.network.terms import DTYPES
from convcalc.pages.count import COLUMN_KEYS, COVERS

ODD = ("-i", "3x9x9", "-l", "upsample 1.5x1, upconv 3 1x2/3x1 p=1x0, gap")
"""Steps that no decimal is exact for, and positions that see nothing."""

ASKED = {
    "name", "kind", "description", "inputs", "input", "output", "weights", "biases", "params", "params_share",
    "statistics", "macs", "macs_share", "operations", "activations", "parameter_bytes", "activation_bytes",
    "moved_bytes", "intensity", "fan_in", "receptive_field", "jump", "start", "covers_input",
}  # fmt: skip  # a list reads better in lines
"""The keys of all columns."""


def table(*arguments):
    """The one table of a count."""
    return plain(shown("count", *arguments))


def test_every_column_has_a_key():
    """There are these columns, and no others."""
    assert set(COLUMN_KEYS) == ASKED
    assert len(COLUMN_KEYS) == len(ASKED)


@pytest.mark.parametrize("key", sorted(ASKED))
def test_every_column_can_be_asked_for(key):
    """Alone, or beside the usual ones: the head of csv names it once."""
    alone = shown("count", "resnet18", "-f", "csv", "--columns", key)
    beside = shown("count", "resnet18", "-f", "csv", "--columns", f"+{key}")

    assert alone.splitlines()[0] == key
    assert beside.splitlines()[0].split(",").count(key) == 1
    assert len(alone.splitlines()) == len(counted("resnet18")["layers"]) + 1


def test_new_columns_of_a_layer():
    """All that can be told of a convolution with its norm, by hand."""
    columns = "statistics,operations,activations,parameter_bytes,activation_bytes,moved_bytes,intensity,fan_in"
    found = table("-i", "3x8x8", "-l", "conv 16 3 same bn relu, gap", "--columns", columns)
    convolution, norm, relu = 4 * (192 + 432 + 1024), 4 * (1024 + 32 + 1024), 4 * 2048
    moved, pool = convolution + norm + relu, 4 * (1024 + 16)

    assert found.rows == [
        {
            "Statistics": "32",
            "Other ops": f"{1024 * 2 + 1024:,}",
            "Activations": f"{3 * 1024:,}",
            "Param bytes": f"{4 * (432 + 32):,}",
            "Activ. bytes": f"{4 * 3 * 1024:,}",
            "Moved bytes": f"{moved:,}",
            "MACs/byte": f"{432 * 64 / moved:.2f}",
            "Fan-in": "27",
        },
        {
            "Statistics": "0",
            "Other ops": f"{16 * 64:,}",
            "Activations": "16",
            "Param bytes": "0",
            "Activ. bytes": "64",
            "Moved bytes": f"{pool:,}",
            "MACs/byte": "0.00",
            "Fan-in": "64",
        },
    ]
    assert found.totals["Moved bytes"] == f"{moved + pool:,}"
    assert (found.totals["MACs/byte"], found.totals["Fan-in"]) == ("", "")


def test_receptive_fields_are_told_for_people():
    """The size on each axis; a star, and a sentence below, where it covers the input."""
    found = table("resnet18", "--columns", "+receptive_field", "--depth", "1")

    assert found.rows[0]["Receptive field"] == "7x7"
    assert [row["Receptive field"] for row in found.rows[-4:]] == ["307x307*", "435x435*", "627x627*", "627x627*"]
    assert COVERS in found.foot


def test_there_is_no_sentence_of_a_star_without_one():
    """Where no field covers the input, nothing is said of it; nor where nobody asked."""
    assert COVERS not in table("seed", "--columns", "+receptive_field").foot
    assert COVERS not in table("resnet18").foot


def test_receptive_fields_are_told_for_programs():
    """Numbers for each axis, a fraction as a text; the first input position; and whether all of the input is seen."""
    found = counted(*ODD, "--columns", "name,receptive_field,jump,start,covers_input")

    assert found["layers"] == [
        {
            "name": "upsample1",
            "receptive_field": [1, 1],
            "jump": ["2/3", 1],
            "start": [0, 0],
            "covers_input": False,
        },
        {"name": "upconv1", "receptive_field": [1, 2], "jump": ["2/9", 1], "start": [None, 0], "covers_input": False},
        {"name": "gap1", "receptive_field": [8, 9], "jump": None, "start": [0, 0], "covers_input": False},
    ]


def test_receptive_fields_as_text():
    """Axes are divided by x, whatever stands on them; the star is for people."""
    columns = ("--columns", "name,receptive_field,jump,start,covers_input")

    assert shown("count", *ODD, "-f", "csv", *columns) == (
        "name,receptive_field,jump,start,covers_input\n"
        "upsample1,1x1,2/3x1,0x0,false\n"
        "upconv1,1x2,2/9x1,?x0,false\n"
        "gap1,8x9,,0x0,false\n"
    )
    assert [row["Receptive field"] for row in table(*ODD, *columns).rows] == ["1x1", "1x2", "8x9"]


def test_receptive_fields_of_several_inputs():
    """For each input, in their order; an input that a layer does not see has nothing to tell."""
    arguments = ("-i", "a=2x9x9", "-i", "b=2x9", "-l", "from a, x1: conv 2 3, from b, y1: conv 2 3, flatten, linear 2")
    arguments = (*arguments, "-l", "z1: reshape 2x1x1, from x1, mul @z1, gap")
    found = counted(*arguments, "--columns", "receptive_field,jump,start,covers_input")

    assert [tuple(row.values()) for row in found["layers"]] == [
        ([[3, 3], []], [[1, 1], []], [[0, 0], []], False),
        ([[], [3]], [[], [1]], [[], [0]], False),
        ([[], [9]], None, [[], [0]], False),
        ([[], [9]], None, [[], [0]], False),
        ([[], [9]], None, [[], [0]], False),
        ([[3, 3], [9]], [[1, 1], [0]], [[0, 0], [0]], False),
        ([[9, 9], [9]], None, [[0, 0], [0]], True),
    ]


def test_a_flat_input_has_no_receptive_field():
    """There are no axes to tell of: neither sizes nor a star."""
    arguments = (
        "-i",
        "784",
        "-l",
        "linear 100 relu, linear 10",
        "--columns",
        "name,receptive_field,start,covers_input",
    )
    found = table(*arguments)

    assert [row["Receptive field"] for row in found.rows] == ["", ""]
    assert COVERS not in found.foot
    assert [row["covers_input"] for row in counted(*arguments)["layers"]] == [None] * 3


def test_a_line_of_a_block_sees_what_its_result_sees():
    """Folded or not, the last row of a block and its line tell the same."""
    columns = ("--columns", "name,receptive_field,jump,start,covers_input")
    blocks = {row["name"]: row for row in counted("resnet50", *columns, "--depth", "1")["layers"]}
    rows = {row["name"]: row for row in counted("resnet50", *columns)["layers"]}

    assert blocks["bottleneck16"] == {**rows["bottleneck16.relu3"], "name": "bottleneck16"}


@pytest.mark.parametrize("key", ["receptive_field", "jump", "start", "covers_input"])
def test_each_column_of_fields_is_told_alone(key):
    """Whichever is asked for, what layers see is found out."""
    with_all = values(shown("count", "googlenet", "-f", "csv", "--columns", "receptive_field,jump,start,covers_input"))

    assert [row[key] for row in values(shown("count", "googlenet", "-f", "csv", "--columns", key))] == [
        row[key] for row in with_all
    ]


def test_misaligned_branches_are_told_where_fields_are():
    """On standard error and in JSON, but only to those who ask for fields: of a count they say nothing."""
    arguments = ("count", "-i", "3x16x16", "-l", "concat(conv 4 3 same | conv 4 2 same)", "-f", "json")
    warning = (
        "--layer:1:1: concat1: its branches are misaligned: "
        "conv2 is centred 1/2 input positions after conv1, in height and width"
    )
    done = called(*arguments, "--columns", "+jump")

    assert (done.err, done.status) == (f"warning: {warning}\n", 0)
    assert json.loads(done.out)["warnings"] == [warning]
    assert called(*arguments).err == ""


def test_a_batch_is_told():
    """In the sentence below, and for programs beside the network."""
    found = table("seed", "--batch", "32", "--columns", "name,macs,activations,params")
    one = table("seed", "--columns", "name,macs,activations,params")

    for row, other in zip(found.rows, one.rows, strict=True):
        for key in ("MACs", "Activations"):
            assert int(row[key].replace(",", "")) == 32 * int(other[key].replace(",", ""))
        assert row["Params"] == other["Params"]
    assert found.foot[0] == one.foot[0].removesuffix(".").replace("40,366,592", f"{32 * 40_366_592:,}") + (
        " for a batch of 32."
    )
    assert counted("seed", "--batch", "32")["batch"] == 32
    assert counted("seed", "--batch", "32")["totals"]["macs"] == 32 * 40_366_592
    assert counted("seed", "--batch", "32")["conventions"]["mac"].endswith("for a batch of 32")
    assert counted("seed")["conventions"]["mac"].endswith("for one sample")


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_type_shows_bytes(dtype):
    """--dtype adds the columns of bytes to the usual ones, and tells their sums in units below."""
    usual, typed = table("vgg16"), table("vgg16", "--dtype", dtype)
    size = {"fp32": "527.79", "fp16": "263.90", "bf16": "263.90", "int8": "131.95", "int4": "65.97"}[dtype]

    assert typed.headings == [*usual.headings, "Param bytes", "Activ. bytes"]
    assert f"In {dtype}: parameters {size} MiB, activations" in typed.foot[1]
    assert counted("vgg16", "--dtype", dtype)["dtype"] == dtype
    assert {"parameter_bytes", "activation_bytes"} <= counted("vgg16", "--dtype", dtype)["totals"].keys()


def test_columns_that_are_named_stay_as_they_are():
    """--dtype adds nothing to columns that were chosen; with + and - it does, and they may be taken away again."""
    assert table("seed", "--dtype", "int8", "--columns", "name,macs").headings == ["Layer", "MACs"]
    assert table("seed", "--dtype", "int8", "--columns", "-parameter_bytes,+moved_bytes").headings[-2:] == [
        "Activ. bytes",
        "Moved bytes",
    ]


@pytest.mark.parametrize(
    ("dtype", "message"),
    [
        ("fp61", "unknown dtype: fp61; did you mean fp16?"),
        ("fp8", "unknown dtype: fp8; known: bf16, fp16, fp32, int4, int8"),
        ("INT8", "unknown dtype: INT8; did you mean int8?"),
    ],
)
def test_a_type_that_is_not_known_is_an_error(dtype, message):
    """It ends in exit status 2, with a guess or with all that there are."""
    done = called("count", "seed", "--dtype", dtype)

    assert (done.out, uncoded(done.err), done.status) == ("", f"error: {message}\n", 2)


def test_an_edge_that_most_networks_lose_is_told_to_who_asks():
    """A row or two that no window reaches: --strict-edges warns of each, or else only of more than one."""
    arguments = ("count", "-i", "3x32x32", "-l", "conv 8 3/2, maxpool 2, conv 8 3/5", "-f", "json")
    lost = [
        "--layer:1:1: conv1: no window reaches the last 1 of 32 rows and the last 1 of 32 columns",
        "--layer:1:13: maxpool1: no window reaches the last 1 of 15 rows and the last 1 of 15 columns",
        "--layer:1:24: conv2: no window reaches the last 4 of 7 rows and the last 4 of 7 columns",
    ]
    usual, strict = called(*arguments), called(*arguments, "--strict-edges")

    assert (usual.status, strict.status) == (0, 0)
    assert json.loads(usual.out)["warnings"] == lost[2:]
    assert usual.err == f"warning: {lost[2]}\n"
    assert json.loads(strict.out)["warnings"] == lost
    assert strict.err == "".join(f"warning: {each}\n" for each in lost)
    assert json.loads(usual.out)["layers"] == json.loads(strict.out)["layers"]
    assert called(*arguments, "--strict-edges", "-q").err == ""


@pytest.mark.parametrize(
    ("shape", "line", "lost"),
    [
        ("3x100", "conv 4 5/4", "the last 3 of 100 positions"),
        (
            "3x8x21x21",
            "conv 4 3/3x4x4",
            "the last 2 of 8 frames and the last 2 of 21 rows and the last 2 of 21 columns",
        ),
        ("3x21x20", "maxpool 4", ""),
        ("3x23x20", "maxpool 4", "the last 3 of 23 rows"),
        ("3x23x20", "maxpool 4 ceil", ""),
        ("3x23x20", "conv 4 4/4 same", ""),
        ("3x23x20", "upconv 4 2/4", ""),
    ],
)
def test_edges_that_no_window_reaches(shape, line, lost):
    """What is left out is told in the words for its axes, where it is more than one."""
    done = called("count", "-i", shape, "-l", line)

    assert done.err == (f"warning: --layer:1:1: {line.split()[0]}1: no window reaches {lost}\n" if lost else "")
