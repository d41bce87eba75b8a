"""Inputs that once were bad, or that somebody might mean badly: each ends soon, and in little memory.

What a search finds (tests/test_fuzzing.py, fuzz/search.py) becomes a file of tests/corpus/ when it is repaired.
"""

import resource
import subprocess
from pathlib import Path

import pytest
from command_line import CONVCALC, Done, environment

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.yaml"))
SECONDS = 5
"""Of a processor's time, at most."""

MEMORY = 500 << 20
"""Bytes of addresses, at most."""

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
    """Run a command in bounds: what goes beyond them is killed, or runs out of memory, which is exit status 3."""

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    done = subprocess.run(
        [*CONVCALC, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=folder,
        env=environment(),
        timeout=60,
        check=False,
        preexec_fn=limit,
    )
    return Done(done.stdout.decode(), done.stderr.decode(), done.returncode)


def holds(net, folder):
    """An answer, or mistakes that are told, and nothing that changes a terminal."""
    done = [bounded(*command, folder=folder) for command in (("count", net), ("check", net, "--max-macs", "1G"))]

    for each in done:
        assert each.status in (0, 1, 2), each.err[-500:]
        assert "Traceback" not in each.err
        assert all(line.isprintable() for line in each.err.splitlines())
    assert [path.name for path in folder.iterdir()] == ["net.yaml"]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_bad_input(path, tmp_path):
    """Each file of the corpus."""
    (tmp_path / "net.yaml").write_bytes(path.read_bytes())

    holds("net.yaml", tmp_path)


@pytest.mark.parametrize("name", LARGE)
def test_a_large_input(name, tmp_path):
    """What is long, deep, or much."""
    (tmp_path / "net.yaml").write_text(LARGE[name])

    holds("net.yaml", tmp_path)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/full", ".", "..", "/", "/dev/stdin"])
def test_a_path_that_is_no_file(path, tmp_path):
    """Devices and folders are told apart from descriptions, and nothing waits for their end."""
    done = bounded("count", path, folder=tmp_path)

    assert (done.out, done.status) == ("", 2)
    assert done.err.startswith("error[")


def test_bounds_bite(tmp_path):
    """A run that needs more than it may have is not passed."""
    source = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29)); bytes(1 << 30)"
    done = subprocess.run([CONVCALC[0], "-c", source], capture_output=True, cwd=tmp_path, check=False)

    assert b"MemoryError" in done.stderr
