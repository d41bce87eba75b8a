"""Whatever is given as a description ends in a network or in faults, never otherwise."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from descriptions import network
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import ConvcalcError, Source
from convcalc.language.assemble.network import build
from convcalc.language.read.document import parse_description, parse_lines
from convcalc.language.read.settings import parse_inputs
from convcalc.layers.kinds import EXAMPLES, JOINS, KINDS, kind_class
from convcalc.layers.options import RULES, schema
from convcalc.sources.bundled import bundled

BUNDLED = [path.read_text(encoding="utf-8") for path in bundled().values()]
SPLINTERS = st.sampled_from(
    [
        *("conv", "maxpool", "concat", "residual", "block", "linear", "gap", "add", "pass", "from", "e1", "C", "k"),
        *sorted(KINDS),
        *EXAMPLES.values(),
        *(
            "64",
            "3x3/2",
            "0:1",
            "p=1",
            "k=",
            "*2",
            "*n-1",
            "@e1",
            "-relu",
            "bn",
            "relu",
            "same",
            "fixed",
            "2.5",
            "1//0",
        ),
        *(
            "(",
            ")",
            ",",
            "|",
            ":",
            " ",
            "\n",
            "  - ",
            "[",
            "]",
            "{",
            "}",
            "'",
            '"',
            "#",
            "&a",
            "*a",
            "!!x",
            "---",
            "\t",
        ),
        *("input: 3x8x8\n", "layers:", "vars:", "blocks:", "for:", "do:", "repeat:", "between:", "inputs:", "outputs:"),
    ]
)


def read(text):
    """Count a description, or be told why not."""
    with suppress(ConvcalcError):
        return build(parse_description(Source("net.yaml", text), "net"))
    return None


@given(st.lists(SPLINTERS, max_size=30).map(" ".join))
def test_any_line(text):
    """A line of the command line is layers or a fault."""
    with suppress(ConvcalcError):
        report = build(parse_lines([text], {}, parse_inputs(["3x8x8"])))
        assert report.rows


@given(st.one_of(st.text(), st.lists(SPLINTERS, max_size=40).map("".join)))
def test_any_text(text):
    """A text is a network or a fault."""
    read(text)


@given(st.sampled_from(BUNDLED), st.data())
def test_any_change_of_a_bundled_network(text, data):
    """Whatever is cut out of a network and put in its place, it counts, or says why it does not."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    put = data.draw(st.one_of(SPLINTERS, st.text(max_size=3)))

    report = read(text[:start] + put + text[end:])

    assert report is None or report.params >= 0


TREES = st.recursive(
    st.one_of(
        st.lists(SPLINTERS, max_size=4).map(" ".join), st.integers(-2, 300), st.booleans(), st.none(), st.floats()
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(SPLINTERS, inner, max_size=3)),
    max_leaves=12,
)


@given(TREES, TREES, TREES)
def test_any_tree(layers, blocks, variables):
    """Whatever stands under the keys of a description, in YAML that is well formed."""
    read(json.dumps({"input": "3x8x8", "layers": layers, "blocks": blocks, "vars": variables}))


def test_the_same_text_gives_the_same_answer():
    """Reading twice in one process gives equal networks: nothing is remembered that matters."""
    for text in BUNDLED:
        assert network(text) == network(text)


def test_bundled_networks_are_found_by_name():
    """Each is a file of the folder that is installed with the package."""
    assert all(isinstance(path, Path) and path.suffix == ".yaml" for path in bundled().values())


def test_every_option_of_every_kind_has_its_rule():
    """What a field holds is told by its annotation, and each annotation has a rule that reads it."""
    assert {option.type for kind in KINDS for option in schema(kind).values()} == set(RULES)


INPUTS = {"embedding": "1000", "lstm": "40x100", "gru": "40x100", "reshape": "256x7x7"}
"""Inputs of kinds that an image of 64x8x8 is none for."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_needs_an_argument_has_an_example(kind):
    """The way out of a missing option is a line that works."""
    if any(option.required for option in schema(kind).values()):
        report = build(parse_lines([EXAMPLES[kind]], {}, parse_inputs([INPUTS.get(kind, "64x8x8")])))

        assert [row.node.kind for row in report.rows] == [kind]


def test_joins_are_the_kinds_that_read_several_tensors():
    """What the language calls a join is what the classes say of themselves; others may name a second tensor."""
    least, most = ({kind: kind_class(kind).reads[at] for kind in KINDS} for at in (0, 1))

    assert {kind for kind in KINDS if least[kind] > 1} == set(JOINS)
    assert {kind for kind in KINDS if most[kind] > 1} == {*JOINS, "center_crop", "attention", "custom"}
    assert all(least[kind] <= most[kind] for kind in KINDS)
