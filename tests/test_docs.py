"""The examples of README and docs are real: each command is run, and its output is what stands below it.

A block of `console` has commands after `$`, the output below them, and `? N` for an exit status other than 0. A block
of `yaml` whose first line is `# name.yaml` is a file that the commands below it find. What MACs are
stands below the first table of a page alone.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import called, environment

from convcalc.cli.app import COMMANDS
from convcalc.layers.kinds import ALIASES, KINDS
from convcalc.pages.count import FOOT

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "src" / "convcalc" / "cli" / "examples").glob("*.txt"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(console|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w.-]+\.yaml)\b")


WORD = r"""(?:'[^']*'|[^\s'"|&;<>()$`*?\\#~{}])+"""
PLAIN = re.compile(rf"convcalc(?P<words>(?: {WORD})*)(?: > (?P<file>[\w.-]+)| \| (?P<rest>.*))?")
"""A command of convcalc that needs no shell, and where its output goes, if not to the reader."""


def typed(command, stdin=b""):
    """The output of a shell command as a reader would see it, and its exit status."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=environment(PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"),
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode(), done.returncode


def imitated(command, stdin=b""):
    """The same, but commands of convcalc run in this process, where they start faster."""
    match = PLAIN.fullmatch(command)
    if not match:
        return typed(command, stdin)
    arguments = shlex.split(match["words"])
    if not match["file"] and not match["rest"]:
        done = called(*arguments, stdin=stdin, together=True)
        return done.out, done.status
    done = called(*arguments, stdin=stdin)
    if match["file"]:
        Path(match["file"]).write_text(done.out, encoding="utf-8")
        return done.err, done.status
    text, status = imitated(match["rest"], done.out.encode())
    return done.err + text, status or done.status


@pytest.fixture
def rerun(request, tmp_path, monkeypatch):
    """Gives a block the real output of its commands; with --long, and where it is written, from a shell."""
    shell = request.config.getoption("--long") or request.config.getoption("--rewrite-docs")
    run = typed if shell else imitated
    monkeypatch.chdir(tmp_path)

    def shown(command):
        text, status = run(command)
        return f"$ {command}\n{text}" + (f"? {status}\n" if status else "")

    return lambda block: "".join(shown(line[2:]) for line in block.splitlines() if line.startswith("$ "))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_of_help_are_real(path, rerun, request):
    """At least two commands for each, what they print, and nothing wider than a terminal."""
    text = path.read_text(encoding="utf-8")
    real = rerun(text)
    if request.config.getoption("--rewrite-docs"):
        path.write_text(real, encoding="utf-8")
        text = real

    assert real == text
    assert len(re.findall(rf"^\$ convcalc {path.stem}\b", text, re.MULTILINE)) >= 2
    assert max(map(len, text.splitlines())) <= 78
    assert "\n? " not in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_are_real(page, rerun, tmp_path, request):
    """Whoever types a command of the page gets what the page shows."""
    text = page.read_text(encoding="utf-8")

    def renewed(match):
        language, block = match.groups()
        if language == "yaml":
            if name := FILE.match(block):
                (tmp_path / name[1]).write_text(block, encoding="utf-8")
            return match[0]
        return f"```console\n{rerun(block)}```"

    real = once(BLOCK.sub(renewed, text))
    if request.config.getoption("--rewrite-docs"):
        page.write_text(real, encoding="utf-8")

    assert real == text or request.config.getoption("--rewrite-docs")


def once(page):
    """A page on which the sentence about MACs stands below its first table alone (E12)."""
    first, *others = page.split(f"\n{FOOT}\n")
    if not others:
        return page
    *between, last = others
    return "\n".join([first, FOOT, *[part.removesuffix("\n") for part in between], last])


def test_no_sentence_stands_below_every_table():
    """E12: what MACs are is said once on a page."""
    assert [page.name for page in PAGES if page.read_text(encoding="utf-8").count(f"\n{FOOT}\n") > 1] == []


KINDS_HEAD = """\
# Kinds of layers

What each kind takes, as `convcalc kinds KIND` prints it: this page is made from the classes of the kinds, and
`pytest --rewrite-docs` writes it anew. [The language](language.md) tells how lines are written.
"""


def test_the_reference_of_kinds_is_made_from_their_classes(request):
    """Each kind has its section, as its class says it."""
    page = ROOT / "docs" / "kinds.md"
    sections = [called("kinds", kind, "-f", "markdown").out.replace("  \n  \n", "\n\n") for kind in KINDS]
    made = "\n".join([KINDS_HEAD, *sections])
    if request.config.getoption("--rewrite-docs"):
        page.write_text(made, encoding="utf-8")

    assert page.read_text(encoding="utf-8") == made


def test_the_language_names_all_kinds():
    """Its table has each kind and each of its other names."""
    text = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    table = text.partition("## Kinds\n")[2].partition("\n## ")[0]
    named = set(
        re.findall(r"[\w]+", " ".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| ")))
    )

    assert {*KINDS, *ALIASES} - named == set()


def test_each_command_has_examples():
    """Help shows them, and a command without would have none to show."""
    assert {path.stem for path in EXAMPLES} == set(COMMANDS)


def test_the_first_commands_are_those_that_ci_runs():
    """README opens with the two commands that do all the set-up, each a line of its own."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGES[0].read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

    assert [block.count("\n") for block in blocks[:2]] == [1, 1]
    assert blocks[0].strip().endswith("&& convcalc count alexnet")
    assert blocks[1].strip().endswith("&& pytest")
