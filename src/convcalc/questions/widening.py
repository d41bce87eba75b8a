"""What f times as many filters cost: the widths of a network scaled, and how its counts grow with f."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cache, cached_property, partial
from math import log
from typing import TYPE_CHECKING, Any, NamedTuple

from convcalc.arithmetic.operations import decimal
from convcalc.errors import DescriptionError, Fault, quoted
from convcalc.network.widths import Width, WrittenWidth, scaled_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from convcalc.arithmetic.operations import Number
    from convcalc.layers.base import Layer
    from convcalc.network.network import Network
    from convcalc.network.report import Report, Row


MOST_NAMES_SHOWN = 8
"""Names that a message lists."""

PLACES_SHOWN = 6
"""Decimal places of a factor that are shown."""

FAR = 10**6
"""A factor at which a polynomial is checked: what is cut off or bounded may look like one for small factors."""


@dataclass(frozen=True)
class Widening:
    """Which widths are scaled, by what, and how they are rounded.

    Patterns are those of a shell: `bottleneck*.conv2`. `hidden` are the linear layers that others read, where linear
    layers are scaled, too.
    """

    factor: Fraction
    divisor: int = 1
    keep: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    scale_groups: bool = False
    hidden: frozenset[str] = frozenset()
    widths: dict[str, Width] = field(default_factory=dict, compare=False)
    made: dict[tuple[Layer, WrittenWidth, str], Layer] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    def __call__(self, width: Width, layer: Layer) -> Layer:
        """The layer with its width scaled, if it is one of those; `widths` remembers them all.

        Equal layers of a line are `made` once, unless layers are chosen by name.
        """
        self.widths[width.name] = width
        key = layer, width.written, width.name if self.keep or self.only or self.hidden else ""
        found = self.made.get(key)
        if found is None:
            found = self.made[key] = self.adapted(width, layer)
        return found

    def adapted(self, width: Width, layer: Layer) -> Layer:
        """The layer with its width scaled, and its groups, as far as they are to be."""
        changed: dict[str, Any] = {} if self.reason(width) else {width.written.option: self.scaled(width.value)}
        groups = getattr(layer, "groups", 1)
        if self.scale_groups and groups > 1 and not width.written.groups_follow and not self.left(width):
            changed["groups"] = scaled_number(groups, self.factor, 1)
        return replace(layer, **changed) if changed else layer

    def scaled(self, width: Number) -> Number:
        """A width under the factor, rounded."""
        return scaled_number(width, self.factor, self.divisor)

    def reason(self, width: Width) -> str:
        """Why a width is left as it is; empty if it is scaled."""
        return "its width follows from what it reads" if width.follows else self.left(width)

    def left(self, width: Width) -> str:
        """Why a layer is left alone, even if its width follows from what it reads; empty if it is not."""
        if width.fixed:
            return "it is fixed"
        if not width.widened and width.name not in self.hidden:
            return "it is no convolution" if not self.hidden else "it is no convolution and no hidden linear layer"
        if self.only and not matches(width.name, self.only):
            return f"--only {' --only '.join(self.only)} leaves it out"
        if kept := [pattern for pattern in self.keep if fnmatchcase(width.name, pattern)]:
            return f"--keep {kept[0]} names it"
        return ""


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name is one that a pattern means."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def hidden_layers(report: Report) -> frozenset[str]:
    """The linear layers whose results other layers with weights read."""
    behind: set[str] = set()
    found = set()
    for row in reversed(report.rows):
        if row.node.layer.width and not row.node.layer.widened and row.node.name in behind:
            found.add(row.node.name)
        if row.node.name in behind or row.profile.macs:
            behind.update(row.node.inputs)
    return frozenset(found)


class Polynomial(NamedTuple):
    """A count as `square * f² + linear * f + constant`."""

    square: Fraction
    linear: Fraction
    constant: Fraction

    @classmethod
    def through(cls, counts: Sequence[Number], factors: Sequence[Number | Fraction] = (1, 2, 3)) -> Polynomial:
        """The one that comes to three counts at three factors (Newton's divided differences)."""
        (one, two, three), (x, y, z) = counts, factors
        slope = Fraction(two - one) / (y - x)
        square = (Fraction(three - two) / (z - y) - slope) / (z - x)
        linear = slope - square * (x + y)
        return cls(square, linear, one - linear * x - square * x * x)

    def at(self, factor: Number | Fraction) -> Fraction:
        """What it comes to."""
        return self.square * factor * factor + self.linear * factor + self.constant

    def terms(self) -> str:
        """How it grows: the powers of f that it has."""
        return " + ".join(power for part, power in zip(self, ("f²", "f", "1"), strict=True) if part) or "1"

    def __str__(self) -> str:
        parts = [(part, power) for part, power in zip(self, ("·f²", "·f", ""), strict=True) if part]
        text = "".join(f" {'-' if part < 0 else '+'} {coefficient_text(abs(part))}{power}" for part, power in parts)
        return text.removeprefix(" + ").lstrip() or "0"


def coefficient_text(number: Fraction) -> str:
    """A coefficient for people."""
    return f"{number.numerator:,}" if number.denominator == 1 else f"{number.numerator:,}/{number.denominator}"


class Growth(NamedTuple):
    """How the counts of a network grow with f, where no width is rounded."""

    params: Polynomial
    macs: Polynomial
    layers: Mapping[str, Polynomial]


@dataclass(frozen=True)
class Samples:
    """A network under factors by which none of its widths is rounded; some of its reports are `known`."""

    network: Network
    widening: Widening
    known: dict[Fraction, Report]

    def factors(self) -> list[Fraction]:
        """Four factors, the last one far off, and known ones where there are any."""
        near = [factor for factor in dict.fromkeys((*self.known, *map(Fraction, (1, 2, 3)))) if factor != FAR]
        return [*near[:3], Fraction(FAR)]

    def at(self, factor: Fraction) -> Report:
        """The network under a factor.

        Raises:
            DescriptionError: its branches do not fit.
        """
        return self.known.get(factor) or self.network.report(replace(self.widening, factor=factor, widths={}))


@dataclass(frozen=True)
class Widened:
    """A network before and after."""

    widening: Widening
    before: Report
    after: Report
    samples: Samples

    @cached_property
    def growth(self) -> Growth | None:
        """How it grows, none where that is no polynomial of second degree."""
        found = growth(self.samples)
        same = found is not None and list(found.layers) == [row.node.name for row in self.after.rows]
        return found if same else None

    def unrounded(self) -> bool:
        """Whether no width is rounded, nor any number of groups."""
        if self.widening.factor.denominator == 1:
            return self.widening.divisor == 1
        exact = all(number.denominator == 1 for number in self.exact.values())
        return exact and self.widening.divisor == 1 and not self.widening.scale_groups

    @cached_property
    def scaled(self) -> Mapping[str, Width]:
        """The widths that were scaled, by layer."""
        reason = self.widening.reason
        return {name: width for name, width in self.widening.widths.items() if not reason(width)}

    @cached_property
    def following(self) -> Mapping[str, tuple[Number, Number]]:
        """Widths, before and after, that follow from what is read and grow neither with the factor nor with that."""
        own = self.samples.widening.widths
        names = {name for name, width in self.widening.widths.items() if width.follows}
        first, now = (
            {row.node.name: row.inputs[0][0] for row in report.rows if row.node.name in names}
            for report in (self.samples.at(Fraction(1)), self.after)
        )
        found = {name: (own[name].value, self.widening.widths[name].value) for name in now if name in first}
        return {
            name: (before, after)
            for name, (before, after) in found.items()
            if after != before * self.widening.factor and after * first[name] != before * now[name]
        }

    @cached_property
    def exact(self) -> Mapping[Number, Fraction]:
        """What becomes of each width that was scaled, before it is rounded."""
        return {value: value * self.widening.factor for value in {width.value for width in self.scaled.values()}}


def widened(network: Network, widening: Widening, *, hidden: bool = False) -> Widened:
    """The network under a widening; `hidden` widens hidden linear layers, too.

    Raises:
        DescriptionError: its branches no longer fit, or a pattern names no layer that has a width.
    """
    return widened_by(network, [widening], hidden=hidden)[0]


def widened_by(network: Network, widenings: Sequence[Widening], *, hidden: bool = False) -> list[Widened]:
    """The network under widenings that differ in nothing but their factors, as `widened` makes it under one.

    What they have in common is built once.

    Raises:
        DescriptionError: as `widened`.
    """
    plain = replace(widenings[0], factor=Fraction(1), divisor=1, widths={})
    before = network.report(plain)
    found = hidden_layers(before) if hidden else plain.hidden
    samples = Samples(network, replace(plain, hidden=found), {plain.factor: before})
    results = []
    for each in widenings:
        widening = replace(each, hidden=found, widths={})
        require_patterns(widening, plain.widths)
        after = rebuilt(network, widening, before, plain.widths)
        require_scaled(widening)
        results.append(Widened(widening, before, after, samples))
        if results[-1].unrounded():
            samples.known[widening.factor] = after
    return results


def require_patterns(widening: Widening, widths: Mapping[str, Width]) -> None:
    """State that each pattern means something.

    Raises:
        DescriptionError: one does not.
    """
    for option, patterns in ("--keep", widening.keep), ("--only", widening.only):
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in widths):
                names = list(widths)
                listed = ", ".join(names[:MOST_NAMES_SHOWN]) + (", …" if len(names) > MOST_NAMES_SHOWN else "")
                message = f"{option} {quoted(pattern)} names no layer that has a width"
                raise DescriptionError(Fault("nothing-found", message, notes=(f"those that have: {listed}",)))


def require_scaled(widening: Widening) -> None:
    """State that what is to be widened alone can be.

    Raises:
        DescriptionError: it cannot.
    """
    widths = [width for width in widening.widths.values() if matches(width.name, widening.only)]
    if widths and all(widening.reason(width) for width in widths):
        notes = [f"{width.name} is not widened: {widening.reason(width)}" for width in widths[:MOST_NAMES_SHOWN]]
        raise DescriptionError(Fault("nothing-found", "nothing of what --only names is widened", notes=tuple(notes)))


def rebuilt(network: Network, widening: Widening, before: Report, widths: Mapping[str, Width]) -> Report:
    """The network under a widening; of one that changes nothing, it is the network `before` with its `widths`.

    Raises:
        DescriptionError: its branches no longer fit.
    """
    if widening.factor == widening.divisor == 1:
        widening.widths.update(widths)
        return before
    try:
        after = network.report(widening)
    except DescriptionError as error:
        faults = (widened_fault(fault, widening, before) for fault in error.faults)
        raise DescriptionError(*faults) from None
    require_tables(before, after, widening)
    return after


def require_tables(before: Report, after: Report, widening: Widening) -> None:
    """State that what connection tables read is what they name.

    Raises:
        DescriptionError: a table reads more channels than it was made for.
    """
    shapes = {row.node.name: row.inputs for row in before.rows}
    for row in after.rows:
        if row.node.layer.names_channels and shapes.get(row.node.name, row.inputs)[0][0] != row.inputs[0][0]:
            message = f"{row.node.name} names the channels that it reads, and cannot tell which it reads of more"
            name, told = width_origin(row.node.inputs[0], before, widening)
            way = f": try --keep {name}" if name in widening.widths else ""
            raise DescriptionError(Fault("cannot-widen", message, row.node.place, row.node.name, (f"{told}{way}",)))


def widened_fault(fault: Fault, widening: Widening, before: Report) -> Fault:
    """A fault that only widening brings, with what became of the layers that meet there."""
    nodes = {row.node.name: row.node for row in before.rows}
    notes = [f"before widening by {factor_text(widening.factor)}, it fits"]
    if fault.layer in nodes:
        notes += [width_origin(name, before, widening)[1] for name in nodes[fault.layer].inputs]
    return fault._replace(notes=(*fault.notes, *notes))


def width_origin(name: str, before: Report, widening: Widening) -> tuple[str, str]:
    """The layer that gives a tensor its width, and what became of that."""
    rows = {row.node.name: row for row in before.rows}
    start = name
    while name in rows and name not in widening.widths and keeps_channels(rows[name]):
        name = rows[name].node.inputs[0]
    of = f"{start}, as wide as {name}," if start != name else name
    if name in widening.widths:
        reason = widening.reason(widening.widths[name])
        return name, f"{of} is not widened: {reason}" if reason else f"{of} is widened"
    if name not in rows:
        return name, f"{of} is not widened: it is an input of the network"
    return name, f"{of} is the {rows[name].node.kind} of {' and '.join(rows[name].node.inputs)}"


def keeps_channels(row: Row) -> bool:
    """Whether a layer makes as many channels as it reads."""
    return row.profile.output[0] == row.inputs[0][0]


def growth(samples: Samples) -> Growth | None:
    """How the counts grow, from exact counts under three factors, and checked under one far off."""
    first = samples.at(Fraction(1))
    names = [row.node.name for row in first.rows]
    factors = samples.factors()
    columns: list[list[Number]] = []
    try:
        for factor in factors:
            report = samples.at(factor)
            if names != [row.node.name for row in report.rows]:
                return None
            columns.append([report.params, report.macs, *(row.weights or row.profile.macs for row in report.rows)])
        require_tables(first, report, samples.widening)
    except DescriptionError:
        return None
    through = cache(partial(polynomial, factors))  # most layers are like others
    found = [through(*counts) for counts in zip(*columns, strict=True)]
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return None
    params, macs, *layers = known
    return Growth(params, macs, dict(zip(names, layers, strict=True)))


def polynomial_sum(parts: Iterable[Polynomial]) -> Polynomial:
    """The sum of polynomials."""
    square, linear, constant = (sum(each, Fraction(0)) for each in zip(*parts, strict=True))
    return Polynomial(square, linear, constant)


def polynomial(factors: Sequence[Fraction], *counts: Number) -> Polynomial | None:
    """The polynomial of counts under four factors, none if there is none of second degree."""
    found = Polynomial.through(counts[:3], factors[:3])
    return found if found.at(factors[3]) == counts[3] else None


def exponent(before: Number, after: Number, factor: Fraction) -> float | None:
    """The power of the factor by which a count grew."""
    return log(after / before) / log(factor) + 0.0 if before and after and factor != 1 else None  # and never -0.0


def factor_text(factor: Fraction) -> str:
    """A factor as its author would write it.

    >>> factor_text(Fraction(2)), factor_text(Fraction(3, 4)), factor_text(Fraction(1, 3)), factor_text(Fraction(10**6))
    ('2', '0.75', '1/3', '1000000')
    """
    return decimal(factor, PLACES_SHOWN)
