"""Figures that a topic quotes are those of the source, as the tests of networks have them."""

import csv
from fractions import Fraction
from pathlib import Path

from convcalc.explain.topics import Figures, topic

TABLE = Path(__file__).parent.parent / "reference" / "googlenet_table1.csv"
"""Table 1 of the paper, and what its rows come to."""

ROWS = {
    "c1": "convolution 7x7/2",
    "c2": "convolution 3x3/1",
    **{row: f"inception ({row})" for row in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")},
    "fc": "linear",
}
"""What the topic calls them."""


def test_googlenet_table():
    """The topic of GoogLeNet's Table 1 has all of its rows, as they are printed and as they should be."""
    figure = Figures(topic("googlenet-table"), []).figure
    with TABLE.open(encoding="utf-8", newline="") as lines:
        table = {row["layer"]: row for row in csv.DictReader(lines) if row["params"]}

    assert set(ROWS.values()) == set(table)
    for name, row in ROWS.items():
        assert figure(f"p{name}") == Fraction(table[row]["params"])
        assert figure(f"o{name}") == Fraction(table[row]["ops"])
        assert figure(f"w{name}") == int(table[row]["weights"])
        assert figure(f"m{name}") == int(table[row]["macs"])
