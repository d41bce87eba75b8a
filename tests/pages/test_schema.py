"""The contract with programs: what each command writes as JSON is what `convcalc schema` says of it."""

import json

import pytest
from command_line import SPECS, called, counted
from examples import rotated
from jsonschema import Draft202012Validator

from convcalc.cli.app import COMMANDS
from convcalc.cli.schemas import FORMS
from convcalc.explain.error_codes import error_codes
from convcalc.layers.kinds import KINDS
from convcalc.network.measures import countable
from convcalc.pages.columns import Heading
from convcalc.pages.count import COLUMN_KEYS, COUNT_FORM
from convcalc.pages.schema import COUNT, DECIMAL, NATURAL, NUMBER, SHAPE, TEXT, TRUTH
from convcalc.sources.bundled import topic_names

VALIDATORS = {name: Draft202012Validator(json.loads(called("schema", name).out)) for name in FORMS}
ALL = "+" + ",+".join(COLUMN_KEYS)


def written(command, *arguments, **given):
    """What a command writes, each object on its own."""
    done = called(command, *arguments, "-f", "json", **given)
    assert done.status in (0, 1), done.err
    decoder, text, found = json.JSONDecoder(), done.out.strip(), []
    while text:
        held, end = decoder.raw_decode(text)
        found.append(held)
        text = text[end:].lstrip()
    return found


def wrong(command, *arguments, **given):
    """What the schema has against it."""
    found = written(command, *arguments, **given)
    assert found
    return [error.message[:300] for held in found for error in VALIDATORS[command].iter_errors(held)]


@pytest.mark.parametrize("name", FORMS)
def test_a_schema_is_one(name):
    """Each is a schema of its dialect, and of a command that there is."""
    Draft202012Validator.check_schema(VALIDATORS[name].schema)

    assert name in COMMANDS


def test_all_commands_that_write_json_have_one():
    """No command is left out but those that write something else."""
    assert set(COMMANDS) == {*FORMS, "schema", "man"}


def test_all_columns_are_in_it():
    """A column that can be asked for is allowed, and no other."""
    assert set(COUNT_FORM.tables["layers"]["properties"]) == set(COLUMN_KEYS)


QUESTIONS = [
    ("count", "NET"),
    ("count", "NET", "--columns", ALL),
    ("check", "NET", "--max-macs", "1G", "--max-layer-share", "30%", "--min-receptive-field", "200"),
    ("compare", "NET", "seed"),
    ("widen", "NET", "--factor", "1"),
    ("explain", "NET", "LAYER"),
]
"""What can be asked of any network."""


@pytest.mark.parametrize(("net", "question"), rotated(SPECS, QUESTIONS))
def test_bundled_networks(net, question):
    """Whatever is asked of a bundled network."""
    last = counted(net)["layers"][-1]["name"]
    words = {"NET": net, "LAYER": last}

    assert wrong(*[words.get(word, word) for word in question]) == []


OTHERS = [
    ("count", "seed", "alexnet"),
    ("count", "-i", "1,n,n", "-l", "conv k 3/2, conv 8 3"),
    ("count", "seed", "--symbolic", "k1"),
    ("count", "seed", "--depth", "0", "--dtype", "int4", "--batch", "3"),
    ("widen", "seed", "--factor", "2"),
    ("widen", "lenet5", "--factor", "2", "--keep", "C1"),
    ("widen", "seed", "--factor", "1/3"),
    ("widen", "mobilenet_v2", "--factor", "0.75", "--divisor", "8"),
    ("widen", "resnet18", "--factor", "2", "--depth-factor", "2", "--resolution", "2"),
    ("widen", "seed", "--factors", "0.5,1,2"),
    ("sweep", "seed", "--vary", "k1=8,16"),
    ("sweep", "seed", "--vary", "k1=8:64:8", "--pareto", "params,macs"),
    ("fit", "seed", "--max-params", "1M", "--vary", "k1"),
    ("fit", "mobilenet_v1", "--max-params", "2M", "--vary", "alpha"),
    ("fit", "resnet18", "--max-macs", "3.5G"),
    ("fit", "alexnet", "--layer", "conv3", "--output", "7x7"),
    ("fit", "unet", "--smallest-input"),
    ("fit", "alexnet", "--valid-inputs", "200:240"),
    ("check", "seed", "--max-params", "0.5"),
    ("check", "seed", "--max-layer-share", "99.5%"),
    ("count", "-i", "3x8x8", "-l", "conv 4 3, custom 10"),
    ("compare", "seed", "seed"),
    ("compare", "seed", "seed@k1=3", "vgg11"),
    ("explain",),
    ("explain", "errors"),
    ("explain", "types", "alexnet"),
    ("explain", "trace", "-i", "1x3x3", "-l", "conv 1 2 relu"),
    ("nets",),
    ("kinds",),
]


@pytest.mark.parametrize("arguments", OTHERS, ids=" ".join)
def test_other_questions(arguments):
    """All forms of what a command may write."""
    assert wrong(*arguments) == []


PARTLY = ("-i", "3x8x8", "-l", "conv k 3, (custom 10) *(k//3), linear 4", "--vary", "k=0:4")
"""Configurations of which some are impossible, and others have costs that are not known."""

RARE = [
    ("count", "seed", "--columns", ALL),
    ("compare", "-", "seed"),
    ("check", "seed", "--max-macs", "1"),
    ("sweep", *PARTLY, "--columns", ",".join(countable())),
    ("sweep", *PARTLY, "--where", "params > 1"),
    ("explain", "alexnet", "conv2"),
    ("explain", "does-not-fit"),
    ("kinds", "conv"),
]
"""What is told of few networks: of costs that are not known, and of what is impossible."""


def keys(command):
    """The keys that a command writes, each with the keys of the table that it is, if it is one."""
    found = set()
    tables = {key for form in FORMS[command]() for key in form.tables}
    for arguments in [each for each in (*OTHERS, *RARE) if each[0] == command]:
        for held in written(*arguments, stdin=b"{name: partly, input: 3x8x8, layers: [conv 4 3, custom 10]}"):
            found |= {(key, "") for key in held}
            found |= {(key, column) for key in tables & set(held) for row in held[key] for column in row}
            found |= {("totals", total) for total in held.get("totals", ())}
    return found


def properties(command):
    """The keys that the forms of its pages declare, in the same way."""
    found = set()
    for form in FORMS[command]():
        found |= {(key, "") for key in form.page["properties"]}
        found |= {(key, column) for key, row in form.tables.items() for column in row["properties"]}
        found |= {("totals", total) for total in (form.totals or {}).get("properties", ())}
    return found


@pytest.mark.parametrize("command", FORMS)
def test_what_is_declared_is_written(command):
    """Each property of a schema is a column of some table, or a key of some page, and no page has another.

    Of explanations, parts of a text have keys of their own; variables of a sweep have the names that they have.
    """
    others = keys(command) - properties(command)

    assert properties(command) - keys(command) == set()
    assert {key for key, column in others if key in dict(properties(command)) and column} <= {"configurations"}
    assert {key for key, column in others if not column} == set() or command == "explain"


@pytest.mark.parametrize(
    ("holds", "type_"),
    [(TEXT, "text"), (NATURAL, "int"), (COUNT, "int"), (NUMBER, "float"), (DECIMAL, "float"), (TRUTH, "bool"),
     (SHAPE, "text"), ({"enum": ["yes", "no"]}, "text")],
)  # fmt: skip  # a list reads better in lines
def test_a_type_is_that_of_the_schema(holds, type_):
    """What a typed table holds in a column follows from what its cells are in JSON; an empty cell is null."""
    heading = Heading("key", "Key", holds)

    assert (heading.type, heading.schema) == (type_, holds)
    assert Draft202012Validator(heading._replace(optional=True).schema).is_valid(None)
    assert not Draft202012Validator(heading.schema).is_valid(None)


@pytest.mark.parametrize("arguments", [each for each in OTHERS if each[0] != "explain"], ids=" ".join)
def test_lines_of_json(arguments):
    """Each line is what the schema of lines says."""
    validator = Draft202012Validator(json.loads(called("schema", arguments[0], "-f", "jsonl").out))
    Draft202012Validator.check_schema(validator.schema)
    done = called(*arguments, "-f", "jsonl")

    assert done.status in (0, 1)
    assert [error.message for line in done.out.splitlines() for error in validator.iter_errors(json.loads(line))] == []
    assert done.out or arguments[0] == "compare"
    assert not validator.is_valid({"more": 1})


def test_schemas_that_there_are_not():
    """Of another format, and of lines that nothing writes."""
    other = "error[unknown-choice]: a schema is of json or jsonl, but got csv\n"
    assert called("schema", "count", "-f", "csv") == ("", other, 2)
    lines = "error[format-does-not-apply]: convcalc explain writes no JSON lines\n"
    assert called("schema", "explain", "-f", "jsonl") == ("", lines, 2)


@pytest.mark.parametrize("name", [*topic_names(), *error_codes()])
def test_explanations(name):
    """All topics, and all errors."""
    assert wrong("explain", name) == []


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind):
    """All kinds, one by one."""
    assert wrong("kinds", kind) == []


def test_what_is_wrong_is_found():
    """Another key, another type or another version does not pass."""
    (held,) = written("check", "seed", "--max-macs", "1")
    for change in ({"more": 1}, {"within": "no"}, {"schema": "convcalc/2"}, {"limits": [{}]}):
        assert not VALIDATORS["check"].is_valid({**held, **change})
    assert VALIDATORS["check"].is_valid(held)


def test_a_command_without_one():
    """It is guessed, with exit status 2."""
    message = "no command cuont writes JSON; did you mean count?"

    assert called("schema", "cuont") == ("", f"error[unknown-choice]: {message}\n", 2)
