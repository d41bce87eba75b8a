"""Files and standard input as text, of no more bytes than what they should be needs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from convcalc.errors import DescriptionError, Fault, quoted, reason

STANDARD_INPUT = "-"
"""What stands for standard input, where a file is named."""


class FileForm(NamedTuple):
    """What a file should be, and how many bytes it has, at most."""

    name: str
    syntax: str
    most: int


DESCRIPTION_FILE = FileForm("description", "YAML", 32 << 20)
COMPLETED_FILE = FileForm("description", "YAML", 1 << 20)
"""What a shell completes from, while somebody waits."""

TABLE_FILE = FileForm("table", "CSV or JSON", 1 << 30)
COUNT_FILE = FileForm("count", "JSON", 32 << 20)
CONFIGURATION_FILE = FileForm("configuration", "TOML", 1 << 20)
TENSORS_FILE = FileForm("file of tensors", "YAML or JSON", 32 << 20)


class MissingFileError(DescriptionError):
    """There is no file of a name."""

    def __init__(self, name: str) -> None:
        super().__init__(Fault("no-such-file", f"there is no file {quoted(name)}"))


def text_of(name: str, form: FileForm) -> str:
    """The text of a file, or, for `-`, of standard input.

    Raises:
        DescriptionError: it cannot be read as text.
    """
    if name != STANDARD_INPUT:
        return read_file(Path(name), name, form)
    if sys.stdin is None:
        raise DescriptionError(Fault("cannot-read", "cannot read: standard input is closed"))
    return decode(sys.stdin.buffer.read(form.most + 1), "<stdin>", form)


def read_file(path: Path, name: str, form: FileForm = DESCRIPTION_FILE) -> str:
    """The text of a file, which messages call by a name.

    Raises:
        MissingFileError: there is none.
        DescriptionError: it cannot be read as text.
    """
    if not name:
        raise MissingFileError(name)
    try:
        content = first_bytes(path, form)
    except FileNotFoundError:
        raise MissingFileError(name) from None
    except (OSError, ValueError) as error:
        raise DescriptionError(Fault("cannot-read", f"cannot read {quoted(name)}: {reason(error)}")) from None
    return decode(content, name, form)


def first_bytes(path: Path, form: FileForm) -> bytes:
    """What is in a file, cut one byte behind the most that it may have.

    Raises:
        OSError: it cannot be read.
        ValueError: its name has a null character.
    """
    with path.open("rb") as file:
        return file.read(form.most + 1)


def decode(content: bytes, name: str, form: FileForm) -> str:
    """What is in a file, as text.

    Raises:
        DescriptionError: it is too large, binary, or not UTF-8.
    """
    if len(content) > form.most:
        raise DescriptionError(
            Fault("beyond-limits", f"{quoted(name)} is larger than {form.most >> 20} MiB, which no {form.name} needs")
        )
    if b"\0" in content:
        raise DescriptionError(
            Fault("not-text", f"{quoted(name)} is binary, and a {form.name} is text in {form.syntax}")
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"{quoted(name)} is not UTF-8: byte 0x{content[error.start]:02x} in line {line}"
        raise DescriptionError(Fault("not-text", message)) from None
