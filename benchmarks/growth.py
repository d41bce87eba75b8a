"""How time and memory grow with the number of layers: a table for each way to write a network.

`python benchmarks/growth.py` prints them in Markdown. Figures are the user time of a whole process, which others on the
machine hardly change, less that of the same command on one layer. All commands of a row run in turn, so that ratios
between them hold wherever it is run; each figure is the least of several runs, and memory is the most of a process.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LENGTHS = (1_000, 10_000, 100_000)
FIT_LENGTHS = (1, 1_000, 10_000)
"""What `fit` is timed at, of equal layers: it builds the network for one factor after another."""

TIMES = 3
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
INPUT = "input: 16x32x32\nbudget: {params: 1000000G}\nlayers:\n"


class Cost(NamedTuple):
    """What a process took: seconds of user time, and MiB at most."""

    seconds: float
    memory: float


def equal(length: int) -> list[str]:
    """Layers that are all the same."""
    return ["conv 16 3 same"] * length


def unlike(length: int) -> list[str]:
    """Layers of which hardly any is like another."""
    return [f"conv {8 + 7 * place % 4001} 3 same" for place in range(length)]


def cost(command: str, *arguments: str) -> Cost:
    """What one process of convcalc takes.

    Raises:
        SystemExit: it fails.
    """
    words = [sys.executable, "-m", "convcalc", command, *arguments]
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123  # a file number is what is needed
        redirected = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        process = os.posix_spawn(sys.executable, words, COMPILED, file_actions=redirected)
        _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{' '.join(words)} failed: {os.waitstatus_to_exitcode(status)}")
    return Cost(usage.ru_utime, usage.ru_maxrss / 1024)


def commands(folder: Path, length: int, layers: Callable[[int], Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The commands to be timed: `compare` has one more layer at the start of the other network and one at its end."""
    one, other = folder / f"{length}.yaml", folder / f"{length}-shifted.yaml"
    lines = [f"  - {line}\n" for line in layers(length)]
    one.write_text(INPUT + "".join(lines), encoding="utf-8")
    other.write_text(INPUT + "".join(["  - dropout\n", *lines[:-1], "  - relu\n"]), encoding="utf-8")
    found = {
        "count": (str(one),),
        "check": (str(one),),
        "widen": (str(one), "--factor", "2"),
        "compare": (str(one), str(other)),
    }
    return found | ({"fit": (str(one), "--max-params", "1G")} if layers is equal and length in FIT_LENGTHS else {})


def measured(own: dict[str, tuple[str, ...]]) -> dict[str, Cost]:
    """The least that each command takes, all in turn."""
    runs = [{command: cost(command, *arguments) for command, arguments in own.items()} for _ in range(TIMES)]
    return {command: min(run[command] for run in runs) for command in own}


def cell(command: str, length: int, taken: dict[str, Cost], start: dict[str, Cost]) -> str:
    """Seconds, microseconds for each layer, and memory."""
    if command not in taken:
        return ""
    seconds = max(0.0, taken[command].seconds - start[command].seconds)
    return f"{seconds:.2f} s, {seconds / length * 1e6:.0f} µs, {taken[command].memory:.0f} MiB"


def table(title: str, layers: Callable[[int], Sequence[str]]) -> None:
    """Print what each command takes at each length, and the ratios that are to hold."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = measured(commands(folder, 1, layers))
        print(f"\n| {title} | {' | '.join(f'`{each}`' for each in start)} | widen ÷ count | compare ÷ two counts |")
        print(f"|---:|{'---:|' * (len(start) + 2)}")
        for length in LENGTHS:
            taken = measured(commands(folder, length, layers))
            count, widen, compare = (taken[each].seconds for each in ("count", "widen", "compare"))
            cells = [cell(command, length, taken, start) for command in start]
            ratios = [f"{widen / count:.1f}", f"{compare / count / 2:.1f}"]
            print(f"| {length:,} | {' | '.join([*cells, *ratios])} |", flush=True)


if __name__ == "__main__":
    table("equal layers", equal)
    table("layers that differ", unlike)
