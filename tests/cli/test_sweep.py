"""`convcalc sweep`: what it tells, in each format, and what it refuses."""

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
from contextlib import contextmanager
from itertools import product
from textwrap import dedent
from threading import Timer

import pyarrow.parquet
import pytest
from command_line import CONVCALC, called, environment, number, plain, read, shown, started, uncoded, values

from convcalc.cli import output
from convcalc.network.measures import countable

FOOT = (
    "A MAC is one multiply and one add, in convolutions, linear layers and matrix products. Not counted: adding "
    "biases, norms, activations, pooling, element-wise operations."
)
SIZES = ("mobilenet_v1", "--vary", "alpha=0.25,0.5,1", "--vary", "size=0,32:96:32")
"""Twelve configurations, of which three are impossible."""

LINE = ("-i", "3,n,n", "-l", "conv k 3 same, conv 2*k 5 same bn relu")
ENDLESS = ("seed", "--vary", "n=1:3000", "--vary", "m=1:3000", "--vary", "k1=1:1000")
"""9,000,000,000 configurations, which nobody waits for."""


def swept(*arguments, **variables):
    """The rows of a sweep, by key."""
    return values(shown("sweep", *arguments, "-f", "csv", **variables))


def keyed(rows, *keys):
    """Rows by the values of some columns."""
    return {tuple(row[key] for key in keys): row for row in rows}


def test_a_grid():
    """Each combination is a row, the last variable changing fastest: 9·k1 + k1 + 25·k1·k2 + k2 parameters."""
    rows = [(k1, k2, 10 * k1 + 25 * k1 * k2 + k2, 28 * 28 * (9 * k1 + 25 * k1 * k2), 28 * 28 * (k1 + k2) * 4)
            for k1, k2 in product((8, 16), (3, 5))]  # fmt: skip  # a row in one line
    assert rows[0] == (8, 3, 683, 526_848, 34_496)

    assert shown("sweep", "seed", "--vary", "k1=8:16:8", "--vary", "k2=3,5") == dedent(f"""\
        Two convolutions: 4 configurations

        k1  k2  Params       MACs  Activ. bytes
        --  --  ------  ---------  ------------
         8   3     683    526,848        34,496
         8   5   1,085    840,448        40,768
        16   3   1,363  1,053,696        59,584
        16   5   2,165  1,680,896        65,856

        {FOOT}
    """)
    assert [
        tuple(map(int, row.values())) for row in swept("seed", "--vary", "k1=8:16:8", "--vary", "k2=3,5", "--valid")
    ] == rows


@pytest.mark.parametrize(
    ("net", "variables"),
    [
        ("mobilenet_v1", {"alpha": ["0.25", "0.3", "1.0"], "size": ["0", "31", "224"]}),
        ("vit_b_16", {"width": ["768", "770"], "heads": ["12", "5"], "depth": ["0", "2"]}),
        ("resnet50", {"depth": ["[1, 1, 1, 1]", "[3, 4, 6, 3]"], "width": ["64", "48"]}),
        ("shufflenet_v1", {"g": ["3", "8", "7"], "c": ["240", "384"]}),
    ],
)
def test_each_row_is_what_count_tells(net, variables):
    """All measures of a configuration are the totals of `count` with its values set; its reason is that of `count`."""
    terms = ("--batch", "3", "--dtype", "int4", "--columns", ",".join(countable()))
    vary = [f"--vary={name}={','.join(own)}" for name, own in variables.items()]
    rows = swept(net, *vary, *terms)

    assert [tuple(row[name] for name in variables) for row in rows] == list(product(*variables.values()))
    for row in rows:
        done = called("count", net, *[f"--set={name}={row[name]}" for name in variables], *terms, "-f", "json")
        if row["reason"]:
            assert uncoded(done.err).startswith(f"error: {row['reason'].split(': ')[-1]}\n")
            assert {row[key] for key in countable()} == {""}
        else:
            totals = json.loads(done.out)["totals"]
            assert {key: int(row[key]) for key in countable()} == {key: totals[key] for key in countable()}


def bare(text):
    """A cell as a program has it: no commas in numbers, nothing for nothing."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", text) or None


def strings(rows):
    """Rows as lists of texts."""
    return [[None if cell is None else str(cell) for cell in row] for row in rows]


def test_all_formats_tell_the_same(tmp_path):
    """Numbers, decimals, reasons and what is empty are the same in each format."""
    rows = [[bare(cell) for cell in row] for row in csv.reader(io.StringIO(shown("sweep", *SIZES, "-f", "csv")))]
    keys, rows = rows[0], rows[1:]
    tabbed = csv.reader(io.StringIO(shown("sweep", *SIZES, "-f", "tsv")), delimiter="\t")
    document = json.loads(shown("sweep", *SIZES, "-f", "json"))
    lines = list(map(json.loads, shown("sweep", *SIZES, "-f", "jsonl").splitlines()))
    people = plain(shown("sweep", *SIZES))
    path = tmp_path / "sweep.parquet"
    assert shown("sweep", *SIZES, "-o", path) == ""
    parquet = pyarrow.parquet.read_table(path).to_pylist()

    assert keys == ["alpha", "size", "params", "macs", "activation_bytes", "reason"]
    assert len(rows) == 12
    assert [[bare(cell) for cell in row] for row in tabbed] == [keys, *rows]
    assert {tuple(row) for row in (*document["configurations"], *parquet)} == {tuple(keys)}
    assert {tuple(row) for row in lines} == {("network", *keys)}
    assert strings(row.values() for row in document["configurations"]) == rows
    assert strings(list(row.values())[1:] for row in lines) == rows
    assert strings(row.values() for row in parquet) == rows
    assert [[bare(cell) for cell in row.values()] for row in people.rows] == rows
    for row, line in zip(
        people.rows, shown("sweep", *SIZES, "-f", "table", COLUMNS="200").splitlines()[4:], strict=False
    ):
        assert line.split() == " ".join(row.values()).split()


def test_json_tells_what_was_asked():
    """Beside the rows there are the network, the terms, and how many configurations there are."""
    document = json.loads(shown("sweep", *SIZES, "--batch", "8", "--dtype", "fp16", "-f", "json"))
    about = {key: document[key] for key in ("schema", "network", "of", "computed", "impossible", "batch", "dtype")}

    assert about == {
        "schema": "convcalc/1", "network": "MobileNet v1", "of": 12, "computed": 12, "impossible": 3, "batch": 8,
        "dtype": "fp16",
    }  # fmt: skip  # two lines


def test_types_in_parquet(tmp_path):
    """Whole numbers are integers, decimals are floats, lists and reasons are texts."""
    path = tmp_path / "x.parquet"
    shown("sweep", "resnet18", "--vary", "depth=[1,1,1,1],[2,2,2,2]", "--vary", "classes=0,10", "-o", path)
    shape = pyarrow.parquet.read_schema(path)
    shown("sweep", *SIZES, "-o", path)
    sizes = pyarrow.parquet.read_schema(path)

    assert [str(shape.field(key).type) for key in ("depth", "classes", "params", "reason")] == [
        "string", "int64", "int64", "string",
    ]  # fmt: skip  # one list
    assert [str(sizes.field(key).type) for key in ("alpha", "size", "macs")] == ["double", "int64", "int64"]


def test_numbers_beyond_int64():
    """A network of 10⁷ channels on 10⁵ × 10⁵ has more than 2⁶³ MACs, which csv and JSON have to the digit."""
    arguments = (*LINE, "--vary", "n=100000", "--vary", "k=10000000")
    macs = 10**10 * (3 * 10**7 * 9 + 10**7 * 2 * 10**7 * 25)
    (row,) = swept(*arguments)
    (line,) = json.loads(shown("sweep", *arguments, "-f", "json"))["configurations"]

    assert macs > 2**63
    assert int(row["macs"]) == line["macs"] == macs
    assert number(plain(shown("sweep", *arguments)).rows[0]["MACs"]) == macs


def test_free_names_of_a_line():
    """Names of -i and -l are variables: 27·k + 50·k² weights, and biases or scales and shifts, of k and of 2·k."""
    rows = swept(*LINE, "--vary", "k=1:4", "--vary", "n=8,16", "--columns", "weights,macs", "--valid")

    for row in rows:
        k, n = int(row["k"]), int(row["n"])
        assert int(row["weights"]) == 27 * k + 50 * k * k + 2 * k
        assert int(row["macs"]) == n * n * (27 * k + 50 * k * k)


def test_set_and_vary():
    """--set holds for all configurations, and a name of a line may have its value there."""
    assert [row["macs"] for row in swept(*LINE, "--vary", "k=1:2", "--set", "n=8")] == [
        str(64 * (27 * k + 50 * k * k)) for k in (1, 2)
    ]


def test_impossible_configurations():
    """An impossible one is a row without numbers, with its reason, and a sentence says how many there are."""
    done = plain(shown("sweep", "seed", "--vary", "k1=0:2"))

    assert done.rows[0] == {
        "k1": "0", "Params": "", "MACs": "", "Activ. bytes": "",
        "Impossible because": "conv1: out_channels (0) must be at least 1",
    }  # fmt: skip  # two lines
    assert [row["Impossible because"] for row in done.rows[1:]] == ["", ""]
    assert done.foot == ["1 of 3 configurations are impossible.", FOOT]


def test_valid():
    """--valid leaves the impossible ones out, and the column that says why."""
    found = swept(*SIZES, "--valid")

    assert found == [
        {key: cell for key, cell in row.items() if key != "reason"} for row in swept(*SIZES) if row["macs"]
    ]
    assert len(found) == 9


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("macs < 5M", lambda row: row["macs"] < 5 * 10**6),
        ("params<2M and not macs < 3e6", lambda row: row["params"] < 2 * 10**6 and not row["macs"] < 3 * 10**6),
        ("size >= 64 or alpha == 0.25", lambda row: row["size"] >= 64 or row["alpha"] == 0.25),
        ("activation_bytes <= 1MiB", lambda row: row["activation_bytes"] <= 2**20),
        ("macs > 10*params", lambda row: row["macs"] > 10 * row["params"]),
        ("weights > 1M", lambda row: row["params"] > 10**6),
        ("3 < 5", lambda _: True),
        ("3 > 5", lambda _: False),
    ],
)
def test_where(condition, holds):
    """What is kept is what the condition holds for, of measures that are shown or not, and of variables."""
    rows = [{key: json.loads(cell) for key, cell in row.items()} for row in swept(*SIZES, "--valid")]
    found = swept(*SIZES, "--where", condition)

    assert [{key: json.loads(cell) for key, cell in row.items()} for row in found] == list(filter(holds, rows))


def test_how_many_are_kept():
    """Below the table is how many configurations there were."""
    assert (
        "1 of 9 configurations."
        in shown("sweep", "seed", "--vary", "k1=1:3", "--vary", "k2=1:3", "--where", "k1*k2 == 9").splitlines()
    )


@pytest.mark.parametrize(
    ("by", "sign"), [("macs", 1), ("macs:min", 1), ("macs:max", -1), ("size", -1), ("size:min", 1)]
)
def test_top(by, sign):
    """--top keeps the best, the least of what is counted or the most of a variable, unless said otherwise."""
    key = by.split(":")[0]
    rows = sorted(swept(*SIZES, "--valid"), key=lambda row: sign * int(row[key]))
    found = swept(*SIZES, "--top", "5", "--by", by)

    assert found == rows[:5]


def test_pareto():
    """--pareto keeps what nothing beats in all its keys, each compared with each."""
    rows = swept(*SIZES, "--valid")
    goals = [(int(row["macs"]), -float(row["alpha"]), -int(row["size"])) for row in rows]
    kept = [
        row
        for row, own in zip(rows, goals, strict=True)
        if not any(other != own and all(a <= b for a, b in zip(other, own, strict=True)) for other in goals)
    ]

    assert swept(*SIZES, "--pareto", "macs,alpha,size") == sorted(kept, key=lambda row: int(row["macs"]))
    assert swept(*SIZES, "--pareto", "macs,params:min") == [rows[0]]
    assert swept(*SIZES, "--pareto", "size:max,macs:max") == [rows[-1]]


def test_top_of_what_is_left(table):
    """--where, --top and --join work together."""
    path = table("alpha,accuracy\n0.25,50\n0.5,63.7\n1,70\n")
    found = swept(*SIZES, "--join", path, "--where", "accuracy > 50", "--top", "2", "--by", "macs")

    assert [(row["alpha"], row["size"], row["accuracy"]) for row in found] == [
        ("0.5", "32", "63.7"),
        ("1.0", "32", "70.0"),
    ]


def test_join(table):
    """A table adds its columns where its keys fit; what has no row, or an empty cell, has no value."""
    path = table("size,note,alpha,accuracy\n32,good,0.25,50.5\n64,,1,70\n96,x,0.75,1\n")
    rows = keyed(swept(*SIZES, "--join", path), "alpha", "size")
    own = {key: (row["note"], row["accuracy"]) for key, row in rows.items() if row["note"] or row["accuracy"]}

    assert len(rows) == 12
    assert list(next(iter(rows.values()))) == [
        "alpha", "size", "note", "accuracy", "params", "macs", "activation_bytes", "reason",
    ]  # fmt: skip  # one list
    assert own == {("0.25", "32"): ("good", "50.5"), ("1.0", "64"): ("", "70.0")}
    assert [row["accuracy"] for row in swept(*SIZES, "--join", path, "--pareto", "macs,accuracy")] == ["50.5", "70.0"]
    assert [row["size"] for row in swept(*SIZES, "--join", path, "--where", "accuracy < 1000")] == ["32", "64"]


def test_join_by_lists(table):
    """Lists are keys as well, in a table of JSON lines."""
    path = table('{"depth": [2, 2, 2, 2], "accuracy": 69.76}\n{"depth": [3, 4, 6, 3], "accuracy": null}\n', "x.jsonl")
    rows = swept("resnet18", "--vary", "depth=[1,1,1,1],[2,2,2,2],[3,4,6,3]", "--join", path)

    assert [row["accuracy"] for row in rows] == ["", "69.76", ""]


TABLE = "k1,k2\n8,3\n16,5\n8,3\n 4 ,2*8\n"


@pytest.mark.parametrize(
    "text", [TABLE, TABLE.replace("\n", "\r\n"), f"\ufeff{TABLE}", TABLE.rstrip(),
             '{"k1": 8, "k2": 3}\n{"k1": 16, "k2": 5}\n\n{"k2": 3, "k1": "8"}\n{"k1": 4.0, "k2": 16}\n'],
)  # fmt: skip  # a list reads better in lines
def test_rows(text, table):
    """Configurations may be listed, in CSV or JSON lines, in a file or on standard input; some may be the same."""
    path = table(text)
    found = shown("sweep", "seed", "--rows", path, "-f", "csv")

    assert [(row["k1"], row["k2"], int(row["params"])) for row in values(found)] == [
        (str(k1), str(k2), 10 * k1 + 25 * k1 * k2 + k2) for k1, k2 in ((8, 3), (16, 5), (8, 3), (4, 16))
    ]
    assert shown("sweep", "seed", "-f", "csv", stdin=text.encode()) == found
    assert shown("sweep", "seed", "--rows", "-", "-f", "csv", stdin=text.encode()) == found


def test_rows_of_lists(table):
    """A column may hold lists, quoted in CSV."""
    separated = 'depth,classes\n"[1, 1, 1, 1]",10\n"[2,2,2,2]",20\n'
    lines = '{"depth": [1, 1, 1, 1], "classes": 10}\n{"depth": [2, 2, 2, 2], "classes": 20}\n'
    for text in (separated, lines):
        rows = swept("resnet18", "--rows", table(text))
        grid = keyed(
            swept("resnet18", "--vary", "depth=[1,1,1,1],[2,2,2,2]", "--vary", "classes=10,20"), "depth", "classes"
        )

        assert rows == [grid["[1, 1, 1, 1]", "10"], grid["[2, 2, 2, 2]", "20"]]


def test_a_sweep_is_a_table_of_its_own_variables(tmp_path):
    """What a sweep writes with its variables alone can be given to --rows."""
    path = tmp_path / "x.csv"
    path.write_text("alpha,size\n0.25,64\n1,32\n", encoding="utf-8")
    again = tmp_path / "y.jsonl"
    rows = swept("mobilenet_v1", "--rows", path)
    again.write_text(
        "".join(json.dumps({key: row[key] for key in ("alpha", "size")}) + "\n" for row in rows), encoding="utf-8"
    )

    assert swept("mobilenet_v1", "--rows", again) == rows


WHOLE = ("seed", "--vary", "k1=1:30", "--vary", "k2=1:30")


def test_sample():
    """A sample is so many different rows of the whole, in their order; the seed says which."""
    whole = swept(*WHOLE)
    one, same, other = (swept(*WHOLE, "--sample", "50", "--seed", seed) for seed in ("0", "0", "1"))
    places = [whole.index(row) for row in one]

    assert one == same != other
    assert places == sorted(set(places))
    assert len(places) == len(other) == 50
    assert swept(*WHOLE, "--sample", "900") == swept(*WHOLE, "--sample", "5000") == whole


def test_a_sample_of_more_than_any_length():
    """A grid of 10²⁴ configurations is drawn from, and not written out."""
    rows = swept("seed", *[f"--vary={name}=1:1000000" for name in ("n", "m", "k1", "k2")], "--sample", "5")

    assert len({tuple(row.values()) for row in rows}) == 5


@pytest.mark.parametrize("options", [[], ["--sample", "97"], ["--where", "k1 > k2"]])
def test_shards(options):
    """The parts of a sweep are the whole of it, each row in one of them."""
    whole = swept(*WHOLE, *options)
    parts = [swept(*WHOLE, *options, "--shard", f"{part}/7") for part in range(1, 8)]
    together = [row for part in parts for row in part]

    assert sorted(together, key=lambda row: (int(row["k1"]), int(row["k2"]))) == whole
    assert all(parts)


def test_columns():
    """--columns chooses measures, or adds and takes away; variables stay."""
    heads = {
        options: shown("sweep", "seed", "--vary", "k1=1,2", "--valid", "--columns", options, "-f", "csv").split("\n")[0]
        for options in ("macs,weights", "+operations,-macs", ",".join(countable()))
    }

    assert heads == {
        "macs,weights": "k1,macs,weights",
        "+operations,-macs": "k1,params,activation_bytes,operations",
        ",".join(countable()): ",".join(["k1", *countable()]),
    }


def test_repeat_counts():
    """A variable may be how often a layer is repeated: n layers of 9·8·8 weights."""
    rows = swept("-i", "8x8x8", "-l", "conv 8 3 same -bias *n", "--vary", "n=0:5", "--valid")

    assert [(row["n"], row["params"]) for row in rows] == [(str(n), str(n * 9 * 8 * 8)) for n in range(1, 6)]


def test_a_file_is_what_standard_output_is(tmp_path):
    """What streams is the same wherever it goes, be it one part or several."""
    arguments = ("seed", "--vary", "k1=0:400", "--vary", "k2=1:100")
    for suffix in ("csv", "tsv", "jsonl"):
        path = tmp_path / f"out.{suffix}"
        assert shown("sweep", *arguments, "-o", path) == ""
        text = shown("sweep", *arguments, "-f", suffix)
        assert path.read_text(encoding="utf-8") == text
        assert text.count("\n") == 401 * 100 + (suffix != "jsonl")


def test_no_rows():
    """Where nothing is left there is a head, and nothing below it."""
    assert shown("sweep", "seed", "--vary", "k1=1:3", "--where", "macs < 0", "-f", "csv") == (
        "k1,params,macs,activation_bytes\n"
    )
    assert (
        json.loads(shown("sweep", "seed", "--vary", "k1=1:3", "--where", "macs < 0", "-f", "json"))["configurations"]
        == []
    )


def test_a_table_has_few_rows():
    """A table of more than 100,000 rows is refused, before it is computed where that can be known."""
    message = (
        "error[beyond-limits]: a table of more than 100,000 rows is more than anybody reads\n"
        "  | try: -f csv, --top 20 --by macs, or --pareto params,macs\n"
    )

    assert called("sweep", *ENDLESS) == ("", message, 2)
    assert called("sweep", *ENDLESS, "--where", "macs > 0") == ("", message, 2)


def test_progress(monkeypatch):
    """Now and then standard error has how far a sweep has come; --quiet leaves that out."""
    monkeypatch.setattr(output, "PAUSES", {True: 0, False: 0})
    arguments = ("sweep", "seed", "--vary", "k1=1:400", "--vary", "k2=1:100", "--top", "1", "--by", "macs")
    done = called(*arguments)
    told = [re.sub(r", [\d,]+ a second, \d+ s left", "", line) for line in done.err.splitlines()]

    assert told == ["32,768 of 40,000 configurations (82%)", "40,000 of 40,000 configurations (100%)"]
    assert called(*arguments, "--quiet") == (done.out, "", 0)


@contextmanager
def endless(*options, **streams):
    """A sweep without end, which does not outlive its test."""
    command = [*CONVCALC, "sweep", *ENDLESS, *options]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    with subprocess.Popen(command, bufsize=0, env=environment(TERM="xterm-256color"), **given) as process:
        late = Timer(60, process.kill)
        late.start()
        try:
            yield process
        finally:
            process.kill()
            late.cancel()


def test_ctrl_c_stops_a_stream():
    """What has been written is whole rows, the first ones; standard error says how many, and the status is 130."""
    with endless("-f", "csv") as process:
        head = process.stdout.read(1000)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    *lines, end = (head + out).decode().split("\n")
    rows = len(lines) - 1
    n, m, k1 = rows // 3_000_000 + 1, (rows - 1) // 1000 % 3000 + 1, (rows - 1) % 1000 + 1

    assert (process.returncode, err.decode()) == (130, f"Stopped after {rows:,} of 9,000,000,000 configurations.\n")
    assert end == ""
    assert lines[-1].startswith(f"{n},{m},{k1},")


def test_ctrl_c_on_a_terminal():
    """How far a sweep has come takes one line; when it is stopped, the best so far is shown, and how many were seen."""
    ours, theirs = pty.openpty()
    told = b""
    with endless("--top", "2", "--by", "macs", stdin=theirs, stderr=theirs) as process:
        os.close(theirs)
        while b"left" not in told and process.poll() is None:
            told += read(ours)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate()
        told += read(ours)
    os.close(ours)
    table = plain(out.decode())
    line = r"[\d,]+ of 9,000,000,000 configurations \(\d+%\), [\d,]+ a second, \d.* left"

    assert process.returncode == 130
    assert re.fullmatch(rf"(\r\x1b\[K{line})+\r\x1b\[K", told.decode())
    assert [(row["n"], row["m"], row["k1"]) for row in table.rows] == [("1", "1", "1"), ("1", "1", "2")]
    assert re.fullmatch(r"Stopped after [\d,]+ of 9,000,000,000 configurations\.", table.foot[-2])


def test_closed_pipe():
    """`convcalc sweep … | head -n 1` gets its line, and nothing is said on standard error."""
    with endless("-f", "csv") as process:
        head = process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
        status = process.wait()

    assert head == b"n,m,k1,params,macs,activation_bytes,reason\n"
    assert (told, status) == (b"", 141)


def test_a_network_on_standard_input():
    """Without a NET, the network is what is piped: of k channels, 28·k parameters."""
    text = b"name: x\ninput: 3x8x8\nvars: {k: 3}\nlayers: [conv k 3]\n"
    rows = swept("--vary", "k=1,2", stdin=text)

    assert [row["params"] for row in rows] == [str(28 * k) for k in (1, 2)]
    assert swept("-", "--vary", "k=1,2", stdin=text) == rows


def test_a_process_of_its_own():
    """The command does the same in a shell."""
    done = started("sweep", *WHOLE, "-f", "csv")

    assert done == (shown("sweep", *WHOLE, "-f", "csv"), "", 0)


PARTIAL = ("-i", "3x8x8", "-l", "conv k 3, (custom 10 macs=0) *(k//3), linear 4", "--vary", "k=0:4")
"""From 3 on there is a layer of whose costs only one is known; 0 is impossible."""

NOT_KNOWN = "not known: custom1 (weights, biases)"


def test_costs_that_are_not_known_are_not_impossible():
    """C8: their cells are empty, those that are known are there, and --valid leaves none of these out."""
    rows = swept(*PARTIAL, "--columns", "params,macs", "-q")

    assert [(row["k"], row["params"], row["macs"], row["reason"]) for row in rows[1:]] == [
        ("1", "176", str(27 * 36 + 36 * 4), ""),
        ("2", "348", str(2 * (27 * 36 + 36 * 4)), ""),
        ("3", "", str(3 * 27 * 36 + 10 * 4), NOT_KNOWN),
        ("4", "", str(4 * 27 * 36 + 10 * 4), NOT_KNOWN),
    ]
    assert [rows[0][key] for key in ("k", "params", "macs")] == ["0", "", ""]
    assert [row["k"] for row in swept(*PARTIAL, "--valid", "-q")] == ["1", "2", "3", "4"]
    assert [row["k"] for row in swept(*PARTIAL, "--where", "macs > 2K", "-q")] == ["2", "3", "4"]
    assert [row["reason"] for row in swept(*PARTIAL, "--columns", "macs")][1:] == [""] * 4


def test_people_are_told_of_costs_that_are_not_known():
    """C8: in the column of what is impossible, and in a sentence below the table."""
    found = shown("sweep", *PARTIAL[:-1], "k=2:3", "--columns", "params,macs")

    assert found == dedent(f"""\
        network: 2 configurations

        k  Params   MACs  Remark
        -  ------  -----  ------------------------------------
        2     348  2,232
        3          2,956  {NOT_KNOWN}

        1 of 2 configurations have costs that are not known: custom1 (weights, biases).
        {FOOT}
    """)


@pytest.mark.parametrize("choice", ["--where=params<5K", "--top=4 --by=params", "--pareto=params:max,macs"])
def test_what_is_not_known_chooses_nothing(choice):
    """C8: configurations that cannot be chosen, as nobody knows their costs, are counted, and that is said."""
    told = json.loads(shown("sweep", *PARTIAL, *choice.split(), "-f", "json"))
    sentence = "2 of 5 configurations are left out, as what would choose them is not known"

    assert {row["k"] for row in told["configurations"]} == {1, 2}
    assert (told["of"], told["impossible"], told["partial"], told["undecided"]) == (5, 1, 2, 2)
    assert f"{sentence}.\n" in shown("sweep", *PARTIAL, *choice.split())
    if "where" in choice:
        assert called("sweep", *PARTIAL, choice, "-f", "csv").err.endswith(f"warning: network: {sentence}\n")


NETWORK = b"""
vars: {depth: [1, 2], n: 0}
input: 3x8x8
layers:
  - for: {c: depth}
    do: [conv c 3, custom 2x6x6 *n]
"""


def test_structures_differ_in_what_is_known():
    """C8: also where a variable is no number."""
    rows = swept("-", "--vary", "depth=[1,1],[2]", "--vary", "n=0,1", "--columns", "params,macs", "-q", stdin=NETWORK)

    assert [(row["params"], row["reason"][:18]) for row in rows] == [
        (str(28 + 10), ""),
        ("", "not known: custom1"),
        (str(56), ""),
        ("", "not known: custom1"),
    ]
