"""The same numbers in another arrangement: against a run on numbers, then one row per claim."""

from functools import partial

import brute_layers
import pytest
from brute_force import Measured, claimed, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.reshape import ChannelShuffle, Flatten, Permute, Reshape, Slice, Split
from convcalc.layers.window import Window

FEW = st.integers(0, 3)


@given(shapes(), FEW)
@examples(150)
def test_flatten_comes_to_what_a_run_comes_to(x, start_dim):
    """All axes from one on become one."""
    assert measured(brute_layers.flatten, tensor(x), start_dim) == claimed(Flatten(start_dim), x)


@given(shapes(most=3), st.lists(st.sampled_from([1, 2, 3, 4, 6, -1]), min_size=1, max_size=4).map(tuple))
@examples(300)
def test_reshape_comes_to_what_a_run_comes_to(x, shape):
    """As many numbers as there were; one size may be left open."""
    assert measured(brute_layers.reshaped, tensor(x), shape) == claimed(Reshape(shape), x)


@given(shapes(), st.data())
@examples(100)
def test_what_holds_the_numbers_comes_to_what_a_run_comes_to(x, data):
    """The sizes in any order, and any of them left open."""
    shape = data.draw(st.permutations(x))
    if open_axis := data.draw(st.integers(0, len(x))):
        shape[open_axis - 1] = -1
    ran = measured(brute_layers.reshaped, tensor(x), tuple(shape))

    assert ran == claimed(Reshape(tuple(shape)), x)
    assert ran is not None


@given(shapes(), st.lists(FEW, min_size=1, max_size=4).map(tuple))
@examples(150)
def test_permute_comes_to_what_a_run_comes_to(x, dims):
    """Each axis once."""
    assert measured(brute_layers.permuted, tensor(x), dims) == claimed(Permute(dims), x)


@given(st.permutations(range(4)), shapes())
@examples(100)
def test_permuted_axes_come_to_what_a_run_comes_to(order, x):
    """In any order."""
    dims = tuple(dim for dim in order if dim < len(x))

    assert measured(brute_layers.permuted, tensor(x), dims) == claimed(Permute(dims), x)


@given(shapes(most=6), FEW, st.integers(1, 3), st.sampled_from([0, 0, 1, 1, 2, 3]))
@examples(200)
def test_slice_comes_to_what_a_run_comes_to(x, start, length, axis):
    """From the start up to before the stop, which must be there."""
    ran = measured(brute_layers.sliced, tensor(x), start, start + length, axis)

    assert ran == claimed(Slice(start, start + length, axis), x)


@given(shapes(most=6), st.integers(1, 3), FEW, st.sampled_from([0, 0, 1, 1, 2, 3]))
@examples(200)
def test_split_comes_to_what_a_run_comes_to(x, sections, index, axis):
    """Equal parts, or none."""
    index %= sections

    assert measured(brute_layers.split, tensor(x), sections, index, axis) == claimed(Split(sections, index, axis), x)


@given(shapes(), st.integers(1, 4))
@examples(100)
def test_channel_shuffle_comes_to_what_a_run_comes_to(x, groups):
    """Groups of equally many channels."""
    assert measured(brute_layers.channels_shuffled, tensor(x), groups) == claimed(ChannelShuffle(groups), x)


@pytest.mark.parametrize(
    ("layer", "x", "output"),
    [
        (Flatten(), (512, 7, 7), (512 * 7 * 7,)),
        (Flatten(1), (768, 14, 14), (768, 14 * 14)),  # ViT's tokens
        (Flatten(2), (8, 4, 5, 6), (8, 4, 5 * 6)),
        (Flatten(2), (8, 4, 5), (8, 4, 5)),
        (Reshape((256, 7, 7)), (256 * 49,), (256, 7, 7)),
        (Reshape((-1, 4)), (8, 3), (6, 4)),
        (Reshape((-1,)), (8, 3), (24,)),
        (Permute((1, 2, 0)), (3, 8, 9), (8, 9, 3)),
        (Permute((0,)), (3,), (3,)),
        (Slice(0, 64), (192, 8), (64, 8)),
        (Slice(1, 3, axis=2), (8, 5, 5), (8, 5, 2)),
        (Split(2, 1), (116, 28, 28), (58, 28, 28)),  # ShuffleNet v2
        (Split(3, 0, axis=1), (8, 9), (8, 3)),
        (ChannelShuffle(3), (240, 28, 28), (240, 28, 28)),  # ShuffleNet
    ],
    ids=str,
)
def test_reshape_profile(layer, x, output):
    """Nothing is learnt, and nothing is calculated: each number is one of the input."""
    assert Measured(output) == claimed(layer, x)


def test_what_is_read_of_each_axis():
    """A slice of positions is a window of one; where axes are mixed, none is the other's."""
    assert Slice(0, 2)((8, 5, 6)).windows == ()
    assert Slice(1, 3, axis=2)((8, 5, 6)).windows == (Window(1), Window(1, padding=(-1, -3)))
    assert Split(3, 1, axis=1)((8, 9)).windows == (Window(1, padding=(-3, -3)),)
    assert Flatten()((8, 5, 6)).windows == (Window(5, 5), Window(6, 6))
    assert [layer((8, 5, 6)).windows for layer in (Flatten(1), Reshape((240,)), Permute((1, 0, 2)))] == [None] * 3


@pytest.mark.parametrize(
    ("layer", "x", "option", "message"),
    [
        (Flatten(2), (8, 5), "start_dim", "start_dim (2) must be less than the number of axes of 8x5, 2"),
        (Reshape((3, 5)), (8, 2), "shape", "shape (3x5) does not hold the 16 numbers of 8x2"),
        (Reshape((3, -1)), (8, 2), "shape", "shape (3x-1) does not hold the 16 numbers of 8x2"),
        (Reshape((-1, -1)), (8, 2), "shape", "shape (-1x-1) must have one -1 at most"),
        (Reshape((0, -1)), (8, 2), "shape", "the sizes of shape (0x-1) must be at least 1, or -1"),
        (Reshape((-2, -8)), (8, 2), "shape", "the sizes of shape (-2x-8) must be at least 1, or -1"),
        (Permute((0, 1)), (8, 5, 5), "dims", "dims (0x1) must name each axis of 8x5x5 once: 0x1x2"),
        (Permute((0, 1, 1)), (8, 5, 5), "dims", "dims (0x1x1) must name each axis of 8x5x5 once: 0x1x2"),
        (Permute((0, 1, 3)), (8, 5, 5), "dims", "dims (0x1x3) must name each axis of 8x5x5 once: 0x1x2"),
        (Slice(0, 9), (8, 5), "stop", "stop (9) must be at most the size of axis 0 of 8x5"),
        (Slice(0, 1, axis=2), (8, 5), "axis", "axis (2) must be less than the number of axes of 8x5, 2"),
        (Split(3, 0), (8, 5), "sections", "in_channels (8) must be divisible by sections (3)"),
        (Split(3, 0, axis=1), (8, 5), "sections", "a size of the input (5) must be divisible by sections (3)"),
        (Split(2, 0, axis=2), (8, 5), "axis", "axis (2) must be less than the number of axes of 8x5, 2"),
        (ChannelShuffle(3), (8, 5), "groups", "in_channels (8) must be divisible by groups (3)"),
    ],
    ids=str,
)
def test_reshape_misfit(layer, x, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        layer(x)

    assert (option, message) == (caught.value.option, str(caught.value))


@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (partial(Flatten, -1), "start_dim", "start_dim (-1) must be at least 0"),
        (partial(Slice, -1, 3), "start", "start (-1) must be at least 0"),
        (partial(Slice, 3, 3), "stop", "stop (3) must be more than start (3)"),
        (partial(Slice, 0, 3, axis=-1), "axis", "axis (-1) must be at least 0"),
        (partial(Split, 0, 0), "sections", "sections (0) must be at least 1"),
        (partial(Split, 2, -1), "index", "index (-1) must be at least 0"),
        (partial(Split, 2, 2), "index", "index (2) must be less than sections (2)"),
        (partial(Split, 2, 0, axis=-1), "axis", "axis (-1) must be at least 0"),
        (partial(ChannelShuffle, 0), "groups", "groups (0) must be at least 1"),
    ],
    ids=str,
)
def test_reshape_out_of_range(make, option, message):
    """A layer whose numbers are right for no input cannot be made."""
    with pytest.raises(RuleError) as caught:
        make()

    assert (option, message) == (caught.value.option, str(caught.value))
