"""Layers that leave the shape as it is: against a run on numbers, then one row per claim."""

from fractions import Fraction

import brute_layers
import pytest
from brute_force import claimed, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.channelwise import PReLU, Softmax
from convcalc.layers.kinds import ACTIVATIONS, NORMS, kind_class
from convcalc.layers.pointwise import Activation, Dropout, Identity

PASSING = [Identity(), Dropout(), Dropout(0), Dropout(1), Dropout(Fraction(1, 5))]


@given(shapes(), st.sampled_from([Activation(), *PASSING]))
@examples(600)
def test_pointwise_comes_to_what_a_run_comes_to(x, layer):
    """Each number becomes one number, by one operation or none; nothing is learnt and nothing slides."""
    run = brute_layers.passed if layer in PASSING else brute_layers.pointwise

    assert measured(run, tensor(x)) == claimed(layer, x)
    assert layer(x).windows == ()


OTHER_ACTIVATIONS = {"softmax": Softmax, "log_softmax": Softmax, "prelu": PReLU}
"""The activations that are more than a function of each number: they read other channels, or learn."""


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_every_activation_is_a_function_of_numbers(kind):
    """None of the activations has parameters; one that has them, as prelu, is a kind of its own."""
    assert kind_class(kind) is OTHER_ACTIVATIONS.get(kind, Activation)


@pytest.mark.parametrize("kind", [*ACTIVATIONS, *NORMS])
def test_what_a_line_attaches_fits_any_image(kind):
    """It needs no argument, and leaves the shape as it is."""
    x = (32, 5, 5)

    assert kind_class(kind)()(x).output == x
    assert kind_class(kind)()(x).windows == ()


@pytest.mark.parametrize(("p", "shown"), [(-1, "-1"), (-0.1, "-0.1"), (1.5, "1.5"), (Fraction(11, 10), "1.1")])
def test_dropout_drops_a_share(p, shown):
    """A share is between none and all."""
    with pytest.raises(RuleError) as caught:
        Dropout(p)((4096,))

    assert f"p ({shown}) must be between 0 and 1" == str(caught.value)
    assert caught.value.option == "p"
