"""What a residual adds to its body: its input, a projection where the body changes the shape, or a shortcut."""

import pytest
from command_line import called, shown
from descriptions import costs, layers, line, names, network, refused
from widenings import lines, read_again, variant, widen, widths

from convcalc.questions.doubts import warnings_about

UNUSED = (
    "the projection is not used, as the body keeps the shape; for a branch that is always there, "
    "write shortcut: instead of project:, or add(body | branch) in a line"
)


UNUSED_AT = {
    "a line": ("residual: conv 8 3 same\n    project: conv 8 1", ["4:14"]),
    "a list": ("residual: conv 8 3 same\n    project: [conv 8 1, bn]", ["4:15"]),
    "a label": ("residual: conv 8 3 same\n    project: {a: conv 8 1}", ["4:15"]),
    "branches": ("residual(conv 8 3 same | conv 8 1)", ["3:30"]),
    "a group": ("residual(conv 8 3 same | (conv 8 1) *2) *2", ["3:31"]),
    "one that is used": ("residual(conv 16 3 same | conv 16 1)", []),
}


@pytest.mark.parametrize("case", UNUSED_AT)
def test_a_projection_that_nothing_uses(case):
    """D1: a projection that is written and never used is warned of, with its place."""
    item, places = UNUSED_AT[case]
    report = network(f"input: 8x16x16\nlayers:\n  - {item}\n")

    assert warnings_about(report) == [f"net.yaml:{place}: {UNUSED}" for place in places]


BLOCK = """
input: 8x16x16
blocks:
  basic(c, s=1):
    - residual: conv c 3x3/s half
      project: conv c 1x1/s
layers: [{}]
"""


@pytest.mark.parametrize(
    ("uses", "told"),
    [
        ("basic 8, basic 16 2, basic 16", False),
        ("basic 8 *3", True),
        ("basic 16, basic 16 *2", False),
        ("basic 16 *0, gap", False),
    ],
)
def test_a_projection_that_some_uses_need(uses, told):
    """D1: a block may have a projection that only some of its uses need; one that none needs is warned of once."""
    assert warnings_about(network(BLOCK.format(uses).lstrip())) == [f"net.yaml:5:16: {UNUSED}"] * told


def test_the_warning_on_the_command_line():
    """D1: it is told as the others are, and is data in JSON."""
    command = ("count", "-i", "8x16x16", "-l", "residual(conv 8 3 same | conv 8 1)")
    done = called(*command)

    assert (done.err, done.status) == (f"warning: --layer:1:26: {UNUSED}\n", 0)
    assert f'"warnings": ["--layer:1:26: {UNUSED}"]' in called(*command, "-f", "json").out


def test_a_shortcut_is_always_there():
    """D1: a shortcut counts whatever the body does to the shape, as a branch of `add` does."""
    text = "input: 8x16x16\nlayers:\n  - residual: {}\n    shortcut: {}\n    act: relu\n"
    kept = network(text.format("conv 8 3 same", "conv 8 1"))
    wider = network(text.format("[conv 16 3/2 half bn]", "[conv 16 1/2 bn]"))

    assert kept.params == 8 * 8 * 9 + 8 + 8 * 8 + 8 == 656
    assert costs(kept) == costs(line("add(conv 8 3 same | conv 8 1) relu", shape="8x16x16"))
    assert costs(wider) == costs(line("add(conv 16 3/2 half bn | conv 16 1/2 bn) relu", shape="8x16x16"))
    assert names(kept) == ["conv1", "conv2", "add1", "relu1"]
    assert warnings_about(kept) == []
    assert costs(read_again(kept)) == costs(kept)


def test_shortcuts_in_all_that_counts(tmp_path):
    """D1: symbols, sweeps, widening and comparisons count a shortcut, too."""
    text = (
        "vars: {c: 8}\ninput: c x 16 x 16\nlayers:\n  - residual: conv c 3 same -bias\n    shortcut: conv c 1 -bias\n"
    )
    (path := tmp_path / "net.yaml").write_text(text, "utf-8")
    (other := tmp_path / "other.yaml").write_text(text.replace("    shortcut: conv c 1 -bias\n", ""), "utf-8")

    assert "10·c² parameters" in shown("count", path, "--symbolic", "c")
    swept = shown("sweep", path, "--vary", "c=8,16", "--columns", "params", "-f", "csv")
    assert swept == f"c,params,reason\n8,{10 * 8 * 8},\n16,{10 * 16 * 16},\n"
    assert widths(widen(variant(text), 2).after) == [16, 16]
    assert f"params {10 * 8 * 8} → {9 * 8 * 8}: −{8 * 8} (−10.0%)" in shown("compare", path, other)
    assert "weights: C_out·C_in·K² = 8·8·1·1 = 64" in shown("explain", path, "conv2")


def test_project_and_shortcut_together():
    """D1: a residual has one of the two."""
    text = "input: 8x16x16\nlayers:\n  - residual: conv 8 3 same\n    project: conv 8 1\n    shortcut: conv 8 1\n"

    assert refused(network, text) == (
        "error[wrong-form]: a residual takes project or shortcut, not both\n"
        " --> net.yaml:5:5\n"
        "  |\n"
        "5 |     shortcut: conv 8 1\n"
        "  |     ^^^^^^^^\n"
        "  | try: project alone, for where the body changes the shape, or shortcut alone, for a branch in any case"
    )


def later(word, meaning, what, place):
    """The warning about a name that has become a word."""
    return f"{place}: {word} has become {meaning}; as {what} it still works in this file, but another name is clearer"


NAMED = {
    "a label": (["shortcut: conv 3 1", "relu", "add @shortcut"], {}, "a label", "net.yaml:3:5"),
    "a label in a line": (["'shortcut: conv 3 1, relu, add @shortcut'"], {}, "a label", "net.yaml:3:6"),
    "a variable": (["conv shortcut 1"], {"vars": "{shortcut: 3}"}, "the name of a variable", "net.yaml:2:8"),
    "a block": (["shortcut"], {"blocks": "{shortcut: [gap]}"}, "the name of a block", "net.yaml:2:10"),
    "a parameter": (
        ["b 4"],
        {"blocks": '{"b(shortcut)": [conv shortcut 1]}'},
        "the name of a parameter",
        "net.yaml:2:13",
    ),
    "weights": (["conv 3 1 share=shortcut *2"], {}, "the name of shared weights", "net.yaml:3:20"),
    "a loop": (["{for: {shortcut: [3, 4]}, do: conv shortcut 1}"], {}, "the name of a variable", "net.yaml:3:12"),
}


@pytest.mark.parametrize("case", NAMED)
def test_a_name_goes_before_a_word_that_came_later(case):
    """D1: a file that has a name of its own like a later word goes on to mean what it meant, and is warned."""
    items, keys, what, place = NAMED[case]
    report = layers(items, **keys)
    other = layers(
        [item.replace("shortcut", "other") for item in items],
        **{key: value.replace("shortcut", "other") for key, value in keys.items()},
    )

    assert costs(report) == costs(other)
    assert warnings_about(report) == [later("shortcut", "a word of the language", what, place)]


def test_symbols_may_be_called_like_a_later_word():
    """D1: a name without a value in a line is a symbol, as before."""
    assert "9·shortcut" in shown("count", "-i", "1,n,m", "-l", "conv shortcut 3 same -bias")
    assert widths(lines("shortcut: conv 4 1").report()) == [4]


@pytest.fixture
def glu_came_later(monkeypatch):
    """A language that got the kind glu and the word hardtanh after 0.1."""
    from convcalc.language.read import names, structures
    from convcalc.language.read.line import parse_line

    words = {"glu", "hardtanh"}
    monkeypatch.setattr(names, "LATER", words)
    monkeypatch.setattr(structures, "LATER", words)
    monkeypatch.setattr(names, "TAKEN", {word: what for word, what in names.TAKEN.items() if word not in words})
    parse_line.cache_clear()
    yield
    parse_line.cache_clear()


@pytest.mark.usefixtures("glu_came_later")
@pytest.mark.parametrize("word", ["glu", "hardtanh"])
@pytest.mark.parametrize(
    ("items", "keys"),
    [
        (["NAME: conv 3 1", "relu", "add @NAME"], {}),
        (["'NAME: conv 3 1, relu, add @NAME'"], {}),
        (["NAME: [conv 3 1, relu]", "conv 3 1", "add @NAME"], {}),
        (["conv NAME k=NAME", "conv 2*NAME 1"], {"vars": "{NAME: 3}"}),
        (["NAME 4 *2"], {"blocks": '{"NAME(c)": [conv c 1]}'}),
        (["b 4"], {"blocks": '{"b(NAME)": [conv NAME 1, conv C NAME p=NAME//2]}'}),
        (["{for: {NAME: [3, 4]}, do: conv NAME 1}"], {}),
        (["conv 3 1 share=NAME *2"], {}),
    ],
)
def test_names_go_before_kinds_and_words_that_came_later(word, items, keys):
    """D1: that holds for kinds and words of any sort."""
    report, other = (
        layers(
            [item.replace("NAME", name) for item in items],
            **{key: value.replace("NAME", name) for key, value in keys.items()},
        )
        for name in (word, "other")
    )

    assert costs(report) == costs(other)
    (warning,) = warnings_about(report)
    assert f": {word} has become " in warning
    assert costs(line(f"conv 4 1, {word}")) != costs(line("conv 4 1"))
