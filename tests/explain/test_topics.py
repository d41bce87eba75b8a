"""Topics: each figure is computed when it is shown, and nothing that looks like one is written by hand."""

import re
from string import digits

import pytest
from command_line import called, shown

from convcalc.errors import Source
from convcalc.explain.topics import HOLE, TOPIC_PARTS, Figures, lines, topic
from convcalc.language.read.tree import parse_tree, plain
from convcalc.sources.bundled import topic_names, topic_text

WORD = re.compile(r"[^\s,;:()=]+")
"""What stands between blanks and signs."""


def held(name):
    """A topic as its file has it."""
    return plain(parse_tree(Source(f"{name}.yaml", topic_text(name))))


def network_lines(held, key):
    """What a part says of a network of the reader's."""
    return lines(held.get("own", {}).get(key))


def numbers_by_hand(text, names):
    """The words of a text that are numbers, but for those of figures and names: 3×3, k1 and ResNet-50 are names."""
    text = HOLE.sub(" ", text)
    for name in names:
        text = text.replace(name, " ")
    words = [word.strip(".") for word in WORD.findall(text)]
    return [word for word in words if word and word[0] in digits and not re.search(r"[A-Za-z×]", word)]


@pytest.mark.parametrize("name", topic_names())
def test_no_figure_is_written_by_hand(name):
    """Outside its formulas, a topic has no number that the engine has not computed."""
    own = held(name)
    texts = [
        line for key in TOPIC_PARTS if key != "formula" for line in (*lines(own.get(key)), *network_lines(own, key))
    ]

    assert [number for text in texts for number in numbers_by_hand(text, own.get("names", []))] == []


def test_a_number_by_hand_is_found():
    """The check above finds numbers, and lets names and figures be."""
    text = "Type 2.2 has 51,488 weights, or {weights}: 3×3 in ResNet-50, k1 = 32, 9.7 times."

    assert numbers_by_hand(text, ["Type 2.2"]) == ["51", "488", "32", "9.7"]


@pytest.mark.parametrize("name", topic_names())
def test_each_part_is_there(name):
    """A topic answers, shows a formula and figures, says why, cites sources, and names a command that works."""
    found = topic(name)
    page = found.page()
    text = shown("explain", name)

    assert [part.key for part in page.sections] == ["answer", "formula", "numbers", "why", "evidence", "try"]
    assert found.figures
    assert all(each.checked in {"read", "transcript", "derived"} for each in found.evidence)
    assert all(each.authors and each.title and each.year and each.says for each in found.evidence)
    assert len(text.splitlines()) <= 40
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "{" not in text
    for command in found.tries:
        tool, *arguments = re.findall(r"'[^']*'|\S+", command)
        assert tool == "convcalc"
        assert called(*[argument.strip("'") for argument in arguments]).status == 0


@pytest.mark.parametrize("name", topic_names())
def test_all_figures_are_shown(name):
    """Each figure stands in a text, or in another figure."""
    own = held(name)
    texts = " ".join(line for key in TOPIC_PARTS for line in (*lines(own.get(key)), *network_lines(own, key)))
    read = {match[1] for match in HOLE.finditer(texts)}
    figures = [*own["figures"].values(), *own.get("own", {}).get("figures", {}).values()]
    read |= {word for written in figures if isinstance(written, str) for word in re.findall(r"\w+", written)}

    assert {*own["figures"], *own.get("printed", {}), *own.get("own", {}).get("figures", {})} <= read


@pytest.mark.parametrize("name", topic_names())
def test_variables_change_figures(name):
    """With other values of its variables, a topic still has an answer, of other figures."""
    found = topic(name)
    if not found.variables:
        return
    first = next(iter(found.variables))
    before = {key: Figures(found, []).figure(key) for key in found.figures}
    after = {key: Figures(found, [f"{first}={2 * found.variables[first]}"]).figure(key) for key in found.figures}

    assert before != after


def test_a_padding_may_be_0():
    """Variables that are paddings may be 0, and others not."""
    assert Figures(topic("output-size"), ["n=227", "k=11", "s=4", "p=0"]).figure("out") == 55
    assert (
        "must be a whole number from 0 to 999,999,999, but got x"
        in called("explain", "output-size", "--set", "p=x").err
    )
    assert (
        "must be a whole number from 1 to 999,999,999, but got 0"
        in called("explain", "output-size", "--set", "k=0").err
    )


def test_what_same_adds():
    """Same adds the odd zero at the end, and a topic tells how many stand on both sides."""
    figures = Figures(topic("same"), [])

    assert [figures.figure(name) for name in ("before", "after", "wide_before", "wide_after")] == [0, 1, 1, 2]


def test_a_bundled_network_on_another_input():
    """A topic may put a bundled network on an input of its own."""
    figures = Figures(topic("224-227"), [])

    assert (figures.figure("last"), figures.figure("less")) == (6, 5)
