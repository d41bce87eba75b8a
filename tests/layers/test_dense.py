"""Layers past the axes of the image: against a run on numbers, then one row per claim."""

from math import prod

import brute_layers
import pytest
from brute_force import claimed, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.conv import Conv
from convcalc.layers.dense import WEIGHED, Linear
from convcalc.layers.reshape import Flatten
from convcalc.layers.window import Window


@given(shapes(), st.integers(1, 5), st.booleans(), st.sampled_from(WEIGHED))
@examples(200)
def test_linear_comes_to_what_a_run_comes_to(x, out_features, bias, over):
    """A weight for each output feature and each number of the input, or, of each position, each of its channels."""
    layer = Linear(out_features, bias=bias, over=over)

    assert measured(brute_layers.linear, tensor(x), out_features, over, bias=bias) == claimed(layer, x)


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


@pytest.mark.parametrize("x", [(64,), (64, 22528), (64, 7, 5), (64, 2, 3, 4)], ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_a_linear_layer_over_channels_is_a_convolution_with_a_kernel_of_1(x, bias):
    """D4: what nn.Linear is on tokens: C weights for each output feature, used once at each position."""
    profile = Linear(256, bias=bias, over="channels")(x)
    positions = prod(x[1:])

    assert (profile.output, profile.weights, profile.biases) == ((256, *x[1:]), 64 * 256, 256 * bias)
    assert (profile.macs, profile.operations, profile.fan_in) == (64 * 256 * positions, 256 * bias * positions, 64)
    assert profile.windows == ()
    if len(x) > 1:
        conv = Conv(256, 1, bias=bias)(x)
        assert conv == profile._replace(windows=conv.windows)


def test_what_is_weighed_together_is_one_of_two():
    """Another word is refused with both."""
    with pytest.raises(RuleError) as caught:
        Linear(10, over="positions")

    assert str(caught.value) == "over must be all or channels, but got positions"
    assert caught.value.option == "over"
