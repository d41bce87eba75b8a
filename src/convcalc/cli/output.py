"""What is written, to standard output, standard error or a file: only this module does so."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

import typer

from convcalc.errors import DescriptionError, Fault, quoted, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from convcalc.network.report import Report
    from convcalc.pages.page import Page, Section
    from convcalc.views import OutputFormat
    from convcalc.views.screen import Screen


NO, BAD_INPUT, OUR_BUG, INTERRUPTED, BROKEN_PIPE = 1, 2, 3, 130, 141
"""Exit statuses besides 0."""

PAUSES = {True: 0.5, False: 60.0}
"""Seconds between two remarks: on a terminal, where one takes the place of the other, and elsewhere."""

STANDARD_OUTPUT = (None, Path("-"))
"""What --output is where it is no file."""

ASCII = {"→": "->", "…": "...", "·": "*", "×": "x", "−": "-", "≥": ">=", "≤": "<=", "≠": "!=", "²": "^2", "³": "^3"}
"""What to write where the encoding of standard output lacks a character."""


def readable(char: str) -> str:
    """A character for people whose terminal does not have it."""
    return ASCII.get(char, "?")


def json_escaped(char: str) -> str:
    """A character for readers of JSON, which can say all of them in ASCII."""
    import json

    return json.dumps(char)[1:-1]


def complain(text: str) -> None:
    """Write to standard error, if there is one."""
    if text and sys.stderr is not None:
        try:
            print(text.rstrip("\n"), file=sys.stderr, flush=True)
        except OSError:
            silence(sys.stderr)


def warn(pages: Sequence[Page]) -> None:
    """Write the warnings of some pages to standard error."""
    complain("".join(f"warning: {warning}\n" for page in pages for warning in page.warnings))


def silence(stream: TextIO | None) -> None:
    """Write nowhere what a stream still holds, so that nothing fails again at exit, which would change the status."""
    if stream is not None:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def speaks_to_terminal() -> bool:
    """Whether standard error is a terminal, on which something can be written over."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def pause() -> float:
    """Seconds between two remarks."""
    return PAUSES[speaks_to_terminal()]


def remark(text: str) -> None:
    """Write to standard error in the place of the last remark, if it is a terminal; nothing takes that away."""
    if speaks_to_terminal():
        with contextlib.suppress(OSError):
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    else:
        complain(text)


def on_terminal(output: Path | None) -> bool:
    """Whether results go to a terminal."""
    return output in STANDARD_OUTPUT and sys.stdout is not None and sys.stdout.isatty()


class Stream:
    """Standard output, as a file that is written to part by part."""

    def write(self, text: str) -> None:
        """Write a part."""
        write_out(text, json_escaped)


@contextlib.contextmanager
def streamed(output: Path | None, *, binary: bool) -> Iterator[Any]:
    """Something to write results to, part by part: standard output or a file.

    Text can be read while it is written; a binary file takes the place of another once it is whole.

    Raises:
        DescriptionError: it cannot be written to.
    """
    if output is None or output in STANDARD_OUTPUT:
        if binary:
            raise DescriptionError(Fault("format-does-not-apply", "this format is for a file", notes=("try: -o FILE",)))
        yield Stream()
        return
    with tell_unwritable(output), replacement(output) if binary else output.open("w", encoding="utf-8") as file:
        yield file


@contextlib.contextmanager
def tell_unwritable(path: Path) -> Iterator[None]:
    """Tell of a file that cannot be written to.

    Raises:
        DescriptionError: it cannot.
    """
    try:
        yield
    except OSError as error:
        raise DescriptionError(Fault("cannot-write", f"cannot write {quoted(str(path))}: {reason(error)}")) from None


@contextlib.contextmanager
def replacement(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of `path` once all is written; if anything fails, `path` stays as it was.

    Raises:
        OSError: it cannot be written to.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        file = draft.open("xb") if replaceable(path) else None
    except OSError:  # no new file can be made there, but one that is there may take a text
        file = None
    if file is None:
        with path.open("wb") as file:
            yield file
        return
    try:
        with file:
            yield file
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    except BaseException:
        draft.unlink()
        raise


def replaceable(path: Path) -> bool:
    """Whether another file may take the place of this one: it is no pipe, nobody else's, and has one name."""
    if os.path.abspath(path).startswith(("/dev/", "/proc/")):  # noqa: PTH100  # pathlib's follows links
        return False
    try:
        state = path.stat()
    except FileNotFoundError:
        return True
    own = not hasattr(os, "geteuid") or state.st_uid == os.geteuid()
    return path.is_file() and own and state.st_nlink == 1 and os.access(path, os.W_OK)


def chosen_format(wanted: str, output: Path | None, sections: Sequence[type[Section]] = ()) -> OutputFormat:
    """The format that was asked for, or that fits where the result goes: one for these sections, or for tables.

    Raises:
        DescriptionError: there is no such format, or it shows nothing of them.
    """
    from convcalc.pages.page import Table
    from convcalc.views import PLAIN_FORMAT, TABLE_FORMAT, formats_of, known_format, suffix_format

    shown = sections or (Table,)
    fitting = formats_of(shown)
    if wanted:
        found = known_format(wanted)
        if found in fitting:
            return found
        raise unknown_format(wanted, fitting) if found is None else unfit_format(found, shown)
    if output not in STANDARD_OUTPUT:
        return suffix_format(output.suffix, fitting) or PLAIN_FORMAT
    return TABLE_FORMAT if Table in shown and on_terminal(output) else PLAIN_FORMAT


def unknown_format(wanted: str, known: Sequence[OutputFormat]) -> DescriptionError:
    """The error about a name that no format has."""
    from convcalc.errors import guess

    message = f"unknown format: {quoted(wanted)}{guess(wanted, [form.name for form in known])}"
    return DescriptionError(Fault("unknown-choice", message))


def unfit_format(form: OutputFormat, sections: Sequence[type[Section]]) -> DescriptionError:
    """The error about a format that cannot show some sections."""
    from convcalc.pages.page import NOUNS
    from convcalc.views import formats_of

    ways = (f"try: -f {', '.join(other.name for other in formats_of(sections) if not other.target)}",)
    if form.target:
        message = f"only networks can be written as {form.name}"
        return DescriptionError(Fault("format-does-not-apply", message, notes=ways))
    shows, wanted = (" and ".join(NOUNS[each] for each in some) for some in (form.shows, sections))
    return DescriptionError(
        Fault("format-does-not-apply", f"{form.name} is for {shows}, and not for {wanted}", notes=ways)
    )


def publish(pages: Sequence[Page], wanted: str, output: Path | None) -> None:
    """Write all pages in the format that was asked for, or that fits them and where they go.

    Raises:
        DescriptionError: there is no such format, or it cannot show what is on them.
    """
    write_pages(pages, chosen_format(wanted, output, sections_of(pages)), output)


def write_pages(pages: Sequence[Page], form: OutputFormat, output: Path | None) -> None:
    """Write all pages in one format, to standard output or to a file.

    Raises:
        DescriptionError: it cannot show what is on them.
    """
    from convcalc.pages.page import for_machines, for_people, merged

    if form.target:
        raise DescriptionError(Fault("format-does-not-apply", f"only networks can be written as {form.name}"))
    if others := [each for each in sections_of(pages) if each not in form.shows]:
        raise unfit_format(form, others)
    own = list(map(for_machines if form.machines else for_people, pages))
    if form.joined and sum(len(page.tables) for page in own) > 1:
        own = [merged(own)]
    if form.binary:
        publish_binary(own, form, output)
    else:
        text = form.write(own, screen(output)) if form.terminal else form.write(own)
        put(text, output, json_escaped if form.escaped else readable)


def sections_of(pages: Sequence[Page]) -> list[type[Section]]:
    """The types of what is on some pages, each once."""
    return list(dict.fromkeys(type(section) for page in pages for section in page.sections))


def publish_binary(pages: Sequence[Page], form: OutputFormat, output: Path | None) -> None:
    """Write pages of the same columns to a file that is no text."""
    with streamed(output, binary=True) as file, form.begin(file) as append:
        for page in pages:
            append(page)


def publish_network(report: Report, form: OutputFormat, output: Path | None) -> None:
    """Write a whole network in a format that has a target, to standard output or to a file."""
    module, _, function = form.target.partition(".")
    written: Callable[[Report], str] = getattr(import_module(f"convcalc.targets.{module}"), function)
    put(written(report), output)


def put(text: str, output: Path | None, lacking: Callable[[str], str] = readable) -> None:
    """Write to standard output, or to a file; `lacking` writes characters that standard output does not have."""
    if output is None or output in STANDARD_OUTPUT:
        write_out(text, lacking)
    else:
        save(output, text)


def save(path: Path, text: str) -> None:
    """Write to a file.

    Raises:
        DescriptionError: it cannot be written to.
    """
    with saved(path, text):
        pass


@contextlib.contextmanager
def saved(path: Path, text: str) -> Iterator[None]:
    """Write to a file, unless something fails meanwhile.

    Raises:
        DescriptionError: it cannot be written to.
    """
    with tell_unwritable(path), replacement(path) as file:
        file.write(text.encode())
        yield


def screen(output: Path | None) -> Screen:
    """How wide a page may be, and whether it is bold in places: as the environment says; a file has no end."""
    from convcalc.views.screen import Screen

    if output not in STANDARD_OUTPUT:
        return Screen()
    terminal = on_terminal(output)
    width = shutil.get_terminal_size().columns if terminal or "COLUMNS" in os.environ else None
    return Screen(width, bool(os.environ.get("FORCE_COLOR")) or (terminal and os.environ.get("TERM") != "dumb"))


def write_out(text: str, lacking: Callable[[str], str] = readable) -> None:
    """Write to standard output; `lacking` writes characters that its encoding does not have.

    Raises:
        DescriptionError: there is no standard output.
        typer.Exit: it cannot be written to, which has been told.
    """
    stream = sys.stdout
    if stream is None:
        raise DescriptionError(Fault("cannot-write", "cannot write: standard output is closed"))
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = "".join(char if char.isascii() else lacking(char) for char in text)
    try:
        stream.flush()
        with open(stream.fileno(), "w", encoding=encoding, closefd=False) as out:  # it writes all that it is given
            out.write(text)
    except io.UnsupportedOperation:
        stream.write(text)
    except OSError as error:
        raise typer.Exit(unwritable(error)) from None


def unwritable(error: OSError) -> int:
    """The exit status where standard output cannot be written to: silent if only its reader has gone."""
    silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return BROKEN_PIPE
    complain(str(Fault("cannot-write", f"cannot write: {reason(error)}")))
    return BAD_INPUT
