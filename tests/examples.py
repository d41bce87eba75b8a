"""How many examples a search tries: few where somebody waits for the tests, all of them with --long."""

from hypothesis import settings

FULL = 100
"""What the profile of --long holds: it tries all examples that a test asks for."""


def scaled(number):
    """A number of examples, or the share of it that the profile of this run tries; at least one."""
    return max(1, number * settings().max_examples // FULL)


def examples(number):
    """Settings of a property that --long tries on a number of examples."""
    return settings(max_examples=scaled(number))
