"""Normalisation: against a run on numbers, then one row per claim."""

import brute_layers
import pytest
from brute_force import Counted, claimed, counted, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.norm import BatchNorm, LocalResponseNorm


@given(shapes(), st.booleans())
@examples(200)
def test_batch_norm_comes_to_what_a_run_comes_to(x, affine):
    """Each channel has a mean and a variance and, when affine, a learnt scale and shift."""
    assert measured(brute_layers.batch_norm, tensor(x), affine=affine) == claimed(BatchNorm(affine=affine), x)


@given(shapes(), st.integers(1, 6))
@examples(200)
def test_local_response_norm_comes_to_what_a_run_comes_to(x, size):
    """Each number becomes one number, and nothing is learnt."""
    assert measured(brute_layers.local_response, tensor(x), size) == claimed(LocalResponseNorm(size), x)


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [
        (BatchNorm(), (64, 112, 112), Counted((64, 112, 112), weights=64, biases=64, statistics=2 * 64)),
        (BatchNorm(affine=False), (64, 112, 112), Counted((64, 112, 112), statistics=2 * 64)),
        (BatchNorm(), (4096,), Counted((4096,), weights=4096, biases=4096, statistics=2 * 4096)),
        (LocalResponseNorm(), (96, 55, 55), Counted((96, 55, 55))),
    ],
    ids=str,
)
def test_norm_profile(layer, x, expected):
    """Scale and shift are learnt, mean and variance are not; what they multiply is not counted."""
    profile = layer(x)

    assert expected == counted(layer, x)
    assert expected.weights + expected.biases == profile.params
    assert profile.windows == ()


@pytest.mark.parametrize(
    ("layer", "x", "fan_in", "operations"),
    [
        (BatchNorm(), (64, 112, 112), 1, 2 * 64 * 112 * 112),
        (BatchNorm(affine=False), (64, 112, 112), 1, 2 * 64 * 112 * 112),
        (LocalResponseNorm(), (96, 55, 55), 5, 9 * 96 * 55 * 55),
        (LocalResponseNorm(7), (3, 5), 3, 11 * 3 * 5),
    ],
    ids=str,
)
def test_what_a_norm_reads_and_does(layer, x, fan_in, operations):
    """A factor and a shift; or a square, a sum over neighbours, and what makes a divisor of it."""
    assert (fan_in, operations) == (layer(x).fan_in, layer(x).operations)


def test_local_response_norm_is_for_positions():
    """A flat input has none."""
    with pytest.raises(RuleError) as caught:
        LocalResponseNorm()((96,))

    assert str(caught.value) == "the input must have an axis besides its channels, such as CxHxW"
    assert caught.value.option == ""


def test_local_response_norm_needs_a_channel():
    """It reaches over one channel at least."""
    with pytest.raises(RuleError) as caught:
        LocalResponseNorm(0)((96, 55, 55))

    assert str(caught.value) == "size (0) must be at least 1"
    assert caught.value.option == "size"
