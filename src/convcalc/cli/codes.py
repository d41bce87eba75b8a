"""`convcalc explain CODE`: what an error means, and what convcalc says to an example of it."""

from __future__ import annotations

import io
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from convcalc.explain.error_codes import error_codes

if TYPE_CHECKING:
    from convcalc.explain.error_codes import Example
    from convcalc.pages.page import Page


def of_error(name: str) -> Page:
    """What an error means."""
    code = error_codes()[name]
    return code.page(said(code.broken))


def said(example: Example) -> str:
    """What convcalc writes to standard error when it is given an example."""
    from convcalc.cli.app import run  # which knows all commands, and this one among them

    _, *words = shlex.split(example.command.partition(" < ")[0])
    own, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(example.text.encode()), "utf-8")
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as err:
            run(words)
    finally:
        sys.stdin = own
    return err.getvalue()
