"""The arithmetic of a layer: each formula that is shown gives, with the numbers beside it, the number."""

import json
from functools import cache
from math import gcd

import pytest
from command_line import called, shown

from convcalc.explain.layer import explained_layer
from convcalc.explain.rules import rule_of
from convcalc.language.assemble.network import build
from convcalc.layers.kinds import KINDS
from convcalc.sources.bundled import bundled
from convcalc.sources.loading import load
from convcalc.sources.networks import NetworkArguments

PYTHON = {"gcd": gcd, "Min": min, "Max": max, "floor": lambda number: number, "__builtins__": {}}
"""What formulas call."""

LINES = {
    "sepconv": ("8x12x12", "sepconv 16 3 multiplier=2 p=1"),
    "upconv": ("8x7x7", "upconv 16 4/2 p=1"),
    "local_conv": ("3x8x8", "local_conv 4 3"),
    "deform_conv": ("8x8x8", "deform_conv 16 3 p=1"),
    "lppool": ("8x8x8", "lppool 2"),
    "adaptive_avgpool": ("8x9x9", "adaptive_avgpool 4"),
    "adaptive_maxpool": ("8x9x9", "adaptive_maxpool 4"),
    "gmp": ("8x9x9", "gmp"),
    "pixel_shuffle": ("8x9x9", "pixel_shuffle 2"),
    "pixel_unshuffle": ("8x8x8", "pixel_unshuffle 2"),
    "crop": ("8x9x9", "crop 1"),
    "embedding": ("20", "embedding 1000 64"),
    "gn": ("8x9x9", "gn 4"),
    "instancenorm": ("8x9x9", "instancenorm"),
    "rmsnorm": ("8x9x9", "rmsnorm"),
    "glu": ("8x9x9", "glu"),
    "maxout": ("8x9x9", "maxout 2"),
    "custom": ("8x9x9", "custom 100x4 weights=8 biases=4 macs=2592 statistics=1 operations=7"),
    "lstm": ("8x20", "lstm 16"),
    "gru": ("8x20", "gru 16"),
    "slice": ("8x9x9", "slice 2 6"),
    "pad": ("8x9x9", "pad 1:2"),
    "center_crop": ("8x9x9", "center_crop 5"),
    "split": ("8x9x9", "split 2 0"),
    "permute": ("8x9x9", "permute 1x2x0"),
    "reshape": ("8x9x9", "reshape 8x-1"),
    "scale": ("8x9x9", "scale"),
    "softmax": ("8x9x9", "softmax"),
    "log_softmax": ("8x9x9", "log_softmax"),
    "prelu": ("8x9x9", "prelu"),
    "maxunpool": ("8x9x9", "maxunpool 2"),
    "matmul": ("8x9x9", "matmul(reshape 8x81 | reshape 81x8)"),
    "conv, one axis": ("2x100", "conv 8 9/4 p=2"),
    "conv, three axes": ("2x8x16x16", "conv 4 3x5x5 d=2 p=2x4x4"),
    "conv, same and stride": ("3x15x20", "conv 4 4/3 same g=1"),
    "a ceiling": ("4x14x14", "maxpool 3/2 ceil"),
}
"""Kinds that no bundled network has, or not so."""


def row_of(shape, line):
    """The last layer of a line."""
    maker = NetworkArguments(layers=[line], inputs=[shape]).one
    report = maker().report()
    return report, report.rows[-1]


@cache
def examples():
    """A few layers of each kind in bundled networks, each unlike the others."""
    found = {}
    for name in bundled():
        report = build(load(name))
        for row in report.rows:
            own = found.setdefault(row.node.kind, {})
            if len(own) < 3:
                own.setdefault((row.node.layer, row.inputs), (report, row))
    return {f"{kind}-{number}": each for kind, own in found.items() for number, each in enumerate(own.values())}


def evaluated(formula, document):
    """A formula as Python computes it with the values beside it."""
    known = dict(document["values"])
    for name, meant in document["definitions"].items():
        known[name] = eval(meant, PYTHON, known)
    return eval(formula, PYTHON, known)


def checked(report, row):
    """All formulas of an answer, evaluated: nothing is missing, and nothing differs."""
    document = explained_layer(report, row).about
    steps = document["steps"]

    assert [evaluated(step["formula"], document) for step in steps] == [step["value"] for step in steps]
    assert [step["value"] for step in steps if step["key"] == "output"] == list(row.profile.output)
    for key in ("weights", "biases", "macs", "statistics", "operations", "fan_in"):
        counts = [step["value"] for step in steps if step["key"] == key]
        assert counts == ([getattr(row.profile, key)] if getattr(row.profile, key) else [])


@pytest.mark.parametrize("name", examples())
def test_layers_of_bundled_networks(name):
    """The formulas of layers of each kind give their numbers."""
    checked(*examples()[name])


@pytest.mark.parametrize("name", LINES)
def test_layers_in_lines(name):
    """So do those of kinds that no bundled network has."""
    checked(*row_of(*LINES[name]))


def test_every_kind_is_tried():
    """No kind is left out, but activations that are like others."""
    tried = {name.rpartition("-")[0] for name in examples()} | {name.partition(",")[0] for name in LINES}

    assert {kind for kind in set(KINDS) - tried if KINDS[kind].path != "pointwise.Activation"} == set()


@pytest.mark.parametrize(
    ("shape", "line", "symbols"),
    [
        ("3x224x224", "conv 64 7/2 p=3", {"C_in", "H", "W", "C_out", "K", "S", "P"}),
        ("8x12x12", "dwconv 3 multiplier=2 half", {"C_in", "H", "W", "K", "M", "P"}),
        ("8x7x7", "upconv 16 4/2 p=1", {"C_in", "H", "W", "C_out", "K", "S", "P"}),
        ("8x9x9", "linear 10", {"C_in", "H", "W", "F_out"}),
        ("8x9x9", "linear 10 over=channels", {"C_in", "H", "W", "F_out"}),
        ("8x9x9", "maxpool 2", {"C_in", "H", "W", "K"}),
        ("10", "linear 7", {"F_in", "F_out"}),
    ],
)
def test_numbers_are_symbols(shape, line, symbols):
    """What an author writes, and what reaches the layer, has a letter in its formulas."""
    _, row = row_of(shape, line)
    rule = rule_of(row)

    assert {str(symbol) for symbol in rule.values} - {str(name) for name in rule.definitions} == symbols


def test_the_arithmetic_of_a_convolution():
    """The stem of ResNet-50, as a reader sees it: symbols first, numbers beside them, and the rounding."""
    text = shown("explain", "resnet50", "conv1")

    assert text.splitlines()[0] == "conv1 of ResNet-50: conv 64 7x7/2 p=3 on 3x224x224 makes 64x112x112"
    assert "size: H_out = ⌊(H + 2·P − K)/S⌋ + 1 = (224 + 2·3 − 7)/2 + 1 = 112.5 → 112," in text
    assert "  weights: C_out·C_in·K² = 64·3·7·7 = 9,408\n" in text
    assert "  C_in = 3, H = 224, W = 224, C_out = 64, K = 7, S = 2, P = 3\n" in text
    assert "  groups 1 → 2: impossible: in_channels (3) must be divisible by groups (2)\n" in text


def test_what_would_change_it():
    """Each line of changes is what `count` gives for the changed line."""
    report, row = row_of("16x20x20", "conv 32 3/2 p=1 g=2")
    (changes,) = [part.lines for part in explained_layer(report, row).sections if part.key == "changes"]
    changed = {
        "out_channels 32 → 64": "conv 64 3/2 p=1 g=2",
        "kernel_size 3 → 5": "conv 32 5/2 p=1 g=2",
        "stride 2 → 4": "conv 32 3/4 p=1 g=2",
        "padding 1 → 2": "conv 32 3/2 p=2 g=2",
        "dilation 1 → 2": "conv 32 3/2 p=1 g=2 d=2",
        "groups 2 → 4": "conv 32 3/2 p=1 g=4",
        "without a bias": "conv 32 3/2 p=1 g=2 -bias",
    }

    assert [line.partition(":")[0] for line in changes] == list(changed)
    for line, other in zip(changes, changed.values(), strict=True):
        _, after = row_of("16x20x20", other)
        told = line.partition(": ")[2]
        assert ("x".join(map(str, after.profile.output)) in told) == (after.profile.output != row.profile.output)
        assert (f"{after.profile.params:,} parameters" in told) == (after.profile.params != row.profile.params)
        assert (f"{after.profile.macs:,} MACs" in told) == (after.profile.macs != row.profile.macs)


def test_formats():
    """Markdown has headings, JSON the steps; both have what the text has."""
    markdown = shown("explain", "alexnet", "conv2", "-f", "markdown")
    document = json.loads(shown("explain", "alexnet", "conv2", "-f", "json"))

    assert markdown.startswith(
        "# conv2 of AlexNet: conv 256 5x5 p=2 g=2 on 96x27x27 makes 256x27x27\n\n## What it does\n"
    )
    assert document["steps"][3] == {"key": "weights", "formula": "C_in*C_out*K**2/G", "value": 307_200}
    assert all(f"- {line}" in markdown for line in document["counts"])


@pytest.mark.parametrize(("suffix", "form"), [("md", "markdown"), ("json", "json"), ("txt", "text")])
def test_the_name_of_a_file_tells_the_format(suffix, form, tmp_path):
    """What is written to a file is what is written to standard output in its format."""
    path = tmp_path / f"conv2.{suffix}"
    shown("explain", "alexnet", "conv2", "-o", path)

    assert path.read_text(encoding="utf-8") == shown("explain", "alexnet", "conv2", "-f", form)


def test_the_list_of_topics():
    """Programs read names and questions; people see each question behind its name, in 80 columns."""
    listed = json.loads(shown("explain", "-f", "json"))["topics"]
    text = shown("explain")

    assert {"name": "types", "group": "Convolution"}.items() <= next(t for t in listed if t["name"] == "types").items()
    assert all(f"  {topic['name']} " in text for topic in listed)
    assert max(map(len, text.splitlines())) <= 80


WRONG = {
    "no such layer": (
        ["alexnet", "conv9"],
        "error[unknown-layer]: unknown layer: conv9; did you mean conv5?\n",
    ),
    "no such topic": (
        ["tpyes"],
        "error[unknown-topic]: there is no topic, no error and no bundled network tpyes; did you mean types?\n",
    ),
    "a network alone": (
        ["alexnet"],
        "error[unknown-layer]: which layer of alexnet?\n  | try: convcalc count alexnet, which lists them\n",
    ),
    "a variable that is none": (
        ["types", "--set", "k3=9"],
        "error[unknown-name]: unknown variable: k3; known: a, b, c, k1, k2, m, n\n",
    ),
    "a value that is none": (
        ["types", "--set", "k1=0"],
        (
            "error[wrong-argument]: --set k1 must be a whole number from 1 to 999,999,999, but got 0\n"
            "  | try: --set k1=32\n"
        ),
    ),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_explained_is_told(arguments, message):
    """What is wrong, and exit status 2."""
    done = called("explain", *arguments)

    assert (done.out, done.status) == ("", 2)
    assert done.err.startswith(message)


def test_steps_for_programs():
    """A step of a size says of which axis it is, channels being 0; the document has its version."""
    document = json.loads(called("explain", "-i", "3x32x16", "-l", "conv 16 5/2 p=2", "-f", "json").out)
    sizes = [step for step in document["steps"] if step["key"] == "output"]

    assert document["schema"] == "convcalc/1"
    assert [(step["axis"], step["value"]) for step in sizes] == [(0, 16), (1, 16), (2, 8)]
    assert all("axis" not in step for step in document["steps"] if step["key"] != "output")


def test_a_long_table_is_cut_in_the_title():
    """A connection table has its beginning and its end there."""
    title = called("explain", "lenet5", "C3").out.split("\n\n")[0]

    assert "table_conv 0:1:2x1:2:3x2:3:…:3:5x0:1:2:3:4:5 5x5" in " ".join(title.split())


def test_values_that_a_topic_cannot_have():
    """The line that is shown is said to be the topic's, with the values that were given."""
    done = called("explain", "output-size", "--set", "k=999")

    assert (done.out, done.status) == ("", 2)
    assert done.err.splitlines()[:2] == [
        "error[does-not-fit]: kernel_size (999) does not fit an axis of 224 with padding 3",
        " --> the topic output-size:1:9   conv1",
    ]
    assert "  | with k = 999, s = 2" in done.err


def test_a_block_is_no_layer():
    """Of a block, its layers are named; a wrong format is guessed."""
    done = called("explain", "mobilenet_v1", "separable1")

    first, second = done.err.splitlines()
    assert first == "error[unknown-layer]: separable1 is a block; which of its layers?"
    assert second.startswith(
        "  | the layers are separable1.dwconv1, separable1.bn1, separable1.relu1, separable1.conv1, "
    )
    wrong = called("explain", "seed", "conv1", "-f", "jsn")
    assert wrong == ("", "error[unknown-choice]: unknown format: jsn; did you mean json?\n", 2)
