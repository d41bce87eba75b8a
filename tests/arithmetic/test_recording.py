"""Numbers that are recorded, and computed for many configurations at once, are those that Python computes."""

from fractions import Fraction

import numpy as np
import pytest
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st
from recordings import (
    BINARY,
    COMPARED,
    NAMES,
    NUMBERS,
    TRUTHS,
    at_once,
    axes,
    columns,
    family,
    fractions,
    grown,
    meant,
    numerators,
    one_by_one,
    results,
    run,
)

from convcalc.arithmetic.arrays import LARGEST_INT64
from convcalc.arithmetic.functions import div8, rounded
from convcalc.arithmetic.operations import structural, write_message
from convcalc.errors import DescriptionError, Fault
from convcalc.questions.configurations import SweepAxis

HALF = Fraction(1, 2)
HUGE = st.one_of(
    st.integers(-(2**66), 2**66),
    st.sampled_from([2**63 - 1, -(2**63) + 1, -(2**63), 2**63, 2**62, 2**32, -(2**31), 3 * 2**61, 1, 0, -1]),
)


def agree(trees, known):
    """State that expressions come to the same at once and one by one."""
    found, wanted = (count(lambda values: results(trees, values), known) for count in (at_once, one_by_one))

    assert list(map(meant, found)) == list(map(meant, wanted))


@given(st.lists(NUMBERS, min_size=1, max_size=3), columns())
@examples(400)
def test_numbers(trees, given):
    """Any expression of integers and fractions has the values that Python gives it, and the same reasons for none."""
    agree(trees, axes(given))


@given(st.lists(TRUTHS, min_size=1, max_size=3), columns())
@examples(300)
def test_truths(trees, given):
    """So has any comparison, and what joins or denies comparisons."""
    agree(trees, axes(given))


@given(NUMBERS, TRUTHS, columns(HUGE))
@examples(300)
@example(("mul", "a", "b"), ("lt", "a", "b"), {"a": (1, [2**62, 1]), "b": (1, [2, 2**62]), "c": (1, [0, 0])})
def test_large_numbers(number, truth, given):
    """However large numbers become, none wraps around and none is rounded."""
    agree([number, truth], axes(given))


@given(st.integers(-3000, 3000), st.integers(1, 40))
def test_halves_are_rounded_to_even(numerator, denominator):
    """`round` is that of Python's fractions: 0.5 is 0, 1.5 is 2, -0.5 is 0."""
    near = range(numerator - 3, numerator + 4)
    axis = SweepAxis.of("a", [Fraction(number, denominator) for number in near])
    found = at_once(lambda values: {"a": rounded(values["a"])}, {"a": axis})

    assert [row["a"] for row in found] == [round(Fraction(number, denominator)) for number in near]


def test_products_beyond_int64():
    """3037000499² is the last square below 2⁶³: it and the next come out exactly, and only the next needs more room."""
    root = 3037000499
    assert root**2 < 2**63 < (root + 1) ** 2
    square = family(lambda values: {"a": values["a"] * values["a"]}, {"a": SweepAxis.of("a", [1, root + 1])})
    small = square.run({"a": np.array([1, root])}, 2).values["a"]
    large = square.run({"a": np.array([root, root + 1])}, 2).values["a"]

    assert (small.dtype, small.tolist()) == (np.int64, [1, root**2])
    assert (large.dtype, large.tolist()) == (object, [root**2, (root + 1) ** 2])


@pytest.mark.parametrize("most", [2**31, 2**62, 2**63 - 1, 2**63, 2**64 + 1])
def test_sums_around_int64(most):
    """n + n - n is n, also where the sum on the way there has no room in int64."""
    axis = SweepAxis.of("a", [most - 1, most, -most])

    for compute in (
        lambda values: {"x": (values["a"] * 3 + 1) // 3},
        lambda values: {"x": -(values["a"] * -5) // 5},
        lambda values: {"x": (values["a"] * values["a"] + values["a"]) // (values["a"] + 1)},
    ):
        assert [row["x"] for row in at_once(compute, {"a": axis})] == [most - 1, most, -most]


@pytest.mark.parametrize("kind", [*BINARY, *COMPARED])
@pytest.mark.parametrize("large", [2**63, -(2**63), 2**70 + 1, Fraction(2**65, 3)])
def test_small_numbers_and_a_large_one(kind, large):
    """A constant may have no room in int64, and what comes of it may have: min(a, 2⁷⁰) is a."""
    agree([(kind, "a", large), (kind, large, "a")], {"a": SweepAxis.of("a", [-(2**40), -3, 0, 1, 5, 7**20])})


@given(NUMBERS, st.lists(st.tuples(columns(), columns(HUGE)), min_size=1, max_size=2))
@examples(150)
def test_what_is_recorded_is_used_again(tree, given):
    """A recording of some configurations gives others, small or large, the values that are theirs."""
    parts = [each for pair in given for each in pair]
    joint = {name: SweepAxis.of(name, [value for part in parts for value in fractions(*part[name])]) for name in NAMES}
    own = family(lambda values: results([tree], values), joint)
    wanted = one_by_one(lambda values: results([tree], values), joint)
    found = []
    for part in parts:
        lanes = slice(len(found), len(found) + len(part["a"][1]))
        found += run(own, {name: column[lanes] for name, column in numerators(joint).items()})

    assert list(map(meant, found)) == list(map(meant, wanted))


@given(st.lists(st.one_of(NUMBERS, TRUTHS), min_size=1, max_size=3), columns(), st.data())
@examples(300)
def test_bounds(trees, given, data):
    """Within any box that holds all configurations, no step leaves its bounds."""
    known = axes(given)
    own = family(lambda values: results(trees, values), known)
    run(own, numerators(known))
    box = {name: grown(column, data) for name, column in numerators(known).items()}
    for program in own.programs:
        program.spent.clear()
        bounds, values = program.bounds(box), program.run(numerators(known))
        assert values.keys() == {step.index for step in program.steps}
        for index, column in values.items():
            assert bounds[index][0] <= column.min()
            assert column.max() <= bounds[index][1]


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=30))
def test_branches(numbers):
    """Where Python asks a number what it is, configurations part, and each goes its own way."""

    def compute(values):
        number = values["a"]
        if number > 3:
            return {"way": 1, "found": number * number}
        if number in (-1, 0, 1):
            return {"way": 2, "found": sum([index * number for index in range(number + 4)])}
        return {"way": 3, "found": [7, 8, 9, 10][number] if -4 <= number < 4 else structural(number) ** 2}

    known = {"a": SweepAxis.of("a", numbers)}

    assert at_once(compute, known) == one_by_one(compute, known)


def test_as_many_programs_as_ways():
    """A branch on a comparison makes two programs, one on a number makes one for each number."""
    numbers = list(range(10)) * 3
    known = {"a": SweepAxis.of("a", numbers)}
    halves = family(lambda values: {"x": 1 if values["a"] < 5 else values["a"]}, known)
    each = family(lambda values: {"x": len(range(values["a"]))}, known)
    for own in (halves, each):
        run(own, numerators(known))

    assert (len(halves.programs), len(each.programs)) == (2, 10)


def failing(text):
    """An error about a layer.

    Raises:
        DescriptionError: always.
    """
    raise DescriptionError(Fault("", text, layer="tree"))


@pytest.mark.parametrize(
    ("compute", "programs"),
    [
        (lambda values: failing(write_message("got {a:,}, {half}", a=values["a"], half=values["a"] * HALF)), 1),
        (lambda values: failing(write_message("got {text}", text=lambda: f"{values['a'] - 3}x{values['a']}")), 1),
        (lambda values: failing(f"got {values['a']} and {values['a'] * 2}"), 10),
        (lambda values: failing(f"{write_message('got {a}', a=values['a'])}!"), 10),
        (lambda values: (write_message("got {a}", a=values["a"]), failing(write_message("none")))[1], 1),
        (lambda values: failing(max(write_message("7"), write_message("{a}", a=values["a"]))), 10),
    ],
)
def test_messages(compute, programs):
    """A message is written for each configuration by one program; any other text with a number is that number's own."""
    known = {"a": SweepAxis.of("a", [*range(2000, 2010)] * 2)}
    own = family(compute, known)

    assert run(own, numerators(known)) == one_by_one(compute, known)
    assert len(own.programs) == programs


@given(st.lists(st.integers(-40, 400), min_size=1, max_size=30), st.sampled_from([1, 3, 10]))
def test_multiples_of_8(numbers, denominator):
    """The rounding of widths chooses for each configuration by itself."""
    known = {"a": SweepAxis.of("a", [Fraction(number, denominator) for number in numbers])}

    assert at_once(lambda values: {"x": div8(values["a"])}, known) == [
        {"x": div8(Fraction(number, denominator))} for number in numbers
    ]


def test_results_of_all_configurations_alone():
    """What no variable changes is the same number everywhere, however large it is."""
    known = {"a": SweepAxis.of("a", [1, 2, 3])}

    assert at_once(lambda _: {"x": 7, "y": LARGEST_INT64 + 1}, known) == [{"x": 7, "y": LARGEST_INT64 + 1}] * 3
