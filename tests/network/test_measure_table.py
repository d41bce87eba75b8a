"""The table of measures: each entry computed in another way, and all that follows from an entry."""

import ast
import json
import subprocess
import sys
from fractions import Fraction
from math import prod
from pathlib import Path

import pytest
from command_line import HANGS, Done, called, environment
from descriptions import line
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from convcalc.layers.base import COSTS
from convcalc.network import measures
from convcalc.network.limits import Limit
from convcalc.network.measures import MEASURES, countable, measured, needs_of
from convcalc.network.sight import receptive_fields
from convcalc.network.terms import Terms
from convcalc.pages.count import COLUMN_KEYS
from convcalc.questions.budget import checked

BITS = {"fp32": 32, "fp16": 16, "bf16": 16, "int8": 8, "int4": 4}
"""Of each type."""


def taken(numbers, dtype):
    """The least whole bytes that hold so many numbers."""
    return -(-numbers * BITS[dtype] // 8)


def learnt(report, *costs):
    """What layers learn or keep, where they are the first to use it."""
    return [getattr(row.profile, cost) for row in report.rows if not row.repeated for cost in costs]


def done(report, cost):
    """What all layers do for one sample."""
    return sum(getattr(row.profile, cost) for row in report.rows)


def read_and_made(row):
    """How many numbers each tensor has that a layer reads and makes, and the one that it may write over once."""
    tensors = [*row.inputs, row.profile.output]
    over = len(set(tensors)) == 1 and row.profile.fan_in <= len(row.inputs)
    return [prod(shape) for shape in tensors[over:]]


BY_HAND = {
    "weights": lambda report, *_: sum(learnt(report, "weights")),
    "biases": lambda report, *_: sum(learnt(report, "biases")),
    "params": lambda report, *_: sum(learnt(report, "weights", "biases")),
    "statistics": lambda report, *_: sum(learnt(report, "statistics")),
    "macs": lambda report, batch, _: batch * done(report, "macs"),
    "operations": lambda report, batch, _: batch * done(report, "operations"),
    "activations": lambda report, batch, _: sum(batch * prod(row.profile.output) for row in report.rows),
    "parameter_bytes": lambda report, _, dtype: sum(taken(one, dtype) for one in learnt(report, "weights", "biases")),
    "activation_bytes": lambda report, batch, dtype: sum(
        taken(batch * prod(row.profile.output), dtype) for row in report.rows
    ),
    "moved_bytes": lambda report, batch, dtype: sum(
        taken(times * numbers, dtype)
        for row in report.rows
        for times, numbers in [
            *[(batch, prod(shape)) for shape in (*row.inputs, row.profile.output)],
            (1, row.profile.weights),
            (1, row.profile.biases),
        ]
    ),
    "activation": lambda report, batch, dtype: max(
        sum(taken(batch * numbers, dtype) for numbers in read_and_made(row)) for row in report.rows
    ),
    "layer_share": lambda report, *_: max(Fraction(row.profile.macs, done(report, "macs") or 1) for row in report.rows),
    "receptive_field": lambda report, *_: min(
        field.size for field in receptive_fields(report).fields[report.rows[-1].node.name]["input"]
    ),
}
"""All measures, each written out."""

NETWORKS = [
    "conv 5 3",
    "relu, maxpool 2",
    "conv 4 3 same bn relu, avgpool 2, linear 7",
    "conv 3 3 same share=w *3, gap, linear 3",
    "residual(conv C 3 same bn relu, conv C 1), prelu C, upsample 2",
    "concat(conv 3 1 | maxpool 3/1 p=1 | pass), gn groups=3, attention 3",
    "dwconv 3 same, sepconv 4 3, mul(pass | gap, conv C 1), local_conv 2 3",
]


@pytest.mark.parametrize("key", MEASURES)
@given(st.sampled_from(NETWORKS), st.integers(1, 300), st.sampled_from(sorted(BITS)))
def test_each_measure_is_what_its_definition_says(key, text, batch, dtype):
    """Of a whole network, as a budget has it; and, but for what is seen in a whole report, of its rows."""
    report, terms = line(text, shape="3x8x8"), Terms(batch, dtype)
    expected = BY_HAND[key](report, batch, dtype)
    (found,) = checked(report, [Limit(key, Fraction(0), at_least=True)], terms)

    assert found.found == expected
    assert MEASURES[key].seen or measured(key, report.rows, terms) == expected


@pytest.mark.parametrize("key", [key for key, measure in MEASURES.items() if measure.of])
@given(st.sampled_from(NETWORKS), st.integers(0, 9))
def test_what_adds_up_is_a_sum(key, text, cut):
    """Of two parts, one has what both have less what the other has; what does not add up is at most that."""
    rows, terms = line(text, shape="3x8x8").rows, Terms(3, "int4")
    parts = measured(key, rows[:cut], terms) + measured(key, rows[cut:], terms)
    whole = measured(key, rows, terms)

    assert whole == parts if MEASURES[key].adds else whole <= parts


def test_what_is_seen_is_no_amount_of_rows():
    """A receptive field is of a whole report: rows alone do not say what is before them."""
    with pytest.raises(ValueError, match=r"^receptive_field must be seen in a whole report, but got rows$"):
        measured("receptive_field", line("conv 4 3").rows, Terms())


def test_each_entry_has_a_key_of_its_own():
    """No entry hides another of the same key."""
    tree = ast.parse(Path(measures.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Measure"]

    assert [call.args[0].value for call in calls] == list(MEASURES)
    assert BY_HAND.keys() == MEASURES.keys()


@pytest.mark.parametrize("key", MEASURES)
def test_each_entry_is_complete(key):
    """It is counted or seen, in a unit; it has a column or a sentence, and needs costs that there are."""
    measure = MEASURES[key]

    assert measure.key == key
    assert (measure.of is None) != (measure.seen is None)
    assert bool(measure.title) != measure.about.startswith(f"{key} is ")
    assert measure.unit
    assert not measure.bytes_of or measure.unit == "bytes"
    assert set(needs_of(key)) <= set(COSTS)
    assert not measure.share_of or needs_of(key) == needs_of(measure.share_of)


def test_what_others_call_a_measure_is_one_measure():
    """Nor is it one of our own columns."""
    names = [name for measure in MEASURES.values() for name in (*measure.foreign, *(measure.share or [(), ()])[2:])]
    flat = [name for each in names for name in ([each] if isinstance(each, str) else each)]

    assert len(flat) == len(set(flat))
    assert set(flat).isdisjoint(COLUMN_KEYS)


def test_all_that_pages_show_is_in_the_table():
    """The columns of a count, the totals of a comparison, the limits of a check, and what fit tells."""
    shares = {f"{key}_share" for key, measure in MEASURES.items() if measure.share}
    plain = {"name", "kind", "description", "inputs", "input", "output", "intensity", "fan_in"}
    totals = json.loads(called("compare", "seed", "seed", "-f", "json").out)["totals"]
    fitted = json.loads(called("fit", "seed", "--vary", "k1", "--max-activations", "1M", "-f", "json").out)

    assert set(COLUMN_KEYS) == {*countable(), *shares, *plain, "receptive_field", "jump", "start", "covers_input"}
    assert [key for key in totals if key.endswith("_before")] == [f"{key}_before" for key in countable()]
    assert {row["measure"] for row in fitted["measures"]} == {"params", "macs", "activations"}


MORE = """
import sys
from convcalc.arithmetic.operations import largest
from convcalc.network.measures import MEASURES, Measure

for measure in (
    Measure("nodes", "nodes", lambda terms, rows: terms.batch * len(rows), title="Nodes", foreign=("vertices",)),
    Measure(
        "widest", "channels", lambda _, rows: largest(*[row.profile.output[0] for row in rows]), title="Widest",
        adds=False,
    ),
):
    MEASURES[measure.key] = measure

from convcalc.cli.app import run
sys.exit(run(sys.argv[1:]))
"""
"""The command line with two more entries in the table, and nothing else."""

NET = b"""\
input: 3x8x8
budget: {nodes: 7, widest: 4, blocks: {conv2: {widest: ">= 6"}}}
layers: ["conv 4 3 same relu", "conv 6 3 same"]
"""


def extended(*arguments, stdin=b""):
    """What a command writes where the table has two more entries."""
    ran = subprocess.run(
        [sys.executable, "-c", MORE, *arguments],
        input=stdin,
        capture_output=True,
        env=environment(),
        timeout=HANGS,
        check=False,
    )
    return Done(ran.stdout.decode(), ran.stderr.decode(), ran.returncode)


def test_a_new_measure_is_a_column_of_a_count():
    """With its total, which is the sum of lines where it adds up, and by what others call it; the schema has it."""
    written = extended("count", "-", "--columns", "name,nodes,widest", "--batch", "2", "-f", "json", stdin=NET)
    held = json.loads(written.out)
    schema = json.loads(extended("schema", "count").out)

    assert [(row["nodes"], row["widest"]) for row in held["layers"]] == [(2, 4), (2, 4), (2, 6)]
    assert (held["totals"]["nodes"], held["totals"]["widest"]) == (6, 6)
    assert list(Draft202012Validator(schema).iter_errors(held)) == []
    assert {"nodes", "widest"} <= schema["properties"]["totals"]["properties"].keys()
    assert "did you mean nodes?" in extended("count", "seed", "--columns", "vertices").err


def test_a_new_measure_is_shown_to_people():
    """Under its title; only what adds up has a sum below it."""
    shown = extended("count", "-", "--columns", "name,nodes,widest", stdin=NET).out.splitlines()

    assert [row.split() for row in shown[2:3] + shown[4:6] + shown[7:8]] == [
        ["Layer", "Nodes", "Widest"],
        ["conv1", "2", "4"],
        ["conv2", "1", "6"],
        ["total", "3"],
    ]


def test_a_new_measure_is_swept():
    """Of each configuration, on arrays."""
    done = extended("sweep", "seed", "--vary", "k1=8,128", "--columns", "nodes,widest", "-f", "csv")

    assert done.out.splitlines() == ["k1,nodes,widest,reason", "8,2,64,", "128,2,128,"]


def test_a_new_measure_has_a_budget():
    """Of a network, and of a part of it; what weighs most is named."""
    done = extended("check", "-", stdin=NET)
    told = [row for row in done.out.splitlines() if " is " in row]

    assert done.status == 1
    assert told == ["widest is 6, at most 4 is allowed (budget): 2 too much. Heaviest: conv2 6; conv1 4; relu1 4."]
    assert "limits not kept" in done.out


def test_a_new_measure_is_compared():
    """Its totals, before and after."""
    found = json.loads(extended("compare", "seed@k1=8", "seed@k1=128", "-f", "json").out)["totals"]

    assert (found["widest_before"], found["widest_after"], found["widest_delta"]) == (64, 128, 64)
    assert found["nodes_delta"] == 0
