"""Layers that leave the shape as it is: against a run on numbers, then one row per claim."""

from fractions import Fraction

import brute_force
import pytest
from brute_force import claimed, measured, shapes, tensor
from hypothesis import given, settings
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers import ACTIVATIONS, kind_class
from convcalc.layers.pointwise import Activation, Dropout, Identity


@given(
    shapes(), st.sampled_from([Activation(), Identity(), Dropout(), Dropout(0), Dropout(1), Dropout(Fraction(1, 5))])
)
@settings(max_examples=600, deadline=None)
def test_pointwise_comes_to_what_a_run_comes_to(x, layer):
    """Each number becomes one number; nothing is learnt and nothing slides."""
    assert measured(brute_force.pointwise, tensor(x)) == claimed(layer, x)
    assert layer(x).windows == ()


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_every_activation_is_a_function_of_numbers(kind):
    """None of the activations has parameters; one that has them, as prelu, would be a kind of its own."""
    assert kind_class(kind) is Activation


@pytest.mark.parametrize("p", [-1, -0.1, 1.5, Fraction(11, 10)])
def test_dropout_drops_a_share(p):
    """A share is between none and all."""
    with pytest.raises(RuleError) as caught:
        Dropout(p)((4096,))

    assert f"p ({p}) must be between 0 and 1" == str(caught.value)
    assert caught.value.option == "p"
