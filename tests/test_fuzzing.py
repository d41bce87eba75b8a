"""Whatever is typed ends in an answer or in errors that have a code: never in a traceback, never in two answers.

With --long, CONVCALC_EXAMPLES=N tries N of each kind, for a longer search than a test run has time for.
"""

import json
import os
import re
import resource
from contextlib import contextmanager
from fractions import Fraction
from itertools import count

import pytest
import typer
import work
from command_line import SPECS, called
from examples import examples, one_in
from hypothesis import example, given
from hypothesis import strategies as st

from convcalc.cli.app import parser

EXAMPLES = int(os.environ.get("CONVCALC_EXAMPLES", "40"))
TRIED = examples(EXAMPLES)

SMALL = ["seed", "lenet5", "alexnet"]
"""Networks that are counted soon."""

NASTY = [
    "", " ", "0", "-1", "1", "2", "3,4", "8:16:4", "0.5", "1/0", "1e9", "9" * 30, "nan", "inf", "-", "--", "=",
    "a=", "=b", "[", "]", "[1,2", "{}", "x", "3x3", "k1=8", "k1=8,16", "k2=", "k1", "conv1", "*", "**", "macs",
    "params<5", "macs > 3", "not", "(", "a(b)", "%", "40%", "0%", "101%", "5M", "5Q", "KiB", "3KiB", "\u202e",
    "\x1b[31m", "\0", "\ud800", "é", "№", "👩‍🔬", "a\nb", "'", '"', "\\", "/dev/null", "/", ".", "..", "@",
    "@HEAD", "seed@", "seed@k1=3", "seed@=", "~", "#", "&a",
]  # fmt: skip  # a list reads better in lines
"""Values that a command line may have, few of which make sense."""

VALUES = st.sampled_from(NASTY) | st.text(max_size=12)
WRITING = {"--output", "--write"}
"""Options whose values name files that are written."""


def options_of(command):
    """All options of a command that have values, but for those that write."""
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    return sorted({name for each in options if not each.is_flag for name in each.opts} - WRITING - {"-o"})


PARSED = typer.main.get_command(parser()).commands
OPTIONS = {name: own for name, command in PARSED.items() if (own := options_of(command))}
"""The options of each command that has some, as its parser knows them."""

MEMORY = 500 << 10
"""KiB more than before that a run may take."""

CODED = re.compile(r"(error\[[a-z-]+\]: |error: and \d+ more$|warning: |nothing fits: |convcalc: )")
"""How what goes to standard error begins."""


@contextmanager
def bounded(most=work.MOST_CALLS):
    """A run in bounds of work and memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with work.bounded(most):
        yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


def holds(*arguments, stdin=b""):
    """Run a command twice: an exit status that is told, errors with codes, and the same answer."""
    with bounded():
        done = called(*arguments, stdin=stdin)
    assert done.status in (0, 1, 2), done
    assert "Traceback" not in done.err
    if done.status == 2:
        assert CODED.match(done.err), done.err
        assert done.out == ""
    assert called(*arguments, stdin=stdin) == done


def test_bounds_bite():
    """A run that goes on for too long, or that takes too much, does not pass."""
    with pytest.raises(work.TooMuch), bounded(1_000):
        sum(map(Fraction, count()))
    with pytest.raises(AssertionError), bounded():
        bytearray(2 * MEMORY << 10)


def test_all_commands_are_tried():
    """What has options has some that are given any values."""
    assert set(OPTIONS) == set(PARSED) - {"man"}
    assert min(map(len, OPTIONS.values())) >= 1


@pytest.mark.parametrize("command", one_in(2, OPTIONS))
@given(data=st.data())
@TRIED
def test_any_options(command, data):
    """Options of a command with any values."""
    options = data.draw(st.lists(st.tuples(st.sampled_from(OPTIONS[command]), VALUES), max_size=4))
    nets = data.draw(st.lists(st.sampled_from(SMALL) | VALUES, max_size=2))
    words = [word for pair in options for word in pair]
    assume_harmless = [word for word in nets if word not in ("/dev/null", "-")]

    holds(command, *assume_harmless, *words)


LINES = st.text(alphabet=st.sampled_from("conv maxpool(8)3x/,*@|:=-+.1029kspdg[]{}'\"\\\n\té"), max_size=30)


@given(line=LINES, shape=st.sampled_from(["3x8x8", "8", "3x4", "2x3x4x5", "0x1", "x", "n,n,n", ""]))
@TRIED
def test_any_line(line, shape):
    """A line of layers."""
    holds("count", "-i", shape, "-l", line)


@given(content=st.binary(max_size=60))
@example(b"\xff\xfe")
@example(b"input: 3x8x8\r\nlayers: [conv 8 3]\r\n")
@TRIED
def test_any_bytes(content):
    """A description, tensors, a table, an earlier count or a configuration of any bytes."""
    holds("count", "-", stdin=content)
    holds("explain", "trace", "-i", "1x2x2", "-l", "conv 1 2", "--values", "-", stdin=content)
    holds("sweep", "seed", "--rows", "-", stdin=content)
    holds("check", "seed", "--baseline", "-", stdin=content)
    holds("check", "seed", "--config", "-", stdin=content)


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(NASTY)
    | st.sampled_from(["conv 8 3", "relu"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["input", "layers", "vars", "repeat", "do", "for", "add", "budget", "blocks", "params", "conv", "a"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(
    tree=TREES, key=st.sampled_from(["layers", "vars", "blocks", "defaults", "budget", "outputs", "widening", "inputs"])
)
@TRIED
def test_any_tree(tree, key):
    """A description with anything under one of its keys."""
    held = {"input": "3x8x8", "layers": ["conv 8 3"], key: tree}

    holds("count", "-", stdin=json.dumps(held).encode("utf-8", "surrogatepass"))
    holds("check", "-", "--max-macs", "1", stdin=json.dumps(held).encode("utf-8", "surrogatepass"))


@given(
    budget=st.dictionaries(
        st.sampled_from(["params", "macs", "layer_share", "receptive_field", "blocks", "x"]), TREES, max_size=3
    )
)
@TRIED
def test_any_budget(budget):
    """A budget of anything."""
    held = {"input": "3x8x8", "layers": ["conv 8 3"], "budget": budget}

    holds("check", "-", stdin=json.dumps(held).encode("utf-8", "surrogatepass"))


@given(net=st.sampled_from(SPECS), data=st.data())
@examples(EXAMPLES // 4)
def test_any_name(net, data):
    """A bundled network with a name, a setting or a layer that is nearly right."""
    at = data.draw(st.integers(0, len(net)))
    near = net[:at] + data.draw(st.sampled_from(["", "x", "_", "@", " "])) + net[at + 1 :]

    holds("explain", near)
    holds("count", near, "--depth", "0")
