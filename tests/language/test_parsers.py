"""Descriptions are refused alike whichever parser of YAML reads them, whatever its limits and its words."""

import pytest
import yaml
from descriptions import network, refused

DEEP = 2_000
PYTHON = yaml.Loader
TOO_DEEP = "error[beyond-limits]: a description must be nested at most 100 levels deep"
NESTED = {
    "lists": (f"a: {'[' * DEEP}{']' * DEEP}", "1:104"),
    "open lists": ("[" * DEEP, "1:102"),
    "mappings": (f"a: {'{a: ' * DEEP}{'}' * DEEP}", "1:401"),
    "lists in blocks": (f"a:\n  {'- ' * DEEP}b", "2:203"),
    "mappings in blocks": ("".join(f"{' ' * depth}a:\n" for depth in range(DEEP // 2)), "101:101"),
    "keys in blocks": ("? " * DEEP + "a", "1:203"),
}
"""What is nested too deeply, and where."""

FOUND = "error[not-yaml]: this is not YAML: "
TRY_A_LABEL = "try: what is under a label on the lines below it, or quotes around a text that holds a colon"
OPEN = "error[unclosed]: this {} is not closed, or its items are not divided by commas"
NO_YAML = {
    "a tab": ("layers:\n\t- relu", FOUND, "2:1", "try: blanks in place of the tab"),
    "an item that begins with @": ("layers:\n  - @a", FOUND, "2:5", "try: quotes around an item that begins with @"),
    "an item that begins with %": ("layers: [%a]", FOUND, "1:10", "try: quotes around an item that begins with %"),
    "a second colon": ("layers: a: relu", FOUND, "1:10", TRY_A_LABEL),
    "no blank behind a colon": ("name:a\ninput: 3x8", FOUND, "2:6", "try: a blank behind the colon in line 1"),
    "a list that is open": ("layers: [relu", OPEN.format("["), "1:9", ""),
    "a list that is open on the next line": ("layers: [relu,\n  a\nname: b", OPEN.format("["), "1:9", ""),
    "a list of two items without a comma": ("layers: ['relu' 'relu']", OPEN.format("["), "1:9", ""),
    "a mapping that is open": ("defaults: {conv: bn\nname: a", OPEN.format("{"), "1:11", ""),
    "a list that a brace ends": ("layers: [relu}", OPEN.format("["), "1:9", ""),
    "an empty item": ("layers: [relu,,relu]", FOUND, "1:15", ""),
    "a bracket that ends nothing": ("layers: ]", FOUND, "1:9", ""),
}
"""What is no YAML: how its error begins, its place, and the last of its notes, as far as that is ours."""


STARTS = (
    yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken,
)  # fmt: skip  # a list reads better in lines
ENDS = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


class Limited(yaml.Loader):
    """A parser that reads all of a text first, and refuses it where it is nested deeper than its own limit."""

    def __init__(self, text):
        super().__init__(text)
        self.beyond = beyond(text, 300)

    def get_event(self):
        if self.beyond:
            raise yaml.scanner.ScannerError(problem="no more of this", problem_mark=self.beyond)
        return super().get_event()


def beyond(text, limit):
    """Where a text is nested deeper than a limit, if it is."""
    depth = 0
    for token in yaml.scan(text, PYTHON):
        depth += isinstance(token, STARTS) - isinstance(token, ENDS)
        if depth > limit:
            return token.start_mark
    return None


class Recursive(yaml.Loader):
    """A parser whose stack ends."""

    def get_event(self):
        if len(self.states) > 20:
            raise RecursionError
        return super().get_event()


class Reworded(yaml.Loader):
    """A parser with words of its own."""

    def get_event(self):
        try:
            return super().get_event()
        except yaml.MarkedYAMLError as error:
            raise type(error)(error.context and "here", error.context_mark, "look", error.problem_mark) from None


class Unmarked(yaml.Loader):
    """A parser that says only that something is wrong."""

    def get_event(self):
        raise yaml.YAMLError("it is wrong")


@pytest.fixture(params=["libyaml", "Python"])
def parser(request, monkeypatch):
    """Each parser that PyYAML has."""
    if request.param == "libyaml" and not yaml.__with_libyaml__:
        pytest.skip("this PyYAML has no libyaml")
    monkeypatch.setattr("yaml.__with_libyaml__", request.param == "libyaml")


def use(parser, monkeypatch):
    """Read all descriptions with a parser."""
    monkeypatch.setattr("yaml.__with_libyaml__", False)
    monkeypatch.setattr("yaml.Loader", parser)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("text", "place"), NESTED.values(), ids=NESTED)
def test_deep_nesting_is_refused_in_our_words(text, place):
    """A1: libyaml has a limit of its own since PyYAML 6.0.4, which users are not told of."""
    check(refused(network, text), TOO_DEEP, place)


@pytest.mark.parametrize(("text", "place"), NESTED.values(), ids=NESTED)
def test_the_limit_of_a_parser_changes_nothing(text, place, monkeypatch):
    """A1: a parser that refuses a text before it gives an event leads to the same message at the same place."""
    use(Limited, monkeypatch)

    check(refused(network, text), TOO_DEEP, place)


def test_a_parser_whose_stack_ends(monkeypatch):
    """A1: this is told as deep nesting, at the last place that was read."""
    use(Recursive, monkeypatch)

    check(refused(network, NESTED["lists"][0]), TOO_DEEP, "1:23")


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("text", "head", "place", "note"), NO_YAML.values(), ids=NO_YAML)
def test_what_is_no_yaml(text, head, place, note):
    """The place of the mistake, and a way out."""
    check(refused(network, text), head, place, note)


@pytest.mark.parametrize(("text", "head", "place", "note"), NO_YAML.values(), ids=NO_YAML)
def test_the_words_of_a_parser_change_nothing(text, head, place, note, monkeypatch):
    """A1: what is advised follows from the text and the place, not from how the parser words its complaint."""
    use(Reworded, monkeypatch)

    check(refused(network, text), head, place, note)


def check(message, head, place, note=""):
    """Whether a message begins, points and ends as it should; the parser's own words are not checked."""
    first, where, *_, last = message.splitlines()

    assert first.startswith(head)
    assert where.endswith(f" --> net.yaml:{place}")
    assert last.partition("| ")[2] == note or not note


def test_a_parser_that_gives_no_place(monkeypatch):
    """An error of PyYAML without a mark is still an error with a code."""
    use(Unmarked, monkeypatch)

    assert refused(network, "layers: [relu]") == "error[not-yaml]: this is not YAML: it is wrong"
