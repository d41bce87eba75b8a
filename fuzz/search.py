"""A longer search for inputs that hurt, led by what code they reach: `pip install '.[search]'`, then run this file.

It is no test: it goes on until something is found or somebody stops it, and takes the options of libFuzzer, such as
-max_total_time=600. It begins with the files of tests/corpus/ and the bundled networks; what it finds is left in a
file crash-…, which belongs into tests/corpus/ when it is repaired.
"""

import os
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["convcalc"]):
    from convcalc.errors import DescriptionError, Source
    from convcalc.language.assemble import builder
    from convcalc.language.assemble.network import build
    from convcalc.language.read.document import parse_description

ROOT = Path(__file__).parent.parent
LONGEST = 4096
"""Bytes of an input, at most."""


def one_input(content):
    """Count a description of any bytes: an answer, or errors with a code."""
    try:
        report = build(parse_description(Source("net.yaml", content.decode("utf-8", "replace")), "net"))
    except DescriptionError as error:
        if not all(fault.code or fault.message.startswith("and ") for fault in error.faults):
            raise
        return
    if report.macs < 0 or report.params < 0:
        raise ValueError(report)


def main():
    """Search from all inputs that there are, with fewer layers than users may have: what is instrumented is slow."""
    builder.MOST_LAYERS, builder.MOST_ITEMS_PLACED = 1_000, 4_000
    with tempfile.TemporaryDirectory() as folder:
        for path in (
            *(ROOT / "tests" / "corpus").glob("*.yaml"),
            *(ROOT / "src" / "convcalc" / "networks").glob("*.yaml"),
        ):
            Path(folder, path.name).write_bytes(path.read_bytes()[:LONGEST])
        atheris.Setup(
            [sys.argv[0], folder, f"-max_len={LONGEST}", "-timeout=5", "-rss_limit_mb=500", *sys.argv[1:]], one_input
        )
        atheris.Fuzz()


if __name__ == "__main__":
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=0")
    main()
