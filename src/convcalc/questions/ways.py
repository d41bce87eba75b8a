"""What of a network can be made larger: a variable, its widths, its depths, its inputs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from math import lcm
from typing import TYPE_CHECKING, Any

from convcalc.arithmetic.operations import structural
from convcalc.errors import DescriptionError, Fault, guess, quoted
from convcalc.network.measures import lacking, measured, require_known
from convcalc.network.widths import scaled_number, scaled_shapes
from convcalc.questions.fitting import Search, ValueScale
from convcalc.questions.vary import parse_vary
from convcalc.questions.widening import Samples, Widened, Widening, hidden_layers, require_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.arithmetic.operations import AnyNumber
    from convcalc.network.network import Network, Variable
    from convcalc.network.report import Report
    from convcalc.network.terms import Terms
    from convcalc.questions.configurations import SweepAxis
    from convcalc.questions.fitting import Fit, MeasureLimit

FACTOR_NAME = "factor"
"""What a scale is called that is no variable."""

WIDEST_TRIED, DEEPEST_TRIED, LARGEST_TRIED = 1000, 64, 1000
"""The largest factors of widths, depths and sizes that are tried unless values are given."""

MOST_WHOLE, HUNDREDTHS = 1_000_000, 100
"""How many values of a variable are tried, and how many steps there are from 1 to 2 if it has decimals."""

HALVES, TENTHS = 2, 18
"""Where a rounded width changes, in its parts: halfway, and where it would be less than 90 %."""

SCALED = {
    ("width", "widths", "channels", "filters"): "try: no --vary, which scales all widths",
    ("depth", "depths", "layers"): "try: --scale depth in place of --vary",
    ("resolution", "size", "sizes", "input", "height"): "try: --scale resolution in place of --vary",
}
"""What to say to somebody who takes what can be scaled for a variable."""

FINEST, MILLION = 10**9, 10**6
"""The largest denominator of factors, and the one that takes the place of a larger one."""

PLACES_TRIED = 12
"""Decimal places in which a factor is looked for that is short to write."""

ALWAYS_TOLD = ("params", "macs")
"""Measures that are told even if they have no limit."""


@dataclass(frozen=True)
class Way:
    """A way to make a network larger: the values that there are, and the network under one of them.

    `trial` takes a number of any arithmetic, and `report` one of Python. `simplest` is a value that is short to write
    and gives the same network. `widened` has the network before and after, where widths are what is scaled.
    """

    scale: ValueScale
    says: str
    trial: Callable[[Any], Report]
    report: Callable[[Any], Report]
    simplest: Callable[[Any], Any] = lambda value: value
    widened: Callable[[Any], Widened] | None = None


def by_variable(network: Network, text: str) -> Way:
    """A variable of the network: `alpha`, or `alpha=0.1:2:0.05`.

    Raises:
        DescriptionError: it is no number.
    """
    name = text.partition("=")[0].strip()
    scale = given_scale(parse_vary([text])[0]) if "=" in text else usual(name, network.variables[name])
    return Way(
        scale,
        name,
        lambda value: network.varied({name: value}),
        lambda value: network.under({name: value}).report(),
    )


def require_variable(network: Network, name: str) -> None:
    """State that a network has a variable.

    Raises:
        DescriptionError: it has none of this name.
    """
    known = network.variables
    if name not in known:
        notes = tuple(way for words, way in SCALED.items() if name.lower() in words)
        message = f"unknown variable: {quoted(name)}{guess(name, known)}"
        raise DescriptionError(Fault("unknown-name", message, notes=notes))


def given_scale(axis: SweepAxis) -> ValueScale:
    """The values that somebody has given, from the least on.

    Raises:
        DescriptionError: they are no numbers.
    """
    if not axis.numeric:
        raise DescriptionError(Fault("bad-values", f"{axis.name} must be numbers, of which one is the largest"))
    return ValueScale(axis.name, sorted(axis.numerators.tolist()), axis.denominator)


def usual(name: str, held: Variable) -> ValueScale:
    """The values of a variable for which none are given: whole numbers, or hundredths if it is written with a point.

    Raises:
        DescriptionError: it is a list.
    """
    if not held.is_number:
        ways = (f"try: --scale depth, or convcalc sweep --vary '{name}=[…],[…]'",)
        raise DescriptionError(Fault("bad-values", f"{name} is no number, so that none is the largest", notes=ways))
    if held.has_point:
        return ValueScale(name, range(1, MOST_WHOLE + 1), HUNDREDTHS)
    return ValueScale(name, range(1, MOST_WHOLE + 1))


def by_width(network: Network, plan: Widening, *, hidden: bool) -> Way:
    """All widths times a factor, as `widen` scales them.

    Raises:
        DescriptionError: there is no width to scale.
    """
    before = network.report(plan)
    if hidden:
        plan = replace(plan, hidden=hidden_layers(before), widths={})
        before = network.report(plan)
    widths = sorted({width.value for width in plan.widths.values() if not plan.reason(width)})
    if not widths:
        notes = tuple(f"{width.name} is not widened: {plan.reason(width)}" for width in list(plan.widths.values())[:8])
        raise DescriptionError(Fault("nothing-found", "there is no width to scale", notes=notes))

    def trial(factor: AnyNumber) -> Report:
        own = replace(plan, factor=factor, widths={})
        after = network.varied({}, own)
        require_tables(before, after, own)
        return after

    def widened(factor: Fraction | int) -> Widened:
        own = replace(plan, factor=Fraction(factor), widths={})
        samples = Samples(network, replace(own, factor=Fraction(1), divisor=1, widths={}), {})
        return Widened(own, before, network.report(own), samples)

    return Way(
        ValueScale(FACTOR_NAME, *factor_steps(widths, HALVES if plan.divisor == 1 else 2 * TENTHS, WIDEST_TRIED)),
        "times as wide",
        trial,
        lambda factor: widened(factor).after,
        lambda factor: shortest(factor, lambda each: [scaled_number(width, each, plan.divisor) for width in widths]),
        widened,
    )


def shortest(factor: Fraction | int, result: Callable[[Fraction], Any]) -> Fraction:
    """The factor with the fewest decimals that gives what a factor gives, and is no larger."""
    tried = (Fraction(factor * 10**places // 1, 10**places) for places in range(PLACES_TRIED))
    return next((each for each in tried if each and result(each) == result(Fraction(factor))), Fraction(factor))


def factor_steps(numbers: Sequence[int], parts: int, most: int) -> tuple[range, int]:
    """Numerators, and their denominator, of factors that are fine enough for each step of some numbers.

    Where that takes too large a denominator, as of many different numbers, factors go in millionths.
    """
    denominator = parts * lcm(*numbers)
    if denominator > FINEST:
        denominator = MILLION
    return range(1, most * denominator + 1), denominator


def by_depth(network: Network) -> Way:
    """All numbers of layers times a factor, rounded up.

    Raises:
        DescriptionError: there are none.
    """
    numbers = network.depths()
    denominator = lcm(*numbers)
    found = sorted(
        {step * (denominator // each) for each in set(numbers) for step in range(1, DEEPEST_TRIED * each + 1)}
    )

    def trial(factor: AnyNumber) -> Report:
        return network.deeper(Fraction(structural(factor))).varied({})

    return Way(
        ValueScale(FACTOR_NAME, found, denominator),
        "times as deep",
        trial,
        lambda factor: network.deeper(Fraction(factor)).report(),
    )


def by_size(network: Network) -> Way:
    """The sizes of the inputs times a factor, rounded to the nearest.

    Raises:
        DescriptionError: they have none.
    """
    shapes = network.report().graph.inputs
    sizes = sorted({size for shape in shapes.values() for size in shape[1:]})
    if not sizes:
        raise DescriptionError(Fault("wrong-input", "the input has no sizes to scale besides its channels"))

    return Way(
        ValueScale(FACTOR_NAME, *factor_steps(sizes, HALVES, LARGEST_TRIED)),
        "times as large",
        lambda factor: network.resized(scaled_shapes(shapes, factor)).varied({}),
        lambda factor: network.larger(Fraction(factor)).report(),
        lambda factor: shortest(factor, partial(scaled_shapes, shapes)),
    )


def fitted(way: Way, limits: Sequence[MeasureLimit], terms: Terms) -> Fit:
    """The largest network that is within limits."""
    return search(way, limits, terms).fit()


def search(way: Way, limits: Sequence[MeasureLimit], terms: Terms) -> Search:
    """What looks for it."""
    limited = [limit.key for limit in limits]

    def compute(values: Mapping[str, Any]) -> Mapping[str, Any]:
        rows = way.trial(values[way.scale.name]).rows
        require_known(rows, limited)
        told = [key for key in ALWAYS_TOLD if not lacking(rows, [key])]
        return {key: measured(key, rows, terms) for key in dict.fromkeys([*told, *limited])}

    return Search(compute, way.scale, limits)
