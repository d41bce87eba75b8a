"""What --help says of formats is what there is."""

import re

import pytest
from command_line import called

from convcalc.pages.page import Findings, Table
from convcalc.views import FORMATS


def named_in_help(command):
    """The formats that the help of --format names."""
    text = " ".join(called(command, "--help", COLUMNS="200").out.split())
    told = text.partition("--format FORMAT")[2].partition(". ")[0]
    return {form.name for form in FORMATS if re.search(rf"\b{form.name}\b", told)}


@pytest.mark.parametrize("command", ["count", "widen", "fit"])
def test_formats_of_networks(command):
    """Those of tables, and those of whole networks."""
    assert named_in_help(command) == {form.name for form in FORMATS if Table in form.shows}


@pytest.mark.parametrize("command", ["compare", "sweep"])
def test_formats_of_tables(command):
    """Those of tables alone."""
    assert named_in_help(command) == {form.name for form in FORMATS if Table in form.shows and not form.target}


def test_formats_of_findings():
    """Those for the tools that run a check, besides those of tables."""
    assert named_in_help("check") >= {form.name for form in FORMATS if Findings in form.shows}
