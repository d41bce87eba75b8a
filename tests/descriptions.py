"""Short ways to a network and to the faults of a description."""

from textwrap import dedent

import pytest

from convcalc.errors import DescriptionError, Source
from convcalc.language.assemble.network import build
from convcalc.language.read.document import parse_description, parse_lines
from convcalc.language.read.settings import parse_inputs, parse_settings


def network(text, *settings):
    """The report of a description in YAML."""
    source = Source("net.yaml", dedent(text).lstrip("\n"))
    return build(parse_description(source, "net"), parse_settings(list(settings)))


def layers(items, shape="3x32x32", **keys):
    """The report of some layers in YAML, behind an input of `shape`."""
    head = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return network(f"input: {shape}\n{head}layers:\n" + "".join(f"  - {item}\n" for item in items))


def line(*texts, shape="3x32x32"):
    """The report of lines of a command line."""
    return build(parse_lines(list(texts), {}, parse_inputs([shape])))


def costs(report):
    """What each node is, what it reads by position, and what it costs: all that does not hang on names."""
    numbers = {
        name: index for index, name in enumerate([*report.graph.inputs, *(row.node.name for row in report.rows)])
    }
    return [
        (row.node.kind, tuple(numbers[name] for name in row.node.inputs), row.node.fixed, row.profile)
        for row in report.rows
    ]


def names(report):
    """The names of all nodes."""
    return [row.node.name for row in report.rows]


def refused(make, *arguments, **keys):
    """The whole message with which a description is refused."""
    with pytest.raises(DescriptionError) as caught:
        make(*arguments, **keys)
    return str(caught.value)
