"""Files as they were in a revision of git."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from convcalc.errors import DescriptionError, Fault, quoted, reason
from convcalc.sources.files import FileForm, decode

if TYPE_CHECKING:
    from convcalc.sources.references import Reference


def revised(word: Reference, net: str, form: FileForm) -> str:
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
    """What is in a file that git calls so, cut one byte behind `most`; or else what git says is wrong.

    A repository may be a stranger's, and its configuration can name programs. `cat-file` reads one object and runs none
    of them: no filters, pagers, drivers of diffs, or checks of signatures. It would fetch what a partial clone lacks,
    and a remote can name a program, too: so fetching is off, for versions of git that know how, and no protocol is
    allowed for those that do not.

    Raises:
        OSError: there is no git.
        ValueError: a name has a null character.
    """
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
