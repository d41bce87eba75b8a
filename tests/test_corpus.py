"""Inputs that once were bad, or that somebody might mean badly: each ends after little work, and in little memory.

What a search finds (tests/test_fuzzing.py, fuzz/search.py) becomes a file of tests/corpus/ when it is repaired.
"""

import subprocess
import sys
from functools import reduce
from pathlib import Path

import pytest
import work
from command_line import Done, called, environment

from convcalc.language.assemble import builder as build

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.yaml"))
DEEP, LONG, MANY = 10**5, 10**6, 40_000

LARGE = {
    "deep lists": "input: 3x8x8\nlayers: " + "[" * DEEP + "]" * DEEP,
    "deep parentheses": f"input: 3x8x8\nlayers: ['{'(' * DEEP}conv 8 3{')' * DEEP}']",
    "a name of a megabyte": f"name: {'n' * LONG}\ninput: 3x8x8\nlayers: [conv 8 3]",
    "a label of a megabyte": f"input: 3x8x8\nlayers:\n  - {'n' * 1000}: conv 8 3",
    "a number of a million digits": f"input: 3x8x8\nlayers: [conv {'9' * LONG} 3]",
    "a variable of a million digits": f"input: 3x8x8\nvars: {{a: {'9' * LONG}}}\nlayers: [conv a 3]",
    "a budget of a million digits": f"input: 3x8x8\nbudget: {{params: {'9' * LONG}}}\nlayers: [conv 8 3]",
    "a sum of a million": f"input: 3x8x8\nlayers: [conv {'+'.join('1' * (LONG // 2))} 3]",
    "a line of 40,000 layers": f"input: 3x8x8\nlayers: ['{', '.join(['relu'] * MANY)}']",
    "40,000 labels": "input: 3x8x8\nlayers:\n" + "".join(f"  - e{i}: relu\n" for i in range(MANY)),
    "40,000 variables": "input: 3x8x8\nvars:\n" + "".join(f"  v{i}: {i}\n" for i in range(MANY)) + "layers: [conv 8 3]",
    "40,000 branches": "input: 3x8x8\nlayers:\n  - concat:\n" + "      - relu\n" * MANY,
    "40,000 mistakes": "input: 3x8x8\nlayers:\n" + "  - linaer 10\n" * MANY,
    "20,000 variables that layers read": "input: 3x8x8\nvars:\n"
    + "".join(f"  v{i}: {i + 1}\n" for i in range(MANY // 2))
    + "layers:\n"
    + "".join(f"  - conv v{i} 1\n" for i in range(MANY // 2)),
    "32 MiB of a comment": "#" * (32 << 20),
}
"""Inputs that are too large for a folder."""


def bounded(*arguments, folder):
    """Run a command in bounds of work and memory: exit status 4 is beyond the one, and 3 beyond the other."""
    done = subprocess.run(
        [sys.executable, work.__file__, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=folder,
        env=environment(),
        timeout=2 * work.HANGS,
        check=False,
    )
    return Done(done.stdout.decode(), done.stderr.decode(), done.returncode)


COMMANDS = (("count", "net.yaml"), ("check", "net.yaml", "--max-macs", "1G"))


def holds(done):
    """An answer, or mistakes that are told, and nothing that changes a terminal."""
    assert done.status in (0, 1, 2), done.err[-500:]
    assert "Traceback" not in done.err
    assert all(line.isprintable() for line in done.err.splitlines())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_bad_input(path, command, tmp_path, monkeypatch):
    """A2: each file of the corpus, where networks have a tenth of the layers and steps, and so of the work."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build, "MOST_LAYERS", build.MOST_LAYERS // 10)
    monkeypatch.setattr(build, "MOST_ITEMS_PLACED", build.MOST_ITEMS_PLACED // 10)
    Path("net.yaml").write_bytes(path.read_bytes())

    with work.bounded(work.MOST_CALLS // 10):
        done = called(*command)

    holds(done)
    assert [each.name for each in tmp_path.iterdir()] == ["net.yaml"]


@pytest.mark.long
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_bad_input_takes_little_memory(path, command, tmp_path):
    """A2: each file of the corpus, with as many layers and steps as users may have."""
    (tmp_path / "net.yaml").write_bytes(path.read_bytes())

    holds(bounded(*command, folder=tmp_path))


@pytest.mark.long
@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_large_input(name, command, tmp_path):
    """What is long, deep, or much."""
    (tmp_path / "net.yaml").write_text(LARGE[name])

    holds(bounded(*command, folder=tmp_path))


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/full", ".", "..", "/", "/dev/stdin"])
def test_a_path_that_is_no_file(path, tmp_path):
    """Devices and folders are told apart from descriptions, and nothing waits for their end."""
    done = bounded("count", path, folder=tmp_path)

    assert (done.out, done.status) == ("", 2)
    assert done.err.startswith("error[")


def numbers(last, found):
    """Add whole numbers to a list, one call for each."""
    found.append(last)
    return last + 1


def test_a_bound_of_work_bites():
    """A2: a run that calls too many functions is ended, on a fast machine as on a slow one."""
    found = []
    with pytest.raises(work.TooMuch), work.bounded(100):
        reduce(lambda last, _: numbers(last, found), range(1_000), 0)

    assert len(found) == 50


def test_a_bound_of_memory_bites(tmp_path):
    """A run that needs more than it may have is not passed."""
    source = "import resource, work; resource.setrlimit(resource.RLIMIT_AS, (work.MEMORY,) * 2); bytes(2 * work.MEMORY)"
    path = {"PYTHONPATH": str(Path(work.__file__).parent)}
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment(**path), check=False)

    assert b"MemoryError" in done.stderr
