"""What errors mean: every code that the program uses is explained, and every example is true."""

import ast
import re
import shlex
from itertools import groupby
from pathlib import Path

import pytest
from command_line import SPECS, called

import convcalc
from convcalc.explain.error_codes import error_codes
from convcalc.sources.bundled import topic_names

PACKAGE = Path(convcalc.__file__).parent
FIRST = {
    "Fault": 0,
    "ExpressionFault": 0,
    "ValueFault": 0,
    "RuleError": 0,
    "broken": 0,
    "fault": 0,
    "tell_of": 0,
    "refused": 1,
    "require": 1,
    "WrongOption": 0,
}
"""What makes errors, and which of its arguments is the code."""

OTHERS = ("usage", "not-yaml", "not-toml")
"""Errors whose first line is in the words of a library, which its next release may change."""

CODE = re.compile(r"^error\[([a-z-]+)\]: ", re.MULTILINE)
"""How an error begins."""


def calls():
    """All calls that make errors, with the argument that is the code."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in FIRST and (name != "require" or isinstance(node.func, ast.Name)):
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node.args[FIRST[name]]


def tried(example):
    """Give an example to convcalc, as its reader would."""
    _, *words = shlex.split(example.command.partition(" < ")[0])
    return called(*words, stdin=example.text.encode())


def test_every_error_has_a_code_that_is_explained():
    """A code is a word of the program, or is handed on; and none is explained that no error has."""
    used = set()
    for place, code in calls():
        if isinstance(code, ast.Constant):
            used.add(code.value)
        else:
            assert ast.unparse(code) in ("code", "fault.code", "error.code"), place

    assert used - {""} == set(error_codes())


@pytest.mark.parametrize("name", error_codes())
def test_an_example_has_the_error_and_its_repair_has_none(name, tmp_path, monkeypatch):
    """The broken example ends in exit status 2 and this error alone, the repaired one in 0."""
    monkeypatch.chdir(tmp_path)
    code = error_codes()[name]

    broken, repaired = tried(code.broken), tried(code.repaired)

    assert (broken.status, broken.out, CODE.findall(broken.err)) == (2, "", [name])
    assert (repaired.status, repaired.err) == (0, "")


@pytest.mark.parametrize("name", [name for name, code in error_codes().items() if code.broken.file])
def test_an_example_that_is_a_file_is_told_with_its_place(name):
    """E6: file, line and column."""
    assert re.search(r"^ *--> (<stdin>|-):\d+:\d+", tried(error_codes()[name].broken).err, re.MULTILINE)


@pytest.mark.parametrize("name", error_codes())
def test_an_explanation_shows_its_examples(name):
    """What it shows is what convcalc says, in at most 40 lines of at most 80 columns, but for long commands."""
    code = error_codes()[name]
    said, told = tried(code.broken).err.splitlines(), code.message.splitlines()

    shown = called("explain", name, COLUMNS="80")

    assert (shown.status, shown.err) == (0, "")
    assert told[1:] == said[1:]
    assert name in OTHERS or told[0] == said[0]
    assert [line for line in told if f"  {line}".rstrip() not in shown.out] == []
    assert f"  $ {code.repaired.command}\n" in shown.out
    assert len(shown.out.splitlines()) <= 40
    assert code.says[-1] == code.why[-1] == "."


def test_a_name_is_one_thing():
    """No code is a topic or a network, which `explain` takes as well."""
    assert set(error_codes()).isdisjoint({*topic_names(), *SPECS, "trace", "errors"})


def test_all_errors_are_listed():
    """`explain errors` has each code and what it says, in groups."""
    listed = called("explain", "errors", "-f", "json").out
    text = " ".join(called("explain", "errors", COLUMNS="200").out.split())

    groups = [group for group, _ in groupby(error_codes().values(), key=lambda code: code.group)]

    assert len(groups) == len(set(groups))
    assert all(f'"code": "{name}"' in listed for name in error_codes())
    assert all(f"{name} {code.says}" in text for name, code in error_codes().items())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["eror"], "there is no topic, no error and no bundled network eror; convcalc explain lists the topics"),
        (
            ["unknwon-kind"],
            "there is no topic, no error and no bundled network unknwon-kind; did you mean unknown-kind?",
        ),
        (["usage", "conv1"], "usage takes no network and no --set, but got conv1"),
        (["errors", "--set", "k=1"], "errors takes no network and no --set, but got k=1"),
    ],
)
def test_what_is_asked_wrongly(arguments, message):
    """A code stands alone; a wrong one is guessed."""
    done = called("explain", *arguments)

    assert (done.status, done.out) == (2, "")
    assert done.err.splitlines()[0].partition("]: ")[2] == message


def test_a_code_as_it_is_shown():
    """Brackets and all, as it stands in front of an error."""
    assert called("explain", "error[usage]") == called("explain", "usage")
