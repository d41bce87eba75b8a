"""A command line that typer cannot read: what it says is passed on, with our code and a way out.

The words are typer's, and may change with its version: they are not checked, but that they name what is wrong.
"""

import re

import pytest
import typer
from command_line import called

USAGE = {
    "an unknown command": (["cuont"], "cuont", ""),
    "a network for a command": (["alexnet"], "alexnet", ""),
    "an unknown option of convcalc": (["--loud"], "--loud", ""),
    "an unknown option": (["count", "seed", "--formt", "json"], "--formt", "count "),
    "an option without its value": (["count", "seed", "-f"], "-f", "count "),
    "no depth": (["count", "seed", "--depth", "-1"], "--depth", "count "),
    "a depth in words": (["count", "seed", "--depth", "two"], "two", "count "),
    "no batch": (["count", "seed", "--batch", "0"], "--batch", "count "),
    "a batch below nothing": (["count", "seed", "--batch", "-1"], "--batch", "count "),
    "a part of a batch": (["count", "seed", "--batch", "1.5"], "1.5", "count "),
    "a batch in words": (["count", "seed", "--batch", "many"], "many", "count "),
    "two kinds": (["kinds", "conv", "linear"], "linear", "kinds "),
    "something else to scale": (["fit", "resnet18", "--max-params", "5M", "--scale", "height"], "height", "fit "),
    "no divisor": (["widen", "seed", "--factor", "2", "--divisor", "0"], "--divisor", "widen "),
    "none of the best": (["sweep", "seed", "--vary", "k1=1,2", "--top", "0", "--by", "macs"], "--top", "sweep "),
    "no sample": (["sweep", "seed", "--vary", "k1=1,2", "--sample", "0"], "--sample", "sweep "),
    "a seed below nothing": (["sweep", "seed", "--vary", "k1=1,2", "--seed", "-1"], "--seed", "sweep "),
    "a sweep of no batch": (["sweep", "seed", "--vary", "k1=1,2", "--batch", "0"], "--batch", "sweep "),
}
"""What typer refuses, the word that its message must hold, and the command whose help is offered."""


@pytest.mark.parametrize(("arguments", "word", "command"), USAGE.values(), ids=USAGE)
def test_what_typer_refuses(arguments, word, command):
    """A1: one line that names what is wrong, the help of the command, and exit status 2."""
    done = called(*arguments)

    assert (done.out, done.status) == ("", 2)
    assert re.fullmatch(
        rf"error\[usage\]: .*{re.escape(word)}.*(?<!\.)\n  \| try: convcalc {command}--help\n", done.err
    ), done.err


def test_the_words_are_those_of_typer(monkeypatch):
    """A1: another version of typer may word it otherwise."""

    def refuse(*_arguments, **_options):
        raise typer.BadParameter("this is too loud.")

    monkeypatch.setattr("convcalc.cli.app.parser", lambda _commands: refuse)

    done = called("count", "seed", "--loud")
    assert done.err.endswith("this is too loud\n  | try: convcalc count --help\n")
    assert done.err.startswith("error[usage]: ")
    assert (done.out, done.status) == ("", 2)
