"""What reads a text takes time in proportion to its length: lines of Python are counted, not seconds."""

import json
import sys
from contextlib import suppress

import pytest

from convcalc.arithmetic.amounts import positive
from convcalc.arithmetic.functions import ExpressionFault
from convcalc.errors import ConvcalcError, Place, Source
from convcalc.explain.tensors import parse_tensors
from convcalc.explain.topics import parsed
from convcalc.language.read.budget import parse_bound, parse_config, signed
from convcalc.language.read.document import parse_description
from convcalc.language.read.line import in_one_line, parse_line
from convcalc.language.read.settings import parse_inputs, parse_settings
from convcalc.network.limits import Limit
from convcalc.network.terms import Terms
from convcalc.questions.baseline import Allowance, parse_baseline
from convcalc.questions.condition_syntax import ConditionParser
from convcalc.questions.tables import parse_listed
from convcalc.questions.vary import parse_vary
from convcalc.sources.references import parted

SOME = 400


def lines(run, *arguments):
    """The lines of Python that a run takes, in this package and in the standard library."""
    count = 0

    def trace(_frame, event, _argument):
        nonlocal count
        count += event == "line"
        return trace

    usual = sys.gettrace()
    sys.settrace(trace)
    try:
        run(*arguments)
    except ConvcalcError:
        pass
    finally:
        sys.settrace(usual)
    return count


def config(text):
    """Read a configuration."""
    return parse_config(Source("convcalc.toml", text), ("budget",))


def baseline(text):
    """Read an earlier count."""
    return parse_baseline(Source("old.json", text), Allowance(0, "old.json"), Terms())


def tensors(text):
    """Read tensors."""
    return parse_tensors(Source("values.json", text), {"input": (1, 2)})


def described(text):
    """Read a description."""
    return parse_description(Source("net.yaml", text), "net")


def condition(text):
    """Read a condition, however long."""
    with suppress(ExpressionFault):
        ConditionParser(text).whole()


def figure(text):
    """Read a figure of a topic."""
    parsed(text).names  # noqa: B018  # they are looked up, too


READERS = {
    "a limit of blanks": (lambda text: parse_bound("params", text), lambda n: " " * n + "x"),
    "a limit with blanks within": (
        lambda text: parse_bound("params", text),
        lambda n: ">=" + " " * n + "5" + " " * n + "x",
    ),
    "a setting of commas": (lambda text: parse_settings([text]), lambda n: "k=" + "1," * n + "("),
    "a setting of many": (lambda text: parse_settings([text]), lambda n: "k=" + "1," * n + "1"),
    "many settings": (parse_settings, lambda n: [f"k{i}=1" for i in range(n)]),
    "many inputs": (parse_inputs, lambda n: [f"k{i}=1x2" for i in range(n)]),
    "values": (lambda text: parse_vary([text]), lambda n: "k=" + ",".join(map(str, range(1, n + 1)))),
    "lists of values": (lambda text: parse_vary([text]), lambda n: "k=" + ",".join(f"[{i},2]" for i in range(n))),
    "ranges": (lambda text: parse_vary([text]), lambda n: "k=" + ",".join(f"{9 * i}:{9 * i + 3}" for i in range(n))),
    "open brackets": (lambda text: parse_vary([text]), lambda n: "k=" + "[" * n),
    "a network of settings": (parted, lambda n: "net.yaml" + "@k=1" * n),
    "a network of revisions": (parted, lambda n: "net.yaml" + "@HEAD" * n),
    "a factor": (lambda text: positive("--factor", text), lambda n: "9" * n),
    "unknown measures": (config, lambda n: "[budget]\n" + "".join(f"m{i} = 1\n" for i in range(n))),
    "measures of blocks": (
        config, lambda n: "".join(f"[budget.blocks.b{i}]\nparams = 1\n" for i in range(n)),
    ),
    "a key of many parts": (config, lambda n: ".".join("a" * n) + " = 1"),
    "tables": (config, lambda n: "".join(f"[a{i}.b]\n" for i in range(n))),
    "brackets": (config, lambda n: "a = " + "[" * n),
    "quotes": (config, lambda n: 'a = "' + '\\"' * n),
    "counts": (
        baseline, lambda n: "\n".join(json.dumps({"network": f"n{i}", "totals": {"macs": 1}}) for i in range(n)),
    ),
    "totals that are none": (
        baseline, lambda n: json.dumps({"network": "n", "totals": {"macs": None, **{f"k{i}": 1 for i in range(n)}}}),
    ),
    "a table": (lambda text: parse_listed(text, "t.csv"), lambda n: "k\n" + "".join(f"{i}\n" for i in range(n))),
    "a table in JSON": (
        lambda text: parse_listed(text, "t.json"), lambda n: json.dumps([{"k": i} for i in range(n)]),
    ),
    "tensors": (tensors, lambda n: json.dumps({"input": [[1, [2] * n]]})),
    "a signature": (
        described, lambda n: f'input: 3x8x8\nblocks: {{"a{" " * n}x": relu}}\nlayers: [a]\n',
    ),
    "lines": (parse_line, lambda n: "relu\n" * n + " " * n + "x"),
    "signs": (figure, lambda n: "-" * n + "a"),
    "operators": (figure, lambda n: "a**2-" * n + "a"),
    "parentheses that close": (figure, lambda n: "(a)+" * n + "a"),
    "a condition of many": (condition, lambda n: "not (a<b<=3M) or 5 GiB!=a and " * n + "a<3"),
    "calls": (condition, lambda n: "f" + "(a)[b].c" * n + "<3"),
    "groups of several": (condition, lambda n: "(a, b) in " * n + "c"),
    "brackets of a condition": (condition, lambda n: "{" * n),
    "lines of a condition": (condition, lambda n: "(" + "a<\n" * n + "3)" + "\n" * n),
    "remarks": (condition, lambda n: "a<3 " + "#" * n),
    "a budget": (
        described, lambda n: "input: 3x8x8\nbudget:\n" + "".join(f"  m{i}: 1\n" for i in range(n)) + "layers: [relu]\n",
    ),
}  # fmt: skip  # a case in few lines
"""What reads a text, and texts of so many parts."""


@pytest.mark.parametrize(("read", "text"), READERS.values(), ids=READERS)
def test_readers_take_linear_time(read, text):
    """B5, B7: twice as long a text takes at most twice as many lines of Python, but for a few."""
    read_once = lines(read, text(3))
    once, twice = lines(read, text(SOME)), lines(read, text(2 * SOME))

    assert twice <= 2.2 * once + read_once


def test_more_is_found():
    """The count above tells quadratic from linear time."""

    def quadratic(number):
        for _ in range(number):
            for _ in range(number):
                pass

    assert lines(quadratic, 200) > 3.5 * lines(quadratic, 100)


def test_limits_of_blanks():
    """B5: blanks around a sign and an amount say nothing, however many there are."""
    blanks = " " * 30_000

    assert signed(f"{blanks}>={blanks}5M{blanks}") == (">=", "5M")
    assert parse_bound("params", f"{blanks}<={blanks}5M{blanks}") == (False, 5_000_000)
    assert parse_bound("params", f"5{blanks}x") == "an amount such as 5M, 300e6 or 256KiB"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("conv 4 3\nbn", "conv 4 3, bn"),
        ("\n conv 4 3 ,\n\n\t bn \n", "conv 4 3, bn"),
        ("conv 4 3,\n,\nbn", "conv 4 3, , bn"),
        ("conv 4 3\n, bn", "conv 4 3, , bn"),
        ("conv 4 3,\n", "conv 4 3,"),
        (" \n ", ""),
        ("a" + " " * 9000 + "b\nc", "a" + " " * 9000 + "b, c"),
    ],
)
def test_lines_become_one(text, line):
    """B5: a line break divides layers as a comma does; blanks in a line stay, and cost nothing."""
    assert in_one_line(text) == line


@pytest.mark.parametrize("text", ["1e99999999", "1e-9999999999", "9" * 5000, "1/1e9999999", "1" + " " * 30_000 + "x"])
def test_factors_are_not_computed_in_vain(text):
    """B5: a factor of an endless exponent is refused before it is written out."""
    with pytest.raises(ConvcalcError, match=r"--factor must be a number above 0 and at most 1,000,000"):
        positive("--factor", text)


def test_values_are_bounded_together():
    """B5: the bound on the values of a variable holds for all its ranges together."""
    with pytest.raises(ConvcalcError, match="k takes 12,000,000 values, and may take 10,000,000"):
        parse_vary(["k=1:6000000,7000001:13000000"])


def test_places_in_configurations():
    """B7: a limit stands where its own key does, and not where another key of that name does."""
    text = """\
# params
title = "params = 1"
other = {params = 1, list = [{params = 2}, {macs = [3,
  {params = 4}]}]}
[budget]
'layer_share' = "40%"   # params
blocks."a b".params = '''5M'''
macs = ["1M",
  ">=2"]
[budget.blocks.stage]
"params" = 8
"""
    limits = config(text)
    told = {(each.measure, each.part): (each.place.line, each.place.column, each.place.width) for each in limits}

    assert all(isinstance(each, Limit) and isinstance(each.place, Place) for each in limits)
    assert told == {
        ("layer_share", ""): (6, 1, 13),
        ("params", "a b"): (7, 14, 6),
        ("macs", ""): (8, 1, 4),
        ("params", "stage"): (11, 1, 8),
    }


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("a = " + "[" * 100_000, "a configuration must be nested at most 40 levels deep", (1, 45)),
        ("params={" + "a={" * 2000, "a configuration must be nested at most 40 levels deep", (1, 127)),
        ("\n" + ".".join("a" * 40_000) + " = 1", "a configuration must be nested at most 40 levels deep", (2, 81)),
        ("[" + ".".join("a" * 41) + "]", "a configuration must be nested at most 40 levels deep", (1, 82)),
        (
            "[budget]\nparams = " + "9" * 10_000,
            "a key or a number must have at most 1,000 characters, but got 10,000",
            (2, 10),
        ),
        ("[budget]\nparams = 65M\n", "convcalc.toml is not TOML: Expected newline", (2, 12)),
    ],
)
def test_configurations_beyond_bounds(text, message, place):
    """B7, C11: what would exhaust the parser of TOML is refused before it sees it, with its place."""
    with pytest.raises(ConvcalcError) as raised:
        config(text)
    (fault,) = raised.value.faults

    assert fault.message.startswith(message)
    assert (fault.place.line, fault.place.column) == place


@pytest.mark.parametrize("depth", [1, 39, 40])
def test_configurations_within_bounds(depth):
    """As deep as is allowed, by brackets and by dots, is read."""
    budget = "\n[budget]\nparams = 5\n"
    for text in (
        "a = " + "[" * depth + "]" * depth,
        ".".join("a" * depth) + " = 1",
        "a = " + "{a = " * (depth - 1) + "1" + "}" * (depth - 1),
    ):
        (limit,) = config(text + budget)
        assert (limit.measure, limit.bound, limit.place.line) == ("params", 5, 3)
