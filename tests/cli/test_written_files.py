"""C9: what is written to a file is written whole, or not at all."""

import os
import stat
import subprocess
import sys

import pytest
from command_line import called

OLD = "what was there\n"
UNKNOWN = "input: 3x8x8\nlayers:\n  - conv 8 3\n  - custom 8x6x6\n"
COMMANDS = [
    ["count", "nope"],
    ["count", "net.yaml", "--columns", "nope"],
    ["compare", "seed", "nope"],
    ["widen", "net.yaml", "--factor", "2"],  # what custom costs is unknown
    ["widen", "seed", "--factors", "2,x"],
    ["fit", "net.yaml", "--max-params", "5k"],
    ["check", "net.yaml", "--max-params", "5k", "--max-macs", "x"],
    ["sweep", "net.yaml", "--vary", "w=1:3"],
    ["explain", "rf", "nope"],
    ["schema", "nope"],
    ["count", "seed", "-f", "nope"],
    ["count", "seed", "seed", "-f", "yaml"],
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a network of unknown cost, and a file that is in the way."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(UNKNOWN)
    (tmp_path / "old.csv").write_text(OLD)
    return tmp_path


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("output", ["old.csv", "new.csv"])
def test_a_command_that_fails_writes_nothing(arguments, output, folder):
    """C9: a file that is there stays as it is, and none is left behind."""
    assert called(*arguments, "-o", output).status == 2
    assert (folder / "old.csv").read_text() == OLD
    assert sorted(path.name for path in folder.iterdir()) == ["net.yaml", "old.csv"]


@pytest.mark.parametrize(
    "options",
    [
        [],  # what custom costs is unknown
        ["-f", "parquet"],
        ["-o", "no/such/folder"],
        ["-o", "."],
    ],
)
@pytest.mark.parametrize("file", ["old.csv", "new.yaml", "net.yaml"])
def test_a_widening_that_fails_writes_nothing(options, file, folder):
    """C9: --write comes last, when nothing else can fail."""
    net = "net.yaml"
    if options:
        (folder / net).write_text(UNKNOWN.replace("custom 8x6x6", "relu"))
    before = {path.name: path.read_text() for path in folder.iterdir()}

    assert called("widen", net, "--factor", "2", "--write", file, *options).status == 2
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_a_widening_that_is_written_as_it_is_read(folder):
    """The file that is read may be the one that is written."""
    (folder / "net.yaml").write_text("input: 3x8x8\nlayers: [conv 8 3, relu]\n")

    assert called("widen", "net.yaml", "--factor", "2", "--write", "net.yaml", "-o", "old.csv").status == 0
    assert (folder / "net.yaml").read_text() == "input: 3x8x8\nlayers: [conv 16 3, relu]\n"
    assert (folder / "old.csv").read_text() != OLD
    assert len(list(folder.iterdir())) == 2


def test_what_a_file_is_stays(folder):
    """Its mode, a link to it, and its other names."""
    old = folder / "old.csv"
    old.chmod(0o640)
    (folder / "link.csv").symlink_to("old.csv")

    assert called("count", "seed", "-o", "link.csv").status == 0
    assert (folder / "link.csv").is_symlink()
    assert old.read_text().startswith("name,")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640

    (folder / "twin.csv").hardlink_to(old)
    assert called("count", "alexnet", "-o", "old.csv").status == 0
    assert (folder / "twin.csv").read_text() == old.read_text()


def test_a_new_file_has_the_usual_mode(folder):
    """That of any file that is made."""
    (folder / "usual").touch()

    assert called("count", "seed", "-o", "new.csv").status == 0
    assert (folder / "new.csv").stat().st_mode == (folder / "usual").stat().st_mode


def test_pipes(folder):
    """A pipe is written to, and nothing takes its place; a redirected output is appended to."""
    command = [sys.executable, "-m", "convcalc", "count", "seed", "-f", "csv", "-o"]
    read = subprocess.run([*command, "/dev/stdout"], capture_output=True, check=True).stdout
    with (folder / "old.csv").open("a") as file:
        subprocess.run([*command, "/dev/stdout"], stdout=file, check=True)
    os.mkfifo(folder / "pipe")
    with subprocess.Popen([*command, "pipe"]), (folder / "pipe").open("rb") as file:
        assert file.read() == read

    assert read.startswith(b"name,")
    assert (folder / "pipe").is_fifo()


def test_a_full_disk(folder):
    """What was there is kept where there is no room for what comes."""
    command = [sys.executable, "-m", "convcalc", "count", "resnet50", "-f", "csv", "-o", "old.csv"]
    limited = ["bash", "-c", 'ulimit -f 1; trap "" XFSZ; exec "$@"', "bash", *command]
    done = subprocess.run(limited, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (2, "error[cannot-write]: cannot write old.csv: file too large\n")
    assert (folder / "old.csv").read_text() == OLD
    assert sorted(path.name for path in folder.iterdir()) == ["net.yaml", "old.csv"]
