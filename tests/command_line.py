"""Runs the command line: in this process where that is enough, in one of its own, or on a terminal."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import termios
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from itertools import pairwise
from pathlib import Path
from threading import Timer
from typing import NamedTuple
from unittest.mock import patch

from convcalc.cli.app import run

ROOT = Path(__file__).parent.parent
SPECS = sorted(path.stem for path in (ROOT / "src" / "convcalc" / "networks").glob("*.yaml"))
"""The bundled networks, as the folder has them."""

CONVCALC = [sys.executable, "-m", "convcalc"]
SPEAKING = (
    "LC_", "LANG", "COLUMNS", "LINES", "TERM", "NO_COLOR", "FORCE_COLOR", "TTY_", "CONVCALC_",
    "PYTHONIOENCODING", "PYTHONUTF8", "PYTHONCOERCECLOCALE", "PYTHONUNBUFFERED",
)  # fmt: skip  # a list reads better in lines
"""How the variables begin by which an environment changes what a command writes."""

CODED = re.compile(r"^error\[[a-z-]+\]: ", re.MULTILINE)
"""How an error begins."""

HANGS = 600
"""Seconds after which a process is ended that never would: it is no measure of speed."""

SGR = re.compile(r"\x1b\[([0-9;]*)m")
"""How a terminal is told a style."""


class Done(NamedTuple):
    """What a command wrote to standard output and standard error, and its exit status."""

    out: str
    err: str
    status: int


def uncoded(text):
    """Errors without their codes, for tests that are about the message alone."""
    return CODED.sub("error: ", text)


def environment(**given):
    """This environment without what changes the output, but with what is given."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(SPEAKING)}
    return {**own, "LC_ALL": "C.UTF-8", **given}


def called(*arguments, stdin=b"", together=False, **variables):
    """Run a command in this process, with standard output in a pipe, so to speak; or both outputs `together` in one."""
    out = io.StringIO()
    err = out if together else io.StringIO()
    with (
        patch.dict(os.environ, environment(**variables), clear=True),
        patch("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8")),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        status = run([str(argument) for argument in arguments])
    return Done(out.getvalue(), "" if together else err.getvalue(), status)


def shown(*arguments, **variables):
    """What a command that succeeds, and has nothing to complain of, writes in this process."""
    done = called(*arguments, **variables)
    assert (done.err, done.status) == ("", 0)
    return done.out


def started(*arguments, stdin=b"", timeout=HANGS, **variables):
    """Run a command in a process of its own, its standard streams in pipes."""
    done = subprocess.run(
        [*CONVCALC, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=environment(**variables),
        timeout=timeout,
        check=False,
    )
    return Done(done.stdout.decode(), done.stderr.decode(), done.returncode)


def on_terminal(*arguments, columns=80, timeout=HANGS, **variables):
    """Run a command whose three streams are a terminal: both outputs are told as one."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    process = subprocess.Popen(
        [*CONVCALC, *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(**{"TERM": "xterm-256color", **variables}),
    )
    os.close(theirs)
    late = Timer(timeout, process.kill)
    late.start()
    out = b"".join(iter(lambda: read(ours), b""))
    status = process.wait()
    late.cancel()
    os.close(ours)
    return Done(out.decode().replace("\r\n", "\n"), "", status)


def unstyled(text):
    """A text without its styles, and without blanks at the end of a line."""
    return "".join(f"{line.rstrip()}\n" for line in SGR.sub("", text).splitlines())


def read(terminal):
    """What a terminal has to tell; nothing once its other side is closed."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""


@cache
def counted(*arguments):
    """The JSON of a count."""
    return json.loads(shown("count", *arguments, "-f", "json"))


def values(text, delimiter=","):
    """The rows of comma- or tab-separated values, by key."""
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


class Table(NamedTuple):
    """A table for people: its title, its rows and its totals by heading, and the sentences below it."""

    title: str
    headings: list
    rows: list
    totals: dict
    foot: list


def plain(text):
    """The one table that a plain text shows; its columns are where its rules are."""
    title, empty, head, rule, *rest = text.splitlines()
    assert (empty, set(rule)) == ("", {"-", " "} if " " in rule else {"-"})
    spans = [match.span() for match in re.finditer("-+", rule)]
    assert all(second[0] - first[1] == 2 for first, second in pairwise(spans))

    def cells(line):
        assert all(not line[end : end + 2].strip() for _, end in spans)
        assert len(line) <= len(rule)
        return [line[start:end].strip() for start, end in spans]

    headings = cells(head)
    end = rest.index("")
    body, foot = rest[:end], rest[end + 1 :]
    totals = {}
    if rule in body:
        assert body.index(rule) == len(body) - 2
        totals = dict(zip(headings, cells(body.pop()), strict=True))
        body.pop()
    return Table(title, headings, [dict(zip(headings, cells(line), strict=True)) for line in body], totals, foot)


def number(cell):
    """A number for people, such as 1,024."""
    assert re.fullmatch(r"\d{1,3}(,\d{3})*", cell), cell
    return int(cell.replace(",", ""))


def added(rows, key):
    """The sum of a column of numbers for people."""
    return sum(number(row[key]) for row in rows)
