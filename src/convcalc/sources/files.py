"""Where descriptions come from: files, standard input, the bundled networks, the words of a command line."""

from __future__ import annotations

import os
import re
import shlex
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from convcalc.errors import DescriptionError, Fault, Source, guess, quoted, reason
from convcalc.language.read.document import parse_description
from convcalc.layers import KINDS, canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.language.description import Description
    from convcalc.network.limits import Limit

STANDARD_INPUT = "-"


class Form(NamedTuple):
    """What a file should be, and how many bytes it has, at most."""

    name: str
    syntax: str
    most: int


DESCRIPTION = Form("description", "YAML", 32 << 20)
COMPLETED = Form("description", "YAML", 1 << 20)
"""What a shell completes from, while somebody waits."""

TABLE = Form("table", "CSV or JSON", 1 << 30)
COUNT = Form("count", "JSON", 32 << 20)
CONFIG = Form("configuration", "TOML", 1 << 20)
TENSORS = Form("file of tensors", "YAML or JSON", 32 << 20)


LONGEST_PATH = 4096
"""Characters of a path, at most: systems have none that is longer."""

LINE = re.compile(r"[\s(]*+(?:[A-Za-z_]\w*+:\s++)?([A-Za-z_]\w*+)(?![./-])", re.ASCII)
"""How a line of the language begins: with a kind, which may have a label."""

PACKAGE = Path(__file__).parent.parent
NETWORKS = PACKAGE / "networks"
TOPICS = PACKAGE / "explain" / "topic_files"
ERRORS = PACKAGE / "explain" / "errors.yaml"
EXAMPLES = PACKAGE / "cli" / "examples"


def bundled() -> dict[str, Path]:
    """The networks that come with convcalc, by name."""
    return {path.stem: path for path in sorted(NETWORKS.glob("*.yaml"), key=lambda path: path.stem)}


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


class Reference(NamedTuple):
    """A word for a network: `net.yaml@HEAD~3@width=64` has a path, a revision and a setting.

    `path` is that of a file, `-`, or the name of a bundled network; `revision` is None where the word has none.
    """

    path: str
    revision: str | None = None
    settings: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether its path stands for something today."""
        return is_there(self.path)

    @property
    def folder(self) -> Path:
        """The folder of its file, or else the current one."""
        isdir = self.revision is not None and os.path.isdir(os.path.dirname(self.path) or ".")  # noqa: PTH112, PTH120  # pathlib's raises on names too long
        return Path(self.path).parent if isdir or os.path.isfile(self.path) else Path()  # noqa: PTH113  # as above


def parted(net: str) -> Reference:
    """A word for a network in its parts. What exists as it stands is a path, whatever is in its name.

    >>> parted("net.yaml@HEAD@{1}@width=64")
    Reference(path='net.yaml', revision='HEAD@{1}', settings=('width=64',))
    """
    if "@" not in net or is_there(net):
        return Reference(net)
    _, *parts = net.split("@")
    end, settings = len(net), 0
    while settings < len(parts) and is_setting(parts[-1 - settings]):
        settings += 1
        end -= len(parts[-settings]) + 1
        if is_there(net[:end]):
            return Reference(net[:end], None, tuple(parts[-settings:]))
    own = tuple(parts[len(parts) - settings :])
    path = revised_path(net[:end])
    if settings == len(parts) or not path:
        return Reference(net[:end], None, own)
    earlier, revision = leading_settings(net[len(path) + 1 : end])
    return Reference(path, f"@{revision}" if revision.startswith("{") else revision, (*earlier, *own))


def is_setting(text: str) -> bool:
    """Whether a text looks like `width=64`."""
    name, equals, _ = text.partition("=")
    return bool(equals) and name.strip().isidentifier()


def is_there(net: str) -> bool:
    """Whether a word is a path that exists, `-`, or the name of a bundled network."""
    return len(net) <= LONGEST_PATH and (net == STANDARD_INPUT or os.path.exists(net) or net in bundled())  # noqa: PTH110  # pathlib's raises on names too long


def is_at_rest(net: str) -> bool:
    """Whether a word is a file, also in a revision, or a bundled network: no stream, such as a pipe or a terminal."""
    reference = parted(net)
    path = reference.path
    return os.path.isfile(path) or (not os.path.exists(path) and (reference.revision is not None or path in bundled()))  # noqa: PTH110, PTH113  # pathlib's raises on names too long


def revised_path(net: str) -> str:
    """What stands before the revision: a file if there is one, or else what is called like one; a revision may have @.

    >>> revised_path("gone@2/net.yaml@HEAD@{1}"), revised_path("@HEAD")
    ('gone@2/net.yaml', '')
    """
    paths = [net[:at] for at, char in enumerate(net[: LONGEST_PATH + 1]) if at and char == "@"]
    files = filter(os.path.isfile, paths)
    named = (path for path in paths if path.endswith((".yaml", ".yml", ".json")))
    return next(chain(files, named, paths), "")


def leading_settings(text: str) -> tuple[tuple[str, ...], str]:
    """The settings that stand before a revision, and the revision."""
    parts = text.split("@")
    count = next(number for number, part in enumerate([*parts, ""]) if not is_setting(part))
    return tuple(parts[:count]), "@".join(parts[count:])


def load(net: str, form: Form = DESCRIPTION) -> Description:
    """The description that a word of the command line stands for: a path, `-`, or the name of a bundled network.

    Raises:
        DescriptionError: there is no such thing, or it cannot be read.
    """
    word = parted(net)
    if word.revision is not None:
        return parse_description(Source(net, revised(word, net, form)), Path(word.path).stem)
    if word.settings:
        raise missing(net)
    if net == STANDARD_INPUT:
        text = text_of(net, form)
        if not text.strip():
            way = "try: a file, a bundled network such as alexnet, or a description on standard input"
            raise DescriptionError(Fault("missing-argument", "which network? Standard input is empty", notes=(way,)))
        return parse_description(Source("<stdin>", text), "stdin")
    path = Path(net)
    if not os.path.isfile(net) and net in (own := bundled()):  # noqa: PTH113  # pathlib's raises on names too long
        path = own[net]
    return parse_description(Source(net if path == Path(net) else f"{net}.yaml", read(path, net, form)), path.stem)


def count_text(word: str) -> str | None:
    """The text of an earlier count: in a file, a revision of one, or standard input; none where a network is named.

    Raises:
        DescriptionError: it cannot be read.
    """
    reference = parted(word)
    path = reference.path
    if path.endswith((".yaml", ".yml")) or (not os.path.isfile(path) and path in bundled()):  # noqa: PTH113  # pathlib's raises on names too long
        return None
    return text_of(word, COUNT) if reference.revision is None else revised(reference, word, COUNT)


def with_settings(net: str) -> tuple[str, list[str]]:
    """A network and what is set in it alone: `net.yaml@width=64@depth=2`; of no network, nothing is."""
    path, revision, settings = word = parted(net)
    if revision is not None:
        return f"{path}@{revision}", [*settings]
    return (path, [*settings]) if word.exists else (net, [])


def revised(word: Reference, net: str, form: Form) -> str:
    """A file as it was in a revision of git.

    Raises:
        DescriptionError: git has no such file or revision, or there is no git.
    """
    folder, name = os.path.split(word.path)
    try:
        content, said = git(folder or ".", f"{word.revision}:./{name}", form.most)
    except (OSError, ValueError) as error:
        raise DescriptionError(Fault("cannot-read", f"cannot read {quoted(net)}: git: {reason(error)}")) from None
    if said is not None:
        ways = (f"a variable is set as {quoted(word.path)}@NAME=VALUE, and behind @ alone stands a revision of git",)
        raise DescriptionError(Fault("no-such-file", f"there is no {quoted(net)}: git: {quoted(said)}", notes=ways))
    return decode(content, net, form)


def git(folder: str, name: str, most: int) -> tuple[bytes, str | None]:
    """The first bytes of a file in git's words, one more than `most` if there are so many; and what git has against it.

    A repository may be a stranger's, and its configuration can name programs. `cat-file` reads one object and runs none
    of them: no filters, pagers, drivers of diffs, or checks of signatures. It would fetch what a partial clone lacks,
    and a remote can name a program, too: so fetching is off, for versions of git that know how, and no protocol is
    allowed for those that do not.

    Raises:
        OSError: there is no git.
        ValueError: a name has a null character.
    """
    import subprocess  # few networks are of another time

    options = ["--no-pager", "-c", "core.fsmonitor=false", "-C", folder]
    command = ["git", *options, "cat-file", "blob", "--end-of-options", name]
    with subprocess.Popen(  # noqa: S603  # no shell, and no options
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **OFFLINE},
    ) as process:
        content: bytes = process.stdout.read(most + 1)  # type: ignore[union-attr]  # it is a pipe
        if len(content) > most:
            process.kill()
            return content, None
        lines = process.stderr.read().decode("utf-8", "replace").splitlines()  # type: ignore[union-attr]  # as above
    if not process.returncode:
        return content, None
    fatal = [line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")]
    return b"", next(iter([*fatal, *lines]), "it failed")


OFFLINE = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
"""What tells git to stay within the repository, to change nothing, and to ask nothing."""

CONFIGS = {"convcalc.toml": ("budget",), "pyproject.toml": ("tool", "convcalc", "budget")}
"""Files that may have a budget, and the keys that lead to it."""

ROOTS = (".git", ".hg")
"""What the root of a project has: no configuration is looked for above it."""


def configured(net: str, config: str | None = None) -> list[Limit]:
    """The budget in a configuration, or else in the nearest, from the folder of a network up to the project's root.

    Raises:
        DescriptionError: it cannot be read, or the one that is named has no budget.
    """
    from convcalc.language.read.budget import parse_config  # what is only counted has no budget

    if config is None:
        found = (limits for folder in folders(net) if (limits := limits_of(folder)) is not None)
        return next(found, [])
    source = Source("<stdin>" if config == STANDARD_INPUT else config, text_of(config, CONFIG))
    for keys in CONFIGS.values():
        limits = parse_config(source, keys)
        if limits is not None:
            return limits
    tables = " and no table ".join(f"[{'.'.join(keys)}]" for keys in CONFIGS.values())
    raise DescriptionError(Fault("missing-argument", f"{quoted(source.name)} has no table {tables}"))


def folders(net: str) -> Iterator[Path]:
    """The folder of a network or the current one, and those above, up to the root of the project if there is one."""
    here = parted(net).folder
    try:
        real = here.resolve()
    except OSError:  # the current folder is deleted
        return
    for folder in (real, *real.parents):
        yield here if folder == real else folder
        if any((folder / root).exists() for root in ROOTS):
            return


def limits_of(folder: Path) -> list[Limit] | None:
    """The budget that a folder has; none if those further up count.

    Raises:
        DescriptionError: what it has cannot be read.
    """
    from convcalc.language.read.budget import parse_config

    path = folder / "convcalc.toml"
    if path.is_file():
        shown = from_here(path)
        limits = parse_config(Source(shown, read(path, shown, CONFIG)), CONFIGS[path.name])
        if limits is None:
            ways = ("try: [budget], and below it lines such as params = '5M'",)
            raise DescriptionError(Fault("missing-argument", f"{quoted(shown)} has no table [budget]", notes=ways))
        return limits
    path = folder / "pyproject.toml"
    return project_limits(path) if path.is_file() else None


def project_limits(path: Path) -> list[Limit] | None:
    """The budget in a pyproject.toml; none if that has no table [tool.convcalc], be it broken or not.

    Raises:
        DescriptionError: it has one, and cannot be read.
    """
    from convcalc.language.read.budget import parse_config
    from convcalc.language.read.toml import parse_table

    shown = from_here(path)
    try:
        with path.open("rb") as file:
            content = file.read(CONFIG.most + 1)
    except OSError:
        return None
    if b"convcalc" not in content:
        return None
    *above, _ = keys = CONFIGS["pyproject.toml"]
    try:
        source = Source(shown, decode(content, shown, CONFIG))
        limits = parse_config(source, keys)
        return [] if limits is None and parse_table(source, tuple(above)) is not None else limits
    except DescriptionError:
        if ".".join(above).encode() in content:
            raise
        return None


def from_here(path: Path) -> str:
    """A path as it is shown: from the current folder, if there is one."""
    try:
        return os.path.relpath(path)
    except OSError:
        return str(path)


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
    ways = (f"try: -i 3x32x32 -l {shlex.quote(net)}, for layers in place of a NET",) if begins_a_layer(net) else ()
    hint = guess(net.partition("@")[0], bundled()) or "; convcalc nets lists those that there are"
    message = f"there is no file and no bundled network {quoted(net)}{'' if ways else hint}"
    return DescriptionError(Fault("no-such-file", message, notes=ways))


def begins_a_layer(text: str) -> bool:
    """Whether a text is a line of the language rather than the name of a network."""
    match = LINE.match(text)
    return match is not None and canonical(match[1]) in (*KINDS, "residual")


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
