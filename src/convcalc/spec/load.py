"""Where descriptions come from: files, standard input, the bundled networks, the words of a command line."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from convcalc.errors import DescriptionError, Fault, Place, Source, quoted, reason
from convcalc.spec.document import parse_description
from convcalc.spec.names import guess
from convcalc.spec.value import Value, ValueFault, parse_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.budget import Limit
    from convcalc.spec.document import Description

STANDARD_INPUT = "-"


class Form(NamedTuple):
    """What a file should be, and how many bytes it has, at most."""

    name: str
    syntax: str
    most: int


DESCRIPTION = Form("description", "YAML", 32 << 20)
TABLE = Form("table", "CSV or JSON", 1 << 30)
COUNT = Form("count", "JSON", 32 << 20)
CONFIG = Form("configuration", "TOML", 1 << 20)
TENSORS = Form("file of tensors", "YAML or JSON", 32 << 20)

LIST = re.compile(r"\s*\[[^\[\]]*\]\s*|[^()\[\]]*,[^()\[\]]*")
BRACKETS = re.compile(r"^\s*\[|\]\s*$")
"""A value of --set that is a list: `[3,4,23,3]`, or without the brackets, which shells treat in their own way."""

PACKAGE = Path(__file__).parent.parent
TOPICS = PACKAGE / "topic_files"
ERRORS = PACKAGE / "errors.yaml"
EXAMPLES = PACKAGE / "examples"
CHECKOUT = PACKAGE.parent.parent


def bundled() -> dict[str, Path]:
    """The networks that come with convcalc, by name."""
    installed = PACKAGE / "specs"
    folder = installed if installed.is_dir() else CHECKOUT / "specs"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"), key=lambda path: path.stem)}


def topic_names() -> list[str]:
    """The questions that convcalc has answers to."""
    return sorted(path.stem for path in TOPICS.glob("*.yaml"))


def topic_text(name: str) -> str:
    """The text of an answer."""
    return read(TOPICS / f"{name}.yaml", name)


def errors_text() -> str:
    """The text of what all errors mean."""
    return read(ERRORS, ERRORS.name)


def examples_text(command: str) -> str:
    """Examples of a command: after `$` what one types, and below what that prints."""
    return read(EXAMPLES / f"{command}.txt", command)


def load(net: str) -> Description:
    """The description that a word of the command line stands for: a path, `-`, or the name of a bundled network.

    Raises:
        DescriptionError: there is no such thing, or it cannot be read.
    """
    base, _, revision = net.rpartition("@")
    if base and not os.path.exists(net):  # noqa: PTH110  # pathlib's raises on names too long
        return parse_description(Source(net, revised(base, revision, net)), Path(base).stem)
    if net == STANDARD_INPUT:
        text = text_of(net, DESCRIPTION)
        if not text.strip():
            way = "try: a file, a bundled network such as alexnet, or a description on standard input"
            raise DescriptionError(Fault("missing-argument", "which network? Standard input is empty", notes=(way,)))
        return parse_description(Source("<stdin>", text), "stdin")
    path = Path(net)
    if not os.path.isfile(net) and net in (own := bundled()):  # noqa: PTH113  # pathlib's raises on names too long
        path = own[net]
    return parse_description(Source(net if path == Path(net) else f"{net}.yaml", read(path, net)), path.stem)


CONFIGS = {"convcalc.toml": ("budget",), "pyproject.toml": ("tool", "convcalc", "budget")}
"""Files that may have a budget, and the keys that lead to it."""


def configured(net: str, config: str | None = None) -> list[Limit]:
    """The budget in a configuration, or else in the nearest: in the folder of a network or the current one, or above.

    Raises:
        DescriptionError: it cannot be read, or the one that is named has no budget.
    """
    from convcalc.spec.budget import parse_config  # what is only counted has no budget

    if config is not None:
        source = Source("<stdin>" if config == STANDARD_INPUT else config, text_of(config, CONFIG))
        for keys in CONFIGS.values():
            limits = parse_config(source, keys)
            if limits is not None:
                return limits
        tables = " and no table ".join(f"[{'.'.join(keys)}]" for keys in CONFIGS.values())
        raise DescriptionError(Fault("missing-argument", f"{quoted(source.name)} has no table {tables}"))
    own = net if os.path.isfile(net) else net.partition("@")[0]  # noqa: PTH113  # pathlib's raises on names too long
    here = Path(own).parent if os.path.isfile(own) else Path()  # noqa: PTH113  # as above
    for folder in (here, *here.resolve().parents):
        for name, keys in CONFIGS.items():
            path = folder / name
            if path.is_file():
                shown = os.path.relpath(path)
                limits = parse_config(Source(shown, read(path, shown, CONFIG)), keys)
                if limits is not None:
                    return limits
                if name == "convcalc.toml":
                    ways = ("try: [budget], and below it lines such as params = '5M'",)
                    raise DescriptionError(
                        Fault("missing-argument", f"{quoted(shown)} has no table [budget]", notes=ways)
                    )
    return []


def with_settings(net: str) -> tuple[str, list[str]]:
    """A network and what is set in it alone: `net.yaml@width=64@depth=2`."""
    base, *rest = net.split("@")
    own = [part for part in rest if "=" in part]
    return "@".join([base, *(part for part in rest if "=" not in part)]), own


def revised(path: str, revision: str, net: str) -> str:
    """A file as it was in a revision of git.

    Raises:
        DescriptionError: git has no such file or revision, or there is no git.
    """
    import subprocess  # few networks are of another time

    folder, name = os.path.split(path)
    what = f"{revision}:./{name}"
    command = ["git", "-C", folder or ".", "show", "--no-textconv", "--end-of-options", what]
    try:
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603  # no shell, and no options
    except OSError as error:
        raise DescriptionError(Fault("cannot-read", f"cannot read {quoted(net)}: git: {reason(error)}")) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
        ways = (f"a variable is set as {quoted(path)}@NAME=VALUE, and behind @ alone stands a revision of git",)
        raise DescriptionError(Fault("no-such-file", f"there is no {quoted(net)}: git: {quoted(said)}", notes=ways))
    return decode(done.stdout, net)


def text_of(name: str, form: Form) -> str:
    """The text of a file, or, for `-`, of standard input.

    Raises:
        DescriptionError: it cannot be read as text.
    """
    if name != STANDARD_INPUT:
        return read(Path(name), name, form)
    if sys.stdin is None:
        raise DescriptionError(Fault("cannot-read", "cannot read: standard input is closed"))
    return decode(sys.stdin.buffer.read(form.most + 1), "<stdin>", form)


def read(path: Path, net: str, form: Form = DESCRIPTION) -> str:
    """The text of a file.

    Raises:
        DescriptionError: it cannot be read as text.
    """
    if not net:
        raise missing(net, form)
    try:
        with path.open("rb") as file:
            content = file.read(form.most + 1)
    except FileNotFoundError:
        raise missing(net, form) from None
    except (OSError, ValueError) as error:
        raise DescriptionError(Fault("cannot-read", f"cannot read {quoted(net)}: {reason(error)}")) from None
    return decode(content, net, form)


def missing(net: str, form: Form = DESCRIPTION) -> DescriptionError:
    """The error about a file that is not there."""
    if form is not DESCRIPTION:
        return DescriptionError(Fault("no-such-file", f"there is no file {quoted(net)}"))
    if not net:
        return DescriptionError(Fault("no-such-file", "the name of a network is empty"))
    hint = guess(net, bundled()) or "; convcalc nets lists those that there are"
    return DescriptionError(Fault("no-such-file", f"there is no file and no bundled network {quoted(net)}{hint}"))


def decode(content: bytes, name: str, form: Form = DESCRIPTION) -> str:
    """The text of a file.

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


def parse_settings(settings: list[str]) -> dict[str, Value | tuple[Value, ...]]:
    """Variables from `name=value`, where a value may be a list: `depth=3,4,23,3`. The last of a name wins.

    Raises:
        DescriptionError: a setting has another form.
    """
    found: dict[str, Value | tuple[Value, ...]] = {}
    for text, name, written, place in assignments(settings, "--set"):
        if not name:
            message = f"--set takes name=value, but got {quoted(text)}"
            raise DescriptionError(Fault("wrong-argument", message, place, notes=("try: --set width=64",)))
        if LIST.fullmatch(written):
            found[name] = tuple(value(item.strip(), place) for item in BRACKETS.sub("", written).split(","))
        else:
            found[name] = value(written, place)
    return found


def parse_inputs(inputs: list[str]) -> dict[str, Value]:
    """Shapes of inputs from `3x224x224` or `name=3x224x224`.

    Raises:
        DescriptionError: an input has another form.
    """
    found: dict[str, Value] = {}
    for _, name, written, place in assignments(inputs, "--input"):
        if (name or "input") in found:
            raise DescriptionError(Fault("given-twice", f"--input gives {quoted(name or 'the input')} twice", place))
        found[name or "input"] = value(written, place, ("x", ","))
    return found


def assignments(texts: list[str], option: str) -> Iterator[tuple[str, str, str, Place]]:
    """Each text, its name (empty if it has none), what stands behind the name, and where that is."""
    for text in texts:
        name, equals, written = text.rpartition("=")
        place = Place(Source(option, text), 1, len(name) + len(equals) + 1, max(1, len(written)))
        yield text, name.strip(), written, place


def value(text: str, place: Place, separators: tuple[str, ...] = ("x",)) -> Value:
    """A value that stands at a place.

    Raises:
        DescriptionError: the text is none.
    """
    try:
        return parse_value(text, 0, place, separators)
    except ValueFault as fault:
        raise DescriptionError(
            Fault(fault.code, fault.message, place.part(fault.start, fault.width), notes=fault.notes)
        ) from None
