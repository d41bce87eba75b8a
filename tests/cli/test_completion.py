"""Shells complete commands, topics, networks, and the layers and variables of a network."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import HANGS, environment
from examples import one_in

COMMAND = Path(sys.executable).parent / "convcalc"


def completed(words):
    """What bash is offered behind some words."""
    count = len(words.split(" ")) - 1
    asked = environment(
        _CONVCALC_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(count), PATH=os.environ["PATH"]
    )
    done = subprocess.run([COMMAND], env=asked, capture_output=True, text=True, timeout=HANGS, check=False)
    return done.stdout.split()


def offered_by_zsh(words):
    """What zsh is given to offer."""
    asked = environment(_CONVCALC_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS=words, PATH=os.environ["PATH"])
    done = subprocess.run([COMMAND], env=asked, capture_output=True, text=True, timeout=HANGS, check=False)
    return re.findall(r'^(?:_arguments .*\(\()?"([^":]*)"', done.stdout, re.MULTILINE)


def script(shell):
    """What a shell reads to complete our command."""
    asked = environment(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1", PATH=os.environ["PATH"])
    done = subprocess.run(
        [COMMAND, "--show-completion", shell], env=asked, capture_output=True, text=True, timeout=HANGS, check=True
    )
    return done.stdout


def offered_by_fish(words):
    """What fish itself offers, in its own order."""
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"{script('fish')}\ncomplete -C '{words}'"],
        env=environment(PATH=path),
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
    return [line.partition("\t")[0] for line in done.stdout.splitlines()]


WORDS = pytest.mark.parametrize(
    ("words", "offered"),
    one_in(
        4,
        [
            ("convcalc co", ["count", "compare"]),
            ("convcalc explain ty", ["types"]),
            ("convcalc explain trac", ["trace"]),
            ("convcalc explain alexnet-", ["alexnet-variants", "alexnet-torchvision"]),
            ("convcalc explain alexnet conv", ["conv1", "conv2", "conv3", "conv4", "conv5"]),
            ("convcalc explain no-such-net conv", []),
            ("convcalc explain not-d", ["not-divisible"]),
            (
                "convcalc count vgg1",
                ["vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"],
            ),
            ("convcalc count mobilenet_v1 --set al", ["alpha="]),
            ("convcalc widen seed --set k", ["k1=", "k2="]),
            ("convcalc count seed --columns name,para", ["name,params", "name,params_share", "name,parameter_bytes"]),
            ("convcalc count seed --columns +recep", ["+receptive_field"]),
            ("convcalc count seed -f js", ["json", "jsonl"]),
            ("convcalc count seed --dtype in", ["int8", "int4"]),
            ("convcalc compare vgg19_", ["vgg19_bn"]),
            ("convcalc kinds max", ["maxpool", "maxunpool", "maxout"]),
            ("convcalc sweep seed --vary k1", ["k1="]),
            ("convcalc sweep seed --pareto params,mac", ["params,macs"]),
            ("convcalc fit mobilenet_v1 --vary al", ["alpha"]),
            ("convcalc widen seed --keep co", ["conv1", "conv2"]),
        ],
    ),
)


@WORDS
def test_names_are_completed(words, offered):
    """Each word that begins so, and nothing where there is none."""
    assert completed(words) == offered


@pytest.mark.long
@WORDS
def test_zsh_completes_them(words, offered):
    """The same as bash."""
    assert offered_by_zsh(words) == offered


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish")
@WORDS
def test_fish_completes_them(words, offered):
    """The same as bash, and what the folder has where we have nothing."""
    assert offered_by_fish(words) == sorted(offered)


def test_variants_are_completed():
    """Behind NET@, its variables: bash divides words there, and zsh and fish do not."""
    assert completed("convcalc compare seed mobilenet_v1 @ al") == ["alpha="]
    assert offered_by_zsh("convcalc count mobilenet_v1@al") == ["mobilenet_v1@alpha="]
    assert offered_by_zsh("convcalc count no-such-net@al") == []


def test_files_are_completed(tmp_path, monkeypatch):
    """Descriptions and folders of the current folder, and of one that is named."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets").mkdir()
    for name in ("mine.yaml", "mine.txt", "nets/small.yml"):
        (tmp_path / name).write_text("")

    assert completed("convcalc count mi") == ["mine.yaml"]
    assert completed("convcalc count ne") == ["nets/"]
    assert completed("convcalc check nets/s") == ["nets/small.yml"]


STREAMS = ["-", "/dev/stdin", "/dev/fd/0", "fifo", "-@k1=3", "/dev/zero"]


@pytest.mark.parametrize("net", one_in(2, STREAMS))
@pytest.mark.parametrize(
    "words", one_in(3, ["count {} --set ", "explain {} ", "compare {} @ ", "widen {} --keep ", "fit {} --vary "])
)
def test_no_stream_is_read(tmp_path, net, words):
    """B9: nothing that a shell completes waits for standard input, a pipe or a device, or takes from it."""
    os.mkfifo(tmp_path / "fifo")
    ours, theirs = os.pipe()
    os.write(theirs, b"input: 3x8x8\nvars: {k: 2}\nlayers: [conv k 3]\n")
    line = f"convcalc {words.format(net)}"
    asked = environment(
        _CONVCALC_COMPLETE="complete_bash",
        COMP_WORDS=line,
        COMP_CWORD=str(line.count(" ")),
        PATH=os.environ["PATH"],
    )
    process = subprocess.Popen([COMMAND], env=asked, cwd=tmp_path, stdin=ours, stdout=subprocess.PIPE, text=True)
    try:
        out, _ = process.communicate(timeout=20)  # what would wait would wait for ever
    finally:
        process.kill()
        os.close(theirs)

    assert "k=" not in out
    with os.fdopen(ours, "rb") as left:
        assert left.read().startswith(b"input: ")


def test_large_files_are_not_read(tmp_path, monkeypatch):
    """B9: a file that takes long to read is no source of completions; one within the bound is."""
    monkeypatch.chdir(tmp_path)
    text = "input: 3x8x8\nvars: {wide: 2}\nlayers: [conv wide 3]\n"
    (tmp_path / "net.yaml").write_text(text + "#" * ((1 << 20) - len(text)))
    (tmp_path / "large.yaml").write_text(text + "#" * ((1 << 20) - len(text) + 1))

    assert completed("convcalc count net.yaml --set ") == ["wide="]
    assert completed("convcalc count large.yaml --set ") == []


def test_names_with_at_signs_are_completed(tmp_path, monkeypatch):
    """C12: variables of a file whose name has an at sign, of a revision, and of what is set in part."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a@b.yaml").write_text("input: 3x8x8\nvars: {wide: 2, width: 3}\nlayers: [conv wide 3]\n")

    assert completed("convcalc count a@b.yaml --set wid") == ["wide=", "width="]
    assert completed("convcalc count a@b.yaml@wide=3 --set wid") == ["wide=", "width="]
    assert offered_by_zsh("convcalc count a@b.yaml@wi") == ["a@b.yaml@wide=", "a@b.yaml@width="]
