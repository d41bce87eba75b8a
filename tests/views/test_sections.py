"""Pages of several sections: each format writes all that it says it can, and the rest is refused in words."""

import json

import pytest

from convcalc.cli.output import chosen_format, publish
from convcalc.errors import DescriptionError
from convcalc.pages.columns import Heading
from convcalc.pages.finding import Finding
from convcalc.pages.page import NOUNS, Code, Findings, Page, Table, Text
from convcalc.pages.schema import NATURAL
from convcalc.views import FORMATS, formats_of, known_format, view_function
from convcalc.views.screen import Screen

SIZES = Table("sizes", [Heading("name", "Name"), Heading("n", "N", NATURAL, numeric=True)], [("a", 1), ("b", 20)])
WHY = Text("why", "Why", ["One sentence.", "And another."])
TRY = Code("try", "Try", ["$ convcalc  count"])
COSTS = Table("costs", [Heading("macs", "MACs", NATURAL, total=7, numeric=True)], [(7,)], title="Costs")
BROKEN = Findings([Finding("params", "net", passed=False, message="7 is too much")])
PAGE = Page("All at once", [SIZES, WHY, TRY, COSTS], {"network": "net"}, foot=["Below."])

SAMPLES = {
    Table: (SIZES, "20"),
    Text: (WHY, "And another."),
    Code: (TRY, "$ convcalc  count"),
    Findings: (BROKEN, "7 is too much"),
}
"""A section of each type, and something that it says."""

WRITTEN = [form for form in FORMATS if form.writer]


def test_each_type_of_section_has_a_sample_and_a_noun():
    """Each type can be written in some format, and can be refused in words."""
    assert {*SAMPLES} == {*NOUNS} == {section for form in FORMATS for section in form.shows}


@pytest.mark.parametrize("form", WRITTEN, ids=lambda form: form.name)
def test_a_format_shows_what_it_says(form):
    """Each section that it can write is there."""
    for section in form.shows:
        sample, words = SAMPLES[section]

        assert words in form.write([Page("Title", [sample])], *[Screen()] * form.terminal)


@pytest.mark.parametrize("form", [form for form in FORMATS if not form.target], ids=lambda form: form.name)
def test_a_format_refuses_the_rest(form, tmp_path):
    """A page with a section that it cannot write is refused, beside others that it can, and nothing is written."""
    path = tmp_path / "out"
    for section in {*SAMPLES} - {*form.shows}:
        with pytest.raises(DescriptionError) as caught:
            publish([Page("Title", [SAMPLES[each][0] for each in (*form.shows, section)])], form.name, path)
        message = caught.value.faults[0].message

        assert message.startswith(f"{form.name} is for ")
        assert message.endswith(f", and not for {NOUNS[section]}")
        assert not path.exists()


def test_names_and_suffixes_are_of_one_format():
    """No name, alias or suffix tells two formats, and each has what writes pages, or whole networks."""
    names = [name for form in FORMATS for name in (form.name, *form.aliases, *form.suffixes)]

    assert len(names) == len({*names})
    assert all(callable(view_function(path)) for form in FORMATS for path in (form.writer, form.stream) if path)
    assert [form for form in FORMATS if not (form.writer or form.stream)] == [form for form in FORMATS if form.target]


@pytest.mark.parametrize(
    ("name", "sections", "chosen"),
    [
        ("text", (Text,), "plain"),
        ("text", (Table,), "plain"),
        ("md", (Code,), "markdown"),
        ("tex", (Table,), "latex"),
        ("xml", (Table, Findings), "junit"),
        ("yml", (Table,), "yaml"),
    ],
)
def test_other_names_of_formats(name, sections, chosen):
    """An alias, or a suffix without its dot, names a format."""
    assert chosen_format(name, None, sections).name == chosen


@pytest.mark.parametrize(
    ("name", "sections", "chosen"),
    [
        ("out.csv", (Table,), "csv"),
        ("out.csv", (Text, Code), "plain"),
        ("out.xml", (Table,), "plain"),
        ("out.xml", (Table, Findings), "junit"),
        ("out.yaml", (Text,), "plain"),
        ("out.txt", (Table,), "plain"),
        ("-", (Text,), "plain"),
    ],
)
def test_a_suffix_tells_a_format_that_shows_the_page(name, sections, chosen, tmp_path):
    """Where none of these has the suffix, the page is written as text."""
    assert chosen_format("", tmp_path / name, sections).name == chosen


def test_all_at_once_in_plain_text():
    """Sections stand below each other with their titles, tables among texts."""
    assert view_function("plain.write")(PAGE, Screen()) == (
        "All at once\n\n"
        "Name   N\n----  --\na      1\nb     20\n\n"
        "WHY\n  One sentence.\n  And another.\n\n"
        "TRY\n  $ convcalc  count\n\n"
        "COSTS\nMACs\n----\n   7\n----\n   7\n\n"
        "Below.\n"
    )


@pytest.mark.parametrize("width", [None, 40])
def test_all_at_once_on_a_terminal(width):
    """So it is where tables are drawn: each line of the texts is as it is in plain text."""
    lines = view_function("table.write")(PAGE, Screen(width)).splitlines()

    assert lines[0] == "All at once"
    assert lines[lines.index("WHY") : lines.index("COSTS") + 1] == [
        "WHY", "  One sentence.", "  And another.", "", "TRY", "  $ convcalc  count", "", "COSTS",
    ]  # fmt: skip  # a page
    assert lines[-1] == "Below."


def test_all_at_once_in_markdown():
    """A page whose sections have titles begins with a heading of the first level."""
    assert view_function("markdown.write")(PAGE) == (
        "# All at once\n\n"
        "| Name | N |\n| --- | ---: |\n| a | 1 |\n| b | 20 |\n\n"
        "## Why\n\n- One sentence.\n- And another.\n\n"
        "## Try\n\n```\n$ convcalc  count\n```\n\n"
        "## Costs\n\n| MACs |\n| ---: |\n| 7 |\n| **7** |\n\n"
        "Below.  \n"
    )


def test_all_at_once_in_json():
    """Each section stands under its key, and a page with texts has its title."""
    assert json.loads(view_function("json.write")(PAGE)) == {
        "schema": "convcalc/1",
        "network": "net",
        "title": "All at once",
        "sizes": [{"name": "a", "n": 1}, {"name": "b", "n": 20}],
        "costs": [{"macs": 7}],
        "why": ["One sentence.", "And another."],
        "try": ["$ convcalc  count"],
    }


def test_several_tables_are_one_for_programs(capsys):
    """Where all rows stand in one table, this has the columns of all."""
    publish([PAGE._replace(sections=[SIZES, COSTS])], "csv", None)

    assert capsys.readouterr().out == "network,name,n,macs\nnet,a,1,\nnet,b,20,\nnet,,,7\n"


def test_several_tables_in_a_paper():
    """Tables stand behind each other, and sentences below them all."""
    lines = view_function("latex.write")(PAGE._replace(sections=[SIZES, COSTS])).splitlines()

    assert [line for line in lines if "tabular" in line] == [
        r"\begin{tabular}{lr}", r"\end{tabular}", r"\begin{tabular}{r}", r"\end{tabular}",
    ]  # fmt: skip  # four lines
    assert lines[-1] == "% Below."


def test_only_networks_are_descriptions():
    """Yaml is a name of a format, but no page can be written in it."""
    with pytest.raises(DescriptionError, match="only networks can be written as yaml"):
        publish([PAGE._replace(sections=[SIZES])], "yaml", None)

    assert known_format("yaml") in formats_of((Table,))
    assert known_format("yaml") not in formats_of((Text, Code))
