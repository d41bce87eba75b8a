"""Counts in terms of symbols: put numbers in, and they are the counts of the network with these numbers."""

import json
from concurrent.futures import ThreadPoolExecutor
from math import gcd
from pathlib import Path
from unittest.mock import patch

import pytest
import sympy
from command_line import called, shown, uncoded
from examples import examples, one_in
from hypothesis import given
from hypothesis import strategies as st

from convcalc.arithmetic.bounds import LowerBounds
from convcalc.arithmetic.operations import computing, current_domain
from convcalc.arithmetic.symbols import MOST_EFFORT, Symbols, effort
from convcalc.language.assemble.network import build
from convcalc.language.read.settings import parse_inputs, parse_settings
from convcalc.sources.bundled import bundled
from convcalc.sources.loading import load

COUNTS = ("weights", "biases", "params", "macs")
PYTHON = {"gcd": gcd, "Min": min, "Max": max, "floor": lambda number: number, "__builtins__": {}}
"""What formulas call."""


def counted(*arguments):
    """What `count` tells programs."""
    return json.loads(shown("count", *arguments, "-f", "json"))


def meanings(document, values):
    """The values of symbols, and of the names that are defined by them."""
    known = dict(values)
    for name, meant in document["definitions"].items():
        known[name] = evaluated(meant, known)
    return known


def evaluated(number, known):
    """A number, or a formula with numbers in it, as Python computes it."""
    if not isinstance(number, dict):
        return number
    return eval(number["formula"], PYTHON, dict(known))


def holds(document, known):
    """Whether numbers are as it is assumed."""
    python = [each.replace("Mod", "mod") for each in document["assumptions"]]
    return all(eval(each, {**PYTHON, "mod": lambda one, other: one % other}, dict(known)) for each in python)


def rows(document, known):
    """Name, output and counts of each layer, in numbers."""
    return [
        (
            row["name"],
            [evaluated(size, known) for size in row["output"]],
            [evaluated(row[key], known) for key in COUNTS],
        )
        for row in document["layers"]
    ]


def numbers(report):
    """The same of a report."""
    return [
        (
            row.node.name,
            list(row.profile.output),
            [row.weights, row.biases, row.weights + row.biases, row.profile.macs],
        )
        for row in report.rows
    ]


def test_the_question():
    """1×n×m, k1 filters of 3×3, k2 of 5×5: 9·k1 + 25·k1·k2 weights, each used at n·m positions."""
    found = counted("-i", "1,n,m", "-l", "conv k1 3 same, conv k2 5 same")
    first, second = found["layers"]

    assert [first[key]["formula"] for key in COUNTS] == ["9*k1", "k1", "10*k1", "9*k1*m*n"]
    assert [second[key]["formula"] for key in COUNTS[:2]] == ["25*k1*k2", "k2"]
    assert second["macs"]["formula"] == "25*k1*k2*m*n"
    assert second["output"] == [
        {"formula": name, "latex": latex} for name, latex in (("k2", "k_{2}"), ("n", "n"), ("m", "m"))
    ]
    assert found["totals"]["weights"] == {"formula": "k1*(25*k2 + 9)", "latex": r"k_{1} \left(25 k_{2} + 9\right)"}
    assert (found["symbols"], found["definitions"], found["assumptions"]) == (["n", "m", "k1", "k2"], {}, [])


def test_the_question_for_people():
    """Formulas stand where numbers do; below the table is what symbols are."""
    out = shown("count", "-i", "1,n,m", "-l", "conv k1 3 same, conv k2 5 same")

    assert out.splitlines()[:7] == [
        "network",
        "",
        "Layer  Description       Output         Weights   Biases                MACs  % of MACs",
        "-----  ----------------  ------  --------------  -------  ------------------  ---------",
        "conv1  conv k1 3x3 same  k1×n×m            9·k1       k1            9·k1·m·n",
        "conv2  conv k2 5x5 same  k2×n×m        25·k1·k2       k2        25·k1·k2·m·n",
        "-----  ----------------  ------  --------------  -------  ------------------  ---------",
    ]
    assert "\nn, m, k1, k2: whole numbers of at least 1.\n" in out


def test_a_value_makes_numbers():
    """With --set for each, the same line gives the numbers."""
    line = ["-i", "1,n,m", "-l", "conv k1 3 same, conv k2 5/2 same"]
    given = {"n": 28, "m": 30, "k1": 32, "k2": 64}
    symbolic = counted(*line)
    numeric = counted(*line, *(f"--set={name}={value}" for name, value in given.items()))

    assert rows(symbolic, meanings(symbolic, given)) == rows(numeric, {})


def test_a_value_for_a_name_of_the_input():
    """A name that only -i has is a symbol, or, with --set, its value: of a bundled network as of lines."""
    numeric = counted("vgg16", "-i", "3,n,n", "--set", "n=64")

    assert numeric["totals"] == counted("vgg16", "-i", "3x64x64")["totals"]
    assert counted("vgg16", "-i", "3,n,n")["symbols"] == ["n"]
    assert "symbols" not in numeric


SCALARS = {
    name: [
        variable
        for variable, value in load(name).variables.items()
        if getattr(value, "constant", None).__class__ is int
    ]
    for name in bundled()
}
"""The variables of bundled networks that are whole numbers."""


def symbolic_cases():
    return [(name, variable) for name, variables in SCALARS.items() for variable in variables]


@pytest.mark.parametrize(("name", "variable"), one_in(10, symbolic_cases()))
def test_bundled_networks_in_terms_of_a_variable(name, variable):
    """The formulas of each layer give its numbers, for the value that the variable has, and for others."""
    done = called("count", name, "--symbolic", variable, "-f", "json")
    if done.status:
        assert done.status == 2
        assert variable in done.err
        pytest.skip(f"{variable} decides what layers there are")
    document = json.loads(done.out)
    own = load(name).variables[variable].constant
    for value in (own, own + 1, 2 * own, 3 * own + 2):
        known = meanings(document, {variable: value})
        if holds(document, known):
            assert rows(document, known) == numbers(build(load(name), parse_settings([f"{variable}={value}"])))


@pytest.mark.parametrize(
    ("name", "least"), [("unet", 188), ("alexnet", 67), ("vgg16", 32), ("resnet18", 1), ("lenet5", 32)]
)
def test_the_smallest_input(name, least):
    """What is assumed of the input's size is what the network accepts, to the position."""
    (shape,) = build(load(name)).graph.inputs.values()
    found = counted(name, "-i", f"{shape[0]},n,n")
    bound = [each for each in found["assumptions"] if each.startswith("n >= ")]
    accepted = [size for size in range(max(1, least - 3), least + 4) if not refused(name, shape[0], size)]

    assert bound == ([f"n >= {least}"] if least > 1 else [])
    assert min(accepted) == least


def refused(name, channels, size):
    return called("count", name, "-i", f"{channels}x{size}x{size}", "--depth", "0").status != 0


LAYERS = st.sampled_from(
    [
        *("conv k 3", "conv k 3 same", "conv 2*k 3/2 half bn relu", "conv C+k 1", "conv 3*k 3 g=k", "dwconv 3/2 same"),
        *(
            "maxpool 2",
            "maxpool 3/2 ceil",
            "avgpool 3/2 p=1",
            "adaptive_avgpool 3",
            "upconv k 2/2",
            "upsample 2",
            "pad 1",
        ),
        *("residual(conv C 3 same)", "residual(conv k 3 same | conv k 1)", "concat(conv k 1 | conv 3 3 same)"),
        *("mul(pass | gap, conv C 1)", "bn", "pad 1", "ln", "pixel_unshuffle 1", "attention 1"),
    ]
)


@given(st.lists(LAYERS, min_size=1, max_size=5), st.integers(1, 7), st.integers(1, 40), st.booleans())
@examples(60)
def test_random_networks(lines, k, n, flat):
    """Where the numbers are as it is assumed, the formulas give what the numbers cost."""
    line = ", ".join([*lines, *(["gap, linear k"] if flat else [])])
    done = called("count", "-i", "k,n,n+1", "-l", line, "-f", "json")
    if done.status:
        assert done.status == 2
        return
    document = json.loads(done.out)
    known = meanings(document, {"k": k, "n": n})
    numeric = called("count", "-i", "k,n,n+1", "-l", line, "--set", f"k={k}", "--set", f"n={n}", "-f", "json")
    if document["symbols"] and holds(document, known):
        assert numeric.status == 0, numeric.err
        assert rows(document, known) == rows(json.loads(numeric.out), {})


@pytest.mark.parametrize(
    ("line", "assumed"),
    [
        ("residual(conv c1 3 same | conv c1 1)", ["c1 != 3"]),
        ("add(conv a 1 | conv b 1)", ["b == a"]),
        ("conv 8 5/2, maxpool 3", ["n >= 9"]),
        ("conv 8 1 g=k", ["Mod(3, k) == 0", "Mod(8, k) == 0"]),
        ("conv 8 k", ["n >= k"]),
    ],
)
def test_what_is_assumed(line, assumed):
    """What cannot be decided is stated."""
    found = counted("-i", "3,n,n", "-l", line)["assumptions"]

    assert found == assumed or (line == "conv 8 k" and len(found) == 1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("add(conv a 1 | conv 8 1), add(conv a 1 | conv 9 1)", "add needs tensors of one shape, but got"),
        ("conv 4 3 g=k+3", "in_channels (3) must be divisible by groups (k + 3)"),
        ("flatten k", "start_dim must be the number of an axis, but got k"),
        ("slice 0 1 axis=k", "axis must be the number of an axis, but got k"),
        ("conv 8 1 *k", "a repetition must be a whole number from 0 to 150,000, but got k"),
        ("crop n", "cropping (n) leaves nothing of an axis of n"),
    ],
)
def test_what_no_numbers_can_be(line, message):
    """A contradiction is an error, whatever the symbols are."""
    done = called("count", "-i", "3,n,n", "-l", line)

    assert (done.out, done.status) == ("", 2)
    assert uncoded(done.err).startswith(f"error: {message}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["seed", "--symbolic", "k3"],
            (
                "error[unknown-name]: unknown variable: k3; known: k1, k2, m, n\n"
                " --> --symbolic:1:1\n  |\n1 | k3\n  | ^^\n"
            ),
        ),
        (
            ["seed", "--symbolic", "k1", "--set", "k1=3"],
            "error[given-twice]: k1 is both set and symbolic\n --> --set:1:1\n  |\n1 | k1=3\n  | ^^\n",
        ),
        (
            ["-i", "1,n,n", "-l", "conv 8 3", "--columns", "+receptive_field"],
            "error[needs-numbers]: receptive fields are told of numbers, and not of symbols\n",
        ),
    ],
)
def test_what_symbols_cannot_do(arguments, message):
    """The whole message."""
    assert called("count", *arguments) == ("", message, 2)


def test_a_misspelt_word_is_no_symbol():
    """A name that is nearly a word is a mistake, as it was."""
    done = called("count", "-i", "3x8x8", "-l", "conv 8 rleu")

    assert done.status == 2
    assert done.err.startswith("error[unknown-name]: unknown word or variable: rleu; did you mean relu?\n")


def test_sizes_that_run_together_are_no_symbol():
    """`3xnxm` has the name nxm in it, and what is meant are three sizes."""
    done = called("count", "-i", "3xnxm", "-l", "conv k 3")

    assert done.status == 2
    assert done.err.startswith("error[unknown-name]: unknown variable: nxm\n")
    assert "\n  | try: 3,n,m, as an x within a name divides nothing\n" in done.err
    assert called("count", "-i", "3 x n x m", "-l", "conv k 3").status == 0


def test_formulas_for_a_paper():
    """A table of LaTeX, with formulas in mathematics."""
    out = shown(
        "count", "-i", "1,n,m", "-l", "conv k1 3, conv k2 5/2 same", "-f", "latex", "--columns", "name,output,weights"
    )

    assert out.splitlines()[:9] == [
        r"\begin{tabular}{llr}",
        r"\toprule",
        r"Layer & Output & Weights \\",
        r"\midrule",
        r"conv1 & $k_{1} \times \left(n - 2\right) \times \left(m - 2\right)$ & $9 k_{1}$ \\",
        r"conv2 & $k_{2} \times n_{1} \times m_{1}$ & $25 k_{1} k_{2}$ \\",
        r"\midrule",
        r"total &  & $k_{1} \left(25 k_{2} + 9\right)$ \\",
        r"\bottomrule",
    ]


MOST_CALLS = 200_000
"""Calls after which a count is given up."""


def work(depth, line):
    """How often bounds are asked for, or wanted, to count so many layers."""
    done = 0

    def counting(method):
        def counted_call(*arguments, **options):
            nonlocal done
            done += 1
            assert done <= MOST_CALLS
            return method(*arguments, **options)

        return counted_call

    with (
        patch.object(LowerBounds, "lowest", counting(LowerBounds.lowest)),
        patch.object(LowerBounds, "want", counting(LowerBounds.want)),
    ):
        shown("count", "-i", "3,n,n", "-l", f"({line}) *{depth}", "-f", "json")
    return done


@pytest.mark.parametrize(
    "line",
    one_in(
        3,
        [
            "conv 4 3/2",
            "conv 4 3/2 same",
            "conv 4 3/2, maxpool 2 ceil",
            "conv 4 3/s",
            "conv 4 k/s p=q",
            "upconv 4 3/2, conv 4 3/2",
            "conv 4 3/2, upsample 2",
            "residual(conv C 3 same), maxpool 3/2 p=1",
            "concat(maxpool 3/2 ceil | conv k 3/2)",
            "add(conv C 3/2 | conv C 3/2)",
        ],
    ),
)
def test_work_grows_with_depth(line):
    """B3: each layer takes at most a pass over the sizes above it: thrice the depth is at most nine times the work."""
    assert work(18, line) <= 12 * work(6, line)


def test_long_sums_are_not_factored():
    """B3: factoring takes a high power of the number of symbols; of long sums, what terms share is factored out."""
    with patch("sympy.factor", side_effect=sympy.factor) as factor:
        total = counted("-i", "3,n,n", "-l", "(conv 4 3/2) *30")["totals"]["macs"]["formula"]

    assert max(effort(call.args[0]) for call in factor.call_args_list) <= MOST_EFFORT
    assert total.startswith("108*n_1**2 + 144*n_10**2 + ")


def test_deep_networks_in_terms_of_a_size():
    """B3: sixty layers, each half the size of the one above; the least input is the one that numbers need."""
    found = counted("-i", "3,n,n", "-l", "(conv 4 3/2) *60")

    assert found["assumptions"] == [f"n >= {2**61 - 1}"]
    assert len(found["definitions"]) == 60
    known = meanings(found, {"n": 2**61 - 1})
    assert [evaluated(size, known) for size in found["layers"][-1]["output"]] == [4, 1, 1]
    assert evaluated(found["totals"]["macs"], known) == 4 * 27 * (2**60 - 1) ** 2 + sum(
        4 * 4 * 9 * (2**layer - 1) ** 2 for layer in range(1, 60)
    )


@pytest.mark.long
def test_long_sizes_have_names():
    """B3: channels that are long polynomials get a name, so that formulas stay short, and right."""
    line = ["-i", "3x5x5", "-l", "(conv C*k+j 1) *20"]
    found = counted(*line)
    given = {"k": 2, "j": 3}

    assert max(len(row["weights"]["formula"]) for row in found["layers"]) < 800
    assert rows(found, meanings(found, given)) == rows(counted(*line, "--set", "k=2", "--set", "j=3"), {})


def test_the_name_of_a_size_is_that_of_its_first_symbol():
    """B3: a size of two symbols is called by the one that was named first, in each run."""
    found = counted("-i", "c,2*n,n*m", "-l", "conv 4 3/s")

    assert list(found["definitions"]) == ["n_1", "n_2"]


def test_numbers_need_no_sympy():
    """Only a symbol loads it."""
    source = Path(__file__).parents[1] / "test_architecture.py"

    assert '"sympy"' in source.read_text(encoding="utf-8")
    assert counted("-i", "1x8x8", "-l", "conv 8 3")["totals"]["weights"] == 72


def test_given_inputs_are_numbers():
    """`parse_inputs` alone makes no symbols."""
    (shape,) = parse_inputs(["1x8x8"]).values()

    assert shape.constant == (1, 8, 8)


def test_each_thread_has_its_own_arithmetic():
    """C10: numbers that one thread computes are integers, also while another one computes with symbols."""
    with ThreadPoolExecutor(1) as elsewhere, computing(Symbols()):
        report = elsewhere.submit(build, load("lenet5")).result()
        assert current_domain() is not None
        assert elsewhere.submit(current_domain).result() is None

    assert type(report.params) is int
    assert current_domain() is None
