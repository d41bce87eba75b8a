"""The largest value within limits: of all that can be tried one by one, none is larger and fits."""

from contextlib import suppress
from fractions import Fraction
from functools import cache

import pytest
from examples import examples, one_in
from hypothesis import given
from hypothesis import strategies as st
from sweeps import at_once, described
from widenings import bundled, lines, variant

from convcalc.errors import DescriptionError
from convcalc.network.measures import countable, measured
from convcalc.network.terms import Terms
from convcalc.questions.fitting import LEAF, MOST_STAGE_WORK, MeasureLimit, Search, ValueScale
from convcalc.questions.ways import by_depth, by_size, by_variable, by_width, fitted, search
from convcalc.questions.widening import Widening
from convcalc.sources.networks import NetworkArguments

PLAIN = Terms()
PLAN = Widening(Fraction(1))


def counted(report, keys=("params", "macs")):
    """Measures of a network."""
    return {key: measured(key, report.rows, PLAIN) for key in keys}


def limited(**most):
    """Limits of measures."""
    return [MeasureLimit(key, Fraction(each)) for key, each in most.items()]


def fits(way, place, limits):
    """Whether the network with a value can be built, and is within limits."""
    try:
        found = counted(way.report(way.scale.value(place)), [limit.key for limit in limits])
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
        assert fit.best.measures == counted(way.report(way.scale.value(fit.best.code)))
    if fit.best and fit.beyond:
        assert fit.beyond.code > fit.best.code
        assert fit.beyond.measures == counted(way.report(way.scale.value(fit.beyond.code)))
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
            found[Fraction(step, 540)] = counted(way.report(Fraction(step, 540)))["params"]
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
    within, beyond = (counted(way.report(fit.scale.value(each.code)), limits) for each in (fit.best, fit.beyond))

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

    assert counted(way.report(short)) == fit.best.measures
    assert short <= value
    assert len(str(short.denominator)) <= 7


@pytest.mark.long
def test_the_deepest():
    """Numbers of layers are scaled together, each rounded up: what comes behind the answer does not fit."""
    way = by_depth(bundled("resnet50"))
    limits = limited(macs=10**10)
    fit = fitted(way, limits, PLAIN)

    assert counted(way.report(fit.scale.value(fit.best.code)))["macs"] <= 10**10
    assert all(not fits(way, each, limits) for each in range(fit.best.code + 1, fit.best.code + 6))


def test_the_largest_input():
    """VGG-16 has 5 × 10⁹ MACs or fewer up to an input of 127, and each size alone says so."""
    net = bundled("vgg16")
    way = by_size(net)
    fit = fitted(way, limited(macs=5 * 10**9), PLAIN)
    sizes = [way.report(fit.scale.value(each.code)).graph.inputs["input"] for each in (fit.best, fit.beyond)]

    assert sizes == [(3, 127, 127), (3, 128, 128)]
    assert [net.resized({"input": shape}).report().macs <= 5 * 10**9 for shape in sizes] == [True, False]


def test_widths_that_are_impossible():
    """B2: of DCGAN with its linear layer, only factors that round to 1 fit its reshape; few are computed."""
    way = by_width(bundled("dcgan"), PLAN, hidden=True)
    asked = search(way, limited(activations=5 * 10**6), PLAIN)
    fit = asked.fit()

    assert way.scale.last + 1 == 1000 * 32768
    assert (fit.scale.value(fit.best.code), fit.beyond, fit.proved) == (1, None, True)
    assert (asked.family.recorded_so_far, asked.computed <= 10 * LEAF) == (2, True)


def test_a_search_leaves_out_what_is_too_large():
    """Of a million widths, few are computed: a box of them is left out as soon as its least is too much."""
    net = network(["conv k 3 same", "conv 2*k 3 same", "gap", "linear 10"], k=8)
    way = by_variable(net, "k=1:1000000")

    def compute(values):
        return counted(way.trial(values["k"]))

    search = Search(compute, ValueScale("k", range(1, 10**6 + 1)), limited(params=10**8))
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
    """Without values, whole numbers up to a million are tried, and hundredths of what is written with a point."""
    whole = by_variable(network(["conv k 3 same", "gap", "linear 10"], k=8), "k")
    parts = by_variable(network(["conv int(a*100) 3 same", "gap", "linear 10"], a="1.0"), "a")

    assert [fitted(way, limited(weights=37 * 50), PLAIN).scale.value(49) for way in (whole, parts)] == [
        50,
        Fraction(1, 2),
    ]
    assert [place(fitted(way, limited(weights=37 * 50), PLAIN)) for way in (whole, parts)] == [49, 49]


UNSTEADY = (
    "conv 64 3 g=k", "conv 8 3 s=k", "conv 24 k", "conv 24 k p=k//2", "conv 24 3 d=k", "conv 24 3 d=k p=k",
    "conv k 3/k",
    "conv max(1,64-k) 1", "conv k%7+1 3 same", "conv 1+k%13 3/2 half", "conv div8(k) 3", "conv min(k,9) max(k//9,1)",
    "conv C//k 1", "conv k*(40-k) 1", "adaptive_avgpool k, linear 10", "adaptive_avgpool 9-k%9", "maxpool k ceil",
    "avgpool 3 s=k p=1", "sepconv k 3 d=k", "upconv 8 3 s=k", "upconv 8 k p=k//3", "upsample k", "crop k", "pad k",
    "residual(conv C k same)", "residual(conv k 1 | conv k 1)", "conv C 3 same *(k%4)", "slice 0 k", "flatten k",
    "pixel_unshuffle k", "channel_shuffle k", "concat(conv k 1 | pass), conv 8 3 g=k", "linear k", "gn k", "maxout k",
)  # fmt: skip  # a list reads better in lines
"""Layers whose costs rise with `k`, or fall, or do both, or are possible for some of its values alone."""

END = 400
"""How many values are tried one by one."""


@given(
    st.lists(st.sampled_from(UNSTEADY), min_size=1, max_size=2),
    st.sampled_from(["8,32,32", "24,18,18", "12,k,k", "16,40"]),
    st.sampled_from(["params", "macs", "activations"]),
    st.data(),
)
@examples(80)
def test_any_way_that_costs_move(lines, shape, key, data):
    """C1: what is found is the largest of all values that fit, each of which has been tried, however costs move."""
    network = described([", ".join(lines)], shape, {"k": 1})
    alike = at_once(network, [{"k": k} for k in range(1, END + 1)])
    place_of = countable().index(key)
    costs = {k: row[place_of] for k, row in enumerate(alike, 1) if not isinstance(row, str)}
    most = data.draw(st.sampled_from(sorted({*costs.values(), 10_000}))) + data.draw(st.integers(-1, 1))
    fit = Search(
        lambda values: counted(network.varied(dict(values)), [key]),
        ValueScale("k", range(1, END + 1)),
        limited(**{key: most}),
    ).fit()
    best = max((k for k, cost in costs.items() if cost <= most), default=0)

    assert fit.proved
    assert (fit.scale.value(fit.best.code) if fit.best else 0) == best
    assert (fit.scale.value(fit.beyond.code) if fit.beyond else None) == min(
        (k for k in costs if k > best), default=None
    )


MILLION = {
    "a kernel": ("conv 24 k", "4x12x12", {"params": 10**6}, 12),
    "groups": ("conv 64 3 g=k", "8x32x32", {"params": 1000}, 8),
    "groups that do not fit": ("conv 64 3 g=k", "8x32x32", {"params": 639}, None),
    "strides": ("conv 8 3 s=k", "3x32x32", {"macs": 50_000}, 10**6),
    "dilation": ("conv 8 3 d=k", "3x32x32", {"macs": 50_000}, 15),
    "a dilated kernel": ("conv 8 k d=k", "3x32x32", {"macs": 10**9}, 6),
    "dilation and padding": ("conv 8 3 d=k p=k", "3x32x32", {"macs": 3 * 8 * 9 * 32 * 32}, 10**6),
    "a hill": ("conv k 1, conv max(1,3000-k) 1", "3x8x8", {"params": 300_000}, 59_999),
    "rounds that are refused": ("(conv 8 3) *k", "8x12x12", {"params": 10**6}, 5),
    "a size": ("adaptive_avgpool k", "3x8x8", {"activations": 30_000}, 100),
}
"""Lines, what they read, limits, and the largest of a million values that fits."""


@pytest.mark.parametrize(("line", "shape", "most", "largest"), MILLION.values(), ids=MILLION)
def test_the_largest_of_a_million(line, shape, most, largest):
    """B1, C1: it is proved to be the largest, with a few networks and little work."""
    way = by_variable(NetworkArguments(layers=[line], inputs=[shape], varied={"k": 1}).one(), "k")
    asked = search(way, limited(**most), PLAIN)
    fit = asked.fit()

    assert (fit.scale.value(fit.best.code) if fit.best else None) == largest
    assert (fit.proved, fit.tried) == (True, 10**6 - 1)
    assert asked.family.recorded_so_far <= 8
    assert asked.work.done <= asked.most_work


HARD = {
    "widths that are refused": (lambda: by_width(bundled("dcgan"), PLAN, hidden=True), {"activations": 5 * 10**6}),
    "many widths": (lambda: by_width(bundled("mobilenet_v3_large"), PLAN, hidden=False), {"params": 10**7}),
    "a deep network": (lambda: by_depth(bundled("resnet50")), {"macs": 10**11}),
    "rounds": (lambda: by_variable(network(["(conv 3 3 same) *k"], k=1), "k"), {"params": 10**5}),
    "rounds in rounds": (lambda: by_variable(network(["((conv 3 3 same) *k) *k"], k=1), "k"), {"macs": 10**9}),
    "what bounds say nothing about": (
        lambda: by_variable(network(["conv 8 3 d=k p=k"] * 12, k=1), "k"), {"macs": 10},
    ),
}  # fmt: skip  # a line each
"""Ways for which much could be tried, and limits."""


@pytest.mark.parametrize("name", one_in(3, HARD))
def test_work_is_bounded(name):
    """B2: whatever is asked, a search ends after four stages of so much work, and what it found fits."""
    way, most = HARD[name]
    own, limits = way(), limited(**most)
    asked = search(own, limits, PLAIN)
    fit = asked.fit()

    assert asked.work.done <= 5 * asked.most_work
    assert asked.most_work <= MOST_STAGE_WORK + 8 * 100_000
    assert fit.best is None or fits(own, fit.best.code, limits)
    assert fit.best is None or not fit.beyond or fit.binding


def test_what_is_not_proved():
    """C1: rounds beyond those that were tried are not excluded, and the answer says so."""
    way = by_variable(network(["(conv 3 3 same) *k"], k=1), "k")
    fit = fitted(way, limited(params=84 * 20), PLAIN)

    assert (fit.scale.value(fit.best.code), fit.scale.value(fit.beyond.code)) == (20, 21)
    assert not fit.proved
    assert 20 <= fit.scale.value(fit.tried) < 100


def test_many_widths_have_a_scale_of_millionths():
    """B2: the factors of a hundred different widths are not divided as finely as all of them together would need."""
    network = lines(*[f"conv {width} 3 same" for width in range(8, 108)])
    asked = search(by_width(network, PLAN, hidden=False), limited(params=10**8), PLAIN)
    fit = asked.fit()

    assert fit.scale.denominator == 10**6
    assert fit.best is not None
    assert fit.best.measures["params"] <= 10**8 < fit.beyond.measures["params"]
    assert (fit.proved, asked.work.done <= 3 * asked.most_work) == (True, True)
