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
    ],
)
def test_names_are_completed(words, offered):
    """Each word that begins so, and nothing where there is none."""
    assert completed(words) == offered
