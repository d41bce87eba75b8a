"""Recurrent layers: against a run on numbers, then one row per claim."""

import brute_layers
import pytest
from brute_force import Measured, claimed, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.axes import EVERYTHING, Past
from convcalc.layers.recurrent import GRU, LSTM

CELLS = st.sampled_from([(LSTM, brute_layers.Cell.lstm), (GRU, brute_layers.Cell.gru)])
ROWS = st.tuples(st.integers(1, 3), st.integers(1, 4))


OPTIONS = st.fixed_dictionaries(
    {"num_layers": st.integers(1, 3), "bidirectional": st.booleans(), "bias": st.booleans()}
)


@given(st.one_of(ROWS, ROWS, shapes(most=2)), CELLS, st.integers(1, 3), OPTIONS)
@examples(150)
def test_recurrent_layers_come_to_what_a_run_comes_to(x, kinds, hidden_size, options):
    """Each layer goes along all positions, from one end or from both, with the same weights at each."""
    layer, step = kinds
    ran = measured(brute_layers.recurrent, tensor(x), step, hidden_size, **options)

    assert ran == claimed(layer(hidden_size, **options), x)


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [
        # as torch.nn.LSTM(64, 128): four gates, each with two biases
        (
            LSTM(128),
            (64, 50),
            Measured(
                (128, 50),
                4 * 128 * (64 + 128),
                2 * 4 * 128,
                50 * 4 * 128 * (64 + 128),
                fan_in=64 * 50,
                operations=50 * 128 * (4 * 4 + 5),  # a gate: two sums of biases, one of products, a function
            ),
        ),
        (
            LSTM(128, bidirectional=True, bias=False),
            (64, 50),
            Measured(
                (256, 50),
                2 * 4 * 128 * (64 + 128),
                0,
                50 * 2 * 4 * 128 * (64 + 128),
                fan_in=64 * 50,
                operations=50 * 2 * 128 * (4 * 2 + 5),
            ),
        ),
        # as torch.nn.GRU(64, 128, num_layers=2): the second layer reads the first one's states
        (
            GRU(128, num_layers=2),
            (64, 50),
            Measured(
                (128, 50),
                3 * 128 * (64 + 128) + 3 * 128 * (128 + 128),
                2 * 2 * 3 * 128,
                50 * (3 * 128 * (64 + 128) + 3 * 128 * (128 + 128)),
                fan_in=64 * 50,
                operations=50 * 2 * 128 * (3 * 4 + 5),
            ),
        ),
    ],
    ids=str,
)
def test_recurrent_profile(layer, x, expected):
    """Each weight is used once at each position."""
    assert expected == claimed(layer, x)


def test_what_is_read_of_the_axis():
    """What was before, or, from both ends, everything."""
    assert LSTM(8)((4, 5)).windows == GRU(8)((4, 5)).windows == (Past(),)
    assert LSTM(8, bidirectional=True)((4, 5)).windows == (EVERYTHING,)


@pytest.mark.parametrize("kind", [LSTM, GRU])
@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (lambda kind: kind(8)((4,)), "", "the input must be CxL, but is 4"),
        (lambda kind: kind(8)((4, 5, 5)), "", "the input must be CxL, but is 4x5x5"),
        (lambda kind: kind(0), "hidden_size", "hidden_size (0) must be at least 1"),
        (lambda kind: kind(8, num_layers=0), "num_layers", "num_layers (0) must be at least 1"),
    ],
)
def test_recurrent_misfit(kind, make, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        make(kind)

    assert (option, message) == (caught.value.option, str(caught.value))
