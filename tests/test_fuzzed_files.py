"""Whatever a file holds beside a description ends in an answer or in errors that have a code, never in a traceback.

CONVCALC_EXAMPLES=N tries N/4 of each kind, for a longer search than a test run has time for.
"""

import json
import math

import pytest
from command_line import counted
from examples import one_in
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_fuzzing import EXAMPLES, NASTY, holds

from convcalc.network.measures import MEASURES, countable

TRIED = settings(max_examples=max(1, EXAMPLES // 4), deadline=None, suppress_health_check=[HealthCheck.too_slow])

WORDS = [
    *MEASURES,
    "blocks",
    "budget",
    "tool",
    "convcalc",
    "conv1",
    "network",
    "totals",
    "input",
    "status",
    "batch",
    "a",
]
"""Keys that mean something somewhere."""

TEXTS = st.sampled_from([*NASTY, *WORDS, "k" * 5000, ">=5", "5M", "40%", "complete"]) | st.text(max_size=8)
NUMBERS = (
    st.integers()
    | st.sampled_from([True, False, 2**63, -(2**63) - 1, 10**400, -0.0, 0.5, 1e308, math.inf, -math.inf, math.nan])
    | st.floats()
)
TREES = st.recursive(
    st.none() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)

DEEP = 100_000
"""Levels that exhaust whatever calls itself for each."""

LONG = "9" * 10_000
"""Digits that Python does not make an integer of."""

NESTED = ["[" * DEEP, '{"a":' * DEEP, "[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900]
SCALARS = [
    LONG,
    f"-{LONG}",
    f"1.{LONG}",
    f"1e{LONG}",
    "NaN",
    "-Infinity",
    '"\\ud800"',
    '"\\u0000"',
    "true",
    "null",
    '""',
    "0x10",
]
"""What stands in JSON and its kin where it should not."""


def encoded(held):
    """JSON of anything, as bytes."""
    return json.dumps(held, ensure_ascii=False).encode("utf-8", "surrogatepass")


def toml_key(text):
    """A key in TOML."""
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")


def toml(held):
    """A value in TOML, or what is nearly one."""
    if isinstance(held, list):
        return f"[{', '.join(map(toml, held))}]"
    if isinstance(held, dict):
        return f"{{{', '.join(f'{toml_key(key)} = {toml(value)}' for key, value in held.items())}}}"
    if isinstance(held, str | None):
        return toml_key(held or "")
    return str(held).lower()


@given(
    budget=st.dictionaries(st.sampled_from(WORDS) | TEXTS, TREES, max_size=4),
    key=st.sampled_from(["budget", "tool.convcalc.budget"]),
)
@example({"params": True, "macs": 10**400}, "budget")
@example({"blocks": {"conv1": {"macs": [">=1", "2"]}, "": {"macs": 1}}}, "budget")
@TRIED
def test_any_configuration(budget, key):
    """C11: a configuration whose budget is anything."""
    lines = [f"{toml_key(name)} = {toml(value)}\n" for name, value in budget.items()]

    holds("check", "seed", "--config", "-", stdin=f"[{key}]\n{''.join(lines)}".encode())


LINES = st.lists(
    st.sampled_from([
        "[budget]", "[budget", "[[budget]]", "budget = 5", "budget.params = 5", "params = 5", "params = '5M'",
        "a.b.c = {", "}", "]", "[", "= 5", '"""', "'''", "'", '"', "#", 'params = "\\u0000"', "params = 0xffff",
        "x = +inf", "params = 1979-05-27T07:32:00Z",
    ])
    | st.text(max_size=10),
    max_size=6,
)  # fmt: skip  # a list reads better in lines


@given(lines=LINES)
@TRIED
def test_any_lines_of_a_configuration(lines):
    """C11: lines that a configuration may have, in any order."""
    text = "\n".join(lines).encode("utf-8", "surrogatepass")

    holds("check", "seed", "--config", "-", stdin=text)


@pytest.mark.parametrize(
    "text",
    one_in(6, [*NESTED, *SCALARS, ".".join("a" * 40_000), "{a=" * 2000, "k" * 100_000, '"' * 1000, "0b1" + "1" * 990]),
)
def test_nasty_configurations(text):
    """C11: deep, long and strange values in a configuration."""
    for line in (
        f"[budget]\nparams = {text}\n",
        f"{text} = 1\n",
        f"[{text}]\n",
        f"budget = {text}\n",
        f"a = [{text},\n",
    ):
        holds("check", "seed", "--config", "-", stdin=line.encode())


COUNT = counted("seed")
CHANGES = st.tuples(
    st.sampled_from(["network", "totals", "input", "batch", "dtype", "status", "schema", *countable()]),
    TREES,
    st.booleans(),
)


@given(tree=TREES)
@TRIED
def test_any_baseline(tree):
    """C11: an earlier count that is anything."""
    holds("check", "seed", "--baseline", "-", stdin=encoded(tree))


@given(changes=st.lists(CHANGES, min_size=1, max_size=3))
@example([("weights", None, True)])
@example([("macs", 10**400, True), ("status", None, True)])
@TRIED
def test_any_change_of_a_baseline(changes):
    """C7, C11: an earlier count of which something is anything else."""
    held = {**COUNT, "totals": dict(COUNT["totals"])}
    for key, value, within in changes:
        if within and isinstance(held["totals"], dict):
            held["totals"][key] = value
        else:
            held[key] = value

    holds("check", "seed", "--baseline", "-", stdin=encoded(held))


@pytest.mark.parametrize("text", one_in(6, [*NESTED, *SCALARS]))
def test_nasty_baselines(text):
    """C7, C11: deep, long and strange values in an earlier count."""
    name = json.dumps(COUNT["network"])
    for written in (
        text,
        f'{{"network": {text}, "totals": {{"macs": 1}}}}',
        f'{{"network": {name}, "totals": {text}}}',
        f'{{"network": {name}, "totals": {{"macs": {text}}}}}',
        f'{{"network": {name}, "totals": {{"macs": 1}}, "input": {text}, "batch": {text}}}',
        f'{{"network": {name}, "totals": {{"macs": 1, "macs": {text}}}}}',
    ):
        holds("check", "seed", "--baseline", "-", stdin=written.encode())


ROWS = st.lists(
    st.dictionaries(st.sampled_from(["k1", "k2", "macs", "reason", "x"]) | TEXTS, TREES, max_size=3), max_size=3
)


def table_holds(content):
    """A table ends in a result or in an error, as rows and as what is joined."""
    holds("sweep", "seed", "--rows", "-", stdin=content)
    holds("sweep", "seed", "--vary", "k1=1,2", "--join", "-", stdin=content)


@given(rows=ROWS, lines=st.booleans())
@example(rows=[{}, {"k1": 0}], lines=False)
@TRIED
def test_any_table(rows, lines):
    """C11: a table in JSON, as a list or in lines, whose cells are anything."""
    text = b"\n".join(map(encoded, rows)) if lines else encoded(rows)

    table_holds(text)


@given(text=st.text(alphabet=st.sampled_from('k1,2;\t"\n\r8x[]:. \0é'), max_size=30))
@TRIED
def test_any_separated_values(text):
    """C11: a table in CSV of any characters."""
    table_holds(text.encode())


@pytest.mark.parametrize("text", one_in(6, [*NESTED, *SCALARS]))
def test_nasty_tables(text):
    """C11: deep, long and strange values in a table."""
    for written in (
        text,
        f'{{"k1": {text}}}',
        f'[{{"k1": {text}}}]',
        f"k1,x\n{text},1\n",
        f'{{"k1": 1, "x": {text}}}',
        f'k1,x\n1,"{text}\n',
    ):
        table_holds(written.encode())


TRACED = ("explain", "trace", "-i", "1x2x2", "-l", "conv 1 2", "--values", "-")


@given(tree=TREES, key=st.sampled_from(["input", "conv1", "weights", "conv1.weights", ""]))
@TRIED
def test_any_tensors(tree, key):
    """C11: tensors that are anything."""
    holds(*TRACED, stdin=encoded({key: tree}))


@pytest.mark.parametrize("text", [*NESTED, *SCALARS])
def test_nasty_tensors(text):
    """C11: deep, long and strange values in tensors."""
    for written in (text, f'{{"input": {text}}}', f'{{"input": [[[{text}, 1], [2, 3]]]}}', f"{{{text}: 1}}"):
        holds(*TRACED, stdin=written.encode())


@pytest.mark.parametrize("text", one_in(6, [*NESTED, *SCALARS]))
def test_nasty_descriptions(text):
    """C11: deep, long and strange values in a description."""
    for written in (
        text,
        f"input: {text}\nlayers: [conv 8 3]\n",
        f"input: 3x8x8\nlayers: {text}\n",
        f"input: 3x8x8\nvars: {{a: {text}}}\nlayers: [conv a 3]\n",
        f"input: 3x8x8\nbudget: {{params: {text}}}\nlayers: [conv 8 3]\n",
        f"input: 3x8x8\nlayers: [{{conv: {{out_channels: {text}, kernel_size: 3}}}}]\n",
    ):
        holds("check", "-", "--max-macs", "1", stdin=written.encode())


@pytest.mark.parametrize(
    "text",
    one_in(
        3,
        [LONG, f"1e{LONG}", f"1{'0' * 400}", "k" * 5000, "[" * 1000, "(" * 1000, "@" * 5000, "=" * 5000, " " * 5000],
    ),
)
@pytest.mark.parametrize(
    "words",
    [
        ("count", "seed", "--set", "k1={}"),
        ("count", "seed@k1={}"),
        ("count", "{}@HEAD"),
        ("count", "-i", "{}", "-l", "conv 8 3"),
        ("count", "-i", "3x8x8", "-l", "conv {} 3"),
        ("count", "seed", "--columns", "{}"),
        ("sweep", "seed", "--vary", "k1={}"),
        ("sweep", "seed", "--vary", "k1=1:{}:3"),
        ("sweep", "seed", "--vary", "k1=1,2", "--where", "macs < {}"),
        ("fit", "seed", "--max-params", "{}"),
        ("widen", "seed", "--factor", "{}"),
        ("widen", "seed", "--factors", "1,{}"),
        ("widen", "seed", "--factor", "2", "--keep", "{}"),
        ("widen", "seed", "--depth-factor", "{}"),
        ("widen", "seed", "--resolution", "{}"),
        ("check", "seed", "--max-params", "{}"),
        ("check", "seed", "--max-layer-share", "{}%"),
        ("check", "seed", "--baseline", "seed", "--max-increase", "{}%"),
        ("check", "seed", "--baseline", "{}"),
        ("explain", "trace", "-i", "1x2x2", "-l", "conv 1 2", "--pixel", "{}"),
    ],
    ids=" ".join,
)  # fmt: skip  # a case in a line
def test_nasty_words(words, text):
    """B5, C11: long and strange words in options."""
    holds(*[word.format(text) for word in words])
