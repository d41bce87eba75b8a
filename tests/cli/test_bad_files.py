"""What cannot be a network, be it by mistake or by malice, ends in exit status 2, with one message."""

import os
import re
import subprocess
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from command_line import CONVCALC, HANGS, Done, called, environment, shown, uncoded
from examples import one_in

TINY = "input: 3x8x8\nlayers: conv 1 1\n"
PYTHON = "tag:yaml.org,2002:python/name:os.system"
KEYS = "blocks, budget, defaults, input, inputs, layers, name, outputs, source, vars, widening"
NETS = "convcalc nets lists those that there are"
DEEP = 10**5
MEGABYTE = "n" * 10**6
CUT = f"{'n' * 60}…"
BOMB = "input: 3x8x8\nlayers:\n" + "".join(
    f"  - &{name} [{', '.join([item] * 10)}]\n"
    for name, item in zip("abcdefghi", ["conv 1 1", *(f"*{name}" for name in "abcdefgh")], strict=True)
)
"""Billion laughs: nine lines that stand for a billion convolutions."""

TOO_MANY_DIGITS = "a number of the description must have at most 18 digits"
TOO_DEEP = "a description must be nested at most 100 levels deep"
TOO_WIDE = "an expression must have at most 200 characters"
TOO_LONG = "a line must have at most 10,000 characters, but has"


def layers(*lines, head="input: 3x8x8"):
    """A description with these lines."""
    return "\n".join([head, "layers:", *(f"  - {line}" for line in lines)])


def cubes():
    """Variables, each the cube of the one above: three times as many digits."""
    names = "abcdefghijklmnop"
    above = (f"  {name}: {before}*{before}*{before}" for before, name in pairwise(names))
    return "\n".join(["vars:", "  a: 12345678901234567", *above])


BAD = {
    # What is no text in YAML
    "empty": ("", "the description is empty"),
    "blank": (" \n\n", "the description is empty"),
    "only a comment": ("# nothing\n", "the description is empty"),
    "null": ("~", "the description is empty"),
    "a list": ("- conv 1 1\n", "a description is a mapping with the key layers"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe", "FILE is binary, and a description is text in YAML"),
    "NUL": (TINY.encode() + b"\0", "FILE is binary, and a description is text in YAML"),
    "Latin-1": ("input: 3x8x8\nname: Bäume\n".encode("latin-1"), "FILE is not UTF-8: byte 0xe4 in line 2"),
    "UTF-16": (TINY.encode("utf-16"), "FILE is binary, and a description is text in YAML"),
    "cut in a character": ("input: 3x8x8\n# ä".encode()[:-1], "FILE is not UTF-8: byte 0xc3 in line 2"),
    "a byte beyond 32 MiB": (b"#" * ((32 << 20) + 1), "FILE is larger than 32 MiB, which no description needs"),
    "two documents": (f"{TINY}---\n{TINY}", "a description is one YAML document, but here a second begins"),
    "a tag": ("input: !!python/name:os.system x", f"a description has no tags, but here is {PYTHON}"),
    # Repetitions
    "repeat": (
        "input: 3x8x8\nlayers:\n  - repeat: 1000000000000\n    do: conv 3 1",
        "a repetition must be a whole number from 0 to 150,000, but got 1000000000000",
    ),
    "times": (
        layers("conv 3 1 *1000000000000"),
        "a repetition must be a whole number from 0 to 150,000, but got 1000000000000",
    ),
    # Numbers
    "a long product": (layers(f"conv {'*'.join('9' * 4_000)} 1"), TOO_WIDE),
    "a product": (layers(f"conv {'*'.join('9' * 100)} 1"), TOO_MANY_DIGITS),
    "a number of 19 digits": (layers(f"conv {'9' * 19} 1"), TOO_MANY_DIGITS),
    "a number of 1,000 digits": (layers(f"conv {'9' * 1_000} 1"), TOO_WIDE),
    "a number of a megabyte": (layers(f"conv {'9' * 10**6} 1"), f"{TOO_LONG} 1,000,007"),
    "an input of 1,000 digits": (TINY.replace("3", "3" * 1_000, 1), TOO_WIDE),
    "decimals": (layers(f"conv {'*'.join(['0.123456789'] * 16)} 1"), TOO_MANY_DIGITS),
    "cubes of cubes": (f"{cubes()}\n{TINY}", TOO_MANY_DIGITS),
    # Names
    "a kind of a megabyte": (layers(MEGABYTE), f"{TOO_LONG} 1,000,000"),
    "a kind of 5,000 characters": (layers("n" * 5_000), f"unknown kind of layer: {CUT}"),
    "a word of 190 characters": (layers(f"conv 1 1 {'n' * 190}"), f"unknown word or variable: {CUT}"),
    "an output of a megabyte": (f"outputs: {MEGABYTE}\n{TINY}", f"unknown label: {CUT}; known: input"),
    "a from of a megabyte": (layers("from: " + MEGABYTE), f"unknown label: {CUT}; known: input"),
    "a key of a megabyte": (f"? {MEGABYTE}\n: 1\n{TINY}", f"unknown key: {CUT}; known: {KEYS}"),
    "a label behind @": (
        layers(f"conv 1 1 @{'n' * 5_000}"),
        f"conv reads the current tensor, so @{CUT} cannot stand here",
    ),
    "an escape in a kind": (layers('"conv\\e[31m 1 1"'), r"unexpected \x1b in \x1b[31m"),
    "an escape in a label": (
        layers('"a\\eb": conv 1 1'),
        r"a label is letters, digits and _, no digit first, but got a\x1bb",
    ),
    "an escape as it is": (TINY + "\x1b", "a description must not hold control characters"),
    "a mark of direction": (layers("c\u202env 1 1"), r"unexpected \u202e in \u202env"),
    "a mark in a key": (f"\u202ename: x\n{TINY}", r"unknown key: \u202ename; did you mean name?"),
    "a bell in a value": (layers('"conv 1 1 p=\\a"'), r"unexpected \x07 in \x07"),
}

"""What each file is refused for."""

HOSTILE = {
    "33 MiB": (b"- conv 1 1\n" * (3 << 20), "FILE is larger than 32 MiB, which no description needs"),
    "deep lists": (f"{TINY[:21]}{'[' * DEEP}{']' * DEEP}", TOO_DEEP),
    "deep lists, open": ("[" * DEEP, TOO_DEEP),
    "deep lists in blocks": (f"input: 3x8x8\nlayers:\n  {'- ' * DEEP}conv 1 1", TOO_DEEP),
    "deep mappings": (f"{TINY[:21]}{'{a: ' * DEEP}{'}' * DEEP}", TOO_DEEP),
    "deep mappings in blocks": ("".join(f"{' ' * depth}a:\n" for depth in range(5_000)), TOO_DEEP),
    "deep keys in blocks": ("? " * DEEP + "a", TOO_DEEP),
    "deep parentheses": (layers("(" * 4_000 + "conv 1 1" + ")" * 4_000), "parentheses must be at most 50 deep"),
    "aliases of aliases": (BOMB, "the aliases of a description must stand for at most 100,000 nodes"),
    "an alias of itself": (layers("&a [*a]"), "*a stands within what it stands for"),
}
"""What could take an interpreter down."""


def written(tmp_path, content):
    """A file of this content."""
    path = tmp_path / "net.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(arguments, folder, message):
    """Run a command that must fail, with one message, and with nothing else."""
    done = subprocess.run(
        [*CONVCALC, "count", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=folder,
        env=environment(),
        timeout=HANGS,
        check=False,
    )
    check(Done(done.stdout.decode(), done.stderr.decode(), done.returncode), message)


def check(done, message):
    """Whether a command has failed with one message, that is fit to be shown, and with nothing else."""
    first, *others = done.err.splitlines()

    assert uncoded(first) == f"error: {message}"
    assert [line for line in others if line.startswith("error")] == []
    assert all(line.isprintable() for line in others)
    assert max(map(len, others), default=0) < 250
    assert (done.out, done.status) == ("", 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [pytest.param(*case, id=name) for name, case in BAD.items()],
)
def test_a_bad_file_is_refused(tmp_path, monkeypatch, content, message):
    """The message tells what is wrong with the file, on standard error only."""
    path = written(tmp_path, content)
    monkeypatch.chdir(tmp_path)
    done = called("count", path.name)

    check(done, message.replace("FILE", "net.yaml"))


@pytest.mark.parametrize(("content", "message"), one_in(3, HOSTILE.values()), ids=HOSTILE)
def test_a_hostile_file_is_refused(tmp_path, content, message):
    """Neither the depth nor the size of a file takes an interpreter down."""
    written(tmp_path, content)

    refused(["net.yaml"], tmp_path, message.replace("FILE", "net.yaml"))


@pytest.mark.parametrize("name", ["only a comment", "NUL", "Latin-1", "a byte beyond 32 MiB", "a product"])
def test_standard_input_is_refused_for_the_same(name):
    """What comes through a pipe is under the same bounds."""
    content, message = {**BAD, **HOSTILE}[name]
    stdin = content if isinstance(content, bytes) else content.encode()

    check(called("count", "-", stdin=stdin), message.replace("FILE", "<stdin>"))


def test_what_is_not_there_is_told_with_what_is(tmp_path):
    """A name that is nearly one of a bundled network, or that is none at all."""
    refused(["alexnt"], tmp_path, "there is no file and no bundled network alexnt; did you mean alexnet?")
    refused(["ResNet50"], tmp_path, "there is no file and no bundled network ResNet50; did you mean resnet50?")
    refused(["nothing.yaml"], tmp_path, f"there is no file and no bundled network nothing.yaml; {NETS}")
    refused(["a\x1b[1m\u202e"], tmp_path, rf"there is no file and no bundled network a\x1b[1m\u202e; {NETS}")


@pytest.mark.parametrize("net", [MEGABYTE[:1_000], "layers/" * 1_000])
def test_a_path_that_is_too_long_is_refused(tmp_path, net):
    """What cannot be a path on this system is no bug."""
    refused([net], tmp_path, f"cannot read {net[:60]}…: file name too long")


def test_a_directory_is_refused(tmp_path):
    """A path may be there and still be no file."""
    (tmp_path / "net.yaml").mkdir()

    refused(["net.yaml"], tmp_path, "cannot read net.yaml: is a directory")


def test_an_empty_name_is_refused(tmp_path):
    """`convcalc count "$unset"` names no network."""
    refused([""], tmp_path, "the name of a network is empty")


@pytest.mark.parametrize(
    "content",
    [TINY.encode("utf-8-sig"), TINY.replace("\n", "\r\n").encode(), f"\n\n# {'-' * 10**6}\n{TINY}".encode()],
    ids=["byte order mark", "CRLF", "a long comment"],
)
def test_a_file_from_elsewhere_is_read(tmp_path, content):
    """A byte order mark, line ends of Windows and long comments do no harm."""
    usual = shown("count", written(tmp_path, TINY))

    assert shown("count", written(tmp_path, content)) == usual


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("input: 3x8x8\nlayers:\n  - conv 1 1\n  - cnv 1 1\n", ":4:5\n  |\n4 |   - cnv 1 1\n  |     ^^^\n"),
        ("input: 3x8x8\nlayers: cnv 1 1\n", ":2:9\n  |\n2 | layers: cnv 1 1\n  |         ^^^\n"),
        ("{layers: cnv 1 1, input: 3x8x8}", ":1:10\n  |\n1 | {layers: cnv 1 1, input: 3x8x8}\n  |          ^^^\n"),
    ],
)
def test_a_place_counts_from_the_start_of_its_line(tmp_path, content, told):
    """Neither a byte order mark nor CRLF moves what is wrong, nor shows in the excerpt."""
    for encoded in (content.encode(), content.encode("utf-8-sig").replace(b"\n", b"\r\n")):
        path = written(tmp_path, encoded)
        message = f"error[unknown-kind]: unknown kind of layer: cnv; did you mean conv?\n --> {path}{told}"

        assert called("count", path) == ("", message, 2)


@pytest.fixture
def fifo(tmp_path):
    path = tmp_path / "net.yaml"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "the description is empty"), ("\0", "net.yaml is binary, and a description is text in YAML")],
)
def test_a_fifo_is_read_to_its_end(fifo, content, message):
    """What a process writes to a FIFO is a description, be it a bad one."""
    with subprocess.Popen(["sh", "-c", 'printf "$1" > "$2"', "sh", content.replace("\0", r"\000"), fifo]) as writer:
        refused(["net.yaml"], fifo.parent, message)

    assert writer.returncode == 0


def test_a_megabyte_of_mistakes_is_bounded(tmp_path):
    """A million unknown layers, in a file of 2 MiB: a bound keeps any file from hanging a machine."""
    written(tmp_path, f"input: 3x8x8\nlayers: [{'a,' * 10**6}a]\n")

    refused(["net.yaml"], tmp_path, "a description must have at most 400,000 items")


# What is small, and comes to too much


NESTED = {
    "times": layers("(conv 3 1 *100) *100"),
    "times of groups": layers("(((conv 3 1) *10) *10) *100"),
    "repeat": layers("repeat: 100\n    do:\n      repeat: 100\n      do: conv 3 1"),
    "for": layers(f"for: {{a: [{'1,' * 99}1]}}\n    do:\n      for: {{b: [{'1,' * 99}1]}}\n      do: conv 3 1"),
    "blocks": layers("b3", head="input: 3x8x8\nblocks:\n  b1: conv 3 1 *10\n  b2: b1 *10\n  b3: b2 *11"),
    "what is empty": layers("repeat: 100\n    do:\n      repeat: 100\n      do: []"),
    "what is left out": layers("((conv 3 1 *0) *100) *100"),
}


@pytest.mark.parametrize(
    "name",
    list(NESTED),
)
def test_loops_in_loops_are_bounded(name, tmp_path, monkeypatch):
    """Loops and blocks that multiply each other up end where a network has too many layers, and the place is told."""
    monkeypatch.setattr("convcalc.language.assemble.builder.MOST_LAYERS", 1_000)
    monkeypatch.setattr("convcalc.language.assemble.builder.MOST_ITEMS_PLACED", 2_000)
    path = written(tmp_path, NESTED[name])
    done = called("count", path)
    first, place, *_ = done.err.splitlines()

    assert first == "error[beyond-limits]: a network must have at most 1,000 layers"
    assert re.fullmatch(rf" *--> {re.escape(str(path))}:\d+:\d+", place)
    assert (done.out, done.status) == ("", 2)


def test_as_many_layers_as_allowed_are_counted(tmp_path, monkeypatch):
    """The bound itself is fine."""
    monkeypatch.setattr("convcalc.language.assemble.builder.MOST_LAYERS", 1_000)

    assert "conv1000" in shown("count", written(tmp_path, layers("(conv 3 1 *10) *100")))


def test_aliases_within_bounds_are_read(tmp_path):
    """An alias stands for what it marks; what does not multiply up is no bomb."""
    path = written(tmp_path, layers("&a [conv 4 1, conv 3 1]", "*a", "*a"))

    assert shown("count", path, "-f", "csv").count("conv 4 1") == 3


def test_counts_of_thousands_of_digits_are_counted_or_refused(tmp_path):
    """An input of 300 axes of 17 digits makes counts of 5,100 digits, which is no bug."""
    path = written(tmp_path, f"input: [3{', 99999999999999999' * 300}]\nlayers: linear 10\n")

    assert called("count", path).status in {0, 2}


# Command lines


COLUMNS = (
    "activation_bytes, activations, biases, covers_input, description, fan_in, input, inputs, intensity, jump, kind, "
    "macs, macs_share, moved_bytes, name, operations, output, parameter_bytes, params, params_share, receptive_field, "
    "start, statistics, weights"
)
WRONG = {
    "an unknown format": (
        ["count", "seed", "-f", "jsn"],
        "error[unknown-choice]: unknown format: jsn; did you mean json?\n",
    ),
    "a format in capitals": (
        ["count", "seed", "-f", "JSON"],
        "error[unknown-choice]: unknown format: JSON; did you mean json?\n",
    ),
    "a format like no other": (
        ["count", "seed", "-f", "xyz"],
        (
            "error[unknown-choice]: unknown format: xyz; known: csv, json, jsonl, latex, "
            "markdown, parquet, plain, table, tsv, yaml\n"
        ),
    ),
    "an unknown column": (
        ["count", "seed", "--columns", "name,mac"],
        (
            "error[unknown-choice]: unknown column: mac; did you mean macs?\n"
            " --> --columns:1:6\n  |\n1 | name,mac\n  |      ^^^\n"
        ),
    ),
    "a column to add": (
        ["count", "seed", "--columns", "+zzz"],
        f"error[unknown-choice]: unknown column: zzz; known: {COLUMNS}\n --> --columns:1:2\n  |\n1 | +zzz\n  |  ^^^\n",
    ),
    "no column": (
        ["count", "seed", "--columns", "-name,-description,-output,-weights,-biases,-macs,-macs_share"],
        "error[missing-argument]: no column is left to show\n",
    ),
    "a setting without =": (
        ["count", "seed", "--set", "k1"],
        (
            "error[wrong-argument]: --set takes name=value, but got k1\n --> --set:1:1\n  |\n1 | k1\n"
            "  | ^^\n  | try: --set width=64\n"
        ),
    ),
    "a setting without a name": (
        ["count", "seed", "--set", "=64"],
        (
            "error[wrong-argument]: --set takes name=value, but got =64\n --> --set:1:2\n  |\n1 | =64\n"
            "  |  ^^\n  | try: --set width=64\n"
        ),
    ),
    "an unknown variable": (
        ["count", "seed", "--set", "k3=1"],
        "error[unknown-name]: unknown variable: k3; known: k1, k2, m, n\n --> --set:1:1\n  |\n1 | k3=1\n  | ^^\n",
    ),
    "a variable nearly known": (
        ["count", "resnet50", "--set", "clases=1"],
        (
            "error[unknown-name]: unknown variable: clases; did you mean classes?\n"
            " --> --set:1:1\n  |\n1 | clases=1\n  | ^^^^^^\n"
        ),
    ),
    "a variable that is too large": (
        ["count", "seed", "--set", f"k1={'9' * 19}"],
        f"error[beyond-limits]: {TOO_MANY_DIGITS}\n --> --set:1:4\n  |\n1 | k1={'9' * 19}\n  |    {'^' * 19}\n",
    ),
    "an input of nothing": (
        ["count", "seed", "-i", "3x0x8"],
        "error[wrong-input]: a size of the input (0) must be at least 1\n --> --input:1:1\n  |\n1 | 3x0x8\n  | ^^^^^\n",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_command_line_is_told(arguments, message):
    """The whole message, and exit status 2."""
    assert called(*arguments) == ("", message, 2)


def test_a_bug_of_ours_is_told_apart(monkeypatch):
    """Exit status 3 says that a failure is not the author's: no traceback, unless it is wanted."""
    monkeypatch.setattr("convcalc.language.variant.build_planned", partial(int, "three"))
    done = called("count", "seed")

    assert done.status == 3
    assert done.err.startswith("error: this is a bug in convcalc: TypeError: ")
    assert done.err.endswith("\n  | CONVCALC_TRACEBACK=1 shows where; please report it\n")
    with pytest.raises(TypeError):
        called("count", "seed", CONVCALC_TRACEBACK="1")


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    """Whatever the system says against reading a file is passed on."""

    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, TINY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "open", forbidden)

    assert called("count", path.name) == ("", "error[cannot-read]: cannot read net.yaml: permission denied\n", 2)
