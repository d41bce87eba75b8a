"""Pooling by as many windows as asked for: against a run on numbers, then one row per claim."""

from functools import partial

import brute_layers
import pytest
from brute_force import Measured, claimed, measured, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.adaptive import AdaptiveAvgPool, AdaptiveMaxPool
from convcalc.layers.axes import Adaptive
from convcalc.layers.pool import GlobalAvgPool, GlobalMaxPool

SIZES = {1: 12, 2: 7, 3: 4}
axes = st.integers(0, 3).flatmap(
    lambda count: st.lists(st.tuples(*[st.integers(1, SIZES.get(count, 1))] * 2), min_size=count, max_size=count)
)
POOLS = [(AdaptiveAvgPool, brute_layers.adaptive_average), (AdaptiveMaxPool, brute_layers.adaptive_maximum)]


@given(axes, st.integers(1, 2), st.sampled_from(POOLS))
@examples(300)
def test_adaptive_pool_comes_to_what_a_run_comes_to(pairs, channels, kinds):
    """Each window reads what its share of the axis overlaps, and the widest as many values as is said."""
    layer, run = kinds
    sizes, output = (tuple(side) for side in zip(*pairs, strict=True)) if pairs else ((), (1,))
    x = (channels, *sizes)

    assert measured(run, tensor(x), output) == claimed(layer(output), x)


@pytest.mark.parametrize("output", range(1, 25))
def test_windows_are_those_of_pytorch(output):
    """From floor(i * size / output) to ceil((i + 1) * size / output)."""
    for size in range(1, 60):
        widths = [-(-(i + 1) * size // output) - i * size // output for i in range(output)]

        assert sum(widths) == Adaptive(size, output).read()
        assert max(widths) == Adaptive(size, output).most_read


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [
        (AdaptiveAvgPool(6), (256, 6, 6), Measured((256, 6, 6), fan_in=1, operations=256 * 6 * 6)),
        (AdaptiveAvgPool(7), (512, 14, 14), Measured((512, 7, 7), fan_in=2 * 2, operations=512 * 14 * 14)),
        (AdaptiveAvgPool((1, 7)), (8, 5, 7), Measured((8, 1, 7), fan_in=5, operations=8 * 5 * 7)),
        # 0 to 1, 1 to 3, 3 to 4: seven reads of five positions
        (AdaptiveMaxPool(3), (8, 5), Measured((8, 3), fan_in=3, operations=8 * (7 - 3))),
        (AdaptiveMaxPool(4), (8, 2), Measured((8, 4), fan_in=1, operations=0)),  # each position twice
        (AdaptiveAvgPool(2), (8, 5, 5, 5), Measured((8, 2, 2, 2), fan_in=3**3, operations=8 * 6**3)),
    ],
    ids=str,
)
def test_adaptive_profile(layer, x, expected):
    """An operation for each value that is read; a maximum takes one comparison less."""
    assert expected == claimed(layer, x)


def test_an_adaptive_pool_has_windows_for_each_axis():
    """As many as are asked for, on each."""
    for layer in AdaptiveAvgPool((2, 3)), AdaptiveMaxPool((2, 3)):
        assert layer((8, 5, 7)).windows == (Adaptive(5, 2), Adaptive(7, 3))


def test_one_window_is_a_global_pool():
    """It costs the same."""
    for adaptive, whole in (AdaptiveAvgPool, GlobalAvgPool), (AdaptiveMaxPool, GlobalMaxPool):
        assert claimed(adaptive(1), (8, 5, 7)) == claimed(whole(), (8, 5, 7))


@pytest.mark.parametrize("kind", [AdaptiveAvgPool, AdaptiveMaxPool])
@pytest.mark.parametrize(
    ("output_size", "x", "option", "message"),
    [
        (1, (4096,), "", "the input must have an axis to pool over besides its channels, such as CxHxW"),
        (
            (7, 7),
            (8, 9),
            "output_size",
            "output_size (7x7) must be one number, as the input has one axis",
        ),
    ],
)
def test_adaptive_misfit(kind, output_size, x, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        kind(output_size)(x)

    assert (option, message) == (caught.value.option, str(caught.value))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (partial(AdaptiveAvgPool, 0), "output_size (0) must be at least 1"),
        (partial(AdaptiveMaxPool, (7, -1)), "output_size (-1) must be at least 1"),
    ],
    ids=str,
)
def test_adaptive_out_of_range(make, message):
    """A layer whose numbers are right for no input cannot be made."""
    with pytest.raises(RuleError) as caught:
        make()

    assert ("output_size", message) == (caught.value.option, str(caught.value))
