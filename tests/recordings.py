"""Random expressions, which a recording computes for many configurations and Python for one."""

import operator
from fractions import Fraction
from functools import partial

import numpy as np
from hypothesis import strategies as st

from convcalc.arithmetic.arrays import Family, VariableRange
from convcalc.arithmetic.functions import rounded
from convcalc.arithmetic.operations import (
    ceil_div,
    choose,
    common_divisor,
    current_domain,
    decide,
    divisible,
    equal,
    largest,
    negated,
    require,
    smallest,
)
from convcalc.arithmetic.recorded import fraction_parts
from convcalc.errors import DescriptionError, Fault, RuleError
from convcalc.layers.options import show_value
from convcalc.questions.configurations import SweepAxis

NAMES = ("a", "b", "c")
CONSTANTS = (-7, -2, -1, 0, 1, 2, 3, 4, 8, 60, *map(Fraction, ("1/2", "-9/4", "2/3", "7/10")))
DENOMINATORS = (1, 1, 1, 2, 3, 10, 20)


def divisor(number):
    """A number by which others are divided.

    Raises:
        RuleError: it is 0.
    """
    message = "nothing is divided by {number}"
    require(decide(number < 0) or number > 0, "out-of-range", "divisor", message, number=partial(show_value, number))
    return number


def whole(number):
    """A whole number that is no more."""
    return number // 1


def divided(one, other):
    """A number divided by one that divides it.

    Raises:
        RuleError: it does not.
    """
    one, other = whole(one), divisor(whole(other))
    require(
        divisible(one, other), "not-divisible", "other", "{one:,} must be divisible by {other} - {half}",
        one=one, other=other, half=lambda: show_value(other * Fraction(1, 2)),
    )  # fmt: skip  # the message in one line
    return one // other


UNARY = {"neg": operator.neg, "round": rounded, "whole": whole}
BINARY = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floordiv": lambda one, other: one // divisor(other),
    "mod": lambda one, other: one % divisor(other),
    "ceil_div": lambda one, other: ceil_div(one, divisor(other)),
    "largest": largest,
    "smallest": smallest,
    "common_divisor": lambda one, other: common_divisor(whole(one), whole(other)),
    "divided": divided,
}
COMPARED = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": equal, "ne": operator.ne,
}  # fmt: skip  # a list reads better in lines
JOINED = {"and": operator.and_, "or": operator.or_}


def computed(tree, values):
    """What an expression comes to, in the arithmetic of its values.

    Raises:
        RuleError: something is divided by 0.
    """
    if not isinstance(tree, tuple):
        return values[tree] if isinstance(tree, str) else tree
    kind, *own = tree
    if kind == "if":
        return computed(own[1] if decide(computed(own[0], values)) else own[2], values)
    found = [computed(each, values) for each in own]
    if kind == "not":
        return negated(found[0])
    return {**UNARY, **BINARY, **COMPARED, **JOINED, "choose": choose}[kind](*found)


def applied(kinds, *inner):
    """Expressions of some kinds, each of others."""
    return st.tuples(st.sampled_from(list(kinds)), *inner)


LEAVES = st.sampled_from([*NAMES, *CONSTANTS])


def deeper(inner):
    """Numbers made of others."""
    truth = truths(inner)
    return st.one_of(
        applied(BINARY, inner, inner), applied(UNARY, inner), applied(["if", "choose"], truth, inner, inner)
    )


def truths(numbers):
    """Truths made of numbers."""
    compared = applied(COMPARED, numbers, numbers)
    return st.one_of(compared, applied(JOINED, compared, compared), applied(["not"], compared))


NUMBERS = st.recursive(LEAVES, deeper, max_leaves=12)
TRUTHS = truths(NUMBERS)


def results(trees, values):
    """The numerator and the denominator of each expression.

    Raises:
        DescriptionError: one comes to nothing.
    """
    try:
        found = [computed(tree, values) for tree in trees]
    except RuleError as error:
        raise DescriptionError(Fault(error.code, str(error), layer="tree")) from None
    return {(index, at): each for index, number in enumerate(found) for at, each in enumerate(fraction_parts(number))}


SMALL = st.integers(-40, 40)


@st.composite
def columns(draw, numerators=SMALL):
    """Values of all variables in some configurations: for each variable a denominator, and numerators."""
    count = draw(st.integers(1, 12))
    return {
        name: (
            draw(st.sampled_from(DENOMINATORS)),
            draw(st.lists(numerators, min_size=count, max_size=count)),
        )
        for name in NAMES
    }


def axes(given):
    """The same as axes."""
    return {name: SweepAxis.of(name, fractions(*column)) for name, column in given.items()}


def fractions(denominator, numerators):
    """A denominator and numerators, each divided by it."""
    return [Fraction(numerator, denominator) for numerator in numerators]


def family(compute, known):
    """A computation on the variables of some axes."""
    return Family(compute, {name: VariableRange(axis.denominator, *axis.bounds) for name, axis in known.items()})


def numerators(known):
    """What is computed with: whole numbers, by variable."""
    return {name: axis.numerators for name, axis in known.items()}


def at_once(compute, known):
    """What a computation comes to in each configuration, all of them together: a value by key, or a reason."""
    return run(family(compute, known), numerators(known))


def run(own, given):
    """The same of some columns of numerators."""
    count = len(next(iter(given.values())))
    found = own.run(given, count)
    reasons = found.reasons()
    lists = {key: column.tolist() for key, column in found.values.items()}
    assert sorted(reasons) == np.flatnonzero(found.failed).tolist()
    return [reasons.get(lane) or {key: column[lane] for key, column in lists.items()} for lane in range(count)]


def one_by_one(compute, known):
    """The same of integers and fractions, configuration by configuration."""
    assert current_domain() is None
    found = []
    for lane in range(len(next(iter(known.values())))):
        try:
            found.append(compute({name: axis.value(lane) for name, axis in known.items()}))
        except DescriptionError as error:
            found.append(f"{error.faults[0].layer}: {error.faults[0].message}")
    return found


def meant(row):
    """The fractions of a row of numerators and denominators; a reason as it is."""
    if isinstance(row, str):
        return row
    return [Fraction(int(row[index, 0]), int(row[index, 1])) for index, at in row if not at]


def grown(column, data):
    """Bounds of a column of numbers, or wider ones."""
    below, above = data.draw(st.tuples(st.integers(0, 50), st.integers(0, 50)))
    return int(column.min()) - below, int(column.max()) + above
