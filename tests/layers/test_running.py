"""Kinds that run on real numbers: what they read and weigh is what their profiles claim."""

from fractions import Fraction
from math import prod

import pytest

from convcalc.errors import RuleError
from convcalc.layers.base import Layer
from convcalc.layers.conv import Conv, DepthwiseConv
from convcalc.layers.dense import Linear
from convcalc.layers.join import Add, Concat, Mul
from convcalc.layers.kinds import KINDS, kind_class
from convcalc.layers.pointwise import Activation, Dropout, Identity
from convcalc.layers.pool import AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool
from convcalc.layers.reshape import Flatten
from convcalc.layers.running import Tap, places
from convcalc.layers.sample_norm import LayerNorm

IMAGE, FLAT = (4, 5, 6), (4,)
RUNS = [
    (Conv(6, 3), [IMAGE]),
    (Conv(6, (1, 2), stride=2, padding=1, dilation=2, groups=2, bias=False), [IMAGE]),
    (DepthwiseConv(3, multiplier=2, padding="same"), [IMAGE]),
    (Linear(3), [IMAGE]),
    (Linear(3, over="channels"), [IMAGE]),
    (Linear(3), [FLAT]),
    (MaxPool(2), [IMAGE]),
    (AvgPool(3, padding=1, rounding="ceil"), [IMAGE]),
    (GlobalAvgPool(), [IMAGE]),
    (GlobalMaxPool(), [IMAGE]),
    (Flatten(), [IMAGE]),
    (Flatten(1), [IMAGE]),
    (Activation(), [IMAGE]),
    (Identity(), [FLAT]),
    (Dropout(), [IMAGE]),
    (Add(), [IMAGE, IMAGE, IMAGE]),
    (Mul(), [IMAGE, (4, 1, 1)]),
    (Concat(), [IMAGE, (2, 5, 6)]),
]
each_run = pytest.mark.parametrize(("layer", "inputs"), RUNS, ids=str)


@each_run
def test_a_layer_weighs_as_many_numbers_as_it_claims(layer, inputs):
    """Its weights have the shape that PyTorch gives them, with one bias for each of the first axis."""
    profile, weights = layer(*inputs), layer.weight_shape(inputs)

    assert (prod(weights) if weights else 0) == profile.weights
    assert profile.biases in {0, *weights[:1]}


@each_run
def test_a_layer_reads_as_many_values_as_it_claims(layer, inputs):
    """Where it reads most, it reads `fan_in` of them, each within its tensor, by a weight that there is."""
    profile, weights, read = layer(*inputs), set(places(layer.weight_shape(inputs))), layer.reader(inputs)
    inside = [set(places(shape)) for shape in inputs]
    taps = [read(index) for index in places(profile.output)]

    assert max(map(len, taps)) == profile.fan_in
    assert all(tap.place is None or tap.place in inside[tap.tensor] for own in taps for tap in own)
    assert {tap.weight for own in taps for tap in own} == (weights if profile.weights else {None})


def test_all_kinds_that_run_were_run():
    """A kind runs if its class has a reader; kinds of several functions only where theirs is exact."""
    running = {kind for kind in KINDS if kind_class(kind).reader is not Layer.reader}

    assert {kind_class(kind) for kind in running} == {type(layer) for layer, _ in RUNS}
    assert {kind for kind in KINDS if KINDS[kind].exact} == {"relu", "relu6"}
    assert all(kind_class(kind).runs_by_name for kind in KINDS if KINDS[kind].exact)


def read_of(*values, weights=(), padding=0):
    """What a layer reads: values, with their weights if it has any, and some padding."""
    taps = [(Tap(0, (number,)), value, 1) for number, value in enumerate(values)]
    weighed = [(tap, value, weight) for (tap, value, _), weight in zip(taps, weights, strict=False)] or taps
    return weighed + [(Tap(0, None), 0, 1)] * padding


@pytest.mark.parametrize(
    ("layer", "read", "value"),
    [
        (Conv(1, 1), read_of(2, 3, weights=(5, -7)), 2 * 5 - 3 * 7),
        (DepthwiseConv(1), read_of(2, 3, weights=(5, -7)), 2 * 5 - 3 * 7),
        (Linear(1), read_of(2, 3, weights=(5, -7)), 2 * 5 - 3 * 7),
        (MaxPool(2), read_of(-2, -3, padding=2), -2),
        (GlobalMaxPool(), read_of(2, 5, 3), 5),
        (AvgPool(2), read_of(2, 5, padding=1), Fraction(2 + 5, 3)),
        (GlobalAvgPool(), read_of(2, 5), Fraction(2 + 5, 2)),
        (Add(), read_of(2, 5, 3), 2 + 5 + 3),
        (Mul(), read_of(2, 5, 3), 2 * 5 * 3),
        (Identity(), read_of(4), 4),
        (Concat(), read_of(4), 4),
    ],
    ids=str,
)
def test_what_a_layer_makes_of_what_it_reads(layer, read, value):
    """Padding is no value to be the largest of, and counts where there is a mean."""
    assert layer.value(read) == value


def test_exact_functions():
    """ReLU cuts off below 0, and ReLU6 above 6, too."""
    assert [KINDS["relu"].exact(value) for value in (-2, 3, 7)] == [0, 3, 7]
    assert [KINDS["relu6"].exact(value) for value in (-2, 3, 7)] == [0, 3, 6]


def test_what_does_not_run():
    """A kind without a reader has no taps and no weights in a run, and a join that crops says that it has none."""
    assert LayerNorm().reader([IMAGE]) is None
    assert LayerNorm().weight_shape([IMAGE]) == ()
    for join in Add(crop=True), Concat(crop=True):
        with pytest.raises(RuleError) as caught:
            join.reader([IMAGE, (4, 7, 8)])
        assert (caught.value.code, str(caught.value)) == ("cannot-trace", "a trace cannot run a join that crops")
