"""The largest value within limits: of all that can be tried one by one, none is larger and fits."""

from contextlib import suppress
from fractions import Fraction
from functools import cache

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from widenings import bundled, variant

from convcalc.cli.fit import fitted
from convcalc.errors import DescriptionError
from convcalc.fitting import LEAF, Limit, Scale, Search
from convcalc.measures import MEASURES, Terms
from convcalc.spec.ways import by_depth, by_size, by_variable, by_width
from convcalc.widening import Widening

PLAIN = Terms()


def counted(report, keys=("params", "macs")):
    """Measures of a network."""
    return {key: MEASURES[key](PLAIN, report.rows) for key in keys}


def limited(**most):
    """Limits of measures."""
    return [Limit(key, Fraction(each)) for key, each in most.items()]


def fits(way, place, limits):
    """Whether the network with a value can be built, and is within limits."""
    try:
        found = counted(way.network(way.scale.value(place)), [limit.key for limit in limits])
    except DescriptionError:
        return False
    return all(found[limit.key] <= limit.most for limit in limits)


def greatest(way, limits):
    """The place of the largest value that fits, tried one by one from the greatest down; none if there is none."""
    return next((place for place in range(way.scale.last, -1, -1) if fits(way, place, limits)), None)


def place(fit):
    """Where the value that was found stands, if one was."""
    return fit.best.code if fit.best else None


def network(lines, **variables):
    """A network in lines, with variables."""
    held = ", ".join(f"{name}: {value}" for name, value in variables.items())
    return variant(f"vars: {{{held}}}\ninput: 3x16x16\nlayers:\n" + "".join(f"  - {line}\n" for line in lines))


HILL = network(["conv k 3 same", "conv 64-k 3 same", "gap", "linear 10"], k=8)
"""A network that has most weights where k is 32."""


@pytest.mark.parametrize("most", [1_000, 2_500, 5_000, 9_000, 12_000, 20_000])
def test_costs_that_fall_again(most):
    """Where costs rise and fall, the answer is behind the hill as soon as that fits."""
    way = by_variable(HILL, "k=1:63")

    assert place(fitted(way, limited(weights=most), PLAIN)) == greatest(way, limited(weights=most))


@given(st.integers(1, 300_000), st.integers(2, 6), st.integers(1, 4))
@examples(40)
def test_widths_that_are_mostly_impossible(most, groups, kernel):
    """Where groups must divide widths, the largest possible one is found, with its counts and why it is no larger."""
    way = by_variable(network(["conv 2*k 1", f"conv 3*k {kernel} same g={groups}", "gap", "linear 10"], k=6), "k=1:40")
    limits = limited(params=most)
    fit = fitted(way, limits, PLAIN)

    assert place(fit) == greatest(way, limits)
    if fit.best:
        assert fit.best.measures == counted(way.network(way.scale.value(fit.best.code)))
    if fit.best and fit.beyond:
        assert fit.beyond.code > fit.best.code
        assert fit.beyond.measures == counted(way.network(way.scale.value(fit.beyond.code)))
        assert [limit.key for limit in fit.binding] == ["params"]


MIXED = network(["conv 6 3 same bn relu", "conv 10 3/2 same", "conv C//2 1", "gap", "linear 10"])
"""A network with two widths of its own, and one that follows."""


@cache
def params_of_factors(divisor):
    """The parameters under all factors up to 4 between which a width can change, where the network is possible."""
    way = by_width(MIXED, Widening(Fraction(1), divisor), hidden=False)
    found = {}
    for step in range(1, 4 * 540):
        with suppress(DescriptionError):
            found[Fraction(step, 540)] = counted(way.network(Fraction(step, 540)))["params"]
    return found


@given(st.integers(1, 6_000), st.sampled_from([1, 8]))
@examples(60)
def test_the_widest(most, divisor):
    """No factor at which any width changes gives a larger network that fits."""
    way = by_width(MIXED, Widening(Fraction(1), divisor), hidden=False)
    fit = fitted(way, limited(params=most), PLAIN)
    fitting = [count for count in params_of_factors(divisor).values() if count <= most]

    assert (fit.best.measures["params"] if fit.best else None) == max(fitting, default=None)


@pytest.mark.parametrize(
    ("net", "limits"),
    [
        ("resnet18", {"params": 5_000_000}),
        ("mobilenet_v2", {"macs": 150_000_000, "params": 3_000_000}),
        ("vgg11", {"macs": 3 * 10**9}),
        ("densenet121", {"activation_bytes": 100 * 2**20}),
    ],
)
@pytest.mark.parametrize("divisor", [1, 8])
def test_bundled_networks_are_as_wide_as_they_can_be(net, limits, divisor):
    """What is found is within its limits, and what comes next is not: both counted anew, by building the network."""
    way = by_width(bundled(net), Widening(Fraction(1), divisor), hidden=False)
    fit = fitted(way, limited(**limits), PLAIN)
    within, beyond = (counted(way.network(fit.scale.value(each.code)), limits) for each in (fit.best, fit.beyond))

    assert all(within[key] <= most for key, most in limits.items())
    assert any(beyond[key] > most for key, most in limits.items())
    assert {key: fit.best.measures[key] for key in limits} == within
    assert [limit.key for limit in fit.binding] == [key for key, most in limits.items() if beyond[key] > most]


@pytest.mark.parametrize(("net", "divisor"), [("resnet18", 8), ("vgg11_bn", 1), ("efficientnet_b0", 8)])
def test_the_factor_that_is_told_gives_the_network(net, divisor):
    """A factor with few decimals is told in place of the one that was found: it makes the same network."""
    way = by_width(bundled(net), Widening(Fraction(1), divisor), hidden=False)
    fit = fitted(way, limited(params=40_000_000), PLAIN)
    value = fit.scale.value(fit.best.code)
    short = way.simplest(value)

    assert counted(way.network(short)) == fit.best.measures
    assert short <= value
    assert len(str(short.denominator)) <= 7


def test_the_deepest():
    """Numbers of layers are scaled together, each rounded up: what comes behind the answer does not fit."""
    way = by_depth(bundled("resnet50"))
    limits = limited(macs=10**10)
    fit = fitted(way, limits, PLAIN)

    assert counted(way.network(fit.scale.value(fit.best.code)))["macs"] <= 10**10
    assert all(not fits(way, each, limits) for each in range(fit.best.code + 1, fit.best.code + 6))


def test_the_largest_input():
    """VGG-16 has 5 × 10⁹ MACs or fewer up to an input of 127, and each size alone says so."""
    net = bundled("vgg16")
    way = by_size(net)
    fit = fitted(way, limited(macs=5 * 10**9), PLAIN)
    sizes = [way.network(fit.scale.value(each.code)).graph.inputs["input"] for each in (fit.best, fit.beyond)]

    assert sizes == [(3, 127, 127), (3, 128, 128)]
    assert [net.resized({"input": shape}).network().macs <= 5 * 10**9 for shape in sizes] == [True, False]


def test_a_search_leaves_out_what_is_too_large():
    """Of a million widths, few are computed: a box of them is left out as soon as its least is too much."""
    net = network(["conv k 3 same", "conv 2*k 3 same", "gap", "linear 10"], k=8)
    way = by_variable(net, "k=1:1000000")

    def compute(values):
        return counted(way.trial(values["k"]))

    search = Search(compute, Scale("k", range(1, 10**6 + 1)), limited(params=10**8))
    fit = search.fit()
    k = fit.scale.value(fit.best.code)

    assert 3 * 9 * k + k + 18 * k * k + 2 * k + 20 * k + 10 <= 10**8 < 18 * (k + 1) ** 2 + 50 * (k + 1) + 10
    assert search.computed < 4 * LEAF


def test_nothing_fits():
    """Where even the least is too much, or impossible, there is no best."""
    way = by_variable(network(["conv k 3", "linear 10"], k=8), "k=4:9")
    fit = fitted(way, limited(params=10), PLAIN)

    assert fit.best is None
    assert fit.beyond.code == 0
    assert fit.beyond.measures["params"] == 3 * 9 * 4 + 4 + 14 * 14 * 4 * 10 + 10


def test_no_limit_binds():
    """Where the last value fits, nothing is beyond it."""
    way = by_variable(network(["conv k 3", "linear 10"], k=8), "k=4:9")
    fit = fitted(way, limited(params=10**9), PLAIN)

    assert (fit.scale.value(fit.best.code), fit.between, fit.beyond, fit.binding) == (9, None, None, [])


def test_an_open_end():
    """Without values, whole numbers are tried, and hundredths of what is written with a point."""
    whole = by_variable(network(["conv k 3 same", "gap", "linear 10"], k=8), "k")
    parts = by_variable(network(["conv int(a*100) 3 same", "gap", "linear 10"], a="1.0"), "a")

    assert [fitted(way, limited(weights=37 * 50), PLAIN).scale.value(49) for way in (whole, parts)] == [
        50,
        Fraction(1, 2),
    ]
    assert [place(fitted(way, limited(weights=37 * 50), PLAIN)) for way in (whole, parts)] == [49, 49]
