"""Nothing that convcalc reads can read a file, run code, start a program or reach a network.

The interpreter itself tells what a run does (PEP 578): each reader is given what would do harm where text is evaluated,
and no event may follow that does not follow something harmless, too.
"""

import json
import subprocess
import sys

import pytest
from command_line import environment

PAYLOADS = (
    "__import__('os').system('touch made')",
    "().__class__.__base__.__subclasses__()",
    "open('secret').read()",
    'exec(\'open("made","w")\')',
    "eval('1')",
    "(lambda: 0)()",
    "[x for x in (1, 2)]",
    "f'{1}'",
    "import os",
    "!!python/object/apply:os.system ['touch made']",
    "!include secret",
    "<<: *secret",
    "$(touch made)",
    "`touch made`",
    "; touch made",
    "| touch made",
    "${HOME}",
    "{{7*7}}",
    "%(secret)s",
    "file:secret",
    "secret",
    "@secret",
    "http://127.0.0.1:9/secret",
    "\\\\127.0.0.1\\secret",
)
"""What would be harmful if a shell, Python, YAML or a template read it."""

DESCRIPTION = """\
name: {quoted}
source: {quoted}
input: {shape}
vars: {{a: {quoted}, b: [{quoted}, 2]}}
budget: {{params: {quoted}, blocks: {{{quoted}: {{macs: 1}}}}}}
layers:
  - conv {line} 3
  - {quoted}
  - {quoted}: relu
  - conv: {{out_channels: {quoted}, kernel_size: 3}}
  - repeat: {quoted}
    do: relu
"""


def described(payload):
    """A description with a payload wherever a text may stand."""
    return DESCRIPTION.format(quoted=json.dumps(payload), line=json.dumps(payload)[1:-1], shape=json.dumps(payload))


def raw(payload):
    """A description that is YAML only if the payload is."""
    return f"name: x\ninput: 3x8x8\nlayers:\n  - conv 8 3\n  - {payload}\n"


FILES = {
    "a description": (("count", "given"), described),
    "a description, raw": (("count", "given"), raw),
    "a description, checked": (("check", "given"), described),
    "a table": (("sweep", "seed", "--rows", "given.csv"), lambda text: f'k1,k2\n"{text}",3\n'),
    "a table of JSON": (("sweep", "seed", "--rows", "given.jsonl"), lambda text: json.dumps({"k1": text}) + "\n"),
    "an earlier count": (
        ("check", "seed", "--baseline", "given"),
        lambda text: json.dumps({"network": text, "totals": {"macs": text}, "input": text}),
    ),
    "a configuration": (
        ("check", "seed", "--config", "given"),
        lambda text: f"[budget]\nparams = {json.dumps(text)}\n",
    ),
    "tensors": (
        ("explain", "trace", "-i", "1x2x2", "-l", "conv 1 2", "--values", "given"),
        lambda text: json.dumps({"input": [[[text, 1], [2, 3]]]}),
    ),
}
"""Each reader of files: a command that names the file, and what it holds."""

WORDS = {
    "a line": lambda text: ("count", "-i", "3x8x8", "-l", text),
    "a number in a line": lambda text: ("count", "-i", "3x8x8", "-l", f"conv {text} 3"),
    "a number among symbols": lambda text: ("count", "-i", "3,n,n", "-l", f"conv k 3, conv {text} 3"),
    "an input": lambda text: ("count", "-i", text, "-l", "conv 8 3"),
    "a setting": lambda text: ("count", "seed", "--set", f"k1={text}"),
    "a setting of a network": lambda text: ("count", f"seed@k1={text}"),
    "values": lambda text: ("sweep", "seed", "--vary", f"k1={text}"),
    "a condition": lambda text: ("sweep", "seed", "--vary", "k1=8,16", "--where", text),
    "an amount": lambda text: ("fit", "seed", "--max-params", text),
    "a factor": lambda text: ("widen", "seed", "--factor", text),
    "a pattern": lambda text: ("widen", "seed", "--factor", "2", "--keep", text),
    "columns": lambda text: ("count", "seed", "--columns", text),
    "a layer": lambda text: ("explain", "seed", text),
    "a kind": lambda text: ("kinds", text),
}
"""Each reader of words."""

WATCHER = """
import importlib, io, os, pkgutil, sys
from contextlib import redirect_stderr, redirect_stdout
import convcalc
from convcalc.cli.app import run
from convcalc.layers.kinds import KINDS, kind_class

PACKAGE = os.path.dirname(convcalc.__file__)
HOME = [os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, PACKAGE)]
HARMLESS = {
    "sys._getframe", "object.__getattr__", "object.__setattr__", "object.__delattr__", "builtins.id", "marshal.loads",
    "os.listdir", "os.scandir", "import", "glob.glob", "glob.glob/2",
}

def ours(path):
    own = isinstance(path, str) and os.path.realpath(path)
    return own and (path.startswith("<frozen") or any(own.startswith(each) for each in HOME))

def watch(event, arguments):
    if not watching or event in HARMLESS:
        return
    if event == "open" and (arguments[0] in given or arguments[0] == 1 or ours(arguments[0])):
        return
    if event == "compile" and arguments[1] == "<unknown>":  # ast.parse, which runs nothing
        return
    if event == "exec":
        if not ours(arguments[0].co_filename):
            seen.add(f"exec {arguments[0].co_filename}")
        return
    seen.add(f"{event} {arguments!r}"[:300])

for kind in KINDS:
    kind_class(kind)
for module in pkgutil.walk_packages(convcalc.__path__, "convcalc."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

watching, seen, given, usual = False, set(), [], set()
sys.addaudithook(watch)
for words, files, first in eval(sys.argv[1]):
    given[:] = files
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        run(words)
        watching = True
        status = run(words)
        watching = False
    usual = set(seen) if first else usual
    if status not in (0, 1, 2) or seen - usual or "TEXT" in out.getvalue() + err.getvalue():
        print(words, status, sorted(seen - usual), err.getvalue()[-300:])
    seen.clear()
"""
"""Runs commands, and tells of each what it did that the last harmless one before it did not: whatever the interpreter
knows to be of note but imports, the reading of what was given, and of what is installed."""

HARMLESS = "8"


def events(commands, folder):
    """What runs have done besides reading what they were given, a line for each that did something."""
    (folder / "secret").write_text("SECRET TEXT")
    done = subprocess.run(
        [sys.executable, "-c", WATCHER, repr(commands)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert not (folder / "made").exists()
    return done.stdout


@pytest.mark.long
def test_files_do_nothing(tmp_path):
    """No reader of files does more than to read."""
    commands = []
    for at, (command, content) in enumerate(FILES.values()):
        for number, payload in enumerate((HARMLESS, *PAYLOADS)):
            named = {
                word: word.replace("given", f"given-{at}-{number}") for word in command if word.startswith("given")
            }
            (path,) = named.values()
            (tmp_path / path).write_text(content(payload))
            commands.append(([named.get(word, word) for word in command], [path], payload is HARMLESS))

    assert events(commands, tmp_path) == ""


@pytest.mark.long
def test_words_do_nothing(tmp_path):
    """No reader of words reads anything else."""
    payloads = (HARMLESS, *PAYLOADS)
    commands = [([*words(payload)], [], payload is HARMLESS) for words in WORDS.values() for payload in payloads]

    assert events(commands, tmp_path) == ""


@pytest.mark.long
def test_what_is_done_is_seen(tmp_path):
    """A run that opens a file, or starts a program, is told."""
    (tmp_path / "net.yaml").write_text("input: 3x8x8\nlayers: [conv 8 3]\n")
    opened = events([(["count", "seed"], [], True), (["count", "net.yaml"], [], False)], tmp_path)
    started = events([(["count", "seed"], [], True), (["count", "net.yaml@HEAD"], [], False)], tmp_path)

    assert "open ('net.yaml'" in opened
    assert "subprocess.Popen" in started
