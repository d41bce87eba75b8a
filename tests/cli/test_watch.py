"""`convcalc count --watch`: a count after each change of a file, and what it changed."""

import os
import signal
import subprocess
from time import monotonic, sleep

import pytest
from command_line import CONVCALC, HANGS, called, environment

SINCE = """\
Since the last count:
changed conv1: out_channels 8 → 16 (+224 parameters, +10,584 MACs)
1 changed; 0 the same.
weights 216 → 432: +216 (+100.0%)
"""
"""After 8 filters of 3x3 on 3 channels and 7x7 positions became 16."""

NET = "name: Mine\ninput: 3x9x9\nlayers: [conv {} 3]\n"


@pytest.fixture
def watched(tmp_path):
    """A file that is watched, the process that does so, and its output so far."""
    path = tmp_path / "net.yaml"
    path.write_text(NET.format(8))
    output = tmp_path / "out"
    with output.open("w") as file:
        process = subprocess.Popen(
            [*CONVCALC, "count", "net.yaml", "--watch"], cwd=tmp_path, stdout=file, stderr=file, env=environment()
        )
        yield path, process, output
        process.kill()
        process.wait()


def until(output, text):
    """Wait for a text of the output."""
    end = monotonic() + HANGS
    while text not in output.read_text():
        assert monotonic() < end, output.read_text()
        sleep(0.05)


def replaced(path, text):
    """Write a file anew, at another time."""
    path.write_text(text)
    later = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(later, later))


def test_changes_are_counted(watched):
    """Each change is counted and compared; a mistake is told, and watching goes on; Ctrl-C ends in 130."""
    path, process, output = watched
    until(output, "216")
    replaced(path, NET.format(16))
    until(output, SINCE)
    replaced(path, NET.format("wide"))
    until(output, "error[unknown-name]: unknown word or variable: wide")
    replaced(path, NET.format(4))
    until(output, "weights 432 → 108: −324 (−75.0%)\n")
    process.send_signal(signal.SIGINT)

    assert process.wait(HANGS) == 130
    assert "Traceback" not in output.read_text()


def test_what_cannot_be_watched():
    """Only files change."""
    for arguments, got in ([["seed"], "seed"], [["-i", "3x9x9", "-l", "conv 8 3"], "none"], [["-"], "-"]):
        message = f"error[conflicting-options]: --watch is for files, but got {got}\n"
        assert called("count", *arguments, "--watch") == ("", message, 2)


def test_counts_beyond_doubles():
    """A program that reads JSON is warned of totals that it may round; people read all digits anyway."""
    line = ("-i", "3x100000x100000", "-l", "conv 100000 3 same, conv 100000 3 same")
    done = called("count", *line, "-f", "json")

    assert done.status == 0
    warning = "network: macs beyond 2^53: exact here, but not in programs that read numbers as doubles"
    assert done.err == f"warning: {warning}\n"
    assert warning in done.out
    assert "2^53" not in called("count", *line).err
    assert called("count", "-i", "1x1x1", "-l", f"linear {2**53}", "-f", "json").err.count("2^53") == 1
    assert called("count", "-i", "1x1x1", "-l", f"linear {2**52} -bias", "-f", "json").err == ""
