"""Each figure of each topic, derived once more: from the options of layers, without the rules of the program."""

import re
from fractions import Fraction
from math import prod

import pytest
from by_hand import ImpossibleError, one, worked

from convcalc.errors import DescriptionError
from convcalc.explain.topics import Figures, topic
from convcalc.layers.shapes import show_shape
from convcalc.sources.bundled import topic_names
from convcalc.sources.networks import NetworkArguments

SUMS = {
    "weights": lambda own: own.weights,
    "biases": lambda own: own.biases,
    "params": lambda own: own.weights + own.biases,
    "macs": lambda own: own.macs,
    "activations": lambda own: prod(own.output),
    "activation_bytes": lambda own: 4 * prod(own.output),
    "parameter_bytes": lambda own: 4 * (own.weights + own.biases),
    "statistics": lambda own: own.statistics,
}
"""What adds up over layers; numbers take four bytes."""

ONES = {
    "fan_in": lambda own: own.fan_in,
    "output": lambda own: show_shape(own.output),
    "channels": lambda own: own.output[0],
    "size": lambda own: own.output[-1],
    "in_channels": lambda own: own.inputs[0][0],
    "in_size": lambda own: own.inputs[0][-1],
    "before": lambda own: own.pads[0],
    "after": lambda own: own.pads[1],
    "dropped": lambda own: max(0, own.pads[0] + own.inputs[0][-1] - reach(own)),
    "beyond": lambda own: max(0, reach(own) - own.pads[0] - own.inputs[0][-1]),
    "field": lambda own: own.sees[1] - own.sees[0] + 1,
    "jump": lambda own: own.sees[2],
    "start": lambda own: own.sees[0],
}
"""What can be said of one layer."""

ELSEWHERE = {
    ("batchnorm", "operations"): "a factor and a sum for each value, in test_elsewhere",
    ("resnet50-flops", "rest"): "the other operations of ResNet-50, as tests/networks adds them up from peers",
}
"""Figures that are derived somewhere else."""


def reach(own):
    """How far the last window reaches, from the first padded position on."""
    return (own.output[-1] - 1) * own.stride + own.extent


def sound(report):
    """The same network, whose shapes are those that were worked out."""
    found = worked(report)
    assert {row.node.name: row.profile.output for row in report.rows} == {
        name: own.output for name, own in found.items()
    }
    return found


def rederived(figures, written):
    """A measure of a network, worked out by hand."""
    net, *layer, key = written
    if key == "reason":
        return impossible(figures, net)
    found = sound(figures.report(net))
    names = [name for name in found if not layer or name == layer[0]]
    names = names or [name for name in found if name.startswith(f"{layer[0]}.")]
    if key in SUMS:
        return sum(SUMS[key](found[name]) for name in names)
    if key in ONES:
        return ONES[key](found[names[-1]])
    value = getattr(next(row for row in figures.report(net).rows if row.node.name == names[-1]).node.layer, key)
    return value[-1] if isinstance(value, tuple) else value


def impossible(figures, net):
    """The reason that the program gives, of a network that cannot be."""
    with pytest.raises(DescriptionError) as raised:
        figures.report(net)
    fault = raised.value.faults[0]
    assert fault.code in ("not-divisible", "does-not-fit", "wrong-rank", "one-per-axis")
    return fault.message


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("name", topic_names())
def test_each_figure(name, scale):
    """All figures, with the topic's own values and with its first variable doubled."""
    found = topic(name)
    settings = [f"{key}={scale * value}" for key, value in list(found.variables.items())[:1]]
    figures = Figures(found, settings)
    known = dict(figures.variables)
    for key, written in found.figures.items():
        if (name, key) in ELSEWHERE:
            known[key] = figures.figure(key)
        elif isinstance(written, list):
            known[key] = rederived(figures, written)
            assert figures.figure(key) == known[key], key
    for key, written in found.figures.items():
        if not isinstance(written, list):
            assert figures.figure(key) == computed(written, found.figures, known), key


def computed(written, figures, known):
    """An expression of figures, by Python's own arithmetic on fractions."""
    names = set(re.findall(r"[A-Za-z_]\w*", written))
    values = {
        name: Fraction(known[name] if name in known else computed(figures[name], figures, known)) for name in names
    }
    exact = re.sub(r"(?<![\w.])(\d+)(?!\w)", r"Fraction(\1)", written)
    return eval(exact, {"Fraction": Fraction, **values})


def test_elsewhere():
    """A norm multiplies and adds once for each of its values."""
    figures = Figures(topic("batchnorm"), [])

    assert figures.figure("operations") == 2 * figures.figure("values")
    assert set(ELSEWHERE) <= {(name, key) for name in topic_names() for key in topic(name).figures}


@pytest.mark.parametrize("line", ["conv 8 9", "conv 8 3 g=2", "maxpool 9"])
def test_what_is_impossible_by_hand_is_so_in_the_program(line):
    """The oracle refuses what the program refuses."""
    good = NetworkArguments(layers=[line], inputs=["2x9x9"]).one
    bad = NetworkArguments(layers=[line], inputs=["3x4x4"]).one

    with pytest.raises(ImpossibleError):
        one(good().report().rows[0], [(3, 4, 4)], [(0, 0, 1)])
    with pytest.raises(DescriptionError):
        bad().report()
