"""`convcalc explain types` for a network of the reader's: what its first two chained convolutions are."""

import json

import numpy as np
import pytest
from command_line import called
from hypothesis import given
from hypothesis import strategies as st

from convcalc.explain.chains import chained
from convcalc.sources.networks import NetworkArguments


def network(*nets, layers=(), inputs=()):
    """A network, counted."""
    maker = NetworkArguments(nets=list(nets), layers=list(layers), inputs=list(inputs)).one
    return maker().report()


def figures(*arguments):
    """What is printed for programs."""
    done = called("explain", "types", *arguments, "-f", "json")
    assert (done.err, done.status) == ("", 0)
    return json.loads(done.out)["figures"]


def output_values(first, second, groups):
    """Type 2.2 by brute force: weights of both layers, and how many values an output value reads."""
    filters = [np.ones(shape) for shape in (first, (second[0], second[1] // groups, *second[2:]))]
    return sum(each.size for each in filters), filters[1][0].size


@pytest.mark.parametrize(
    ("net", "one", "two"),
    [
        ("alexnet", "conv1", "conv2"),
        ("googlenet", "conv1", "conv2"),
        ("vgg16", "conv1", "conv2"),
        ("unet", "e1.conv1", "e1.conv2"),
        ("resnet50", "conv1", "bottleneck1.conv1"),
    ],
)
def test_two_chained_convolutions(net, one, two):
    """The first two of a network are told of: their weights as PyTorch would hold them."""
    report = network(net)
    rows = {row.node.name: row for row in report.rows}
    a, b = (rows[name].node.layer.kernel_size for name in (one, two))
    first = (rows[one].profile.output[0], rows[one].inputs[0][0], *([a, a] if isinstance(a, int) else a))
    second = (rows[two].profile.output[0], rows[two].inputs[0][0], *([b, b] if isinstance(b, int) else b))
    groups = rows[two].node.layer.groups
    told = figures(net)
    text = called("explain", "types", net).out

    assert [row.node.name for row in chained(report)] == [one, two]
    assert (told["own_weights"], told["own_reads"]) == output_values(first, second, groups)
    assert (told["weights"], told["read"]) == output_values(first, second, 1)
    assert f"groups: {groups}; {two}, {report.graph.name}\n" in text
    assert len(text.splitlines()) <= 40


@given(c=st.integers(1, 9), k1=st.integers(1, 40), a=st.integers(1, 7), k2=st.integers(1, 40), b=st.integers(1, 7))
def test_any_two_convolutions(c, k1, a, k2, b):
    """Each type has the maps and the weights that its definition gives."""
    line = f"conv {k1} {a} same relu, maxpool 2, conv {k2} {b} same"
    told = figures("-i", f"{c}x16x16", "-l", line)
    one_filter = np.ones((a, a)).size
    other_filter = np.ones((b, b)).size
    maps = len([(i, j, k) for i in range(c) for j in range(k1) for k in range(k2)])

    assert told["apart_maps"] == maps
    assert told["narrow"] == k1 * one_filter + k2 * other_filter
    assert (told["reads"], told["taps"]) == (other_filter, other_filter)
    assert (told["weights"], told["read"]) == output_values((k1, c, a, a), (k2, k1, b, b), 1)
    assert told["own_weights"] == told["weights"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mobilenet_v1"], "error[nothing-found]: MobileNet v1 has no two convolutions with square kernels, "),
        (["-i", "1,64", "-l", "conv 8 3, conv 8 3"], "error[nothing-found]: network has no two convolutions"),
        (["-i", "3,9,9", "-l", "conv 8 3x1, conv 8 3"], "error[nothing-found]: network has no two convolutions"),
        (["-i", "3,9,9", "-l", "conv 8 3, upconv 8 3, conv 8 3"], "error[nothing-found]: network has no two"),
        (["nope"], "error[no-such-file]: there is no file and no bundled network nope"),
        (["seed", "--set", "k9=1"], "error[unknown-name]: unknown variable: k9; known: k1, k2, m, n"),
    ],
)
def test_networks_without_an_answer(arguments, message):
    """A network without two such convolutions is told of, and so is what cannot be read."""
    done = called("explain", "types", *arguments)

    assert (done.out, done.status) == ("", 2)
    assert done.err.startswith(message)


def test_values_of_the_network_are_set():
    """--set is about the network, where there is one."""
    assert figures("seed", "--set", "k1=7")["own_weights"] == 7 * 9 + 64 * 7 * 25


def test_other_topics_take_no_network():
    """A topic about networks of its own refuses one."""
    done = called("explain", "pooling", "alexnet")

    message = "the topic pooling is about networks of its own, and takes --set alone, but got alexnet"
    assert done == ("", f"error[conflicting-options]: {message}\n", 2)
