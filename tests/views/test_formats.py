"""Formats: each carries the same numbers, exactly, for programs and for people."""

import json
import re
from functools import cache
from html import escape
from typing import NamedTuple

import pyarrow.parquet
import pytest
from command_line import SPECS, called, counted, number, on_terminal, plain, shown, unstyled, values
from examples import one_in, rotated
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from convcalc.language.assemble.network import build
from convcalc.language.read.document import parse_lines
from convcalc.language.read.settings import parse_inputs
from convcalc.network.terms import Terms
from convcalc.pages.columns import Heading
from convcalc.pages.count import count_columns
from convcalc.pages.finding import Finding
from convcalc.pages.page import Code, Findings, Page, Table, Text, merged
from convcalc.pages.schema import NATURAL
from convcalc.views.findings import write_github, write_junit, write_sarif
from convcalc.views.latex import write as latex
from convcalc.views.markdown import line as sentence
from convcalc.views.markdown import write

NUMBER = {"type": "integer", "minimum": 0}
SHAPE = {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1}


def exactly(**properties):
    """An object with these keys and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


LAYER = exactly(
    name={"type": "string", "pattern": r"^\w+(\.\w+)*$"},
    kind={"type": "string", "pattern": r"^[a-z][a-z0-9_]*$"},
    description={"type": "string", "minLength": 1},
    inputs={"type": "array", "items": {"type": "string"}, "minItems": 1},
    input={"type": "array", "items": SHAPE, "minItems": 1},
    output=SHAPE,
    weights=NUMBER,
    biases=NUMBER,
    params=NUMBER,
    macs=NUMBER,
)
SCHEMA = exactly(
    schema={"const": "convcalc/1"},
    network={"type": "string", "minLength": 1},
    input={"type": "object", "additionalProperties": SHAPE, "minProperties": 1},
    batch={"const": 1},
    dtype={"const": "fp32"},
    conventions={"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
    layers={"type": "array", "items": LAYER, "minItems": 1},
    totals=exactly(weights=NUMBER, biases=NUMBER, params=NUMBER, macs=NUMBER, status={"const": "complete"}),
    warnings={"type": "array", "items": {"type": "string"}},
)
VALIDATOR = Draft202012Validator(SCHEMA)

COSTS = ("weights", "biases", "params", "macs")
HEADINGS = {
    "Layer": "name",
    "Description": "description",
    "Output": "output",
    "Weights": "weights",
    "Biases": "biases",
    "Params": "params",
    "MACs": "macs",
    "% of MACs": "macs_share",
}
"""What people read, and what programs do."""

COLUMNS = "name,kind,inputs,input,output,weights,biases,params,macs"
HUGE = ("-q", "-i", "3x100000x100000", "-l", "conv 100000 3 same, conv 99999 3 same -bias, gap, linear 99999")
WIDTHS = (40, 80, 120, 200)


@pytest.mark.parametrize("net", one_in(5, SPECS))
def test_json_is_what_its_schema_says(net):
    """One object with exactly these keys, all the way down, and integers for numbers."""
    Draft202012Validator.check_schema(SCHEMA)

    assert [error.message for error in VALIDATOR.iter_errors(counted(net))] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("layers", 0, "macs"), 1.5),
        (("layers", 0, "macs"), "1"),
        (("layers", 0, "more"), 1),
        (("totals", "more"), 1),
        (("totals", "status"), "partial"),
        (("more",), 1),
        (("schema",), "convcalc/2"),
        (("input", "input"), [1, 0]),
    ],
)
def test_the_schema_finds_what_is_wrong(path, value):
    """A document that has another key, or another type, does not pass."""
    document = json.loads(json.dumps(counted("seed")))
    *above, last = path
    at = document
    for key in above:
        at = at[key]
    at[last] = value

    assert len(list(VALIDATOR.iter_errors(document))) == 1


@pytest.mark.parametrize("net", one_in(5, SPECS))
def test_rows_of_json_add_up(net):
    """Each row has params = weights + biases, and each total is the sum of the rows."""
    found = counted(net)

    assert all(row["params"] == row["weights"] + row["biases"] for row in found["layers"])
    assert {cost: sum(row[cost] for row in found["layers"]) for cost in COSTS} == {
        cost: found["totals"][cost] for cost in COSTS
    }


@pytest.mark.parametrize("net", ["inputs", *one_in(5, SPECS)])
def test_rows_of_json_read_what_is_above_them(net):
    """Each name among a row's inputs is an input of the network or a row above, and its shape is the one told."""
    lines = ("-i", "left=3x8x8", "-i", "right=5x8x8", "-l", "concat, top: conv 4 1 bn, conv 8 1, concat @top")
    found = counted(*lines) if net == "inputs" else counted(net)
    outputs = dict(found["input"])
    for row in found["layers"]:
        assert [outputs[name] for name in row["inputs"]] == row["input"]
        assert row["name"] not in outputs
        outputs[row["name"]] = row["output"]


def test_json_of_several_networks_is_a_document_each():
    """The documents stand an empty line apart, each as it would stand alone."""
    out = shown("count", "seed", "lenet5", "-f", "json")
    documents = out.split("\n\n")

    assert [json.loads(document) for document in documents] == [counted("seed"), counted("lenet5")]
    assert out == f"{shown('count', 'seed', '-f', 'json')}\n{shown('count', 'lenet5', '-f', 'json')}"


def test_json_has_a_line_for_each_layer():
    """A row of JSON is a line of text, so that grep and diff are of use."""
    lines = shown("count", "lenet5", "-f", "json").splitlines()
    rows = [line for line in lines if line.startswith("    {")]

    assert [json.loads(row.rstrip(","))["name"] for row in rows] == [row["name"] for row in counted("lenet5")["layers"]]


# The same numbers in every format


def shape(numbers):
    return "x".join(map(str, numbers))


def flat(row):
    """A row of JSON as a table of texts has it."""
    texts = {
        "inputs": " ".join(row["inputs"]),
        "input": " ".join(map(shape, row["input"])),
        "output": shape(row["output"]),
    }
    return {key: texts.get(key, str(value)) for key, value in row.items()}


@pytest.mark.parametrize("net", one_in(5, SPECS))
def test_jsonl_has_the_rows_of_json(net):
    """A line is a row with the name of its network in front."""
    found = counted(net)
    lines = shown("count", net, "-f", "jsonl").splitlines()

    assert [json.loads(line) for line in lines] == [{"network": found["network"], **row} for row in found["layers"]]


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
@pytest.mark.parametrize("net", one_in(5, SPECS))
def test_separated_values_have_the_rows_of_json(net, form, delimiter):
    """Columns are the keys of JSON; each number is all digits, and adds up to its total."""
    found = counted(net)
    rows = values(shown("count", net, "-f", form), delimiter)

    assert rows == [flat(row) for row in found["layers"]]
    assert {cost: sum(int(row[cost]) for row in rows) for cost in COSTS} == {
        cost: found["totals"][cost] for cost in COSTS
    }


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_separated_values_of_several_networks_are_one_table(form, delimiter):
    """One head, whose first column is the network, and the rows of all networks below it."""
    out = shown("count", "seed", "lenet5", "-f", form)
    rows = values(out, delimiter)

    assert out.splitlines()[0].split(delimiter) == ["network", *counted("seed")["layers"][0]]
    assert rows == [
        {"network": found["network"], **flat(row)}
        for found in map(counted, ["seed", "lenet5"])
        for row in found["layers"]
    ]


def test_separated_values_are_quoted(tmp_path):
    """A name that holds what divides columns or rows comes back as it was."""
    path = tmp_path / "net.yaml"
    path.write_text('name: "a,\\"b\\"\\n\\tc"\ninput: 3x8x8\nlayers: conv 1 1\n', encoding="utf-8")
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        names = [row["network"] for row in values(shown("count", path, "seed", "-f", form), delimiter)]

        assert names == ['a,"b"\n\tc', "Two convolutions", "Two convolutions"]


def markdown(text):
    """The table of a text in Markdown: a row for each layer, and the totals."""
    title, empty, head, rule, *rest = text.splitlines()
    assert (title[:4], empty) == ("### ", "")
    headings, marks, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in [head, rule, *rest])
    assert set(marks) <= {"---", "---:"}
    rows = [row for row in rows if row[0] and len(row) == len(headings)]
    *rows, totals = (dict(zip(headings, row, strict=True)) for row in rows)
    return rows, {heading: cell.strip("*") for heading, cell in totals.items()}


def people(rows):
    """Rows of JSON as people read them."""
    return [
        {
            "Layer": row["name"],
            "Kind": row["kind"],
            "Reads": " ".join(row["inputs"]),
            "Input": " ".join(map(shape, row["input"])),
            "Output": shape(row["output"]),
            "Weights": f"{row['weights']:,}",
            "Biases": f"{row['biases']:,}",
            "Params": f"{row['params']:,}",
            "MACs": f"{row['macs']:,}",
        }
        for row in rows
    ]


@pytest.mark.parametrize("net", one_in(5, SPECS))
@pytest.mark.parametrize("form", ["plain", "markdown"])
def test_tables_have_the_rows_of_json(net, form):
    """Expanded, a table has all the rows of JSON, each number complete, and its totals."""
    found = counted(net)
    text = shown("count", net, "-f", form, "--expand", "--columns", COLUMNS)
    rows, totals = markdown(text) if form == "markdown" else (plain(text).rows, plain(text).totals)

    assert rows == people(found["layers"])
    assert [number(totals[each]) for each in ("Weights", "Biases", "Params", "MACs")] == [
        found["totals"][cost] for cost in COSTS
    ]


def test_markdown_is_as_it_is_read():
    """A heading, a table whose numbers stand on the right and whose totals are bold, and lines that end in breaks."""
    assert shown("count", "seed", "-f", "markdown", "--columns", "name,output,macs").splitlines() == [
        "### Two convolutions",
        "",
        "| Layer | Output | MACs |",
        "| --- | --- | ---: |",
        "| conv1 | 32x28x28 | 225,792 |",
        "| conv2 | 64x28x28 | 40,140,800 |",
        "| **total** |  | **40,366,592** |",
        "",
        *(f"{sentence}  " for sentence in wide("seed").foot),
    ]


def test_markdown_of_several_networks_has_a_heading_each():
    """Names of networks are headings; sentences below a table are lines of their own."""
    lines = shown("count", "seed", "lenet5", "-f", "markdown").splitlines()

    assert [line for line in lines if line.startswith("#")] == ["### Two convolutions", "### LeNet-5"]
    assert sum(line.startswith("A MAC is one multiply and one add") and line.endswith("  ") for line in lines) == 2


def test_a_markdown_table_is_not_divided_by_what_a_cell_holds():
    """Every line of a table has as many columns as its head."""
    lines = shown("count", "resnet18", "-f", "markdown").splitlines()
    table = [line for line in lines if line.startswith("|")]

    assert {line.count("|") for line in table} == {8}
    assert len(table) == 2 + len(plain(shown("count", "resnet18")).rows) + 1


def test_numbers_beyond_floats_stay_exact():
    """3×10^10 positions and 10^5 filters: every format has all digits of counts far beyond 2^53."""
    weights = [3 * 100_000 * 9, 100_000 * 99_999 * 9, 0, 99_999 * 99_999]
    biases = [100_000, 0, 0, 99_999]
    macs = [weights[0] * 10**10, weights[1] * 10**10, 0, weights[3]]
    assert sum(macs) > 2**53
    assert sum(macs) != int(float(sum(macs)))
    params = [weight + bias for weight, bias in zip(weights, biases, strict=True)]
    rows = list(zip(weights, biases, params, macs, strict=True))
    totals = [sum(weights), sum(biases), sum(params), sum(macs)]

    found = counted(*HUGE)
    assert [tuple(row[cost] for cost in COSTS) for row in found["layers"]] == rows
    assert [found["totals"][cost] for cost in COSTS] == totals
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        cells = values(shown("count", *HUGE, "-f", form), delimiter)
        assert [tuple(int(row[cost]) for cost in COSTS) for row in cells] == rows
    lines = map(json.loads, shown("count", *HUGE, "-f", "jsonl").splitlines())
    assert [tuple(row[cost] for cost in COSTS) for row in lines] == rows
    for form in ("plain", "markdown"):
        text = shown("count", *HUGE, "-f", form, "--columns", ",".join(COSTS))
        assert all(f"{total:,}" in text for total in totals)
        table = markdown(text)[0] if form == "markdown" else plain(text).rows
        assert [tuple(map(number, row.values())) for row in table] == rows


def test_numbers_of_any_length_are_written():
    """Sizes of 17 digits on 20 axes make counts of hundreds of digits, and they are exact."""
    size = 10**17 - 1
    shape = "x".join(["3", *[str(size)] * 8])
    found = counted("-q", "-i", shape, "-l", "linear 7")

    assert found["totals"]["weights"] == 3 * size**8 * 7
    assert f"{3 * size**8 * 7:,}" in shown("count", "-i", shape, "-l", "linear 7")


# Terminals of all widths


class Drawn(NamedTuple):
    """A table as a terminal shows it: its lines from the head on, and the sentences below it as one."""

    lines: list
    head: str
    headings: list
    body: list
    total: str
    foot: str

    def numbers(self, heading, lines):
        """The texts in a column of numbers: they end where its heading ends."""
        end = re.search(rf"(^|  ){heading}(?=  |$)", self.head).end()
        cut = [line[:end] for line in lines if line[end - 1 : end].strip() and not line[end : end + 1].strip()]
        return [line.split()[-1] for line in cut]


@cache
def drawn(width, *arguments):
    """What a terminal of some width gets."""
    lines = shown("count", *arguments, "-f", "table", COLUMNS=str(width)).splitlines()
    (rule,) = (number for number, line in enumerate(lines) if set(line) == {"─"})
    end = lines.index("", rule)
    head = lines[rule - 1]
    foot = " ".join(filter(None, lines[end + 2 :]))
    return Drawn(lines, head, re.split(" {2,}", head.strip()), lines[rule + 1 : end], lines[end + 1], foot)


@cache
def wide(net, *arguments):
    """The table without any limit of width."""
    return plain(shown("count", net, *arguments))


@pytest.mark.parametrize(("net", "width"), rotated(SPECS, WIDTHS))
def test_a_table_fits_its_terminal(net, width):
    """No line is wider than the terminal, and what is left out is named below."""
    for arguments in ([], ["--expand"]):
        table, whole = drawn(width, net, *arguments), wide(net, *arguments)
        left = [heading for heading in whole.headings if heading not in table.headings]
        told = f"Left out, as the terminal is {width} wide: {', '.join(left)}; -f plain has all."

        assert max(map(len, table.lines)) <= width
        assert table.headings[0] == "Layer"
        assert table.headings == [heading for heading in whole.headings if heading not in left]
        assert table.foot == " ".join([*whole.foot, told] if left else whole.foot)


@pytest.mark.parametrize(("net", "width"), rotated(SPECS, WIDTHS))
def test_no_number_is_cut(net, width):
    """Each cell that a terminal shows is a complete number, that of the JSON; and so are the totals."""
    found = counted(net)
    table = drawn(width, net, "--expand")
    for heading, cost in (("Weights", "weights"), ("Biases", "biases"), ("MACs", "macs")):
        if heading in table.headings:
            assert table.numbers(heading, table.body) == [f"{row[cost]:,}" for row in found["layers"]]
            assert table.numbers(heading, [table.total]) == [f"{found['totals'][cost]:,}"]
    for cost in COSTS:
        assert any(f"{found['totals'][cost]:,}" in line for line in table.lines[table.lines.index(table.total) + 1 :])


@pytest.mark.parametrize(("net", "width"), rotated(SPECS, WIDTHS))
def test_no_number_of_a_folded_table_is_cut(net, width):
    """Each row of a plain table has its numbers at any width."""
    table, whole = drawn(width, net), wide(net)
    numeric = {"Weights", "Biases", "MACs", "% of MACs"} & {*table.headings}

    assert {"Weights", "MACs"} <= numeric or width < 80
    for heading in numeric:
        assert table.numbers(heading, table.body) == [row[heading] for row in whole.rows]
        assert table.numbers(heading, [table.total]) == [*filter(None, [whole.totals[heading]])]


def test_narrow_terminals_lose_columns_and_wide_ones_do_not():
    """At 40 columns there is no room for what ResNet-50's layers are, at 200 there is for all."""
    assert "Description" not in drawn(40, "resnet50").headings
    assert drawn(200, "resnet50").headings == wide("resnet50").headings


@pytest.mark.parametrize(("net", "width"), rotated(SPECS, WIDTHS))
def test_what_matters_less_is_left_out_first(net, width):
    """No column is left out while another of a higher rank, which matters less, is shown."""
    ranks = {column.heading.title: column.heading.rank for column in count_columns(Terms(), {}).values()}
    kept = drawn(width, net).headings
    left = set(wide(net).headings) - set(kept)

    assert max(ranks[each] for each in kept) <= min((ranks[each] for each in left), default=99)


@pytest.mark.parametrize("nets", [["alexnet", "resnet50"], pytest.param(SPECS, marks=pytest.mark.long)], ids=len)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_real_terminal_gets_the_same(width, nets):
    """A terminal tells its width by itself: it gets what COLUMNS would have told."""
    done = on_terminal("count", *nets, columns=width)
    expected = "\n".join(["\n".join([*drawn(width, net).lines, ""]) for net in nets])

    assert (unstyled(done.out), done.status) == (expected, 0)


@pytest.mark.parametrize("width", [40, 120])
def test_a_dumb_terminal_has_a_width_as_well(width):
    """TERM=dumb says that there are no escapes, not how wide the terminal is."""
    done = on_terminal("count", "resnet18", columns=width, TERM="dumb")

    assert done.out.splitlines() == drawn(width, "resnet18").lines


def test_plain_is_complete_at_any_width():
    """Neither the width of a terminal nor COLUMNS takes anything from plain."""
    expected = shown("count", "googlenet")

    assert shown("count", "googlenet", "-f", "plain", COLUMNS="40") == expected
    assert shown("count", "googlenet", COLUMNS="40") == expected
    assert on_terminal("count", "googlenet", "-f", "plain", columns=40) == (expected, "", 0)


def test_a_table_in_a_pipe_has_no_width():
    """-f table without a terminal and without COLUMNS leaves nothing out."""
    out = shown("count", "googlenet", "-f", "table")

    assert "Left out" not in out
    assert out.splitlines() == drawn(500, "googlenet").lines


# Descriptions


@pytest.mark.parametrize("net", one_in(5, SPECS))
def test_a_description_is_a_line_of_the_language(net):
    """Put into -i INPUT -l DESCRIPTION, each layer has the same output, weights and MACs; joins read several."""
    rows = [row for row in counted(net)["layers"] if len(row["inputs"]) == 1]
    lines = {(row["description"], shape(row["input"][0])): row for row in rows}

    assert lines
    for (description, given), row in lines.items():
        (found,) = build(parse_lines([description], {}, parse_inputs([given]))).rows
        profile = found.profile

        assert (found.node.kind, list(profile.output)) == (row["kind"], row["output"]), description
        assert (profile.weights, profile.macs) == (row["weights"], row["macs"]), description


DESCRIBED = [
    "conv 9 3x5/2x1 p=0:1x2 d=2 g=3 -bias",
    "conv 8 3 same s=2",
    "conv 8 4 half",
    "dwconv 3 multiplier=2 same",
    "dwconv 3/2 p=1 d=2",
    "maxpool 3/2 ceil p=1",
    "maxpool 2/1 d=2",
    "avgpool 2x3 p=0x1",
    "avgpool 3 s=2 ceil",
    "lrn 7",
    "lrn",
    "dropout 0.25",
    "bn affine=false",
    "fc 5",
    "flatten",
    "gap",
    "swish",
    "leaky_relu",
    "log_softmax",
    "identity",
]


@pytest.mark.parametrize("line", DESCRIBED)
def test_options_are_told_in_a_description(line):
    """Each option that is not the usual one comes back from a description: it describes the same layer."""
    (first,) = counted("-i", "6x17x16", "-l", line)["layers"]
    (again,) = counted("-i", "6x17x16", "-l", first["description"])["layers"]

    assert {**again, "biases": 0, "params": 0} == {**first, "biases": 0, "params": 0}


def test_a_description_that_is_none_would_be_found():
    """What people read behind a linear layer, its flattening, is no line of the language."""
    row = next(row for row in plain(shown("count", "alexnet")).rows if row["Layer"] == "linear1")

    assert row["Description"] == "linear 4096 relu (256x6x6 → 9216)"
    assert called("count", "-i", "256x6x6", "-l", row["Description"]).status == 2


FORMULAS = ("-i", "k,2*n,n+tax", "-l", "conv k+1 3, conv 2*k (k+1)x3/(k+2)x1 p=(k+1)xn:k, concat(pass | conv 1 1)")
"""Sizes that are formulas, and a name with an x in it."""


def sizes(shape):
    """The sizes of a shape in which formulas stand in parentheses."""
    return re.findall(r"\([^()]*\)|[^()x]+", shape)


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_sizes_that_are_formulas_can_be_told_apart(form, delimiter):
    """C4: a formula stands in parentheses and has no blanks, so that sizes are divided by x, and shapes by blanks."""
    found = counted(*FORMULAS)["layers"]
    told = values(shown("count", *FORMULAS, "-f", form), delimiter)

    assert [row["output"] for row in told] == [
        "(k+1)x(2*n-2)x(n+tax-2)",
        "(2*k)xk_1x(k+2*n+tax-4)",
        "(2*k)xk_1x(k+2*n+tax-4)",
        "1xk_1x(k+2*n+tax-4)",
        "(2*k+1)xk_1x(k+2*n+tax-4)",
    ]
    for row, line in zip(found, told, strict=True):
        shapes = [sizes(shape) for shape in line["input"].split(" ")]
        assert shapes == [[as_text(size) for size in shape] for shape in row["input"]]
        assert sizes(line["output"]) == [as_text(size) for size in row["output"]]


def as_text(size):
    """A size of JSON as text has it."""
    if isinstance(size, int):
        return str(size)
    formula = size["formula"].replace(" ", "")
    return formula if formula.isidentifier() and "x" not in formula else f"({formula})"


def test_formulas_in_descriptions():
    """C4: so do formulas in a line of the language, which reads it again."""
    lines = [row["description"] for row in counted(*FORMULAS)["layers"]]
    again = counted("-i", "k,2*n,n+tax", "-l", ", ".join(lines[:2]))["layers"]

    assert lines[:2] == ["conv k+1 3x3", "conv 2*k (k+1)x3/(k+2)x1 p=(k+1)xn:k"]
    assert [row["description"] for row in again] == lines[:2]


def test_shapes_of_formulas_in_a_paper():
    """C4: each of several shapes is set in mathematics."""
    out = shown("count", *FORMULAS, "-f", "latex", "--columns", "name,input")

    assert r"concat1 & $2 k \times k_{1} \times \left(k + 2 n + tax - 4\right)$ $1 \times k_{1}" in out


def parquet(path, *arguments):
    """The names and types of the columns of a file of Parquet, and its rows."""
    assert called(*arguments, "-o", path)[:1] == ("",)
    table = pyarrow.parquet.read_table(path)
    return {field.name: str(field.type) for field in table.schema}, table.to_pylist()


TYPES = {
    **dict.fromkeys(("name", "kind", "description", "inputs", "input", "output"), "string"),
    **dict.fromkeys(("weights", "biases", "params", "macs"), "int64"),
}
"""The columns of `count` for machines."""


@pytest.mark.parametrize("nets", [("seed",), ("seed", "lenet5", "resnet18")], ids=len)
def test_parquet_has_what_csv_has(nets, tmp_path):
    """C5: the columns for machines, in the same order, and the network first where there are several."""
    types, rows = parquet(tmp_path / "x.parquet", "count", *nets)
    first = {"network": "string"} if len(nets) > 1 else {}

    assert list(types.items()) == list({**first, **TYPES}.items())
    assert [{key: str(cell) for key, cell in row.items()} for row in rows] == values(shown("count", *nets, "-f", "csv"))


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        ("conv 3 3", "weights,macs_share,intensity,fan_in,covers_input,jump"),
        ("relu", "weights,macs_share,intensity,fan_in,covers_input,jump"),
        ("gap, linear 10", "weights,macs_share,intensity,fan_in,covers_input,jump"),
    ],
)
def test_types_are_those_of_columns(line, columns, tmp_path):
    """C5: a column has its type whatever is in it, be it nothing."""
    types, _ = parquet(tmp_path / "x.parquet", "count", "-i", "3x8x8", "-l", line, "--columns", columns)

    assert types == {
        "weights": "int64", "macs_share": "double", "intensity": "double", "fan_in": "int64", "covers_input": "bool",
        "jump": "string",
    }  # fmt: skip  # a list reads better in lines


def test_types_of_formulas(tmp_path):
    """C5: where counts may be formulas, columns hold text, also beside a network of numbers."""
    types, (row,) = parquet(tmp_path / "x.parquet", "count", "-i", "3,n,n", "-l", "conv 4 3 same")

    assert types == {**TYPES, **dict.fromkeys(("weights", "biases", "params", "macs"), "string")}
    assert (row["weights"], row["macs"]) == ("108", "108*n**2")


@pytest.mark.parametrize(
    ("arguments", "types"),
    [
        (("check", "seed", "lenet5", "--max-params", "5M"), {"limit": "double", "found": "double", "within": "bool"}),
        (("nets",), {"year": "int64", "params": "int64", "input": "string"}),
        (("kinds", "conv"), {"required": "bool", "default": "string"}),
        (("compare", "seed", "lenet5", "alexnet"), {"network": "string", "params_before": "int64"}),
        (("widen", "seed", "--factor", "2"), {"ratio": "double", "macs_after": "int64", "name": "string"}),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_types_of_other_commands(arguments, types, tmp_path):
    """C5: so it is with each command."""
    found, rows = parquet(tmp_path / "x.parquet", *arguments)

    assert {key: found[key] for key in types} == types
    assert rows


def test_tables_of_different_columns_are_merged():
    """C5: the columns of all, empty where a table has none, and text where they hold different things."""
    one = Table("rows", [Heading("name", "Name"), Heading("n", "N", NATURAL)], [("x", 1)])
    two = Table("rows", [Heading("n", "N"), Heading("more", "More")], [("1/2", "y")])
    (both,) = merged([Page("a", [one], {"network": "a"}), Page("b", [two], {"network": "b"})]).tables

    assert [(heading.key, heading.type) for heading in both.headings] == [
        ("network", "text"), ("name", "text"), ("n", "text"), ("more", "text"),
    ]  # fmt: skip  # one list
    assert list(both.rows) == [("a", "x", 1, None), ("b", None, "1/2", "y")]


HOSTILE = [
    "*a* **b** _c_ __d__ ~e~", "a`b`c", "<b>bold</b>", "<!-- gone", "[a](b)", "![a](b)", "a|b", "# a", "a #", "- a",
    "* a", "1. a", "> a", "---", "===", "&amp;", "\\*a\\*", "end\\", "[x] a", "a [^1] b", "```", "~~~", "+ a", "a\\|b",
]  # fmt: skip  # a list reads better in lines
"""Names that mean something in Markdown."""


@pytest.mark.parametrize("name", HOSTILE)
def test_names_change_no_page(name):
    """C14: titles, cells and sentences say what they say, as a reader of CommonMark shows them."""
    page = Page(name, [Table("rows", [Heading("name", name)], [(name,), (name,)])], foot=[name, name])
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(write(page))
    shown_as = escape(name.strip(), quote=False).replace('"', "&quot;")

    assert html.splitlines() == [
        f"<h3>{shown_as}</h3>",
        "<table>", "<thead>", "<tr>", f"<th>{shown_as}</th>", "</tr>", "</thead>", "<tbody>",
        *["<tr>", f"<td>{shown_as}</td>", "</tr>"] * 2,
        "</tbody>", "</table>",
        f"<p>{shown_as}<br />", f"{shown_as}</p>",
    ]  # fmt: skip  # a page


@pytest.mark.parametrize("name", HOSTILE)
def test_names_change_no_answer(name):
    """C14: so do answers, and what is literal stays within its fence."""
    page = Page(name, [Text("a", name, [name, name]), Text("b", name, [name]), Code("c", name, [name])])
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(write(page))
    shown_as = escape(name, quote=False).replace('"', "&quot;")

    assert html.splitlines() == [
        f"<h1>{shown_as}</h1>", f"<h2>{shown_as}</h2>",
        "<ul>", *[f"<li>{shown_as}</li>"] * 2, "</ul>",
        f"<h2>{shown_as}</h2>", f"<p>{shown_as}</p>",
        f"<h2>{shown_as}</h2>", f"<pre><code>{shown_as}", "</code></pre>",
    ]  # fmt: skip  # a page


def test_line_breaks_end_no_cell():
    """C14: a text goes on in its line."""
    page = Page("a\n# b", [Table("rows", [Heading("name", "Name")], [("a\r\nb",)])], foot=["a\n\n- b"])

    assert write(page) == "### a # b\n\n| Name |\n| --- |\n| a b |\n\na - b  \n"


def test_only_what_has_an_effect_is_escaped():
    """C14: names such as conv_1, and what stands between blanks, stay as they are."""
    plain_texts = ["conv_1", "5 * 3", "a < b", "[0, 1]", "R&D", "C:\\nets", "#5", "-3 less", "a ~ b", "k·n² − 1"]

    assert [sentence(text) for text in plain_texts] == plain_texts
    assert sentence("conv 2*k 3") == r"conv 2\*k 3"


def test_names_of_a_network_in_markdown(tmp_path):
    """C14: the name of a network is one from the command line to the page."""
    path = tmp_path / "net.yaml"
    path.write_text('name: "*a* | <b>\\n# c"\ninput: 3x8x8\nlayers: conv 1 1\n', encoding="utf-8")

    assert shown("count", path, "-f", "markdown").splitlines()[0] == r"### \*a\* | \<b>\n# c"


def test_names_in_a_paper():
    """C14: a row that begins with a bracket or a star is no option of the line above; a sentence is one comment."""
    page = Page("a", [Table("rows", [Heading("name", "a<b|c>")], [("[a]\nb",), ("*",)])], foot=["a\nb"])

    assert latex(page).splitlines()[2:] == [
        r"a\textless{}b\textbar{}c\textgreater{} \\",
        r"\midrule",
        r"{}[a] b \\",
        r"{}* \\",
        r"\bottomrule",
        r"\end{tabular}",
        "% a b",
    ]


def test_findings_link_nowhere():
    """C14: brackets that would be a link in SARIF are escaped; in XML and in commands of GitHub, all else is."""
    page = Page("", [Findings([Finding("params", "[a](b)", passed=False, message='<x> "y" 5%\n::error::')])])

    assert json.loads(write_sarif(page))["runs"][0]["results"][0]["message"]["text"].startswith(r"\[a\](b): ")
    assert "&lt;x&gt;" in write_junit(page)
    assert write_github(page) == '::error title=[a](b)%3A params::<x> "y" 5%25%0A::error::\n'
