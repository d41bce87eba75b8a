"""Each bundled network, counted for many configurations at once, against itself built for each of them."""

import os
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from examples import one_in, scaled
from sweeps import at_once, one_by_one

from convcalc.language.variant import Variant
from convcalc.network.measures import countable
from convcalc.network.terms import DTYPES, Terms
from convcalc.sources.bundled import bundled
from convcalc.sources.loading import load

NUMBER = int(os.environ.get("CONVCALC_CONFIGURATIONS") or scaled(120))
"""How many configurations of each network are built one by one."""

LISTS = 2 + NUMBER // 100
"""How many lists a variable takes that holds one: each of them is another network."""

NETWORKS = [net for net in bundled() if load(net).variables]

REPEATS = {("vit_b_16", "depth"), ("wrn_28_10", "n")}
"""Variables that are a number of layers."""


def drawn(draw, own):
    """A number in the place of a whole one: near it, far from it, round, small, or none that makes sense."""
    return draw.choice(
        [
            draw.randint(1, 100 * own + 40_000),
            draw.randint(own // 2, 2 * own + 3),
            own + draw.randint(-2, 2),
            own * draw.randint(1, 5),
            2 ** draw.randint(0, 10),
            3 * 2 ** draw.randint(0, 6),
            draw.randint(1, 12),
            draw.choice([-1, 0, 1, 10**4, 10**5]),
        ]
    )


def values(draw, net, name, held):
    """What gives a variable values at random, of the kind that it has."""
    if isinstance(held, tuple):
        lists = [[draw.randint(0, 3) for _ in held] for _ in range(LISTS)]
        lists += [[each.constant for each in held], [draw.randint(1, 9) for _ in range(draw.randint(1, 7))]]
        return lambda: draw.choice(lists)
    if (net, name) in REPEATS:
        return lambda: draw.randint(-1, 9)
    if "." in held.text:
        return lambda: draw.choice([Fraction(draw.randint(0, 60), 20), Fraction(draw.randint(1, 3000), 1000)])
    return lambda: drawn(draw, held.constant)


def groups(names):
    """Each variable alone, some pairs, and all: what is varied together."""
    return list(dict.fromkeys([*[(name,) for name in names], *list(combinations(names, 2))[:4], tuple(names)]))


def configurations(net):
    """Groups of different configurations of a network, as many as are asked for."""
    draw = Random(net)
    variables = load(net).variables
    draws = {name: values(draw, net, name, held) for name, held in variables.items()}
    asked = groups(variables)
    left = NUMBER
    for index, names in enumerate(asked):
        share = left // (len(asked) - index)
        found = [{name: draws[name]() for name in names} for _ in range(15 * share)]
        different = list({str(each): each for each in found}.values())[:share]
        left -= len(different)
        yield different


@pytest.mark.parametrize("net", one_in(6, NETWORKS))
def test_bundled_networks(net):
    """What is counted at once is what each configuration comes to on its own, to the digit, and so are its reasons.

    CONVCALC_CONFIGURATIONS=10000 compares as many configurations of each network, which takes 40 minutes.
    """
    network = Variant(load(net), {}, {})
    for index, group in enumerate(configurations(net)):
        terms = Terms(1 + 2 * index, list(DTYPES)[index % len(DTYPES)])
        found, wanted = at_once(network, group, terms), one_by_one(network, group, terms)

        assert found == wanted
        assert {type(each) for row in found if isinstance(row, tuple) for each in row} <= {int}


def test_each_network_has_possible_configurations():
    """What is compared is not reasons alone: half of all configurations and more have counts."""
    for net in ("resnet18", "mobilenet_v1", "seed", "vgg16"):
        network = Variant(load(net), {}, {})
        rows = [row for group in configurations(net) for row in one_by_one(network, group)]

        assert sum(isinstance(row, tuple) and len(row) == len(countable()) for row in rows) * 2 > len(rows)
