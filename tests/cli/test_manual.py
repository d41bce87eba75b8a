"""`convcalc man`: a manual page that has all commands and all their options."""

import re
import shutil
import subprocess

import pytest
from command_line import called, shown

from convcalc.cli.app import COMMANDS


def test_all_commands_are_in_it():
    """Each command has a section, with its sentence and its options, as its help has."""
    text = shown("man").replace(r"\-", "-")
    sections = dict(re.findall(r"^\.SS (\S+)\n(.*?)(?=^\.S[SH] )", text, re.MULTILINE | re.DOTALL))

    assert [*sections] == [*COMMANDS]
    for name, section in sections.items():
        options = called(name, "--help").out.partition("Options:")[2]
        assert all(option in section for option in re.findall(r"--[\w-]+", options) if option != "--help")


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff")
def test_roff_has_nothing_against_it():
    """It is a page that man shows without a warning."""
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww"], input=shown("man"), capture_output=True, text=True, check=False
    )

    assert (done.stderr, done.returncode) == ("", 0)
    assert "convcalc count mobilenet_v1 --set alpha=0.5" in re.sub(r"\x1b\[\d*m", "", done.stdout).replace("−", "-")
