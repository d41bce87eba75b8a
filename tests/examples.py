"""How many examples a search tries: few where somebody waits for the tests, all of them with --long."""

import pytest
from hypothesis import settings

FULL = 100
"""What the profile of --long holds: it tries all examples that a test asks for."""


def scaled(number):
    """A number of examples, or the share of it that the profile of this run tries; at least one."""
    return max(1, number * settings().max_examples // FULL)


def examples(number):
    """Settings of a property that --long tries on a number of examples."""
    return settings(max_examples=scaled(number))


def rotated(some, others):
    """All pairs of two lists; a plain run tries every fourth of the first, each with one of the second, in turn."""
    return [
        pytest.param(one, other, marks=() if (0, at) == (number % 4, number // 4 % len(others)) else pytest.mark.long)
        for number, one in enumerate(some)
        for at, other in enumerate(others)
    ]


def one_in(number, cases):
    """All cases, of which a plain run tries one in so many; each is a value, or a tuple of them."""
    return [
        pytest.param(*case, marks=() if at % number == 0 else pytest.mark.long)
        for at, case in enumerate(each if isinstance(each, tuple) else (each,) for each in cases)
    ]
