"""Products of two tensors: against a run on numbers, then one row per claim."""

import brute_layers
import pytest
from brute_force import Measured, claimed, measured, shapes, tensor
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.matmul import MatMul
from convcalc.network.profiling import apply


@st.composite
def factors(draw):
    """Two shapes that mostly fit."""
    *places, rows, common = draw(shapes(most=3).filter(lambda sizes: len(sizes) > 1))
    other = (*places, common, draw(st.integers(1, 3)))
    return (*places, rows, common), other if draw(st.integers(0, 4)) else draw(shapes(most=3))


@given(factors())
@examples(200)
@example(inputs=((3,), (3,)))
@example(inputs=((2, 3, 4), (1, 4, 2)))
def test_matmul_comes_to_what_a_run_comes_to(inputs):
    """A row times a column for each number of each matrix."""
    assert measured(brute_layers.matmul, *map(tensor, inputs)) == claimed(MatMul(), *inputs)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (((64, 512), (512, 10)), Measured((64, 10), macs=64 * 512 * 10, fan_in=2 * 512)),
        (
            ((8, 197, 64), (8, 64, 197)),
            Measured((8, 197, 197), macs=8 * 197 * 64 * 197, fan_in=2 * 64),  # the scores of an attention
        ),
    ],
)
def test_matmul_profile(inputs, expected):
    """Nothing is learnt; each product is a MAC, and no axis of the one is that of the other."""
    assert expected == claimed(MatMul(), *inputs)
    assert MatMul()(*inputs).windows is None


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (((8, 4), (5, 3)), "matmul needs (…, M, K) and (…, K, N), but got 8x4 and 5x3"),
        (((2, 8, 4), (3, 4, 3)), "matmul needs (…, M, K) and (…, K, N), but got 2x8x4 and 3x4x3"),
        (((4,), (4,)), "matmul needs (…, M, K) and (…, K, N), but got 4 and 4"),
        (((2, 8, 4), (4, 3)), "matmul needs tensors with equally many axes, but got 2x8x4 and 4x3"),
        (((8, 4),), "matmul reads two tensors, but gets 1"),
        (((8, 4),) * 3, "matmul reads two tensors, but gets 3"),
    ],
)
def test_matmul_misfit(inputs, message):
    """Both shapes are named; no option is to blame."""
    with pytest.raises(RuleError) as caught:
        apply("matmul", MatMul(), inputs)

    assert ("", message) == (caught.value.option, str(caught.value))
