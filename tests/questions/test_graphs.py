"""A network that came from no text: a graph, built by hand, answers every question that a description does."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from command_line import called, counted, uncoded

from convcalc.errors import Origin
from convcalc.layers.conv import Conv
from convcalc.layers.dense import Linear
from convcalc.layers.join import Add
from convcalc.layers.norm import BatchNorm
from convcalc.layers.pointwise import Activation
from convcalc.layers.pool import GlobalAvgPool, MaxPool
from convcalc.network.graph import Graph, Node
from convcalc.sources.formats import SOURCES
from convcalc.sources.graphs import network_of
from convcalc.sources.references import revised_path


def node(name, kind, layer, *inputs, **more):
    """A node that came from a file which is no text."""
    return Node(name, kind, layer, inputs, place=Origin(f"/{name}", "net.graph"), **more)


GRAPH = Graph(
    "by hand",
    {"input": (3, 32, 32)},
    (
        node("stem", "conv", Conv(16, 3, padding=1, bias=False), "input"),
        node("stem.bn", "bn", BatchNorm(), "stem", host="stem"),
        node("stem.relu", "relu", Activation(), "stem.bn", host="stem"),
        node("pool", "maxpool", MaxPool(2), "stem.relu"),
        node("body", "conv", Conv(16, 3, padding=1), "pool"),
        node("sum", "add", Add(), "body", "pool"),
        node("mean", "gap", GlobalAvgPool(), "sum"),
        node("classes", "linear", Linear(10), "mean"),
    ),
    ("classes",),
)
"""Two convolutions, the second beside a shortcut, and a classifier."""

WEIGHTS = 16 * 3 * 9 + 16 + 16 * 16 * 9 + 10 * 16
BIASES = 16 + 16 + 10
MACS = 16 * 3 * 9 * 32 * 32 + 16 * 16 * 9 * 16 * 16 + 10 * 16


@pytest.fixture(autouse=True)
def graphs(monkeypatch, tmp_path):
    """Files that end in .graph hold `GRAPH`, or one with another width: a source like any other."""
    module = ModuleType("convcalc.sources.graph")
    module.read = read
    monkeypatch.setitem(sys.modules, "convcalc.sources.graph", module)
    monkeypatch.setitem(SOURCES, ".graph", "graph")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.graph").write_text("16", encoding="utf-8")
    (tmp_path / "wide.graph").write_text("24", encoding="utf-8")


def read(word, given):
    """The network of a file, under what is given."""
    width = int(Path(word).read_text(encoding="utf-8"))
    nodes = tuple(
        each._replace(layer=replace(each.layer, out_channels=width)) if each.kind == "conv" else each
        for each in GRAPH.nodes
    )
    return network_of(replace(GRAPH, nodes=nodes), given)


def told(*arguments):
    """The JSON that a command writes."""
    done = called(*arguments, "-f", "json")
    assert done.err == ""
    return json.loads(done.out)


def test_count():
    """Each node is counted, in its order, as the rules of its kind say."""
    found = counted("net.graph")

    assert [row["name"] for row in found["layers"]] == [each.name for each in GRAPH.nodes]
    assert [found["totals"][key] for key in ("weights", "biases", "macs")] == [WEIGHTS, BIASES, MACS]


def test_count_for_people():
    """What is attached joins the line of its layer; other inputs, blocks and receptive fields are as ever."""
    out = called("count", "net.graph", "-i", "3x64x64", "--columns", "name,output,receptive_field", "-f", "plain").out

    assert out.splitlines()[4:7] == [
        "stem     16x64x64  3x3",
        "pool     16x32x32  4x4",
        "body     16x32x32  8x8",
    ]


def test_what_is_wrong_is_told_with_where_it_came_from():
    """A node that came from no text is told of by its path in its file."""
    done = called("count", "net.graph", "-i", "3x1x1")

    assert (done.status, uncoded(done.err)) == (
        2,
        "error: kernel_size (2) does not fit an axis of 1 with padding 0\n --> /pool of net.graph   pool\n",
    )


def test_a_warning_is_told_with_where_it_came_from():
    """As of a description, which has lines."""
    done = called("count", "net.graph", "-i", "3x33x33", "--strict-edges")

    assert done.err == (
        "warning: /pool of net.graph: pool: no window reaches the last 1 of 33 rows and the last 1 of 33 columns\n"
    )


def test_widen():
    """Twice as many filters: convolutions grow by f², where they read and make more, the first and the last by f."""
    found = told("widen", "net.graph", "--factor", "2")
    after = {row["name"]: (row["weights_after"], row["grows"]) for row in found["layers"]}

    assert after["stem"] == (32 * 3 * 9, "f")
    assert after["body"] == (32 * 32 * 9, "f²")
    assert after["classes"] == (10 * 32, "f")
    assert found["growth"]["macs"] == {
        "f2": 16 * 16 * 9 * 16 * 16,
        "f1": 16 * 3 * 9 * 32 * 32 + 10 * 16,
        "f0": 0,
    }


def test_widen_some():
    """Patterns name nodes; where branches no longer fit, what became of them is told."""
    found = told("widen", "net.graph", "--factor", "2", "--linear", "--keep", "classes")
    refused = called("widen", "net.graph", "--factor", "2", "--keep", "stem")

    assert found["totals"]["weights_after"] == 32 * 3 * 9 + 32 + 32 * 32 * 9 + 10 * 32
    assert refused.status == 2
    assert uncoded(refused.err) == (
        "error: add needs tensors of one shape, but got 32x16x16 and 16x16x16\n"
        " --> /sum of net.graph   sum\n"
        "  | before widening by 2, it fits\n"
        "  | body is widened\n"
        "  | pool, as wide as stem, is not widened: --keep stem names it\n"
    )


def test_widen_as_a_description():
    """The graph is written as a description, which counts the same when it is read again."""
    done = called("widen", "net.graph", "--factor", "2", "-f", "yaml")
    again = called("count", "-", "-f", "json", stdin=done.out.encode())

    assert (
        json.loads(again.out)["totals"]["macs"] == told("widen", "net.graph", "--factor", "2")["totals"]["macs_after"]
    )


def test_widen_does_not_write_into_a_file_that_is_no_text():
    """`--write` is for descriptions."""
    done = called("widen", "net.graph", "--factor", "2", "--write", "other.graph")

    assert done.status == 2
    assert uncoded(done.err) == (
        "error: by hand has no text in which a width could be changed\n"
        "  | try: -f yaml, which writes each layer in a line of its own\n"
    )


def test_compare():
    """Graphs are compared with each other, and with descriptions."""
    found = told("compare", "net.graph", "wide.graph")
    described = called("count", "net.graph", "-f", "yaml").out
    Path("net.yaml").write_text(described, encoding="utf-8")
    same = called("compare", "net.graph", "net.yaml", "--exit-code")

    assert {row["name"]: row["changes"] for row in found["differences"]}["stem"] == "out_channels 16 → 24"
    assert [row["name"] for row in found["differences"]] == ["stem", "pool", "body", "sum", "mean", "classes"]
    assert found["totals"]["weights_delta"] == 24 * 3 * 9 + 24 + 24 * 24 * 9 + 10 * 24 - WEIGHTS
    assert "No layer differs" in same.out
    assert same.status == 0


def test_check():
    """A graph is held against limits, of the network and of its layers; a baseline may be a graph, too."""
    within = called("check", "net.graph", "--max-macs", str(MACS), "--min-receptive-field", "32")
    over = called("check", "net.graph", "--max-params", "1k", "-f", "github")
    based = called("check", "wide.graph", "--baseline", "net.graph")

    assert (within.err, within.status) == ("", 0)
    assert over.out == (
        "::error title=net.graph%3A by hand%3A params::"
        f"params is {WEIGHTS + BIASES:,}, at most 1,000 is allowed (--max-params): "
        f"{WEIGHTS + BIASES - 1000:,} too much. Heaviest: body 2,320; stem 432; classes 170.\n"
    )
    assert (over.status, based.status) == (1, 1)


def test_explain():
    """The arithmetic of a node is that of its kind."""
    found = told("explain", "net.graph", "body")

    assert {step["key"]: step["value"] for step in found["steps"][3:5]} == {"weights": 16 * 16 * 9, "biases": 16}
    assert called("explain", "types", "net.graph").status == 0


def test_fit():
    """The widest that fits, and the smallest input, are searched on recorded numbers."""
    found = told("fit", "net.graph", "--max-params", "10k")
    widths = {each["name"]: each["after"] for each in found["widths"]}
    wide = widths["stem"]

    def params(width):
        return width * 3 * 9 + 2 * width + width * width * 9 + width + 10 * width + 10

    assert params(wide) <= 10_000 < params(wide + 1)
    assert told("fit", "net.graph", "--smallest-input")["inputs"][0]["input"] == [3, 2, 2]
    assert called("fit", "net.graph", "--layer", "body", "--output", "8x8").status == 0


def test_a_graph_has_no_variables():
    """What only a description has is refused in words, and not ignored."""
    set_ = called("count", "net.graph", "--set", "width=3")
    swept = called("sweep", "net.graph", "--vary", "width=1:3")
    deep = called("widen", "net.graph", "--depth-factor", "2")

    assert uncoded(set_.err) == "error: by hand has no variable width: it is a graph without variables\n"
    assert uncoded(swept.err) == set_.err.replace("error[unknown-name]", "error")
    assert uncoded(deep.err) == "error: nothing in by hand is a depth: it is a graph, whose layers are what they are\n"
    assert {set_.status, swept.status, deep.status} == {2}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-i", "3,n,n"], "error: by hand is a graph of numbers, and cannot be counted in terms of n"),
        (["--symbolic", "width"], "error: by hand is a graph of numbers, and cannot be counted in terms of width"),
        (["--set", "width=8"], "error: by hand has no variable width: it is a graph without variables"),
        (["-i", "other=3x8x8"], "error: unknown input: other; known: input"),
        (["-i", "3x0x8"], "error: a size of the input (0) must be at least 1"),
        (["-i", "3x2.5x8"], "error: an input is whole numbers, channels first, such as 3x224x224, but got 3x2.5x8"),
    ],
)
def test_what_a_graph_does_not_have(arguments, message):
    """It is refused in words, as it is of a description."""
    done = called("count", "net.graph", *arguments)

    assert (done.status, done.out, uncoded(done.err).splitlines()[0]) == (2, "", message)


def test_a_file_of_a_graph_is_a_network_wherever_one_is_named():
    """What is no topic is asked for a layer, what is missing is no file, and revisions know the suffix."""
    assert "which layer of net.graph?" in called("explain", "net.graph").err
    assert "there is no file gone.graph" in called("count", "gone.graph", "--watch").err
    assert revised_path("gone@2/net.graph@HEAD") == "gone@2/net.graph"
