"""Items of two sequences that belong together, against closed forms and a plain search."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc.questions import alignment
from convcalc.questions.alignment import Stretch, anchors, fewest_edits, heaviest, windowed

ITEMS = st.lists(st.integers(0, 3), max_size=14)


def longest(one, other):
    """How many equal items keep their order, at most."""
    above = [0] * (len(other) + 1)
    for own in one:
        row = [0]
        for place, item in enumerate(other):
            row.append(above[place] + 1 if own == item else max(above[place + 1], row[-1]))
        above = row
    return above[-1]


def equal(one, other):
    """Equal items speak for each other."""
    return lambda i, others: [int(one[i] == other[j]) for j in others]


def whole(one, other):
    """All of two sequences."""
    return Stretch(range(len(one)), range(len(other)))


def is_in_order(matches, one, other):
    """Whether matches are of equal items, each behind the last in both sequences."""
    ordered = all(a < c and b < d for (a, b), (c, d) in pairwise(matches))
    return ordered and all(one[i] == other[j] for i, j in matches)


@given(ITEMS, ITEMS)
def test_as_many_as_possible(one, other):
    """Both searches find as many equal items as there are in order."""
    matches = fewest_edits(one, other)
    weighed = [(i, j) for i, j in heaviest(whole(one, other), equal(one, other)) if None not in {i, j}]

    assert len(weighed) == longest(one, other)
    assert is_in_order(weighed, one, other)
    if matches is not None:
        assert len(matches) == longest(one, other)
        assert is_in_order(matches, one, other)


@pytest.mark.parametrize("search", [heaviest, windowed])
@given(st.lists(st.integers(0, 3), max_size=200), st.lists(st.integers(0, 3), max_size=200))
def test_each_item_is_told_once(search, one, other):
    """What has no like is told alone; the order is that of both."""
    found = list(search(whole(one, other), equal(one, other)))

    assert [i for i, _ in found if i is not None] == list(range(len(one)))
    assert [j for _, j in found if j is not None] == list(range(len(other)))


@given(st.lists(st.integers(0, 30), max_size=120), st.data())
def test_anchors(one, data):
    """They are equal items in order, whatever was put between."""
    other = list(one)
    for _ in range(data.draw(st.integers(0, 3))):
        other.insert(data.draw(st.integers(0, len(other))), data.draw(st.integers(0, 30)))

    assert is_in_order(anchors(one, other), one, other)


def test_anchors_of_what_stands_once():
    """Without repetitions, all items of both sequences are found, but for those near what was put between."""
    one = list(range(1000))
    other = [*one[:500], *range(-300, 0), *one[500:]]

    assert anchors(one, other) == [*((i, i) for i in range(500)), *((i, i + 300) for i in range(500, 1000))]
    assert anchors([0] * 100, [0] * 101) == []


def test_a_window_follows_what_is_shifted():
    """One item after another that is new shifts those behind it, and moves the window with them."""
    one = [0, 1, 2] * 2000
    other = [item for place, item in enumerate(one) for item in ([9, item] if place % 20 == 0 else [item])]
    found = list(windowed(whole(one, other), equal(one, other)))

    assert sum(None not in match for match in found) == len(one)


@pytest.mark.parametrize("length", [1_000, 8_000])
def test_the_work_grows_with_the_length(length):
    """B8: pairs that are weighed, and steps of the search, are so many for each item."""
    one, other = [0, 1, 2] * length, [2, 1, 1] * length
    weighed = []

    def weigh(i, others):
        weighed.append(len(others))
        return equal(one, other)(i, others)

    assert len(list(windowed(whole(one, other), weigh))) <= len(one) + len(other)
    assert sum(weighed) <= 2 * alignment.WINDOW * (len(one) + len(other))
    assert fewest_edits(one, other) is None
