"""How long convcalc takes beside its peers, from a cold start, on the same networks in the same run.

`python benchmarks/peers.py` makes a virtual environment of its own, installs convcalc and the peers there, and writes
docs/benchmarks.md. Each figure is the median of whole processes, each of which builds the network and counts it; the
peers build it in PyTorch, and what they count must be the parameters that convcalc counts. onnx-tool reads the network
from an ONNX file, which is written before.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
TIMES = 7
NETS = ("alexnet", "googlenet", "resnet50")
PACKAGES = ("torch==2.13.0", "torchinfo", "fvcore", "thop", "ptflops", "onnx", "onnx-tool")

BUILD = """
import sys
sys.path.insert(0, {folder!r})
from modules import BUILT, torch
with torch.no_grad():
    module, size = BUILT[{net!r}]({{}})
    module.eval()
    x = torch.empty(1, 3, size, size)
"""

COUNT = {
    "torchinfo": """
    import torchinfo
    found = torchinfo.summary(module, input_data=x, verbose=0)
    print(found.total_params, found.total_mult_adds)
""",
    "fvcore": """
    from fvcore.nn import FlopCountAnalysis
    import logging
    logging.disable()
    print(sum(p.numel() for p in module.parameters()), FlopCountAnalysis(module, x).total())
""",
    "thop": """
    import thop
    macs, params = thop.profile(module, inputs=(x,), verbose=False)
    print(int(params), int(macs))
""",
    "ptflops": """
    from ptflops import get_model_complexity_info
    macs, params = get_model_complexity_info(
        module, tuple(x.shape[1:]), as_strings=False, print_per_layer_stat=False, verbose=False
    )
    print(int(params), int(macs))
""",
    "torch, FlopCounterMode": """
    from torch.utils.flop_counter import FlopCounterMode
    with FlopCounterMode(display=False) as counter:
        module(x)
    print(sum(p.numel() for p in module.parameters()), counter.get_total_flops() // 2)
""",
}
"""What each peer is asked; all print parameters and MACs."""

ONNX = """
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()):
    import onnx_tool
    model = onnx_tool.Model({path!r}, {{"verbose": False}})
    graph = model.graph
    graph.shape_infer(None)
    graph.profile()
print(int(graph.params), int(graph.macs[0]))
"""


class FailedError(Exception):
    """A process that ends in an error."""


class Timed(NamedTuple):
    """What a process took, and what it printed of parameters and MACs."""

    seconds: float
    mebibytes: float
    params: int
    macs: int


def run(command: list[str], times: int = TIMES) -> tuple[float, float, str]:
    """Seconds at the median, peak memory in MiB, and the output of a command; its first run is not timed."""
    seconds, text = [], ""
    for _ in range(times + 1):
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
            out, err = process.communicate()
            seconds.append(time.perf_counter() - start)
        if process.returncode:
            raise FailedError(err.decode())
        text = out.decode()
    measured = f"import subprocess, resource; subprocess.run({command!r}, capture_output=True); "
    measured += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    alone = [sys.executable, "-c", measured]
    own = subprocess.run(alone, check=True, capture_output=True, env=environment())
    memory = int(own.stdout) / 1024
    return statistics.median(seconds[1:]), memory, text


def environment() -> dict[str, str]:
    """An environment in which nothing but the virtual environment is found, and bytecode is kept."""
    left_out = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in left_out}


def timed(command: list[str]) -> Timed:
    """A peer, and what it printed last."""
    seconds, memory, text = run(command)
    params, macs = map(int, text.split()[-2:])
    return Timed(seconds, memory, params, macs)


def ours(python: Path, net: str) -> Timed:
    """convcalc, and what it counts."""
    seconds, memory, _ = run([str(python.parent / "convcalc"), "count", net])
    told = subprocess.run(
        [str(python.parent / "convcalc"), "count", net, "-f", "json"],
        check=True,
        capture_output=True,
        env=environment(),
    )
    totals = json.loads(told.stdout)["totals"]
    return Timed(seconds, memory, totals["params"], totals["macs"])


def measured(python: Path, folder: Path, net: str) -> dict[str, Timed]:
    """All peers on one network."""
    build = BUILD.format(folder=str(ROOT / "benchmarks"), net=net)
    path = folder / f"{net}.onnx"
    export = f"{build}    torch.onnx.export(module, (x,), {str(path)!r}, dynamo=False)\n"
    subprocess.run([str(python), "-c", export], check=True, capture_output=True, env=environment())
    found = {"convcalc": ours(python, net)}
    for peer, count in COUNT.items():
        found[peer] = timed([str(python), "-c", build + count])
        print(f"{net} {peer}: {found[peer]}", file=sys.stderr, flush=True)
    try:
        found["onnx-tool, from an ONNX file"] = timed([str(python), "-c", ONNX.format(path=str(path))])
    except FailedError as failure:
        print(f"{net}: onnx-tool cannot count it: {str(failure).strip().splitlines()[-1]}", file=sys.stderr)
    return found


def table(net: str, found: dict[str, Timed], bare: float) -> str:
    """The figures of one network, in Markdown."""
    own = found["convcalc"]
    lines = [
        f"## {net}",
        "",
        "| tool | time | × `python -c pass` | × convcalc | peak memory | parameters | MACs |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, each in found.items():
        ratio = each.seconds / own.seconds
        lines.append(
            f"| {name} | {each.seconds * 1e3:,.0f} ms | {each.seconds / bare:.1f} | {ratio:.1f} | "
            f"{each.mebibytes:.0f} MiB | {each.params:,} | {each.macs:,} |"
        )
    return "\n".join(lines) + "\n"


CHAIN = """
import torch
from torch import nn
with torch.no_grad():
    module = nn.Sequential(*[nn.Conv2d(16, 16, 3, padding=1) for _ in range({length})]).eval()
    x = torch.empty(1, 16, 32, 32)
"""

LENGTHS = (100, 1_000, 10_000, 100_000)
LONGEST = 10_000
"""Layers that peers are given, at most."""

PATIENCE = 120
"""Seconds that a process may take."""


def chains(python: Path, folder: Path) -> str:
    """How time grows with the number of layers, in Markdown: descriptions of a line each, and modules of PyTorch."""
    head = [f"| layers | convcalc | {' | '.join(COUNT)} |", f"|---:|---:|{'---:|' * len(COUNT)}"]
    lines = []
    for length in LENGTHS:
        path = folder / "chain.yaml"
        path.write_text("input: 16x32x32\nlayers:\n" + "  - conv 16 3 same\n" * length, encoding="utf-8")
        cells = [once([str(python.parent / "convcalc"), "count", str(path)])]
        for name, count in COUNT.items():
            command = [str(python), "-c", CHAIN.format(length=length) + count]
            cells.append(once(command) if length <= LONGEST else "")
            print(f"{length} {name}: {cells[-1]}", file=sys.stderr, flush=True)
        lines.append(f"| {length:,} | {' | '.join(cells)} |")
    return "\n".join(["## Long networks", "", GROWTH, "", *head, *lines]) + "\n"


GROWTH = """Chains of convolutions of 16 channels: for convcalc a file of YAML with a line for each, for the others an
`nn.Sequential`. Seconds of whole processes, the least of three; a blank is not tried, a dash took over two minutes."""


def once(command: list[str]) -> str:
    """Seconds of a process, the least of three."""
    found = []
    for _ in range(3):
        start = time.perf_counter()
        try:
            done = subprocess.run(command, capture_output=True, env=environment(), timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return "-"
        if done.returncode:
            return "fails"
        found.append(time.perf_counter() - start)
    return f"{min(found):.2f}"


HEAD = """# Beside other counters

`python benchmarks/peers.py` writes this page: whole processes from a cold start, each of which builds a network and
counts it, the median of {times} runs, all in one run of the script and in one virtual environment, with bytecode
compiled. Peers build the network in PyTorch, but for onnx-tool, which reads an ONNX file. Python {python}, {versions}.

Parameters must be those of convcalc. MACs are what each tool says that they are, and
[what is counted](counting.md) what they are here: others add biases, norms,
pools or activations. onnx-tool has no rule for a node that PyTorch's export writes for the normalization of AlexNet
and GoogLeNet.
"""


def main() -> None:
    """Install, measure and write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = folder / "venv" / "bin" / "python"
        if given := os.environ.get("CONVCALC_PEERS"):
            python = Path(given) / "bin" / "python"
        else:
            venv.create(folder / "venv", with_pip=True)
            subprocess.run([str(python), "-m", "pip", "install", "-q", PACKAGES[0]], check=True, env=environment())
            subprocess.run([str(python), "-m", "pip", "install", "-q", *PACKAGES], check=True, env=environment())
        subprocess.run([str(python), "-m", "pip", "install", "-q", str(ROOT)], check=True, env=environment())
        bare, _, _ = run([str(python), "-c", "pass"], times=3 * TIMES)
        listed = subprocess.run(
            [str(python), "-m", "pip", "list", "--format=json"], check=True, capture_output=True, env=environment()
        )
        known = {each["name"].lower(): each["version"] for each in json.loads(listed.stdout)}
        names = ("torch", "torchinfo", "fvcore", "thop", "ptflops", "onnx-tool")
        versions = ", ".join(f"{each} {known.get(each, '?')}" for each in names)
        parts = []
        for net in NETS:
            found = measured(python, folder, net)
            wrong = {name: each.params for name, each in found.items() if each.params != found["convcalc"].params}
            if wrong:
                print(f"{net}: other parameters: {wrong}", file=sys.stderr)
            parts.append(table(net, found, bare))
        parts.append(chains(python, folder))
        python_version = ".".join(map(str, sys.version_info[:3]))
        head = HEAD.format(times=TIMES, python=python_version, versions=versions)
        (ROOT / "docs" / "benchmarks.md").write_text("\n".join([head, *parts]), encoding="utf-8")


if __name__ == "__main__":
    main()
