"""Layers past the axes of the image: against a run on numbers, then one row per claim."""

import brute_layers
import pytest
from brute_force import claimed, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.dense import Linear
from convcalc.layers.reshape import Flatten
from convcalc.window import Window


@given(shapes(), st.integers(1, 5), st.booleans())
@examples(200)
def test_linear_comes_to_what_a_run_comes_to(x, out_features, bias):
    """A weight, used once, for each output feature and each number of the input, whatever its axes."""
    layer = Linear(out_features, bias=bias)

    assert measured(brute_layers.linear, tensor(x), out_features, bias=bias) == claimed(layer, x)


@given(shapes())
@examples(200)
def test_flatten_comes_to_what_a_run_comes_to(x):
    """All numbers, on one axis."""
    assert measured(brute_layers.flatten, tensor(x)) == claimed(Flatten(), x)


@pytest.mark.parametrize(
    ("layer", "x", "output", "weights", "biases"),
    [
        (Linear(1000), (2048,), (1000,), 2048 * 1000, 1000),
        (Linear(10, bias=False), (84,), (10,), 84 * 10, 0),
        (Linear(4096), (256, 6, 6), (4096,), 256 * 6 * 6 * 4096, 4096),  # AlexNet's first
        (Linear(1000), (2048, 1, 1), (1000,), 2048 * 1000, 1000),
        (Flatten(), (512, 7, 7), (512 * 7 * 7,), 0, 0),
        (Flatten(), (4096,), (4096,), 0, 0),
    ],
    ids=str,
)
def test_dense_profile(layer, x, output, weights, biases):
    """A linear layer uses each weight once; flattening costs nothing."""
    profile = layer(x)

    assert (output, weights, biases, weights) == (profile.output, profile.weights, profile.biases, profile.macs)


@pytest.mark.parametrize("layer", [Linear(10), Flatten()], ids=str)
def test_a_dense_layer_sees_the_whole_of_each_axis(layer):
    """One window from end to end of each axis; a flat input has no axis left."""
    assert (Window(6, 6), Window(5, 5)) == layer((256, 6, 5)).windows
    assert layer((256,)).windows == ()


@pytest.mark.parametrize("out_features", [0, -1])
def test_linear_needs_an_output(out_features):
    """The number of output features starts at 1."""
    with pytest.raises(RuleError) as caught:
        Linear(out_features)((84,))

    assert f"out_features ({out_features}) must be at least 1" == str(caught.value)
    assert caught.value.option == "out_features"
