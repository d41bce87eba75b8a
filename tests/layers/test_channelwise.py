"""Layers that work on the channels of each position: against a run on numbers, then one row per claim."""

from functools import partial

import brute_layers
import pytest
from brute_force import Measured, claimed, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.channelwise import GatedLinearUnit, Maxout, PReLU, Scale, Softmax

FEW = st.integers(1, 4)


@given(shapes())
@examples(100)
def test_softmax_comes_to_what_a_run_comes_to(x):
    """Each number takes an exponential, an addition and a division."""
    assert measured(brute_layers.softmax, tensor(x)) == claimed(Softmax(), x)


@given(shapes(), FEW)
@examples(100)
def test_prelu_comes_to_what_a_run_comes_to(x, num_parameters):
    """One slope for all channels, or one for each."""
    assert measured(brute_layers.prelu, tensor(x), num_parameters) == claimed(PReLU(num_parameters), x)


@given(shapes(), st.booleans())
@examples(100)
def test_scale_comes_to_what_a_run_comes_to(x, bias):
    """A factor for each channel, and perhaps a shift."""
    assert measured(brute_layers.scaled, tensor(x), bias=bias) == claimed(Scale(bias), x)


@given(shapes(most=6), FEW)
@examples(150)
def test_maxout_comes_to_what_a_run_comes_to(x, pieces):
    """Neighbouring channels are compared, of which none may be left over."""
    assert measured(brute_layers.maxout, tensor(x), pieces) == claimed(Maxout(pieces), x)


@given(shapes(most=6))
@examples(100)
def test_glu_comes_to_what_a_run_comes_to(x):
    """Two halves become one."""
    assert measured(brute_layers.gated, tensor(x)) == claimed(GatedLinearUnit(), x)


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [
        (Softmax(), (1000,), Measured((1000,), fan_in=1000, operations=3 * 1000 - 1)),
        (Softmax(), (21, 8, 8), Measured((21, 8, 8), fan_in=21, operations=(3 * 21 - 1) * 8 * 8)),
        (PReLU(), (64, 8, 8), Measured((64, 8, 8), 1, operations=64 * 8 * 8)),
        (PReLU(64), (64, 8, 8), Measured((64, 8, 8), 64, operations=64 * 8 * 8)),
        (Scale(), (96, 56, 56), Measured((96, 56, 56), 96, operations=96 * 56 * 56)),  # ConvNeXt's layer scale
        (Scale(bias=True), (96, 9), Measured((96, 9), 96, 96, operations=2 * 96 * 9)),  # Caffe's
        (Maxout(2), (96, 8, 8), Measured((48, 8, 8), fan_in=2, operations=48 * 8 * 8)),
        (Maxout(5), (1200,), Measured((240,), fan_in=5, operations=4 * 240)),
        (Maxout(1), (8, 3), Measured((8, 3))),
        (GatedLinearUnit(), (96, 50), Measured((48, 50), fan_in=2, operations=2 * 48 * 50)),
    ],
    ids=str,
)
def test_channelwise_profile(layer, x, expected):
    """What is learnt is learnt for each channel, and each position is worked on by itself."""
    assert expected == claimed(layer, x)
    assert layer(x).windows == ()


@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (
            lambda: PReLU(3)((8, 5)),
            "num_parameters",
            "num_parameters (3) must be 1, or one for each of 8 channels",
        ),
        (lambda: Maxout(3)((8, 5)), "pieces", "in_channels (8) must be divisible by pieces (3)"),
        (lambda: GatedLinearUnit()((7, 5)), "", "glu halves the channels, but gets 7"),
        (partial(PReLU, 0), "num_parameters", "num_parameters (0) must be at least 1"),
        (partial(Maxout, 0), "pieces", "pieces (0) must be at least 1"),
    ],
)
def test_channelwise_misfit(make, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        make()

    assert (option, message) == (caught.value.option, str(caught.value))
