"""How many configurations a second `convcalc sweep` counts, beside networks one by one, of our own and of PyTorch.

Run it where nothing else runs: `python benchmarks/sweep.py`, with PyTorch installed; `--long` adds 10^8 configurations,
which take minutes. It prints tables in Markdown. Each figure comes from a process of its own, all on one core, and is
the best of a few; a second is one of that core's time, which others who use it do not lengthen. Where two ways do not
count the same of a configuration, the benchmark fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from speed import COMPILED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO

    from convcalc.questions.sweep import Sweep

TIMES = 3

CASES = (
    ("mobilenet_v1", "alpha=0.251:1.25:0.001", "size=25:1024"),
    ("resnet50", "width=1:1000000"),
    ("resnet50", "width=9000001:10000000"),
)
"""Networks, and a million configurations of each; in the last, MACs are beyond 64 bits."""

STREAMS = {
    ("resnet50", "width=1:1000", "classes=1:1000"): 10**6,
    ("resnet50", "width=1:10000", "classes=1:1000"): 10**7,
    ("resnet50", "width=1:10000000"): 10**7,
}
LONG = {("resnet50", "width=1:10000", "classes=1:10000"): 10**8}
"""Configurations that are written as they are counted, to see what memory they take; and how many they are."""

DRAWN = {"loop": 300, "modules": 20}
"""How many of the million are counted network by network: their time is that of each, times as many."""

MEASURES = ("params", "macs", "activation_bytes")
"""What `convcalc sweep` counts unless told otherwise."""

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
ALONE = COMPILED | dict.fromkeys(THREADS, "1")


class Spent(NamedTuple):
    """What a process took: the core's time, and the most memory that it held."""

    seconds: float
    peak: int


def process(out: IO[str], *arguments: str) -> Spent:
    """Run Python, and write to a file, which takes nothing of the core that it runs on, as a reader would."""
    running = subprocess.Popen([sys.executable, *arguments], stdout=out, env=ALONE)
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        sys.exit(f"failed: {' '.join(arguments)}")
    return Spent(usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10)


def within(way: str, case: Sequence[str]) -> tuple[float, int]:
    """What is timed from within, in a process of its own: configurations a second, and its memory."""
    with tempfile.TemporaryFile("w+") as out:
        spent = process(out, __file__, way, *case)
        out.seek(0)
        return float(out.read()), spent.peak


def written(out: IO[str], net: str, *vary: str) -> Spent:
    """Run `convcalc sweep`."""
    options = [part for each in vary for part in ("--vary", each)]
    return process(out, "-m", "convcalc", "sweep", net, *options, "-f", "csv", "--quiet")


def whole(case: Sequence[str]) -> tuple[float, int]:
    """Configurations a second of `convcalc sweep` from its start to its end, and its memory."""
    found = []
    for _ in range(TIMES):
        with tempfile.TemporaryFile("w+") as out:
            spent = written(out, *case)
            out.seek(0)
            found.append((sum(1 for _ in out) - 1, spent))
    return max([(lines / spent.seconds, spent.peak) for lines, spent in found])


def swept(net: str, vary: Sequence[str]) -> Sweep:
    """A sweep as `convcalc sweep` makes it."""
    from convcalc.network.terms import Terms
    from convcalc.questions.configurations import Grid
    from convcalc.questions.sweep import Sweep
    from convcalc.questions.vary import parse_vary
    from convcalc.sources.networks import NetworkArguments

    grid = Grid(parse_vary(vary))
    begun = {axis.name: axis.value(0) for axis in grid.axes}
    return Sweep(NetworkArguments(nets=[net], varied=begun).one(), grid, MEASURES, Terms())


def drawn(sweep: Sweep, number: int) -> list[tuple[dict[str, Any], list[int]]]:
    """Some configurations of a sweep, each with what the sweep counts of it."""
    import numpy as np

    from convcalc.questions.configurations import sampled

    part = sweep.part(np.array(sampled(sweep.source.total, number, 0)))
    names = [axis.name for axis in sweep.source.axes]
    values = zip(*part.columns(names, part.lanes), strict=True)
    counts = zip(*part.columns(MEASURES, part.lanes), strict=True)
    return [(dict(zip(names, own, strict=True)), list(each)) for own, each in zip(values, counts, strict=True)]


def least(work: Callable[[], object]) -> float:
    """The least of the core's time that some work takes."""
    found = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def require_same(values: object, ours: object, theirs: object) -> None:
    """State that two ways count the same of a configuration."""
    if ours != theirs:
        sys.exit(f"{values}: the sweep counts {ours}, and the other way {theirs}")


def engine(net: str, *vary: str) -> float:
    """Configurations a second of a sweep of which nothing is written, the recording of its network included."""
    total = swept(net, vary).source.total
    return total / least(lambda: [len(part.lanes) for part in swept(net, vary).parts(range(total))])


def loop(net: str, *vary: str) -> float:
    """Configurations a second of networks that are built one by one, on Python's integers."""
    sweep = swept(net, vary)
    configurations = drawn(sweep, DRAWN["loop"])
    for values, counts in configurations:
        require_same(values, counts, list(sweep.measured(values).values()))
    return len(configurations) / least(lambda: [sweep.measured(values) for values, _ in configurations])


def modules(net: str, *vary: str) -> float:
    """Configurations a second of modules of PyTorch that are built one by one, on its meta device."""
    from modules import counted, torch

    torch.set_num_threads(1)
    configurations = drawn(swept(net, vary), DRAWN["modules"])
    for values, (params, macs, _) in configurations:
        require_same(values, (params, 2 * macs), counted(net, values))
    return len(configurations) / least(lambda: [counted(net, values) for values, _ in configurations])


WAYS: dict[str, tuple[str, Callable[..., float]]] = {
    "modules": ("PyTorch modules on the meta device, `FlopCounterMode`", modules),
    "loop": ("our networks one by one, on Python's integers", loop),
    "engine": ("the sweep, nothing written", engine),
}
"""What is timed from within: what each is called, and its function."""


def rates() -> None:
    """Time each way of each million."""
    print("| a million of | way | configurations a second | × PyTorch | peak memory |\n|---|---|---:|---:|---:|")
    for case in CASES:
        found = [(label, *within(way, case)) for way, (label, _) in WAYS.items()]
        found.append(("`convcalc sweep -f csv`, the whole process", *whole(case)))
        for label, rate, peak in found:
            cells = (named(case), label, figure(rate), figure(rate / found[0][1]), memory(peak))
            print(f"| {' | '.join(cells)} |", flush=True)


def streams(cases: Mapping[tuple[str, ...], int]) -> None:
    """Write long sweeps, to see the memory of the process."""
    print("\n| written as CSV | configurations | time | peak memory |\n|---|---:|---:|---:|")
    for case, total in cases.items():
        with open(os.devnull, "w") as out:  # noqa: PTH123  # nothing is kept
            spent = written(out, *case)
        print(f"| {named(case)} | {total:,} | {spent.seconds:.0f} s | {memory(spent.peak)} |", flush=True)


def named(case: Sequence[str]) -> str:
    """A network and its variables."""
    return ", ".join([f"`{part}`" for part in case])


def figure(number: float) -> str:
    """A number to three digits."""
    return f"{float(f'{number:.3g}'):,.10g}"


def memory(size: int) -> str:
    """Bytes, for people."""
    return f"{size >> 20} MiB"


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if sys.argv[1:2] and sys.argv[1] in WAYS:
        print(WAYS[sys.argv[1]][1](*sys.argv[2:]))
    else:
        rates()
        streams(STREAMS | LONG if "--long" in sys.argv else STREAMS)
