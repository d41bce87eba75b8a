"""`convcalc nets` and `convcalc kinds`: what there is, as it is."""

import json
import re
from dataclasses import MISSING, fields
from inspect import cleandoc

import pytest
from command_line import ROOT, SPECS, called, number, on_terminal, plain, shown, unstyled, values
from descriptions import line

from convcalc.errors import DescriptionError
from convcalc.layers.kinds import ALIASES, EXAMPLES, FOREIGN_KINDS, KINDS, kind_class
from convcalc.layers.options import positional_options
from convcalc.pages.catalogue import kind_details, kinds, option_entries

NETS = json.loads(shown("nets", "-f", "json"))["networks"]
KIND = json.loads(shown("kinds", "-f", "json"))["kinds"]
TOTALS = re.compile(r"([\d,]+) parameters, ([\d,]+) MACs")


def spec(name):
    """The text of a bundled description."""
    return (ROOT / "src" / "convcalc" / "networks" / f"{name}.yaml").read_text(encoding="utf-8")


# nets


def test_nets_are_the_bundled_networks():
    """Each file in networks/, once, in the order of the alphabet."""
    assert [net["name"] for net in NETS] == sorted(SPECS)


@pytest.mark.parametrize("net", NETS, ids=lambda net: net["name"])
def test_a_net_costs_what_its_description_says(net):
    """The totals are those at the head of the file, and those of a count; the year and the source stand in the file."""
    (params, macs) = map(number, TOTALS.search(spec(net["name"])).groups())
    totals = json.loads(shown("count", net["name"], "-q", "-f", "json"))["totals"]

    assert (net["params"], net["macs"]) == (params, macs) == (totals["params"], totals["macs"])
    assert f"source: {net['source']}\n" in spec(net["name"])
    assert str(net["year"]) in net["source"]
    assert 1980 < net["year"] < 2100


def test_nets_in_each_format():
    """The same rows, for people and for programs; a year has no comma."""
    first = NETS[0]
    row = ("alexnet", "2012", "3x227x227", "60,965,224", "724,406,816", first["source"])
    found = plain(shown("nets"))

    assert found.title == "Bundled networks"
    assert found.headings == ["Network", "Year", "Input", "Params", "MACs", "Source"]
    assert tuple(found.rows[0].values()) == row
    assert len(found.rows) == len(NETS)
    assert found.totals == {}
    assert [json.loads(each) for each in shown("nets", "-f", "jsonl").splitlines()] == NETS
    separated = {"input": "3x227x227"} | {key: str(first[key]) for key in ("name", "year", "params", "macs", "source")}
    assert values(shown("nets", "-f", "csv"))[0] == separated
    assert f"| {' | '.join(row)} |\n" in shown("nets", "-f", "markdown")


def test_nets_fit_a_terminal():
    """On 80 columns the sources are left out, and said to be; no number is cut."""
    lines = unstyled(on_terminal("nets", columns=80).out).splitlines()

    assert all(len(each) <= 80 for each in lines)
    assert any("60,965,224" in each for each in lines)
    assert any("source" in each.lower() for each in lines[-4:])


def test_nets_go_into_a_file(tmp_path):
    """-o writes what would have been shown, in the format of the suffix."""
    path = tmp_path / "nets.csv"

    assert called("nets", "-o", path) == ("", "", 0)
    assert path.read_text(encoding="utf-8") == shown("nets", "-f", "csv")


# kinds


def test_kinds_are_all_kinds():
    """Each once, in the order of their table, with their second names."""
    assert [kind["kind"] for kind in KIND] == list(KINDS)
    assert {alias: kind["kind"] for kind in KIND for alias in kind["aliases"]} == ALIASES


@pytest.mark.parametrize("kind", KIND, ids=lambda kind: kind["kind"])
def test_a_kind_is_told_in_a_sentence(kind):
    """Its first sentence, in one line; what PyTorch has of it, unless it has nothing."""
    assert re.fullmatch(r"[A-Z][^\n]*\.", kind["summary"])
    without = {"table_conv", "local_conv", "maxout", "custom"}
    assert bool(kind["torch"]) == (kind["kind"] not in without)


@pytest.mark.parametrize("name", KINDS)
def test_options_of_a_kind_are_the_fields_of_its_class(name):
    """In their order, with the defaults that they have, and in words what they take."""
    options = json.loads(shown("kinds", name, "-f", "json"))["options"]
    own = fields(kind_class(name))

    assert [option["option"] for option in options] == [field.name for field in own]
    for option, field in zip(options, own, strict=True):
        if field.default is MISSING:
            assert option["default"] == ""
        elif field.default is not None:
            written = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
            assert option["default"] == written
        assert option["takes"]
        assert ("by position" in option["written"]) == (field.name in positional_options(name))


VALUES = {
    "maxpool": "kernel_size=3",
    "avgpool": "kernel_size=3",
    "lppool": "kernel_size=3",
    "maxunpool": "kernel_size=3",
}
VALUES |= {"attention": "num_heads=2", "window_attention": "num_heads=2 window_size=3"}


@pytest.mark.parametrize(
    ("name", "option", "shape", "value"),
    [
        ("maxpool", "stride", "4x9x9", "stride=3"),
        ("avgpool", "stride", "4x9x9", "stride=3"),
        ("lppool", "stride", "4x9x9", "stride=3"),
        ("maxunpool", "stride", "4x9x9", "stride=3"),
        ("attention", "head_dim", "4x9x9", "head_dim=C//2"),
        ("window_attention", "head_dim", "4x9x9", "head_dim=C//2"),
    ],
)
def test_a_default_that_hangs_on_other_options_is_what_is_said(name, option, shape, value):
    """Written out, it changes nothing."""
    (entry,) = [entry for entry in option_entries(name) if entry.name == option]
    usual, given = (line(f"{name} {VALUES[name]} {more}", shape=shape) for more in ("", value))

    assert entry.default in {"kernel_size", "C//num_heads"}
    assert usual.rows[0].profile == given.rows[0].profile


@pytest.mark.parametrize("name", KINDS)
def test_a_line_can_say_what_is_told_of_each_option(name):
    """Each word that sets an option, and each `-word`, is understood behind a line of the kind."""
    ways = [way for option in option_entries(name) for way in option.written.split(", ")]
    words = [way for way in ways if re.fullmatch(r"-?\w+", way)]

    assert [word for word in words if not understood(f"{EXAMPLES[name]} {word}")] == []


def understood(text):
    """Whether a line can be counted somewhere: on some shape, or joined with what another line makes."""
    for shape in SHAPES:
        own = re.sub(r"\b(\d)x\1\b(?!:)", r"\1", text) if shape.count("x") == 1 else text
        for before, after in ("", ""), ("x1: pass, from input, ", " @x1"), ("x1: crop 1, from input, ", " @x1"):
            try:
                line(f"{before}{own}{after}", shape=shape)
            except DescriptionError:
                continue
            return True
    return False


SHAPES = ("64x28x28", "64x14x14", "64x28", "64x8x8x8", "1000", "3x28x28", "4x4x4")
"""Inputs that suit one kind or another."""


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_the_shapes_of_a_kind_are_those_of_its_class(kind):
    """Each line of shapes is in its docstring; an activation, whose class is not its own, keeps the shape."""
    same = ("(C, H, W) -> (C, H, W)",)

    assert all(shape in kind_details(kind.name) for shape in kind.shapes) or kind.shapes == same
    assert all(re.match(r"\(.+ -> (\(.+\)|shape)", shape) for shape in kind.shapes)


INPUTS = {"(C, H, W)": (64, 14, 14), "(C, L)": (64, 28), "(F,)": (1000,), "(L,)": (1000,)}
"""A shape for what stands before the arrow."""

SINGLE = [
    (kind, shape)
    for kind in kinds()
    for shape in kind.shapes
    if shape.partition(" -> ")[0] in INPUTS and " with " not in shape and kind.name != "center_crop"
]
"""Lines of shapes of one tensor, under the options of the kind's example."""


@pytest.mark.parametrize(("kind", "shape"), SINGLE, ids=lambda part: getattr(part, "name", None))
def test_the_shape_of_a_kind_is_what_is_counted(kind, shape):
    """What is behind the arrow, computed from the options of an example: H' and W' are whatever they are."""
    before, _, after = shape.partition(" -> ")
    x = INPUTS[before]
    row = line(kind.example, shape="x".join(map(str, x))).rows[0]
    known = dict(zip(before.strip("(),").split(", "), x, strict=True))
    known |= {field.name: getattr(row.node.layer, field.name) for field in fields(row.node.layer)}
    known |= {"before": 1, "after": 1, "directions": 1, "r": 2, "len": len}
    known |= dict(zip(("C1", "H1", "W1"), row.profile.output, strict=False))
    code = after.replace("'", "1").replace("²", "**2").replace(" / ", " // ")

    assert row.profile.output == eval(code, known)


def test_each_kind_of_one_tensor_has_its_shape_compared():
    """Only those that read several, and those of which a line needs more, are left out."""
    assert KINDS.keys() - {kind.name for kind, _ in SINGLE} == {
        "add", "mul", "concat", "matmul", "center_crop", "permute",
    }  # fmt: skip  # a list reads better in lines


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_the_line_of_a_kind_can_be_counted(kind):
    """As it stands; a join needs a label besides."""
    assert re.match(r"\w+", kind.example)[0] == kind.name
    assert understood(kind.example)
    assert ("@LABEL" in kind.options) == (kind_class(kind.name).reads[1] > 1)


def test_a_kind_is_told_in_plain_text():
    """Its names and its sentence, its options, its shapes, its source, PyTorch's name, and a line."""
    found = plain(shown("kinds", "maxpool"))

    assert found.title == "maxpool: The maximum of each window; `stride` is `kernel_size` unless given."
    assert found.headings == ["Option", "Default", "Required", "Takes", "In a line", "PyTorch"]
    assert [(row["Option"], row["Default"], row["PyTorch"]) for row in found.rows] == [
        ("kernel_size", "", "kernel_size"),
        ("stride", "kernel_size", "stride"),
        ("padding", "0", "padding"),
        ("dilation", "1", "dilation"),
        ("rounding", "floor", "ceil_mode"),
    ]
    assert found.rows[1]["In a line"] == "s=…, / behind the kernel"
    assert found.foot == ["(C, H, W) -> (C, H', W')", "", "PyTorch: nn.MaxPool2d", "A line: maxpool 2x2"]


def test_a_kind_is_told_for_programs():
    """Its options in rows, and all else beside them."""
    document = json.loads(shown("kinds", "conv", "-f", "json"))
    head = {key: document[key] for key in document.keys() - {"options"}}

    assert head == {
        "schema": "convcalc/1",
        "kind": "conv",
        "aliases": [],
        "torch": "nn.Conv2d",
        "shapes": ["(C, H, W) -> (out_channels, H', W')"],
    }
    assert document["options"][2] == {
        "option": "stride",
        "default": "1",
        "required": False,
        "takes": "a whole number, or one for each axis as in 3x5",
        "written": "s=…, / behind the kernel",
        "torch": "stride",
    }
    rows = values(shown("kinds", "conv", "-f", "csv"))
    assert rows == [option | {"required": str(option["required"]).lower()} for option in document["options"]]
    assert values(shown("kinds", "conv", "-f", "tsv"), "\t") == rows
    assert [json.loads(each) for each in shown("kinds", "conv", "-f", "jsonl").splitlines()] == document["options"]
    assert (
        "| stride | 1 | false | a whole number, or one for each axis as in 3x5 | s=…, / behind the kernel | stride |\n"
        in shown("kinds", "conv", "-f", "markdown")
    )


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_a_second_name_tells_the_same(alias, name):
    """`kinds fc` is `kinds linear`, in any format."""
    for form in ("plain", "json", "markdown"):
        assert shown("kinds", alias, "-f", form) == shown("kinds", name, "-f", form)


def test_kinds_in_each_format():
    """The same rows, for people and for programs."""
    found = plain(shown("kinds"))

    assert found.title == "Kinds of layers"
    assert found.headings == ["Kind", "Or", "Options", "PyTorch", "What it does"]
    assert [row["Kind"] for row in found.rows] == list(KINDS)
    assert found.rows[1]["Or"] == "depthwise"
    rows = values(shown("kinds", "-f", "csv"))
    assert [row["kind"] for row in rows] == list(KINDS)
    assert [{**row, "aliases": row["aliases"].split()} for row in rows] == KIND
    assert [json.loads(each) for each in shown("kinds", "-f", "jsonl").splitlines()] == KIND
    assert shown("kinds", "-f", "markdown").count("\n| ") == len(KINDS) + 2


@pytest.mark.parametrize("width", [80, 120, 200])
def test_kinds_fit_a_terminal(width):
    """However narrow it is, each kind has its row, and no line is longer."""
    lines = unstyled(on_terminal("kinds", columns=width).out).splitlines()

    assert all(len(each) <= width for each in lines)
    for name in KINDS:
        assert any(re.match(rf"{name}( |$)", each) for each in lines), name


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("cnov", "unknown kind of layer: cnov; did you mean conv?"),
        ("Conv2d", "unknown kind of layer: Conv2d; did you mean conv?"),
        ("BatchNorm", "unknown kind of layer: BatchNorm; did you mean batchnorm?"),
        ("dense", "unknown kind of layer: dense; did you mean linear?"),
        ("conv_transpos", "unknown kind of layer: conv_transpos; did you mean conv_transpose?"),
        ("zzz", "unknown kind of layer: zzz"),
    ],
)
def test_a_kind_that_there_is_not(word, message):
    """It ends in exit status 2, with a guess at what was meant."""
    assert called("kinds", word) == ("", f"error[unknown-kind]: {message}\n", 2)


@pytest.mark.parametrize("word", FOREIGN_KINDS)
def test_a_foreign_name_leads_to_a_kind(word):
    """What other frameworks call a kind is understood by none, but each leads to one."""
    done = called("kinds", word)
    meant = re.fullmatch(rf"error\[unknown-kind\]: unknown kind of layer: {word}; did you mean (\w+)\?\n", done.err)

    assert done.status == 2
    assert called("kinds", meant[1]).status == 0


@pytest.mark.parametrize("command", ["nets", "kinds"])
def test_lists_have_a_help(command):
    """A sentence, examples that work, and the options."""
    out = shown(command, "--help")
    examples = re.findall(rf"^ +convcalc ({command}.*)$", out, re.MULTILINE)

    assert out.startswith(f"Usage: convcalc {command} [OPTIONS]")
    assert examples
    for each in examples:
        assert called(*each.split()).status == 0
    assert re.findall(r"--\w+", out[out.index("Options:") :]) == ["--format", "--output", "--help"]


def test_the_docstring_of_a_kind_is_told_whole():
    """What stands below the first sentence of a class is told by `kinds NAME`."""
    for name in KINDS:
        told = kind_details(name)
        assert cleandoc(kind_class(name).__doc__).endswith(told)
        assert told in shown("kinds", name)
