"""An operation of one's own costs what its line says, and nothing is made up."""

import json

import pytest
from command_line import called, shown
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.base import COSTS
from convcalc.layers.custom import Custom
from convcalc.network.measures import countable, needs_of

NET = b"""\
name: Detector
input: 3x8x8
layers:
  - conv 4 3 same
  - nms: custom 400 macs=7
  - linear 10
"""

PLACE = """\
 --> <stdin>:5:10   nms
  |
5 |   - nms: custom 400 macs=7
  |          ^^^^^^
"""

SEVERAL = b"""\
input: 3x8x8
layers:
  - left: conv 4 3
  - conv 8 3
  - custom 10 @left
"""

CONV = 4 * 3 * 3 * 3
LINEAR = 100 * 4 * 10


@given(
    st.lists(st.integers(1, 99), min_size=1, max_size=4).map(tuple),
    st.dictionaries(st.sampled_from(COSTS), st.integers(0, 10**6)),
    st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=4).map(tuple), min_size=1, max_size=3),
)
def test_it_is_what_it_is_said_to_be(shape, costs, inputs):
    """Its output and each cost that is given, of as many inputs as there are; the others are unknown."""
    profile = Custom(shape, **costs)(*inputs)

    assert profile.output == shape
    assert {cost: getattr(profile, cost) for cost in costs} == costs
    assert set(profile.unknown) == set(COSTS) - set(costs)
    assert profile.windows is None


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda: Custom((4, 0)), "the sizes of shape (4x0) must be at least 1"),
        (lambda: Custom((4,), macs=-1), "macs (-1) must be at least 0"),
    ],
)
def test_what_cannot_be(layer, message):
    """Sizes of nothing, and less than nothing of a cost."""
    with pytest.raises(RuleError) as caught:
        layer()

    assert str(caught.value) == message


def counted(*arguments, stdin=NET):
    """What count says in JSON, and on standard error."""
    done = called("count", "-", "-f", "json", *arguments, stdin=stdin)
    assert done.status == 0
    return json.loads(done.out), done.err


def test_totals_are_partial():
    """They have what is known, and say what they lack; cells and shares of what is not known are empty."""
    found, warned = counted("--columns", "name,params,params_share,macs_share")

    assert warned == "warning: Detector: partial totals, which lack nms (weights, biases)\n"
    assert found["totals"] == {
        "weights": CONV + LINEAR,
        "biases": 4 + 10,
        "params": CONV + LINEAR + 14,
        "macs": CONV * 64 + 7 + LINEAR,
        "status": "partial",
        "lacks": {"nms": ["weights", "biases"]},
    }
    assert [(row["params"], row["params_share"]) for row in found["layers"]] == [
        (CONV + 4, None),
        (None, None),
        (LINEAR + 10, None),
    ]
    assert sum(row["macs_share"] for row in found["layers"]) == pytest.approx(1)


def test_they_are_complete_where_all_is_known():
    """A cost that no total counts is not asked for, until its column is."""
    net = NET.replace(b"macs=7", b"macs=7 weights=5 biases=0")

    found, warned = counted(stdin=net)
    assert (found["totals"]["status"], "lacks" in found["totals"], warned) == ("complete", False, "")

    found, _ = counted("--columns", "+operations", stdin=net)
    assert found["totals"]["lacks"] == {"nms": ["operations"]}


def test_each_measure_needs_its_costs():
    """Whatever column is shown, its total is partial just where one of its costs is not known."""
    for cost in COSTS:
        given_ = " ".join(f"{each}=1" for each in COSTS if each != cost)
        for measure in countable():
            line = f"custom 5 {given_}"
            done = called("count", "-i", "3x8x8", "-l", line, "-f", "json", "--columns", f"name,{measure}")
            (row,) = json.loads(done.out)["layers"]
            assert (row[measure] is None) == (cost in needs_of(measure))


def test_people_see_bounds():
    """A question mark where nothing is known, and at least so much of a sum."""
    done = called("count", "-", stdin=NET)

    cells = [line.split() for line in done.out.splitlines() if line.startswith(("nms", "total"))]
    assert cells[0][-4:-2] == ["?", "?"]
    assert cells[1] == ["total", "≥", f"{CONV + LINEAR:,}", "≥", "14", f"{CONV * 64 + 7 + LINEAR:,}"]
    assert done.out.endswith("Partial totals: they lack nms (weights, biases), which nobody has said.\n")
    assert f"≥ {CONV + LINEAR + 14:,} parameters (≥ {CONV + LINEAR:,} weights + ≥ 14 biases)" in done.out


def test_latex_has_signs_of_its_own():
    """A bound is set in mathematics."""
    done = called("count", "-", "-f", "latex", stdin=NET)

    assert f"total &  &  & $\\geq$ {CONV + LINEAR:,} & $\\geq$ 14 &" in done.out


def test_csv_has_nothing_where_nothing_is_known():
    """An empty cell, in a column of numbers."""
    done = called("count", "-", "-f", "csv", "--columns", "name,weights,macs", stdin=NET)

    assert done.out.splitlines()[2] == "nms,,7"


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--max-params", "1M"),
        ("widen", "--factor", "2"),
        ("fit", "--max-params", "1M"),
        ("fit", "--max-params", "1K", "--scale", "resolution"),
    ],
    ids=" ".join,
)
def test_an_answer_that_needs_what_is_not_known(arguments):
    """It is refused, and told which costs to give."""
    command, *others = arguments
    message = "error[unknown-cost]: the answer needs costs that are not known: nms (weights, biases)\n"
    way = "  | try: weights=0 biases=0 behind nms, or what it really takes\n"

    assert called(command, "-", *others, stdin=NET) == ("", f"{message}{PLACE}{way}", 2)


SWEPT = ("sweep", "-i", "3x8x8", "-l", "conv k 3, custom 10 macs=0 operations=0", "--vary", "k=1,2", "-f", "csv")


def test_a_sweep_tells_what_is_known():
    """C8: it leaves the cells empty that are not, and says which costs they lack."""
    done = called(*SWEPT, "--columns", "params,macs")

    assert done == (
        (
            "k,params,macs,reason\n"
            f'1,,{27 * 36},"not known: custom1 (weights, biases)"\n'
            f'2,,{2 * 27 * 36},"not known: custom1 (weights, biases)"\n'
        ),
        "warning: network: 2 of 2 configurations have costs that are not known: custom1 (weights, biases)\n",
        0,
    )
    assert shown(*SWEPT, "--columns", "macs") == f"k,macs,reason\n1,{27 * 36},\n2,{2 * 27 * 36},\n"


@pytest.mark.parametrize(
    "choice", [("--where", "params < 1K"), ("--top", "1", "--by", "params"), ("--pareto", "params")]
)
def test_a_sweep_that_would_choose_by_what_is_not_known(choice):
    """C8: where nothing can be chosen, it is refused, and told which costs to give."""
    done = called(*SWEPT, *choice)

    assert done.status == 2
    assert "error[unknown-cost]: the answer needs costs that are not known: custom1 (weights, biases)\n" in done.err
    assert done.err.endswith("  | try: weights=0 biases=0 behind custom1, or what it really takes\n")


def test_a_limit_that_needs_what_is_known():
    """A network may be checked for what is known of it, and a limit that this exceeds is exceeded."""
    assert called("check", "-", "--max-macs", "12K", stdin=NET).status == 0
    assert called("check", "-", "--max-macs", "10K", stdin=NET).status == 1
    sure = called("check", "-", "--max-params", "1K", stdin=NET)
    assert (sure.status, sure.err) == (1, "")
    assert f"≥ {CONV + LINEAR + 14:,}" in sure.out
    assert f"params is at least {CONV + LINEAR + 14:,}, at most 1,000 is allowed" in sure.out


def test_answers_that_need_nothing_that_is_not_known():
    """Sizes, memory and descriptions are told as far as they go."""
    least = called("fit", "-", "--smallest-input", "-f", "json", stdin=NET)
    assert json.loads(least.out)["inputs"] == [
        {"input": [3, 1, 1], "output": [10], "params": None, "macs": CONV + 7 + LINEAR}
    ]
    widest = json.loads(called("fit", "-", "--max-activations", "1K", "-f", "json", stdin=NET).out)
    assert [each["measure"] for each in widest["measures"]] == ["macs", "activations"]
    assert "custom 400 macs=7" in called("widen", "-", "--factor", "2", "-f", "yaml", stdin=NET).out


def test_widening_says_that_it_does_not_scale():
    """Its shape and its costs are what its line says, however wide the rest is."""
    whole = NET.replace(b"macs=7", b"macs=7 weights=0 biases=0")
    found = json.loads(called("widen", "-", "--factor", "2", "-f", "json", stdin=whole).out)

    assert found["warnings"] == ["custom layers make and cost what their lines say, and do not scale: nms"]


def test_channels_are_those_of_the_current_tensor():
    """C is of what is current, also where other tensors are named."""
    last = called("count", "-", "-f", "jsonl", "-q", stdin=SEVERAL.replace(b"custom 10", b"custom (C)x7x7")).out
    assert json.loads(last.splitlines()[-1])["output"] == [8, 7, 7]


def test_a_comparison_of_partial_totals():
    """Differences are of what is known, and say so."""
    done = called("compare", "-", "seed", "-f", "json", stdin=NET)
    found = json.loads(done.out)

    assert done.err == "warning: Detector → Two convolutions: partial totals, which lack nms (weights, biases)\n"
    assert called("compare", "-", "seed", "-q", stdin=NET).err == ""
    people = called("compare", "-", "seed", stdin=NET).out
    assert f"\nweights ≥ {CONV + LINEAR:,} → 51,488\nbiases ≥ 14 → 96\n" in people
    assert found["totals"]["status"] == "partial"
    assert found["totals"]["lacks"] == {"nms": ["weights", "biases", "statistics", "operations"]}
    assert [each["params_delta"] for each in found["differences"] if each["name"].startswith("nms")] == [None]


def test_it_reads_several_tensors():
    """The current one, and those that it names."""
    last = called("count", "-", "-f", "jsonl", stdin=SEVERAL).out.splitlines()[-1]

    assert json.loads(last)["inputs"] == ["conv1", "left"]


def test_it_is_written_as_it_was_read():
    """A description that convcalc writes has the same costs."""
    text = called("count", "-", "-f", "yaml", "-q", stdin=NET).out

    assert counted(stdin=text.encode()) == counted()


def test_explain_says_what_is_not_known():
    """It makes up no count of nothing."""
    text = shown("explain", "-i", "3x8x8", "-l", "custom 10 weights=20", "custom1")

    assert "  biases: not known\n  MACs: not known\n" in text
    assert "parameters not known" in text
