"""Which configurations a sweep looks at, and which of them it keeps."""

from fractions import Fraction
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from command_line import uncoded
from descriptions import refused
from hypothesis import given
from hypothesis import strategies as st

from convcalc.network.report import Report
from convcalc.network.terms import Terms
from convcalc.questions.configurations import Grid, Listed, SweepAxis, chunks, how_many, integers, sampled, shard
from convcalc.questions.sweep import Best, Front, Goal, Sweep, front
from convcalc.questions.vary import parse_vary

SIZES = st.one_of(st.integers(-3, 3), st.sampled_from([2**63, 2**64, -(2**70)]))


def points(goals):
    """Lists of points in so many dimensions, few of them different."""
    return st.lists(st.tuples(*[st.integers(0, 4)] * goals), max_size=30)


def beats(one, other):
    """Whether one point is as small as another in all goals, and smaller in one."""
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def unbeaten(rows):
    """The places of the points that none of all others beats."""
    return [at for at, own in enumerate(rows) if not any(beats(other, own) for other in rows)]


@given(st.integers(1, 4).flatmap(points))
def test_front(rows):
    """The front is what no point beats, each compared with each; equal points are all of it."""
    goals = [np.array(column) for column in zip(*rows, strict=True)]

    assert front(goals).tolist() == unbeaten(rows)


def test_front_of_one_goal():
    """In one goal, the front is where it is least."""
    assert front([np.array([3, 1, 2, 1])]).tolist() == [1, 3]


def swept(columns, chunk=None):
    """The parts of a sweep of configurations that cost nothing, some at a time."""
    source = Listed.of(columns)
    sweep = Sweep(SimpleNamespace(varied=lambda _: Report(None, ())), source, (), Terms())
    numbers = range(source.total)
    return [sweep.part(part) for part in chunks(numbers, chunk or max(1, source.total))]


@given(st.lists(st.tuples(SIZES, SIZES, st.integers(0, 2)), min_size=1, max_size=20), st.integers(1, 7), st.data())
def test_front_of_parts(rows, chunk, data):
    """However a sweep is cut, and however large its numbers are, its front is that of the whole, by the first goal."""
    most = data.draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    goals = [Goal(key, way) for key, way in zip("abc", most, strict=True)]
    columns = {key: list(column) for key, column in zip("abc", zip(*rows, strict=True), strict=True)}
    found = Front(goals)
    for part in swept(columns, chunk):
        found.take(part, "abc")
    signed = [tuple(-value if way else value for value, way in zip(row, most, strict=True)) for row in rows]
    kept = [(signed[at], rows[at]) for at in unbeaten(signed)]

    assert sorted(found.shown()) == sorted(row for _, row in kept)
    assert [row[0] for row in found.shown()] == [row[0] for _, row in sorted(kept, key=lambda pair: pair[0])]


@given(
    st.lists(st.one_of(SIZES, st.fractions(-2, 2, max_denominator=6)), min_size=1, max_size=20),
    st.integers(1, 25), st.integers(1, 7), st.booleans(),
)  # fmt: skip  # two lines
def test_best(values, number, chunk, most):
    """The best few are the first few of all in their order; of equal ones, those that come first."""
    found = Best(Goal("a", most), number)
    for part in swept({"a": values, "b": list(range(len(values)))}, chunk):
        found.take(part, "ab")
    order = sorted(range(len(values)), key=lambda at: -values[at] if most else values[at])

    assert found.shown() == [(values[at], at) for at in order[:number]]


@given(st.integers(0, 200), st.integers(1, 30), st.integers(0, 50))
def test_shards_are_the_whole(total, parts, start):
    """Each number is in one of all shards, and in no other, be it of a range or of what was drawn."""
    for numbers in (range(start, start + total), list(range(0, 3 * total, 3))):
        shards = [list(shard(numbers, part, parts)) for part in range(1, parts + 1)]

        assert sorted(number for own in shards for number in own) == list(numbers)
        assert max(map(len, shards)) - min(map(len, shards)) <= 1


def test_shards_of_more_than_any_length():
    """A grid of 10³⁰ is cut as well: the shards begin behind each other, and count 10³⁰ together."""
    shards = [shard(range(10**30), part, 7) for part in range(1, 8)]

    assert sum(map(how_many, shards)) == 10**30
    assert [next(chunks(own, 3)).tolist() for own in shards] == [[at, at + 7, at + 14] for at in range(7)]


@given(st.one_of(st.integers(1, 300), st.integers(2**62, 2**80)), st.integers(1, 40), st.integers(0, 5))
def test_samples(total, number, seed):
    """What is drawn is different numbers in their order, as many as asked for or all; the seed says which."""
    found = list(sampled(total, number, seed)) if number < total else list(range(total))

    assert list(sampled(total, number, seed)) == found
    assert found == sorted(set(found))
    assert len(found) == min(number, total)
    assert all(0 <= each < total for each in found)


@pytest.mark.parametrize("total", [10**6, 10**30])
def test_seeds(total):
    """Other seeds draw other numbers."""
    drawn = {tuple(sampled(total, 20, seed)) for seed in range(50)}

    assert len(drawn) == 50


def test_samples_are_spread():
    """Of 10³⁰ numbers, 1000 that are drawn lie in all tenths: about 100 in each."""
    tenths = [number // 10**29 for number in sampled(10**30, 1000, 0)]

    assert all(50 < tenths.count(tenth) < 150 for tenth in range(10))


@given(st.lists(st.lists(st.integers(-5, 5), min_size=1, max_size=4, unique=True), min_size=1, max_size=4), st.data())
def test_grids(lists, data):
    """A grid is the product of its axes, those of the last changing fastest; any part of it is that part."""
    grid = Grid(tuple([SweepAxis.of(f"v{index}", values) for index, values in enumerate(lists)]))
    whole = list(product(*lists))
    chosen = data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1))
    codes = grid.codes(integers(chosen))

    assert grid.total == len(whole)
    assert list(zip(*[axis.values(codes[axis.name]) for axis in grid.axes], strict=True)) == [
        whole[number] for number in chosen
    ]


def test_a_grid_of_more_than_any_length():
    """10⁴² configurations have numbers, and the last of them has the last value of each axis."""
    grid = Grid(tuple([SweepAxis(f"v{index}", np.arange(10**6)) for index in range(7)]))
    codes = grid.codes(integers([0, 10**42 - 1, 10**36]))

    assert grid.total == 10**42
    assert [codes[f"v{index}"].tolist() for index in (0, 1, 6)] == [
        [0, 10**6 - 1, 1],
        [0, 10**6 - 1, 0],
        [0, 10**6 - 1, 0],
    ]


VALUES = st.one_of(st.integers(-5, 5), st.fractions(-2, 2), st.lists(st.integers(0, 2), min_size=1, max_size=2), SIZES)


@given(st.integers(1, 12).flatmap(lambda size: st.lists(st.tuples(VALUES, VALUES), min_size=size, max_size=size)))
def test_listed(rows):
    """Configurations that are listed are these, in this order, be their values numbers or lists."""
    columns = {"a": [row[0] for row in rows], "b": [row[1] for row in rows]}
    listed = Listed.of(columns)
    codes = listed.codes(np.arange(len(rows)))

    assert listed.total == len(rows)
    assert {axis.name: axis.values(codes[axis.name]) for axis in listed.axes} == columns


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("k=8:128:8", range(8, 136, 8)),
        ("k=1:5", [1, 2, 3, 4, 5]),
        ("k=1:6:2", [1, 3, 5]),
        ("k=-2:2:2", [-2, 0, 2]),
        ("k=5:5", [5]),
        ("k=0.25:1:0.25", [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), 1]),
        ("k=0.1:0.3:0.1", [Fraction(1, 10), Fraction(1, 5), Fraction(3, 10)]),
        ("k=3,1,2", [3, 1, 2]),
        ("k=1, 2", [1, 2]),
        ("k=0.25,0.5,1", [Fraction(1, 4), Fraction(1, 2), 1]),
        ("k=1,10:12,99", [1, 10, 11, 12, 99]),
        ("k=2*8:2*12:4", [16, 20, 24]),
        ("k=[2,2],[3,4]", [[2, 2], [3, 4]]),
        ("k=[7]", [[7]]),
        ("k=3x5,3", [(3, 5), 3]),
        ("k=999999999999999998:999999999999999999", [10**18 - 2, 10**18 - 1]),
    ],
)
def test_values(text, values):
    """A range has both its ends, if its steps meet the last; values are exact, and in the order they are given."""
    (axis,) = parse_vary([text])

    assert axis.values(np.arange(len(axis))) == list(values)


def vary(text):
    """What is wrong with the values of a variable: the first line of the message."""
    return refused(parse_vary, [text] if isinstance(text, str) else text).split("\n")[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("k", "--vary takes name=values, but got k"),
        ("", "--vary takes name=values, but got nothing"),
        ("k=", "--vary takes name=values, but got k="),
        ("=3", "--vary takes name=values, but got =3"),
        (["k=1", "k=2"], "--vary gives k twice"),
        ("k=3,,4", "a value is missing in 3,,4"),
        ("k=3,", "a value is missing in 3,"),
        ("k=8:2", "a range goes up, from its first number to its last, but got 8:2"),
        ("k=1:8:0", "a range goes up, from its first number to its last, but got 1:8:0"),
        ("k=1:8:-1", "a range goes up, from its first number to its last, but got 1:8:-1"),
        ("k=1:2:3:4", "a range is first:last or first:last:step, in numbers, but got 1:2:3:4"),
        ("k=1:", "a value is missing here"),
        ("k=1:3x3", "a range is first:last or first:last:step, in numbers, but got 1:3x3"),
        ("k=1:20000000", "k takes 20,000,000 values, and may take 10,000,000"),
        ("k=3,4,3", "k takes 3 twice"),
        ("k=1:4,2", "k takes 2 twice"),
        ("k=0.5,1:2:0.5,0.5", "k takes 0.5 twice"),
        ("k=[1,2],[1,2]", "k takes [1, 2] twice"),
        ("k=[1,2],1:4", "k takes numbers, or lists and sizes, not both"),
        ("k=n", "a value must be a number, but got n"),
        ("k=wide", "a value must be a number, but got wide"),
        ("k=1//0", "division by zero"),
        ("k=1-5", "a value must be a number, but got 1-5"),
        ("k=1.5.2", "unexpected .2 in 1.5.2"),
    ],
)
def test_values_that_are_none(text, message):
    """The rule, and what was received."""
    assert uncoded(vary(text)) == f"error: {message}"
