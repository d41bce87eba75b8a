"""What a sweep once told wrongly, each thing in as few words as show it."""

from fractions import Fraction

import pyarrow.parquet
import pytest
from command_line import called, shown, started, uncoded, values
from recordings import at_once as recorded_at_once
from recordings import one_by_one as computed_one_by_one
from sweeps import at_once, described, one_by_one

from convcalc.arithmetic.operations import choose
from convcalc.questions.condition import Condition
from convcalc.questions.configurations import SweepAxis


@pytest.mark.parametrize("text", ["k1=1/3", "k1=1,3/2", "k1=[1/2,1]", "k1=1x1/2"])
def test_a_stride_is_no_value(text):
    """A single slash is a stride, and nothing that a variable can take."""
    done = called("sweep", "seed", "--vary", text)

    assert (done.out, done.status) == ("", 2)
    assert done.err.startswith("error[")


def test_a_stride_in_a_table():
    """Nor can a cell of a table be one."""
    done = called("sweep", "seed", stdin=b"k1\n8/2\n")

    assert (done.out, done.status) == ("", 2)


@pytest.mark.parametrize("text", ["k1=[2,3", "k1=2,3,[4", "k1=[2,3],[4"])
def test_brackets_are_closed(text):
    """A list that has no end is refused: it is no list, and no numbers either."""
    done = called("sweep", "seed", "--vary", text)

    assert (done.out, done.status) == ("", 2)


def test_sizes_are_whole_numbers():
    """An input of 32.5 positions is impossible in a sweep as it is in a count."""
    rows = values(shown("sweep", "mobilenet_v1", "--vary", "size=32,32.5", "-f", "csv"))
    alone = called("count", "mobilenet_v1", "--set", "size=32.5")

    assert uncoded(alone.err).startswith(f"error: {rows[1]['reason']}\n")
    assert [row["macs"] for row in rows] == ["12610048", ""]


@pytest.mark.parametrize("size", [Fraction(1, 2), Fraction(17, 2), 0])
def test_sizes_of_any_kind(size):
    """Whether a size is a fraction or too small, the reason is that of the integers."""
    configurations = [{"n": 8}, {"n": size}, {"n": 9}]
    network = described(["maxpool 2/2 caffe"], "3,n,n", configurations[0])

    assert at_once(network, configurations) == one_by_one(network, configurations)


def test_connections_are_different_numbers():
    """A filter that reads channel 1 twice is impossible, whether its connections are variables or not."""
    configurations = [{"s": 2}, {"s": 1}, {"s": 7}]
    network = described(["table_conv 0:1x1:s 3x3"], "5,9,9", configurations[0])

    assert at_once(network, configurations) == one_by_one(network, configurations)


@pytest.mark.parametrize("line", ["dropout a", "upsample a"])
def test_fractions_in_reasons(line):
    """A fraction stands in a reason of a sweep as it stands in that of a count."""
    configurations = [{"a": Fraction(1)}, {"a": Fraction(5, 4)}, {"a": Fraction(1, 4)}]
    network = described([line], "3,2,2", configurations[0])

    assert at_once(network, configurations) == one_by_one(network, configurations)


@pytest.mark.parametrize("options", [["--pareto", "macs"], ["--top", "2", "--by", "macs"]])
def test_nothing_is_best_where_all_is_impossible(options):
    """Of configurations that are all impossible, none is kept, and the exit status says no."""
    done = called("sweep", "seed", "--vary", "k1=-1:0", *options, "-f", "csv")

    assert done == ("k1,params,macs,activation_bytes\n", "no configuration is possible\n", 1)


def test_pareto_of_no_key():
    """A list of keys that has none is refused."""
    done = called("sweep", "seed", "--vary", "k1=8", "--pareto", ",")

    assert (done.out, done.status) == ("", 2)


@pytest.mark.parametrize("sign", ["+", "-"])
def test_towers_of_signs(sign):
    """A condition of 998 characters is read or refused, however it is made."""
    done = called("sweep", "seed", "--vary", "k1=1", "--where", sign * 992 + "k1 > 0")

    assert Condition("--where", sign * 100 + "a == 1").holds({"a": 1})
    assert done.status in {0, 2}


@pytest.mark.parametrize("compute", [
    lambda one, other: one + other,
    lambda one, other: one - other,
    lambda one, other: one + one + other * 3,
])  # fmt: skip  # one each
def test_truths_are_one_and_zero(compute):
    """What is chosen by conditions can be computed with: 1 and 1 are 2."""
    known = {"a": SweepAxis.of("a", [1, 2, 3, 4]), "b": SweepAxis.of("b", [3, 2, 1, 5])}

    def counted(values):
        one, other = choose(values["a"] < values["b"], 1, 0), choose(values["a"] <= values["b"], 1, 0)
        return {"x": compute(one, other)}

    assert recorded_at_once(counted, known) == computed_one_by_one(counted, known)


LATE = ("sweep", "seed", "--vary", "n=1:40000")
"""More configurations than are computed together."""


def test_decimals_that_come_late(tmp_path):
    """A decimal that only the last row has is in Parquet what it is in CSV."""
    table, path = tmp_path / "late.csv", tmp_path / "late.parquet"
    table.write_text("n,accuracy\n40000,1.5\n", encoding="utf-8")
    shown(*LATE, "--join", table, "-o", path)

    assert values(shown(*LATE, "--join", table, "-f", "csv"))[-1]["accuracy"] == "1.5"
    assert pyarrow.parquet.read_table(path)["accuracy"][-1].as_py() == 1.5


def test_texts_that_come_late(tmp_path):
    """So is a text."""
    table, path = tmp_path / "late.csv", tmp_path / "late.parquet"
    table.write_text("n,note\n40000,late\n", encoding="utf-8")
    shown(*LATE, "--join", table, "-o", path)

    assert pyarrow.parquet.read_table(path)["note"].to_pylist() == [None] * 39_999 + ["late"]


def test_parquet_without_rows(tmp_path):
    """Where no configuration is left, the file has its columns, and no row."""
    path = tmp_path / "x.parquet"
    shown("sweep", "seed", "--vary", "k1=1:3", "--where", "macs < 0", "-o", path)

    assert pyarrow.parquet.read_table(path).to_pydict() == {"k1": [], "params": [], "macs": [], "activation_bytes": []}


def test_parquet_has_no_room(tmp_path):
    """Numbers beyond 2⁶³ are refused with one message, and nothing else is said."""
    line = ("-i", "3,n,n", "-l", "conv k 3 same, conv 2*k 5 same bn relu")
    done = started("sweep", *line, "--vary", "n=100000", "--vary", "k=10000000", "-o", tmp_path / "x.parquet")

    assert done == (
        "",
        (
            "error[format-does-not-apply]: macs has numbers beyond 2^63, which Parquet cannot hold exactly\n"
            "  | try: -f csv\n"
        ),
        2,
    )
