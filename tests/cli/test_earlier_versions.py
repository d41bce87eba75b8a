"""What earlier versions of convcalc wrote is read as it was, and what they read counts the same."""

import json
from pathlib import Path

import pytest
from command_line import called, shown

CONTRACT = Path(__file__).parent.parent / "contract"
FILES = sorted(CONTRACT.glob("*/*.json"))


def test_there_are_some():
    """A check over no file would pass."""
    assert len(FILES) >= 8
    assert all(path.with_suffix(".yaml").exists() for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_counts_are_what_they_were(path):
    """The same totals, and layer by layer all that was told of them, but for how a padding is written."""
    before = json.loads(path.read_text(encoding="utf-8"))
    after = json.loads(shown("count", path.with_suffix(".yaml"), "-f", "json"))

    assert before["schema"] == after["schema"]
    assert before["totals"] == {key: after["totals"][key] for key in before["totals"]}
    for one, other in zip(before["layers"], after["layers"], strict=True):
        assert {**one, "description": ""} == {**{key: other[key] for key in one}, "description": ""}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_they_are_baselines(path):
    """A count of long ago limits a network of today: what it was is within, and what is larger is not."""
    net = path.with_suffix(".yaml")

    assert called("check", net, "--baseline", path).status == 0
    wider = called("check", net, "--set", "classes=1001", "--baseline", path)
    assert (wider.status, "params is" in wider.out) == (1, True)
