"""Networks of a command line, counted for many configurations at once: random ones, large ones, many."""

from fractions import Fraction

import numpy as np
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from sweeps import PLAIN, at_once, described, one_by_one

from convcalc.language.variant import Variant
from convcalc.network.measures import countable
from convcalc.network.terms import Terms
from convcalc.questions.configurations import Grid, SweepAxis
from convcalc.questions.sweep import CHUNK, Sweep
from convcalc.sources.loading import load

LAYERS = (
    "conv k 3", "conv k s same", "conv 2*k 3/s half bn relu", "conv int(a*16) 3/2 p=1", "conv div8(a*k) 1 relu",
    "conv ceil8(a*9) 1", "conv round(a*7) 3 same bn", "conv a*20 1", "conv k 3 g=g", "conv C*g 3 g=g same",
    "conv 8 3xs/sx1", "conv k 3 p=s:0", "conv 8 max(s,2) d=min(s,k)", "conv C//g 1", "conv k//s 1 -bias", "conv k 1 *r",
    "conv C 3 d=s", "dwconv 3/s same", "sepconv k 3", "upconv k s/s", "upconv 8 3/2 p=1", "maxpool s",
    "maxpool 3/s ceil", "maxpool 3/s p=1", "maxpool 2/2 caffe", "avgpool s p=s-1", "adaptive_avgpool s", "gap",
    "upsample s", "pad s",
    "pad 1:s", "crop s", "residual(conv C 3 same)", "residual(conv k 3 same | conv k 1)", "residual(conv C s same *r)",
    "concat(conv k 1 | conv g 3 same)", "add(conv k 1 | conv 8 1)", "mul(pass | gap, conv C 1 sigmoid)", "bn", "ln",
    "gn g", "pixel_shuffle s", "pixel_unshuffle s", "channel_shuffle g", "attention g", "flatten", "linear k", "relu",
    "flatten 1, linear k", "slice 0 s",
)  # fmt: skip  # a list reads better in lines
"""Layers whose options are computed from variables: widths, kernels, groups, repetitions."""

VARIABLES = {
    "k": st.one_of(st.integers(1, 24), st.sampled_from([-1, 0, 8, 64, 10**6])),
    "n": st.one_of(st.integers(1, 40), st.sampled_from([0, 32, 224])),
    "s": st.one_of(st.integers(1, 4), st.integers(-1, 3)),
    "g": st.sampled_from([0, 1, 1, 2, 3, 4, 8]),
    "a": st.builds(Fraction, st.integers(0, 60), st.sampled_from([1, 4, 10, 20])),
    "r": st.integers(0, 3),
}


@given(
    st.lists(st.sampled_from(LAYERS), min_size=1, max_size=4),
    st.sampled_from(["k,n,n+1", "8,n,n", "g,2*n,n", "int(a*4),n,n"]),
    st.lists(st.fixed_dictionaries(VARIABLES), min_size=1, max_size=12),
)
@examples(250)
def test_random_lines(lines, shape, configurations):
    """Whatever is built of variables costs at once what it costs one by one, or is impossible for the same reason."""
    network = described([", ".join(lines)], shape, configurations[0])

    assert at_once(network, configurations) == one_by_one(network, configurations)


@given(st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 10**5)), min_size=1, max_size=20), st.integers(1, 1000))
@examples(60)
def test_large_networks(sizes, batch):
    """Up to 10⁷ channels on 10⁵ × 10⁵ positions, 2·10²³ MACs and more: all measures are exact."""
    configurations = [{"k": k, "n": n} for k, n in (*sizes, (10**7, 10**5), (1, 1))]
    network = described(["conv k 3 same, conv 2*k 5 same bn relu"], "3,n,n", configurations[0])
    found = at_once(network, configurations, Terms(batch, "int4"))
    places = {key: place for place, key in enumerate(countable())}

    assert found == one_by_one(network, configurations, Terms(batch, "int4"))
    for row, each in zip(found, configurations, strict=True):
        k, positions = each["k"], each["n"] ** 2
        weights = 9 * 3 * k + 25 * k * 2 * k
        assert row[places["macs"]] == batch * positions * weights
        assert row[places["params"]] == weights + k + 2 * 2 * k


@given(st.lists(st.tuples(st.integers(1, 10**17), st.integers(1, 10**17)), min_size=1, max_size=9))
@examples(30)
def test_numbers_of_18_digits(sizes):
    """The largest numbers that a description may have, on positions as many: 9·k·n² MACs."""
    configurations = [{"k": k, "n": n} for k, n in sizes]
    network = described(["conv k 3 same -bias"], "1,n,n", configurations[0])
    macs = [dict(zip(countable(), row, strict=True))["macs"] for row in at_once(network, configurations)]

    assert macs == [9 * k * n * n for k, n in sizes]


def test_many_configurations():
    """More than a sweep computes at a time: each has its own counts, 10·k1 + 25·k1·k2 + k2 parameters."""
    axes = (SweepAxis("k1", np.arange(1, 401)), SweepAxis("k2", np.arange(1, 301)))
    sweep = Sweep(Variant(load("seed"), {}, {}), Grid(axes), ("params", "macs"), PLAIN)
    found = {key: [] for key in sweep.measures}
    for part in sweep.parts(range(400 * 300)):
        assert len(part.lanes) <= CHUNK
        for key in found:
            found[key] += part.column(key, part.lanes)
    pairs = [(k1, k2) for k1 in range(1, 401) for k2 in range(1, 301)]

    assert found["params"] == [10 * k1 + 25 * k1 * k2 + k2 for k1, k2 in pairs]
    assert found["macs"] == [28 * 28 * (9 * k1 + 25 * k1 * k2) for k1, k2 in pairs]
    assert len(sweep.families) == 1
    assert sum(len(own.programs) for own in sweep.families.values()) == 1
