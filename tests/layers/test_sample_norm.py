"""Normalisation by the sample's own statistics: against a run on numbers, then one row per claim."""

from functools import partial

import brute_layers
import pytest
from brute_force import Measured, claimed, measured, shapes, tensor
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from convcalc.errors import RuleError
from convcalc.layers.sample_norm import GroupNorm, InstanceNorm, LayerNorm, RMSNorm

FLAGS = st.booleans()


@given(shapes(), st.sampled_from(["channels", "all"]), FLAGS)
@examples(150)
def test_layer_norm_comes_to_what_a_run_comes_to(x, over, affine):
    """Each position over its channels, or all of the sample at once."""
    assert measured(brute_layers.layer_norm, tensor(x), over, affine=affine) == claimed(LayerNorm(affine, over), x)


@given(shapes(), st.integers(1, 4), FLAGS)
@examples(150)
def test_group_norm_comes_to_what_a_run_comes_to(x, groups, affine):
    """Groups of equally many channels, each over all positions."""
    assert measured(brute_layers.group_norm, tensor(x), groups, affine=affine) == claimed(GroupNorm(groups, affine), x)


@given(shapes(), FLAGS)
@examples(150)
def test_instance_norm_comes_to_what_a_run_comes_to(x, affine):
    """Each channel over its positions, of which there must be some."""
    assert measured(brute_layers.instance_norm, tensor(x), affine=affine) == claimed(InstanceNorm(affine), x)


@given(shapes(), FLAGS)
@examples(150)
def test_rms_norm_comes_to_what_a_run_comes_to(x, affine):
    """Each position by the root mean square of its channels."""
    assert measured(brute_layers.rms_norm, tensor(x), affine=affine) == claimed(RMSNorm(affine), x)


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [
        (LayerNorm(), (96, 56, 56), Measured((96, 56, 56), 96, 96, fan_in=96, operations=7 * 96 * 56 * 56)),
        (LayerNorm(affine=False), (768, 197), Measured((768, 197), fan_in=768, operations=5 * 768 * 197)),
        (
            LayerNorm(over="all"),
            (8, 5, 5),
            Measured((8, 5, 5), 200, 200, fan_in=200, operations=7 * 200),
        ),
        (GroupNorm(), (64, 8, 8), Measured((64, 8, 8), 64, 64, fan_in=2 * 8 * 8, operations=7 * 64 * 8 * 8)),
        (GroupNorm(4, affine=False), (64, 9), Measured((64, 9), fan_in=16 * 9, operations=5 * 64 * 9)),
        (InstanceNorm(), (64, 8, 8), Measured((64, 8, 8), fan_in=8 * 8, operations=5 * 64 * 8 * 8)),
        (InstanceNorm(affine=True), (64, 9), Measured((64, 9), 64, 64, fan_in=9, operations=7 * 64 * 9)),
        (RMSNorm(), (4096,), Measured((4096,), 4096, fan_in=4096, operations=4 * 4096)),
        (RMSNorm(affine=False), (64, 9), Measured((64, 9), fan_in=64, operations=3 * 64 * 9)),
    ],
    ids=str,
)
def test_sample_norm_profile(layer, x, expected):
    """Scale and shift are learnt for each channel, or each number; nothing is kept from sample to sample."""
    assert expected == claimed(layer, x)
    assert layer(x).windows == ()


def test_group_norm_lies_between_layer_norm_and_instance_norm():
    """Of one group it is the layer norm of the whole sample, of C groups the instance norm."""
    x = (6, 4, 5)

    assert claimed(GroupNorm(1, affine=False), x) == claimed(LayerNorm(affine=False, over="all"), x)
    assert claimed(GroupNorm(6, affine=True), x) == claimed(InstanceNorm(affine=True), x)


@pytest.mark.parametrize(
    ("make", "option", "message"),
    [
        (lambda: GroupNorm()((48, 8)), "groups", "in_channels (48) must be divisible by groups (32)"),
        (
            lambda: InstanceNorm()((48,)),
            "",
            "the input must have an axis besides its channels, such as CxHxW",
        ),
        (partial(GroupNorm, 0), "groups", "groups (0) must be at least 1"),
        (partial(LayerNorm, over="rows"), "over", "over must be channels or all, but got rows"),
    ],
)
def test_sample_norm_misfit(make, option, message):
    """The rule that is broken, with the numbers received, and the option to blame."""
    with pytest.raises(RuleError) as caught:
        make()

    assert (option, message) == (caught.value.option, str(caught.value))
