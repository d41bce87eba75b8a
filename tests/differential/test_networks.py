"""Random networks against the same in PyTorch: every layer's shape and costs, and the totals."""

import json

import pytest
from brute_force import Counted
from descriptions import network
from examples import examples
from hypothesis import given
from torch_networks import networks
from torch_run import learnt

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")
"""PyTorch tells that it copies the input, which takes its time, but is nothing that is counted."""


def claim(row):
    """What a layer of a network says of itself."""
    profile = row.profile
    costs = Counted(profile.output, profile.weights, profile.biases, profile.macs, profile.statistics)
    return row.node.kind, costs


@given(networks())
@examples(300)
def test_a_network_comes_to_what_pytorch_comes_to(case):
    """Each layer has the kind, shape, weights, biases, statistics and MACs of the module that PyTorch ran there.

    Totals are those of the modules, in which weights that two layers share count once.
    """
    description, net = case
    report = network(json.dumps(description))

    assert net.layers == [claim(row) for row in report.rows]
    assert learnt(net.modules) == (report.weights, report.biases)
    assert sum(measured.macs for _, measured in net.layers) == report.macs
