"""How long convcalc takes: from a cold start, and for each layer more.

Run it where nothing else runs: `python benchmarks/speed.py`. It prints a table in Markdown; every figure is the least
of whole processes that write into a pipe, beside `python -c pass` in the same run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TIMES = 15
LENGTHS = (1_000, 10_000, 100_000)
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""An environment in which the first run leaves compiled bytecode to those that are timed, as an installation does."""

LINE = "conv 16 3 same"
NET = "input: 16x32x32\nlayers:\n"


def seconds(*arguments: str, times: int = TIMES) -> float:
    """The least time of a process, its output read through a pipe: what others on the machine cost is not ours."""
    found = []
    for _ in range(times + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.PIPE, env=COMPILED)
        found.append(time.perf_counter() - start)
    return min(found)


def count(*arguments: str, times: int = TIMES) -> float:
    """The time of `convcalc count`."""
    return seconds("-m", "convcalc", "count", *arguments, times=times)


def cold() -> None:
    """Time a start, in multiples of Python's own."""
    bare = seconds("-c", "pass")
    print(
        "| whole process | time | × `python -c pass` |\n|---|---:|---:|\n"
        f"| `python -c pass` | {bare * 1e3:.0f} ms | 1.0 |"
    )
    for label, arguments in {
        "count alexnet": ("alexnet",),
        "count resnet50": ("resnet50",),
        "count resnet50 -f json": ("resnet50", "-f", "json"),
        "count resnet50 -f table": ("resnet50", "-f", "table"),
    }.items():
        taken = count(*arguments)
        print(f"| `convcalc {label}` | {taken * 1e3:.0f} ms | {taken / bare:.1f} |", flush=True)


def growth() -> None:
    """Time chains of many layers, less the time of one layer, for each layer."""
    print("\n| layers | repeated by `*N` | a line each | a line each, with bn relu |\n|---:|---:|---:|---:|")
    least = count("-i", "16x32x32", "-l", LINE, times=5)
    with tempfile.TemporaryDirectory() as folder:
        for length in LENGTHS:
            repeated = count("-i", "16x32x32", "-l", f"{LINE} *{length}", times=3)
            path = Path(folder, "net.yaml")
            path.write_text(NET + f"  - {LINE}\n" * length, encoding="utf-8")
            lines = count(str(path), times=3)
            path.write_text(NET + f"  - {LINE} bn relu\n" * length, encoding="utf-8")
            normed = count(str(path), times=3)
            cells = (f"{(taken - least) / length * 1e6:.1f} µs" for taken in (repeated, lines, normed))
            print(f"| {length:,} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    cold()
    growth()
