"""How long convcalc takes: from a cold start, and for each layer more; and where that time goes.

Run it where nothing else runs: `python benchmarks/speed.py`. It prints tables in Markdown; every figure of a process is
the least of whole processes that write into a pipe, beside `python -c pass` in the same run.
"""

from __future__ import annotations

import cProfile
import gc
import io
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import redirect_stdout
from pathlib import Path

from convcalc.cli.app import run
from convcalc.language.assemble.builder import MOST_LAYERS
from convcalc.language.assemble.network import build
from convcalc.sources.loading import load

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
    least = count("-i", "16x32x32", "-l", LINE)
    with tempfile.TemporaryDirectory() as folder:
        for length in LENGTHS:
            times = 3 if length > LENGTHS[0] else TIMES
            repeated = count("-i", "16x32x32", "-l", f"{LINE} *{length}", times=times)
            path = Path(folder, "net.yaml")
            path.write_text(NET + f"  - {LINE}\n" * length, encoding="utf-8")
            lines = count(str(path), times=times)
            taken = [repeated, lines]
            if 3 * length <= MOST_LAYERS:  # a line with bn relu is three
                path.write_text(NET + f"  - {LINE} bn relu\n" * length, encoding="utf-8")
                taken.append(count(str(path), times=times))
            cells = [f"{(each - least) / length * 1e6:.1f} µs" for each in taken] + [""] * (3 - len(taken))
            print(f"| {length:,} | {' | '.join(cells)} |", flush=True)


PARTS = {
    "convcalc": "defining what convcalc is made of",
    "typer": "importing typer",
    "yaml": "importing PyYAML",
    "": "importing parts of the standard library",
}
"""What a module's import is accounted to."""


def start() -> None:
    """Tell where the time of a start goes, by Python's own account of imports."""
    command = [sys.executable, "-X", "importtime", "-m", "convcalc", "count", "resnet50"]
    best: tuple[float, Counter[str]] | None = None
    for _ in range(TIMES):
        begin = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=COMPILED)
        taken = time.perf_counter() - begin
        lines = [line.split("|") for line in done.stderr.splitlines() if line.startswith("import time:")][1:]
        found: Counter[str] = Counter()
        for own, _, name in lines:
            package = name.strip().partition(".")[0].lstrip("_")
            found[package if package in PARTS else ""] += int(own.partition(":")[2])
        best = min(best, (taken, found), key=lambda each: each[0]) if best else (taken, found)
    assert best  # noqa: S101  # it ran
    whole, imports = best[0] * 1e3, {key: taken / 1e3 for key, taken in best[1].items()}
    bare = seconds("-c", "pass") * 1e3
    rows = {"starting Python": bare, **{says: imports[key] for key, says in PARTS.items()}}
    rows["reading, counting and writing"] = whole - sum(rows.values())
    print("\n| `convcalc count resnet50` | share |\n|---|---:|")
    for says, taken in rows.items():
        print(f"| {says} | {taken / whole:.0%} |")


def warm() -> None:
    """Time a network again and again in one process, which is what a program that calls convcalc would see."""
    description = load("resnet50")
    nodes = len(build(description).rows)
    taken = []
    for _ in range(20 * TIMES):
        begin = time.perf_counter()
        build(description)
        taken.append(time.perf_counter() - begin)
    print(f"\nWarm, `resnet50` is built and counted in {min(taken) * 1e3:.2f} ms: {min(taken) / nodes * 1e6:.1f} µs")
    print(f"for each of its {nodes} nodes.")


def account(length: int = 10_000) -> None:
    """Tell where the time of a long description goes, by the modules whose functions run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "net.yaml")
        path.write_text(NET + f"  - {LINE} bn relu\n" * length, encoding="utf-8")
        gc.disable()
        with redirect_stdout(io.StringIO()):
            run(["count", "seed"])
            profile = cProfile.Profile()
            profile.runcall(run, ["count", str(path)])
    own: defaultdict[str, float] = defaultdict(float)
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # as its documentation has it
    for (file, _, _), (_, _, taken, _, callers) in stats.items():
        if file == "~" and isinstance(callers, dict):  # built-in functions are their callers'
            for (caller, _, _), (_, _, part, _) in callers.items():
                own[module(caller)] += part
        else:
            own[module(file)] += taken
    whole = sum(own.values())
    print(f"\n| {length:,} lines with bn relu | share |\n|---|---:|")
    for name, taken in sorted(own.items(), key=lambda each: -each[1])[:9]:
        print(f"| `{name}` | {taken / whole:.0%} |")


def module(file: str) -> str:
    """The module of a function, below convcalc; all others are Python's."""
    _, ours, path = file.rpartition("convcalc/")
    return path.removesuffix(".py").replace("/", ".") if ours else "Python and its packages"


if __name__ == "__main__":
    cold()
    growth()
    start()
    warm()
    account()
