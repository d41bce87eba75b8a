"""Attention: against a run on numbers, then one row per claim."""

from functools import partial

import brute_layers
import pytest
from brute_force import Measured, claimed, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.attention import Attention, WindowAttention
from convcalc.layers.axes import EVERYTHING, Blocks
from convcalc.network.profiling import apply

FEW = st.integers(1, 2)
FLAGS = st.booleans()
HEADS = st.fixed_dictionaries(
    {
        "num_heads": st.sampled_from([1, 1, 2, 3]),
        "head_dim": st.one_of(st.none(), FEW),
        "bias": FLAGS,
        "relative_position": FLAGS,
    }
)


@given(shapes(most=3), HEADS)
@examples(150)
def test_attention_comes_to_what_a_run_comes_to(x, heads):
    """Each position reads all of them; with relative positions, one number more is learnt for each distance."""
    assert measured(brute_layers.attention, tensor(x), **heads) == claimed(Attention(**heads), x)


@given(shapes(most=3), shapes(most=3), HEADS)
@examples(150)
def test_attention_to_a_memory_comes_to_what_a_run_comes_to(x, memory, heads):
    """Each position reads its own channels, and all of the memory, whatever the shape of that is."""
    ran = measured(brute_layers.attention, tensor(x), tensor(memory), **heads)

    assert ran == claimed(Attention(**heads), x, memory)


@given(shapes(most=3), st.lists(FEW, min_size=3, max_size=3), HEADS)
@examples(150)
def test_window_attention_comes_to_what_a_run_comes_to(x, sides, heads):
    """Each position reads its window, padding and all."""
    window_size = tuple(sides[: max(1, len(x) - 1)])  # a flat input has no axis for one
    ran = measured(brute_layers.window_attention, tensor(x), window_size, **heads)

    assert ran == claimed(WindowAttention(window_size=window_size, **heads), x)


@pytest.mark.parametrize(
    ("layer", "inputs", "expected"),
    [
        # ViT-B/16: twelve heads of 64; the scale, a softmax for each query, and the biases
        (
            Attention(12),
            [(768, 197)],
            Measured(
                (768, 197),
                4 * 768 * 768,
                4 * 768,
                4 * 197 * 768 * 768 + 2 * 197 * 197 * 768,
                fan_in=768 * 197,
                operations=197 * 768 + 12 * 197 * (3 * 197 - 1) + 4 * 197 * 768,
            ),
        ),
        # heads that are narrower together than the channels, without bias
        (
            Attention(4, head_dim=32, bias=False),
            [(512, 8, 8)],
            Measured(
                (512, 8, 8),
                4 * 512 * 128,
                0,
                4 * 64 * 512 * 128 + 2 * 64 * 64 * 128,
                fan_in=512 * 64,
                operations=64 * 128 + 4 * 64 * (3 * 64 - 1),
            ),
        ),
        # keys and values from a second tensor of other channels and positions
        (
            Attention(8),
            [(64, 100), (32, 7, 7)],
            Measured(
                (64, 100),
                2 * 64 * 64 + 2 * 32 * 64,
                4 * 64,
                2 * 100 * 64 * 64 + 2 * 49 * 32 * 64 + 2 * 100 * 49 * 64,
                fan_in=64 + 32 * 49,
                operations=100 * 64 + 8 * 100 * (3 * 49 - 1) + 2 * 100 * 64 + 2 * 49 * 64,
            ),
        ),
        (
            Attention(1, relative_position=True, bias=False),
            [(4, 3, 2)],
            Measured(
                (4, 3, 2),
                4 * 4 * 4,
                5 * 3,  # distances from -2 to 2 and from -1 to 1
                4 * 6 * 4 * 4 + 2 * 6 * 6 * 4,
                fan_in=4 * 6,
                operations=6 * 4 + 6 * (3 * 6 - 1) + 6 * 6,
            ),
        ),
        # Swin-T's first stage: 8x8 windows of 7x7, and 13x13 distances for each head
        (
            WindowAttention(3, 7),
            [(96, 56, 56)],
            Measured(
                (96, 56, 56),
                4 * 96 * 96,
                4 * 96 + 3 * 13 * 13,
                64 * (4 * 49 * 96 * 96 + 2 * 49 * 49 * 96),
                fan_in=96 * 49,
                operations=64 * (5 * 49 * 96 + 3 * 49 * (3 * 49 - 1) + 3 * 49 * 49),
            ),
        ),
    ],
    ids=str,
)
def test_attention_profile(layer, inputs, expected):
    """Four projections, and two products of each position with each that it reads."""
    assert expected == claimed(layer, *inputs)


def test_what_is_read_of_each_axis():
    """All of it, or the block that the position lies in."""
    assert Attention(2)((8, 5, 6)).windows == (EVERYTHING, EVERYTHING)
    assert Attention(2)((8, 5), (4, 3, 3)).windows == (EVERYTHING,)
    assert WindowAttention(2, (4, 3))((8, 5, 6)).windows == (Blocks(4), Blocks(3))


def test_one_window_is_attention():
    """Sizes that are no whole windows cost as much as the next that are."""
    one = claimed(Attention(2, relative_position=True), (8, 5, 6))

    assert one == claimed(WindowAttention(2, (5, 6)), (8, 5, 6))
    assert one[1:] == claimed(WindowAttention(2, (5, 6)), (8, 4, 1))[1:]


def test_attention_to_itself_costs_what_attention_costs():
    """But for the channels of its own position, which are not told from others of the same shape."""
    alone, both = claimed(Attention(2), (8, 5)), claimed(Attention(2), (8, 5), (8, 5))

    assert both == alone._replace(fan_in=alone.fan_in + 8)


@pytest.mark.parametrize(
    ("layer", "inputs", "option", "message"),
    [
        (Attention(3), [(8, 5)], "num_heads", "in_channels (8) must be divisible by num_heads (3)"),
        (
            Attention(2, relative_position=True),
            [(8, 5), (8, 5)],
            "relative_position",
            "relative_position is for positions of one tensor, but there are two",
        ),
        (Attention(2), [(8, 5)] * 3, "", "attention reads one tensor or two, but gets 3"),
        (WindowAttention(3, 2), [(8, 5)], "num_heads", "in_channels (8) must be divisible by num_heads (3)"),
        (
            WindowAttention(2, 2),
            [(8,)],
            "",
            "the input must have an axis besides its channels, such as CxHxW",
        ),
        (
            WindowAttention(2, (2, 2)),
            [(8, 5)],
            "window_size",
            "window_size (2x2) must be one number, as the input has one axis",
        ),
    ],
    ids=str,
)
def test_attention_misfit(layer, inputs, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        apply("attention", layer, inputs)

    assert (option, message) == (caught.value.option, str(caught.value))


@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (partial(Attention, 0), "num_heads", "num_heads (0) must be at least 1"),
        (partial(Attention, 2, head_dim=0), "head_dim", "head_dim (0) must be at least 1"),
        (partial(WindowAttention, 0, 7), "num_heads", "num_heads (0) must be at least 1"),
        (partial(WindowAttention, 2, (7, 0)), "window_size", "window_size (0) must be at least 1"),
        (partial(WindowAttention, 2, 7, head_dim=-1), "head_dim", "head_dim (-1) must be at least 1"),
    ],
    ids=str,
)
def test_attention_out_of_range(make, option, message):
    """A layer whose numbers are right for no input cannot be made."""
    with pytest.raises(RuleError) as caught:
        make()

    assert (option, message) == (caught.value.option, str(caught.value))
