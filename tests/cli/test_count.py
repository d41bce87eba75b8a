"""`convcalc count`: ways to give a network, options, streams and terminals."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import (
    CONVCALC,
    SGR,
    SPECS,
    added,
    called,
    counted,
    environment,
    number,
    on_terminal,
    plain,
    shown,
    started,
    unstyled,
)
from examples import one_in

import convcalc.__main__

SEED = b"""\
name: Two convolutions
vars: {size: 28}
input: 1 x size x size
layers: [conv 32 3x3 same, conv 64 5x5 same]
"""
SEED_CSV = """\
name,kind,description,inputs,input,output,weights,biases,params,macs
conv1,conv,conv 32 3x3 p=1,input,1x28x28,32x28x28,288,32,320,225792
conv2,conv,conv 64 5x5 p=2,conv1,32x28x28,64x28x28,51200,64,51264,40140800
"""
LINES = ("-i", "1x28x28", "-l", "conv 32 3x3 same")
BIASED = b"input: 3x8x8\nlayers:\n  - conv 8 3\n  - bn\n  - conv 4 1 bias\n  - bn\n"
WARNINGS = [
    "<stdin>:3:5: conv1: bn1 takes its bias away again; write -bias",
    "<stdin>:5:5: conv2: bn2 takes its bias away again; write -bias",
]
LONG = ("-i", "3x8x8", "-l", "conv 3 1 *2500")
"""A network whose rows fill more than a pipe holds."""

WHICH = """\
error[missing-argument]: which network?
  | usage: convcalc count [OPTIONS] [NET]...
  | try: convcalc count alexnet, or convcalc count -i 3x32x32 -l 'conv 16 3 same, linear 10'
"""


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_bytes(SEED)
    return path


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["-"], SEED),
        ([], SEED),
        (["seed"], b""),
        (["seed"], b"not read"),
        ([*LINES, "-l", "conv 64 5x5 same"], b""),
        ([*LINES[:-1], "conv 32 3x3 same, conv 64 5x5 same"], b""),
        (["--input", "1, 28, 28", "--layer", "conv 32 3 same", "--layer", "conv 64 5 same"], b""),
        (["-", "-i", "1x28x28"], SEED.replace(b"28}", b"5}")),
        (["-", "--set", "size=28"], SEED.replace(b"28}", b"5}")),
        (["-", "--set", "size=7", "--set", "size=28"], SEED),
    ],
)
def test_a_network_can_be_given_in_many_ways(arguments, stdin):
    """A pipe with or without `-`, a bundled name, and lines of layers describe the same network."""
    assert called("count", *arguments, "-f", "csv", stdin=stdin) == (SEED_CSV, "", 0)


def test_a_file_is_a_network(net, monkeypatch):
    """NET may be a path, from anywhere or from here; a file goes before a bundled network of its name."""
    monkeypatch.chdir(net.parent)
    net.with_name("alexnet").write_bytes(SEED)

    assert called("count", net, "-f", "csv") == (SEED_CSV, "", 0)
    assert called("count", "net.yaml", "-f", "csv") == (SEED_CSV, "", 0)
    assert called("count", "alexnet", "-f", "csv") == (SEED_CSV, "", 0)


def test_the_name_of_a_network_is_what_it_says_or_where_it_comes_from(net):
    """A description without a name is called after its file, `stdin` or `network`."""
    nameless = SEED.replace(b"name: Two convolutions\n", b"")
    net.write_bytes(nameless)

    assert counted("seed")["network"] == "Two convolutions"
    assert json.loads(shown("count", net, "-f", "json"))["network"] == "net"
    assert json.loads(called("count", "-f", "json", stdin=nameless).out)["network"] == "stdin"
    assert json.loads(shown("count", *LINES, "-f", "json"))["network"] == "network"


def test_several_networks_give_one_result_each():
    """Results come in the order of the NETs, an empty line apart."""
    assert shown("count", "seed", "lenet5", "seed") == "\n".join(
        shown("count", each) for each in ("seed", "lenet5", "seed")
    )


def test_mistakes_of_all_networks_are_told_at_once(net):
    """One run tells what is wrong with each NET, and shows no result of the others."""
    net.write_bytes(b"input: 3x8x8\nlayers: cnv 1 1\n")
    told = f"""\
error[no-such-file]: there is no file and no bundled network zzz; convcalc nets lists those that there are

error[unknown-kind]: unknown kind of layer: cnv; did you mean conv?
 --> {net}:2:9
  |
2 | layers: cnv 1 1
  |         ^^^
"""

    assert called("count", "seed", "zzz", net) == ("", told, 2)


def test_input_takes_the_place_of_the_networks_own():
    """-i gives another shape, channels first: 5 channels on 9x9 cost what they cost."""
    found = counted("seed", "-i", "5x9x9")

    assert found["input"] == {"input": [5, 9, 9]}
    assert [row["output"] for row in found["layers"]] == [[32, 9, 9], [64, 9, 9]]
    assert found["totals"]["weights"] == 32 * 5 * 3 * 3 + 64 * 32 * 5 * 5
    assert found["totals"]["macs"] == (32 * 5 * 3 * 3 + 64 * 32 * 5 * 5) * 9 * 9


def test_inputs_have_names():
    """-i NAME=CxHxW, again and again, gives several inputs, all current at the start."""
    found = counted("-i", "left=3x8x8", "-i", "right=5x8x8", "-l", "concat, conv 2 1")

    assert found["input"] == {"left": [3, 8, 8], "right": [5, 8, 8]}
    assert found["layers"][0]["inputs"] == ["left", "right"]
    assert found["totals"]["weights"] == (3 + 5) * 2


@pytest.mark.parametrize("depth", ["1,1,1,1", "[1,1,1,1]", "[1, 1, 1, 1]"])
def test_set_takes_lists(depth):
    """A list may stand with or without brackets; ResNet-50 with one block a stage has 1 + 4·3 + 4 convolutions."""
    found = counted("resnet50", "--set", f"depth={depth}")

    assert sum(row["kind"] == "conv" for row in found["layers"]) == 1 + 4 * 3 + 4


def test_a_network_is_a_net_or_lines_but_not_both():
    """NET and --layer contradict each other."""
    assert called("count", "seed", "-l", "conv 1 1") == (
        "",
        "error[conflicting-options]: a network is a NET or --layer, not both, but got seed and --layer\n",
        2,
    )


def test_lines_need_an_input():
    """--layer without --input says what is missing."""
    assert called("count", "-l", "conv 1 1") == (
        "",
        (
            "error[wrong-input]: the network has no input\n --> --layer:1:1\n  |\n1 | conv 1 1\n  | ^^^^^^^^\n"
            "  | try: input: 3x224x224 in the description, or -i 3x224x224\n"
        ),
        2,
    )


def test_a_pipe_without_data_is_no_network():
    """What has nothing on standard input says that it is empty, and does not wait."""
    told = """\
error[missing-argument]: which network? Standard input is empty
  | try: a file, a bundled network such as alexnet, or a description on standard input
"""

    assert started("count") == ("", told, 2)


def test_a_pipe_with_data_is_a_network():
    """`cat net.yaml | convcalc count` needs no NET, in a process as well."""
    assert started("count", "-f", "csv", stdin=SEED) == (SEED_CSV, "", 0)


@pytest.mark.parametrize("arguments", [[], ["-i", "3x8x8"], ["-f", "json"]])
def test_a_terminal_without_a_network_gets_a_hint(arguments):
    """Without NET and without a pipe there is nothing to wait for."""
    assert on_terminal("count", *arguments) == (WHICH, "", 2)


def test_a_closed_standard_input_gets_the_same_hint():
    """Without any standard input there is no network either."""
    done = subprocess.run(
        [*CONVCALC, "count"], preexec_fn=lambda: os.close(0), capture_output=True, env=environment(), check=False
    )

    assert (done.stdout, done.stderr.decode(), done.returncode) == (b"", WHICH, 2)


# Columns, depth, expand


@pytest.mark.parametrize(
    ("columns", "headings"),
    [
        ("", ["Layer", "Description", "Output", "Weights", "Biases", "MACs", "% of MACs"]),
        ("name,macs", ["Layer", "MACs"]),
        ("macs,name", ["MACs", "Layer"]),
        (" params , name ", ["Params", "Layer"]),
        ("+params,-biases", ["Layer", "Description", "Output", "Weights", "MACs", "% of MACs", "Params"]),
        ("+kind", ["Layer", "Description", "Output", "Weights", "Biases", "MACs", "% of MACs", "Kind"]),
        ("+name", ["Layer", "Description", "Output", "Weights", "Biases", "MACs", "% of MACs"]),
        ("-name", ["Description", "Output", "Weights", "Biases", "MACs", "% of MACs"]),
    ],
)
def test_columns_are_chosen_and_ordered(columns, headings):
    """--columns names the columns in their order; + and - change the usual ones."""
    assert plain(shown("count", "seed", "--columns", columns)).headings == headings


def test_every_column_tells_what_its_key_says():
    """All that can be told of two lines, one with a norm, an activation and a stride."""
    line = "top: conv 8 3/2 bn relu, linear 10"
    expected = {
        "name": ("Layer", "top", "linear1", "total"),
        "kind": ("Kind", "conv", "linear", ""),
        "description": ("Description", "conv 8 3x3/2 bn relu", "linear 10 (8x4x4 → 128)", ""),
        "inputs": ("Reads", "input", "top", ""),
        "input": ("Input", "3x9x9", "8x4x4", ""),
        "output": ("Output", "8x4x4", "10", ""),
        "weights": ("Weights", "224", "1,280", "1,504"),
        "biases": ("Biases", "8", "10", "18"),
        "params": ("Params", "232", "1,290", "1,522"),
        "params_share": ("% of params", "15.2%", "84.8%", ""),
        "macs": ("MACs", "3,456", "1,280", "4,736"),
        "macs_share": ("% of MACs", "73.0%", "27.0%", ""),
    }
    table = plain(shown("count", "-i", "3x9x9", "-l", line, "--columns", ",".join(expected)))
    rows = [table.headings, *(list(row.values()) for row in (*table.rows, table.totals))]

    assert list(zip(*rows, strict=True)) == list(expected.values())


def test_columns_of_machines_are_chosen_as_well():
    """--columns chooses the keys of JSON and the head of csv; the totals stay."""
    found = counted("seed", "--columns", "macs,name")

    assert [list(row.items()) for row in found["layers"]] == [
        [("macs", 225_792), ("name", "conv1")],
        [("macs", 40_140_800), ("name", "conv2")],
    ]
    assert found["totals"] == counted("seed")["totals"]
    assert shown("count", "seed", "-f", "csv", "--columns", "+macs_share,-kind").startswith(
        "name,description,inputs,input,output,weights,biases,params,macs,macs_share\n"
    )


def test_depth_folds_blocks():
    """At depth 1 each bottleneck of ResNet-50 is a row, with what is in it counted together."""
    table = plain(shown("count", "resnet50", "--depth", "1"))
    first = next(row for row in table.rows if row["Layer"] == "bottleneck1")

    assert [row["Layer"] for row in table.rows] == [
        "conv1",
        "maxpool1",
        *[f"bottleneck{number}" for number in range(1, 1 + 3 + 4 + 6 + 3)],
        "gap1",
        "linear1",
    ]
    assert first["Description"] == "4 conv, add"
    convolutions = 64 * 64 + 64 * 64 * 9 + 64 * 256 + 64 * 256
    norms = 64 + 64 + 256 + 256
    assert number(first["Weights"]) == convolutions + norms
    assert number(first["Biases"]) == norms
    assert number(first["MACs"]) == convolutions * 56 * 56


def test_depth_0_shows_the_network_as_one_row():
    """Nothing but the totals is left, under the name of the network."""
    table = plain(shown("count", "resnet50", "--depth", "0"))
    (row,) = table.rows

    assert (row["Layer"], row["Output"]) == ("ResNet-50", "1000")
    assert {key: row[key] for key in ("Weights", "Biases", "MACs")}.items() <= table.totals.items()
    assert number(row["MACs"]) == 4_089_184_256


def test_a_depth_without_deeper_blocks_changes_nothing():
    """Blocks of ResNet-50 are nested one deep, so that depth 2 shows each layer."""
    assert shown("count", "resnet50", "--depth", "2") == shown("count", "resnet50")


def test_expand_shows_norms_and_activations():
    """--expand has the rows that machines get."""
    expanded = plain(shown("count", "resnet50", "--expand"))

    assert [row["Layer"] for row in expanded.rows] == [row["name"] for row in counted("resnet50")["layers"]]
    assert [row["Layer"] for row in expanded.rows][:4] == ["conv1", "bn1", "relu1", "maxpool1"]
    assert [row["Layer"] for row in plain(shown("count", "resnet50")).rows][:2] == ["conv1", "maxpool1"]


@pytest.mark.parametrize("label", ["", "top: "])
def test_depth_folds_blocks_and_not_what_a_line_attaches(label):
    """With --depth 1 and --expand, a norm has its own row, whether its layer has a label or not."""
    line = f"{label}conv 8 3 bn relu"

    assert counted("-i", "3x9x9", "-l", line, "--depth", "1") == counted("-i", "3x9x9", "-l", line)


@pytest.mark.parametrize("net", one_in(5, SPECS))
def test_folded_rows_add_up_to_the_same_totals(net):
    """Whatever is folded, rows sum to the totals below them, which are those of the JSON and of the sentence."""
    totals = counted(net)["totals"]
    weights, biases, params, macs = (totals[key] for key in ("weights", "biases", "params", "macs"))
    for folding in ([], ["--expand"], ["--depth", "1"], ["--depth", "1", "--expand"]):
        table = plain(shown("count", net, "--columns", "+params", *folding))
        columns = ("Weights", "Biases", "Params", "MACs")

        assert [added(table.rows, column) for column in columns] == [weights, biases, params, macs]
        assert [number(table.totals[column]) for column in columns] == [weights, biases, params, macs]
        assert table.foot[0].endswith(
            f": {params:,} parameters ({weights:,} weights + {biases:,} biases), {macs:,} MACs."
        )


def test_the_foot_says_what_was_counted():
    """Every table says what a MAC is, and, where a row has the parameters of its norm, so."""
    _, *seed = plain(shown("count", "seed")).foot
    _, *vgg16 = plain(shown("count", "vgg16")).foot
    _, *resnet = plain(shown("count", "resnet50")).foot
    _, *expanded = plain(shown("count", "resnet50", "--expand")).foot

    mac = (
        "A MAC is one multiply and one add, in convolutions, linear layers and matrix products. Not counted: adding "
        "biases, norms, activations, pooling, element-wise operations."
    )
    norm = "The weights and biases of a row are those of its norm, too; --expand shows them apart."
    assert (seed, vgg16, resnet, expanded) == ([mac], [mac], [norm, mac], [mac])


# Where results go


@pytest.mark.parametrize(
    ("suffix", "form"),
    [
        (".json", "json"),
        (".jsonl", "jsonl"),
        (".csv", "csv"),
        (".tsv", "tsv"),
        (".md", "markdown"),
        (".txt", "plain"),
        ("", "plain"),
    ],
)
def test_the_suffix_of_a_file_tells_its_format(tmp_path, suffix, form):
    """-o writes what -f would have shown, and nothing to standard output."""
    path = tmp_path / f"result{suffix}"

    assert called("count", "resnet18", "seed", "-o", path) == ("", "", 0)
    assert path.read_text(encoding="utf-8") == shown("count", "resnet18", "seed", "-f", form)


def test_a_format_goes_before_a_suffix(tmp_path):
    """-f decides where -o would have told another format; an older result is replaced."""
    path = tmp_path / "result.json"
    path.write_text("old" * 10_000, encoding="utf-8")

    assert called("count", "seed", "-o", path, "-f", "csv") == ("", "", 0)
    assert path.read_text(encoding="utf-8") == SEED_CSV


@pytest.mark.parametrize(
    ("path", "reason"), [("missing/result.json", "no such file or directory"), (".", "is a directory")]
)
def test_a_file_that_cannot_be_written_is_an_error(tmp_path, path, reason):
    """-o into nowhere ends in exit status 2, and shows no result."""
    path = tmp_path / path

    assert called("count", "seed", "-o", path) == (
        "",
        f"error[cannot-write]: cannot write {shortened(path)}: {reason}\n",
        2,
    )


def shortened(path):
    """A word as messages repeat it."""
    return str(path) if len(str(path)) <= 60 else f"{str(path)[:60]}…"


def test_a_mistake_leaves_a_file_alone(tmp_path):
    """-o writes only when there is a result."""
    path = tmp_path / "result.json"

    assert called("count", "nosuch", "-o", path).status == 2
    assert not path.exists()


def test_a_table_in_a_file_has_no_escapes_and_all_columns(tmp_path):
    """-f table -o FILE is drawn for a file, whatever FORCE_COLOR says of the terminal."""
    path = tmp_path / "result.txt"

    assert called("count", "resnet50", "-f", "table", "-o", path, FORCE_COLOR="1") == ("", "", 0)
    text = path.read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert "Left out" not in text


# Warnings


def test_a_bias_before_a_norm_is_warned_of():
    """On standard error, while standard output has only the result; in JSON among its warnings, too."""
    done = called("count", "-f", "json", stdin=BIASED)

    assert done.err == "".join(f"warning: {warning}\n" for warning in WARNINGS)
    assert json.loads(done.out)["warnings"] == WARNINGS
    assert done.status == 0


JOINED = (
    "{place}: {name}: it flattens {shape}, so that each output weighs all {positions} positions; write over=channels "
    "for a layer that is applied to each position, as nn.Linear is to tokens, or flatten before it if this is meant"
)


def test_a_linear_layer_that_joins_positions_is_warned_of():
    """D4: PyTorch applies nn.Linear to the channels of each token; here it flattens, so it says so."""
    done = called("count", "-i", "64x22528", "-l", "linear 256", "-f", "json")
    warning = JOINED.format(place="--layer:1:1", name="linear1", shape="64x22528", positions=22528)

    assert (done.err, done.status) == (f"warning: {warning}\n", 0)
    assert json.loads(done.out)["warnings"] == [warning]
    assert json.loads(done.out)["totals"]["params"] == 64 * 22528 * 256 + 256


def test_a_linear_layer_in_a_file_that_joins_positions_is_warned_of_at_its_place(tmp_path):
    """D4: with file, line and column, and once for each layer."""
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x9\nlayers:\n  - conv 4 3\n  - tokens: linear 5\n", encoding="utf-8")
    warning = JOINED.format(place=f"{path}:4:13", name="tokens", shape="4x7", positions=7)

    assert called("count", path).err == f"warning: {warning}\n"


@pytest.mark.parametrize(
    ("shape", "lines", "output", "params", "macs"),
    [
        ("64x22528", "linear 256 over=channels", [256, 22528], 64 * 256 + 256, 64 * 256 * 22528),
        ("64x22528", "flatten, linear 256", [256], 64 * 22528 * 256 + 256, 64 * 22528 * 256),
        ("64x7x5", "linear 256 over=channels", [256, 7, 5], 64 * 256 + 256, 64 * 256 * 7 * 5),
        ("64x7x5", "linear 256", [256], 64 * 7 * 5 * 256 + 256, 64 * 7 * 5 * 256),
        ("64x1", "linear 256", [256], 64 * 256 + 256, 64 * 256),
        ("64", "linear 256 over=channels -bias", [256], 64 * 256, 64 * 256),
        ("64x9", "fc 8 over=channels relu, gap, linear 3", [3], 64 * 8 + 8 + 8 * 3 + 3, 64 * 8 * 9 + 8 * 3),
    ],
)
def test_what_a_linear_layer_weighs_can_be_said(shape, lines, output, params, macs):
    """D4: with over=channels, or a flatten of one's own, there is nothing to warn of; nor of maps, whose head it is."""
    report = counted("-i", shape, "-l", lines)

    assert report["layers"][-1]["output"] == output
    assert (report["totals"]["params"], report["totals"]["macs"], report["warnings"]) == (params, macs, [])


@pytest.mark.parametrize("net", one_in(5, SPECS))
def test_bundled_networks_give_no_warning(net):
    """D4, D5: what is likely a mistake is in none of them."""
    assert called("count", net).err == ""


@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_quiet_silences_warnings_on_standard_error(option):
    """JSON has them all the same, and the table is what it was."""
    done = called("count", "-f", "json", option, stdin=BIASED)

    assert (done.err, done.status) == ("", 0)
    assert json.loads(done.out)["warnings"] == WARNINGS
    assert called("count", option, stdin=BIASED) == (called("count", stdin=BIASED).out, "", 0)


def test_quiet_does_not_silence_errors():
    """What ends in exit status 2 says why."""
    done = called("count", "alexne", "-q")

    assert done == (
        "",
        "error[no-such-file]: there is no file and no bundled network alexne; did you mean alexnet?\n",
        2,
    )


# The command itself


def test_the_command_is_a_script_and_a_module():
    """`convcalc` and `python -m convcalc` are the same."""
    script = Path(sys.executable).with_name("convcalc")
    done = subprocess.run(
        [script, "count", "seed", "-f", "csv"], capture_output=True, text=True, env=environment(), check=False
    )

    assert (done.stdout, done.stderr, done.returncode) == (SEED_CSV, "", 0)
    assert started("count", "seed", "-f", "csv") == (SEED_CSV, "", 0)


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option):
    """The version is that of the package."""
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.*)"$', project, re.MULTILINE)[1]

    assert called(option) == (f"convcalc {version}\n", "", 0)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_lists_the_commands(arguments):
    """Without a command, or with --help, convcalc says what it can do."""
    done = called(*arguments)

    assert (done.err, done.status) == ("", 0)
    assert done.out.startswith("Usage: convcalc [OPTIONS] COMMAND [ARGS]...\n")
    assert "\n  count    Count what each layer of a network costs.\n" in done.out


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_of_count_says_where_networks_are_listed(option):
    """The list itself is that of another command."""
    done = called("count", option)

    assert (done.err, done.status) == ("", 0)
    assert done.out.startswith("Usage: convcalc count [OPTIONS] [NET]...\n")
    assert "convcalc nets lists the bundled networks, convcalc kinds what a line can say." in " ".join(done.out.split())


OPTIONS = [
    *("--input", "--layer", "--set", "--format", "--output", "--columns", "--depth", "--expand", "--batch", "--dtype"),
    *("--symbolic", "--strict-edges", "--watch", "--quiet"),
]


def test_help_of_count_names_each_option():
    """No option is hidden, and each has a sentence."""
    out = called("count", "--help").out
    options = out[out.index("Options:") : out.index("Examples:")]

    assert re.findall(r"--[\w-]+", options) == [*OPTIONS, "--help"]
    for option in OPTIONS:
        assert re.search(rf"^  (-\w, )?{option} .*  \w.*$", options, re.MULTILINE), option


# Streams


def left(form, **variables):
    """What a command says, and how it ends, whose reader takes a line of a long output, and goes."""
    process = subprocess.Popen(
        [*CONVCALC, "count", *LONG, "-f", form],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**variables),
    )
    first = process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    return first, err, process.wait(20)


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("json", b"{\n"),
        ("plain", b"network\n"),
        ("table", b"network\n"),
        ("csv", b"name,kind,description,inputs,input,output,weights,biases,params,macs\n"),
    ],
)
def test_a_reader_that_leaves_is_no_error(form, line):
    """`convcalc count … | head -n 1` gets its line, and nothing is said on standard error."""
    assert left(form) == (line, b"", 141)


def test_a_reader_that_leaves_is_noticed_without_buffers():
    """PYTHONUNBUFFERED, which images of containers like to set, does not turn half a result into a whole one."""
    assert left("json", PYTHONUNBUFFERED="1") == (b"{\n", b"", 141)


@pytest.mark.parametrize("arguments", [["count", "seed"], ["--version"]])
def test_a_reader_that_has_left_already_is_no_error_either(arguments):
    """Whatever cannot be read any more ends in exit status 141, in silence."""
    theirs, ours = os.pipe()
    os.close(theirs)
    with os.fdopen(ours, "wb") as out:
        done = to(out, *arguments)

    assert (done.stderr, done.returncode) == ("", 141)


def test_a_reader_of_errors_that_has_left_changes_no_status():
    """A2: `convcalc count … 2>&1 | head -n 1` ends in 2, however soon head has its line."""
    theirs, ours = os.pipe()
    os.close(theirs)
    with os.fdopen(ours, "wb") as err:
        done = subprocess.run(
            [*CONVCALC, "count", "-i", "3x8x8", "-l", "conv 8 9"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            env=environment(),
            check=False,
        )

    assert (done.stdout, done.returncode) == (b"", 2)


def to(out, *arguments):
    """Run a command whose standard output is a file."""
    return subprocess.run(
        [*CONVCALC, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["count", "seed"],
        ["--version"],
        ["--help"],
        ["count", "--help"],
    ],
)
def test_a_full_disk_is_an_error(arguments):
    """What cannot be written ends in exit status 2, and says why."""
    with Path("/dev/full").open("wb") as full:
        done = to(full, *arguments)

    assert (done.stderr, done.returncode) == ("error[cannot-write]: cannot write: no space left on device\n", 2)


def test_a_closed_standard_output_is_an_error():
    """A result without anywhere to go ends in exit status 2."""
    done = subprocess.run(
        [*CONVCALC, "count", "seed"],
        preexec_fn=lambda: os.close(1),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        check=False,
    )

    assert (done.stderr, done.returncode) == ("error[cannot-write]: cannot write: standard output is closed\n", 2)


@pytest.mark.parametrize(("arguments", "status"), [(["count", "-", "-f", "csv"], 0), (["count", "nosuch"], 2)])
def test_a_closed_standard_error_changes_nothing(arguments, status):
    """Warnings and errors that nobody can read do not spoil a result."""
    done = subprocess.run(
        [*CONVCALC, *arguments],
        preexec_fn=lambda: os.close(2),
        input=BIASED,
        stdout=subprocess.PIPE,
        env=environment(),
        check=False,
    )

    assert done.returncode == status
    assert done.stdout.decode() == (called(*arguments, stdin=BIASED).out)


C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, C_LOCALE, {"LC_ALL": "C"}])
@pytest.mark.parametrize("form", ["plain", "table"])
def test_an_encoding_without_arrows_gets_arrows_of_ascii(variables, form):
    """Where → cannot be written, -> stands in its place; where it can, it stays."""
    done = started("count", "alexnet", "-f", form, **variables)
    unicode = variables == {"LC_ALL": "C"}  # Python then takes UTF-8 by itself

    assert (done.err, done.status) == ("", 0)
    assert done.out.isascii() is not unicode
    assert f"linear 4096 relu (256x6x6 {'→' if unicode else '->'} 9216)" in done.out


def test_an_encoding_without_umlauts_writes_a_question_mark():
    """A name that cannot be written does not stop a count."""
    done = started("count", stdin=UMLAUT, PYTHONIOENCODING="ascii")

    assert done.out.startswith("B?ume\n\nLayer")
    assert (done.err, done.status) == ("", 0)


def test_an_error_can_be_told_in_any_encoding():
    """Standard error escapes what it cannot write."""
    done = started("count", stdin=UMLAUT.replace(b"conv", "cönv".encode()), PYTHONIOENCODING="ascii")

    assert done.err.splitlines()[-2:] == [r"3 | layers: c\xf6nv 1 1", "  |          ^"]
    assert (done.out, done.status) == ("", 2)


UMLAUT = 'name: "Bäume"\ninput: 3x8x8\nlayers: conv 1 1\n'.encode()


def test_json_keeps_names_in_any_encoding():
    r"""JSON can say ä in ASCII, as \u00e4, so that no name changes on its way."""
    assert json.loads(started("count", "-f", "json", stdin=UMLAUT, PYTHONIOENCODING="ascii").out)["network"] == "Bäume"


def test_a_name_with_escapes_is_shown_without_them():
    """A description that somebody sent cannot steer a terminal: escapes and marks of direction are escaped."""
    text = b'name: "a\\e[31mb\\u202e"\ninput: 3x8x8\nlayers: conv 1 1\n'

    assert called("count", stdin=text).out.splitlines()[0] == r"a\x1b[31mb\u202e"
    assert called("count", "-f", "table", stdin=text).out.splitlines()[0] == r"a\x1b[31mb\u202e"


# Terminals


def test_a_terminal_gets_a_table_in_bold():
    """On a terminal the format is a table: its title and its totals stand out."""
    done = on_terminal("count", "seed")

    assert done.status == 0
    assert done.out.startswith("\x1b[1mTwo convolutions\x1b[0m\n")
    assert unstyled(done.out) == shown("count", "seed", "-f", "table", COLUMNS="80")


@pytest.mark.parametrize(
    ("variables", "styles"),
    [
        ({"TERM": "dumb"}, set()),
        ({"TERM": "dumb", "NO_COLOR": "1"}, set()),
        ({"NO_COLOR": "1"}, {"0", "1", "2"}),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, {"0", "1", "2"}),
    ],
)
def test_escapes_on_a_terminal_are_as_the_environment_wants_them(variables, styles):
    """TERM=dumb has no escapes; NO_COLOR leaves bold and dim, which are no colours."""
    done = on_terminal("count", "seed", **variables)
    codes = {code for match in SGR.finditer(done.out) for code in match[1].split(";")}

    assert done.status == 0
    assert unstyled(done.out) == shown("count", "seed", "-f", "table", COLUMNS="80")
    assert codes == styles


def test_force_color_draws_in_a_pipe_what_a_terminal_gets():
    """FORCE_COLOR brings escapes into the table of a pipe; without it there are none."""
    forced = shown("count", "seed", "-f", "table", FORCE_COLOR="1", TERM="xterm-256color")
    usual = shown("count", "seed", "-f", "table")

    assert forced.startswith("\x1b[1mTwo convolutions\x1b[0m\n")
    assert "\x1b" not in usual
    assert shown("count", "seed", FORCE_COLOR="1") == shown("count", "seed")


def test_an_error_on_a_terminal_has_no_escapes():
    """What goes wrong is told in plain words."""
    done = on_terminal("count", "alexne")

    assert done == (
        "error[no-such-file]: there is no file and no bundled network alexne; did you mean alexnet?\n",
        "",
        2,
    )


@pytest.mark.parametrize("form", ["plain", "json", "csv", "markdown"])
def test_a_terminal_gets_other_formats_as_they_are(form):
    """-f has the same text on a terminal as in a pipe."""
    assert on_terminal("count", "seed", "-f", form) == (shown("count", "seed", "-f", form), "", 0)


def test_an_interrupt_while_modules_are_imported_is_an_interrupt(monkeypatch):
    """Ctrl-C ends in exit status 130 and without a traceback, also before the command line is read."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("convcalc.cli.app.run", interrupted)
    with pytest.raises(SystemExit) as caught:
        convcalc.__main__.main()

    assert caught.value.code == 130


def test_a_dash_is_standard_output():
    """-o - writes where a result goes anyway."""
    assert called("count", "seed", "-o", "-") == called("count", "seed")
