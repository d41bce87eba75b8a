"""What `convcalc sweep` refuses: the whole message, and exit status 2."""

import os
import pty
import subprocess

import pytest
from command_line import CONVCALC, called, environment

from convcalc.network.measures import countable

WAY = "try: --vary width=8:128:8, --vary alpha=0.25,0.5,1 or --vary depth=[2,2],[3,4]"
COMPARE = "try: comparisons such as macs < 300e6, joined by and, or, not; + - * compute"
NO_ROWS = "try: a line of names, and lines of values"
LINE = ("-i", "3,n,n", "-l", "conv k 3 same, conv 2*k 5 same bn relu")


def head(message, line, *notes):
    """What is said of a table as a whole, at its first line."""
    lines = [f"error[bad-table]: {message}", " --> {}:1:1", "  |", f"1 | {line}", f"  | {'^' * len(line)}"]
    return "\n".join([*(lines if line else lines[:2]), *[f"  | {note}" for note in notes]])


def test_without_values_on_a_terminal():
    """Where nothing is piped, and nothing varied, the ways to say so are told."""
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [*CONVCALC, "sweep", "seed"], stdin=theirs, capture_output=True, env=environment(), check=False
    )
    os.close(ours)
    os.close(theirs)

    assert (done.stdout, done.returncode) == (b"", 2)
    assert done.stderr.decode() == (
        "error[missing-argument]: what is to be varied?\n  | the variables of seed: n, m, k1, k2\n"
        f"  | {WAY}\n  | or --rows FILE, a table of variables\n"
    )


def test_standard_input_is_one_thing():
    """A network and its table cannot both come from standard input."""
    text = b"name: x\ninput: 3x8x8\nvars: {k: 3}\nlayers: [conv k 3]\n"
    message = "error[conflicting-options]: standard input can be the network or --rows, not both\n"

    assert called("sweep", "-", "--rows", "-", stdin=text) == ("", message, 2)
    assert called("sweep", "--rows", "-", stdin=text) == ("", message, 2)


K1 = ("seed", "--vary", "k1=8")
SHARD = "error[wrong-argument]: --shard must be one of some parts, such as 3/16, but got"
MEASURED = ", ".join(sorted(countable()))


def at(option, text, start, *notes, width=None):
    """Where in an option something is wrong."""
    lines = [
        f" --> {option}:1:{start + 1}",
        "  |",
        f"1 | {text}",
        f"  | {' ' * start}{'^' * (width or len(text) - start)}",
    ]
    return "".join(f"\n{line}" for line in (*lines, *[f"  | {note}" for note in notes]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["seed", "--vary", "k9=3"], "error[unknown-name]: unknown variable: k9; known: k1, k2, m, n"),
        (["seed", "--vary", "k1"], ("error[wrong-argument]: --vary takes name=values, but got "
"k1") + at("--vary", "k1", 0, WAY)),
        (
            ["seed", "--vary", "k1="],
            "error[wrong-argument]: --vary takes name=values, but got k1=" + at("--vary", "k1=", 3, WAY, width=1),
        ),
        (
            ["seed", "--vary", "k1=8:2"],
            ("error[bad-values]: a range goes up, from its first number to its last, but got "
"8:2") + at("--vary", "k1=8:2", 3, WAY),
        ),
        (["seed", "--vary", "k1=8,9,8"], "error[given-twice]: k1 takes 8 twice" + at("--vary", "k1=8,9,8", 3)),
        ([*K1, "--vary", "k1=9"], "error[given-twice]: --vary gives k1 twice" + at("--vary", "k1=9", 3)),
        (
            ["seed", "--vary", "k1=wide"],
            "error[bad-values]: a value must be a number, but got wide" + at("--vary", "k1=wide", 3, WAY),
        ),
        ([*K1, "--set", "k1=3"], "error[given-twice]: k1 is both set and varied" + at("--set", "k1=3", 0, width=2)),
        (
            [*K1, "--set", "k5=3"],
            "error[unknown-name]: unknown variable: k5; known: k1, k2, m, n" + at("--set", "k5=3", 0, width=2),
        ),
        (
            [*K1, "--columns", "maks"],
            "error[unknown-choice]: unknown column: maks; did you mean macs?" + at("--columns", "maks", 0),
        ),
        (
            [*K1, "--columns", "params,+k1"],
            f"error[unknown-choice]: unknown column: k1; known: {MEASURED}" + at("--columns", "params,+k1", 8),
        ),
        ([*K1, "--top", "3"], ("error[conflicting-options]: --top says how many are kept, and --by what is best: "
"give both")),
        ([*K1, "--by", "macs"], ("error[conflicting-options]: --top says how many are kept, and --by what is best: "
"give both")),
        ([*K1, "--top", "3", "--by", "macs,params"], ("error[conflicting-options]: --by is one key\n"
"  | try: --pareto for several")),
        ([*K1, "--top", "3", "--by", "mac"], "error[unknown-choice]: unknown key: mac; did you mean macs?"),
        ([*K1, "--top", "3", "--by", "macs:least"], ("error[wrong-argument]: macs can be best at its min or max, but got "  # noqa: E501  # a row of the table
"least")),
        (
            [*K1, "--top", "3", "--by", "macs", "--pareto", "macs"],
            "error[conflicting-options]: --top and --pareto each keep some configurations: one of the two",
        ),
        ([*K1, "--pareto", "macs,mac"], "error[unknown-choice]: unknown key: mac; did you mean macs?"),
        (
            ["resnet18", "--vary", "depth=[1,1,1,1],[2,2,2,2]", "--pareto", "macs,depth"],
            "error[bad-condition]: depth cannot be compared: it is no number, such as [1, 1, 1, 1]",
        ),
        (
            ["resnet18", "--vary", "depth=[1,1,1,1],[2,2,2,2]", "--where", "depth > 3"],
            "error[bad-condition]: depth cannot be compared: it is no number, such as [1, 1, 1, 1]"
            + at("--where", "depth > 3", 0, COMPARE),
        ),
        (
            [*K1, "--where", "k2 < 3"],
            "error[bad-condition]: k2 cannot be compared: it is a variable that is not varied"
            + at("--where", "k2 < 3", 0, COMPARE),
        ),
        ([*K1, "--shard", "17/16"], f"{SHARD} 17/16"),
        ([*K1, "--shard", "0/16"], f"{SHARD} 0/16"),
        ([*K1, "--shard", "1/0"], f"{SHARD} 1/0"),
        ([*K1, "--shard", "third"], f"{SHARD} third"),
        ([*K1, "--sample", "10000001"], "error[beyond-limits]: --sample draws at most 10,000,000, but got 10,000,001"),
        ([*K1, "--dtype", "fp8"], "error[unknown-choice]: unknown dtype: fp8; known: bf16, fp16, fp32, int4, int8"),
        ([*K1, "-f", "parquet"], "error[format-does-not-apply]: this format is for a file\n  | try: -o FILE"),
        ([*K1, "-f", "yaml"], "error[format-does-not-apply]: only networks can be written as yaml"),
        (
            [*K1, "-f", "exe"],
            ("error[unknown-choice]: unknown format: exe; known: csv, json, jsonl, latex, "
"markdown, parquet, plain, table, tsv, yaml"),
        ),
        ([*K1, "-o", "/nowhere/x.csv"], "error[cannot-write]: cannot write /nowhere/x.csv: no such file or directory"),
        ([*K1, "-o", "/nowhere/x.parquet"], ("error[cannot-write]: cannot write /nowhere/x.parquet: no such file or "
"directory")),
        ([*K1, "-o", "/nowhere/x.json"], ("error[cannot-write]: cannot write /nowhere/x.json: no such file or "
"directory")),
        ([*K1, "--rows", "x.csv"], ("error[conflicting-options]: --vary and --rows both give configurations: one of the "  # noqa: E501  # as above
"two")),
        (["seed", "--rows", "/nowhere/x.csv"], "error[no-such-file]: there is no file /nowhere/x.csv"),
        ([*K1, "--join", "/nowhere/x.csv"], "error[no-such-file]: there is no file /nowhere/x.csv"),
        (["seed", "vgg16", "--vary", "k1=8"], "error[conflicting-options]: sweep takes one network, but got 2"),
        (
            [*K1, "-l", "conv 3 3"],
            "error[conflicting-options]: a network is a NET or --layer, not both, but got seed and --layer",
        ),
        ([*LINE, "--vary", "k=8"], ("error[needs-numbers]: sweep takes numbers, and here are symbols: n\n"
"  | try: --set n=32")),
        (
            ["-i", "3x8x8", "-l", "conv macs 3", "--vary", "macs=8"],
            "error[name-taken]: a variable macs cannot be swept: a column of results is called so",
        ),
        (
            ["-i", "3x8x8", "-l", "conv reason 3", "--vary", "reason=8"],
            "error[name-taken]: a variable reason cannot be swept: a column of results is called so",
        ),
        (
            ["nope", "--vary", "k=3"],
            ("error[no-such-file]: there is no file and no bundled network nope; convcalc nets "
"lists those that there are"),
        ),
    ],
)  # fmt: skip  # a message in one line
def test_what_is_refused(arguments, message):
    """A whole message, nothing on standard output, and exit status 2."""
    assert called("sweep", *arguments) == ("", f"{message}\n", 2)


def test_what_is_wrong_whatever_the_variables_hold():
    """A description that is wrong in any case is refused as `count` refuses it, and is no table of reasons."""
    line = ("-i", "3x8x8", "-l", "conv k 3 rleu", "-l", "convv k 3")
    done = called("sweep", *line, "--vary", "k=1:3")

    assert (done.out, done.status) == ("", 2)
    assert done.err == called("count", *line, "--set", "k=1").err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", head("{} has no rows", "", NO_ROWS)),
        ("k1,k2\n", head("{} has no rows", "k1,k2", NO_ROWS)),
        (
            "k1,k2\n8\n",
            ("error[bad-table]: a row must have 2 values, as the first line has, but got 1\n --> {}:2:1\n"
"  |\n2 | 8\n  | ^"),
        ),
        (
            "k1\n8\n8,9\n",
            ("error[bad-table]: a row must have 1 values, as the first line has, but got 2\n --> {}:3:1\n"
"  |\n3 | 8,9\n  | ^^^"),
        ),
        ("k1,k1\n8,9\n", ("error[bad-table]: the first line must be names, each once\n --> {}:1:1\n  |\n1 | k1,k1\n"
"  | ^^^^^")),
        ("k1,\n8,9\n", "error[bad-table]: the first line must be names, each once\n --> {}:1:1\n  |\n1 | k1,\n  | ^^^"),
        ("k1,k7\n8,9\n", "error[unknown-name]: unknown variable: k7; known: k1, k2, m, n"),
        ("k1,params\n8,9\n", head("{} has columns of results, params, and takes variables alone", "k1,params",
         "try: --join for what was measured elsewhere")),
        (
            "k1\n8\nwide\n",
            ("error[bad-values]: k1: a value must be a number, but got wide\n --> {}:3:1\n  |\n3 | wide\n"
"  | ^^^^\n  | ") + WAY,
        ),
        ("k1,k2\n8,\n", "error[missing-value]: k2: a value is missing here\n --> {}:2:1\n  |\n2 | 8,\n  | ^^"),
        (
            '{"k1": 8, "k2": 3}\n{"k1": 9}\n',
            ('error[bad-table]: a row has k1, and those above have k1, k2\n --> {}:2:1\n  |\n'
'2 | {{"k1": 9}}\n  | ^^^^^^^^^'),
        ),
        (
            '{"k1": 8}\n[3]\n',
            ("error[bad-table]: a row must be an object in JSON, on a line of its own\n --> {}:2:1\n  |\n"
"2 | [3]\n  | ^^^"),
        ),
        (
            '{"k1": null}\n',
            'error[missing-value]: k1: a value is missing here\n --> {}:1:1\n  |\n1 | {{"k1": null}}\n  | ^^^^^^^^^^^^',
        ),
        ("k1\n8\0\n", "error[not-text]: {} is binary, and a table is text in CSV or JSON"),
    ],
)  # fmt: skip  # a message in one line
def test_tables_that_are_none(text, message, table):
    """Each kind of bad table has its message, with the row, of a file and of standard input."""
    path = table(text)

    assert called("sweep", "seed", "--rows", path) == ("", f"{message.format(*[path] * 2)}\n", 2)
    if text:
        assert called("sweep", "seed", stdin=text.encode()) == ("", f"{message.format(*['<stdin>'] * 2)}\n", 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("k2,k9\n8,3\n", head("{} has no variable among its columns, k2, k9", "k2,k9", "the variables are k1")),
        ("k1\n8\n", head("{} has nothing but variables among its columns, k1", "k1", "the variables are k1")),
        (
            "k1,a\n8,3\n8.0,4\n",
            "error[given-twice]: {} tells twice of k1 = 8\n --> {}:3:1\n  |\n3 | 8.0,4\n  | ^^^^^",
        ),
        ("k1,a\n8,\n9,\n", head("the column a of {} is empty", "k1,a")),
        ("k1,macs\n8,3\n", head("{} has a column macs, which is what a sweep counts", "k1,macs")),
        ("k1,reason\n8,3\n", "error[name-taken]: a variable reason cannot be swept: a column of results is called so"),
        ("k1,a\n", head("{} has no rows", "k1,a", NO_ROWS)),
    ],
)
def test_what_cannot_be_joined(text, message, table):
    """A table to join has keys and values, and tells once of a configuration."""
    path = table(text, "j.csv")

    assert called("sweep", *K1, "--join", path) == ("", f"{message.format(*[path] * 2)}\n", 2)
