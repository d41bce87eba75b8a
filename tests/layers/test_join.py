"""Layers where branches meet: against a run on numbers, then one row per claim."""

import brute_layers
import pytest
from brute_force import Counted, claimed, counted, measured, shapes, tensor
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.join import Add, Concat, Mul
from convcalc.layers.pointwise import Identity
from convcalc.network.profiling import apply


@st.composite
def branches(draw):
    """Two to four shapes that mostly differ from one another on some axis only, often by being 1 there."""
    first = draw(shapes(most=3))
    others = st.tuples(*(st.sampled_from([size, size, size, 1, size + 1]) for size in first))
    inputs = [first, *draw(st.lists(others, min_size=1, max_size=3))]
    return inputs if draw(st.integers(0, 9)) else [*inputs, draw(shapes(most=2))]


@given(branches())
@examples(300)
@example(inputs=[(2, 3), (2, 3)])
@example(inputs=[(2, 3), (2, 3), (2, 3, 1)])
def test_add_comes_to_what_a_run_comes_to(inputs):
    """Sums exist of tensors of one shape only."""
    assert measured(brute_layers.add, *map(tensor, inputs)) == claimed(Add(), *inputs)


@given(branches())
@examples(300)
@example(inputs=[(1, 3), (2, 1), (2, 3)])
@example(inputs=[(2, 1), (2, 3), (2, 2)])
@example(inputs=[(1, 1), (1, 1)])
def test_mul_comes_to_what_a_run_comes_to(inputs):
    """Products exist of tensors whose axes agree or are 1, in any order of the tensors."""
    ran = measured(brute_layers.mul, *map(tensor, inputs))

    assert ran == claimed(Mul(), *inputs)
    assert ran == claimed(Mul(), *reversed(inputs))


@given(branches())
@examples(300)
@example(inputs=[(2, 3), (4, 3), (1, 3)])
@example(inputs=[(2,), (4,)])
@example(inputs=[(4,), (4, 3)])
def test_concat_comes_to_what_a_run_comes_to(inputs):
    """Tensors that agree in all but channels are stacked."""
    assert measured(brute_layers.concat, *map(tensor, inputs)) == claimed(Concat(), *inputs)


@given(branches())
@examples(200)
@example(inputs=[(2, 3), (2, 5), (2, 4)])
@example(inputs=[(2, 3), (1, 2)])
def test_joins_that_crop_come_to_what_a_run_comes_to(inputs):
    """The first tensor says how much of the middle of each other is taken; none may be smaller."""
    for run, layer in (brute_layers.add, Add(crop=True)), (brute_layers.concat, Concat(crop=True)):
        assert measured(run, *map(tensor, inputs), crop=True) == claimed(layer, *inputs)


@pytest.mark.parametrize(
    ("layer", "inputs", "output"),
    [
        (Add(), [(256, 56, 56)] * 2, (256, 56, 56)),
        (Add(), [(10,)] * 3, (10,)),
        (Mul(), [(64, 28, 28), (64, 1, 1)], (64, 28, 28)),  # a squeeze-and-excitation: a factor for each channel
        (Mul(), [(64, 1, 1), (64, 28, 28)], (64, 28, 28)),
        (Mul(), [(64, 28, 28), (1, 28, 28)], (64, 28, 28)),  # spatial attention: a factor for each position
        (Mul(), [(64, 1, 1), (1, 28, 28)], (64, 28, 28)),
        (Concat(), [(64, 28, 28), (128, 28, 28), (32, 28, 28), (32, 28, 28)], (64 + 128 + 32 + 32, 28, 28)),
        (Concat(), [(256,), (10,)], (256 + 10,)),
        (Concat(crop=True), [(512, 56, 56), (512, 64, 64)], (1024, 56, 56)),  # U-Net
        (Add(crop=True), [(21, 34, 34), (21, 44, 45)], (21, 34, 34)),  # FCN
    ],
    ids=str,
)
def test_join_profile(layer, inputs, output):
    """A join learns nothing, and what it multiplies is no MAC; it sees each axis as it is."""
    assert Counted(output) == counted(layer, *inputs)
    assert layer(*inputs).windows == ()


@pytest.mark.parametrize(
    ("layer", "inputs", "fan_in", "operations"),
    [
        (Add(), [(256, 56, 56)] * 2, 2, 256 * 56 * 56),
        (Add(), [(10,)] * 3, 3, 2 * 10),
        (Add(crop=True), [(21, 34, 34), (21, 44, 44)], 2, 21 * 34 * 34),
        (Mul(), [(64, 28, 28), (64, 1, 1)], 2, 64 * 28 * 28),
        (Concat(), [(64, 28, 28)] * 4, 1, 0),
    ],
    ids=str,
)
def test_what_a_join_reads_and_does(layer, inputs, fan_in, operations):
    """An operation less than there are tensors, for each number; stacking takes none."""
    assert (fan_in, operations) == (layer(*inputs).fan_in, layer(*inputs).operations)


@pytest.mark.parametrize(
    ("layer", "inputs", "message"),
    [
        (
            Add(),
            [(64, 56, 56), (32, 56, 56)],
            "add needs tensors of one shape, but got 64x56x56 and 32x56x56",
        ),
        (Add(), [(64, 1, 1), (64, 7, 7)], "add needs tensors of one shape, but got 64x1x1 and 64x7x7"),
        (Add(), [(8, 4), (8, 4), (8, 5)], "add needs tensors of one shape, but got 8x4, 8x4 and 8x5"),
        (Add(), [(64,), (64, 7, 7)], "add needs tensors with equally many axes, but got 64 and 64x7x7"),
        (
            Mul(),
            [(64, 28, 28), (64, 14, 1)],
            "mul needs tensors that agree on each axis, or have 1 there, but got 64x28x28 and 64x14x1",
        ),
        (
            Mul(),
            [(8, 1), (8, 3), (8, 2)],
            "mul needs tensors that agree on each axis, or have 1 there, but got 8x1, 8x3 and 8x2",
        ),
        (Mul(), [(64,), (64, 1)], "mul needs tensors with equally many axes, but got 64 and 64x1"),
        (
            Concat(),
            [(64, 28, 28), (64, 28, 27)],
            "concat needs tensors that agree in all but channels, but got 64x28x28 and 64x28x27",
        ),
        (
            Concat(),
            [(64, 28, 28), (64, 1, 1)],
            "concat needs tensors that agree in all but channels, but got 64x28x28 and 64x1x1",
        ),
        (Concat(), [(64, 28), (64,)], "concat needs tensors with equally many axes, but got 64x28 and 64"),
        (Concat(crop=True), [(8, 5, 5), (8, 5, 4)], "an axis of 4 cannot be cropped to 5, in 8x5x4"),
        (Add(crop=True), [(8, 5), (8, 6), (8, 4)], "an axis of 4 cannot be cropped to 5, in 8x4"),
        (Add(crop=True), [(8, 5), (9, 6)], "add needs tensors of one shape, but got 8x5 and 9x5"),
    ],
    ids=str,
)
def test_join_misfit(layer, inputs, message):
    """All shapes that meet are named; no option is to blame."""
    with pytest.raises(RuleError) as caught:
        layer(*inputs)

    assert ("", message) == (caught.value.option, str(caught.value))


@pytest.mark.parametrize(
    ("kind", "layer", "inputs", "message"),
    [
        ("add", Add(), [(8,)], "add joins two or more tensors, but gets 1"),
        ("pass", Identity(), [(8,), (8,)], "pass reads one tensor, but gets 2"),
    ],
)
def test_only_joins_read_several_tensors(kind, layer, inputs, message):
    """A join reads two or more tensors, any other layer one."""
    with pytest.raises(RuleError) as caught:
        apply(kind, layer, inputs)

    assert message == str(caught.value)
