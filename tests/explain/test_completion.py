"""The shell completes topics, networks and the layers of a network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import environment

COMMAND = Path(sys.executable).parent / "convcalc"


def completed(words):
    """What bash is offered behind some words."""
    count = len(words.split(" ")) - 1
    asked = environment(
        _CONVCALC_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(count), PATH=os.environ["PATH"]
    )
    done = subprocess.run([COMMAND], env=asked, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("convcalc explain ty", ["types"]),
        ("convcalc explain trac", ["trace"]),
        ("convcalc explain alexnet-", ["alexnet-variants", "alexnet-torchvision"]),
        ("convcalc explain alexnet conv", ["conv1", "conv2", "conv3", "conv4", "conv5"]),
        ("convcalc explain no-such-net conv", []),
        ("convcalc explain not-d", ["not-divisible"]),
        ("convcalc count vgg1", ["vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"]),
        ("convcalc count mobilenet_v1 --set al", ["alpha="]),
        ("convcalc widen seed --set k", ["k1=", "k2="]),
        ("convcalc count seed --columns name,para", ["name,params", "name,params_share", "name,parameter_bytes"]),
        ("convcalc count seed --columns +recep", ["+receptive_field"]),
        ("convcalc count seed -f js", ["json", "jsonl"]),
        ("convcalc count seed --dtype in", ["int8", "int4"]),
        ("convcalc compare vgg19_", ["vgg19_bn"]),
    ],
)
def test_names_are_completed(words, offered):
    """Each word that begins so, and nothing where there is none."""
    assert completed(words) == offered


def test_files_are_completed(tmp_path, monkeypatch):
    """Descriptions and folders of the current folder, and of one that is named."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets").mkdir()
    for name in ("mine.yaml", "mine.txt", "nets/small.yml"):
        (tmp_path / name).write_text("")

    assert completed("convcalc count mi") == ["mine.yaml"]
    assert completed("convcalc count ne") == ["nets/"]
    assert completed("convcalc check nets/s") == ["nets/small.yml"]
