"""What `.ci/run` tries is what pyproject.toml promises."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / ".ci" / "promised.py"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def told(what):
    """The lines of the script."""
    return subprocess.run([sys.executable, SCRIPT, what], capture_output=True, text=True, check=True).stdout.split()


def test_each_dependency_has_a_lowest_version():
    """A1: all that convcalc and its tests need, each pinned to the version that its requirement begins with."""
    extras = PROJECT["optional-dependencies"]
    lowest = {line.replace("==", ">=") for line in told("lowest")}

    assert lowest == {each.partition(",")[0] for each in [*PROJECT["dependencies"], *extras["test"]]}


def test_each_python_of_the_classifiers_is_tried():
    """The lowest comes first, and is that of requires-python."""
    begin = "Programming Language :: Python :: "
    promised = [each.removeprefix(begin) for each in PROJECT["classifiers"] if each.startswith(begin)]

    assert told("pythons") == [f"python{each}" for each in promised]
    assert PROJECT["requires-python"] == f">={promised[0]}"


@pytest.mark.parametrize("word", ["--long", "promised.py lowest", "promised.py pythons", "CONVCALC_REQUIRE_TORCH=1"])
def test_ci_runs_what_it_should(word):
    """What a change must pass has everything that a plain run of the tests leaves out."""
    assert word in SCRIPT.with_name("run").read_text(encoding="utf-8")
